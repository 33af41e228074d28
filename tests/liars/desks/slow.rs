//! Desktops that take their time within their limits: nobody else waits for them.

use super::listening::{Listener, Say, hands_over};
use super::{Desktop, HONEST, LIAR, Message};
use crate::world::wait;
use node::Talk;
use node::net::{Limits, Path, Reply};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How long somebody stands before a gate that is never opened; by then the test has failed.
const AT_MOST: Duration = Duration::from_secs(120);

/// What an answer waits behind.
#[derive(Default)]
struct Gate {
    standing: Mutex<Standing>,
    moved: Condvar,
}

#[derive(Default)]
struct Standing {
    /// Who came, in this order.
    came: Vec<&'static str>,
    /// How many may go through.
    may: usize,
    /// How many stand before it, and stood before it at once at most.
    waiting: usize,
    most: usize,
}

impl Gate {
    /// Answers like this one's, once they are let through.
    fn answers(self: &Arc<Self>, name: &'static str) -> Say {
        let gate = Arc::clone(self);
        Box::new(move |_| {
            gate.pass(name);
            Reply::whole(Message::default().text().into_bytes())
        })
    }

    fn pass(&self, name: &'static str) {
        let mut standing = self.standing.lock().unwrap();
        standing.came.push(name);
        standing.waiting += 1;
        standing.most = standing.most.max(standing.waiting);
        let shut = |standing: &mut Standing| standing.may == 0;
        let (mut standing, _) = self.moved.wait_timeout_while(standing, AT_MOST, shut).unwrap();
        standing.may = standing.may.saturating_sub(1);
        standing.waiting -= 1;
    }

    fn open_for(&self, many: usize) {
        self.standing.lock().unwrap().may = many;
        self.moved.notify_all();
    }

    fn came(&self) -> Vec<&'static str> {
        self.standing.lock().unwrap().came.clone()
    }
}

/// All the time there is: what is slow here is slow within its limits.
fn patient() -> Limits {
    let mut limits = Limits::default();
    limits.table[Path::Exchange as usize].within = 2 * AT_MOST;
    limits
}

fn talk(desktop: &Desktop, listener: &Listener) -> Talk {
    let mut talks = desktop.running().network.talks();
    talks.remove(&listener.key).unwrap_or_default()
}

#[test]
fn those_that_take_their_time_delay_nobody_else() {
    let mut desktop = Desktop::new("desk-slow");
    desktop.grants(patient());
    let gate = Arc::<Gate>::default();
    let slow: Vec<Listener> = (0..4)
        .map(|_| Listener::start(&desktop, LIAR, gate.answers("slow")))
        .collect();
    wait(|| gate.came().len() == slow.len(), || format!("{:?} came", gate.came()));
    let _handed = hands_over(&desktop);
    // All the while they were about to answer: no one of them had been given up, or asked twice.
    assert_eq!(gate.came().len(), slow.len());
    for one in &slow {
        let talk = talk(&desktop, one);
        assert!(talk.failed.is_none() && talk.heard.is_none(), "{talk:?}");
    }
    gate.open_for(usize::MAX);
    wait(
        || slow.iter().all(|one| talk(&desktop, one).heard.is_some()),
        || format!("{:?}", desktop.running().network.talks()),
    );
}

/// As many as the table grants, and then whoever was not spoken to for longest.
#[test]
fn whoever_waits_for_a_conversation_comes_before_whoever_had_one() {
    let mut desktop = Desktop::new("desk-turns");
    desktop.grants(Limits { talks: 1, ..patient() });
    let gate = Arc::<Gate>::default();
    let first = Listener::start(&desktop, LIAR, gate.answers("first"));
    wait(|| gate.came() == ["first"], || format!("{:?} came", gate.came()));
    let second = Listener::start(&desktop, HONEST, gate.answers("second"));
    // There is something new for both; with the first a conversation goes on.
    desktop.running().network.nudge();
    gate.open_for(1);
    wait(|| gate.came().len() == 2, || format!("{:?} came", gate.came()));
    assert_eq!(gate.came(), ["first", "second"]);
    gate.open_for(usize::MAX);
    let heard = |one: &Listener| talk(&desktop, one).heard.is_some();
    // The first is told once more: it may not have heard of what was new.
    let again = || gate.came().iter().filter(|name| **name == "first").count() > 1;
    wait(
        || heard(&first) && heard(&second) && again(),
        || format!("{:?} came", gate.came()),
    );
    assert_eq!(gate.standing.lock().unwrap().most, 1, "{:?}", gate.came());
}
