//! `sealroad`: the application without a window.

/// Records are made on one thread and freed on another, which the system's allocator answers with locks: a fifth of a flood's time.
/// The window, which sees no floods, keeps the system's: that one gives memory back, such as the 64 MiB that a passphrase costs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    app::terminal::run()
}
