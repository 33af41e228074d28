use super::*;

#[test]
fn what_is_asked_is_answered() {
    let (server, host) = server(Limits::default());
    let net = asker(MEMBER, &server);
    let body = Bytes::from_static(b"two-sided");
    assert_eq!(
        net.ask_blocking(key(SERVER), Path::Exchange, "", body.clone()),
        Ok(body)
    );
    let asked = net.ask_blocking(key(SERVER), Path::Head, "since=7&x=%20", Bytes::new());
    assert_eq!(asked, Ok(Bytes::from_static(b"since=7&x=%20")));
    let blocks = net.ask_blocking(key(SERVER), Path::Blocks, "3", Bytes::new()).unwrap();
    assert_eq!(blocks.len(), 3 << 20);
    assert!((0..3).all(|part| {
        blocks[part << 20..][..1 << 20]
            .iter()
            .all(|byte| usize::from(*byte) == part)
    }));
    let other = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let asked = other.block_on(net.ask(key(SERVER), Path::Head, "async", Bytes::new()));
    assert_eq!(
        asked,
        Ok(Bytes::from_static(b"async")),
        "from a runtime that is not ours"
    );
    assert_eq!(server.view().crowd.connections, 1, "one connection carried all");
    assert!(host.waiting.lock().unwrap().is_empty());
    let seen = net.view().peers[0].clone();
    assert_eq!((seen.key, seen.failures, seen.seen.is_some()), (key(SERVER), 0, true));
}

#[test]
fn a_question_may_wait_for_news() {
    let mut limits = Limits::default();
    let (server, host) = server(limits.clone());
    let net = asker(MEMBER, &server);
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| net.ask_blocking(key(SERVER), Path::Follow, "", Bytes::new()));
        until(|| !host.waiting.lock().unwrap().is_empty());
        let later = host.waiting.lock().unwrap().remove(0);
        assert!(later.send(Bytes::from_static(b"block 8, ")) && later.send(Bytes::from_static(b"block 9")));
        drop(later);
        assert_eq!(asked.join().unwrap(), Ok(Bytes::from_static(b"block 8, block 9")));
    });
    limits.table[Path::Follow as usize].within = Duration::from_millis(40);
    let patient = asker(OTHER_MEMBER, &server);
    let (impatient, _host) = super::server(limits);
    patient
        .book()
        .invite(key(SERVER), &[impatient.address().unwrap().into()], Instant::now())
        .unwrap();
    let nothing = patient.ask_blocking(key(SERVER), Path::Follow, "", Bytes::new());
    assert_eq!(nothing, Ok(Bytes::new()), "nothing new is an answer too");
}

#[test]
fn a_no_of_those_who_answer_reaches_the_asker_by_name_and_is_no_failure() {
    let (server, _host) = server(Limits::default());
    let net = asker(MEMBER, &server);
    let asked = net.ask_blocking(key(SERVER), Path::RecordStatus, "", Bytes::new());
    let expected = AskError::Refused {
        status: 404,
        code: "record.unknown".to_owned(),
        what: "no such record".to_owned(),
        wait: Duration::ZERO,
    };
    assert_eq!(asked, Err(expected));
    assert_eq!(net.book().wait(&key(SERVER), Instant::now()), Duration::ZERO);
    assert_eq!(refused(&server, MEMBER, "record.unknown"), 1);
    assert_eq!(
        code(net.ask_blocking(key(SERVER), Path::Head, "", Bytes::new())),
        "answered"
    );
}

#[test]
fn an_answer_that_fails_is_our_fault_and_the_next_is_served() {
    let (server, _host) = server(Limits::default());
    let net = asker(MEMBER, &server);
    assert_eq!(
        code(net.ask_blocking(key(SERVER), Path::Light, "", Bytes::new())),
        "net.fault"
    );
    assert_eq!(
        code(net.ask_blocking(key(SERVER), Path::Documents, "none", Bytes::new())),
        "net.fault"
    );
    assert_eq!(server.view().peers[0].points, 0, "not the asker's");
    assert_eq!(
        code(net.ask_blocking(key(SERVER), Path::Head, "", Bytes::new())),
        "answered"
    );
}

#[test]
fn a_reply_larger_than_the_table_is_stopped_on_either_side() {
    let (server, _host) = server(Limits::default());
    let net = asker(MEMBER, &server);
    let too_much = (Limits::default().row(Path::Documents).reply + 1).to_string();
    let asked = net.ask_blocking(key(SERVER), Path::Documents, &too_much, Bytes::new());
    assert_eq!(code(asked), "net.reply-too-large", "declared");
    let asked = net.ask_blocking(key(SERVER), Path::Blocks, "17", Bytes::new());
    assert_eq!(code(asked), "net.broken-off", "in parts");
    assert_eq!(fault(&server, "net.reply-too-large"), 1);
    let mut limits = Limits::default();
    limits.table[Path::Documents as usize].reply = 1000;
    limits.table[Path::Blocks as usize].reply = 1 << 20;
    let strict = asker_with(OTHER_MEMBER, &server, limits);
    let ask = |path, query| code(strict.ask_blocking(key(SERVER), path, query, Bytes::new()));
    assert_eq!(ask(Path::Documents, "1000"), "answered");
    assert_eq!(ask(Path::Documents, "1001"), "net.too-large");
    assert_eq!(ask(Path::Blocks, "1"), "answered");
    assert_eq!(ask(Path::Blocks, "2"), "net.too-large");
    let peer = &strict.view().peers[0];
    assert_eq!((peer.points, peer.refused_by_them["net.too-large"]), (20, 2));
    assert!(peer.wait > Duration::ZERO);
}

#[test]
fn peers_are_learned_from_peers_and_the_right_address_is_found() {
    let (server, _host) = server(Limits::default());
    let (third, now) = (
        node(VALIDATOR, Some(0), Limits::default(), &Arc::default()),
        Instant::now(),
    );
    server
        .book()
        .invite(key(VALIDATOR), &[third.address().unwrap().into()], now)
        .unwrap();
    let net = asker(MEMBER, &server);
    assert_eq!(net.learn_from(key(SERVER)), Ok(1));
    assert_eq!(
        code(net.ask_blocking(key(VALIDATOR), Path::Head, "", Bytes::new())),
        "answered"
    );
    // Somebody else listens at the first address, nobody at the second.
    let gone = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let addresses = [server.address().unwrap().into(), gone.into()];
    net.book().invite(key(VALIDATOR), &addresses, now).unwrap();
    assert_eq!(
        code(net.ask_blocking(key(VALIDATOR), Path::Head, "", Bytes::new())),
        "answered"
    );
    assert_eq!(
        net.book().addresses(&key(VALIDATOR))[0],
        third.address().unwrap().into()
    );
}

#[test]
fn what_stops_leaves_nothing_behind() {
    let (server, host) = server(Limits::default());
    let net = asker(MEMBER, &server);
    let link = net.link(key(SERVER), Path::Exchange);
    link.send(Bytes::from_static(b"x")).unwrap();
    until(|| link.counts().sent == 1);
    server.stop();
    server.stop();
    assert!(TcpStream::connect(server.address().unwrap()).is_err());
    drop(server);
    assert_eq!(Arc::strong_count(&host), 1, "no task holds what answers");
    assert!(matches!(
        net.ask_blocking(key(SERVER), Path::Head, "", Bytes::new()),
        Err(AskError::Unreachable { .. } | AskError::Broken { .. })
    ));
    net.stop();
    let asked = net.ask_blocking(key(SERVER), Path::Head, "", Bytes::new());
    assert_eq!(asked, Err(stopped()));
    assert!(
        link.send(Bytes::from_static(b"y")).is_ok(),
        "a link without a network just waits"
    );
}

#[test]
fn an_answer_that_does_not_come_is_given_up() {
    let (server, host) = server(Limits::default());
    let mut limits = Limits {
        grace: Duration::from_millis(50),
        pace: u32::MAX,
        ..Limits::default()
    };
    limits.table[Path::Evidence as usize].within = Duration::from_millis(50);
    let net = asker_with(MEMBER, &server, limits);
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| net.ask_blocking(key(SERVER), Path::Follow, "", Bytes::new()));
        until(|| !host.waiting.lock().unwrap().is_empty());
        assert!(host.waiting.lock().unwrap()[0].send(Bytes::from_static(b"block")));
        assert_eq!(
            asked.join().unwrap(),
            Err(AskError::TooSlow),
            "it stopped in the middle"
        );
    });
    until(|| host.waiting.lock().unwrap()[0].is_gone());
    let (_entered, _out) = host.close_gate();
    let asked = net.ask_blocking(key(SERVER), Path::Evidence, "", Bytes::new());
    assert_eq!(asked, Err(AskError::TooSlow), "it never began");
    assert_eq!(net.view().peers[0].refused_by_them["net.slow-peer"], 2);
}

#[test]
fn other_clients_of_the_process_can_be_built() {
    install_cryptography();
    install_cryptography();
    assert!(reqwest::Client::builder().no_proxy().build().is_ok());
}
