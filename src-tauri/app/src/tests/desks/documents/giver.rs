//! A node that gives a document of the seller's, whole, in part or wrongly, and counts what it is asked for.

use super::super::super::calls::{LOOK, ask};
use super::super::{Lane, confirmed, opened, profile, until};
use super::{Folder, attach, card_without, content, here, line, offer_of, saved, sign_with};
use crate::App;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::{Opening, PublicKey, SecretKey};
use node::net::{Answers, Ask, AskError, Limits, Net, NetConfig, Path, Reply, Role};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Instant;

const MIB: u64 = 1 << 20;
/// The seed of its node key.
const SEED: [u8; 32] = [78; 32];

/// What it does with pieces.
#[derive(Clone, Copy, Default)]
enum Gives {
    #[default]
    Whole,
    /// Only pieces that begin below this.
    Until(u64),
    /// The last byte of every piece is another.
    Changed,
    /// A byte less than asked.
    Short,
}

#[derive(Default)]
struct Said {
    openings: Vec<Opening>,
    document: Vec<u8>,
    gives: Gives,
    /// Offset and length of every piece that was given.
    given: Vec<(u64, u64)>,
    /// What it was told of its openings: name, and rule.
    told: Vec<(String, Option<String>)>,
}

struct Giver(Arc<Mutex<Said>>);

impl Answers for Giver {
    fn role(&self, _peer: &PublicKey) -> Role {
        Role::Member
    }

    fn answer(&self, _from: PublicKey, ask: Ask) -> Reply {
        let mut said = self.0.lock().unwrap();
        if ask.path == Path::Exchange {
            let heard: Value = serde_json::from_slice(&ask.body).unwrap();
            for opened in heard["opened"].as_array().into_iter().flatten() {
                let rule = opened["rule"].as_str().map(str::to_owned);
                said.told.push((opened["name"].as_str().unwrap().to_owned(), rule));
            }
            let message = json!({ "evidence": [], "form": "sealroad-exchange.1", "have": [], "not_kept": [],
                "openings": said.openings, "records": [], "wanted": [] });
            return Reply::whole(message.to_string());
        }
        let number = |name: &str| -> u64 {
            let mut pairs = ask.query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(known, _)| *known == name).unwrap().1.parse().unwrap()
        };
        let (offset, length) = (number("offset"), number("length"));
        if matches!(said.gives, Gives::Until(end) if offset >= end) {
            return Reply::refused(503, "net.stopped", "");
        }
        said.given.push((offset, length));
        let end = usize::try_from(offset + length).unwrap().min(said.document.len());
        let mut piece = said.document[usize::try_from(offset).unwrap()..end].to_vec();
        match said.gives {
            Gives::Changed => *piece.last_mut().unwrap() ^= 1,
            Gives::Short => drop(piece.pop()),
            Gives::Whole | Gives::Until(_) => {}
        }
        Reply::whole(piece)
    }
}

/// A lane whose seller has offered a shipment with a document of about three and a half pieces, and another desktop that stands for the
/// seller, of which the carrier will have the card.
struct Scene {
    lane: Lane,
    said: Arc<Mutex<Said>>,
    net: Net,
    bytes: Vec<u8>,
    card: String,
}

impl Scene {
    fn new(number: &str) -> Self {
        let lane = Lane::new();
        let page = ask(&lane.carrier, json!({ "call": "desks" }));
        ask(&lane.seller, json!({ "call": "desk-meet", "card": page["card"] }));
        let shipment = lane.shipment(number);
        let bytes = content(2_800_000);
        let attached = attach(&lane.seller, "big.pdf", &bytes);
        let offer = sign_with(&lane.seller, &offer_of(&lane, &shipment), &[&attached]);
        confirmed(&lane.seller, &offer);
        until(
            &lane.carrier,
            &json!({ "call": "record", "id": offer }),
            "the carrier has the record",
            |record| record["entry"]["height"].as_u64() > Some(0),
        );
        let firm = lane.seller.firm().unwrap();
        let shelf = firm.shelf.as_ref().unwrap();
        let enclosure = shelf.of(&offer.parse().unwrap()).remove(0);
        let document = shelf.documents().get(&enclosure.document.hash).unwrap().unwrap();
        assert!((3 * MIB..4 * MIB).contains(&(document.len() as u64)));
        let said = Arc::new(Mutex::new(Said {
            openings: vec![enclosure.opening],
            document,
            ..Said::default()
        }));
        let config = NetConfig {
            key: Arc::new(SecretKey::from_seed(&SEED)),
            network: firm.node.network(),
            listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            workers: 1,
            limits: Limits::default(),
        };
        let net = Net::start(config, Arc::new(Giver(Arc::clone(&said)))).unwrap();
        let address = format!("127.0.0.1:{}", net.address().unwrap().port());
        let card = json!({ "addresses": [address], "form": "sealroad-desk.1", "name": { "en": "Jilin Textiles" },
            "network": firm.node.network(), "node": SecretKey::from_seed(&SEED).public(), "party": Lane::party(&lane.seller) });
        let card = format!("sealroad-desk:{}", URL_SAFE_NO_PAD.encode(card.to_string()));
        drop(firm);
        Self {
            lane,
            said,
            net,
            bytes,
            card,
        }
    }

    fn gives(&self, gives: Gives) {
        self.said.lock().unwrap().gives = gives;
    }

    fn meet(&self) {
        ask(&self.lane.carrier, json!({ "call": "desk-meet", "card": self.card }));
    }

    fn restart(&mut self) {
        let [_, folder] = &self.lane.folders;
        drop(std::mem::replace(&mut self.lane.carrier, Folder::new().open()));
        self.lane.carrier = opened(folder);
    }

    fn failed(&self, code: &str) -> Value {
        line(&self.lane.carrier, "big.pdf", code, |line| {
            line["failed"]["code"] == code
        })
    }

    /// What the carrier's network page says it refused of this desktop.
    fn counted(&self, code: &str) -> u64 {
        let firm = self.lane.carrier.firm().unwrap();
        let view = firm.network.as_ref().unwrap().view();
        let peers = view
            .peers
            .iter()
            .filter(|peer| peer.key == SecretKey::from_seed(&SEED).public());
        peers.filter_map(|peer| peer.refused_by_us.get(code).copied()).sum()
    }
}

#[test]
fn a_transfer_cut_short_goes_on_where_it_was_after_a_start() {
    let mut scene = Scene::new("D-6");
    scene.gives(Gives::Until(2 * MIB));
    scene.meet();
    let half = scene.failed("net.stopped");
    assert_eq!((&half["standing"], &half["have"]), (&json!("coming"), &json!(2 * MIB)));
    let save = json!({ "call": "document-save", "record": half["record"], "place": half["place"], "to": null });
    assert_eq!(
        super::refused(&scene.lane.carrier, save),
        "documents.not-here",
        "half a document is none"
    );
    scene.restart();
    let half = line(&scene.lane.carrier, "big.pdf", "half of it is still here", |_| true);
    assert_eq!(half["have"], json!(2 * MIB));
    scene.gives(Gives::Whole);
    let whole = line(&scene.lane.carrier, "big.pdf", "the rest comes", here);
    assert_eq!(saved(&scene.lane.carrier, &whole), scene.bytes);
    let given = scene.said.lock().unwrap().given.clone();
    let total: u64 = given.iter().map(|(_, length)| length).sum();
    assert_eq!(
        total,
        whole["of"].as_u64().unwrap(),
        "no byte was fetched twice: {given:?}"
    );
    let offsets: BTreeSet<u64> = given.iter().map(|(offset, _)| *offset).collect();
    assert_eq!(offsets.len(), given.len());
    assert!(given.iter().all(|(_, length)| *length <= MIB), "{given:?}");
    assert_eq!(scene.counted("documents.wrong-hash"), 0);
}

#[test]
fn half_a_piece_that_a_kill_left_is_gone_on_from() {
    let mut scene = Scene::new("D-13");
    scene.gives(Gives::Until(2 * MIB));
    scene.meet();
    scene.failed("net.stopped");
    let [_, carrier] = &scene.lane.folders;
    drop(std::mem::replace(&mut scene.lane.carrier, Folder::new().open()));
    let coming = carrier.0.join("documents").join("coming");
    let part = std::fs::read_dir(coming).unwrap().next().unwrap().unwrap().path();
    let left = MIB + 12_345;
    let file = std::fs::OpenOptions::new().write(true).open(&part).unwrap();
    file.set_len(left).unwrap();
    drop(file);
    scene.said.lock().unwrap().given.clear();
    scene.gives(Gives::Whole);
    scene.lane.carrier = opened(carrier);
    let whole = line(&scene.lane.carrier, "big.pdf", "the rest comes", here);
    assert_eq!(saved(&scene.lane.carrier, &whole), scene.bytes);
    let given = scene.said.lock().unwrap().given.clone();
    let total: u64 = given.iter().map(|(_, length)| length).sum();
    assert_eq!(
        (given[0].0, left + total),
        (left, whole["of"].as_u64().unwrap()),
        "{given:?}"
    );
    assert!(!part.exists(), "nothing is left over");
}

#[test]
fn a_changed_byte_is_refused_by_name_and_nothing_of_it_is_kept() {
    let mut scene = Scene::new("D-7");
    scene.gives(Gives::Changed);
    scene.meet();
    let refused = scene.failed("documents.wrong-hash");
    assert_eq!((&refused["standing"], &refused["have"]), (&json!("awaited"), &json!(0)));
    assert_eq!(scene.counted("documents.wrong-hash"), 1);
    // It is not asked for again at once; after a start it is, and the true bytes are taken.
    scene.gives(Gives::Whole);
    scene.restart();
    let whole = line(&scene.lane.carrier, "big.pdf", "it comes", here);
    assert_eq!(saved(&scene.lane.carrier, &whole), scene.bytes);
}

#[test]
fn a_piece_of_another_length_is_refused_by_name() {
    let scene = Scene::new("D-8");
    scene.gives(Gives::Short);
    scene.meet();
    let refused = scene.failed("documents.wrong-length");
    assert_eq!((&refused["standing"], &refused["have"]), (&json!("awaited"), &json!(0)));
    assert_eq!(scene.counted("documents.wrong-length"), 1);
    assert_eq!(scene.said.lock().unwrap().given.len(), 1, "it is left alone then");
}

#[test]
fn pieces_that_our_own_disk_may_have_spoilt_are_nobody_elses_fault() {
    let mut scene = Scene::new("D-9");
    scene.gives(Gives::Until(MIB));
    scene.meet();
    scene.failed("net.stopped");
    let folder = scene.lane.folders[1].0.join("documents").join("coming");
    let [_, carrier] = &scene.lane.folders;
    drop(std::mem::replace(&mut scene.lane.carrier, Folder::new().open()));
    let part = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&part).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&part, &bytes).unwrap();
    scene.gives(Gives::Whole);
    scene.lane.carrier = opened(carrier);
    let whole = line(
        &scene.lane.carrier,
        "big.pdf",
        "it comes again from its beginning",
        here,
    );
    assert_eq!(saved(&scene.lane.carrier, &whole), scene.bytes);
    assert_eq!(scene.counted("documents.wrong-hash"), 0);
}

#[test]
fn an_opening_that_does_not_open_what_the_record_names_is_refused_by_name() {
    let scene = Scene::new("D-10");
    let good = scene.said.lock().unwrap().openings[0].clone();
    let changed = |change: &dyn Fn(&mut Opening)| {
        let mut opening = good.clone();
        change(&mut opening);
        opening
    };
    let firm = scene.lane.carrier.firm().unwrap();
    let registered = firm
        .node
        .history(&ledger::Subject::party(&firm.acting().party), 0, 1)
        .unwrap();
    let ours = registered[0].record.id();
    scene.said.lock().unwrap().openings = vec![
        changed(&|opening| opening.value["hash"] = json!("00".repeat(32))),
        changed(&|opening| opening.name = "document.2".to_owned()),
        changed(&|opening| opening.salt = ledger::Hash([1; 32])),
        changed(&|opening| (opening.record, opening.name) = (ours, "document.3".to_owned())),
        // Of a record that nobody knows nothing is said.
        changed(&|opening| (opening.record, opening.name) = (ledger::Hash([2; 32]), "document.4".to_owned())),
    ];
    scene.meet();
    let begun = Instant::now();
    while scene.said.lock().unwrap().told.len() < 4 {
        assert!(begun.elapsed().as_secs() < 60, "it says what it makes of them");
        std::thread::park_timeout(LOOK);
    }
    let told = scene.said.lock().unwrap().told.clone();
    let not = Some("documents.not-committed".to_owned());
    let expected = [
        ("document.1", not.clone()),
        ("document.2", not.clone()),
        ("document.1", not),
        ("document.3", Some("documents.not-theirs".to_owned())),
    ];
    assert_eq!(told[..4], expected.map(|(name, rule)| (name.to_owned(), rule)));
    assert!(scene.counted("net.bad-opening") > 0);
    let page = ask(&scene.lane.carrier, json!({ "call": "documents" }));
    assert_eq!(page["documents"], json!([]));
    assert_eq!(scene.said.lock().unwrap().given, [], "nothing is fetched");
}

/// What the seller's desktop answers when this node asks it for a piece.
fn piece(scene: &Scene, query: &str) -> Result<usize, String> {
    let firm = scene.lane.seller.firm().unwrap();
    let network = firm.network.as_ref().unwrap();
    let address = format!("127.0.0.1:{}", network.address().unwrap().port())
        .parse()
        .unwrap();
    scene
        .net
        .book()
        .invite(*network.key(), &[address], Instant::now())
        .unwrap();
    let asked = scene
        .net
        .ask_blocking(*network.key(), Path::Documents, query, bytes::Bytes::new());
    asked
        .map(|piece| piece.len())
        .map_err(|error: AskError| error.code().to_owned())
}

/// The seller knows this node from now on as a desktop of a firm.
fn introduce(scene: &Scene, app: &App) {
    let own = ask(app, json!({ "call": "desks" }))["card"].clone();
    let coded = card_without(&own, "reading");
    let mut card: Value = serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(coded.strip_prefix("sealroad-desk:").unwrap())
            .unwrap(),
    )
    .unwrap();
    card["node"] = json!(SecretKey::from_seed(&SEED).public());
    card["addresses"] = json!([]);
    let card = format!("sealroad-desk:{}", URL_SAFE_NO_PAD.encode(card.to_string()));
    ask(&scene.lane.seller, json!({ "call": "desk-meet", "card": card }));
}

#[test]
fn only_readers_are_given_pieces() {
    let mut scene = Scene::new("D-11");
    ask(&scene.lane.seller, json!({ "call": "desk-listen", "port": 0 }));
    let value = scene.said.lock().unwrap().openings[0].value.clone();
    let (hash, bytes) = (
        value["hash"].as_str().unwrap().to_owned(),
        value["bytes"].as_u64().unwrap(),
    );
    let query = |offset: u64, length: u64| format!("hash={hash}&offset={offset}&length={length}");
    let refused = |code: &str| Err(code.to_owned());
    assert_eq!(piece(&scene, &query(0, 1000)), refused("net.not-allowed"), "a stranger");
    // A firm that was introduced and is no reader: as if there was no such document.
    let invitation = scene.lane.seller.firm().unwrap();
    let invitation = node::Invitation::of_folder(&invitation.path).unwrap().unwrap();
    let folder = Folder::new();
    let third = super::super::member(&folder, &invitation, profile("Third", "DE", "forwarder"));
    introduce(&scene, &third);
    let none = format!("hash={}&offset=0&length=1000", "00".repeat(32));
    assert_eq!(piece(&scene, &query(0, 1000)), refused("documents.not-a-reader"));
    assert_eq!(piece(&scene, &none), refused("documents.not-a-reader"));
    drop(third);
    // A reader has every piece of it, and nothing beyond.
    introduce(&scene, &scene.lane.carrier);
    assert_eq!(piece(&scene, &none), refused("documents.not-a-reader"));
    assert_eq!(piece(&scene, &query(0, MIB)), Ok(1 << 20));
    assert_eq!(piece(&scene, &query(bytes - 10, MIB)), Ok(10));
    assert_eq!(piece(&scene, &query(bytes, 1)), refused("documents.out-of-range"));
    assert_eq!(piece(&scene, &query(u64::MAX, 1)), refused("documents.out-of-range"));
    for unreadable in ["hash=1&offset=0&length=1", &query(0, MIB + 1)] {
        assert_eq!(piece(&scene, unreadable), refused("net.unreadable"), "{unreadable}");
    }
    // What its disk has spoilt since is not given.
    let firm = scene.lane.seller.firm().unwrap();
    let path = firm.path.join("documents").join(&hash[..2]).join(&hash);
    drop(firm);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[5000] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let [folder, _] = &scene.lane.folders;
    drop(std::mem::replace(&mut scene.lane.seller, Folder::new().open()));
    scene.lane.seller = opened(folder);
    assert_eq!(piece(&scene, &query(0, MIB)), refused("documents.not-here"));
}
