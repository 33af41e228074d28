//! A desktop as a process that is to be killed: it listens on loopback, knows one other desktop, and says where it listens.

use ledger::{Party, SecretKey};
use node::{Contact, DataFolder, Membership, Network, Node, Options, SystemClock};
use std::io::{Read as _, Write as _};
use std::net::Ipv4Addr;
use std::sync::Arc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, own, contact, us, them] = &arguments[..] else {
        panic!("not a desktop: {arguments:?}");
    };
    let key: Vec<u8> = own.split(',').map(|byte| byte.parse().unwrap()).collect();
    let party = |text: &str| text.parse::<Party>().unwrap();
    let folder = DataFolder::open(folder).unwrap();
    let node = Arc::new(Node::open_with(&folder, Options::new(None, Arc::new(SystemClock))).unwrap());
    let membership = Membership {
        key: SecretKey::from_seed(&key.try_into().unwrap()),
        listen: Some((Ipv4Addr::LOCALHOST, 0).into()),
        seats: Vec::new(),
        party: Some(party(us)),
        workers: 1,
        limits: node::net::Limits::default(),
    };
    let network = Network::start(&node, membership).unwrap();
    let known = Contact {
        addresses: Vec::new(),
        node: contact.parse().unwrap(),
        party: party(them),
    };
    network.meet(vec![known]).unwrap();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", network.address().unwrap()).unwrap();
    out.flush().unwrap();
    // Until whoever started it goes away.
    let _end = std::io::stdin().read(&mut [0]);
}
