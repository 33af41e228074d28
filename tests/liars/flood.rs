//! Too much, too slow, too many.

use crate::liar::{Honest, Liar};
use crate::world::{Folder, Light, World, wait};
use bytes::Bytes;
use node::net::{Limits, Path, Reply};
use std::time::Duration;

/// What the process holds in memory, in KiB.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

fn oversized(path: Path, name: &str) {
    let world = World::shared();
    let lie = move |ask: &node::net::Ask, _: &Bytes| {
        // Drawn as it is taken, so that what it costs is the taker's.
        let parts = std::iter::repeat_n(Bytes::from(vec![b' '; 1 << 20]), 60);
        (ask.path == path).then(|| Reply::parts(parts))
    };
    let liar = Liar::start(&world, Box::new(lie));
    let folder = Folder::new(name);
    let light = world.light(&folder, vec![liar.seat.clone()]);
    let before = resident();
    let seen = light.counts(&liar.seat, "net.too-large");
    assert!(
        seen.points > 0 || seen.standing != node::net::Standing::Heard,
        "{seen:?}"
    );
    let grown = resident().saturating_sub(before);
    assert!(grown < 256 * 1024, "{grown} KiB more are held");
    light.stop();
    let light = world.light(&folder, vec![liar.seat.clone(), world.seats[1].clone()]);
    world.ends_right(&light);
    light.stop();
}

#[test]
fn oversized_headers() {
    oversized(Path::Light, "large-headers");
}

#[test]
fn oversized_page() {
    oversized(Path::Follow, "large-page");
}

/// A body of which a byte comes now and then.
#[test]
fn slow_body() {
    let world = World::shared();
    let drip = |ask: &node::net::Ask, _: &Bytes| {
        let parts = std::iter::repeat_with(|| {
            std::thread::park_timeout(Duration::from_millis(50));
            Bytes::from_static(b" ")
        });
        (ask.path == Path::Light).then(|| Reply::parts(parts.take(10_000)))
    };
    let liar = Liar::start(&world, Box::new(drip));
    let folder = Folder::new("slow");
    let limits = Limits {
        grace: Duration::from_millis(500),
        ..Limits::default()
    };
    let seats = vec![liar.seat.clone(), world.seats[1].clone()];
    let light = Light::start(&folder.0, &world.anchor(), seats, Some(world.parties[1]), limits);
    let seen = light.counts(&liar.seat, "net.slow-peer");
    assert!(seen.points > 0, "{seen:?}");
    world.ends_right(&light);
    light.stop();
}

/// What begins like a handshake and does not go on.
fn half_a_handshake() -> Vec<u8> {
    let mut bytes = vec![0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];
    bytes.extend([7; 32]);
    bytes
}

/// Two thousand connections of one address, a third of them silent, a third with half a handshake, a third with nonsense.
#[test]
fn thousands_of_connections() {
    use tokio::io::AsyncWriteExt as _;
    const FLOOD: usize = 2_400;
    let world = World::found("flood");
    let address: std::net::SocketAddr = world.seats[1].addresses[0].to_string().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let before = resident();
    let mut held = Vec::new();
    runtime.block_on(async {
        for number in 0..FLOOD {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind("127.0.0.9:0".parse().unwrap()).unwrap();
            let connected = tokio::time::timeout(Duration::from_secs(5), socket.connect(address)).await;
            let Ok(Ok(mut stream)) = connected else { continue };
            // Whoever was sent away at once cannot be written to.
            let _sent = match number % 3 {
                0 => Ok(()),
                1 => stream.write_all(&half_a_handshake()).await,
                _ => stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await,
            };
            held.push(stream);
        }
    });
    assert!(held.len() > 2_000, "{} connected", held.len());
    // In the midst of it a light node asks this validator and no other.
    let folder = Folder::new("flood-light");
    let light = world.light(&folder, vec![world.seats[1].clone()]);
    world.ends_right(&light);
    world.recall("in the midst of it");
    light.node.follow(vec![world.lot.clone()]).unwrap();
    world.ends_right(&light);
    let crowd = world.validator(1).network.view().crowd;
    assert!(crowd.connections <= Limits::default().connections, "{crowd:?}");
    assert!(crowd.turned_away + crowd.made_room > 1_000, "{crowd:?}");
    let grown = resident().saturating_sub(before);
    assert!(grown < 256 * 1024, "{grown} KiB more are held");
    light.stop();
    drop(held);
}

/// Hundreds of keys of one address that speak our language, and ask without end.
#[test]
fn many_askers() {
    let world = World::shared();
    let network = world.genesis.network();
    let before = resident();
    let askers: Vec<Honest> = (0..40).map(|_| Honest::of(network, &world.seats[2])).collect();
    let mut refused = std::collections::BTreeMap::<String, u64>::new();
    for _ in 0..8 {
        for asker in &askers {
            if let Err(error) = asker.ask(Path::Evidence, &format!("subject={}", world.lot), Bytes::new()) {
                *refused.entry(error.code().to_owned()).or_default() += 1;
            }
        }
    }
    let folder = Folder::new("askers");
    let light = world.light(&folder, vec![world.seats[2].clone()]);
    world.ends_right(&light);
    assert!(refused.keys().all(|code| code.starts_with("net.")), "{refused:?}");
    let grown = resident().saturating_sub(before);
    assert!(grown < 256 * 1024, "{grown} KiB more are held");
    light.stop();
}

#[test]
fn waits_say_what_they_wait_for() {
    let failed =
        std::panic::catch_unwind(|| crate::world::wait_within(Duration::ZERO, || false, || "nothing".to_owned()));
    assert!(failed.is_err());
    wait(|| true, String::new);
}
