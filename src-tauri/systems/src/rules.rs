//! What is allowed next: the order in which a record is judged, and the list of all rules.

use crate::shared::context::{Context, Rule, Said, Touches, Violation};
use crate::shared::rules as common;
use crate::{KINDS, Payload, alliance, logistics, parties, supply_chain};
use ledger::{Record, Subject};

/// A record's body, found to be in good form: what can be judged without knowing the ledger, judged once.
#[derive(Clone, Debug)]
pub struct Spoken {
    payload: Payload,
    touches: Touches,
    /// The author's keys, its membership, and the set that was voted on.
    standing: [Subject; 3],
}

impl Spoken {
    /// Reads the body. In this order: kind and form of the body; `subjects`, `reads` and `refers` are what the body touches.
    ///
    /// # Errors
    /// The first rule that is not kept; see [`Payload::parse`].
    pub fn read(record: &Record) -> Result<Self, Violation> {
        let payload = Payload::parse(record.kind(), record.body_json())?;
        let touches = payload.touched(record.party())?;
        Self::listed(record, payload, touches)
    }

    /// As [`Spoken::read`], with a body that came by another way.
    ///
    /// # Errors
    /// The first rule that is not kept.
    pub fn of(record: &Record, payload: Payload) -> Result<Self, Violation> {
        if record.kind().as_str() != payload.kind_text() {
            return Err(Violation::new("shared.kind-differs", "kind"));
        }
        let touches = payload.touches(record.party())?;
        Self::listed(record, payload, touches)
    }

    fn listed(record: &Record, payload: Payload, touches: Touches) -> Result<Self, Violation> {
        common::lists(record, &touches)?;
        Ok(Self {
            payload,
            touches,
            standing: [
                Subject::party(record.party()),
                Subject::member(record.party()),
                Subject::validators(),
            ],
        })
    }

    /// The body.
    #[must_use]
    pub const fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The subject that holds the author's keys.
    #[must_use]
    pub const fn author(&self) -> &Subject {
        let [author, ..] = &self.standing;
        author
    }

    /// What decides whether the author may speak at all, and must be among the entries of the [`Context`] beside what the record
    /// writes and reads: the subject that holds the author's keys, its membership, and the validators.
    #[must_use]
    pub const fn standing(&self) -> &[Subject] {
        &self.standing
    }
}

/// Whether `record`, whose body is `spoken`, may stand in the block of `ctx`.
///
/// In this order: the author belongs to the alliance, is registered and its key has a mandate; what is founded is new and its own; what is written
/// and read exists; exclusive subjects have not moved on; the event is not in the future; then the rules of the room.
///
/// # Errors
/// The first rule that is not kept. [`rules`] lists them all.
pub fn check(record: &Record, spoken: &Spoken, ctx: &Context<'_>) -> Result<(), Violation> {
    let Spoken {
        payload,
        touches,
        standing: [author, membership, validators],
    } = spoken;
    let said = Said::of(record);
    alliance::rules::may_speak(&said, membership, validators, ctx)?;
    parties::rules::may_speak(record, author, payload, ctx)?;
    common::existence(record, touches, ctx)?;
    common::fresh(record, touches, ctx)?;
    common::time(payload, ctx)?;
    parties::rules::check(&said, payload, ctx)?;
    supply_chain::rules::check(&said, payload, ctx)?;
    logistics::rules::check(&said, payload, ctx)?;
    alliance::rules::check(&said, payload, ctx)
}

/// Every rule, room by room.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        common::RULES,
        parties::rules::RULES,
        supply_chain::rules::RULES,
        logistics::rules::RULES,
        alliance::rules::RULES,
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
