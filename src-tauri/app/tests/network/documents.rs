//! Documents beside a hand-over, between two desktops that are processes: listed and saved in the terminal, and fetched on after `kill -9`.

use crate::common::{Alliance, Running, has_name, json, sealroad, until};
use crate::wire::Wire;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ledger::Subject;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Output;

const MIB: usize = 1 << 20;

/// A seller and a carrier, members of an alliance; the carrier reaches the seller over a wire.
struct Firms {
    alliance: Alliance,
    seller: Running,
    carrier: Option<Running>,
    parties: [String; 2],
    wire: Wire,
}

impl Firms {
    /// They know each other's desktops, and the wire lets so many bytes of the seller's through.
    fn introduced(bytes: u64) -> Self {
        let alliance = Alliance::found(1);
        let parties = ["seller", "carrier"].map(|name| alliance.join(name));
        let [seller, carrier] =
            ["seller", "carrier"].map(|name| Running::start(&["serve", "--data", &alliance.folder.at(name)]));
        for party in &parties {
            assert_eq!(alliance.admit(0, party)["status"], "confirmed");
        }
        for name in ["seller", "carrier"] {
            let both = |status: &Value| {
                status["unsent"] == 0
                    && has_name(status, &parties[0], "seller")
                    && has_name(status, &parties[1], "carrier")
            };
            until(&alliance.folder.at(name), "they know each other", both);
        }
        let page = seller.call(&json!({ "call": "desk-listen", "port": 0 }));
        let theirs = carrier.call(&json!({ "call": "desks" }));
        seller.call(&json!({ "call": "desk-meet", "card": theirs["card"] }));
        let (address, mut card) = card(&page["card"]);
        let wire = Wire::to(address.parse().unwrap(), bytes);
        card["addresses"] = json!([wire.address.to_string()]);
        let card = format!("sealroad-desk:{}", URL_SAFE_NO_PAD.encode(card.to_string()));
        carrier.call(&json!({ "call": "desk-meet", "card": card }));
        Self {
            alliance,
            seller,
            carrier: Some(carrier),
            parties,
            wire,
        }
    }

    fn data(&self) -> String {
        self.alliance.folder.at("carrier")
    }

    /// Reviews and signs what the seller says; gives the id of the record.
    fn sign(&self, payload: &Value, attached: &[Value]) -> String {
        let review = json!({ "call": "review", "payloads": [payload], "attached": attached });
        let review = self.seller.call(&review);
        assert_eq!(review["problems"], json!([]), "{payload}");
        let signed = json!({ "call": "sign", "review": review["review"], "draft": null });
        let signed = self.seller.call(&signed);
        signed["records"][0][0].as_str().unwrap().to_owned()
    }

    /// The seller offers a shipment to the carrier, with a document; gives the record.
    fn offers(&self, name: &str, content: &[u8]) -> String {
        let [us, them] = &self.parties;
        let party = us.parse().unwrap();
        let own = |kind: &str, number: &str| Subject::owned(kind, &party, number).unwrap().to_string();
        let place = json!({ "name": "Shanghai", "locode": "CNSHA" });
        let at = |day: u32| json!({ "time": format!("2026-11-0{day}T08:00:00.000Z"), "zone": "+08:00" });
        let quantity = json!({ "value": 300, "unit": "H87", "scale": 0 });
        let shipment = own("shipment", "S-1");
        for (kind, body) in [
            (
                "supply-chain.product-defined.1",
                json!({ "number": "P-1", "name": { "en": "Duvet" }, "unit": "H87" }),
            ),
            (
                "supply-chain.lot-made.1",
                json!({ "product": own("product", "P-1"), "number": "L-1", "quantity": quantity, "place": place, "at": at(1), "origin": "CN" }),
            ),
            (
                "logistics.shipment-planned.1",
                json!({ "number": "S-1", "consignor": { "party": us }, "consignee": { "party": them },
                    "legs": [{ "from": place, "to": { "name": "Duisburg", "locode": "DEDUI" }, "mode": "rail" }] }),
            ),
            (
                "logistics.packed.1",
                json!({ "shipment": shipment, "place": place, "at": at(1), "packages": [{ "mark": "1", "kind": "CT",
                    "contents": [{ "subject": own("lot", "L-1"), "quantity": quantity }] }] }),
            ),
        ] {
            self.sign(&json!({ "kind": kind, "body": body }), &[]);
        }
        let attach = json!({ "call": "document-attach", "name": name, "media_type": "application/pdf", "file": STANDARD.encode(content) });
        let attached = self.seller.call(&attach);
        let offer = json!({ "kind": "logistics.handover-offered.1", "body": { "shipment": shipment, "to": { "party": them },
            "place": place, "at": at(2), "packages": 1 } });
        self.sign(&offer, &[attached["id"].clone()])
    }

    /// The only document that the carrier knows of.
    fn line(&self) -> Option<Value> {
        let mut page = json(&["documents", "list", "--json", "--data", &self.data()]);
        page["documents"].as_array_mut().unwrap().pop()
    }

    /// Waits until it is wholly here.
    fn arrived(&self) -> Value {
        let here = |line: &Value| line["standing"] == "here";
        until(&self.data(), "the document", |_| self.line().as_ref().is_some_and(here));
        self.line().unwrap()
    }

    fn save(&self, language: &str, record: &str, to: &str) -> Output {
        let data = self.data();
        sealroad(&[
            "--lang",
            language,
            "documents",
            "save",
            record,
            "document.1",
            "--out",
            to,
            "--data",
            &data,
        ])
    }

    /// That it is not saved, in these words.
    fn not_saved(&self, record: &str, to: &str, words: [&str; 3]) {
        for (language, words) in ["en", "zh", "de"].into_iter().zip(words) {
            let output = self.save(language, record, to);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(
                said.starts_with("sealroad: ") && said.contains(words),
                "{words}: {said}"
            );
            assert!(output.stdout.is_empty(), "{output:?}");
        }
    }
}

/// A card's first address, and all that it says.
fn card(text: &Value) -> (String, Value) {
    let coded = text.as_str().unwrap().strip_prefix("sealroad-desk:").unwrap();
    let card: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(coded).unwrap()).unwrap();
    (card["addresses"][0].as_str().unwrap().to_owned(), card)
}

/// No two pieces of it are alike.
fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at / 251 + at % 251) as u8).collect()
}

/// The file of a document that is coming, and how long it is.
fn coming(data: &str) -> Option<(PathBuf, u64)> {
    let files = std::fs::read_dir(Path::new(data).join("documents/coming")).ok()?;
    let file = files.flatten().next()?;
    Some((file.path(), file.metadata().ok()?.len()))
}

#[test]
fn a_document_is_listed_and_saved_in_the_terminal() {
    let firms = Firms::introduced(u64::MAX);
    let list = |language: &str| {
        let output = sealroad(&["--lang", language, "documents", "list", "--data", &firms.data()]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(list("en"), "No record names a document that is open to us.\n");
    let bytes = content(3 * MIB + 1_234);
    let record = firms.offers("packing list 装箱单.pdf", &bytes);
    let line = firms.arrived();
    assert_eq!(
        (&line["record"], &line["place"], &line["size"]),
        (&json!(record), &json!("document.1"), &json!(bytes.len()))
    );
    for (language, here) in [("en", "here"), ("zh", "已到达"), ("de", "da")] {
        let said = format!(
            "{record} document.1  packing list 装箱单.pdf  {}  {here}\n",
            bytes.len()
        );
        assert_eq!(list(language), said);
    }
    let out = firms.alliance.folder.at("copy.pdf");
    let saved = firms.save("de", &record, &out);
    assert_eq!(String::from_utf8_lossy(&saved.stdout), format!("Geschrieben: {out}\n"));
    assert_eq!(std::fs::read(&out).unwrap(), bytes);
    // Into a folder it goes under its own name.
    let made = json(&[
        "documents",
        "save",
        &record,
        "document.1",
        "--out",
        &firms.alliance.folder.0.display().to_string(),
        "--json",
        "--data",
        &firms.data(),
    ]);
    assert_eq!(made["name"], "packing list 装箱单.pdf");
    assert_eq!(std::fs::read(made["path"].as_str().unwrap()).unwrap(), bytes);
    let exists = [
        "exists already and is not written over",
        "已存在，不会被覆盖",
        "gibt es schon und wird nicht überschrieben",
    ];
    firms.not_saved(&record, &out, exists);
    let unknown = [
        "No record here names a document",
        "这里没有记录指明文件",
        "Kein Eintrag hier nennt ein Dokument",
    ];
    firms.not_saved(&"00".repeat(32), &firms.alliance.folder.at("none.pdf"), unknown);
    // Its author lists it too, while its desktop runs and when it does not.
    let seller = firms.alliance.folder.at("seller");
    let lists = || json(&["documents", "list", "--json", "--data", &seller])["documents"][0]["record"].clone();
    assert_eq!(lists(), json!(record));
    firms.seller.kill();
    assert_eq!(lists(), json!(record));
}

/// The wire holds the fifth piece back when the desktop is killed; what had come is not asked for again.
#[test]
fn a_document_is_fetched_on_after_a_kill() {
    const SIZE: usize = 12 * MIB;
    const PASSED: u64 = 4 * MIB as u64 + 300_000;
    let mut firms = Firms::introduced(PASSED);
    let bytes = content(SIZE);
    let record = firms.offers("cmr.pdf", &bytes);
    let data = firms.data();
    until(&data, "the first pieces", |_| {
        coming(&data).is_some_and(|(_, length)| length >= 4 * MIB as u64)
    });
    firms.carrier.take().unwrap().kill();
    let (file, have) = coming(&data).unwrap();
    let first = std::fs::read(&file).unwrap();
    let line = firms.line().unwrap();
    assert_eq!((&line["standing"], &line["have"]), (&json!("coming"), &json!(have)));
    let of = line["of"].as_u64().unwrap();
    assert!(have < of && of > SIZE as u64, "{line}");
    let not_here = ["is not wholly here yet", "尚未完整到达", "ist noch nicht ganz da"];
    let out = firms.alliance.folder.at("copy.pdf");
    firms.not_saved(&record, &out, not_here);
    assert!(!Path::new(&out).exists());
    assert_eq!(std::fs::read(&file).unwrap(), first, "what was here is here");
    let before = firms.wire.passed();
    firms.wire.open();
    firms.carrier = Some(Running::start(&["serve", "--data", &data]));
    let line = firms.arrived();
    let passed = firms.wire.passed() - before;
    assert!(
        passed < of - have + MIB as u64,
        "{passed} bytes came, {} were missing",
        of - have
    );
    assert_eq!(line["have"], line["of"]);
    assert_eq!(firms.save("en", &record, &out).status.code(), Some(0));
    assert_eq!(std::fs::read(&out).unwrap(), bytes);
    assert!(coming(&data).is_none());
}
