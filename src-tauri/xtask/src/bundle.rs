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
    // The terminal program lies in the package too; the bundler builds the window alone.
    let terminal = ["cargo", "build", "--release", "--package", "app", "--bin", "sealroad"];
    let built = child::run(&Job::new(&terminal, 60).loud());
    if !built.ok() {
        println!("the terminal program was not built: it {}", built.words());
        return ExitCode::FAILURE;
    }
    // The window is not among the members that a bare `cargo build` takes, so it is named.
    let window = ["--", "--package", "sealroad-desktop"];
    let words = [
        &["npx", "--prefix", "ui", "tauri", "build", "--bundles", kinds],
        &window[..],
    ]
    .concat();
    let ran = child::run(&Job::new(&words, 90).loud());
    println!("the bundler {}; packages are in target/release/bundle", ran.words());
    if ran.ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
