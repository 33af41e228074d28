//! Records as people read them.

use crate::call::TimelineEntry;
use crate::error::UserError;
use crate::firm::Firm;
use crate::{keys, names, session};
use ledger::{Hash, Record, Subject};
use node::Stored;
use std::collections::BTreeMap;
use systems::Payload;
use systems::shared::goods::LocalText;
use systems::view::Told;

/// Records asked for at once.
const PAGE: u32 = 500;
/// Most records of one subject that are shown and folded into its view.
const MOST: usize = 20_000;

/// A record with its body read.
pub(crate) struct Heard {
    /// The record where it stands.
    pub(crate) stored: Stored,
    /// Its body.
    pub(crate) payload: Payload,
}

impl Heard {
    /// As the views of `systems` want it.
    pub(crate) fn told(&self) -> Told<'_> {
        Told {
            record: &self.stored.record,
            payload: &self.payload,
            height: self.stored.height,
            time: self.stored.time,
        }
    }
}

/// Reads the body of a record.
pub(crate) fn hear(stored: Stored) -> Result<Heard, UserError> {
    let payload = Payload::parse(stored.record.kind(), stored.record.body_json())?;
    Ok(Heard { stored, payload })
}

/// All records of a subject, oldest first, at most 20,000.
pub(crate) fn history(firm: &Firm, subject: &Subject) -> Result<Vec<Heard>, UserError> {
    let mut heard: Vec<Heard> = Vec::new();
    loop {
        let page = firm.node.history(subject, heard.len() as u64, PAGE)?;
        let last = page.len() < PAGE as usize || heard.len() >= MOST;
        for stored in page {
            heard.push(hear(stored)?);
        }
        if last {
            return Ok(heard);
        }
    }
}

/// The record that a record corrects.
fn corrects(payload: &Payload) -> Option<Hash> {
    match payload {
        Payload::GoodsCorrected(corrected) => Some(corrected.record),
        Payload::ShipmentCorrected(corrected) => Some(corrected.record),
        _ => None,
    }
}

/// The record of another party that a record bears out.
fn bears_out(payload: &Payload) -> Option<Hash> {
    match payload {
        Payload::GoodsConfirmed(confirmed) => Some(confirmed.record),
        Payload::ShipmentConfirmed(confirmed) => Some(confirmed.record),
        Payload::HandoverAccepted(accepted) => Some(accepted.offer),
        _ => None,
    }
}

/// What records say of earlier ones among them.
#[derive(Default)]
pub(crate) struct Echoes {
    /// How many bear a record out.
    borne_out: BTreeMap<Hash, u32>,
    /// The newest that corrects a record.
    corrected: BTreeMap<Hash, Hash>,
}

impl Echoes {
    /// Of records, oldest first.
    pub(crate) fn of<'a>(told: impl Iterator<Item = (&'a Record, &'a Payload)>) -> Self {
        let mut echoes = Self::default();
        for (record, payload) in told {
            if let Some(other) = bears_out(payload) {
                *echoes.borne_out.entry(other).or_default() += 1;
            }
            if let Some(other) = corrects(payload) {
                echoes.corrected.insert(other, record.id());
            }
        }
        echoes
    }

    /// Fills in the line of a record.
    pub(crate) fn tell(&self, id: &Hash, entry: &mut TimelineEntry) {
        // Whoever accepts an offer bears it out, and is borne out by it.
        let answers = u32::from(matches!(entry.payload, Payload::HandoverAccepted(_)));
        entry.sources = 1 + answers + self.borne_out.get(id).copied().unwrap_or_default();
        entry.corrected_by = self.corrected.get(id).map(Hash::to_string);
    }
}

/// The lines of a subject's records.
pub(crate) fn entries(firm: &Firm, heard: &[Heard]) -> Result<Vec<TimelineEntry>, UserError> {
    let echoes = Echoes::of(heard.iter().map(|one| (&one.stored.record, &one.payload)));
    let mut entries = Vec::with_capacity(heard.len());
    for one in heard {
        let mut entry = entry(firm, one)?;
        echoes.tell(&one.stored.record.id(), &mut entry);
        entries.push(entry);
    }
    Ok(entries)
}

/// The line of one confirmed record by itself.
pub(crate) fn entry(firm: &Firm, heard: &Heard) -> Result<TimelineEntry, UserError> {
    let name = names::party(firm, heard.stored.record.party())?;
    let mut entry = line(&heard.stored.record, heard.payload.clone(), name);
    entry.witnessed = Some(heard.stored.time.to_string());
    entry.height = Some(session::small(heard.stored.height));
    entry.status = "confirmed".to_owned();
    entry.suspected = suspected(firm, &heard.stored)?;
    for who in names::on_behalf(heard.stored.record.party(), &heard.payload) {
        entry.on_behalf = Some(names::id_of(&who));
        entry.on_behalf_name = Some(names::who(firm, &who)?);
    }
    Ok(entry)
}

/// The line of a record that is signed and in no block yet.
pub(crate) fn line(record: &Record, payload: Payload, party_name: LocalText) -> TimelineEntry {
    TimelineEntry {
        id: record.id().to_string(),
        payload,
        party: record.party().to_string(),
        party_name,
        claimed: record.claimed().to_string(),
        witnessed: None,
        height: None,
        status: "signed".to_owned(),
        on_behalf: None,
        on_behalf_name: None,
        sources: 1,
        corrected_by: None,
        suspected: false,
    }
}

/// Whether somebody else may have had the key by then: what it signed stays valid and is marked, for people to look at.
fn suspected(firm: &Firm, stored: &Stored) -> Result<bool, UserError> {
    let state = keys::state(firm, stored.record.party())?;
    Ok(state.is_some_and(|state| state.suspected(stored.record.key(), stored.height, stored.time)))
}

/// What stands in the outbox about a subject.
pub(crate) fn waiting(firm: &Firm, subject: &Subject) -> Result<Vec<TimelineEntry>, UserError> {
    let mut entries = Vec::new();
    for record in firm.node.outbox()? {
        if record.subjects().contains(subject) {
            let payload = Payload::parse(record.kind(), record.body_json())?;
            entries.push(line(&record, payload, names::party(firm, record.party())?));
        }
    }
    Ok(entries)
}
