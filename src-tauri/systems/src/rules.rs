//! What is allowed next: the order in which a record is judged, and the list of all rules.

use crate::shared::context::{Context, Rule, Said, Violation};
use crate::shared::rules as common;
use crate::{KINDS, Payload, logistics, parties, supply_chain};
use ledger::Record;

/// Whether `record`, whose body is `payload`, may stand in the block of `ctx`.
///
/// In this order: kind and form of the body; `subjects`, `reads` and `refers` are what the body touches; the author is
/// registered and its key has a mandate; what is founded is new and its own; what is written and read exists; exclusive
/// subjects have not moved on; the event is not in the future; then the rules of the room.
///
/// # Errors
/// The first rule that is not kept. [`rules`] lists them all.
pub fn check(record: &Record, payload: &Payload, ctx: &Context<'_>) -> Result<(), Violation> {
    if record.kind().as_str() != payload.kind_text() {
        return Err(Violation::new("shared.kind-differs", "kind"));
    }
    let touches = payload.touches(record.party())?;
    common::lists(record, &touches)?;
    parties::rules::may_speak(record, payload, ctx)?;
    common::existence(record, &touches, ctx)?;
    common::fresh(record, &touches, ctx)?;
    common::time(payload, ctx)?;
    let said = Said::of(record);
    parties::rules::check(&said, payload, ctx)?;
    supply_chain::rules::check(&said, payload, ctx)?;
    logistics::rules::check(&said, payload, ctx)
}

/// Every rule, room by room.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        common::RULES,
        parties::rules::RULES,
        supply_chain::rules::RULES,
        logistics::rules::RULES,
    ]
    .into_iter()
    .flatten()
}

/// What is in force: kinds, code lists and rules. Its hash stands in every header (`rules`, protocol section 5).
#[must_use]
pub fn rules_document() -> serde_json::Value {
    let codes: Vec<&str> = rules().map(|rule| rule.code).collect();
    serde_json::json!({
        "code-lists": {
            "countries": "ISO 3166-1",
            "goods": "HS 2022, six digits",
            "packages": "UN/ECE Recommendation 21",
            "places": "UN/LOCODE 2024-2",
            "units": "UN/ECE Recommendation 20, revision 17",
        },
        "form": "sealroad-rules.1",
        "kinds": KINDS,
        "rules": codes,
    })
}
