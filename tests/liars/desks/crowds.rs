//! Floods: of messages, of connections, by whom a person introduced and by whom nobody did.

use super::raw::{Voice, head};
use super::{Author, Desktop, HONEST, LIAR, MOST_GROWN, Message, Teller, US};
use crate::flood::resident;
use node::net::{Limits, Path, Standing};
use std::collections::BTreeMap;

fn standing(desktop: &Desktop, teller: &Teller) -> Option<Standing> {
    let view = desktop.running().network.view();
    let peer = view.peers.iter().find(|peer| peer.key == teller.key);
    peer.map(|peer| peer.standing)
}

/// More messages than the table allows: the rest is refused by name, the node is slowed, and another is served all the while.
#[test]
fn messages_without_end() {
    let desktop = Desktop::new("desk-messages");
    let (liar, honest) = (desktop.meet(LIAR), desktop.meet(HONEST));
    let before = desktop.state();
    // It asks as a client that heeds nothing.
    let codes = std::sync::Mutex::new(BTreeMap::<String, u64>::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..60 {
                    let code = liar
                        .tell(&Message::default())
                        .map_or_else(|error| error.code().to_owned(), |_| "answered".to_owned());
                    *codes.lock().unwrap().entry(code).or_default() += 1;
                }
            });
        }
        assert_eq!(honest.tell(&Message::default()).unwrap().have, []);
    });
    let codes = codes.into_inner().unwrap();
    println!("{codes:?}; {}", desktop.noted(&liar.key));
    assert!(codes.contains_key("net.rate"), "{codes:?}");
    assert!(
        desktop.refused(&liar.key, "net.rate") > 0,
        "{}",
        desktop.noted(&liar.key)
    );
    assert_eq!(desktop.state(), before);
    desktop.goes_on_with(&honest);
}

/// A raw client that heeds no word of the answers, on as many connections as it gets: it is dropped.
#[test]
fn connections_without_end_by_whom_we_know() {
    let desktop = Desktop::new("desk-connections");
    let memory = resident();
    let address = desktop.running().network.address().unwrap();
    let voice = Voice::new();
    desktop.introduce(voice.key, LIAR, Vec::new());
    let body = Message::default().text();
    let whole = format!(
        "{}{body}",
        head(&desktop, &format!("content-length: {}\r\n\r\n", body.len()))
    );
    let half = head(&desktop, "content-length: 1000\r\n\r\n{");
    let mut lines = Vec::new();
    let mut said = 0;
    for number in 0..300 {
        let mut line = voice.call(address);
        let text = if number % 2 == 0 { &whole } else { &half };
        said += usize::from(line.say(text.as_bytes()));
        lines.push(line);
    }
    let crowd = desktop.running().network.view().crowd;
    println!("{said} said something; {crowd:?}; {}", desktop.noted(&voice.key));
    // Sixteen of one key, and a few that hang up just now.
    assert!(crowd.connections <= 2 * Limits::default().of_key, "{crowd:?}");
    desktop.goes_on();
    drop(lines);
    let grown = resident().saturating_sub(memory);
    assert!(grown < MOST_GROWN, "{grown} KiB more are held");
}

/// Strangers, many of them and again and again: by name they are not served, they fill no book, and whom we know is served.
#[test]
fn strangers_without_end() {
    let desktop = Desktop::new("desk-strangers");
    let (memory, before) = (resident(), desktop.state());
    let honest = desktop.meet(HONEST);
    let records = Author::new(&desktop.world).offered(LIAR, US, "1");
    let message = Message::of(&records);
    let mut codes = BTreeMap::<String, u64>::new();
    let strangers: Vec<Teller> = (0..40).map(|_| desktop.stranger()).collect();
    for _ in 0..6 {
        for stranger in &strangers {
            let code = stranger
                .tell(&message)
                .map_or_else(|error| error.code().to_owned(), |_| "answered".to_owned());
            *codes.entry(code).or_default() += 1;
        }
    }
    println!("{codes:?}; {:?}", standing(&desktop, &strangers[0]));
    assert!(codes.contains_key("net.not-allowed"), "{codes:?}");
    assert!(codes.keys().all(|code| code.starts_with("net.")), "{codes:?}");
    assert_eq!(desktop.state(), before);
    assert!(
        desktop.refused(&strangers[0].key, "net.not-allowed") > 0,
        "{}",
        desktop.noted(&strangers[0].key)
    );
    let grown = resident().saturating_sub(memory);
    assert!(grown < MOST_GROWN, "{grown} KiB more are held");
    desktop.goes_on_with(&honest);
}

/// A stranger asks a desktop for what validators answer: it serves nobody.
#[test]
fn strangers_who_ask_as_of_a_validator() {
    let desktop = Desktop::new("desk-asked");
    let stranger = desktop.stranger();
    let known = desktop.meet(LIAR);
    for teller in [&stranger, &known] {
        for path in [
            Path::Head,
            Path::Light,
            Path::Evidence,
            Path::Records,
            Path::Blocks,
            Path::Follow,
            Path::RecordStatus,
        ] {
            let asked = teller.ask(path, "from=1&subject=alliance:validators", "{}".into());
            let code = asked.map_or_else(|error| error.code().to_owned(), |_| "answered".to_owned());
            assert!(
                ["net.not-served", "net.not-allowed", "net.too-large", "net.slowed"].contains(&code.as_str()),
                "{path:?}: {code}"
            );
        }
    }
    desktop.goes_on();
}

/// Whoever is no longer known is not heard any more, on the connection that is open too.
#[test]
fn forgotten_by_the_person() {
    let desktop = Desktop::new("desk-forgotten");
    let liar = desktop.meet(LIAR);
    let records = Author::new(&desktop.world).offered(LIAR, US, "1");
    liar.tell(&Message::default()).unwrap();
    desktop.forget(&liar.key);
    let before = desktop.state();
    let told = liar.tell(&Message::of(&records)).unwrap_err();
    assert!(
        ["net.not-allowed", "exchange.stranger"].contains(&told.code()),
        "{told:?}"
    );
    assert_eq!(desktop.state(), before);
    assert!(
        !desktop.running().network.talks().contains_key(&liar.key),
        "what it said is still shown"
    );
    desktop.goes_on();
}
