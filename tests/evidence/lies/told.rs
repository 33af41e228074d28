//! What the lies are.

use serde_json::{Value, json};

use super::story::Story;
use super::{Lie, is_kind, list, place, writes};

const RECALL: &str = "supply-chain.recalled.1";

fn recalls(shown: &Value, subject: &str) -> bool {
    is_kind(shown, RECALL) && writes(shown, subject)
}

/// A text in which one character is another; hexadecimal stays hexadecimal.
fn altered(text: &Value) -> String {
    let text = text.as_str().unwrap();
    let other = if text.starts_with('0') { "1" } else { "0" };
    format!("{other}{}", &text[1..])
}

fn subject(file: &Value, name: &str) -> usize {
    place(file, "subjects", |shown| shown["subject"] == name)
}

/// A recall that the buyer must not see.
pub fn of_recalls(story: &Story) -> Vec<Lie> {
    let [piece, lot, cloth] = &story.recalled;
    let dropped =
        |name, subject: &str| Lie::new(name, "completeness", &story.good).without(|shown| recalls(shown, subject));
    let at = subject(&story.good, piece);
    let before = subject(&story.older, piece);
    let count = story.good["subjects"][at]["value"]["count"].as_u64().unwrap();
    vec![
        dropped("the recall of the piece left out", piece),
        dropped("the recall of its lot left out", lot),
        // It stood in the last block: under the older head the blocks of the other recalls lie in the future.
        Lie::new(
            "the recall of the cloth left out with its block",
            "history",
            &story.good,
        )
        .keep("records", |shown| !recalls(shown, cloth))
        .set("/head", story.older["head"].clone()),
        Lie::new(
            "the recall of the cloth left out, the head kept",
            "completeness",
            &story.good,
        )
        .keep("records", |shown| !recalls(shown, cloth)),
        dropped("the recall of the piece left out and not counted", piece)
            .set(&format!("/subjects/{at}/value/count"), count - 1),
        dropped("the piece as it stood before its recall", piece)
            .set(&format!("/subjects/{at}"), story.older["subjects"][before].clone()),
        Lie::new("every recall left out", "completeness", &story.good).without(|shown| is_kind(shown, RECALL)),
    ]
}

/// A record that is not what was signed, or not all of them.
pub fn of_records(story: &Story) -> Vec<Lie> {
    let good = &story.good;
    let delivered = place(good, "records", |shown| is_kind(shown, "logistics.delivered.1"));
    let arrived = place(good, "records", |shown| is_kind(shown, "logistics.arrived.1"));
    let proof = |at: usize| format!("/records/{at}/record/proof/proofValue");
    let record = |at: usize, member: &str| format!("/records/{at}/record/{member}");
    let registered = good["records"][0]["record"].clone();
    let dropped = |name, kind: &str| Lie::new(name, "completeness", good).without(|shown| is_kind(shown, kind));
    vec![
        dropped("no delivery", "logistics.delivered.1"),
        dropped("no damage", "logistics.exception-raised.1"),
        dropped("no inspection", "supply-chain.inspected.1"),
        Lie::new("fewer packages delivered", "signature", good).set(&record(delivered, "body/packages"), 2),
        Lie::new("delivered a day earlier", "signature", good).set(
            &record(delivered, "claimed"),
            good["records"][arrived]["record"]["claimed"].clone(),
        ),
        Lie::new("signed with what was signed elsewhere", "signature", good).set(
            &proof(delivered),
            good["records"][arrived]["record"]["proof"]["proofValue"].clone(),
        ),
        Lie::new("said by another party", "signature", good)
            .set(&record(delivered, "party"), registered["party"].clone()),
        Lie::new("about another shipment", "signature", good)
            .set(&record(delivered, "nonce"), registered["nonce"].clone()),
    ]
}

/// A record or a block that is not where it is said to be.
pub fn of_places(story: &Story) -> Vec<Lie> {
    let good = &story.good;
    // The first block founds all parties, so its paths have siblings.
    let sibling = |from: usize| good["records"][from]["path"][0].clone();
    let path = |at: usize| good["blocks"][at]["path"].clone();
    let root = |name: &str| altered(&good["blocks"][1]["header"][name]);
    let recalled = place(good, "records", |shown| recalls(shown, &story.recalled[0]));
    let time = good["blocks"][2]["header"]["time"].clone();
    vec![
        Lie::new("a sibling swapped", "inclusion", good).set("/records/0/path/0", sibling(2)),
        Lie::new("a path cut short", "inclusion", good).set("/records/0/path", json!([sibling(0)])),
        Lie::new("two records in each other's place", "inclusion", good)
            .set("/records/0/record", good["records"][1]["record"].clone())
            .set("/records/1/record", good["records"][0]["record"].clone()),
        Lie::new("a record in a place that is not there", "inclusion", good)
            .set(&format!("/records/{recalled}/index"), 1),
        Lie::new("records of another root", "inclusion", good)
            .set("/blocks/1/header/records_root", root("records_root")),
        Lie::new("a block at another time", "history", good).set("/blocks/1/header/time", time),
        Lie::new("a block with another index", "history", good).set("/blocks/1/header/index_root", root("index_root")),
        Lie::new("the path of another block", "history", good).set("/blocks/1/path", path(2)),
        Lie::new("a block left out", "mandate", good).keep("blocks", |block| {
            block["header"]["height"] != good["blocks"][1]["header"]["height"]
        }),
        Lie::new("a block that holds nothing shown", "completeness", good).joined("blocks", &story.other, |block| {
            (block["header"]["height"].as_u64().unwrap(), 0, String::new())
        }),
    ]
}

/// The ledger as it stood at another time.
pub fn of_heads(story: &Story) -> Vec<Lie> {
    let (good, older) = (&story.good, &story.older);
    let height = older["head"]["height"].as_u64().unwrap();
    let earlier = altered(&good["head"]["index_root"]);
    vec![
        Lie::new("an older certificate", "quorum", good).set("/commit", older["commit"].clone()),
        Lie::new("an older header and its certificate", "mandate", good)
            .set("/head", older["head"].clone())
            .set("/commit", older["commit"].clone()),
        Lie::new("an older ledger with newer subjects", "completeness", older)
            .set("/subjects", good["subjects"].clone()),
        Lie::new("a newer ledger with older subjects", "completeness", good)
            .set("/subjects", older["subjects"].clone()),
        Lie::new("an older story told as today's", "inclusion", older)
            .set("/head", good["head"].clone())
            .set("/head/height", height)
            .set("/commit", good["commit"].clone()),
        Lie::new("another index under the certificate", "quorum", good).set("/head/index_root", earlier),
        Lie::new("a head at another time", "quorum", good).set("/head/time", older["head"]["time"].clone()),
        Lie::new("no quorum of anybody", "quorum", good).set("/commit/round", 1),
    ]
}

/// Another network with the same names.
pub fn of_networks(story: &Story) -> Vec<Lie> {
    let (good, alike, older) = (&story.good, &story.alike, &story.older);
    vec![
        Lie::new("a look-alike, whole", "network", alike),
        Lie::new("the look-alike's founding document", "quorum", good).set("/genesis", alike["genesis"].clone()),
        Lie::new("the look-alike's certificate", "quorum", older).set("/commit", alike["commit"].clone()),
        Lie::new("the look-alike under our founding document", "quorum", alike)
            .set("/genesis", good["genesis"].clone()),
        Lie::new("the look-alike's head", "inclusion", older)
            .set("/head", alike["head"].clone())
            .set("/commit", alike["commit"].clone()),
        Lie::new("a record of the look-alike", "mandate", good)
            .set("/records/0/record", alike["records"][0]["record"].clone()),
        Lie::new("a vote that weighs more", "quorum", good).set("/genesis/validators/0/weight", 2),
        Lie::new("a validator of the look-alike's", "quorum", good)
            .set("/genesis/validators", alike["genesis"]["validators"].clone()),
    ]
}

/// Keys that were not allowed to sign.
pub fn of_mandates(story: &Story) -> Vec<Lie> {
    let good = &story.good;
    let delivered = place(good, "records", |shown| is_kind(shown, "logistics.delivered.1"));
    let buyer = format!(
        "party:{}:self",
        good["records"][delivered]["record"]["party"].as_str().unwrap()
    );
    let keys = format!("/subjects/{}/state/keys", subject(good, &buyer));
    let founded = good["blocks"][0]["header"]["time"].clone();
    let lie =
        |name, check, member: &str, value: Value| Lie::new(name, check, good).set(&format!("{keys}/0/{member}"), value);
    vec![
        lie("a mandate that expired", "mandate", "until", founded),
        lie("a mandate that was revoked", "mandate", "revoked", json!(2)),
        lie("a mandate for other things", "mandate", "kinds", json!(["parties.*"])),
        lie(
            "a mandate that came later",
            "mandate",
            "from",
            good["head"]["height"].clone(),
        ),
        Lie::new("no mandate at all", "mandate", good).set(&keys, json!([])),
        Lie::new("a party that is not shown", "mandate", good)
            .keep("subjects", |shown| shown["subject"] != buyer.as_str()),
        lie(
            "a mandate that reaches further than the true one",
            "state",
            "label",
            json!("everything"),
        ),
    ]
}

/// Something it depends on that is not shown, or shown without need.
pub fn of_closure(story: &Story) -> Vec<Lie> {
    let good = &story.good;
    let [piece, lot, cloth] = &story.recalled;
    let at = subject(good, lot);
    let links: Vec<Value> = list(&good["subjects"][at]["state"], "links").clone();
    let left: Vec<Value> = links.into_iter().filter(|link| link != cloth.as_str()).collect();
    let cut = |name, gone: &str| {
        Lie::new(name, "closure", good)
            .keep("subjects", |shown| shown["subject"] != gone)
            .keep("records", |shown| shown["record"]["subjects"] != json!([gone]))
            .without_empty_blocks()
    };
    let unknown = piece.replace("DC1101-0014", "DC1101-0015");
    vec![
        cut("the cloth and its recall cut off", cloth),
        // The other lot in the shipment is made of the same cloth, so the closure is the same.
        Lie::new("a lot that was made of nothing", "state", good).set(&format!("/subjects/{at}/state/links"), left),
        Lie::new("about a piece that is not shown", "closure", good).set("/about", unknown),
        Lie::new("the whole file of another shipment beside it", "closure", good)
            .joined("subjects", &story.other, |shown| {
                (0, 0, shown["subject"].as_str().unwrap().to_owned())
            })
            .joined("records", &story.other, |shown| {
                (
                    shown["height"].as_u64().unwrap(),
                    shown["index"].as_u64().unwrap(),
                    String::new(),
                )
            })
            .joined("blocks", &story.other, |block| {
                (block["header"]["height"].as_u64().unwrap(), 0, String::new())
            }),
    ]
}

/// A state that is not the ledger's.
pub fn of_states(story: &Story) -> Vec<Lie> {
    let good = &story.good;
    let [piece, ..] = &story.recalled;
    let (at, before) = (subject(good, piece), subject(&story.older, piece));
    let shipment = place(good, "subjects", |shown| {
        shown["subject"].as_str().unwrap().starts_with("shipment:")
    });
    let value = |member: &str| format!("/subjects/{at}/value/{member}");
    vec![
        Lie::new("the piece without its recall", "state", good).set(
            &format!("/subjects/{at}/state"),
            story.older["subjects"][before]["state"].clone(),
        ),
        Lie::new("a shipment that is still under way", "state", good)
            .set(&format!("/subjects/{shipment}/state/stage"), "under-way"),
        Lie::new("changed earlier", "completeness", good).set(&value("changed"), 1),
        Lie::new("another turn", "completeness", good).set(&value("turn"), 77),
        Lie::new("a state of another hash", "completeness", good)
            .set(&value("state"), altered(&good["subjects"][at]["value"]["state"])),
        Lie::new("nothing was ever recorded about it", "completeness", good)
            .set(&format!("/subjects/{at}/state"), Value::Null)
            .set(&format!("/subjects/{at}/value"), Value::Null),
        Lie::new("a price that nobody committed to", "openings", good).set(
            "/openings",
            json!([{"name": "price", "record": "0".repeat(64), "salt": "0".repeat(64), "value": 1}]),
        ),
    ]
}

/// The same words in another form.
pub fn of_form(story: &Story) -> Vec<Lie> {
    let good = &story.good;
    let lie = |name| Lie::new(name, "canonical bytes", good);
    let mut noted = lie("a note added");
    noted.file["note"] = json!("checked by customs");
    let twice: Vec<Value> = list(good, "records")
        .iter()
        .flat_map(|shown| [shown.clone(), shown.clone()])
        .collect();
    let backwards: Vec<Value> = list(good, "records").iter().rev().cloned().collect();
    vec![
        noted,
        lie("each record twice").set("/records", twice),
        lie("the story told backwards").set("/records", backwards),
        lie("a key that is none").set("/commit/signatures/0/key", "did:key:z6Mk"),
        lie("a form of tomorrow").set("/form", "sealroad-evidence.2"),
    ]
}
