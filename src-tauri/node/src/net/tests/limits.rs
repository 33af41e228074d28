use super::*;

/// Limits that are reached at once.
fn hasty() -> Limits {
    Limits {
        head: Duration::from_millis(100),
        grace: Duration::from_millis(100),
        pace: u32::MAX,
        ..Limits::default()
    }
}

#[test]
fn what_is_wrong_with_a_head_is_said_by_name() {
    let (server, _host) = server(Limits::default());
    let end = "connection: close\r\n\r\n";
    let other_network = head("GET /v1/head", end).replace("0707", "0708");
    let twice = head("GET /v1/head", &format!("sealroad-network: {NETWORK}\r\n{end}"));
    let long = format!("GET /v1/head?{}", "q".repeat(2049));
    let cases = [
        (other_network, Refusal::WrongNetwork),
        (twice, Refusal::WrongNetwork),
        (
            format!("GET /v1/head HTTP/1.1\r\nhost: x\r\n{end}"),
            Refusal::WrongNetwork,
        ),
        (
            head("GET /v1/head", end).replace("version: 1", "version: 2"),
            Refusal::WrongVersion,
        ),
        (head("GET /v2/head", end), Refusal::UnknownPath),
        (head("GET /", end), Refusal::UnknownPath),
        (head("CONNECT localhost:1", end), Refusal::UnknownPath),
        (head("POST /v1/head", end), Refusal::WrongMethod),
        (head(&long, end), Refusal::QueryTooLong),
        (head("GET /v1/blocks?1", end), Refusal::NotAllowed),
        (head("POST /v1/consensus", end), Refusal::NotAllowed),
        (head("GET /v1/head", "content-length: 1\r\n\r\n"), Refusal::TooLarge),
    ];
    for (number, (request, expected)) in cases.into_iter().enumerate() {
        let seed = 100 + u8::try_from(number).unwrap();
        assert_eq!(say(&mut raw(&server, seed), &request), refusal(expected), "{request}");
        assert_eq!(refused(&server, seed, expected.code()), 1);
    }
    let long = head("GET /v1/head", &format!("x: {}\r\n\r\n", "y".repeat(100_000)));
    let mut raw = raw(&server, STRANGER);
    // The connection may end while it is still being said.
    let _cut = raw.write_all(long.as_bytes());
    last_words(&mut raw);
    until(|| fault(&server, "net.no-http") == 1);
    assert_eq!(
        code(asker(MEMBER, &server).ask_blocking(key(SERVER), Path::Head, "", Bytes::new())),
        "answered"
    );
}

#[test]
fn a_body_larger_than_the_table_is_refused_declared_or_not() {
    let mut limits = Limits::default();
    limits.table[Path::Exchange as usize].request = 1000;
    let (server, _host) = server(limits);
    let declared = head("POST /v1/exchange", "content-length: 1001\r\n\r\n");
    assert_eq!(say(&mut raw(&server, MEMBER), &declared), refusal(Refusal::TooLarge));
    let huge = head("POST /v1/exchange", "content-length: 18446744073709551615\r\n\r\n");
    assert!((400..500).contains(&say(&mut raw(&server, MEMBER), &huge).0));
    let chunk = |size: usize| format!("{size:x}\r\n{}\r\n", "x".repeat(size));
    let chunked = head("POST /v1/exchange", "transfer-encoding: chunked\r\n\r\n");
    let fits =
        format!("{chunked}{}{}0\r\n\r\n", chunk(600), chunk(400)).replace("host: ", "connection: close\r\nhost: ");
    assert_eq!(say(&mut raw(&server, MEMBER), &fits).0, 200);
    let beyond = format!("{chunked}{}{}", chunk(600), chunk(401));
    assert_eq!(say(&mut raw(&server, MEMBER), &beyond), refusal(Refusal::TooLarge));
    assert_eq!(refused(&server, MEMBER, "net.too-large"), 2);
    let net = asker(MEMBER, &server);
    let most = Limits::default().row(Path::Exchange).request;
    let asked = net.ask_blocking(key(SERVER), Path::Exchange, "", vec![0; most].into());
    assert!(asked.is_err());
    let asked = net.ask_blocking(key(SERVER), Path::Exchange, "", vec![0; most + 1].into());
    assert_eq!(asked, Err(AskError::TooLarge), "not even sent");
    assert_eq!(refused(&server, MEMBER, "net.too-large"), 3);
}

#[test]
fn whoever_is_slow_is_cut() {
    let (server, _host) = server(hasty());
    let mut head_only = raw(&server, MEMBER);
    assert_eq!(
        say(&mut head_only, "GET /v1/head HTTP/1.1\r\nsealroad-"),
        (0, String::new())
    );
    until(|| fault(&server, "net.slow-head") == 1);
    let request = head("POST /v1/exchange", "content-length: 1000\r\n\r\nten bytes.");
    assert_eq!(say(&mut raw(&server, MEMBER), &request), refusal(Refusal::TooSlow));
    assert_eq!(refused(&server, MEMBER, "net.too-slow"), 1);
    let mut quiet = raw(&server, MEMBER);
    quiet.write_all(head("GET /v1/head?1", "\r\n").as_bytes()).unwrap();
    assert_eq!(last_words(&mut quiet).0, 200, "then the quiet connection is closed");
    assert_eq!(fault(&server, "net.slow-head"), 1, "which is no fault");
}

#[test]
fn whoever_does_not_take_the_answer_is_cut() {
    let mut limits = hasty();
    // Of a whole answer more than the system holds for a peer; a piece of a document is less.
    limits.table[Path::Documents as usize].reply = 16 << 20;
    let (server, _host) = server(limits);
    for path in ["/v1/blocks?16", "/v1/documents?16777216"] {
        let before = fault(&server, "net.slow-reader");
        let mut raw = raw(&server, MEMBER);
        raw.write_all(head(&format!("GET {path}"), "\r\n").as_bytes()).unwrap();
        until(|| fault(&server, "net.slow-reader") == before + 1);
        assert!(last_words(&mut raw).1.len() < 16 << 20);
    }
}

#[test]
fn a_body_that_breaks_off_is_no_question() {
    let (server, _host) = server(Limits::default());
    let mut raw = raw(&server, MEMBER);
    raw.write_all(head("POST /v1/exchange", "content-length: 10\r\n\r\nfive.").as_bytes())
        .unwrap();
    raw.conn.send_close_notify();
    raw.flush().unwrap();
    raw.sock.shutdown(std::net::Shutdown::Write).unwrap();
    last_words(&mut raw);
    until(|| refused(&server, MEMBER, "net.broken-off") == 1);
}

#[test]
fn so_many_questions_a_minute_each_for_himself() {
    let mut limits = Limits::default();
    let row = &mut limits.table[Path::Head as usize];
    (row.per_minute, row.burst) = (1, 3);
    let (server, _host) = server(limits);
    let ask = |net: &Net, path| net.ask_blocking(key(SERVER), path, "", Bytes::new());
    let (net, other) = (asker(MEMBER, &server), asker(OTHER_MEMBER, &server));
    assert!((0..3).all(|_| ask(&net, Path::Head).is_ok()));
    let Err(AskError::Refused {
        status,
        code: name,
        wait,
        ..
    }) = ask(&net, Path::Head)
    else {
        panic!("granted");
    };
    assert_eq!((status, name.as_str()), (429, "net.rate"));
    assert!((50..=60).contains(&wait.as_secs()), "{wait:?}");
    assert!(
        net.book().wait(&key(SERVER), Instant::now()) > Duration::from_secs(45),
        "the asker heeds it"
    );
    assert!(ask(&net, Path::Exchange).is_ok());
    assert!(ask(&other, Path::Head).is_ok());
    let strangers = [asker(50, &server), asker(51, &server)];
    assert!((0..3).all(|turn| ask(&strangers[turn % 2], Path::Head).is_ok()));
    assert_eq!(
        code(ask(&strangers[1], Path::Head)),
        "net.rate",
        "a new key is no new bucket"
    );
}

#[test]
fn whoever_goes_on_is_slowed_then_dropped() {
    let (server, _host) = server(Limits::default());
    let net = asker(MEMBER, &server);
    let ask = || code(net.ask_blocking(key(SERVER), Path::Consensus, "", Bytes::new()));
    let mut codes: Vec<String> = (0..400).map(|_| ask()).collect();
    codes.dedup();
    assert_eq!(codes, ["net.not-allowed", "net.slowed", "net.dropped"]);
    assert_eq!(
        code(net.ask_blocking(key(SERVER), Path::Head, "", Bytes::new())),
        "net.dropped"
    );
    let other = asker(OTHER_MEMBER, &server);
    assert_eq!(
        code(other.ask_blocking(key(SERVER), Path::Head, "", Bytes::new())),
        "answered"
    );
    server
        .book()
        .blame(key(OTHER_MEMBER), "record.forged", 1000, Instant::now());
    let asked = server.ask_blocking(key(OTHER_MEMBER), Path::Head, "", Bytes::new());
    assert_eq!(code(asked), "net.dropped", "nor is he asked");
}

#[test]
fn five_hundred_connections_keep_nobody_honest_out() {
    let hour = Duration::from_secs(3600);
    let limits = Limits {
        handshake: hour,
        head: hour,
        ..Limits::default()
    };
    let (server, _host) = server(limits);
    let address = server.address().unwrap();
    let mut silent: Vec<TcpStream> = (0..500).map(|_| TcpStream::connect(address).unwrap()).collect();
    let named: Vec<Raw> = (0..100)
        .map(|number| {
            let mut raw = raw(&server, 100 + number);
            raw.write_all(b"GET /v1/head HTTP/1.1\r\n").unwrap();
            raw
        })
        .collect();
    let net = asker(MEMBER, &server);
    for _ in 0..20 {
        assert_eq!(
            code(net.ask_blocking(key(SERVER), Path::Head, "", Bytes::new())),
            "answered"
        );
    }
    let crowd = server.view().crowd;
    assert!(crowd.connections <= Limits::default().of_address);
    assert!(crowd.made_room >= 500 + 100 + 1 - 128);
    // Nothing but the need for its place ends the first within the hour.
    silent[0].read_to_end(&mut Vec::new()).ok();
    drop((silent, named));
    until(|| server.view().crowd.connections == 1);
}

#[test]
fn a_key_with_too_many_connections_at_work_is_told_so() {
    let limits = Limits {
        of_key: 2,
        ..Limits::default()
    };
    let (server, host) = server(limits);
    let (entered, out) = host.close_gate();
    let evidence = head("GET /v1/evidence", "connection: close\r\n\r\n");
    let mut busy: Vec<Raw> = (0..2)
        .map(|_| {
            let mut raw = raw(&server, MEMBER);
            raw.write_all(evidence.as_bytes()).unwrap();
            entered.recv().unwrap();
            raw
        })
        .collect();
    assert_eq!(
        say(&mut raw(&server, MEMBER), &evidence),
        refusal(Refusal::TooManyConnections)
    );
    drop(out);
    assert!(
        busy.iter_mut()
            .all(|raw| last_words(raw) == (200, "evidence".to_owned()))
    );
    assert_eq!(say(&mut raw(&server, MEMBER), &evidence).0, 200);
}

#[test]
fn bodies_of_all_peers_together_are_bounded() {
    let limits = Limits {
        held: 64 * 1024,
        ..Limits::default()
    };
    let (server, _host) = server(limits);
    let mut hoarder = raw(&server, OTHER_MEMBER);
    let head = head(
        "POST /v1/exchange",
        "content-length: 65536\r\nexpect: 100-continue\r\n\r\n",
    );
    hoarder.write_all(head.as_bytes()).unwrap();
    // It is told to go on once there is room for what it declared.
    let mut go_on = [0; 25];
    hoarder.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    let net = asker(MEMBER, &server);
    let ask = || code(net.ask_blocking(key(SERVER), Path::Exchange, "", Bytes::from_static(b"x")));
    assert_eq!(ask(), "net.busy");
    drop(hoarder);
    until(|| ask() == "answered");
}

#[test]
fn strangers_leave_desks_to_members_and_members_to_validators() {
    let limits = Limits {
        answers: 4,
        ..Limits::default()
    };
    let (server, host) = server(limits);
    let (entered, out) = host.close_gate();
    let evidence = head("GET /v1/evidence", "connection: close\r\n\r\n");
    let mut asking: Vec<Raw> = (50..55)
        .chain([MEMBER, MEMBER, MEMBER])
        .map(|seed| raw(&server, seed))
        .collect();
    for raw in &mut asking {
        raw.write_all(evidence.as_bytes()).unwrap();
    }
    // Two strangers and one member are at desks, or one stranger and two members; nobody else may be.
    (0..3).for_each(|_| entered.recv().unwrap());
    let validator = asker(VALIDATOR, &server);
    assert_eq!(
        code(validator.ask_blocking(key(SERVER), Path::Head, "", Bytes::new())),
        "answered"
    );
    drop(out);
    assert!(
        asking
            .iter_mut()
            .all(|raw| last_words(raw) == (200, "evidence".to_owned()))
    );
}
