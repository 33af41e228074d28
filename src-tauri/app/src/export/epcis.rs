//! Our records as EPCIS 2.0 events (GS1, June 2022), captured foreign events as they came.

use crate::error::UserError;
use crate::firm::Firm;
use crate::timeline::Heard;
use ledger::{Subject, SubjectParts};
use serde_json::{Value, json};
use systems::logistics::records::Package;
use systems::shared::goods::{Place, Quantity, Unit, When};
use systems::supply_chain::formats::epcis::parse;
use systems::supply_chain::records::{Inspected, SerialMade};
use systems::{Payload, State};

const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
/// Largest document we write: what we read ourselves.
const LARGEST: usize = 64 * 1024 * 1024;

/// A capture document of all these records that are events; checked by reading it back.
pub(super) fn document(firm: &Firm, story: &[Heard]) -> Result<String, UserError> {
    let mut events = Vec::new();
    for heard in story {
        match &heard.payload {
            Payload::EventCaptured(foreign) => events.push(foreign.event.clone()),
            _ => events.extend(self::events(firm, heard)?.iter().map(Value::to_string)),
        }
    }
    if events.is_empty() {
        return Err(UserError::new("export-no-events"));
    }
    let mut document = json!({
        "@context": [CONTEXT, { "sealroad": "urn:sealroad:" }],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": firm.clock.now(),
    })
    .to_string();
    // Written by hand, so that a captured event keeps its very text, numbers included.
    document.pop();
    let text = format!("{document},\"epcisBody\":{{\"eventList\":[{}]}}}}", events.join(","));
    match parse(text.as_bytes(), LARGEST) {
        Ok(_) => Ok(text),
        Err(errors) => {
            let first = errors
                .first()
                .map(|error| format!("{} {}", error.path, error.value))
                .unwrap_or_default();
            Err(UserError::new("export-invalid").with("what", first))
        }
    }
}

/// What a record is in EPCIS; none for what EPCIS has no word for.
fn events(firm: &Firm, heard: &Heard) -> Result<Vec<Value>, UserError> {
    let record = heard.stored.record.id().to_string();
    let party = heard.stored.record.party();
    let own = |kind: &str, number: &str| Subject::owned(kind, party, number).map_err(|_| UserError::new("bad-subject"));
    Ok(match &heard.payload {
        Payload::LotMade(made) => {
            let element = quantity(&class(firm, &own("lot", &made.number)?)?, &made.quantity);
            vec![object(
                &record,
                "ADD",
                "commissioning",
                &made.at,
                Some(&made.place),
                json!({ "quantityList": [element] }),
            )]
        }
        Payload::SerialMade(made) => vec![singled(heard, made)],
        Payload::Processed(processed) => {
            let mut inputs = Vec::new();
            for input in &processed.inputs {
                inputs.push(quantity(&class(firm, &input.lot)?, &input.quantity));
            }
            let mut outputs = Vec::new();
            for output in &processed.outputs {
                outputs.push(quantity(&class(firm, &own("lot", &output.number)?)?, &output.quantity));
            }
            let mut event = base(
                "TransformationEvent",
                &record,
                "commissioning",
                &processed.at,
                Some(&processed.place),
            );
            add(
                &mut event,
                json!({ "inputQuantityList": inputs, "outputQuantityList": outputs }),
            );
            vec![event]
        }
        Payload::Packed(packed) => {
            let package = |package| aggregation(firm, &record, package, &packed.at, &packed.place);
            packed.packages.iter().map(package).collect::<Result<_, _>>()?
        }
        Payload::Inspected(one) => vec![inspected(firm, &record, one)?],
        other => movement(&record, other).into_iter().collect(),
    })
}

/// A piece that got its own number.
fn singled(heard: &Heard, made: &SerialMade) -> Value {
    let record = &heard.stored.record;
    let of = |start: &str| {
        record
            .subjects()
            .iter()
            .find(|subject| subject.as_str().starts_with(start))
    };
    let epc = of("gs1:").or_else(|| of("item:")).map(identifier).unwrap_or_default();
    let goods = json!({ "epcList": [epc] });
    object(
        &record.id().to_string(),
        "ADD",
        "commissioning",
        &made.at,
        Some(&made.place),
        goods,
    )
}

/// Goods that were looked at.
fn inspected(firm: &Firm, record: &str, one: &Inspected) -> Result<Value, UserError> {
    let goods = if one.about.as_str().starts_with("item:") {
        json!({ "epcList": [epc(firm, &one.about)?] })
    } else {
        json!({ "quantityList": [{ "epcClass": class(firm, &one.about)? }] })
    };
    Ok(object(
        record,
        "OBSERVE",
        "inspecting",
        &one.at,
        one.place.as_ref(),
        goods,
    ))
}

/// What a movement of a shipment is.
fn movement(record: &str, payload: &Payload) -> Option<Value> {
    Some(match payload {
        Payload::Departed(one) => moved(record, &one.shipment, "departing", &one.at, Some(&one.place)),
        Payload::Arrived(one) => moved(record, &one.shipment, "arriving", &one.at, Some(&one.place)),
        Payload::Delivered(one) => moved(record, &one.shipment, "receiving", &one.at, Some(&one.place)),
        Payload::HandoverAccepted(one) => moved(record, &one.shipment, "accepting", &one.at, None),
        _ => return None,
    })
}

fn base(kind: &str, record: &str, step: &str, at: &When, place: Option<&Place>) -> Value {
    let mut event = json!({
        "type": kind,
        "eventTime": at.time,
        "eventTimeZoneOffset": at.zone,
        "bizStep": step,
        "sealroad:record": record,
    });
    if let Some(place) = place {
        event["readPoint"] = json!({ "id": location(place) });
    }
    event
}

fn add(event: &mut Value, members: Value) {
    if let (Value::Object(event), Value::Object(members)) = (event, members) {
        event.extend(members);
    }
}

fn object(record: &str, action: &str, step: &str, at: &When, place: Option<&Place>, goods: Value) -> Value {
    let mut event = base("ObjectEvent", record, step, at, place);
    event["action"] = json!(action);
    add(&mut event, goods);
    event
}

fn moved(record: &str, shipment: &Subject, step: &str, at: &When, place: Option<&Place>) -> Value {
    object(
        record,
        "OBSERVE",
        step,
        at,
        place,
        json!({ "epcList": [identifier(shipment)] }),
    )
}

fn aggregation(firm: &Firm, record: &str, package: &Package, at: &When, place: &Place) -> Result<Value, UserError> {
    let sscc = package.mark.len() == 18 && package.mark.bytes().all(|byte| byte.is_ascii_digit());
    let parent = if sscc {
        format!("https://id.gs1.org/00/{}", package.mark)
    } else {
        urn("package", &package.mark)
    };
    let (mut children, mut quantities) = (Vec::new(), Vec::new());
    for content in &package.contents {
        if content.subject.as_str().starts_with("item:") {
            children.push(epc(firm, &content.subject)?);
        } else {
            quantities.push(quantity(&class(firm, &content.subject)?, &content.quantity));
        }
    }
    let mut event = base("AggregationEvent", record, "packing", at, Some(place));
    add(&mut event, json!({ "action": "ADD", "parentID": parent }));
    if !children.is_empty() {
        event["childEPCs"] = json!(children);
    }
    if !quantities.is_empty() {
        event["childQuantityList"] = json!(quantities);
    }
    Ok(event)
}

/// A piece by its public code, if it has one.
fn epc(firm: &Firm, item: &Subject) -> Result<String, UserError> {
    let entry = firm.node.entry(item)?;
    let links = entry.map(|entry| entry.state.links()).unwrap_or_default();
    Ok(identifier(
        links
            .iter()
            .find(|link| link.as_str().starts_with("gs1:"))
            .unwrap_or(item),
    ))
}

/// A lot by GTIN and lot number where its product has a GTIN, a product by its GTIN.
fn class(firm: &Firm, goods: &Subject) -> Result<String, UserError> {
    let state = |subject: &Subject| -> Result<Option<std::sync::Arc<State>>, UserError> {
        Ok(firm.node.entry(subject)?.map(|entry| entry.state))
    };
    let product = match state(goods)?.as_deref() {
        Some(State::Lot(lot)) => lot
            .links
            .iter()
            .find(|link| link.as_str().starts_with("product:"))
            .cloned(),
        Some(State::Product(_)) => Some(goods.clone()),
        _ => None,
    };
    let gtin = match product.as_ref().map(state).transpose()?.flatten().as_deref() {
        Some(State::Product(product)) => product.gtin.clone(),
        _ => None,
    };
    Ok(match (gtin, goods.parts()) {
        // A GS1 lot number has up to 20 characters (General Specifications, AI (10)).
        (
            Some(gtin),
            SubjectParts::Owned {
                type_name: "lot",
                local,
                ..
            },
        ) if local.len() <= 20 => {
            format!("https://id.gs1.org/01/{gtin}/10/{local}")
        }
        (
            Some(gtin),
            SubjectParts::Owned {
                type_name: "product", ..
            },
        ) => format!("https://id.gs1.org/01/{gtin}"),
        _ => identifier(goods),
    })
}

/// A subject as an identifier other systems take: a GS1 Digital Link, else a name of ours.
fn identifier(subject: &Subject) -> String {
    match subject.parts() {
        SubjectParts::Code { scheme: "gs1", code } => format!("https://id.gs1.org/{code}"),
        _ => format!("urn:sealroad:{subject}"),
    }
}

fn urn(kind: &str, text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-._~".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    format!("urn:sealroad:{kind}:{plain}")
}

fn location(place: &Place) -> String {
    match (&place.gln, &place.locode, &place.point) {
        (Some(gln), ..) => format!("https://id.gs1.org/414/{gln}"),
        (_, Some(locode), _) => format!("urn:sealroad:locode:{locode}"),
        (.., Some(point)) => format!("geo:{},{}", degrees(point.lat_e6), degrees(point.lon_e6)),
        _ => urn("place", &place.name),
    }
}

/// Millionths of a degree as decimal text.
fn degrees(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    format!(
        "{sign}{}.{:06}",
        millionths.unsigned_abs() / 1_000_000,
        millionths.unsigned_abs() % 1_000_000
    )
}

fn quantity(class: &str, quantity: &Quantity) -> Value {
    let mut element = json!({ "epcClass": class, "quantity": number(quantity) });
    if quantity.unit != Unit::H87 {
        element["uom"] = json!(quantity.unit);
    }
    element
}

/// A JSON number; EPCIS knows no other form. Nothing is decided by it.
fn number(quantity: &Quantity) -> Value {
    if quantity.scale == 0 {
        return json!(quantity.value);
    }
    let digits = format!("{:0>width$}", quantity.value, width = usize::from(quantity.scale) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(quantity.scale));
    format!("{whole}.{part}")
        .parse::<f64>()
        .map_or(json!(quantity.value), |value| json!(value))
}
