//! What is allowed next among parties, and who may speak at all.

use super::records::{MandateGranted, MandateRevoked, PartnerLinked};
use super::state::{Mandate, PartyState};
use crate::shared::context::{Context, Rule, Said, Violation, demand, owned_by};
use crate::shared::rules::rule;
use crate::{Payload, State};
use ledger::{Record, Subject};

/// Bytes all mandates of a party may take in its state; the profile has room beside them.
const MANDATE_BYTES: usize = 11_000;

fn party<'a>(said: &Said<'_>, ctx: &Context<'a>) -> Option<&'a PartyState> {
    keys_of(&Subject::party(said.party), ctx)
}

fn keys_of<'a>(party: &Subject, ctx: &Context<'a>) -> Option<&'a PartyState> {
    match ctx.state(party) {
        Some(State::Party(party)) => Some(party),
        _ => None,
    }
}

/// The author, whose keys stand in the subject `author`, is registered, or registers itself with its root key, and the signing
/// key has a mandate for this kind.
pub(crate) fn may_speak(
    record: &Record,
    author: &Subject,
    payload: &Payload,
    ctx: &Context<'_>,
) -> Result<(), Violation> {
    let said = Said::of(record);
    match (keys_of(author, ctx), payload) {
        (None, Payload::Registered(_)) => demand(said.key == said.party.root_key(), "shared.mandate", "proof"),
        (None, _) => Err(Violation::new("shared.not-registered", "party")),
        (Some(party), _) => {
            let mandated = party.mandates(said.party, said.key, record.kind(), ctx.height, ctx.time);
            demand(mandated, "shared.mandate", "proof")
        }
    }
}

/// The rules of this room.
pub(crate) fn check(said: &Said<'_>, payload: &Payload, ctx: &Context<'_>) -> Result<(), Violation> {
    match payload {
        Payload::MandateGranted(record) => granted(said, record, ctx),
        Payload::MandateRevoked(record) => revoked(said, record, ctx),
        Payload::PartnerLinked(record) => linked(said, record, ctx),
        _ => Ok(()),
    }
}

fn granted(said: &Said<'_>, record: &MandateGranted, ctx: &Context<'_>) -> Result<(), Violation> {
    demand(said.key == said.party.root_key(), "parties.root-only", "proof")?;
    demand(
        record.until.is_none_or(|until| until > ctx.time),
        "parties.until-past",
        "until",
    )?;
    let Some(party) = party(said, ctx) else { return Ok(()) };
    let standing = party
        .keys
        .iter()
        .any(|mandate| mandate.key == record.key && mandate.stands(ctx.time));
    demand(!standing, "parties.key-known", "key")?;
    let kinds: usize = record.kinds.iter().map(|kind| kind.len() + 3).sum();
    let more = 310 + kinds + 2 * record.label.len();
    let bytes: usize = party.keys.iter().map(Mandate::bytes).sum();
    demand(bytes + more <= MANDATE_BYTES, "parties.mandates-full", "key")
}

fn revoked(said: &Said<'_>, record: &MandateRevoked, ctx: &Context<'_>) -> Result<(), Violation> {
    demand(record.key != *said.party.root_key(), "parties.root-stays", "key")?;
    let by_root_or_itself = said.key == said.party.root_key() || *said.key == record.key;
    demand(by_root_or_itself, "parties.root-only", "proof")?;
    let Some(party) = party(said, ctx) else { return Ok(()) };
    let known = party
        .keys
        .iter()
        .any(|mandate| mandate.key == record.key && mandate.revoked.is_none());
    demand(known, "parties.key-unknown", "key")
}

fn linked(said: &Said<'_>, record: &PartnerLinked, ctx: &Context<'_>) -> Result<(), Violation> {
    demand(owned_by(&record.partner, said.party), "shared.not-yours", "partner")?;
    demand(record.party != *said.party, "parties.linked-to-itself", "party")?;
    match ctx.existing(&record.partner, "partner")? {
        State::Partner(partner) => demand(partner.linked.is_none(), "parties.already-linked", "partner"),
        _ => Ok(()),
    }
}

/// The rules of this room.
pub const RULES: &[Rule] = &[
    rule!(
        "parties.identifier",
        "A register's own check must hold, or the number is not that register's.",
        "GB 32100-2015; ISO 17442-1:2020; GS1 General Specifications, check digit; Regulation (EU) 2015/2446 (EORI); EU VAT Directive 2006/112/EC Article 215"
    ),
    rule!(
        "parties.kinds-pattern",
        "A mandate names kinds that exist.",
        "protocol section 3, Mandate"
    ),
    rule!(
        "parties.root-only",
        "Who may speak is decided by the root key; a key may only give itself up.",
        "protocol section 3, Mandate; R53"
    ),
    rule!(
        "parties.until-past",
        "A mandate that has already ended gives nothing.",
        "protocol section 3, Mandate"
    ),
    rule!(
        "parties.key-known",
        "A key with a mandate that stands gets no second one: revoke the first, so that its scope is plain.",
        "protocol section 3, Mandate"
    ),
    rule!(
        "parties.key-unknown",
        "Only a key with a mandate can lose it.",
        "protocol section 3, Mandate"
    ),
    rule!(
        "parties.mandates-full",
        "Old mandates stay, because old records rest on them, and a state has 16 KiB.",
        "protocol section 7"
    ),
    rule!(
        "parties.root-stays",
        "Without its root key a party could never speak again.",
        "protocol section 2, Party"
    ),
    rule!(
        "parties.already-linked",
        "A partner is one party; another one is another partner.",
        "R35: integrated and unified information"
    ),
    rule!("parties.linked-to-itself", "A partner is somebody else.", "R35"),
];
