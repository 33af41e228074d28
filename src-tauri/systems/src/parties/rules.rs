//! What is allowed next among parties, and who may speak at all.

use super::records::{MandateGranted, MandateRevoked, PartnerLinked, RecoveryNamed, RootReplaced};
use super::state::{Mandate, PartyState};
use crate::shared::context::{Context, Rule, Said, Violation, demand, owned_by};
use crate::shared::rules::rule;
use crate::{Payload, State};
use ledger::{PublicKey, Record, Subject};

/// Bytes all mandates of a party may take in its state after a clerk's or device's was granted; the profile needs 2,600 of the
/// 16,384 beside them.
const GRANTED_BYTES: usize = 11_000;
/// The same after a recovery kit was named: however many clerks there are, three kits fit.
const KIT_BYTES: usize = 12_300;
/// The same after the root key was replaced: however many clerks and kits there are, it can be done three more times.
const ROOT_BYTES: usize = 13_500;

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
        Payload::RootReplaced(record) => replaced(said, record, ctx),
        Payload::RecoveryNamed(record) => recovery(said, record, ctx),
        Payload::PartnerLinked(record) => linked(said, record, ctx),
        _ => Ok(()),
    }
}

fn granted(said: &Said<'_>, record: &MandateGranted, ctx: &Context<'_>) -> Result<(), Violation> {
    let Some(party) = party(said, ctx) else { return Ok(()) };
    demand(party.root_key() == Some(said.key), "parties.root-only", "proof")?;
    demand(
        record.until.is_none_or(|until| until > ctx.time),
        "parties.until-past",
        "until",
    )?;
    let mut before = party.keys.iter().filter(|mandate| mandate.key == record.key);
    demand(
        !before.clone().any(|mandate| mandate.stands(ctx.time)),
        "parties.key-known",
        "key",
    )?;
    demand(before.all(Mandate::is_granted), "parties.key-used", "key")?;
    let kinds: usize = record.kinds.iter().map(|kind| kind.len() + 3).sum();
    room(party, 310 + kinds + 2 * record.label.len(), GRANTED_BYTES)
}

/// The mandates have room for `more` bytes, up to `most` in all.
fn room(party: &PartyState, more: usize, most: usize) -> Result<(), Violation> {
    let bytes: usize = party.keys.iter().map(Mandate::bytes).sum();
    demand(bytes + more <= most, "parties.mandates-full", "key")
}

/// A root key or kit is a key this party never used: the mandates of one key must not be taken for another's.
fn fresh(party: &PartyState, key: &PublicKey) -> Result<(), Violation> {
    let used = party.keys.iter().any(|mandate| mandate.key == *key);
    demand(!used, "parties.key-used", "key")
}

fn revoked(said: &Said<'_>, record: &MandateRevoked, ctx: &Context<'_>) -> Result<(), Violation> {
    let Some(party) = party(said, ctx) else { return Ok(()) };
    let root = party.root_key();
    demand(root != Some(&record.key), "parties.root-stays", "key")?;
    let by_root_or_itself = root == Some(said.key) || *said.key == record.key;
    demand(by_root_or_itself, "parties.root-only", "proof")?;
    let known = party
        .keys
        .iter()
        .any(|mandate| mandate.key == record.key && mandate.revoked.is_none());
    demand(known, "parties.key-unknown", "key")
}

fn replaced(said: &Said<'_>, record: &RootReplaced, ctx: &Context<'_>) -> Result<(), Violation> {
    let Some(party) = party(said, ctx) else { return Ok(()) };
    // The keys that stand in the state, not those that still hold for the rest of this block: of two that replace the root key
    // in one block, as thief and owner may, the second no longer decides.
    let entitled = [party.root_key(), party.kit_key()].contains(&Some(said.key));
    demand(entitled, "parties.root-only", "proof")?;
    fresh(party, &record.key)?;
    room(party, 320, ROOT_BYTES)
}

fn recovery(said: &Said<'_>, record: &RecoveryNamed, ctx: &Context<'_>) -> Result<(), Violation> {
    let Some(party) = party(said, ctx) else { return Ok(()) };
    demand(party.root_key() == Some(said.key), "parties.root-only", "proof")?;
    fresh(party, &record.key)?;
    room(party, 340, KIT_BYTES)
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
        "Who may speak is decided by the root key that stands; a key may only give itself up, a recovery kit only name another root.",
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
        "Without a root key a party could never speak again; it is replaced, not revoked.",
        "protocol section 2, Party"
    ),
    rule!(
        "parties.key-used",
        "A root key or recovery kit is a key of its own, never used here for anything before or after.",
        "protocol section 3, Mandate; NIST SP 800-57 part 1 rev. 5, 5.2 (one key, one use)"
    ),
    rule!(
        "parties.kit-apart",
        "A recovery kit is named by its own record, because there is one at a time and it names root keys only.",
        "protocol section 3, Mandate"
    ),
    rule!(
        "parties.already-linked",
        "A partner is one party; another one is another partner.",
        "R35: integrated and unified information"
    ),
    rule!("parties.linked-to-itself", "A partner is somebody else.", "R35"),
];
