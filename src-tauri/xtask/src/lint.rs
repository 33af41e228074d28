//! What can be said about the sources without running them.

use std::process::ExitCode;

use crate::{
    child::{self, Job},
    place,
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

fn licences() -> bool {
    if place::program("cargo-deny").is_none() {
        println!("not run: licences and banned crates, because cargo-deny is not installed (cargo install cargo-deny)");
        return true;
    }
    let ran = child::run(&Job::new(&["cargo", "deny", "check", "licenses", "bans"], 10).loud());
    println!("licences and banned crates: {}", ran.words());
    ran.ok()
}
