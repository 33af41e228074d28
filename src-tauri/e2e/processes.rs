//! The processes a test needs, each ended with the test, and a folder for its data.

use std::{
    env, fs,
    io::{self, BufRead, BufReader},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// A child that leads its own process group. A shell watches over the group and ends it when its own input closes: when
/// this is dropped, and also when the test itself is killed.
pub struct Group {
    child: Child,
    watch: Child,
}

impl Group {
    fn start(command: &mut Command) -> io::Result<Self> {
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
}

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        // Both can only say that the process has already been waited for.
        let _watched = self.watch.wait();
        let _ended = self.child.wait();
    }
}

/// An X server of the test's own, which chose a free display by itself.
pub struct Display {
    /// As `DISPLAY` wants it: `:99`.
    pub name: String,
    _server: Group,
}

impl Display {
    pub fn start() -> io::Result<Self> {
        let mut server = Group::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let mut number = String::new();
        if let Some(answer) = server.child.stdout.take() {
            BufReader::new(answer).read_line(&mut number)?;
        }
        if number.trim().is_empty() {
            return Err(io::Error::other("Xvfb ended without naming a display"));
        }
        Ok(Self {
            name: format!(":{}", number.trim()),
            _server: server,
        })
    }
}

/// The machine speaks English; any other language is chosen on the screen.
const LOCALE: &str = "en_GB.UTF-8";

/// WebKit's driver, listening on this machine only.
pub struct Driver {
    pub address: String,
    /// Where the window saves files.
    pub downloads: PathBuf,
    _driver: Group,
}

impl Driver {
    /// `home` keeps the window's settings apart from those of the user who runs the test.
    pub fn start(display: &Display, home: &Path) -> io::Result<Self> {
        let (config, downloads) = (home.join("config"), home.join("downloads"));
        fs::create_dir_all(&config)?;
        fs::create_dir_all(&downloads)?;
        let places = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display());
        fs::write(config.join("user-dirs.dirs"), places)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let driver = Group::start(
            Command::new("WebKitWebDriver")
                .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
                .env("DISPLAY", &display.name)
                // Without it the request for a session is never answered.
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                // With the frugal renderer the driver's request for a picture is never answered (WebKitGTK 2.50.6).
                .env("WEBKIT_DISABLE_DMABUF_RENDERER", "0")
                .env("GDK_BACKEND", "x11")
                .env("LANG", LOCALE)
                .env("LANGUAGE", LOCALE)
                .env("XDG_CONFIG_HOME", config)
                .env("XDG_DATA_HOME", home.join("share"))
                .env("XDG_CACHE_HOME", home.join("cache"))
                .env_remove("WAYLAND_DISPLAY")
                // Without a session bus several windows may run at once.
                .env_remove("DBUS_SESSION_BUS_ADDRESS")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        Ok(Self {
            address: format!("127.0.0.1:{port}"),
            downloads,
            _driver: driver,
        })
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
