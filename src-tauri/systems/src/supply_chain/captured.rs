//! Events of other systems, kept whole.
//!
//! Such an event speaks of identifiers of its own; it is not bent into our kinds. What the record says beside the event's text
//! is read from that text again by every validator, so nobody can file one event under the name, time or goods of another.
//!
//! Sources: EPCIS 2.0 and CBV 2.0 (GS1, June 2022), event hash in CBV 2.0, section 8.9.

use super::formats::epcis::{EpcRef, EventSummary, Json, event_hash, parse, summary};
use super::records::EventCaptured;
use crate::Payload;
use crate::State;
use crate::shared::context::{Entry, Told, Violation, demand};
use crate::shared::goods::When;
use crate::shared::standing::owner;
use ledger::{Subject, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// Most bytes of an event's text.
pub(crate) const EVENT_BYTES: usize = 30_000;
/// Most goods listed beside an event's text.
pub(crate) const EPCS: usize = 50;

/// The 64 hex digits of `ni:///sha-256;…?ver=CBV2.0`.
pub(crate) fn digest(event_hash: &str) -> Result<&str, Violation> {
    let digest = event_hash
        .strip_prefix("ni:///sha-256;")
        .and_then(|rest| rest.strip_suffix("?ver=CBV2.0"));
    let hex = |text: &&str| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    digest
        .filter(hex)
        .ok_or_else(|| Violation::new("supply-chain.event-hash", "event_hash"))
}

/// What a record says of one event by itself, given as text; nothing if the text is not one valid event with a `@context`, or
/// its time has no place in our calendar. White space goes, the numbers keep their digits.
#[must_use]
pub fn read(text: &str) -> Option<EventCaptured> {
    let document = parse(text.as_bytes(), text.len()).ok()?;
    let event = match document.events() {
        // An event by itself is a document without a frame.
        [event] if document.kind() == super::formats::epcis::DocumentKind::SingleEvent => event,
        _ => return None,
    };
    let summary = summary(event, document.context());
    let alone = summary.epcs.iter().chain(&summary.inputs).chain(&summary.outputs);
    let classes = summary
        .quantities
        .iter()
        .chain(&summary.input_quantities)
        .chain(&summary.output_quantities);
    let goods = alone
        .chain(&summary.parent)
        .chain(classes.map(|quantity| &quantity.class));
    let goods: BTreeSet<String> = goods.map(|reference| reference.canonical.clone()).collect();
    Some(EventCaptured {
        event_hash: event_hash(event, document.context()),
        event_type: event.event_type().name().to_owned(),
        at: When {
            time: summary.time.parse().ok()?,
            zone: summary.time_zone,
        },
        epcs: goods.into_iter().take(EPCS).collect(),
        event: written(event.json()),
    })
}

fn written(json: &Json) -> String {
    let mut text = String::new();
    json.write(&mut text);
    text
}

/// The record says of its event what the event says.
pub(crate) fn check(record: &EventCaptured) -> Result<(), Violation> {
    let read = read(&record.event).filter(|read| read.event == record.event);
    let read = read.ok_or_else(|| Violation::new("supply-chain.event-form", "event"))?;
    let same = |same, field| demand(same, "supply-chain.event-differs", field);
    same(read.event_hash == record.event_hash, "event_hash")?;
    same(read.event_type == record.event_type, "event_type")?;
    same(read.at == record.at, "at")?;
    same(read.epcs == record.epcs, "epcs")
}

/// A foreign event: `event:…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventState {
    /// When it happened.
    pub at: Time,
    /// Its EPCIS type.
    pub event_type: String,
    /// None: its truth depends on nothing of this ledger.
    pub links: Vec<Subject>,
}

impl EventState {
    /// As it was captured; nothing changes it.
    pub(crate) fn captured(record: &EventCaptured) -> Self {
        Self {
            at: record.at.time,
            event_type: record.event_type.clone(),
            links: Vec::new(),
        }
    }
}

/// A foreign event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct EventView {
    /// Subject.
    pub subject: String,
    /// The event hash, `ni:///sha-256;…?ver=CBV2.0`.
    pub event_hash: String,
    /// EPCIS type.
    pub event_type: String,
    /// When.
    pub at: When,
    /// The goods it speaks of, at most 50.
    pub epcs: Vec<String>,
    /// The event as JSON text.
    pub event: String,
    /// Who captured it.
    pub owner: String,
    /// The identifier its own system gave it.
    pub event_id: Option<String>,
    /// `ADD`, `OBSERVE`, `DELETE`; none for transformations.
    pub action: Option<String>,
    /// Why: the business step, a word of CBV 2.0 (`shipping`) or a URI.
    pub biz_step: Option<String>,
    /// How the goods stand afterwards, a word of CBV 2.0 (`in_transit`) or a URI.
    pub disposition: Option<String>,
    /// Where it was seen: canonical GS1 Digital Link, or another URI.
    pub read_point: Option<String>,
    /// Where the goods are afterwards, likewise.
    pub biz_location: Option<String>,
    /// What: every thing and class it names.
    pub goods: Vec<EventGoodsView>,
    /// Business documents; the kind is a word of CBV 2.0 (`po`) or a URI, empty if none is given.
    pub documents: Vec<EventNamedView>,
    /// Whom or where the goods come from; the kind is `owning_party`, `possessing_party`, `location`, or a URI.
    pub sources: Vec<EventNamedView>,
    /// Whom or where they go to, likewise.
    pub destinations: Vec<EventNamedView>,
    /// It takes back an earlier event.
    pub declares_error: bool,
    /// Whatever else it says, as a JSON object: extensions, `ilmd`, sensor elements; empty text when there is nothing.
    pub extensions: String,
}

/// Goods a foreign event names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct EventGoodsView {
    /// `parent` (what the others were put into), `seen`, `input`, `output`.
    pub role: String,
    /// Canonical GS1 Digital Link, or another URI.
    pub id: String,
    /// The GS1 key behind it: pairs of application identifier and value; empty for other identifiers.
    pub key: Vec<(String, String)>,
    /// How much, as decimal text; none for single pieces and where the event does not say.
    pub amount: Option<String>,
    /// Unit of UN/ECE Recommendation 20; none: pieces.
    pub unit: Option<String>,
}

/// A document, party or place a foreign event names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct EventNamedView {
    /// What it is to the event.
    pub kind: String,
    /// Canonical GS1 Digital Link, or another URI.
    pub id: String,
}

/// The view of a foreign event from its state and its record.
#[must_use]
pub fn event(subject: &Subject, entry: &Entry, told: &[Told<'_>]) -> Option<EventView> {
    let (State::Event(_), Payload::EventCaptured(record)) = (entry.state.as_ref(), told.first()?.payload) else {
        return None;
    };
    // The rules let no record in whose text is not one event.
    let document = parse(record.event.as_bytes(), record.event.len()).ok()?;
    let summary = summary(document.events().first()?, document.context());
    let goods = goods(&summary);
    let named = |kind: String, id: EpcRef| EventNamedView { kind, id: id.canonical };
    let documents = summary.biz_transactions.into_iter();
    Some(EventView {
        subject: subject.to_string(),
        event_hash: record.event_hash.clone(),
        event_type: record.event_type.clone(),
        at: record.at.clone(),
        epcs: record.epcs.clone(),
        event: record.event.clone(),
        owner: owner(subject),
        event_id: summary.event_id,
        action: summary.action,
        biz_step: summary.biz_step,
        disposition: summary.disposition,
        read_point: summary.read_point.map(|place| place.canonical),
        biz_location: summary.biz_location.map(|place| place.canonical),
        goods,
        documents: documents
            .map(|one| named(one.kind.unwrap_or_default(), one.id))
            .collect(),
        sources: summary.sources.into_iter().map(|(kind, id)| named(kind, id)).collect(),
        destinations: summary
            .destinations
            .into_iter()
            .map(|(kind, id)| named(kind, id))
            .collect(),
        declares_error: summary.declares_error,
        extensions: summary.extensions,
    })
}

/// All goods of an event, each with its part in it.
fn goods(summary: &EventSummary) -> Vec<EventGoodsView> {
    let one = |role: &str, thing: &EpcRef| EventGoodsView {
        role: role.to_owned(),
        id: thing.canonical.clone(),
        key: thing.key.clone(),
        amount: None,
        unit: None,
    };
    let mut goods: Vec<EventGoodsView> = summary.parent.iter().map(|parent| one("parent", parent)).collect();
    let parts = [
        ("seen", &summary.epcs, &summary.quantities),
        ("input", &summary.inputs, &summary.input_quantities),
        ("output", &summary.outputs, &summary.output_quantities),
    ];
    for (role, things, classes) in parts {
        goods.extend(things.iter().map(|thing| one(role, thing)));
        goods.extend(classes.iter().map(|quantity| EventGoodsView {
            amount: quantity.amount.clone(),
            unit: quantity.uom.clone(),
            ..one(role, &quantity.class)
        }));
    }
    goods
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::supply_chain::tests::but;
    use crate::testing::{Step, Story, World, day};
    use serde_json::{Value, json};

    /// An event that saw piece `number` and an amount with a fraction.
    pub(crate) fn observed(number: usize, amount: i64) -> Value {
        json!({
            "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", { "x": "https://x.example/" }],
            "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting",
            "eventTime": "2026-01-05T12:00:00+08:00", "eventTimeZoneOffset": "+08:00",
            "epcList": [format!("https://id.gs1.org/01/04012345111118/21/{number}")],
            "quantityList": [{ "epcClass": "https://id.gs1.org/01/04012345111118/10/L", "quantity": serde_json::from_str::<Value>(&format!("{amount}.5")).unwrap(), "uom": "KGM" }],
            "x:note": "seen",
        })
    }

    fn captured(event: &Value) -> Value {
        json!(read(&event.to_string()).unwrap())
    }

    pub(crate) fn story() -> Story {
        let good = captured(&observed(1, 2));
        let step = |who, body: &Value, rule| Step("", who, "supply-chain.event-captured", body.clone(), rule);
        let other = captured(&observed(2, 2));
        let spaced = good["event"].as_str().unwrap().replacen(',', ", ", 1);
        let wrong = good["event"].as_str().unwrap().replace("OBSERVE", "SEE");
        let upper = good["event_hash"].as_str().unwrap().replace("sha-256", "SHA-256");
        let late = observed(3, 1).to_string().replace("2026-01", "2026-04");
        let cases = [
            ("event_hash", json!(upper), "supply-chain.event-hash"),
            ("event", json!("货".repeat(10_001)), "supply-chain.event-size"),
            ("event", json!(spaced), "supply-chain.event-form"),
            ("event", json!(wrong), "supply-chain.event-form"),
            ("event", other["event"].clone(), "supply-chain.event-differs"),
            ("event_hash", other["event_hash"].clone(), "supply-chain.event-differs"),
            ("event_type", json!("AssociationEvent"), "supply-chain.event-differs"),
            ("at", day(6), "supply-chain.event-differs"),
            ("epcs", json!([]), "supply-chain.event-differs"),
            ("epcs", json!(["b", "a"]), "shared.sorted"),
            ("at.zone", json!("8"), "shared.zone"),
        ];
        let mut steps: Vec<Step> = cases
            .into_iter()
            .map(|(path, value, rule)| step("M", &but(good.clone(), path, value), rule))
            .collect();
        steps.extend([
            step(
                "M",
                &captured(&serde_json::from_str(&late).unwrap()),
                "shared.time-future",
            ),
            step("M", &good, ""),
            step("M", &good, "shared.already-exists"),
            step("C", &good, ""),
            step("M", &other, ""),
        ]);
        Story(
            "an event of another system is kept as it came, once by each party",
            steps,
        )
    }

    #[test]
    fn an_event_is_filed_under_its_hash_and_shown_whole() {
        let mut world = World::with(&["M"]);
        let body = captured(&observed(1, 2));
        world.say("", "M", "supply-chain.event-captured", body.clone()).unwrap();
        let digest = digest(body["event_hash"].as_str().unwrap()).unwrap();
        let subject = world.subject(&format!("event:@M:{digest}"));
        let entry = &world.entries[&subject];
        let (record, payload, height) = &world.told[1];
        assert_eq!(record.subjects(), std::slice::from_ref(&subject));
        assert!(record.reads().is_empty() && entry.state.links().is_empty());
        let told = Told {
            record,
            payload,
            height: *height,
            time: World::now(),
        };
        let view = event(&subject, entry, &[told]).unwrap();
        assert_eq!(view.event.matches("2.5").count(), 1);
        let told = [
            view.action.as_deref(),
            view.biz_step.as_deref(),
            view.disposition.as_deref(),
        ];
        assert_eq!(told, [Some("OBSERVE"), Some("inspecting"), None]);
        let goods: Vec<_> = view
            .goods
            .iter()
            .map(|one| (one.role.as_str(), one.amount.as_deref(), one.unit.as_deref()))
            .collect();
        assert_eq!(goods, [("seen", None, None), ("seen", Some("2.5"), Some("KGM"))]);
        assert_eq!(view.goods[0].key[1], ("21".to_owned(), "1".to_owned()));
        assert_eq!(view.extensions, r#"{"https://x.example/note":"seen"}"#);
        assert_eq!(
            view.epcs,
            [
                "https://id.gs1.org/01/04012345111118/10/L",
                "https://id.gs1.org/01/04012345111118/21/1"
            ]
        );
        let row = crate::view::row(&subject, entry, record, &|_| None);
        assert_eq!((row.r#type.as_str(), row.number.as_str()), ("event", digest));
        assert_eq!(row.name.zh.as_deref(), Some("ObjectEvent"));
    }
}
