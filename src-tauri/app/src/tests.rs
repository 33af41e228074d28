//! The calls, each against a folder of its own.

mod alliance;
pub mod calls;
mod desks;
mod foreign;
mod imports;
mod keys;
mod kit;
#[path = "../../../tests/ports.rs"]
mod ports;
mod screens;
mod sheets;
mod tables;
mod views;
