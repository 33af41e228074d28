//! The calls, each against a folder of its own.

mod calls;
mod foreign;
mod imports;
