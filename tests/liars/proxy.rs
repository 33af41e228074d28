//! A wire of loopback that can be cut, held or slowed in the middle of what passes, each way for itself.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What becomes of bytes that go one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They arrive.
    Pass,
    /// After so many of a connection it ends.
    CutAfter(usize),
    /// After so many of a connection a byte comes now and then.
    DripAfter(usize),
    /// They wait on the wire, as packets do that are sent again until they arrive.
    Hold,
}

/// Between two bytes of a slow wire.
const DRIP: Duration = Duration::from_millis(20);
/// How often a wire that holds its bytes is looked at.
const HELD: Duration = Duration::from_millis(5);

/// The wire.
pub struct Proxy {
    pub address: SocketAddr,
    fates: Arc<Mutex<[Fate; 2]>>,
}

impl Proxy {
    /// To that address; everything passes.
    pub fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let fates = Arc::new(Mutex::new([Fate::Pass; 2]));
        let shared = Arc::clone(&fates);
        // It ends with the process: whoever connects to a wire that nobody holds any more is of the same test.
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(target) else { continue };
                for (at, (from, to)) in [(&near, &far), (&far, &near)].into_iter().enumerate() {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let fates = Arc::clone(&shared);
                    std::thread::spawn(move || carry(from, to, &fates, at));
                }
            }
        });
        Self { address, fates }
    }

    /// What goes to the target, and what comes back, from now on; also on connections that are open.
    pub fn set(&self, there: Fate, back: Fate) {
        *self.fates.lock().unwrap() = [there, back];
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, fates: &Mutex<[Fate; 2]>, at: usize) {
    let mut piece = [0; 4096];
    let mut passed = 0;
    while let Ok(count @ 1..) = from.read(&mut piece) {
        let now = || fates.lock().unwrap()[at];
        while now() == Fate::Hold {
            std::thread::park_timeout(HELD);
        }
        let fate = now();
        let whole = match fate {
            Fate::CutAfter(most) | Fate::DripAfter(most) => most.saturating_sub(passed).min(count),
            Fate::Pass | Fate::Hold => count,
        };
        if to.write_all(&piece[..whole]).is_err() {
            break;
        }
        passed += count;
        match fate {
            Fate::CutAfter(_) if whole < count => break,
            Fate::DripAfter(_) => {
                for byte in &piece[whole..count] {
                    std::thread::park_timeout(DRIP);
                    if to.write_all(&[*byte]).is_err() {
                        return;
                    }
                }
            }
            _ => {}
        }
    }
    // Whoever has hung up already has.
    let _gone = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
