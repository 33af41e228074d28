//! Is this evidence true? And what can our own ledger prove about a code?

use crate::App;
use crate::call::{Journey, TimelineEntry, Verdict};
use crate::error::UserError;
use crate::firm::Firm;
use crate::session::small;
use crate::timeline::{self, Echoes};
use crate::{detail, names, search, settings};
use ledger::evidence::ShownRecord;
use ledger::{Anchor, Evidence, Hash, Report, Subject, Trust};
use std::collections::{BTreeMap, BTreeSet};
use systems::Payload;
use systems::shared::goods::{LocalText, Who};
use systems::supply_chain::view::RecallView;

/// Checks a file against a demanded anchor, or against the networks trusted here.
pub(crate) fn verify(
    app: &App,
    file: &str,
    anchor: Option<&str>,
    not_before: Option<u32>,
) -> Result<Verdict, UserError> {
    let bytes = settings::decode(file, "file")?;
    let trust = match anchor {
        Some(anchor) => Trust::Expect(settings::parse_anchor(&settings::decode(anchor, "anchor")?)?),
        None => pinned(app)?,
    };
    verdict(&bytes, &trust, not_before.map(u64::from))
}

fn pinned(app: &App) -> Result<Trust, UserError> {
    let anchors: Vec<Anchor> = settings::anchors(app)?.into_iter().map(|(anchor, _)| anchor).collect();
    Ok(if anchors.is_empty() {
        Trust::Nothing
    } else {
        Trust::Pinned(anchors)
    })
}

/// What our own ledger can prove about a code: evidence is made and checked as a stranger would.
pub(crate) fn verify_code(app: &App, code: &str) -> Result<Verdict, UserError> {
    let firm = app.firm()?;
    let unknown = || UserError::new("unknown-code").at("code").with("value", code);
    let subject = match search::exact(&firm, code)? {
        Some(subject) => subject,
        None => by_number(&firm, code)?.ok_or_else(unknown)?,
    };
    let evidence = firm.node.evidence(&subject, Vec::new())?;
    let mut verdict = verdict(&evidence, &Trust::Expect(firm.node.anchor()), None)?;
    // Beside what the file shows, the ledger itself knows the recalls of what the subject comes from.
    let known: BTreeSet<String> = verdict.recalls.iter().map(|recall| recall.record.clone()).collect();
    let inherited = detail::inherited_recalls(&firm, &subject)?
        .into_iter()
        .map(|(_, recall)| recall);
    verdict
        .recalls
        .extend(inherited.filter(|recall| !known.contains(&recall.record)));
    Ok(verdict)
}

/// The one piece, lot or shipment that bears this number.
fn by_number(firm: &Firm, code: &str) -> Result<Option<Subject>, UserError> {
    let code = code.trim();
    let rows = firm.node.search(code, 20)?;
    let mut same = rows
        .iter()
        .filter(|row| row.r#type != "code" && (row.number == code || row.code.as_deref() == Some(code)));
    let first = same.next().and_then(|row| row.subject.parse().ok());
    Ok(if same.next().is_none() { first } else { None })
}

/// The report, and what the file tells when it was not refused.
pub(crate) fn verdict(bytes: &[u8], trust: &Trust, not_before: Option<u64>) -> Result<Verdict, UserError> {
    let report = ledger::verify(bytes, trust, not_before);
    let mut verdict = Verdict {
        report: report_json(&report)?,
        about: None,
        name: None,
        maker: None,
        journey: None,
        named: named(&report, bytes),
        timeline: Vec::new(),
        recalls: Vec::new(),
    };
    if let Some(evidence) = held(&report, bytes) {
        tell(&evidence, &mut verdict)?;
    }
    Ok(verdict)
}

/// The record that the reason of a refusal names: it is told which statement to ask about, not that anything in it is true.
fn named(report: &Report, bytes: &[u8]) -> Option<(String, String)> {
    let reason = report.checks().iter().find_map(|check| check.reason.as_deref())?;
    let evidence = Evidence::parse(bytes).ok()?;
    let shown = evidence
        .records
        .iter()
        .find(|shown| reason.contains(&shown.record.id().to_string()))?;
    let kind = shown.record.kind().without_form().to_owned();
    Some((kind, shown.record.claimed().to_string()))
}

/// What goes where, from whom to whom, if the file is about a shipment.
fn journey(evidence: &Evidence, names: &BTreeMap<String, LocalText>) -> Option<Journey> {
    let shown = evidence.subjects.iter().find(|shown| shown.subject == evidence.about)?;
    let systems::State::Shipment(state) = systems::State::parse(shown.present.as_ref()?.1.bytes()).ok()? else {
        return None;
    };
    let who = |who: &Who| match who {
        Who::Party(party) => names.get(&party.to_string()).cloned(),
        Who::Partner(partner) => name_of(evidence, partner),
    };
    let ends = payloads(evidence).find_map(|(shown, payload)| match payload {
        Payload::ShipmentPlanned(plan) if shown.record.subjects().contains(&evidence.about) => {
            Some((plan.legs.first()?.from.clone(), plan.legs.last()?.to.clone()))
        }
        _ => None,
    });
    let goods = state
        .links
        .iter()
        .filter(|link| link.as_str().starts_with("lot:") || link.as_str().starts_with("item:"))
        .map(|link| {
            (
                name_of(evidence, link).unwrap_or_default(),
                systems::view::Row::bare(link).number,
            )
        })
        .collect();
    Some(Journey {
        goods,
        ends,
        consignor: who(&state.consignor),
        consignee: who(&state.consignee),
    })
}

/// What a file says, if it passed every check: whatever else it says is nobody's word.
pub(crate) fn held(report: &Report, bytes: &[u8]) -> Option<Evidence> {
    let verdict = report.verdict();
    let held = matches!(verdict, ledger::Verdict::Accepted | ledger::Verdict::Consistent);
    held.then(|| Evidence::parse(bytes).ok()).flatten()
}

/// The report as `sealroad verify --json` prints it.
pub(crate) fn report_json(report: &Report) -> Result<serde_json::Value, UserError> {
    serde_json::to_value(report).map_err(|error| UserError::new("bad-reply").with("what", error))
}

/// Fills in what the file says; it has passed every check.
fn tell(evidence: &Evidence, verdict: &mut Verdict) -> Result<(), UserError> {
    let names = party_names(evidence);
    verdict.about = Some(evidence.about.to_string());
    verdict.name = name_of(evidence, &evidence.about);
    verdict.maker = evidence
        .about
        .owner()
        .and_then(|owner| names.get(&owner.to_string()).cloned());
    verdict.journey = journey(evidence, &names);
    let times: BTreeMap<u64, String> = evidence
        .blocks
        .iter()
        .map(|block| &block.header)
        .chain([&evidence.head])
        .map(|header| (header.height, header.time.to_string()))
        .collect();
    let heard: Vec<_> = payloads(evidence).collect();
    let echoes = Echoes::of(heard.iter().map(|(shown, payload)| (&shown.record, payload)));
    for (shown, payload) in heard {
        if shown.record.subjects().contains(&evidence.about) || about_journey(evidence, shown) {
            let mut line = line(evidence, (shown, payload), &names, &times);
            echoes.tell(&shown.record.id(), &mut line);
            verdict.timeline.push(line);
        }
    }
    verdict.recalls = recalls(evidence, &times);
    Ok(())
}

/// The journey belongs to the story of a piece: records of the shipments the file shows.
fn about_journey(evidence: &Evidence, shown: &ShownRecord) -> bool {
    let goods = ["item:", "lot:"]
        .iter()
        .any(|kind| evidence.about.as_str().starts_with(kind));
    goods && shown.record.kind().system() == "logistics"
}

fn line(
    evidence: &Evidence,
    (shown, payload): (&ShownRecord, Payload),
    names: &BTreeMap<String, LocalText>,
    times: &BTreeMap<u64, String>,
) -> TimelineEntry {
    let name = names
        .get(&shown.record.party().to_string())
        .cloned()
        .unwrap_or_default();
    let on_behalf = names::on_behalf(shown.record.party(), &payload);
    let mut line = timeline::line(&shown.record, payload, name);
    for who in on_behalf {
        line.on_behalf = Some(names::id_of(&who));
        line.on_behalf_name = match &who {
            Who::Party(party) => names.get(&party.to_string()).cloned(),
            Who::Partner(partner) => name_of(evidence, partner),
        };
    }
    line.witnessed = times.get(&shown.height).cloned();
    line.height = Some(small(shown.height));
    line.status = "confirmed".to_owned();
    line
}

fn payloads(evidence: &Evidence) -> impl Iterator<Item = (&ShownRecord, Payload)> {
    evidence.records.iter().filter_map(|shown| {
        Payload::parse(shown.record.kind(), shown.record.body_json())
            .ok()
            .map(|payload| (shown, payload))
    })
}

fn party_names(evidence: &Evidence) -> BTreeMap<String, LocalText> {
    let mut names = BTreeMap::new();
    for (shown, payload) in payloads(evidence) {
        let profile = match payload {
            Payload::Registered(registered) => registered.profile,
            Payload::Updated(updated) => updated.profile,
            _ => continue,
        };
        names.insert(shown.record.party().to_string(), profile.name);
    }
    names
}

/// The name of what the file is about: its own, or that of its product.
fn name_of(evidence: &Evidence, subject: &Subject) -> Option<LocalText> {
    let state = |subject: &Subject| {
        let shown = evidence.subjects.iter().find(|shown| shown.subject == *subject)?;
        let (_, state) = shown.present.as_ref()?;
        systems::State::parse(state.bytes()).ok()
    };
    let direct = state(subject)?;
    let product = match &direct {
        systems::State::Product(product) => return Some(product.name.clone()),
        systems::State::Party(party) => return Some(party.name.clone()),
        systems::State::Partner(partner) => return Some(partner.name.clone()),
        systems::State::Lot(lot) => lot.links.iter().find(|link| link.as_str().starts_with("product:")),
        systems::State::Serial(item) => item.links.iter().find(|link| link.as_str().starts_with("product:")),
        _ => None,
    }?;
    match state(product)? {
        systems::State::Product(product) => Some(product.name),
        _ => None,
    }
}

/// Recalls that stand on any goods of the file, which are those the subject rests on.
fn recalls(evidence: &Evidence, times: &BTreeMap<u64, String>) -> Vec<RecallView> {
    let mut standing: BTreeSet<Hash> = BTreeSet::new();
    for shown in &evidence.subjects {
        let Some((_, state)) = &shown.present else { continue };
        let open = match systems::State::parse(state.bytes()) {
            Ok(systems::State::Product(product)) => product.standing.recalls,
            Ok(systems::State::Lot(lot)) => lot.standing.recalls,
            Ok(systems::State::Serial(item)) => item.standing.recalls,
            _ => continue,
        };
        standing.extend(open.iter().map(|recall| recall.record));
    }
    let view = |(shown, payload): (&ShownRecord, Payload)| match payload {
        Payload::Recalled(recall) if standing.contains(&shown.record.id()) => Some(RecallView {
            record: shown.record.id().to_string(),
            hazard: recall.hazard,
            reason: recall.reason,
            instruction: recall.instruction,
            since: times.get(&shown.height).cloned().unwrap_or_default(),
        }),
        _ => None,
    };
    payloads(evidence).filter_map(view).collect()
}
