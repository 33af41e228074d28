//! What can be said about the sources without running them.

use std::process::ExitCode;

use crate::{
    licences,
    setup::{self, Purpose},
    test,
};

pub fn run() -> ExitCode {
    if let Err(error) = setup::prepare(Purpose::Window) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let sources = test::sources();
    if sources & licences() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// All crates that the program for this system is made of, against the lists of `deny.toml`.
fn licences() -> bool {
    match licences::offences() {
        Ok((crates, found)) => {
            for offence in &found {
                println!("  | {offence}");
            }
            let outcome = if found.is_empty() { "ok" } else { "FAILED" };
            println!("{outcome:<6} licences and bans of {crates} crates");
            found.is_empty()
        }
        Err(error) => {
            println!("FAILED licences and bans: {error}");
            false
        }
    }
}
