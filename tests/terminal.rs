//! `sealroad`, built for these tests: what they read from it is what a user of the terminal gets.

fn main() -> std::process::ExitCode {
    app::terminal::run()
}
