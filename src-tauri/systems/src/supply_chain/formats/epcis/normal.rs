//! Times and numbers in the one form the event hash wants.
//!
//! Source: GS1 CBV 2.0, section 8.9, rules 6 to 9; the date-time form is RFC 3339, section 5.6, as EPCIS 2.0 requires.

/// Largest number of digits a decimal exponent may add before the number is left as written.
const MAX_SHIFT: i32 = 64;

/// A point in time to the millisecond, and what the text said beyond it is rounded away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    pub millis: i64,
}

impl Instant {
    /// Reads a date-time with an offset; the fourth decimal of the second rounds the third, 5 upwards.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| -> Option<i64> {
            let part = text.get(from..to)?;
            part.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| part.parse().ok())?
        };
        let stands = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte));
        let marks = [(4, b"-" as &[u8]), (7, b"-"), (10, b"Tt"), (13, b":"), (16, b":")];
        if !marks.iter().all(|(at, allowed)| stands(*at, allowed)) {
            return None;
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        if !(1..=12).contains(&month)
            || day < 1
            || day > days_in(year, month)
            || hour > 23
            || minute > 59
            || second > 60
        {
            return None;
        }
        let mut rest = text.get(19..)?;
        let mut millis = 0;
        if let Some(fraction) = rest.strip_prefix('.') {
            let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
            let digits = fraction.get(..length).filter(|digits| !digits.is_empty())?;
            let padded = format!("{digits:0<4}");
            millis = padded.get(..3)?.parse::<i64>().ok()? + i64::from(padded.as_bytes()[3] >= b'5');
            rest = &fraction[length..];
        }
        let seconds = days_before(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        Some(Self {
            millis: (seconds - offset_minutes(rest)? * 60) * 1_000 + millis,
        })
    }

    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    pub fn text(self) -> String {
        let days = self.millis.div_euclid(86_400_000);
        let rest = self.millis.rem_euclid(86_400_000);
        let (year, month, day) = date_of(days);
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
        let (second, milli) = (rest / 1_000 % 60, rest % 1_000);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }
}

/// `Z` or `±HH:MM` as minutes east of UTC.
fn offset_minutes(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    zone_minutes(text)
}

/// An `eventTimeZoneOffset`, `±HH:MM` up to 14:00 (EPCIS 2.0), as minutes east of UTC.
pub fn zone_minutes(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-'])?;
    let (hours, minutes) = digits.split_once(':')?;
    let two =
        |part: &str| (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok());
    let (hours, minutes): (i64, i64) = (two(hours)??, two(minutes)??);
    let total = hours * 60 + minutes;
    if minutes > 59 || total > 14 * 60 {
        return None;
    }
    Some(if text.starts_with('-') { -total } else { total })
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a count of days from 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = shifted.div_euclid(146_097) * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

/// A decimal number without plus sign, exponent, leading or trailing zeros; `None` when the text is not a number.
pub fn decimal(text: &str) -> Option<String> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) || exponent.abs() > MAX_SHIFT {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let padded = if point <= 0 {
        format!("{}{digits}", "0".repeat(usize::try_from(1 - point).ok()?))
    } else {
        format!("{digits:0<width$}", width = usize::try_from(point).ok()?)
    };
    let (whole, fraction) = padded.split_at(usize::try_from(point.max(1)).ok()?);
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    let value = if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    };
    Some(if negative && value != "0" {
        format!("-{value}")
    } else {
        value
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> String {
        Instant::parse(text).map(Instant::text).unwrap_or_default()
    }

    #[test]
    fn times_are_brought_to_utc_and_milliseconds() {
        for (given, expected) in [
            ("2020-03-04T11:00:30+01:00", "2020-03-04T10:00:30.000Z"),
            ("2005-04-03T20:33:31.116000-06:00", "2005-04-04T02:33:31.116Z"),
            ("2023-02-02T11:04:03.1415Z", "2023-02-02T11:04:03.142Z"),
            ("2023-02-02T11:04:03.1414Z", "2023-02-02T11:04:03.141Z"),
            ("1999-12-31T23:59:59.9995Z", "2000-01-01T00:00:00.000Z"),
            ("2024-02-29T00:30:00+14:00", "2024-02-28T10:30:00.000Z"),
            ("1900-03-01T00:00:00.5Z", "1900-03-01T00:00:00.500Z"),
        ] {
            assert_eq!(time(given), expected);
        }
        for wrong in [
            "22-07-2026",
            "2026-07-22",
            "2026-07-22T06:45:00",
            "2023-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-07-22T24:00:00Z",
            "2026-07-22T06:45:00.Z",
            "2026-07-22T06:45:00+14:01",
            "2026-07-22T06:45:00Zz",
            "2026-07-22T06:45:00+1:00",
            "٢٠٢٦-07-22T06:45:00Z",
            "",
        ] {
            assert_eq!(time(wrong), "", "{wrong}");
        }
    }

    #[test]
    fn days_and_dates_answer_each_other() {
        for days in (-800_000..2_900_000).step_by(97) {
            let (year, month, day) = date_of(days);
            assert_eq!(days_before(year, month, day), days);
        }
    }

    #[test]
    fn numbers_lose_only_what_says_nothing() {
        for (given, expected) in [
            ("452.0", "452"),
            ("26.10", "26.1"),
            ("-0.0", "0"),
            ("+7", "7"),
            ("007", "7"),
            ("1e3", "1000"),
            ("0.05", "0.05"),
            ("12.34e-3", "0.01234"),
            ("-477979.89", "-477979.89"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.5e1", "15"),
            ("12345678901234567890.10", "12345678901234567890.1"),
        ] {
            assert_eq!(decimal(given).as_deref(), Some(expected));
        }
        for text in ["", "-", ".", "1e", "e5", "0x10", "1 2", "nan", "1e999", "--1", "1.2.3"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
