//! The ledger's own pages: blocks, records by time, and a record's proof in plain words.

use crate::App;
use crate::call::{BlockRow, Blocks, ProofStep, RecordDetail, Records};
use crate::error::UserError;
use crate::firm::Firm;
use crate::search::within;
use crate::session::small;
use crate::timeline::{self, hear};
use crate::{documents, names};
use ledger::{CommitCertificate, Hash, Header, Record, Subject, Time, Trust, Verdict};
use node::Stored;
use std::collections::BTreeMap;
use systems::Payload;
use systems::shared::goods::Who;

/// Which records, as asked for.
pub(crate) struct Range {
    /// Inclusive.
    pub(crate) from: Option<String>,
    /// Exclusive.
    pub(crate) to: Option<String>,
    /// In this block only.
    pub(crate) height: Option<u32>,
    /// How many to skip.
    pub(crate) offset: u32,
    /// How many.
    pub(crate) limit: u32,
}

/// A time as RFC 3339 writes it; brought to UTC with three decimals.
pub(crate) fn time(text: &str, field: &str) -> Result<Time, UserError> {
    let bad = || UserError::new("bad-time").at(field).with("value", text);
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let parsed = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| bad())?;
    Time::from_millis(parsed.timestamp_millis()).map_err(|_| bad())
}

/// Blocks, newest first.
pub(crate) fn blocks(app: &App, below: Option<u32>, limit: u32) -> Result<Blocks, UserError> {
    let firm = app.firm()?;
    let stored = firm.node.blocks(below.map(u64::from), within(limit, 200)?)?;
    let row = |block: node::StoredBlock| -> Result<BlockRow, UserError> {
        let of = firm.node.validators_of(block.header.height)?.validators().len();
        let certificate = block.certificate.as_ref();
        let signers = certificate.map_or(0, |certificate| certificate.signatures.len());
        Ok(BlockRow {
            height: small(block.header.height),
            id: block.header.id().to_string(),
            time: block.header.time.to_string(),
            records: small(block.header.records_count),
            header: String::from_utf8_lossy(&block.header.to_bytes()).into_owned(),
            signers: (small(signers as u64), small(of as u64)),
        })
    };
    Ok(Blocks {
        blocks: stored.into_iter().map(row).collect::<Result<_, _>>()?,
        height: small(firm.node.head().map_or(0, |head| head.height)),
    })
}

/// Records by witnessed time, newest first.
pub(crate) fn records(app: &App, range: Range) -> Result<Records, UserError> {
    let firm = app.firm()?;
    let bound = |text: &Option<String>, field| text.as_deref().map(|text| time(text, field)).transpose();
    let (from, to) = (bound(&range.from, "from")?, bound(&range.to, "to")?);
    let limit = within(range.limit, 500)?;
    let (stored, total) =
        firm.node
            .records_between(from, to, range.height.map(u64::from), u64::from(range.offset), limit)?;
    let mut records = Vec::with_capacity(stored.len());
    for stored in stored {
        records.push(timeline::entry(&firm, &hear(stored)?)?);
    }
    Ok(Records {
        records,
        total: small(total),
    })
}

/// A record with its proof.
pub(crate) fn record(app: &App, id: &str) -> Result<RecordDetail, UserError> {
    let firm = app.firm()?;
    let unknown = || UserError::new("unknown-record").at("id").with("value", id);
    let hash: Hash = id.parse().map_err(|_| unknown())?;
    let (record, entry, proof) = match firm.node.record(&hash)? {
        Some(stored) => {
            let proof = proof(&firm, &stored)?;
            let heard = hear(stored)?;
            let record = heard.stored.record.clone();
            // Read with the records of its first subject, which say who confirmed or corrected it.
            let related = match record.subjects().first() {
                Some(subject) => timeline::entries(&firm, &timeline::history(&firm, subject)?)?,
                None => Vec::new(),
            };
            let entry = related.into_iter().find(|entry| entry.id == id);
            (record, entry.map_or_else(|| timeline::entry(&firm, &heard), Ok)?, proof)
        }
        None => {
            let record = unconfirmed(&firm, &hash)?.ok_or_else(unknown)?;
            let payload = Payload::parse(record.kind(), record.body_json())?;
            let entry = timeline::line(&record, payload, names::party(&firm, record.party())?);
            let signature = vec![signature(&record)];
            (record, entry, signature)
        }
    };
    let mut subjects = Vec::new();
    for subject in record.subjects() {
        subjects.push(names::row(&firm, subject)?);
    }
    Ok(RecordDetail {
        entry,
        text: record.text().to_owned(),
        subjects,
        proof,
        documents: documents::of_record(&firm, &hash)?,
    })
}

/// A record that waits, contradicts one that waits, or was set aside.
fn unconfirmed(firm: &Firm, id: &Hash) -> Result<Option<Record>, UserError> {
    let beside = firm.node.rivals()?.into_iter().map(|rival| rival.record);
    let aside = firm.node.aside()?.into_iter().map(|aside| aside.record);
    let mut all = firm.node.outbox()?.into_iter().chain(beside).chain(aside);
    Ok(all.find(|record| record.id() == *id))
}

fn step(code: &str, passed: bool, values: &[(&str, String)], detail: String) -> ProofStep {
    let values: BTreeMap<_, _> = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    ProofStep {
        code: code.to_owned(),
        passed,
        values,
        names: BTreeMap::new(),
        detail,
    }
}

fn signature(record: &Record) -> ProofStep {
    let detail = format!(
        "key {}\nsigned {}\nsignature {}",
        record.key(),
        hex::encode(record.signed_bytes()),
        hex::encode(record.signature())
    );
    step(
        "signature",
        record.verify_signature().is_ok(),
        &[("key", record.key().to_string())],
        detail,
    )
}

/// Every step from the record up to the validators' signatures, done again now.
fn proof(firm: &Firm, stored: &Stored) -> Result<Vec<ProofStep>, UserError> {
    let record = &stored.record;
    let mut steps = vec![signature(record)];
    let party = Subject::party(record.party());
    let state = firm
        .node
        .entry(&party)?
        .map(|entry| serde_json::to_value(&*entry.state).unwrap_or_default());
    let mandated = state.is_some_and(|state| {
        ledger::mandate::holds(
            &state,
            record.key(),
            record.party(),
            record.kind(),
            stored.height,
            stored.time,
        )
    });
    let mut mandate = step(
        "mandate",
        mandated,
        &[("kind", record.kind().without_form().to_owned())],
        format!("party {}\nkey {}", record.party(), record.key()),
    );
    let name = names::who(firm, &Who::Party(*record.party()))?;
    mandate.names.insert("party".to_owned(), name);
    steps.push(mandate);
    let Some((inclusion, header, certificate)) = firm.node.inclusion(&record.id())? else {
        return Ok(steps);
    };
    let path: Vec<String> = inclusion.path.iter().map(ToString::to_string).collect();
    let values = [
        ("height", header.height.to_string()),
        ("index", inclusion.index.to_string()),
        ("count", inclusion.count.to_string()),
    ];
    let detail = format!(
        "leaf {}\npath {}\nroot {}",
        record.leaf(),
        path.join("\n     "),
        header.records_root
    );
    steps.push(step(
        "inclusion",
        inclusion.verify(&record.leaf(), &header.records_root),
        &values,
        detail,
    ));
    steps.push(quorum(firm, &header, &certificate)?);
    if let Some(subject) = record.subjects().first() {
        steps.push(completeness(firm, subject)?);
    }
    Ok(steps)
}

/// That enough validators of the block's set signed it.
fn quorum(firm: &Firm, header: &Header, certificate: &CommitCertificate) -> Result<ProofStep, UserError> {
    let set = firm.node.validators_of(header.height)?;
    let values = [
        ("signers", certificate.signatures.len().to_string()),
        ("of", set.validators().len().to_string()),
    ];
    let text = String::from_utf8_lossy(&certificate.to_bytes()).into_owned();
    let detail = format!("block {}\n{text}", header.id());
    let good = certificate.verify(header, &set).is_ok();
    Ok(step("quorum", good, &values, detail))
}

/// That nothing about the subject is left out: its evidence, made and checked now.
fn completeness(firm: &Firm, subject: &Subject) -> Result<ProofStep, UserError> {
    let evidence = firm.node.evidence(subject, Vec::new())?;
    let report = ledger::verify(&evidence, &Trust::Expect(firm.node.anchor()), None);
    let entry = firm.node.entry(subject)?;
    let (count, changed) = entry.map_or((0, 0), |entry| (entry.count, entry.changed));
    let values = [
        ("subject", subject.to_string()),
        ("count", count.to_string()),
        ("height", changed.to_string()),
    ];
    let detail = format!("{subject}\nindex key {}", subject.index_key());
    Ok(step(
        "completeness",
        report.verdict() == Verdict::Accepted,
        &values,
        detail,
    ))
}
