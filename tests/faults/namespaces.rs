//! Four validators on four machines, as network namespaces are: addresses of their own, links that go down, and nobody is told.

use crate::processes::{Running, VALIDATORS, admit, height_by, json, sealroad_by, until};
use crate::support::Scratch;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Two switches with two machines each, and one link between them.
struct Machines {
    name: String,
}

fn ip(arguments: &[&str]) -> bool {
    let mut command = Command::new("ip");
    let status = command.args(arguments).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

impl Machines {
    /// None where namespaces cannot be made.
    fn new() -> Option<Self> {
        let unique = u32::from_be_bytes(node::random().unwrap());
        let machines = Self {
            name: format!("sealroad-{unique:x}"),
        };
        let middle = machines.namespace(0);
        let mut good = ip(&["netns", "add", &middle]);
        let mut at = |namespace: &str, line: &str| {
            let line: Vec<&str> = ["-n", namespace].into_iter().chain(line.split(' ')).collect();
            good = good && ip(&line);
        };
        for line in [
            "link add left type bridge",
            "link add right type bridge",
            "link add to-right type veth peer name to-left",
            "link set to-right master left up",
            "link set to-left master right up",
            "link set left up",
            "link set right up",
        ] {
            at(&middle, line);
        }
        for machine in 1..=VALIDATORS {
            let own = machines.namespace(machine);
            let switch = if machine <= 2 { "left" } else { "right" };
            ip(&["netns", "add", &own]);
            at(
                &middle,
                &format!("link add m{machine} type veth peer name eth0 netns {own}"),
            );
            at(&middle, &format!("link set m{machine} master {switch} up"));
            at(&own, &format!("addr add 10.213.7.{machine}/24 dev eth0"));
            at(&own, "link set eth0 up");
            at(&own, "link set lo up");
        }
        if !good {
            println!("network namespaces cannot be made here: nothing is injected");
        }
        good.then_some(machines)
    }

    fn namespace(&self, machine: usize) -> String {
        format!("{}-{machine}", self.name)
    }

    /// Runs a program on a machine.
    fn on(&self, machine: usize) -> Vec<String> {
        ["ip", "netns", "exec", &self.namespace(machine)]
            .map(str::to_owned)
            .to_vec()
    }

    fn link(&self, name: &str, state: &str) {
        assert!(ip(&["-n", &self.namespace(0), "link", "set", name, state]));
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for machine in 0..=VALIDATORS {
            ip(&["netns", "del", &self.namespace(machine)]);
        }
    }
}

/// An alliance whose validators run, each on its machine; a folder each.
struct Lane {
    data: Vec<String>,
    running: Vec<Running>,
    machines: Machines,
    _scratch: Scratch,
}

impl Lane {
    fn start(name: &str) -> Option<Self> {
        let machines = Machines::new()?;
        let scratch = Scratch::new(name);
        let path = |file: String| scratch.join(&file).display().to_string();
        let seats: Vec<String> = (1..=VALIDATORS).map(|at| path(format!("seat-{at}.json"))).collect();
        let data: Vec<String> = (1..=VALIDATORS).map(|at| path(format!("data-{at}"))).collect();
        let plain = |arguments: &[&str]| {
            let output = sealroad_by(&[], arguments).output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {output:?}");
        };
        for (at, (seat, data)) in seats.iter().zip(&data).enumerate() {
            let (name, address) = (format!("V{}", at + 1), format!("10.213.7.{}:4747", at + 1));
            plain(&[
                "network",
                "seat",
                "--name",
                &name,
                "--address",
                &address,
                "--out",
                seat,
                "--data",
                data,
            ]);
        }
        let lane = path("lane".to_owned());
        let mut found = vec!["network", "new", "--name", "Lane", "--dir", &lane];
        seats.iter().for_each(|seat| found.extend(["--seat", seat]));
        plain(&found);
        let invitation = path("lane/invitation.json".to_owned());
        for data in &data {
            json(&[
                "network",
                "join",
                &invitation,
                "--name",
                "Firm",
                "--country",
                "DE",
                "--data",
                data,
                "--json",
            ]);
        }
        let start = |(at, data): (usize, &String)| Running::start_by(&machines.on(at + 1), data);
        let running = data.iter().enumerate().map(start).collect();
        let lane = Self {
            data,
            running,
            machines,
            _scratch: scratch,
        };
        assert_eq!(lane.admit(1, 100), "confirmed");
        Some(lane)
    }

    fn admit(&self, machine: usize, newcomer: u8) -> String {
        admit(&self.machines.on(machine), &self.data[machine - 1], newcomer)
    }

    fn heights(&self) -> Vec<u64> {
        let of = |(at, data): (usize, &String)| height_by(&self.machines.on(at + 1), data);
        self.data.iter().enumerate().map(of).collect()
    }

    /// All have the same height, at least this one.
    fn level(&self, least: u64) {
        let level = || {
            let heights = self.heights();
            heights.iter().all(|one| *one == heights[0] && *one >= least)
        };
        until(level, || format!("{:?}, awaited {least}", self.heights()));
    }

    /// The block of every height, as each of them has it, is one; each ledger is whole.
    fn one_chain(mut self) {
        self.running.clear();
        let mut chains = Vec::new();
        for data in &self.data {
            let ledger = std::path::Path::new(data).join("ledger.db");
            let blocks = crate::support::ask(&ledger, "SELECT height, id FROM blocks ORDER BY height").unwrap();
            chains.push(blocks);
            assert!(node::fsck(std::path::Path::new(data)).unwrap().clean, "{data}");
        }
        let least = chains.iter().map(Vec::len).min().unwrap();
        assert!(
            least > 2 && chains.iter().all(|chain| chain[..least] == chains[0][..least]),
            "more than one chain"
        );
    }
}

/// Three of four go on while the link of the fourth is down; up again it has what they have.
#[test]
fn one_machine_of_four_cut_off_stops_nobody() {
    let Some(lane) = Lane::start("cut-off") else { return };
    lane.level(1);
    lane.machines.link("m4", "down");
    assert_eq!(lane.admit(1, 101), "confirmed");
    assert_eq!(lane.admit(3, 102), "confirmed");
    let reached = lane.heights()[0];
    assert!(lane.heights()[3] < reached, "the cut goes through");
    let begun = Instant::now();
    lane.machines.link("m4", "up");
    lane.level(reached);
    println!("level {:?} after the link was up", begun.elapsed());
    assert_eq!(lane.admit(4, 103), "confirmed");
    lane.level(reached);
    lane.one_chain();
}

/// One too many: two and two. Neither half confirms anything; with the link up again what was signed in either is confirmed.
#[test]
fn two_and_two_machines_stand_still_until_the_link_is_up() {
    let Some(lane) = Lane::start("halves") else { return };
    lane.level(1);
    let before = lane.heights()[0];
    lane.machines.link("to-right", "down");
    let said = std::thread::scope(|scope| {
        let left = scope.spawn(|| lane.admit(1, 101));
        let right = scope.spawn(|| lane.admit(3, 102));
        [left.join().unwrap(), right.join().unwrap()]
    });
    assert!(said.iter().all(|status| status != "confirmed"), "{said:?}");
    // A height that was nearly decided when the link went down may have been, on one side.
    assert!(
        lane.heights().iter().all(|height| *height <= before + 1),
        "{:?}",
        lane.heights()
    );
    let begun = Instant::now();
    lane.machines.link("to-right", "up");
    lane.level(before + 1);
    println!("{said:?}; level {:?} after the link was up", begun.elapsed());
    assert_eq!(lane.admit(2, 103), "confirmed");
    lane.level(before + 2);
    lane.one_chain();
}
