//! Check, review, sign: what is signed is what was shown, byte for byte.

use crate::call::{Checked, Consequence, Review, ReviewRecord, Signed};
use crate::compose::{Composer, Signer};
use crate::documents::attach::{self, Enclosed};
use crate::error::UserError;
use crate::firm::{Acting, Firm};
use crate::keys::kit;
use crate::{App, drafts, names};
use ledger::{Hash, Record, RecordDraft, SecretKey, Subject};
use node::{Outcome, Receipt};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::time::Duration;
use systems::Payload;
use systems::shared::goods::Who;

/// Most records of one review.
const MOST: usize = 1_000;
/// Reviews that are kept; of older ones nobody looks at the screen any more.
const KEPT: usize = 16;

/// What was shown and may be signed, by review id, in the order of making.
pub(crate) type Reviews = Vec<(String, Prepared)>;

/// Drafts that were shown, and for whom.
pub(crate) struct Prepared {
    drafts: Vec<RecordDraft>,
    acting: Acting,
    /// The key of a printed kit, typed in for this review alone; else a key of the key file signs.
    kit: Option<SecretKey>,
    /// The documents that the one record names.
    enclosed: Option<Enclosed>,
}

impl Prepared {
    fn sign(&self, firm: &Firm) -> Result<Vec<Record>, UserError> {
        let Some(kit) = &self.kit else {
            return sign_all(firm, &self.acting, &self.drafts);
        };
        let signed = self.drafts.iter().map(|draft| draft.clone().sign(kit));
        let bad = |error| UserError::new("bad-record").with("what", error);
        signed.map(|record| record.map_err(bad)).collect()
    }
}

fn compose_all(firm: &Firm, acting: &Acting, payloads: &[Payload]) -> Result<Vec<RecordDraft>, UserError> {
    if payloads.is_empty() || payloads.len() > MOST {
        return Err(UserError::new("review-size")
            .with("expected", MOST)
            .with("value", payloads.len()));
    }
    let mut composer = Composer::new(firm);
    payloads
        .iter()
        .map(|payload| composer.draft(&acting.party, payload))
        .collect()
}

fn sign_all(firm: &Firm, acting: &Acting, drafts: &[RecordDraft]) -> Result<Vec<Record>, UserError> {
    let signer = Signer::of(firm, acting);
    drafts.iter().map(|draft| signer.sign(draft.clone())).collect()
}

/// The rules these records would break, each seen on the state the ones before it leave.
pub(crate) fn problems(firm: &Firm, records: &[Record]) -> Result<Vec<UserError>, UserError> {
    let checked = firm.node.check(records)?;
    let many = checked.len() > 1;
    let problem = |(i, outcome): (usize, Result<(), systems::Violation>)| {
        let mut error = UserError::from(outcome.err()?);
        if many {
            error.values.insert("record".to_owned(), (i + 1).to_string());
        }
        Some(error)
    };
    Ok(checked.into_iter().enumerate().filter_map(problem).collect())
}

/// Would this be allowed?
pub(crate) fn check(app: &App, payload: Payload) -> Result<Checked, UserError> {
    let firm = app.firm()?;
    let acting = firm.acting();
    // A form that is not filled in yet is a problem to show beside the field, not an error of the call.
    let problems = match compose_all(&firm, &acting, &[payload]) {
        Ok(drafts) => problems(&firm, &sign_all(&firm, &acting, &drafts)?)?,
        Err(error) => vec![error],
    };
    Ok(Checked { problems })
}

/// Makes the bytes that will be signed and shows what they say.
pub(crate) fn review(app: &App, payloads: Vec<Payload>, attached: Vec<String>) -> Result<Review, UserError> {
    let firm = app.firm()?;
    for payload in &payloads {
        if let Payload::RecoveryNamed(named) = payload {
            kit::tried_first(&firm, &named.key)?;
        }
    }
    prepare(&firm, None, &payloads, attached)
}

/// As [`review`], of a record that the key of a printed kit signs.
pub(crate) fn review_by_kit(firm: &Firm, kit: SecretKey, payload: &Payload) -> Result<Review, UserError> {
    prepare(firm, Some(kit), std::slice::from_ref(payload), Vec::new())
}

fn prepare(
    firm: &Firm,
    kit: Option<SecretKey>,
    payloads: &[Payload],
    attached: Vec<String>,
) -> Result<Review, UserError> {
    let acting = firm.acting();
    let mut drafts = compose_all(firm, &acting, payloads)?;
    let enclosed = attach::enclose(firm, payloads, &mut drafts, attached)?;
    let prepared = Prepared {
        drafts,
        acting,
        kit,
        enclosed,
    };
    // Ed25519 is deterministic: the signatures made here for the check are those that `sign` makes again, and are dropped.
    let records = prepared.sign(firm)?;
    let problems = problems(firm, &records)?;
    let ids: Vec<u8> = records
        .iter()
        .flat_map(|record| record.id().as_bytes().to_vec())
        .collect();
    let mut shown = Vec::with_capacity(records.len());
    for record in &records {
        shown.push(show(firm, record, prepared.enclosed.as_ref())?);
    }
    let review = hex::encode(node::random::<8>()?);
    let mut reviews = firm.reviews.lock().unwrap_or_else(PoisonError::into_inner);
    if reviews.len() >= KEPT {
        reviews.remove(0);
    }
    reviews.push((review.clone(), prepared));
    Ok(Review {
        review,
        records: shown,
        fingerprint: fingerprint(&ids),
        problems,
    })
}

/// Four groups of four hex digits of SHA-256, for two people to compare.
pub(crate) fn fingerprint(ids: &[u8]) -> String {
    let hash = ledger::Hash::of(ids).to_string();
    let groups: Vec<&str> = (0..4).filter_map(|i| hash.get(i * 4..i * 4 + 4)).collect();
    groups.join(" ")
}

/// A record as the review shows it, parsed back from its bytes.
fn show(firm: &Firm, record: &Record, enclosed: Option<&Enclosed>) -> Result<ReviewRecord, UserError> {
    let payload = Payload::parse(record.kind(), record.body_json())?;
    let mut subjects = Vec::new();
    for subject in record.subjects() {
        subjects.push(names::row(firm, subject)?);
    }
    let unsigned = serde_json::from_str::<serde_json::Value>(record.text())
        .ok()
        .and_then(|mut value| {
            value.as_object_mut()?.remove("proof");
            ledger::canonical::to_bytes(&value).ok()
        })
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| UserError::new("bad-record"))?;
    let consequences = consequences(firm, record.party(), &payload)?;
    Ok(ReviewRecord {
        payload,
        text: unsigned,
        subjects,
        consequences,
        documents: enclosed.map_or_else(|| Ok(Vec::new()), |enclosed| enclosed.shown(firm, record.party()))?,
    })
}

/// What can be done about a mistake once it is signed: only some kinds have a correction (the rules of the two `corrected`
/// records), others are said anew, replaced or ended.
fn stays(payload: &Payload) -> &'static str {
    match payload {
        Payload::LotMade(_)
        | Payload::SerialMade(_)
        | Payload::Processed(_)
        | Payload::Inspected(_)
        | Payload::Packed(_)
        | Payload::Departed(_)
        | Payload::Arrived(_)
        | Payload::Delivered(_) => "consequence.permanent",
        Payload::ProductDefined(_) | Payload::PartnerNamed(_) | Payload::ShipmentPlanned(_) => "consequence.anew",
        Payload::Registered(_) | Payload::Updated(_) => "consequence.replaced",
        Payload::MandateGranted(_)
        | Payload::Recalled(_)
        | Payload::HandoverOffered(_)
        | Payload::ExceptionRaised(_)
        | Payload::RecoveryNamed(_) => "consequence.ended",
        Payload::MemberVoted(_) | Payload::ValidatorsProposed(_) | Payload::ValidatorsVoted(_) => "consequence.voted",
        _ => "consequence.final",
    }
}

/// What follows from signing, as codes with values.
fn consequences(firm: &Firm, party: &ledger::Party, payload: &Payload) -> Result<Vec<Consequence>, UserError> {
    let one = |code: &str, values: &[(&str, String)]| Consequence {
        code: code.to_owned(),
        values: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect::<BTreeMap<_, _>>(),
        names: BTreeMap::new(),
    };
    let about = |code: &str, who: &Who| -> Result<Consequence, UserError> {
        let mut line = one(code, &[]);
        line.names.insert("party".to_owned(), names::who(firm, who)?);
        Ok(line)
    };
    let mut list = vec![one(stays(payload), &[])];
    for who in names::on_behalf(party, payload) {
        list.push(about("consequence.single-sourced", &who)?);
    }
    match payload {
        Payload::HandoverOffered(offer) => {
            list.push(about("consequence.awaits-acceptance", &offer.to)?);
        }
        Payload::HandoverAccepted(_) => list.push(one("consequence.holds-custody", &[])),
        Payload::Recalled(recall) => {
            list.push(one(
                "consequence.recall-visible",
                &[("count", recall.about.len().to_string())],
            ));
        }
        Payload::MandateGranted(grant) => {
            list.push(one("consequence.may-speak", &[("label", grant.label.clone())]));
        }
        Payload::MandateRevoked(_) => list.push(one("consequence.key-ends", &[])),
        Payload::RootReplaced(_) => list.push(one("consequence.root-changes", &[])),
        Payload::RecoveryNamed(_) => list.push(one("consequence.kit-changes", &[])),
        Payload::Packed(packed) => {
            list.push(one(
                "consequence.amounts-taken",
                &[("count", packed.packages.len().to_string())],
            ));
        }
        Payload::Processed(_) => list.push(one("consequence.inputs-used", &[])),
        _ => {}
    }
    Ok(list)
}

/// Signs what was reviewed and submits it as one ordered batch.
pub(crate) fn sign(app: &App, review: &str, draft: Option<&str>) -> Result<Signed, UserError> {
    let firm = app.firm()?;
    let prepared = {
        let mut reviews = firm.reviews.lock().unwrap_or_else(PoisonError::into_inner);
        let place = reviews.iter().position(|(id, _)| id == review);
        reviews.remove(place.ok_or_else(|| UserError::new("review-gone"))?).1
    };
    let records = prepared.sign(&firm)?;
    let problems = problems(&firm, &records)?;
    if let Some(first) = problems.into_iter().next() {
        return Err(first);
    }
    let enclosed = match (prepared.enclosed, records.first()) {
        (Some(enclosed), Some(record)) => Some(enclosed.keep(&firm, record)?),
        _ => None,
    };
    // What failed otherwise than by a rule may still be on its way, and its documents with it.
    let signed = match (receipts(submit_soon(&firm, records)?), enclosed) {
        (Ok(signed), None) => signed,
        (Ok(signed), Some(enclosed)) => enclosed.taken(&firm).map(|()| signed)?,
        (Err(error), None) => return Err(error),
        (Err(error), Some(enclosed)) => return enclosed.refused(&firm).and(Err(error)),
    };
    // Whoever asks next sees what was signed, in tables too.
    firm.node.views_ready();
    if let Some(draft) = draft {
        drafts::discard(app, draft)?;
    }
    Ok(signed)
}

/// Signs what is said, to be submitted in this order.
pub(crate) fn signed(firm: &Firm, payloads: &[Payload]) -> Result<Vec<Record>, UserError> {
    let acting = firm.acting();
    sign_all(firm, &acting, &compose_all(firm, &acting, payloads)?)
}

/// How long a decision of several is waited for; later it shows on the record.
const DECISION: Duration = Duration::from_millis(300);
/// How often is looked whether the outbox has them.
const LOOK: Duration = Duration::from_millis(20);

/// Submits records. In a ledger of our own the answer is final; where several decide it may be *Signed* after 300 ms: then the
/// records are saved in the outbox, and on their way.
pub(crate) fn submit_soon(firm: &Firm, records: Vec<Record>) -> Result<Vec<Receipt>, UserError> {
    let Some(network) = &firm.network else {
        return Ok(firm.node.submit(records)?);
    };
    let ids: Vec<Hash> = records.iter().map(Record::id).collect();
    let batch = firm.node.submit_together(records)?;
    let mut waited = Duration::ZERO;
    let mut saved = false;
    loop {
        if let Some(receipts) = batch.wait_for(LOOK)? {
            return Ok(receipts);
        }
        waited += LOOK;
        if !saved {
            let waiting: BTreeSet<Hash> = firm.node.outbox()?.iter().map(Record::id).collect();
            saved = ids.iter().all(|id| waiting.contains(id));
            if saved {
                network.nudge();
            }
        }
        if saved && waited >= DECISION {
            let signed = |id| Receipt {
                id,
                outcome: Outcome::Signed,
            };
            return Ok(ids.into_iter().map(signed).collect());
        }
    }
}

/// Signs and submits without a review: founding, and stories that are played.
pub(crate) fn submit(firm: &Firm, payloads: Vec<Payload>) -> Result<Signed, UserError> {
    let signed = receipts(firm.node.submit(signed(firm, &payloads)?)?)?;
    firm.node.views_ready();
    Ok(signed)
}

fn receipts(receipts: Vec<Receipt>) -> Result<Signed, UserError> {
    let mut records = Vec::with_capacity(receipts.len());
    for receipt in receipts {
        let status = match receipt.outcome {
            Outcome::Confirmed { .. } => "confirmed",
            Outcome::Signed => "signed",
            Outcome::Refused(violation) => return Err(violation.into()),
        };
        records.push((receipt.id.to_string(), status.to_owned()));
    }
    Ok(Signed { records })
}

/// The subjects that a payload founds when `party` says it.
pub(crate) fn founded(payload: &Payload, party: &ledger::Party) -> Vec<Subject> {
    let touches = payload.touches(party).unwrap_or_default();
    let founds = touches
        .writes
        .into_iter()
        .filter(|write| write.access == systems::Access::Founds);
    founds.map(|write| write.subject).collect()
}

/// The subjects that a payload writes when `party` says it.
pub(crate) fn subjects(payload: &Payload, party: &ledger::Party) -> Vec<Subject> {
    payload
        .touches(party)
        .map(|touches| touches.subjects())
        .unwrap_or_default()
}
