//! A file that a person attaches to a record before it is signed: kept sealed to ourselves while the form is open, sealed to all who may
//! read it when the record is shown for review, and named by the record in a private field.

use super::{READING, open, secret, shelf};
use crate::App;
use crate::call::{Attached, Done, EnclosedDocument};
use crate::compose::{Salted, conceal, openings};
use crate::desks;
use crate::drafts;
use crate::error::UserError;
use crate::firm::Firm;
use crate::names;
use crate::session::small;
use crate::settings;
use ledger::sealing::SealError;
use ledger::{Hash, Party, Record, RecordDraft};
use node::net::DOCUMENT;
use node::{Desk, NamedDocument, PREFIX, Shelf, kept_media_type, kept_name};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use systems::Payload;
use systems::shared::goods::Who;

/// Where the desk keeps what is attached to forms, by id.
const ATTACHED: &str = "attached";
/// Where the desk keeps, by hash, what was sealed for a review, until it is signed.
const SEALED: &str = "sealed-for-review";
/// Documents of one record, most.
const MOST: usize = 8;
/// Bytes of a file, most: 47 MiB are 63 as base64, and the sealed document has at most 64.
const CONTENT: usize = 47 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    hash: Hash,
    media_type: String,
    name: String,
    size: u64,
}

/// What is named by a record that is shown for review.
pub(crate) struct Enclosed {
    attached: Vec<String>,
    documents: Vec<NamedDocument>,
    salted: Salted,
}

fn sealed(content: &[u8], keys: &[[u8; 32]]) -> Result<Vec<u8>, UserError> {
    node::seal(content, keys)?.map_err(|error| match error {
        SealError::Key | SealError::Recipients => UserError::new("documents.bad-reading-key"),
        other => UserError::new("program-fault").with("what", other),
    })
}

/// Takes a file in for a record that is being written. Nobody but us can read it yet.
pub(crate) fn attach(app: &App, name: &str, media_type: &str, file: &str) -> Result<Attached, UserError> {
    let firm = app.firm()?;
    let name = kept_name(name);
    let content = settings::decode(file, "file")?;
    if content.is_empty() {
        return Err(UserError::new("documents.empty").with("value", name));
    }
    if content.len() > CONTENT {
        return Err(UserError::new("documents.too-large")
            .with("value", name)
            .with("expected", format!("{} MiB", CONTENT >> 20)));
    }
    let document = sealed(&content, &[secret(&firm)?.public()])?;
    let kept = Kept {
        hash: shelf(&firm)?.documents().put(&document)?,
        media_type: kept_media_type(media_type),
        name,
        size: content.len() as u64,
    };
    let id = hex::encode(node::random::<8>()?);
    firm.desk.put(ATTACHED, &id, &json!(kept))?;
    Ok(Attached {
        id,
        name: kept.name,
        media_type: kept.media_type,
        size: small(kept.size),
    })
}

/// Lets go what was attached to a form.
pub(crate) fn detach(app: &App, id: &str) -> Result<Done, UserError> {
    let firm = app.firm()?;
    let_go(&firm.desk, shelf(&firm)?, id)?;
    Ok(Done {})
}

fn let_go(desk: &Desk, shelf: &Shelf, id: &str) -> Result<(), UserError> {
    if let Some(kept) = kept(desk, id)? {
        desk.delete(ATTACHED, id)?;
        shelf.documents().forget(&kept.hash)?;
    }
    Ok(())
}

fn kept(desk: &Desk, id: &str) -> Result<Option<Kept>, UserError> {
    let value = desk.get(ATTACHED, id)?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}

/// What is attached to a draft, as the form keeps it.
fn attached_to(form: &Value) -> Vec<String> {
    let listed = form.get("attached").and_then(Value::as_array).into_iter().flatten();
    listed
        .filter_map(|one| Some(one.get("id")?.as_str()?.to_owned()))
        .collect()
}

/// With a draft goes what was attached to it.
pub(crate) fn discarded(firm: &Firm, form: &Value) -> Result<(), UserError> {
    let Some(shelf) = &firm.shelf else { return Ok(()) };
    for id in attached_to(form) {
        let_go(&firm.desk, shelf, &id)?;
    }
    Ok(())
}

/// Lets go what was sealed for reviews that nobody signed: for those of one file that is attached, or for all.
fn unseal(desk: &Desk, shelf: &Shelf, attached: Option<&str>) -> Result<(), UserError> {
    let sealed = desk.list(SEALED)?;
    if sealed.is_empty() {
        return Ok(());
    }
    let named: BTreeSet<Hash> = shelf.all().into_iter().map(|one| one.document.hash).collect();
    for (hash, of, _) in sealed {
        if attached.is_some_and(|id| of.as_str() != Some(id)) {
            continue;
        }
        if let Ok(document) = hash.parse::<Hash>()
            && !named.contains(&document)
        {
            shelf.documents().forget(&document)?;
        }
        desk.delete(SEALED, &hash)?;
    }
    Ok(())
}

/// After a start nobody looks at a review or a form without a draft any more: what only they needed is let go.
pub(crate) fn tidy(desk: &Desk, shelf: &Shelf) -> Result<(), UserError> {
    unseal(desk, shelf, None)?;
    let drafts = drafts::all(desk)?;
    let kept: BTreeSet<String> = drafts.iter().flat_map(|draft| attached_to(&draft.form)).collect();
    for (id, _, _) in desk.list(ATTACHED)? {
        if !kept.contains(&id) {
            let_go(desk, shelf, &id)?;
        }
    }
    Ok(())
}

/// The firm on the other side of a record with two sides.
fn other_side(firm: &Firm, us: &Party, payload: &Payload) -> Result<Option<Party>, UserError> {
    let offer = match payload {
        Payload::HandoverOffered(offer) => return Ok(party(&offer.to)),
        Payload::HandoverAccepted(accepted) => accepted.offer,
        Payload::HandoverEnded(ended) => ended.offer,
        _ => return Ok(None),
    };
    let waiting = firm.node.outbox()?.into_iter().find(|record| record.id() == offer);
    let record = match waiting {
        Some(record) => Some(record),
        None => firm.node.record(&offer)?.map(|stored| stored.record),
    };
    let Some(record) = record else { return Ok(None) };
    if record.party() != us {
        return Ok(Some(*record.party()));
    }
    match Payload::parse(record.kind(), record.body_json())? {
        Payload::HandoverOffered(offer) => Ok(party(&offer.to)),
        _ => Ok(None),
    }
}

fn party(who: &Who) -> Option<Party> {
    match who {
        Who::Party(party) => Some(*party),
        Who::Partner(_) => None,
    }
}

/// Who may read what is attached to a record, and the keys to seal it to: ours, and those of all desktops that the other side showed us.
fn readers(firm: &Firm, us: &Party, payload: &Payload) -> Result<(Vec<Party>, Vec<[u8; 32]>), UserError> {
    let other = other_side(firm, us, payload)?.ok_or_else(|| UserError::new("documents.one-sided"))?;
    let cards = desks::cards(firm)?;
    let named = |code: &str| -> Result<UserError, UserError> {
        let name = desks::name(firm, &cards, &other)?;
        Ok(UserError::new(code).with("value", names::any(&name)))
    };
    let theirs: Vec<_> = cards.iter().filter(|card| card.party == other).collect();
    if theirs.is_empty() {
        return Err(named("documents.no-card")?);
    }
    let mut keys: BTreeSet<[u8; 32]> = theirs.iter().filter_map(|card| card.reading).map(|key| key.0).collect();
    if keys.is_empty() {
        return Err(named("documents.no-reading-key")?);
    }
    keys.insert(secret(firm)?.public());
    let parties: BTreeSet<Party> = [*us, other].into();
    Ok((parties.into_iter().collect(), keys.into_iter().collect()))
}

/// Seals what is attached to all who may read it, and has the draft of the record name it.
pub(crate) fn enclose(
    firm: &Firm,
    payloads: &[Payload],
    drafts: &mut [RecordDraft],
    attached: Vec<String>,
) -> Result<Option<Enclosed>, UserError> {
    if attached.is_empty() {
        return Ok(None);
    }
    let ([payload], [draft]) = (payloads, drafts) else {
        return Err(UserError::new("documents.one-sided"));
    };
    if attached.len() > MOST {
        return Err(UserError::new("documents.too-many").with("expected", MOST));
    }
    let (parties, keys) = readers(firm, &draft.party, payload)?;
    let shelf = shelf(firm)?;
    let mut documents = Vec::with_capacity(attached.len());
    for id in &attached {
        let kept = kept(&firm.desk, id)?.ok_or_else(|| UserError::new("documents.gone"))?;
        unseal(&firm.desk, shelf, Some(id))?;
        let content = open(firm, &kept.hash, &kept.name)?;
        let document = sealed(&content, &keys)?;
        let hash = Hash::of(&document);
        // Noted first: what a stop leaves over is found after the next start.
        firm.desk.put(SEALED, &hash.to_string(), &json!(id))?;
        shelf.documents().put(&document)?;
        let named = NamedDocument {
            bytes: document.len() as u64,
            hash,
            media_type: kept.media_type,
            name: kept.name,
            readers: parties.clone(),
            size: kept.size,
        };
        if named.bytes > DOCUMENT || !named.is_good() {
            return Err(UserError::new("documents.bad-name").with("value", named.name));
        }
        documents.push(named);
    }
    let numbered = documents.iter().enumerate();
    let fields: Vec<(String, Value)> = numbered
        .map(|(at, named)| (format!("{PREFIX}{}", at + 1), json!(named)))
        .collect();
    let salted = conceal(draft, &fields)?;
    Ok(Some(Enclosed {
        attached,
        documents,
        salted,
    }))
}

impl Enclosed {
    /// What the review shows of it.
    pub(crate) fn shown(&self, firm: &Firm, us: &Party) -> Result<Vec<EnclosedDocument>, UserError> {
        let cards = desks::cards(firm)?;
        let mut shown = Vec::with_capacity(self.documents.len());
        for named in &self.documents {
            let others = named.readers.iter().filter(|party| *party != us);
            shown.push(EnclosedDocument {
                name: named.name.clone(),
                media_type: named.media_type.clone(),
                size: small(named.size),
                readers: others
                    .map(|party| desks::name(firm, &cards, party))
                    .collect::<Result<_, _>>()?,
            });
        }
        Ok(shown)
    }

    /// The record that names it is about to be submitted: what opens it is kept first, so that nobody has the record without.
    pub(crate) fn keep(self, firm: &Firm, record: &Record) -> Result<Signed, UserError> {
        let shelf = shelf(firm)?;
        // A review made anew of the same form may have taken its place.
        if self
            .documents
            .iter()
            .any(|named| shelf.documents().size(&named.hash).is_none())
        {
            return Err(UserError::new("review-gone"));
        }
        shelf.enclose(openings(record.id(), self.salted))?;
        Ok(Signed {
            record: record.id(),
            attached: self.attached,
            sealed: self.documents.into_iter().map(|named| named.hash).collect(),
        })
    }
}

/// What is named by a record that is being submitted.
pub(crate) struct Signed {
    record: Hash,
    attached: Vec<String>,
    sealed: Vec<Hash>,
}

impl Signed {
    /// The record was taken: what the form held is needed no more.
    pub(crate) fn taken(self, firm: &Firm) -> Result<(), UserError> {
        for hash in &self.sealed {
            firm.desk.delete(SEALED, &hash.to_string())?;
        }
        for id in &self.attached {
            let_go(&firm.desk, shelf(firm)?, id)?;
        }
        Ok(())
    }

    /// The record was refused.
    pub(crate) fn refused(self, firm: &Firm) -> Result<(), UserError> {
        Ok(shelf(firm)?.withdraw(&self.record)?)
    }
}

/// Makes the key with which documents are read, where there is none yet.
pub(crate) fn make_key(keys: &mut node::Keystore) -> Result<(), UserError> {
    keys.make(READING)?;
    Ok(())
}
