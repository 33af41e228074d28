//! Reads what the test runners say about themselves.

/// Checks that held and checks that did not. A check that was skipped did not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
}

impl Counts {
    /// One check that is either right or wrong.
    pub fn single(ok: bool) -> Self {
        Self {
            passed: u64::from(ok),
            failed: u64::from(!ok),
        }
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// A runner that ended badly without naming a failed check (it did not compile, it crashed) failed once, and so
    /// did one that ended well without having run anything.
    pub fn with_end(mut self, ok: bool) -> Self {
        if self.failed == 0 && (!ok || self.passed == 0) {
            self.failed = 1;
        }
        self
    }
}

/// All `test result:` lines of `cargo test`.
pub fn cargo(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("test result:"))
    {
        counts.passed += before(line, " passed");
        counts.failed += before(line, " failed") + before(line, " ignored");
    }
    counts
}

/// The `Tests` line of vitest, with `Test Files` that failed before they held a test, and errors outside tests.
pub fn vitest(output: &str) -> Counts {
    let mut counts = Counts::default();
    let mut files_failed = 0;
    for line in output.lines().map(str::trim_start) {
        if let Some(line) = line.strip_prefix("Tests ") {
            counts.passed += before(line, " passed");
            counts.failed += before(line, " failed") + before(line, " skipped") + before(line, " todo");
        } else if let Some(line) = line.strip_prefix("Test Files ") {
            files_failed += before(line, " failed");
        } else if let Some(line) = line.strip_prefix("Errors ") {
            counts.failed += before(line, " error");
        }
    }
    if counts.failed == 0 {
        counts.failed = files_failed;
    }
    counts
}

/// Python's `unittest`: `Ran 12 tests in …` and `FAILED (failures=1, errors=2, skipped=1)` or `OK (skipped=1)`.
pub fn unittest(output: &str) -> Counts {
    let ran: u64 = output
        .lines()
        .filter_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse::<u64>().ok())
        .sum();
    let amiss: u64 = output
        .lines()
        .filter(|line| line.starts_with("FAILED (") || line.starts_with("OK ("))
        .map(|line| {
            ["failures=", "errors=", "skipped="]
                .iter()
                .map(|word| after(line, word))
                .sum::<u64>()
        })
        .sum();
    Counts {
        passed: ran.saturating_sub(amiss),
        failed: amiss,
    }
}

/// The number that stands right before `word`.
fn before(line: &str, word: &str) -> u64 {
    let Some((head, _)) = line.split_once(word) else {
        return 0;
    };
    head.rsplit(|character: char| !character.is_ascii_digit())
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}

/// The number that stands right after `word`.
fn after(line: &str, word: &str) -> u64 {
    let Some((_, tail)) = line.split_once(word) else {
        return 0;
    };
    tail.split(|character: char| !character.is_ascii_digit())
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_adds_every_target_and_counts_ignored_as_failed() {
        let output = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.1s\n\
                      test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(cargo(output), Counts { passed: 15, failed: 3 });
    }

    #[test]
    fn vitest_is_read() {
        let output = " Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 7 passed | 2 skipped (10)\n";
        assert_eq!(vitest(output), Counts { passed: 7, failed: 3 });
    }

    #[test]
    fn a_vitest_file_that_cannot_load_fails() {
        let output = " Test Files  1 failed | 2 passed (3)\n      Tests  7 passed (7)\n";
        assert_eq!(vitest(output), Counts { passed: 7, failed: 1 });
    }

    #[test]
    fn unittest_is_read() {
        assert_eq!(
            unittest("Ran 12 tests in 0.1s\n\nOK\n"),
            Counts { passed: 12, failed: 0 }
        );
        let output = "Ran 12 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=1)\n";
        assert_eq!(unittest(output), Counts { passed: 8, failed: 4 });
    }

    #[test]
    fn nothing_run_is_a_failure() {
        assert_eq!(Counts::default().with_end(true), Counts { passed: 0, failed: 1 });
        assert_eq!(
            Counts { passed: 4, failed: 0 }.with_end(false),
            Counts { passed: 4, failed: 1 }
        );
        assert_eq!(
            Counts { passed: 4, failed: 0 }.with_end(true),
            Counts { passed: 4, failed: 0 }
        );
    }
}
