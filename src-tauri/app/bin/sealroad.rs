//! `sealroad`: the application without a window.

/// Records are made on one thread and freed on another, which the system's allocator answers with locks: a fifth of a flood's time.
/// The window, which sees no floods, keeps the system's: that one gives memory back, such as the 64 MiB that a passphrase costs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    #[cfg(unix)]
    keep_memory_longer();
    app::terminal::run()
}

/// What a block of thousands of records took is free again when it is kept, and needed again by one of the next. The allocator gives
/// back what was free for a second, which under load is not long enough: the system then clears the same pages again and again, an
/// eighth of the processor's time for a record. It reads this once, before anything of ours runs; so the process begins anew.
#[cfg(unix)]
fn keep_memory_longer() {
    use std::os::unix::process::CommandExt as _;
    /// After how many milliseconds free memory goes back to the system.
    const DELAY: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "10000");
    let floods = std::env::args_os().any(|word| word == "validator" || word == "bench");
    if floods
        && std::env::var_os(DELAY.0).is_none()
        && let Ok(own) = std::env::current_exe()
    {
        let mut again = std::process::Command::new(own);
        // It returns only if it failed; then it goes on as it is.
        let _failed = again.args(std::env::args_os().skip(1)).env(DELAY.0, DELAY.1).exec();
    }
}
