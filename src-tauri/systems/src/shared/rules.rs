//! Rules that every record keeps, whatever it says.

use super::context::{Access, Context, Rule, Touches, Violation, demand, owned_by};
use crate::Payload;
use ledger::Record;

/// How far ahead of the witnessed time an event may claim to be: 24 hours, since clocks of devices on the way are set to
/// local times and drift (EPCIS 2.0 keeps event time and record time apart).
const AHEAD_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// `subjects`, `reads` and `refers` say exactly what the body touches.
pub(crate) fn lists(record: &Record, touches: &Touches) -> Result<(), Violation> {
    let written = touches.writes.iter().map(|write| &write.subject);
    demand(written.eq(record.subjects()), "shared.subjects-differ", "subjects")?;
    demand(touches.reads == record.reads(), "shared.subjects-differ", "reads")?;
    demand(touches.refers == record.refers(), "shared.subjects-differ", "refers")
}

/// What is founded is new and the author's own; what is written or read exists.
pub(crate) fn existence(record: &Record, touches: &Touches, ctx: &Context<'_>) -> Result<(), Violation> {
    for write in &touches.writes {
        let exists = ctx.entries.contains_key(&write.subject);
        let subject = &write.subject;
        match write.access {
            Access::Founds if exists => {
                return Err(Violation::new("shared.already-exists", "").with("subject", subject));
            }
            Access::Founds => demand(owned_by(subject, record.party()), "shared.not-yours", "")?,
            Access::Exclusive | Access::Commuting if exists => {}
            Access::Commuting if subject.owner().is_none() => {}
            Access::Exclusive | Access::Commuting => {
                return Err(Violation::new("shared.no-such-subject", "").with("subject", subject));
            }
        }
    }
    touches
        .reads
        .iter()
        .try_for_each(|subject| ctx.existing(subject, "").map(|_| ()))
}

/// Of every exclusive subject the author has seen the newest turn.
pub(crate) fn fresh(record: &Record, touches: &Touches, ctx: &Context<'_>) -> Result<(), Violation> {
    for write in touches.writes.iter().filter(|write| write.access == Access::Exclusive) {
        let turn = ctx.entries.get(&write.subject).map_or(0, |entry| entry.turn);
        if record.seen().get(&write.subject) != Some(&turn) {
            return Err(Violation::new("shared.stale", "seen")
                .with("subject", &write.subject)
                .with("turn", turn));
        }
    }
    Ok(())
}

/// No event lies in the future.
pub(crate) fn time(payload: &Payload, ctx: &Context<'_>) -> Result<(), Violation> {
    let latest = ctx.time.plus_millis(AHEAD_MILLIS);
    match payload.at() {
        Some(at) if at.time > latest => Err(Violation::new("shared.time-future", "at").with("latest", latest)),
        _ => Ok(()),
    }
}

macro_rules! rule {
    ($code:literal, $reason:literal, $source:literal) => {
        $crate::shared::context::Rule {
            code: $code,
            reason: $reason,
            source: $source,
        }
    };
}
pub(crate) use rule;

/// The rules of every record.
pub const RULES: &[Rule] = &[
    rule!(
        "shared.kind-unknown",
        "What a kind means must be known to every validator.",
        "protocol section 3, `kind`"
    ),
    rule!(
        "shared.kind-differs",
        "The record's kind names the form of its body.",
        "protocol section 3, `kind`"
    ),
    rule!(
        "shared.body",
        "A member missing, unknown or of another type would be read differently by others.",
        "protocol section 3, `body`"
    ),
    rule!(
        "shared.subjects-differ",
        "The lists in the record are what strangers rely on to see that nothing is withheld.",
        "protocol sections 3 and 10 (completeness)"
    ),
    rule!(
        "shared.subjects-many",
        "A record writes and reads at most 64 subjects each.",
        "protocol section 3"
    ),
    rule!(
        "shared.subject-long",
        "A subject has at most 200 characters, percent-encoding included.",
        "protocol section 2"
    ),
    rule!(
        "shared.subject-type",
        "A record is about things of the right type.",
        "protocol section 2"
    ),
    rule!(
        "shared.not-registered",
        "Only who has registered can be held to what it says.",
        "[Liu 3.3] R53; protocol section 3, Mandate"
    ),
    rule!(
        "shared.mandate",
        "A key speaks for a party only within its mandate.",
        "protocol section 3, Mandate; R53"
    ),
    rule!(
        "shared.already-exists",
        "What exists cannot come into being again.",
        "protocol section 2; GS1 General Specifications (numbers are not used again)"
    ),
    rule!(
        "shared.not-yours",
        "Only its owner may found it, call it back or take from it.",
        "protocol section 2, owned subjects"
    ),
    rule!(
        "shared.no-such-subject",
        "Nothing can be said of what does not exist here.",
        "R31: evidence back to the raw material"
    ),
    rule!(
        "shared.stale",
        "Somebody has moved it since its author looked; two edits must not overwrite each other.",
        "protocol section 3, `seen`"
    ),
    rule!(
        "shared.time-future",
        "An event cannot be more than 24 hours after the witnessed time.",
        "R51; EPCIS 2.0, eventTime and recordTime"
    ),
    rule!(
        "shared.before-made",
        "Nothing happens to goods before they were made.",
        "R51: strict chronological order"
    ),
    rule!(
        "shared.text-length",
        "Texts are there and short enough to show and print.",
        "docs of the record's fields"
    ),
    rule!(
        "shared.text-characters",
        "Only characters every reader shows alike.",
        "protocol section 1, rules 4 and 5"
    ),
    rule!(
        "shared.list-length",
        "Lists are long enough to say something and short enough to check.",
        "docs of the record's fields"
    ),
    rule!(
        "shared.sorted",
        "One meaning, one form: lists without order of their own are sorted.",
        "RFC 8785 in spirit; protocol section 1"
    ),
    rule!(
        "shared.range",
        "A number that cannot be right is a slip.",
        "docs of the record's fields"
    ),
    rule!(
        "shared.name-missing",
        "People must be able to read it in one language at least.",
        "R24; ISO 639-1 en, zh, de"
    ),
    rule!(
        "shared.country",
        "Countries by their two-letter code.",
        "ISO 3166-1:2020 alpha-2"
    ),
    rule!(
        "shared.locode",
        "A place code that exists in form.",
        "UN/ECE Recommendation 16, UN/LOCODE"
    ),
    rule!(
        "shared.gln",
        "The check digit of a GLN must be right.",
        "GS1 General Specifications, check digit"
    ),
    rule!(
        "shared.zone",
        "The local offset makes sense of a time on the way through many zones.",
        "EPCIS 2.0, eventTimeZoneOffset"
    ),
    rule!(
        "shared.quantity-range",
        "Amounts are reckoned exactly, in millionths, up to 2^53 − 1.",
        "RFC 8785, 3.2.2.3"
    ),
    rule!(
        "shared.quantity-zero",
        "Nothing is no amount.",
        "EPCIS 2.0, QuantityElement"
    ),
    rule!(
        "shared.quantity-whole",
        "Pieces, pairs and sets are counted whole.",
        "UN/ECE Recommendation 20, H87, PR, SET"
    ),
];
