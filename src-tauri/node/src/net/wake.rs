//! Notices that the machine slept.

use std::time::{Duration, Instant, SystemTime};

/// How often one looks.
pub const LOOK: Duration = Duration::from_secs(2);
/// A look that comes so much late means that nothing ran meanwhile, or that the clock was set.
const PAUSE: Duration = Duration::from_secs(15);

/// When one looked last, by both clocks: while the machine sleeps some systems stop the one that only counts.
#[derive(Clone, Copy, Debug)]
pub struct Watchman {
    counted: Instant,
    clock: SystemTime,
}

impl Watchman {
    /// Begins.
    #[must_use]
    pub const fn new(counted: Instant, clock: SystemTime) -> Self {
        Self { counted, clock }
    }

    /// Looks: whether there was a pause since the last look.
    pub fn look(&mut self, counted: Instant, clock: SystemTime) -> bool {
        let by_count = counted.saturating_duration_since(self.counted);
        // A clock set back says nothing.
        let by_clock = clock.duration_since(self.clock).unwrap_or_default();
        *self = Self { counted, clock };
        by_count.max(by_clock) >= LOOK + PAUSE
    }
}

#[cfg(test)]
#[path = "wake_tests.rs"]
mod tests;
