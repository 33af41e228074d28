//! A desktop, and what another firm's desktop tells it over real HTTPS (section 16 of `docs/protocol.md`): a person introduced the liar,
//! so it is heard; nothing it says is believed because of that.

mod author;
mod bodies;
mod crowds;
mod desktop;
mod evidence;
mod handovers;
mod killed;
mod listening;
mod raw;
mod records;
mod slow;
mod told;
mod words;

pub use author::Author;
pub use desktop::{Desktop, HONEST, LIAR, THIRD, US};
pub use told::{Answer, Message, Teller};

/// What the desktop may hold more after an attack, in KiB.
const MOST_GROWN: u64 = 192 * 1024;

/// What the liar said is counted, under a code that a person can read.
fn counted(desktop: &Desktop, liar: &Teller, code: &str) {
    let noted = || desktop.noted(&liar.key);
    crate::world::wait(|| desktop.refused(&liar.key, code) > 0, noted);
}

/// The liar tells something; whatever of it is refused is refused under `rule`, nothing is other on the desktop than before, and an
/// honest firm is served. Gives what the liar was told.
fn refused(name: &str, rule: &str, lie: impl FnOnce(&Desktop) -> Message) -> Answer {
    let desktop = Desktop::new(name);
    let message = lie(&desktop);
    let liar = desktop.meet(LIAR);
    let before = desktop.state();
    let answer = liar.tell(&message).unwrap();
    assert_eq!(answer.rules(), vec![rule; answer.not_kept.len()], "{name}");
    assert!(
        !answer.not_kept.is_empty() && answer.have.is_empty(),
        "{name}: {answer:?}"
    );
    assert_eq!(desktop.state(), before, "{name}");
    if rule == "node.bad-signature" {
        counted(&desktop, &liar, "exchange.forged");
    }
    desktop.goes_on();
    answer
}
