//! Numbers, dates and codes as people write them in sheets.

use super::table::Cell;
use ledger::Time;

/// A decimal number: `digits × 10^(−scale)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// The digits without the point, at most 2^53 − 1.
    pub(crate) digits: i64,
    /// How many of them stand behind the point, 0–6.
    pub(crate) scale: u8,
}

impl Decimal {
    /// As text with a point.
    pub(crate) fn text(self) -> String {
        let digits = format!("{:0>width$}", self.digits, width = usize::from(self.scale) + 1);
        let (whole, part) = digits.split_at(digits.len() - usize::from(self.scale));
        if part.is_empty() {
            whole.to_owned()
        } else {
            format!("{whole}.{part}")
        }
    }

    /// In thousandths, if nothing is lost.
    pub(crate) fn thousandths(self) -> Option<i64> {
        match self.scale {
            0..=3 => self.digits.checked_mul(10_i64.pow(3 - u32::from(self.scale))),
            scale => {
                let by = 10_i64.pow(u32::from(scale) - 3);
                (self.digits % by == 0).then_some(self.digits / by)
            }
        }
    }
}

/// Largest integer of the protocol (section 1): 2^53 − 1.
const MOST: i64 = 9_007_199_254_740_991;

/// Which character stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// 1,234.5
    Dot,
    /// 1.234,5
    Comma,
}

/// Which point a column uses: a comma if one of its cells can only be read so, else a dot.
pub(crate) fn point_of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Point {
    let comma = |text: &str| match (text.rfind('.'), text.rfind(',')) {
        (Some(dot), Some(comma)) => comma > dot,
        (None, Some(comma)) => text.matches(',').count() == 1 && text.len() - comma - 1 != 3,
        _ => false,
    };
    let mut cells = cells.filter(|cell| !cell.number && cell.text.bytes().any(|byte| byte.is_ascii_digit()));
    if cells.any(|cell| comma(&cell.text) && decimal(&cell.text, Point::Comma).is_some()) {
        Point::Comma
    } else {
        Point::Dot
    }
}

/// Reads a number; nothing else may stand in the cell but digits, one point and separators of thousands in their places.
pub(crate) fn decimal(text: &str, point: Point) -> Option<Decimal> {
    let (mark, group) = if point == Point::Dot { ('.', ',') } else { (',', '.') };
    let (whole, part) = text.trim().split_once(mark).unwrap_or((text.trim(), ""));
    let whole = ungroup(whole, group)?;
    let part = part.trim_end_matches('0');
    let good = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !good(&whole) || !good(part) || part.len() > 6 {
        return None;
    }
    let digits: i64 = format!("{whole}{part}").parse().ok()?;
    (digits <= MOST).then(|| Decimal {
        digits,
        scale: u8::try_from(part.len()).unwrap_or(6),
    })
}

/// Takes separators of thousands away if they stand in their places.
fn ungroup(whole: &str, group: char) -> Option<String> {
    let is_mark = |c: char| c == group || c == ' ' || c == '\u{a0}' || c == '\u{202f}' || c == '\'';
    let mut parts = whole.split(is_mark);
    let first = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    let placed = rest.is_empty() || ((1..=3).contains(&first.len()) && rest.iter().all(|part| part.len() == 3));
    placed.then(|| format!("{first}{}", rest.concat()))
}

/// A number as a spreadsheet stores it: what was shown rounded comes back rounded to six decimals.
pub(crate) fn cell_decimal(cell: &Cell, point: Point) -> Option<Decimal> {
    if !cell.number {
        return decimal(&cell.text, point);
    }
    decimal(&cell.text, Point::Dot).or_else(|| {
        let value: f64 = cell.text.parse().ok()?;
        (value.is_finite() && value >= 0.0)
            .then(|| decimal(&format!("{value:.6}"), Point::Dot))
            .flatten()
    })
}

/// What a date cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Date {
    /// This moment; a day without a time is its midnight UTC.
    At(Time),
    /// Day and month could be either way round.
    Ambiguous,
    /// Not a date.
    No,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads `2026-03-01`, `2026-03-01T08:00[:00][Z]`, `2026/3/1`, `2026年3月1日`, `1.3.2026`, `1-Mar-26`, `3/1/2026` (only
/// where it can be read one way).
pub(crate) fn date(text: &str) -> Date {
    let text = text.trim().trim_end_matches('Z');
    let (day, clock) = match text.split_once(['T', ' ']) {
        Some((day, clock)) => (day, clock),
        None => (text, "00:00"),
    };
    let day = day.replace(['年', '月'], "-").replace('日', "");
    let Some((year, month, day)) = ymd(&day) else {
        return if slashed(&day).is_some() {
            Date::Ambiguous
        } else {
            Date::No
        };
    };
    let Some(clock) = time_of_day(clock) else {
        return Date::No;
    };
    format!("{year:04}-{month:02}-{day:02}T{clock}.000Z")
        .parse()
        .map_or(Date::No, Date::At)
}

fn time_of_day(text: &str) -> Option<String> {
    let mut parts = text.trim().split(':');
    let mut number = |or: Option<&'static str>| parts.next().or(or)?.parse::<u8>().ok();
    let (hour, minute, second) = (number(None)?, number(None)?, number(Some("0"))?);
    Some(format!("{hour:02}:{minute:02}:{second:02}"))
}

fn slashed(text: &str) -> Option<(u16, u8, u8)> {
    let parts: Vec<&str> = text.split('/').collect();
    let [first, second, year] = parts.as_slice() else {
        return None;
    };
    Some((
        year.parse().ok().filter(|year| *year > 999)?,
        first.parse().ok()?,
        second.parse().ok()?,
    ))
}

fn ymd(text: &str) -> Option<(u16, u8, u8)> {
    if let Some((year, first, second)) = slashed(text) {
        return match (first, second) {
            (a, b) if a == b => Some((year, a, b)),
            (month @ 1..=12, day @ 13..) => Some((year, month, day)),
            (day @ 13.., month @ 1..=12) => Some((year, month, day)),
            _ => None,
        };
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    if a.len() == 4 {
        return Some((a.parse().ok()?, b.parse().ok()?, c.parse().ok()?));
    }
    let month = match b.get(..3).map(str::to_ascii_lowercase) {
        Some(name) if b.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            u8::try_from(MONTHS.iter().position(|month| *month == name)? + 1).ok()?
        }
        _ => b.parse().ok().filter(|_| text.contains('.'))?,
    };
    let year: u16 = c.parse().ok()?;
    Some((if c.len() == 2 { 2000 + year } else { year }, month, a.parse().ok()?))
}

/// Why a code may not be what stood on the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeDoubt {
    /// Written as `1.23E+12`: digits are lost.
    Scientific,
    /// Stored as a number: zeros in front may be lost.
    Number,
}

/// A code as text, and whether it may have suffered in a spreadsheet.
pub(crate) fn code(cell: &Cell) -> (String, Option<CodeDoubt>) {
    let text = cell.text.replace(['\u{a0}', ' '], "");
    let scientific = text.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        let digits = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
        };
        // A spreadsheet that rounds writes a point or a plus; `12E5` is a code as people make them.
        let rounded = cell.number || mantissa.contains(['.', ',']) || exponent.starts_with('+');
        rounded && digits(mantissa) && digits(exponent.trim_start_matches('+'))
    });
    let precise = !cell.number || text.len() <= 15;
    if scientific || !precise {
        return (text, Some(CodeDoubt::Scientific));
    }
    (text, cell.number.then_some(CodeDoubt::Number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::of(text)
    }

    #[test]
    fn numbers_are_read_with_either_point_and_nothing_else() {
        let read = |text, point| decimal(text, point).map(Decimal::text);
        for (text, point, expected) in [
            ("13", Point::Dot, Some("13")),
            ("1,234.50", Point::Dot, Some("1234.5")),
            ("1.234,50", Point::Comma, Some("1234.5")),
            ("0.005", Point::Dot, Some("0.005")),
            ("1 234", Point::Dot, Some("1234")),
            ("12,34", Point::Dot, None),
            ("See ASN-93 (ID#:1281)", Point::Dot, None),
            ("-3", Point::Dot, None),
            ("", Point::Dot, None),
            ("1.2345678", Point::Dot, None),
            ("9007199254740992", Point::Dot, None),
        ] {
            assert_eq!(read(text, point).as_deref(), expected, "{text}");
        }
        assert_eq!(decimal("1.25", Point::Dot).and_then(Decimal::thousandths), Some(1250));
    }

    #[test]
    fn a_column_shows_which_point_it_uses() {
        let point = |texts: &[&str]| point_of(texts.iter().map(|text| cell(text)).collect::<Vec<_>>().iter());
        assert_eq!(point(&["1.234", "12,5"]), Point::Comma);
        assert_eq!(point(&["1,234", "12.5"]), Point::Dot);
        assert_eq!(point(&["1,234"]), Point::Dot);
        assert_eq!(point(&["see note 1,2"]), Point::Dot);
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let at = |text: &str| Date::At(text.parse().unwrap());
        for text in [
            "2006-06-02",
            "2006/6/2",
            "2006年6月2日",
            "2.6.2006",
            "2-Jun-06",
            "2006-06-02T00:00:00Z",
        ] {
            assert_eq!(date(text), at("2006-06-02T00:00:00.000Z"), "{text}");
        }
        assert_eq!(date("6/25/2006"), at("2006-06-25T00:00:00.000Z"));
        assert_eq!(date("25/6/2006"), at("2006-06-25T00:00:00.000Z"));
        assert_eq!(date("6/2/2006"), Date::Ambiguous);
        assert_eq!(date("2006-06-02 14:10"), at("2006-06-02T14:10:00.000Z"));
        for text in ["Date Not Captured", "2006-02-30", "", "12"] {
            assert_eq!(date(text), Date::No, "{text}");
        }
    }

    #[test]
    fn codes_stay_text_and_damage_is_seen() {
        assert_eq!(code(&cell("0012345")), ("0012345".to_owned(), None));
        assert_eq!(code(&cell("6.9E+12")).1, Some(CodeDoubt::Scientific));
        assert_eq!(
            code(&Cell {
                number: true,
                ..cell("12345")
            })
            .1,
            Some(CodeDoubt::Number)
        );
        for whole in ["1E5A", "12E5", "12e05"] {
            assert_eq!(code(&cell(whole)), (whole.to_owned(), None));
        }
        assert_eq!(code(&cell("12E+5")).1, Some(CodeDoubt::Scientific));
    }
}
