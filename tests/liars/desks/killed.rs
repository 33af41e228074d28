//! The process of a desktop is killed in the middle of what it is told, at one of its writes or syncs; then it is told again.

use super::desktop::State;
use super::{Author, Desktop, LIAR, Message, Teller, US};
use ledger::{Hash, Record, SecretKey};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// The liar's node, which the process knows.
const TELLER: [u8; 32] = [99; 32];

/// The desktop as a process.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(desktop: &Desktop) -> Self {
        let key = desktop.secret().map(|byte| byte.to_string()).join(",");
        let parties = &desktop.world.parties;
        let mut child = Command::new(env!("CARGO_BIN_EXE_sealroad-desk-child"))
            .arg(desktop.folder())
            .arg(key)
            .arg(SecretKey::from_seed(&TELLER).public().to_string())
            .args([parties[US].to_string(), parties[LIAR].to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            address: line.trim().parse().unwrap(),
        }
    }

    /// From now on each of its threads is killed, and with it all, at its n-th such call.
    fn kill_at(&self, calls: &str, nth: usize) -> Option<Child> {
        let mut strace = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-p", &self.child.id().to_string()])
            .args([
                "-e",
                &format!("trace={calls}"),
                "-e",
                &format!("inject={calls}:signal=KILL:when={nth}"),
            ])
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        // It says so when it holds the process.
        let mut said = strace.stderr.take()?;
        let mut text = String::new();
        let mut byte = [0];
        while !text.contains("attached") {
            if said.read(&mut byte).ok()? == 0 {
                println!("strace does not run here: {text}");
                let _ended = strace.wait();
                return None;
            }
            text.push(char::from(byte[0]));
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Some(strace)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be dead already: that is what these tests are for.
        let _dead = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Kept is a beginning of what was told, whole records in their order, and all that was said to be kept.
fn judge(state: &State, ids: &[Hash], had: &[Hash], what: &str) {
    let known = state.outbox.len();
    assert_eq!(
        state.outbox,
        ids[..known.min(ids.len())],
        "{what}: kept is no beginning of what was told"
    );
    assert!(
        had.iter().all(|id| state.outbox.contains(id)),
        "{what}: what it said it had is gone"
    );
}

#[test]
fn killed_in_the_middle_of_a_message() {
    let mut ends = BTreeMap::<String, u64>::new();
    for (calls, nth) in [
        ("pwrite64", 1),
        ("pwrite64", 2),
        ("pwrite64", 4),
        ("pwrite64", 8),
        ("pwrite64", 16),
        ("pwrite64", 24),
        ("fsync,fdatasync", 1),
        ("fsync,fdatasync", 2),
        // Of what it says: the second is the first after its part of the handshake.
        ("sendto,writev", 2),
        ("sendto,writev", 3),
    ] {
        let what = format!("{calls} {nth}");
        let mut desktop = Desktop::new("desk-killed");
        let mut author = Author::new(&desktop.world);
        let records: Vec<Record> = (0..8)
            .flat_map(|number| author.offered(LIAR, US, &format!("killed-{number}")))
            .collect();
        let ids: Vec<Hash> = records.iter().map(Record::id).collect();
        let message = Message::of(&records);
        let mut seat = desktop.seat();
        desktop.close();
        let mut process = Process::start(&desktop);
        seat.addresses = vec![process.address.into()];
        let network = desktop.world.genesis.network();
        let Some(mut strace) = process.kill_at(calls, nth) else {
            return;
        };
        let told = Teller::at(network, &TELLER, &seat).tell(&message);
        let had = match &told {
            Ok(answer) => answer.have.clone(),
            Err(_) => Vec::new(),
        };
        let died = told.is_err();
        if died {
            // It is dead before its folder is opened again.
            let _ended = process.child.wait();
        }
        drop(process);
        let _ended = strace.wait();
        desktop.open();
        let state = desktop.state();
        judge(&state, &ids, &had, &what);
        *ends
            .entry(format!(
                "{} after {} of 32",
                if died { "died" } else { "lived" },
                state.outbox.len()
            ))
            .or_default() += 1;
        // Told again, all of it stands, once.
        desktop.introduce(SecretKey::from_seed(&TELLER).public(), LIAR, Vec::new());
        let again = Teller::with_key(&desktop, &TELLER).tell(&message).unwrap();
        assert_eq!(again.have, ids, "{what}");
        assert_eq!(desktop.state().outbox, ids, "{what}");
        assert!(desktop.node().fsck().unwrap().clean, "{what}");
        desktop.goes_on();
    }
    println!("{ends:?}");
    assert!(
        ends.iter().any(|(end, _)| end.starts_with("died")),
        "nothing was killed: {ends:?}"
    );
}
