//! The processes a test needs, each ended with the test, and a folder for its data.

use std::{
    env, fs, io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{self, Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// A child that leads its own process group. A shell watches over the group and ends it when its own input closes: when
/// this is dropped, and also when the test itself is killed.
pub struct Group {
    child: Child,
    watch: Child,
}

impl Group {
    /// Starts it without standard input.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        let child =
            child.map_err(|error| io::Error::new(error.kind(), format!("{program} does not start: {error}")))?;
        let script = "read -r _; kill -KILL -$0 2>/dev/null";
        let mut shell = Command::new("sh");
        shell.args(["-c", script, &child.id().to_string()]).process_group(0);
        let watch = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { child, watch })
    }

    /// Its number.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it writes, where the command pipes it.
    pub fn output(&mut self) -> io::Result<ChildStdout> {
        let none = || io::Error::other("its output is not piped");
        self.child.stdout.take().ok_or_else(none)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        // Both can only say that the process has already been waited for.
        let _watched = self.watch.wait();
        let _ended = self.child.wait();
    }
}

/// A folder that is removed with the test that made it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> io::Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let unique = format!(
            "sealroad-{name}-{}-{}",
            process::id(),
            MADE.fetch_add(1, Ordering::Relaxed)
        );
        let folder = env::temp_dir().join(unique);
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What the system still holds open it removes by itself later.
        let _removed = fs::remove_dir_all(&self.0);
    }
}
