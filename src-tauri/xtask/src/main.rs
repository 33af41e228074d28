//! Everything a checkout needs to be set up, started, tested, shown and bundled. Only `std` and `serde_json`, so that
//! it compiles in seconds on a machine where nothing else is installed yet.

use std::{env, process::ExitCode};

mod builds;
mod bundle;
mod child;
mod copy;
mod counts;
mod fuzz;
mod licences;
mod lint;
mod mutants;
mod place;
mod programs;
mod setup;
mod show;
mod start;
mod steps;
mod test;

const USAGE: &str = "usage: cargo xtask COMMAND
  start [ARGS]            build and open the window (ARGS go to it, such as --data DIR);
                          without a display: play the journey in the terminal
  test [--long] [FILTER]  every check there is; ends with one line: N passed, N failed
  show NN [NAME]          run the checks of one issue and write target/show/NN/report.md;
                          with NAME only those whose name begins so, without a report
  mutants [NAME…]         break what safety rests on, one place at a time, in a copy, and see that the simulation finds it
  fuzz [--seconds N] [--planted] [TARGET…]
                          give whatever reads strangers' bytes such bytes, guided by coverage, so many seconds each (60);
                          --planted: plant faults in a copy, and see that each is found
  builds                  build the program of an older commit, and see validators of both builds agree
  lint                    formatting, clippy, biome, types, licences
  bundle                  an installable package in target/release/bundle";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("", arguments.as_slice()),
    };
    match (command, rest) {
        ("start", rest) => start::run(rest),
        ("test", rest) => test::run(rest),
        ("show", [issue]) => show::run(issue, None),
        ("show", [issue, wanted]) => show::run(issue, Some(wanted)),
        ("mutants", rest) => mutants::run(rest),
        ("builds", []) => builds::run(),
        ("fuzz", rest) => fuzz::run(rest),
        ("lint", []) => lint::run(),
        ("bundle", []) => bundle::run(),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
