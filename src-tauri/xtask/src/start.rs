//! Opens the window, or plays the journey where there is no screen.

use std::{
    env,
    path::Path,
    process::{Command, ExitCode},
};

use crate::{
    place,
    setup::{self, Purpose},
};

pub fn run(extra: &[String]) -> ExitCode {
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|name| !name.is_empty()));
    let purpose = if screen { Purpose::Window } else { Purpose::Terminal };
    if let Err(error) = setup::prepare(purpose) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    if screen {
        return open_window(extra);
    }
    println!("There is no display (DISPLAY and WAYLAND_DISPLAY are not set), so the journey is played here.");
    let build = ["build", "--package", "app", "--bin", "sealroad"];
    if let Err(code) = foreground(Path::new("cargo"), &build.map(str::to_owned)) {
        return code;
    }
    let mut play: Vec<String> = ["demo", "--play"].map(str::to_owned).to_vec();
    if !extra.iter().any(|word| word == "--out" || word.starts_with("--out=")) {
        play.extend(["--out", "target/journey"].map(str::to_owned));
    }
    play.extend(extra.iter().cloned());
    foreground(&place::built("debug", "sealroad"), &play)
        .err()
        .unwrap_or(ExitCode::SUCCESS)
}

fn open_window(extra: &[String]) -> ExitCode {
    let build = ["build", "--package", "sealroad-desktop", "--bin", "sealroad-desktop"];
    if let Err(code) = foreground(Path::new("cargo"), &build.map(str::to_owned)) {
        return code;
    }
    foreground(&place::built("debug", "sealroad-desktop"), extra)
        .err()
        .unwrap_or(ExitCode::SUCCESS)
}

/// Runs it as if the user had typed it; gives back its code when it is not zero.
fn foreground(program: &Path, arguments: &[String]) -> Result<(), ExitCode> {
    match Command::new(program)
        .args(arguments)
        .current_dir(place::root())
        .status()
    {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .map_or(ExitCode::FAILURE, ExitCode::from)),
        Err(error) => {
            eprintln!("{}: {error}", program.display());
            Err(ExitCode::FAILURE)
        }
    }
}
