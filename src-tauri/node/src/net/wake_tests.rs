use super::*;

#[test]
fn a_pause_is_seen_by_either_clock_and_once() {
    let (counted, clock) = (Instant::now(), SystemTime::now());
    let long = LOOK + PAUSE;
    let mut watchman = Watchman::new(counted, clock);
    assert!(!watchman.look(counted + LOOK, clock + LOOK));
    assert!(
        watchman.look(counted + 2 * LOOK, clock + LOOK + long),
        "only the clock went on"
    );
    assert!(!watchman.look(counted + 3 * LOOK, clock + 2 * LOOK + long));
    assert!(
        watchman.look(counted + 3 * LOOK + long, clock),
        "nothing ran, and the clock was set back"
    );
    assert!(!watchman.look(counted + 4 * LOOK + long, clock + LOOK));
    assert!(
        !watchman.look(counted + 4 * LOOK + long, clock),
        "set back alone is no pause"
    );
}
