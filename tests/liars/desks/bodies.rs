//! Bodies that are no message: not of the form, too much, half, slow, with a length that is not theirs.

use super::raw::{Voice, head};
use super::{Author, Desktop, LIAR, MOST_GROWN, Message, Teller, US};
use crate::flood::resident;
use crate::proxy::{Fate, Proxy};
use crate::world::wait;
use ledger::{Hash, Record};
use node::net::{Address, AskError};

fn code(answer: Result<bytes::Bytes, AskError>) -> String {
    answer.map_or_else(|error| error.code().to_owned(), |_| "answered".to_owned())
}

/// Each is refused by name and counted, and four of them do not shut out who tells them; an honest firm is served.
fn unreadable(name: &str, bodies: Vec<Vec<u8>>) {
    let desktop = Desktop::new(name);
    let before = desktop.state();
    let memory = resident();
    for body in bodies {
        let begins = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        // Each by a node of its own: after some of them nobody is listened to.
        let liar = desktop.meet(LIAR);
        assert_eq!(code(liar.tell_bytes(body)), "net.unreadable", "{name}: {begins}");
        assert_eq!(desktop.refused(&liar.key, "net.unreadable"), 1, "{name}: {begins}");
        assert_eq!(desktop.state(), before, "{name}: {begins}");
        desktop.forget(&liar.key);
    }
    let grown = resident().saturating_sub(memory);
    assert!(grown < MOST_GROWN, "{name}: {grown} KiB more are held");
    desktop.goes_on();
}

fn good() -> String {
    Message::default().text()
}

#[test]
fn not_of_the_form() {
    let good = good();
    let one = r#""form":"sealroad-exchange.1""#;
    let texts = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        "\u{feff}".to_owned() + &good,
        format!("{good}{good}"),
        format!("{good} x"),
        good.replace(one, r#""form":"sealroad-exchange.2""#),
        good.replace(one, r#""form":"SEALROAD-EXCHANGE.1""#),
        good.replace(one, r#""form":1"#),
        good.replace(one, r#""form":null"#),
        good.replace(&format!("{one},"), ""),
        good.replace(one, &format!("{one},{one}")),
        good.replace(r#""have":[]"#, r#""have":[],"have":[]"#),
        good.replace(r#""have":[]"#, r#""have":null"#),
        good.replace(r#""have":[]"#, r#""have":["00"]"#),
        good.replace(r#""have":[]"#, r#""have":[1e400]"#),
        good.replace(r#""have":[]"#, &format!(r#""have":["{}"]"#, "A".repeat(64))),
        good.replace(r#""wanted":[]"#, r#""wanted":["no subject"]"#),
        good.replace(r#""wanted":[]"#, r#""wanted":["\ud800"]"#),
        good.replace(r#""records":[]"#, r#""records":[{}]"#),
        good.replace(r#""records":[]"#, r#""records":[null]"#),
        good.replace(r#""not_kept":[]"#, r#""not_kept":[{"id":"x"}]"#),
        good.replace(r#"{"evidence""#, r#"{"and":1,"evidence""#),
    ];
    let mut bodies: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    bodies.push(vec![0xff; 1_000]);
    bodies.push([good.as_bytes(), &[0xff]].concat());
    bodies.push(good.as_bytes()[..good.len() - 1].to_vec());
    unreadable("desk-form", bodies);
}

#[test]
fn records_that_are_none() {
    let world = crate::world::World::shared();
    let record = Author::new(&world).packed(LIAR, US, "1").remove(0);
    let deep = |open: &str, close: &str, times: usize| format!("{}1{}", open.repeat(times), close.repeat(times));
    let with = |record: String| {
        Message {
            records: vec![record],
            ..Message::default()
        }
        .text()
        .into_bytes()
    };
    unreadable(
        "desk-no-records",
        vec![
            with(record.text().replace("\"kind\"", " \"kind\"")),
            with(record.text().replacen('{', "{\"a\":1,", 1)),
            with(record.text().replace("\"value\":480", "\"value\":480.0")),
            with(record.text().replace("\"value\":480", "\"value\":9007199254740993")),
            with(
                record
                    .text()
                    .replace("\"value\":480", &format!("\"value\":{}", deep("[", "]", 40))),
            ),
            with(
                record
                    .text()
                    .replace("\"value\":480", &format!("\"value\":{}", deep("{\"a\":", "}", 100_000))),
            ),
            with(record.text().replace("DUVET", "DU\\u0056ET")),
            with(
                record
                    .text()
                    .replace("\"origin\":\"CN\"", &format!("\"origin\":\"{}\"", "x".repeat(70_000))),
            ),
        ],
    );
}

/// Nesting without end, where nothing is nested.
#[test]
fn nested_to_the_bottom() {
    let good = good();
    let deep = |name: &str, open: &str, close: &str| {
        let times = 400_000;
        let nested = format!("{}{}", open.repeat(times), close.repeat(times));
        good.replace(&format!("\"{name}\":[]"), &format!("\"{name}\":{nested}"))
            .into_bytes()
    };
    unreadable(
        "desk-nested",
        vec![
            deep("have", "[", "]"),
            deep("not_kept", "[", "]"),
            deep("wanted", "[", "]"),
            vec![b'['; 4_000_000],
            "{\"evidence\":".repeat(300_000).into_bytes(),
            good.replace(
                "\"not_kept\":[]",
                &format!("\"not_kept\":[{{\"values\":{}", "{\"a\":".repeat(200_000)),
            )
            .into_bytes(),
        ],
    );
}

/// More of everything than a message may hold.
#[test]
fn huge_counts() {
    let ids: Vec<Hash> = (0..60_000_u32).map(|number| Hash::of(&number.to_be_bytes())).collect();
    let world = crate::world::World::shared();
    let record = Author::new(&world).packed(LIAR, US, "1").remove(0);
    let complaint = |id: &Hash| serde_json::json!({"against": [], "field": "", "id": id, "rule": "", "values": {}});
    let subject = world.lot.to_string();
    let messages = [
        Message {
            have: ids[..1_025].to_vec(),
            ..Message::default()
        },
        Message {
            have: ids.clone(),
            ..Message::default()
        },
        Message {
            not_kept: ids[..1_025].iter().map(complaint).collect(),
            ..Message::default()
        },
        Message {
            wanted: vec![subject.clone(); 1_025],
            ..Message::default()
        },
        Message {
            wanted: vec![subject; 40_000],
            ..Message::default()
        },
        Message {
            evidence: vec!["{}".to_owned(); 9],
            ..Message::default()
        },
        Message {
            evidence: vec!["{}".to_owned(); 1_000_000],
            ..Message::default()
        },
        Message::of(&vec![record.clone(); 257]),
        Message::of(&vec![record; 3_000]),
    ];
    let bodies = messages.iter().map(|message| message.text().into_bytes());
    unreadable("desk-counts", bodies.collect());
}

/// More bytes than a message may have: said before, or found while they come.
#[test]
fn oversized() {
    const MOST: usize = 4_259_840;
    let desktop = Desktop::new("desk-oversized");
    let before = (desktop.state(), resident());
    let address = desktop.running().network.address().unwrap();
    let voice = Voice::new();
    desktop.introduce(voice.key, LIAR, Vec::new());
    for length in [MOST as u64 + 1, 1 << 40, u64::MAX - 1] {
        let mut line = voice.call(address);
        line.say(head(&desktop, &format!("content-length: {length}\r\n\r\n")).as_bytes());
        let heard = line.hear();
        // What is no length at all is not even heard as a head.
        assert!(heard.starts_with("HTTP/1.1 4"), "{length}: {heard}");
        assert_eq!(
            heard.contains("net.too-large"),
            length < u64::MAX - 1,
            "{length}: {heard}"
        );
    }
    let mut line = voice.call(address);
    line.say(head(&desktop, "transfer-encoding: chunked\r\n\r\n").as_bytes());
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(1 << 20));
    // Sixty times as much as it may be, if it were taken.
    let taken = (0..240).take_while(|_| line.say(chunk.as_bytes())).count();
    assert!(taken < 240, "all of it is taken");
    wait(
        || desktop.refused(&voice.key, "net.too-large") == 3,
        || desktop.noted(&voice.key),
    );
    assert_eq!(desktop.state(), before.0);
    let grown = resident().saturating_sub(before.1);
    assert!(grown < MOST_GROWN, "{grown} KiB more are held");
    desktop.goes_on();
}

/// The length is not that of the body: what is missing is not made up, what is too much is no message.
#[test]
fn a_length_that_is_not_its_own() {
    let desktop = Desktop::new("desk-length");
    let records = Author::new(&desktop.world).offered(LIAR, US, "1");
    let body = Message::of(&records).text();
    let before = desktop.state();
    let address = desktop.running().network.address().unwrap();
    let say = |more: &str, body: &str| {
        let voice = Voice::new();
        desktop.introduce(voice.key, LIAR, Vec::new());
        let mut line = voice.call(address);
        line.say(format!("{}{body}", head(&desktop, more)).as_bytes());
        (voice.key, line.hear())
    };
    let (key, _) = say(&format!("content-length: {}\r\n\r\n", body.len() + 100), &body);
    wait(|| desktop.refused(&key, "net.broken-off") == 1, || desktop.noted(&key));
    assert_eq!(desktop.state(), before);
    let (key, heard) = say(&format!("content-length: {}\r\n\r\n", body.len() - 100), &body);
    assert!(
        heard.starts_with("HTTP/1.1 400") && heard.contains("net.unreadable"),
        "{heard}"
    );
    assert_eq!(desktop.refused(&key, "net.unreadable"), 1);
    assert_eq!(desktop.state(), before);
    // Two lengths, or a length beside chunks: it is not guessed which counts.
    let length = format!("content-length: {}\r\n", body.len());
    let other = format!("content-length: {}\r\n", body.len() - 1);
    for more in [
        format!("{length}{other}\r\n"),
        "content-length: -1\r\n\r\n".to_owned(),
        "content-length: 1 1\r\n\r\n".to_owned(),
    ] {
        let (_, heard) = say(&more, &body);
        assert!(!heard.starts_with("HTTP/1.1 2"), "{more}: {heard}");
        assert_eq!(desktop.state(), before);
    }
    // A message hidden behind another: each is judged by itself, and hidden is nothing.
    let hidden = format!("{}{body}", head(&desktop, &format!("{length}\r\n")));
    let (key, heard) = say(
        "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n",
        &format!("0\r\n\r\n{hidden}"),
    );
    println!("{heard}; {}", desktop.noted(&key));
    desktop.goes_on();
}

/// A message breaks off at many places: nothing of it is kept, and told whole afterwards all of it is.
#[test]
fn half_messages() {
    let desktop = Desktop::new("desk-half");
    let mut author = Author::new(&desktop.world);
    let records: Vec<Record> = (0..12)
        .flat_map(|number| author.offered(LIAR, US, &format!("half-{number}")))
        .collect();
    let message = Message::of(&records);
    let before = desktop.state();
    let proxy = Proxy::to(desktop.running().network.address().unwrap());
    let mut broken = 0;
    for place in [0, 1, 100, 1_500, 4_000, 9_000, 20_000, 40_000] {
        proxy.set(Fate::CutAfter(place), Fate::Pass);
        let teller = Teller::by(&desktop, Address::from(proxy.address));
        desktop.introduce(teller.key, LIAR, Vec::new());
        let told = teller.tell_bytes(message.text().into_bytes());
        assert!(told.is_err(), "{place}: {told:?}");
        assert_eq!(desktop.state(), before, "{place}");
        broken += desktop.refused(&teller.key, "net.broken-off");
        desktop.forget(&teller.key);
    }
    println!("{broken} of them broke off in the body");
    // The answer breaks off: it is kept, the liar does not know, and tells it again.
    proxy.set(Fate::Pass, Fate::CutAfter(2_200));
    let teller = Teller::by(&desktop, Address::from(proxy.address));
    desktop.introduce(teller.key, LIAR, Vec::new());
    let told = teller.tell_bytes(message.text().into_bytes());
    assert!(told.is_err(), "{told:?}");
    let ids: Vec<Hash> = records.iter().map(Record::id).collect();
    wait(|| desktop.state().outbox == ids, || format!("{:?}", desktop.state()));
    proxy.set(Fate::Pass, Fate::Pass);
    let liar = desktop.meet(LIAR);
    assert_eq!(liar.tell(&message).unwrap().have, ids);
    assert_eq!(desktop.state().outbox, ids);
    desktop.goes_on();
}

/// Bodies of which a byte comes now and then: they are cut by name, and the honest are served meanwhile.
#[test]
fn slow_bodies() {
    let desktop = Desktop::new("desk-slow");
    let mut author = Author::new(&desktop.world);
    // More than fits into what TLS decrypts at once.
    let records: Vec<Record> = (0..40)
        .flat_map(|number| author.offered(LIAR, US, &format!("slow-{number}")))
        .collect();
    let before = desktop.state();
    let proxy = Proxy::to(desktop.running().network.address().unwrap());
    proxy.set(Fate::DripAfter(60_000), Fate::Pass);
    let body = Message::of(&records).text().into_bytes();
    let slow: Vec<Teller> = (0..8)
        .map(|_| Teller::by(&desktop, Address::from(proxy.address)))
        .collect();
    for teller in &slow {
        desktop.introduce(teller.key, LIAR, Vec::new());
    }
    std::thread::scope(|scope| {
        let told: Vec<_> = slow
            .iter()
            .map(|teller| scope.spawn(|| teller.tell_bytes(body.clone())))
            .collect();
        desktop.goes_on();
        for one in told {
            assert!(one.join().unwrap().is_err());
        }
    });
    let cut = || {
        slow.iter()
            .filter(|one| desktop.refused(&one.key, "net.too-slow") == 1)
            .count()
    };
    wait(
        || cut() == slow.len(),
        || format!("{} are cut; {}", cut(), desktop.noted(&slow[0].key)),
    );
    let outbox = desktop.state().outbox;
    assert!(records.iter().all(|record| !outbox.contains(&record.id())));
    assert_ne!(before.outbox, outbox, "the honest were served");
    desktop.goes_on();
}
