//! Nodes that speak to each other over real sockets of this machine.

mod exchange;
mod handshake;
mod limits;
mod links;

use super::tls::{Identity, KeyCheck};
use super::*;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

/// The network of these tests.
const NETWORK: Hash = Hash([7; 32]);

fn secret(seed: u8) -> Arc<SecretKey> {
    Arc::new(SecretKey::from_seed(&[seed; 32]))
}

fn key(seed: u8) -> PublicKey {
    secret(seed).public()
}

/// Seeds of who is who; others are strangers.
const SERVER: u8 = 1;
const VALIDATOR: u8 = 2;
const MEMBER: u8 = 3;
const OTHER_MEMBER: u8 = 4;
const STRANGER: u8 = 9;

/// Who has come to the gate, and what lets them out.
type Gate = (Sender<()>, Arc<Mutex<Receiver<()>>>);

/// Answers what the tests need.
#[derive(Default)]
struct Host {
    /// Bodies of consensus requests, in the order they came.
    heard: Mutex<Option<Sender<Bytes>>>,
    /// Whoever asks for evidence or consensus says so here and waits there.
    gate: Mutex<Option<Gate>>,
    waiting: Mutex<Vec<Later>>,
}

impl Host {
    /// Closes the gate. → who has entered, and what lets them out.
    fn close_gate(&self) -> (Receiver<()>, Sender<()>) {
        let (entered, enters) = channel();
        let (out, leave) = channel();
        *self.gate.lock().unwrap() = Some((entered, Arc::new(Mutex::new(leave))));
        (enters, out)
    }

    fn pass_gate(&self) {
        let gate = self.gate.lock().unwrap().clone();
        if let Some((entered, leave)) = gate {
            entered.send(()).ok();
            // Once the other end is gone everybody passes.
            leave.lock().unwrap().recv().ok();
        }
    }

    fn hear(&self) -> Receiver<Bytes> {
        let (sender, heard) = channel();
        *self.heard.lock().unwrap() = Some(sender);
        heard
    }
}

impl Answers for Host {
    fn role(&self, peer: &PublicKey) -> Role {
        match *peer {
            peer if peer == key(VALIDATOR) || peer == key(SERVER) => Role::Validator,
            peer if peer == key(MEMBER) || peer == key(OTHER_MEMBER) => Role::Member,
            _ => Role::Stranger,
        }
    }

    fn answer(&self, _from: PublicKey, ask: Ask) -> Reply {
        let number = || ask.query.parse::<usize>().unwrap();
        match ask.path {
            Path::Exchange => Reply::whole(ask.body),
            Path::Head => Reply::whole(ask.query),
            Path::Documents => Reply::whole(vec![5; number()]),
            Path::Blocks => Reply::parts((0..number()).map(|part| Bytes::from(vec![part as u8; 1 << 20]))),
            Path::Light => panic!("the answer fails"),
            Path::RecordStatus => Reply::refused(404, "record.unknown", "no such record").costing("record.unknown", 1),
            Path::Follow => {
                let (later, reply) = Reply::later();
                self.waiting.lock().unwrap().push(later);
                reply
            }
            Path::Evidence => {
                self.pass_gate();
                Reply::whole("evidence")
            }
            Path::Consensus => {
                if let Some(heard) = &*self.heard.lock().unwrap() {
                    heard.send(ask.body).unwrap();
                }
                self.pass_gate();
                Reply::whole(Bytes::new())
            }
            Path::Records => Reply::whole(ask.body.len().to_string()),
            Path::RecordsWanted | Path::Peers => Reply::whole(Bytes::new()),
        }
    }
}

fn node(seed: u8, listen: Option<u16>, limits: Limits, host: &Arc<Host>) -> Net {
    let config = NetConfig {
        key: secret(seed),
        network: NETWORK,
        listen: listen.map(|port| (Ipv4Addr::LOCALHOST, port).into()),
        workers: 1,
        limits,
    };
    Net::start(config, Arc::clone(host) as Arc<dyn Answers>).unwrap()
}

/// A server of the tests and what answers there.
fn server(limits: Limits) -> (Net, Arc<Host>) {
    let host = Arc::new(Host::default());
    (node(SERVER, Some(0), limits, &host), host)
}

/// A node that only asks, and knows the server.
fn asker(seed: u8, server: &Net) -> Net {
    asker_with(seed, server, Limits::default())
}

fn asker_with(seed: u8, server: &Net, limits: Limits) -> Net {
    let net = node(seed, None, limits, &Arc::new(Host::default()));
    let address = server.address().unwrap().into();
    net.book().invite(key(SERVER), &[address], Instant::now()).unwrap();
    net
}

fn code(answer: Result<Bytes, AskError>) -> String {
    answer.map_or_else(|error| error.code().to_owned(), |_| "answered".to_owned())
}

/// Waits for something that another thread is about to do; the test hangs if it never does.
fn until(happened: impl Fn() -> bool) {
    while !happened() {
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

fn fault(net: &Net, code: &str) -> u64 {
    net.view().faults.get(code).copied().unwrap_or(0)
}

/// How often the server refused this peer with this code.
fn refused(net: &Net, seed: u8, code: &str) -> u64 {
    let peers = net.view().peers;
    let peer = peers.iter().find(|peer| peer.key == key(seed));
    peer.and_then(|peer| peer.refused_by_us.get(code).copied()).unwrap_or(0)
}

type Raw = StreamOwned<ClientConnection, TcpStream>;

/// A TLS connection that says what it likes.
fn raw_with(server: &Net, config: ClientConfig) -> Raw {
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let stream = TcpStream::connect(server.address().unwrap()).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
}

fn raw(server: &Net, seed: u8) -> Raw {
    let identity = Identity::new(secret(seed)).unwrap();
    raw_with(server, identity.client(key(SERVER)).unwrap())
}

/// A request's head, whole but for the end.
fn head(line: &str, more: &str) -> String {
    format!("{line} HTTP/1.1\r\nhost: localhost\r\nsealroad-network: {NETWORK}\r\nsealroad-version: 1\r\n{more}")
}

/// The status and body of the one answer that comes before the connection ends.
fn last_words(raw: &mut Raw) -> (u16, String) {
    let mut text = Vec::new();
    // However it ends, what came before counts.
    raw.read_to_end(&mut text).ok();
    let text = String::from_utf8_lossy(&text).into_owned();
    let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, text.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
}

/// Sends all of `text` and reads to the end.
fn say(raw: &mut Raw, text: &str) -> (u16, String) {
    raw.write_all(text.as_bytes()).unwrap();
    raw.flush().unwrap();
    last_words(raw)
}

fn refusal(refusal: Refusal) -> (u16, String) {
    let words = serde_json::json!({ "refused": refusal.code(), "what": "" });
    (refusal.status(), words.to_string())
}
