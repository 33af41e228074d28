use super::*;

fn text(number: usize) -> Bytes {
    number.to_string().into()
}

fn read(body: &Bytes) -> Vec<usize> {
    let messages = decode_frames(body, 1 << 20).unwrap();
    messages
        .iter()
        .map(|message| std::str::from_utf8(message).unwrap().parse().unwrap())
        .collect()
}

#[test]
fn what_waits_goes_together_and_in_order() {
    let (server, host) = server(Limits::default());
    let (heard, (entered, out)) = (host.hear(), host.close_gate());
    let net = asker(VALIDATOR, &server);
    let link = net.link(key(SERVER), Path::Consensus);
    link.send(text(0)).unwrap();
    entered.recv().unwrap();
    for number in 1..=frames::MOST + 1 {
        link.send(text(number)).unwrap();
    }
    drop(out);
    assert_eq!(read(&heard.recv().unwrap()), [0]);
    assert_eq!(read(&heard.recv().unwrap()), (1..=frames::MOST).collect::<Vec<_>>());
    assert_eq!(read(&heard.recv().unwrap()), [frames::MOST + 1]);
    until(|| link.counts().waiting == 0);
    let counts = link.counts();
    assert_eq!((counts.sent, counts.requests), (frames::MOST as u64 + 2, 3));
    assert_eq!((counts.dropped, counts.refused, counts.failures), (0, 0, 0));
}

#[test]
fn no_request_of_a_link_is_larger_than_the_table() {
    let mut limits = Limits::default();
    limits.table[Path::Consensus as usize].request = 100;
    let (server, host) = server(limits.clone());
    let (heard, (entered, out)) = (host.hear(), host.close_gate());
    let net = asker_with(VALIDATOR, &server, limits);
    let link = net.link(key(SERVER), Path::Consensus);
    assert_eq!(link.send(Bytes::new()), Err(FrameError::Empty));
    assert_eq!(link.send(vec![1; 97].into()), Err(FrameError::TooLarge(97)));
    link.send(vec![1; 96].into()).unwrap();
    entered.recv().unwrap();
    let messages: Vec<Bytes> = [46, 46, 1, 96].iter().map(|size| Bytes::from(vec![2; *size])).collect();
    messages.iter().for_each(|message| link.send(message.clone()).unwrap());
    drop(out);
    let bodies: Vec<usize> = (0..4).map(|_| heard.recv().unwrap().len()).collect();
    assert_eq!(bodies, [100, 100, 5, 100]);
}

#[test]
fn when_too_much_waits_the_oldest_go() {
    let limits = Limits {
        link_messages: 10,
        ..Limits::default()
    };
    let (server, host) = server(Limits::default());
    let (heard, (entered, out)) = (host.hear(), host.close_gate());
    let net = asker_with(VALIDATOR, &server, limits);
    let link = net.link(key(SERVER), Path::Consensus);
    link.send(text(0)).unwrap();
    entered.recv().unwrap();
    (1..=100).for_each(|number| link.send(text(number)).unwrap());
    drop(out);
    assert_eq!(read(&heard.recv().unwrap()), [0]);
    assert_eq!(read(&heard.recv().unwrap()), (91..=100).collect::<Vec<_>>());
    until(|| link.counts().waiting == 0);
    let counts = link.counts();
    assert_eq!((counts.sent, counts.dropped, counts.requests), (10, 91, 2));
}

#[test]
fn so_many_bytes_wait_and_no_more() {
    let limits = Limits {
        link_bytes: 0,
        ..Limits::default()
    };
    let most = limits.row(Path::Consensus).request - frames::LENGTH;
    let net = node(VALIDATOR, None, limits, &Arc::default());
    let link = net.link(key(SERVER), Path::Consensus);
    let half = Bytes::from(vec![1; most / 2]);
    (0..5).for_each(|_| link.send(half.clone()).unwrap());
    assert_eq!(link.counts().waiting, 2);
    link.send(vec![1; most].into()).unwrap();
    assert_eq!((link.counts().waiting, link.counts().dropped), (1, 5));
}

#[test]
fn a_link_goes_on_when_its_peer_is_back() {
    let (server, host) = server(Limits::default());
    let heard = host.hear();
    let net = asker(VALIDATOR, &server);
    let link = net.link(key(SERVER), Path::Consensus);
    link.send(text(1)).unwrap();
    assert_eq!(read(&heard.recv().unwrap()), [1]);
    until(|| link.counts().sent == 1);
    let port = server.address().unwrap().port();
    server.stop();
    link.send(text(2)).unwrap();
    link.send(text(3)).unwrap();
    until(|| link.counts().failures > 0);
    let _again = node(SERVER, Some(port), Limits::default(), &host);
    net.book().wake();
    let mut numbers = read(&heard.recv().unwrap());
    while numbers.len() < 2 {
        numbers.extend(read(&heard.recv().unwrap()));
    }
    assert_eq!(numbers, [2, 3]);
    until(|| link.counts().sent == 3);
    assert_eq!(link.counts().dropped, 0);
}

#[test]
fn what_is_refused_for_good_is_not_sent_again() {
    let (server, _host) = server(Limits::default());
    let net = asker(MEMBER, &server);
    let link = net.link(key(SERVER), Path::RecordStatus);
    link.send(text(1)).unwrap();
    until(|| link.counts().refused == 1);
    let consensus = net.link(key(SERVER), Path::Consensus);
    consensus.send(text(1)).unwrap();
    until(|| consensus.counts().refused == 1);
    assert_eq!((consensus.counts().waiting, consensus.counts().sent), (0, 0));
    assert_eq!(refused(&server, MEMBER, "net.not-allowed"), 1);
    let nowhere = net.link(key(STRANGER), Path::Consensus);
    nowhere.send(text(1)).unwrap();
    until(|| nowhere.counts().failures > 0);
    assert_eq!(nowhere.counts().waiting, 1, "nobody there: it waits");
}
