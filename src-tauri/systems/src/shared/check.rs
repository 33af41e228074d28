//! Checks of plain values, alike in every room. Each names the rule it applies.

use super::codes::{Gln, UnLocode, is_country};
use super::context::{Violation, demand, type_of};
use super::goods::{LocalText, Place, Quantity, Unit, When, Who};
use ledger::Subject;

/// Millionths in one unit: the finest amount a [`Quantity`] can say.
pub(crate) const MILLION: i64 = 1_000_000;
/// The greatest amount in millionths: 2^53 − 1, about nine billion units, the greatest integer of the protocol (section 1).
pub(crate) const MOST: i64 = 9_007_199_254_740_991;

/// `text` has `least` to `most` code points and nothing that canonical bytes may not hold.
pub(crate) fn text(text: &str, least: usize, most: usize, field: &str) -> Result<(), Violation> {
    let plain =
        |c: char| matches!(c, ' '..='~' | '\u{A0}'..='\u{2FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}');
    let mut count = 0;
    let mut simple = true;
    for c in text.chars() {
        count += 1;
        simple = simple && plain(c);
    }
    if count < least || count > most {
        return Err(Violation::new("shared.text-length", field)
            .with("least", least)
            .with("most", most));
    }
    demand(!text.trim().is_empty() || least == 0, "shared.text-length", field)?;
    // Only text with characters outside the wholly allowed ranges is examined closely.
    demand(
        simple || ledger::canonical::to_bytes(&text).is_ok(),
        "shared.text-characters",
        field,
    )
}

/// As [`text`], if there is one.
pub(crate) fn optional(value: Option<&String>, least: usize, most: usize, field: &str) -> Result<(), Violation> {
    value.map_or(Ok(()), |value| text(value, least, most, field))
}

/// A list has `least` to `most` members.
pub(crate) fn list<T>(list: &[T], least: usize, most: usize, field: &str) -> Result<(), Violation> {
    if (least..=most).contains(&list.len()) {
        return Ok(());
    }
    Err(Violation::new("shared.list-length", field)
        .with("least", least)
        .with("most", most))
}

/// A list ascends and has nothing twice.
pub(crate) fn sorted<T: Ord>(list: &[T], field: &str) -> Result<(), Violation> {
    demand(list.windows(2).all(|pair| pair[0] < pair[1]), "shared.sorted", field)
}

/// An integer lies between two others.
pub(crate) fn range(value: i64, least: i64, most: i64, field: &str) -> Result<(), Violation> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Violation::new("shared.range", field)
        .with("least", least)
        .with("most", most))
}

/// A subject is of one of these types.
pub(crate) fn subject(subject: &Subject, types: &[&str], field: &str) -> Result<(), Violation> {
    if types.contains(&type_of(subject)) {
        return Ok(());
    }
    Err(Violation::new("shared.subject-type", field).with("types", types.join(", ")))
}

/// A partner is named by a subject of type `partner`.
pub(crate) fn who(who: &Who, field: &str) -> Result<(), Violation> {
    match who {
        Who::Party(_) => Ok(()),
        Who::Partner(partner) => subject(partner, &["partner"], field),
    }
}

/// At least one language, each text of good form.
pub(crate) fn local(value: &LocalText, most: usize, field: &str) -> Result<(), Violation> {
    let texts = [("en", &value.en), ("zh", &value.zh), ("de", &value.de)];
    demand(
        texts.iter().any(|(_, text)| text.is_some()),
        "shared.name-missing",
        field,
    )?;
    for (language, value) in texts {
        if let Some(value) = value {
            text(value, 1, most, field).map_err(|v| v.with("language", language))?;
        }
    }
    Ok(())
}

/// ISO 3166-1 alpha-2, in capital letters.
pub(crate) fn country(code: &str, field: &str) -> Result<(), Violation> {
    demand(is_country(code), "shared.country", field)
}

/// An amount that can be reckoned with: scale 0–6, not below zero, at most 2^53 − 1 millionths. Gives the millionths.
pub(crate) fn quantity(quantity: &Quantity, field: &str) -> Result<i64, Violation> {
    quantity
        .millionths()
        .ok_or_else(|| Violation::new("shared.quantity-range", field))
}

/// As [`quantity`], and more than nothing; whole for units that are counted.
pub(crate) fn some(amount: &Quantity, field: &str) -> Result<i64, Violation> {
    let millionths = quantity(amount, field)?;
    demand(millionths > 0, "shared.quantity-zero", field)?;
    let counted = matches!(amount.unit, Unit::H87 | Unit::PR | Unit::SET);
    demand(!counted || millionths % MILLION == 0, "shared.quantity-whole", field)?;
    Ok(millionths)
}

/// Name and codes of a place.
pub(crate) fn place(place: &Place, field: &str) -> Result<(), Violation> {
    let check = || {
        text(&place.name, 1, 100, "name")?;
        if let Some(code) = &place.country {
            country(code, "country")?;
        }
        if let Some(code) = &place.locode {
            let good = UnLocode::parse(code).is_ok_and(|parsed| parsed.as_str() == code);
            demand(good, "shared.locode", "locode")?;
        }
        if let Some(code) = &place.gln {
            let good = Gln::parse(code).is_ok_and(|parsed| parsed.as_str() == code);
            demand(good, "shared.gln", "gln")?;
        }
        if let Some(point) = &place.point {
            range(point.lat_e6, -90_000_000, 90_000_000, "point.lat_e6")?;
            range(point.lon_e6, -180_000_000, 180_000_000, "point.lon_e6")?;
        }
        Ok(())
    };
    check().map_err(|violation: Violation| violation.inside(field))
}

/// `±hh:mm` between −12:00 and +14:00.
pub(crate) fn when(when: &When, field: &str) -> Result<(), Violation> {
    demand(zone_minutes(&when.zone).is_some(), "shared.zone", field)
}

fn zone_minutes(zone: &str) -> Option<i32> {
    let [sign, h1, h2, b':', m1, m2] = zone.as_bytes() else {
        return None;
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let total = hours * 60 + minutes;
    let most = match sign {
        b'+' => 14 * 60,
        b'-' => 12 * 60,
        _ => return None,
    };
    (minutes < 60 && total <= most).then_some(total)
}
