//! What each reader is given to begin with: the frozen vectors, and what a small alliance really said.

use super::world::{World, vector};
use app::foreign;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use ledger::{Checkpoint, PublicKey, Record};
use node::heard::{Exchanged, PieceAsked};
use node::net::{PIECE, encode_frames};
use node::stepped::Said;
use node::{Invitation, Seat};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Real and frozen inputs of a target.
///
/// # Panics
/// There is no target of this name.
#[must_use]
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "canonical" => canonical(),
        "record" => records().iter().map(|record| record.bytes().to_vec()).collect(),
        "block" => blocks(),
        "certificate" => certificates(),
        "paper" => papers(),
        "evidence" => evidence(),
        "sealed" => sealed(),
        "frames" => frames(),
        "said" => said(),
        "consensus" => consensus(),
        "headers" => headers(),
        "page" => pages(),
        "exchange" => exchange(),
        "piece" => pieces(),
        "invitation" => invitations(),
        "sheet" => sheets(),
        "workbook" => workbooks(),
        other => panic!("no seeds for {other}"),
    }
}

/// Words that stand in the seeds of a target: names of members above all.
#[must_use]
pub fn words(target: &str) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for seed in of(target) {
        for word in String::from_utf8_lossy(&seed).split(['"', '&', '=', ';', ',', '<', '>', '\n']) {
            if (2..=40).contains(&word.len()) && word.is_ascii() && !word.contains('\\') {
                *counts.entry(word.to_owned()).or_default() += 1;
            }
        }
    }
    let mut words: Vec<(String, usize)> = counts.into_iter().collect();
    words.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    words.into_iter().take(400).map(|(word, _)| word).collect()
}

fn json_vector(name: &str) -> Value {
    serde_json::from_slice(&vector(name)).unwrap()
}

fn bytes_of(value: &Value) -> Vec<u8> {
    ledger::canonical::to_bytes_within(value, ledger::limits::EVIDENCE_DEPTH)
        .unwrap_or_else(|_| serde_json::to_vec(value).unwrap())
}

/// Every value at these pointers, canonically.
fn values<'a>(of: &'a Value, list: &'a str, member: &'a str) -> impl Iterator<Item = Vec<u8>> + 'a {
    let rows = of.pointer(list).and_then(Value::as_array).into_iter().flatten();
    rows.filter_map(move |row| row.pointer(member))
        .filter(|value| !value.is_null())
        .map(bytes_of)
}

fn canonical() -> Vec<Vec<u8>> {
    let file = json_vector("canonical.json");
    let accepted = file["accept"].as_array().unwrap().iter();
    let mut seeds: Vec<Vec<u8>> = accepted
        .filter_map(Value::as_str)
        .map(|text| text.as_bytes().to_vec())
        .collect();
    for refused in file["refuse"].as_array().unwrap() {
        let hex = refused["hex"].as_str().unwrap();
        let bytes = hex
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
        seeds.push(bytes.collect());
    }
    seeds.push([vec![b'['; 17], vec![b']'; 17]].concat());
    seeds
}

/// One of each kind.
fn records() -> Vec<Record> {
    let mut kinds = BTreeMap::new();
    let all = World::get().blocks.iter().flat_map(|block| &block.records);
    for record in all {
        kinds
            .entry(record.kind().as_str().to_owned())
            .or_insert_with(|| record.clone());
    }
    let vectors = ["evidence-good.json", "evidence-solo.json"].map(json_vector);
    for shown in vectors.iter().flat_map(|file| file["records"].as_array().unwrap()) {
        if let Ok(record) = Record::parse(&bytes_of(&shown["record"])) {
            kinds.entry(record.kind().as_str().to_owned()).or_insert(record);
        }
    }
    kinds.into_values().collect()
}

fn blocks() -> Vec<Vec<u8>> {
    let world = World::get();
    let mut seeds = vec![world.header.to_bytes()];
    seeds.extend(world.told.changes.iter().map(ledger::SetChange::to_bytes));
    seeds.extend(values(&json_vector("light.json"), "/changes", ""));
    seeds
}

fn certificates() -> Vec<Vec<u8>> {
    let world = World::get();
    let votes = json_vector("votes.json");
    let mut seeds: Vec<Vec<u8>> = world
        .blocks
        .iter()
        .take(2)
        .map(|block| block.certificate.to_bytes())
        .collect();
    seeds.extend(values(&json_vector("commit.json"), "/cases", "/certificate"));
    seeds.extend(values(&votes, "/signed", "/vote"));
    seeds.extend(values(&votes, "/signed", "/proposal"));
    seeds.extend(values(&votes, "/double_votes", "/document"));
    seeds
}

fn papers() -> Vec<Vec<u8>> {
    let world = World::get();
    let mut seeds = vec![
        vector("anchor.json"),
        world.genesis.to_bytes(),
        world.begun.to_bytes(),
        world.trusted.to_bytes(),
    ];
    seeds.extend(values(&json_vector("light.json"), "/cases", "/checkpoint").take(3));
    seeds.extend(checkpoint().map(|checkpoint| checkpoint.to_bytes()));
    seeds
}

fn checkpoint() -> Option<Checkpoint> {
    let cases = json_vector("light.json");
    let mut documents = values(&cases, "/cases", "/checkpoint").collect::<Vec<_>>().into_iter();
    documents.find_map(|bytes| Checkpoint::parse(&bytes).ok())
}

fn evidence() -> Vec<Vec<u8>> {
    let files = [
        "evidence-good.json",
        "evidence-absent.json",
        "evidence-solo.json",
        "evidence-sets-good.json",
    ];
    let mut seeds: Vec<Vec<u8>> = files.into_iter().map(vector).collect();
    for file in ["evidence-lies.json", "evidence-sets.json"] {
        let lies = json_vector(file);
        let texts = lies["lies"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|lie| lie["text"].as_str());
        seeds.extend(texts.map(|text| text.as_bytes().to_vec()));
    }
    seeds
}

fn sealed() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = World::get()
        .sealed
        .iter()
        .map(|(document, _)| document.clone())
        .collect();
    seeds.push(vector("sealed.json"));
    seeds
}

fn frames() -> Vec<Vec<u8>> {
    let said = said();
    let bodies: Vec<Bytes> = said.iter().map(|said| Bytes::from(said.clone())).collect();
    let whole = |some: &[Bytes]| encode_frames(some.iter()).to_vec();
    vec![
        whole(&bodies[..1]),
        whole(&bodies[..3]),
        vec![0; 4],
        vec![0, 0, 0, 9, 1],
    ]
}

/// The first few of each tag.
fn said() -> Vec<Vec<u8>> {
    let world = World::get();
    let mut tags: BTreeMap<u8, Vec<Vec<u8>>> = BTreeMap::new();
    let asked = [
        Said::WantBlocks(1),
        Said::Height(4),
        Said::Want(vec![world.header.id(), world.header.previous]),
        Said::Records(world.blocks[0].records.clone()),
        Said::Block(Box::new(world.blocks[0].clone())),
    ];
    for said in world.heard.iter().chain(&asked) {
        let bytes = said.to_bytes();
        let some = tags.entry(bytes[0]).or_default();
        if some.len() < 6 && bytes.len() < 64 << 10 {
            some.push(bytes);
        }
    }
    tags.into_values().flatten().collect()
}

/// What was said of the first height: all of it, and each message by itself.
fn consensus() -> Vec<Vec<u8>> {
    let heard = World::get().heard.iter().filter_map(|said| match said {
        Said::Engine(message) if message.height() == 1 => Some(serde_json::to_vec(message).unwrap()),
        _ => None,
    });
    let lines: Vec<Vec<u8>> = heard.collect();
    let mut seeds = vec![
        lines.join(&b'\n'),
        [&lines.join(&b'\n')[..], b"\n\n\n\n\n\n"].concat(),
        b"\n\n\n\n\n\n\n\n".to_vec(),
    ];
    seeds.extend(lines.into_iter().take(12));
    seeds
}

fn headers() -> Vec<Vec<u8>> {
    let world = World::get();
    let mut seeds = vec![
        serde_json::to_vec(&world.told).unwrap(),
        br#"{"from":0,"known":null}"#.to_vec(),
    ];
    let rival =
        json!({"changes": [], "head": null, "rival": {"commit": world.blocks[0].certificate, "header": world.header}});
    seeds.push(serde_json::to_vec(&rival).unwrap());
    seeds
}

fn pages() -> Vec<Vec<u8>> {
    let pages = World::get().pages.iter();
    let both = pages.flat_map(|(asked, page)| [serde_json::to_vec(asked).unwrap(), page.to_bytes().unwrap()]);
    both.filter(|bytes| bytes.len() < 48 << 10).take(40).collect()
}

fn exchange() -> Vec<Vec<u8>> {
    let records = records();
    let some = Exchanged {
        have: records.iter().take(3).map(Record::id).collect(),
        records: records.into_iter().take(4).collect(),
        wanted: vec![ledger::Subject::validators()],
        evidence: vec![vector("evidence-absent.json")],
        ..Exchanged::default()
    };
    let mut whole: Value = serde_json::from_slice(&some.to_bytes().unwrap()).unwrap();
    let id = whole["have"][0].clone();
    whole["not_kept"] =
        json!([{"against": [id], "field": "turn", "id": id, "rule": "node.turn", "values": {"left": "1"}}]);
    whole["opened"] = json!([{"name": "price", "record": id, "rule": null}]);
    whole["openings"] = values(&json_vector("evidence-good.json"), "/openings", "")
        .map(|bytes| serde_json::from_slice::<Value>(&bytes).unwrap())
        .collect();
    vec![
        Exchanged::default().to_bytes().unwrap(),
        some.to_bytes().unwrap(),
        serde_json::to_vec(&whole).unwrap(),
    ]
}

fn pieces() -> Vec<Vec<u8>> {
    let hash = World::get().header.id();
    let asked = [(0, PIECE), (PIECE, 1), (u64::MAX, 1)].map(|(offset, length)| PieceAsked { hash, offset, length });
    asked.iter().map(|asked| asked.to_query().into_bytes()).collect()
}

fn invitations() -> Vec<Vec<u8>> {
    let world = World::get();
    let validators = world.genesis.validators().validators().iter();
    let seat = |(at, validator): (usize, &ledger::Validator)| {
        let address = format!("validator-{at}.example:7400").parse().unwrap();
        Seat::new(
            format!("Validator {at}"),
            validator.party,
            validator.key,
            validator.key,
            vec![address],
        )
    };
    let mut invitation = Invitation::new(world.genesis.clone(), validators.enumerate().map(seat).collect());
    let mut seeds = vec![invitation.to_text().into_bytes()];
    invitation.checkpoint = checkpoint();
    seeds.push(invitation.to_text().into_bytes());
    let node: PublicKey = world.genesis.validators().validators()[0].key;
    let card = json!({"addresses": ["127.0.0.1:7400"], "form": "sealroad-desk.1", "name": {"en": "Jilin Home Textiles"},
        "network": world.genesis.network(), "node": node, "party": world.party, "reading": world.header.id()});
    seeds.push(format!("{}{}", foreign::CARD, URL_SAFE_NO_PAD.encode(card.to_string())).into_bytes());
    seeds
}

const PRODUCTS: &str =
    "SKU;Name;Unit;HS code;Net weight (g)\nDUVET-220;Bettbezug 220 × 240;H87;630221;1450\n;no number;H87;;\n";
const SHIPMENTS: &str =
    "Shipment number,Seller,Buyer,From,To,Mode,SSCC\nSH-1,Maker,Shop,China,Germany,Rail,340123450000000018\n";
const ROWS: &str = r#"<row r="1"><c r="A1" t="str"><v>SKU</v></c><c r="B1" t="str"><v>Name</v></c><c r="C1" t="str"><v>Unit</v></c></row><row r="2"><c r="A2"><v>0042</v></c><c r="B2" t="inlineStr"><is><t>Cover</t></is></c><c r="C2" t="e"><v>#N/A</v></c></row>"#;

fn sheets() -> Vec<Vec<u8>> {
    let event = |action: &str| {
        json!({"type": "ObjectEvent", "action": action, "eventTime": "2026-01-05T12:00:00+08:00", "eventTimeZoneOffset": "+08:00",
            "epcList": ["https://id.gs1.org/01/04012345111118/21/9"], "bizStep": "shipping", "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"}})
    };
    let document = json!({"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument",
        "schemaVersion": "2.0", "creationDate": "2026-01-06T00:00:00Z", "epcisBody": {"eventList": [event("ADD"), event("OBSERVE")]}});
    let utf16 = [0xff_u8, 0xfe]
        .into_iter()
        .chain("SKU\tName\n1\t被套\n".encode_utf16().flat_map(u16::to_le_bytes));
    vec![
        PRODUCTS.as_bytes().to_vec(),
        SHIPMENTS.as_bytes().to_vec(),
        "\u{feff}编号,名称,单位\n007,\"被套;x\",件\n".as_bytes().to_vec(),
        utf16.collect(),
        serde_json::to_vec(&document).unwrap(),
        super::files::packed(ROWS.as_bytes()),
    ]
}

fn workbooks() -> Vec<Vec<u8>> {
    let far = r#"<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>"#;
    let many = r#"<row r="1"><c r="A1" t="d"><v>2026-01-01</v></c><c r="B1" t="b"><v>1</v></c><c r="C1"><f>A1*2</f><v>1e308</v></c></row>"#;
    [ROWS, far, many].map(|rows| rows.as_bytes().to_vec()).to_vec()
}
