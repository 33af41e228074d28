//! The clock, which only this crate reads.

use ledger::Time;
use std::sync::Mutex;

/// Tells the time. Tests and the sample company bring their own.
pub trait Clock: Send + Sync {
    /// Now, UTC, milliseconds.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        Time::from_millis(chrono::Utc::now().timestamp_millis()).unwrap_or(Time::MIN)
    }
}

/// A clock that is set by hand and otherwise moves a millisecond at each look. Genesis says `clock: simulated` where it is used.
#[derive(Debug)]
pub struct SimulatedClock(Mutex<Time>);

impl SimulatedClock {
    /// A clock that shows `start`.
    #[must_use]
    pub const fn new(start: Time) -> Self {
        Self(Mutex::new(start))
    }

    /// Moves it to `time`; never backwards.
    pub fn set(&self, time: Time) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = time.max(*now);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Time {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.plus_millis(1);
        *now
    }
}
