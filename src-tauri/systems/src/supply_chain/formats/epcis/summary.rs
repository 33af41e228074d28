//! What an importer needs of an event, in plain terms.

use serde::Serialize;

use super::context::Context;
use super::event::{Event, EventType};
use super::json::Json;
use super::normal::{Instant, decimal};
use super::vocabulary::Vocabulary;
use crate::shared::codes::DigitalLink;

/// A reference to goods, a place, a party or a document, as given and in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct EpcRef {
    /// As the document had it.
    pub given: String,
    /// The canonical GS1 Digital Link; the given text for identifiers that are not GS1 keys.
    pub canonical: String,
    /// The GS1 key behind it, when there is one: pairs of application identifier and value.
    pub key: Vec<(String, String)>,
    /// Whether it names one thing rather than a class or lot.
    pub instance: bool,
}

/// An amount of goods of one class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Quantity {
    /// The class of goods, usually a GTIN with lot.
    pub class: EpcRef,
    /// The amount as decimal text; `None` when the document gives none.
    pub amount: Option<String>,
    /// Unit of UN/ECE Recommendation 20; `None` means pieces.
    pub uom: Option<String>,
}

/// A business document an event refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BizTransaction {
    /// The CBV word of its kind, or a URI.
    pub kind: Option<String>,
    /// Its identifier.
    pub id: EpcRef,
}

/// An event in plain terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EventSummary {
    /// The event's type.
    pub event_type: EventType,
    /// The identifier the document gave the event.
    pub event_id: Option<String>,
    /// When it happened, UTC with milliseconds.
    pub time: String,
    /// The offset in force at the place, `±HH:MM`.
    pub time_zone: String,
    /// `ADD`, `OBSERVE`, `DELETE`; `None` for transformations.
    pub action: Option<String>,
    /// CBV word or URI.
    pub biz_step: Option<String>,
    /// CBV word or URI.
    pub disposition: Option<String>,
    /// Where it was seen.
    pub read_point: Option<EpcRef>,
    /// Where the goods are afterwards.
    pub biz_location: Option<EpcRef>,
    /// The goods by identifier: `epcList` or `childEPCs`.
    pub epcs: Vec<EpcRef>,
    /// The goods by class: `quantityList` or `childQuantityList`.
    pub quantities: Vec<Quantity>,
    /// What went into a transformation, by identifier.
    pub inputs: Vec<EpcRef>,
    /// What went into a transformation, by class.
    pub input_quantities: Vec<Quantity>,
    /// What came out of a transformation, by identifier.
    pub outputs: Vec<EpcRef>,
    /// What came out of a transformation, by class.
    pub output_quantities: Vec<Quantity>,
    /// The pallet, container or asset the goods were put into.
    pub parent: Option<EpcRef>,
    /// Business documents.
    pub biz_transactions: Vec<BizTransaction>,
    /// Sources, as pairs of type and identifier.
    pub sources: Vec<(String, EpcRef)>,
    /// Destinations, as pairs of type and identifier.
    pub destinations: Vec<(String, EpcRef)>,
    /// Whether the event takes back an earlier one.
    pub declares_error: bool,
    /// Everything not named above as JSON text: extensions, `ilmd`, sensor elements, persistent disposition and
    /// certificates; names sorted, numbers as strings. Empty when there is nothing.
    pub extensions: String,
}

/// Members the summary names itself, or that say nothing about the goods.
const NAMED: [&str; 24] = [
    "@context",
    "type",
    "eventID",
    "eventTime",
    "eventTimeZoneOffset",
    "recordTime",
    "action",
    "bizStep",
    "disposition",
    "epcList",
    "childEPCs",
    "quantityList",
    "childQuantityList",
    "inputEPCList",
    "inputQuantityList",
    "outputEPCList",
    "outputQuantityList",
    "parentID",
    "bizTransactionList",
    "sourceList",
    "destinationList",
    "readPoint",
    "bizLocation",
    "comment",
];

/// The event in plain terms; `context` is that of its document.
pub fn summary(event: &Event, context: &Context) -> EventSummary {
    let context = context.within(event.json());
    let of = Reader {
        json: event.json(),
        context: &context,
    };
    let given = of.text("eventTime").unwrap_or_default();
    let either = |first: &str, second: &str| of.refs(first).into_iter().chain(of.refs(second)).collect();
    EventSummary {
        event_type: event.event_type(),
        event_id: of.text("eventID"),
        time: Instant::parse(&given).map_or(given, Instant::text),
        time_zone: of.text("eventTimeZoneOffset").unwrap_or_default(),
        action: of.text("action"),
        biz_step: of.word("bizStep", Vocabulary::BizStep),
        disposition: of.word("disposition", Vocabulary::Disposition),
        read_point: of.place("readPoint"),
        biz_location: of.place("bizLocation"),
        epcs: either("epcList", "childEPCs"),
        quantities: [of.quantities("quantityList"), of.quantities("childQuantityList")].concat(),
        inputs: of.refs("inputEPCList"),
        input_quantities: of.quantities("inputQuantityList"),
        outputs: of.refs("outputEPCList"),
        output_quantities: of.quantities("outputQuantityList"),
        parent: of.text("parentID").map(|given| of.epc(given)),
        biz_transactions: of.transactions(),
        sources: of.parties("sourceList", "source"),
        destinations: of.parties("destinationList", "destination"),
        declares_error: event.json().get("errorDeclaration").is_some(),
        extensions: of.extensions(),
    }
}

struct Reader<'a> {
    json: &'a Json,
    context: &'a Context,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.json
            .get(name)
            .and_then(Json::text)
            .map(|text| text.trim().to_owned())
    }

    fn list(&self, name: &str) -> &[Json] {
        self.json.get(name).map(Json::elements).unwrap_or_default()
    }

    /// A CBV word whether it came bare, compact, as web address or as URN; other URIs in full.
    fn word(&self, name: &str, words: Vocabulary) -> Option<String> {
        self.text(name).map(|text| bare(&text, self.context, words))
    }

    fn epc(&self, given: String) -> EpcRef {
        let expanded = self.context.expand(&given);
        match DigitalLink::parse(&expanded) {
            Ok(link) => EpcRef {
                given,
                canonical: link.canonical(),
                key: link
                    .elements()
                    .map(|(ai, value)| (ai.to_owned(), value.to_owned()))
                    .collect(),
                instance: link.is_instance(),
            },
            Err(_) => EpcRef {
                given,
                canonical: expanded,
                key: Vec::new(),
                instance: true,
            },
        }
    }

    fn refs(&self, name: &str) -> Vec<EpcRef> {
        self.list(name)
            .iter()
            .filter_map(Json::text)
            .map(|text| self.epc(text.trim().to_owned()))
            .collect()
    }

    fn place(&self, name: &str) -> Option<EpcRef> {
        let id = self.json.get(name)?.get("id")?.text()?;
        Some(self.epc(id.trim().to_owned()))
    }

    fn quantities(&self, name: &str) -> Vec<Quantity> {
        let element = |json: &Json| {
            let class = self.epc(json.get("epcClass")?.text()?.trim().to_owned());
            let amount = match json.get("quantity") {
                Some(Json::Number(text)) => decimal(text),
                _ => None,
            };
            Some(Quantity {
                class,
                amount,
                uom: json.get("uom").and_then(Json::text).map(str::to_owned),
            })
        };
        self.list(name).iter().filter_map(element).collect()
    }

    fn transactions(&self) -> Vec<BizTransaction> {
        let element = |json: &Json| {
            let kind = json.get("type").and_then(Json::text);
            let id = self.epc(json.get("bizTransaction")?.text()?.trim().to_owned());
            Some(BizTransaction {
                kind: kind.map(|kind| bare(kind, self.context, Vocabulary::BizTransaction)),
                id,
            })
        };
        self.list("bizTransactionList").iter().filter_map(element).collect()
    }

    fn parties(&self, list: &str, member: &str) -> Vec<(String, EpcRef)> {
        let element = |json: &Json| {
            let kind = bare(json.get("type")?.text()?, self.context, Vocabulary::SourceDestination);
            Some((kind, self.epc(json.get(member)?.text()?.trim().to_owned())))
        };
        self.list(list).iter().filter_map(element).collect()
    }

    /// The remaining members, and those of read point and location beside their `id`.
    fn extensions(&self) -> String {
        let mut rest: Vec<(String, Json)> = Vec::new();
        for (name, value) in self.json.members() {
            if !NAMED.contains(&name.as_str()) {
                rest.push((name.clone(), value.clone()));
            } else if matches!(name.as_str(), "readPoint" | "bizLocation") {
                let more: Vec<_> = value
                    .members()
                    .iter()
                    .filter(|(name, _)| name != "id")
                    .cloned()
                    .collect();
                if !more.is_empty() {
                    rest.push((name.clone(), Json::Object(more)));
                }
            }
        }
        let mut out = String::new();
        if !rest.is_empty() {
            settled(&Json::Object(rest), self.context, false).write(&mut out);
        }
        out
    }
}

fn bare(text: &str, context: &Context, words: Vocabulary) -> String {
    let expanded = context.expand(text.trim());
    words.bare(&expanded).map_or(expanded.clone(), str::to_owned)
}

/// Names expanded and sorted, numbers as strings in decimal form.
fn settled(value: &Json, context: &Context, inner: bool) -> Json {
    match value {
        Json::Number(text) => Json::String(decimal(text).unwrap_or_else(|| text.clone())),
        Json::Array(elements) => Json::Array(elements.iter().map(|element| settled(element, context, true)).collect()),
        Json::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !(inner && name == "@context"));
            let mut members: Vec<(String, Json)> = kept
                .map(|(name, value)| (context.expand(name), settled(value, context, true)))
                .collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            Json::Object(members)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{EpcisDocument, event_hash, parse, write};
    use super::*;

    const TEXT: &str = r#"{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"own":"https://own.example/"}],"type":"ObjectEvent","eventTime":"2026-03-04T11:00:30+08:00",
        "eventTimeZoneOffset":"+08:00","action":"ADD","bizStep":"cbv:BizStep-commissioning",
        "disposition":"urn:epcglobal:cbv:disp:active","epcList":["urn:epc:id:sgtin:4012345.011111.9876"],
        "quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.Lot987","quantity":1.50,"uom":"KGM"}],
        "readPoint":{"id":"urn:epc:id:sgln:4012345.00005.0","own:gate":7},"bizLocation":{"id":"geo:47.5,11.1"},
        "bizTransactionList":[{"type":"po","bizTransaction":"urn:epcglobal:cbv:bt:4012345000009:1"}],
        "sourceList":[{"type":"owning_party","source":"urn:epc:id:pgln:4000001.00000"}],
        "ilmd":{"own:z":1.20,"own:a":[true,null]},"own:deep":{"plain":{"b":1e2,"a":"x"}}}"#;

    fn one() -> (EpcisDocument, EventSummary) {
        let document = parse(TEXT.as_bytes(), 10_000).unwrap();
        let plain = summary(&document.events()[0], document.context());
        (document, plain)
    }

    #[test]
    fn words_keys_and_amounts_are_plain() {
        let (_, plain) = one();
        assert_eq!(
            (plain.event_type, plain.time.as_str()),
            (EventType::Object, "2026-03-04T03:00:30.000Z")
        );
        assert_eq!(
            (plain.biz_step.as_deref(), plain.disposition.as_deref()),
            (Some("commissioning"), Some("active"))
        );
        let pair = |ai: &str, value: &str| (ai.to_owned(), value.to_owned());
        assert_eq!(plain.epcs[0].key, [pair("01", "04012345111118"), pair("21", "9876")]);
        assert!(plain.epcs[0].instance && !plain.quantities[0].class.instance);
        assert_eq!(plain.quantities[0].amount.as_deref(), Some("1.5"));
        assert_eq!(
            plain.read_point.unwrap().canonical,
            "https://id.gs1.org/414/4012345000054"
        );
        assert!(plain.biz_location.unwrap().key.is_empty());
        assert_eq!(plain.biz_transactions[0].kind.as_deref(), Some("po"));
        assert_eq!(plain.sources[0].0, "owning_party");
    }

    #[test]
    fn nothing_else_is_lost_and_numbers_become_text() {
        assert_eq!(
            one().1.extensions,
            r#"{"https://own.example/deep":{"plain":{"a":"x","b":"100"}},"ilmd":{"https://own.example/a":[true,null],"https://own.example/z":"1.2"},"readPoint":{"https://own.example/gate":"7"}}"#
        );
    }

    #[test]
    fn a_document_of_our_own_is_read_back() {
        let (single, _) = one();
        let namespaces = [("own", "https://own.example/")];
        let ours = EpcisDocument::capture("2026-03-05T00:00:00Z", &namespaces, single.events().to_vec()).unwrap();
        let text = write(&ours);
        let again = parse(text.as_bytes(), 10_000).unwrap();
        assert_eq!(again, ours);
        let hash = |document: &EpcisDocument| event_hash(&document.events()[0], document.context());
        assert_eq!(hash(&again), hash(&single));
        assert!(text.contains("\"quantity\":1.50"), "numbers keep their digits: {text}");
        assert!(EpcisDocument::capture("yesterday", &[], Vec::new()).is_err());
    }
}
