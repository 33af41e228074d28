//! Lies in answers: a desktop that the person can reach is asked every few seconds.

use super::told::Answer;
use super::{Author, Desktop, HONEST, LIAR, MOST_GROWN, Message, US};
use crate::flood::resident;
use crate::world::wait;
use bytes::Bytes;
use ledger::{Hash, Record, SecretKey};
use node::net::{Address, Answers, Ask, Limits, Net, NetConfig, Reply, Role};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub type Say = Box<dyn Fn(&Ask) -> Reply + Send + Sync>;

struct Mouth {
    say: Say,
    asked: AtomicU64,
}

impl Answers for Mouth {
    fn role(&self, _: &ledger::PublicKey) -> Role {
        Role::Validator
    }

    fn answer(&self, _: ledger::PublicKey, ask: Ask) -> Reply {
        self.asked.fetch_add(1, Ordering::SeqCst);
        (self.say)(&ask)
    }
}

/// A desktop that answers what it likes.
pub struct Listener {
    net: Net,
    mouth: Arc<Mouth>,
    pub key: ledger::PublicKey,
}

impl Listener {
    pub fn start(desktop: &Desktop, firm: usize, say: Say) -> Self {
        let secret = SecretKey::from_seed(&node::random().unwrap());
        let key = secret.public();
        let mut limits = Limits::default();
        for row in &mut limits.table {
            row.reply = 64 << 20;
            row.per_minute = 100_000;
            row.burst = 10_000;
            row.within = Duration::from_secs(300);
        }
        let mouth = Arc::new(Mouth {
            say,
            asked: AtomicU64::new(0),
        });
        let config = NetConfig {
            key: Arc::new(secret),
            network: desktop.world.genesis.network(),
            listen: Some((Ipv4Addr::LOCALHOST, 0).into()),
            workers: 1,
            limits,
        };
        let net = Net::start(config, Arc::clone(&mouth) as Arc<dyn Answers>).unwrap();
        desktop.introduce(key, firm, vec![Address::from(net.address().unwrap())]);
        Self { net, mouth, key }
    }

    pub fn asked(&self) -> u64 {
        self.mouth.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.net.stop();
    }
}

/// An honest desktop that can be reached: it keeps what it is handed.
pub fn honest(desktop: &Desktop) -> (Listener, Arc<Mutex<Vec<Hash>>>) {
    let taken: Arc<Mutex<Vec<Hash>>> = Arc::default();
    let kept = Arc::clone(&taken);
    let say = move |ask: &Ask| {
        let said: Answer = serde_json::from_slice(&ask.body).unwrap();
        let ids = said.handed();
        kept.lock().unwrap().extend(&ids);
        let have = Message {
            have: ids,
            ..Message::default()
        };
        Reply::whole(have.text().into_bytes())
    };
    (Listener::start(desktop, HONEST, Box::new(say)), taken)
}

/// An honest desktop comes, and is handed an offer that is signed for it.
pub fn hands_over(desktop: &Desktop) -> (Listener, Vec<Record>) {
    let (honest, taken) = honest(desktop);
    let ours = Author::new(&desktop.world).offered(US, HONEST, "1");
    desktop.signs(&ours);
    desktop.running().network.nudge();
    let handed = || ours.iter().all(|record| taken.lock().unwrap().contains(&record.id()));
    wait(handed, || format!("{} were handed over", taken.lock().unwrap().len()));
    (honest, ours)
}

/// While the liar answers like this, an honest desktop is handed an offer; what is said of the liar is under one of these names.
fn goes_on_beside(name: &str, names: &[&str], say: Say) {
    let desktop = Desktop::new(name);
    let memory = resident();
    let liar = Listener::start(&desktop, LIAR, say);
    let failed = || {
        let view = desktop.running().network.view();
        let peer = view.peers.iter().find(|peer| peer.key == liar.key).cloned();
        peer.is_some_and(|peer| {
            let known =
                |counts: &std::collections::BTreeMap<String, u64>| names.iter().any(|name| counts.contains_key(*name));
            known(&peer.refused_by_us) || known(&peer.refused_by_them)
        })
    };
    wait(
        || {
            desktop.running().network.nudge();
            liar.asked() > 0 && failed()
        },
        || desktop.noted(&liar.key),
    );
    let (_honest, ours) = hands_over(&desktop);
    let grown = resident().saturating_sub(memory);
    assert!(grown < MOST_GROWN, "{name}: {grown} KiB more are held");
    assert_eq!(desktop.state().outbox, ours.iter().map(Record::id).collect::<Vec<_>>());
}

#[test]
fn answers_that_are_none() {
    goes_on_beside(
        "desk-answer-none",
        &["net.unreadable"],
        Box::new(|_| Reply::whole("{}")),
    );
}

#[test]
fn answers_that_are_too_large() {
    let large = |_: &Ask| Reply::parts(std::iter::repeat_n(Bytes::from(vec![b' '; 1 << 20]), 60));
    goes_on_beside("desk-answer-large", &["net.too-large"], Box::new(large));
}

#[test]
fn answers_that_break_off() {
    let broken = |_: &Ask| Reply::refused(500, &"x".repeat(5_000), "broken");
    goes_on_beside("desk-answer-broken", &["net.refused"], Box::new(broken));
}

/// A byte of the answer now and then. Others do not wait for the end of it.
#[test]
fn answers_that_drip() {
    let drip = |_: &Ask| {
        let parts = std::iter::repeat_with(|| {
            std::thread::park_timeout(Duration::from_millis(50));
            Bytes::from_static(b" ")
        });
        Reply::parts(parts.take(10_000))
    };
    goes_on_beside("desk-answer-drip", &["net.slow-peer"], Box::new(drip));
}

/// It asks back without end, for other things each time, and complains without end: a conversation has an end, and is not begun again at
/// once for ever.
#[test]
fn answers_that_ask_without_end() {
    let desktop = Desktop::new("desk-answer-asks");
    let ours = Author::new(&desktop.world).offered(US, LIAR, "1");
    desktop.signs(&ours);
    let count = Arc::new(AtomicU64::new(0));
    let party = desktop.world.parties[US];
    let say = move |_: &Ask| {
        let turn = count.fetch_add(1, Ordering::SeqCst);
        let wanted = (0..1_000)
            .map(|number| format!("lot:{party}:L-{turn}-{number}"))
            .collect();
        let id = Hash::of(&turn.to_be_bytes());
        let not_kept = vec![serde_json::json!({"against": [], "field": "", "id": id, "rule": "r", "values": {}})];
        let message = Message {
            not_kept,
            wanted,
            ..Message::default()
        };
        Reply::whole(message.text().into_bytes())
    };
    let liar = Listener::start(&desktop, LIAR, Box::new(say));
    wait(|| liar.asked() > 0, || desktop.noted(&liar.key));
    let (_honest, taken) = honest(&desktop);
    let mut author = Author::new(&desktop.world);
    let theirs = author.offered(US, HONEST, "2");
    desktop.signs(&theirs);
    desktop.running().network.nudge();
    wait(
        || taken.lock().unwrap().contains(&theirs[3].id()),
        || format!("{} were handed over", taken.lock().unwrap().len()),
    );
    println!("asked {} times", liar.asked());
    let talk = desktop.running().network.talks().remove(&liar.key).unwrap();
    assert!(talk.not_kept.is_empty(), "{} complaints are kept", talk.not_kept.len());
}

/// In an answer, as in a question: forged records, others' records, and true ones.
#[test]
fn answers_with_forged_records() {
    let desktop = Desktop::new("desk-answer-forged");
    let mut author = Author::new(&desktop.world);
    let own = author.offered(LIAR, US, "1");
    let others = author.offered(HONEST, US, "1");
    let mut message = Message::of(&[own.clone(), others].concat());
    for record in &mut message.records[..4] {
        *record = record.replace("+08:00", "+07:00").replace("DEDUI", "DEHAM");
    }
    let told = Arc::new(Mutex::new(Vec::<Answer>::new()));
    let heard = Arc::clone(&told);
    let say = move |ask: &Ask| {
        heard.lock().unwrap().push(serde_json::from_slice(&ask.body).unwrap());
        Reply::whole(message.text().into_bytes())
    };
    let before = desktop.state();
    let liar = Listener::start(&desktop, LIAR, Box::new(say));
    let refused = |rule: &str| told.lock().unwrap().iter().any(|answer| answer.rules().contains(&rule));
    let both = || {
        desktop.running().network.nudge();
        refused("node.bad-signature") && refused("exchange.not-theirs")
    };
    wait(both, || format!("{:?}", told.lock().unwrap()));
    assert_eq!(desktop.state(), before);
    assert!(
        desktop.refused(&liar.key, "exchange.forged") > 0,
        "{}",
        desktop.noted(&liar.key)
    );
    desktop.goes_on();
}
