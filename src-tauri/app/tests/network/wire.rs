//! A wire between two desktops that lets only so many bytes back until it is opened.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

#[derive(Default)]
struct Gauge {
    passed: u64,
    most: u64,
}

type Shared = Arc<(Mutex<Gauge>, Condvar)>;

/// The wire.
pub struct Wire {
    pub address: SocketAddr,
    gauge: Shared,
}

impl Wire {
    /// To that address; so many bytes come back.
    pub fn to(target: SocketAddr, most: u64) -> Self {
        let listener = TcpListener::bind(crate::ports::address()).unwrap();
        let address = listener.local_addr().unwrap();
        let gauge: Shared = Arc::new((Mutex::new(Gauge { passed: 0, most }), Condvar::new()));
        let shared = Arc::clone(&gauge);
        // It ends with the process of the test.
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(target) else { continue };
                let (there, back) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                std::thread::spawn(move || carry(there, far, |_| {}));
                let gauge = Arc::clone(&shared);
                std::thread::spawn(move || carry(back, near, |count| through(&gauge, count)));
            }
        });
        Self { address, gauge }
    }

    /// Everything passes from now on.
    pub fn open(&self) {
        self.gauge.0.lock().unwrap().most = u64::MAX;
        self.gauge.1.notify_all();
    }

    /// The bytes that came back.
    pub fn passed(&self) -> u64 {
        self.gauge.0.lock().unwrap().passed
    }
}

/// Waits until so many may pass.
fn through(gauge: &Shared, count: u64) {
    let shut = |gauge: &mut Gauge| gauge.passed.saturating_add(count) > gauge.most;
    let mut gauge = gauge.1.wait_while(gauge.0.lock().unwrap(), shut).unwrap();
    gauge.passed += count;
}

fn carry(mut from: TcpStream, mut to: TcpStream, before: impl Fn(u64)) {
    let mut piece = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        before(count as u64);
        if to.write_all(&piece[..count]).is_err() {
            break;
        }
    }
    // Whoever has hung up already has.
    let _gone = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
