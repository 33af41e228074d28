//! Where the nodes of a test listen: at addresses that stay theirs while nobody listens there, before a node is started and while it is
//! killed, though other tests run beside.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ports that systems give to outgoing connections (Linux 32768, RFC 6335 49152).
const FIRST: u16 = 10_000;
const COUNT: u16 = 22_000;

/// All of 127.0.0.0/8 is this machine (RFC 1122, 3.2.1.3), and Linux listens on any of it: each process has one of its own, by its number.
fn host() -> Ipv4Addr {
    let [_, a, b, c] = std::process::id().to_be_bytes();
    match cfg!(target_os = "linux") {
        true => Ipv4Addr::new(127, a, b, c),
        false => Ipv4Addr::LOCALHOST,
    }
}

/// An address that this process was not given before.
pub fn address() -> SocketAddr {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap_or_default();
    loop {
        let given = GIVEN.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + process.wrapping_add(given) % COUNT;
        let address = SocketAddr::new(IpAddr::V4(host()), port);
        // Whoever listens on all addresses may have it.
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
