//! Installable packages for this machine's kind.

use std::process::ExitCode;

use crate::{
    child::{self, Job},
    place,
    setup::{self, Purpose},
};

/// What Tauri's AppImage bundler would otherwise fetch from the net while it builds.
const APPIMAGE_TOOLS: [&str; 2] = ["linuxdeploy", "appimagetool"];

pub fn run() -> ExitCode {
    if let Err(error) = setup::prepare(Purpose::Window) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    let missing: Vec<&str> = APPIMAGE_TOOLS
        .into_iter()
        .filter(|tool| place::program(tool).is_none())
        .collect();
    let kinds = if missing.is_empty() {
        "deb,appimage"
    } else {
        println!("no AppImage: {} not found", missing.join(" and "));
        "deb"
    };
    let ran = child::run(&Job::new(&["npx", "--prefix", "ui", "tauri", "build", "--bundles", kinds], 90).loud());
    println!("the bundler {}; packages are in target/release/bundle", ran.words());
    if ran.ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
