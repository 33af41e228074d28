//! Files to hand to somebody: evidence, the anchor, EPCIS, a verifiable credential.

mod epcis;

use crate::App;
use crate::call::FileMade;
use crate::compose::Signer;
use crate::error::UserError;
use crate::firm::Firm;
use crate::session::small;
use crate::timeline::{self, Heard};
use crate::{detail, names, settings};
use ledger::{Hash, Opening, Subject, Trust, Verdict, canonical};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const OPENINGS: &str = "openings";

/// Makes a file about a subject or of a record.
pub(crate) fn export(
    app: &App,
    subject: Option<String>,
    record: Option<String>,
    kind: &str,
) -> Result<FileMade, UserError> {
    let firm = app.firm()?;
    let (name, content) = match (kind, subject, record) {
        ("anchor", None, None) => ("anchor.json".to_owned(), firm.node.anchor().to_bytes()),
        ("anchor", ..) => return Err(UserError::new("export-anchor-alone")),
        ("evidence", Some(subject), None) => {
            let subject = names::subject(&subject)?;
            (
                file_name(&subject, "evidence.json"),
                evidence(&firm, &subject, Vec::new())?,
            )
        }
        // One record's private fields are opened with it: whoever hands a record over by itself means to show all of it.
        ("evidence", None, Some(record)) => {
            let heard = record_of(&firm, &record)?;
            let subject = heard
                .stored
                .record
                .subjects()
                .first()
                .cloned()
                .ok_or_else(|| UserError::new("bad-record"))?;
            let openings = openings(&firm, &heard.stored.record.id())?;
            (
                file_name(&subject, "evidence.json"),
                evidence(&firm, &subject, openings)?,
            )
        }
        ("epcis", Some(subject), None) => {
            let subject = names::subject(&subject)?;
            sound(&firm, &subject)?;
            let text = epcis::document(&firm, &story(&firm, &subject)?)?;
            (file_name(&subject, "epcis.json"), text.into_bytes())
        }
        ("epcis", None, Some(record)) => {
            let text = epcis::document(&firm, &[record_of(&firm, &record)?])?;
            (short_name(&record, "epcis.json"), text.into_bytes())
        }
        // A record is a document secured with eddsa-jcs-2022 as it stands.
        ("vc", None, Some(record)) => {
            let heard = record_of(&firm, &record)?;
            (short_name(&record, "json"), heard.stored.record.bytes().to_vec())
        }
        ("vc", Some(subject), None) => {
            let subject = names::subject(&subject)?;
            sound(&firm, &subject)?;
            (file_name(&subject, "vc.json"), credential(&firm, &subject)?)
        }
        ("evidence" | "epcis" | "vc", ..) => return Err(UserError::new("export-one").at("subject")),
        _ => {
            return Err(UserError::new("unknown-choice")
                .at("as")
                .with("value", kind)
                .with("expected", "evidence, epcis, vc, anchor"));
        }
    };
    let size = small(content.len() as u64);
    Ok(FileMade {
        name,
        content: settings::encode(&content),
        path: None,
        size,
    })
}

/// Evidence about a subject, checked as whoever gets it will check it: a damaged ledger must not say what is not so.
fn evidence(firm: &Firm, subject: &Subject, openings: Vec<Opening>) -> Result<Vec<u8>, UserError> {
    let bytes = firm.node.evidence(subject, openings)?;
    let report = ledger::verify(&bytes, &Trust::Expect(firm.node.anchor()), None);
    if report.verdict() == Verdict::Accepted {
        return Ok(bytes);
    }
    let failed = report.checks().iter().find(|check| !check.passed);
    let what = failed.map_or_else(String::new, |check| {
        format!("{}: {}", check.name, check.reason.as_deref().unwrap_or_default())
    });
    Err(UserError::new("export-does-not-hold")
        .with("subject", subject)
        .with("what", what))
}

/// That what the ledger says of a subject holds, before it is told in another form. A story too long for one file of evidence is
/// told all the same.
fn sound(firm: &Firm, subject: &Subject) -> Result<(), UserError> {
    match evidence(firm, subject, Vec::new()) {
        Err(error) if error.code != "node.unknown" => Err(error),
        _ => Ok(()),
    }
}

/// The first digits of a RecordId, enough to tell files apart.
fn short_name(record: &str, ending: &str) -> String {
    format!("{}.{ending}", record.get(..12).unwrap_or("record"))
}

fn file_name(subject: &Subject, ending: &str) -> String {
    let last = subject.as_str().rsplit(':').next().unwrap_or_default();
    let plain: String = last
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-._".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    format!("{plain}.{ending}")
}

fn record_of(firm: &Firm, id: &str) -> Result<Heard, UserError> {
    let unknown = || UserError::new("unknown-record").at("record").with("value", id);
    let hash: Hash = id.parse().map_err(|_| unknown())?;
    let stored = firm.node.record(&hash)?.ok_or_else(unknown)?;
    if let Err(error) = stored.record.verify_signature() {
        let what = format!("record {id} in block {}: {error}", stored.height);
        return Err(UserError::new("export-does-not-hold")
            .with("subject", id)
            .with("what", what));
    }
    timeline::hear(stored)
}

/// What we can open of a record's private fields.
fn openings(firm: &Firm, record: &Hash) -> Result<Vec<Opening>, UserError> {
    let kept = firm.desk.get(OPENINGS, &record.to_string())?;
    let mut openings: Vec<Opening> = kept
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default();
    let documents = firm.shelf.iter().flat_map(|shelf| shelf.of(record));
    openings.extend(documents.map(|one| one.opening));
    openings.sort_by(|one, other| (one.record, &one.name).cmp(&(other.record, &other.name)));
    Ok(openings)
}

/// The records of a subject and of the goods it rests on and the shipment it travels in, oldest first, none twice.
fn story(firm: &Firm, subject: &Subject) -> Result<Vec<Heard>, UserError> {
    let mut subjects = crate::trace::origins(firm, subject)?;
    subjects.push(subject.clone());
    if let Some(crate::call::View::Item(item)) = detail::view(firm, subject)? {
        subjects.extend(item.shipment.map(|shipment| names::subject(&shipment)).transpose()?);
    }
    let mut seen = BTreeSet::new();
    let mut story = Vec::new();
    for subject in subjects {
        let fresh = timeline::history(firm, &subject)?
            .into_iter()
            .filter(|heard| seen.insert(heard.stored.record.id()));
        story.extend(fresh);
    }
    story.sort_by_key(|heard| (heard.stored.height, heard.stored.index));
    Ok(story)
}

/// A W3C Verifiable Credential (VC Data Model 2.0, Recommendation of 15 May 2025) in which we state what our ledger shows of
/// a subject, secured with `eddsa-jcs-2022` (the proof repeats `@context`, VC-DI-EDDSA 1.0, section 3.3.1).
fn credential(firm: &Firm, subject: &Subject) -> Result<Vec<u8>, UserError> {
    let unknown = || UserError::new("unknown-subject").at("subject").with("value", subject);
    let view = detail::view(firm, subject)?.ok_or_else(unknown)?;
    let head = firm.node.head().ok_or_else(unknown)?;
    let acting = firm.acting();
    let signer = Signer::of(firm, &acting);
    let key = signer.key()?;
    let records: Vec<String> = timeline::history(firm, subject)?
        .iter()
        .map(|heard| heard.stored.record.id().to_string())
        .collect();
    let now = firm.clock.now().to_string();
    let seconds = format!("{}Z", now.get(..19).unwrap_or(&now));
    let context = json!(["https://www.w3.org/ns/credentials/v2", { "@vocab": "urn:sealroad:" }]);
    let mut document = json!({
        "@context": context,
        "type": ["VerifiableCredential"],
        "issuer": acting.party,
        "validFrom": seconds,
        "credentialSubject": {
            "id": format!("urn:sealroad:{subject}"),
            "network": firm.node.network(),
            "height": head.height,
            "block": head.block,
            "records": records,
            "view": view,
        },
    });
    let method = key.public();
    let mut proof = json!({
        "@context": context,
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": seconds,
        "proofPurpose": "assertionMethod",
        "verificationMethod": format!("{method}#{}", method.multibase()),
    });
    let bytes =
        |value: &Value| canonical::to_bytes(value).map_err(|error| UserError::new("bad-text").with("what", error));
    let signed = [
        *Hash::of(&bytes(&proof)?).as_bytes(),
        *Hash::of(&bytes(&document)?).as_bytes(),
    ]
    .concat();
    proof["proofValue"] = json!(format!("z{}", bs58::encode(key.sign(&signed)).into_string()));
    document["proof"] = proof;
    bytes(&document)
}
