//! Shared pieces of the tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod ports;
pub mod stepped;
pub mod strangers;
