//! `sealroad`: the application without a window.

fn main() -> std::process::ExitCode {
    app::terminal::run()
}
