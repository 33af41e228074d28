//! Faults that are injected from outside, into processes of ours; and that `docs/faults.md` names tests that are there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod again;
mod builds;
#[path = "../crash/common.rs"]
mod common;
mod named;
mod namespaces;
mod paused;
mod processes;
mod strangers;
#[path = "../crash/support.rs"]
#[allow(dead_code)]
mod support;
mod system_calls;
mod too_many;
mod wrong_clocks;
mod wycheproof;
