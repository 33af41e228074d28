//! The screen of a test and the driver of the window on it.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::processes::Group;

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
        BufReader::new(server.output()?).read_line(&mut number)?;
        if number.trim().is_empty() {
            return Err(io::Error::other("Xvfb ended without naming a display"));
        }
        Ok(Self {
            name: format!(":{}", number.trim()),
            _server: server,
        })
    }
}

/// How WebKit draws where there is no graphics card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renderer {
    /// The only one with which the driver's request for a picture is answered (WebKitGTK 2.50.6).
    Pictured,
    /// What the program chooses by itself on such a machine.
    Frugal,
}

/// The machine speaks English; any other language is chosen on the screen.
const LOCALE: &str = "en_GB.UTF-8";

/// WebKit's driver, listening on this machine only.
pub struct Driver {
    pub address: String,
    /// Where the window saves files.
    pub downloads: PathBuf,
    driver: Group,
}

impl Driver {
    /// `home` keeps the window's settings apart from those of the user who runs the test.
    pub fn start(display: &Display, home: &Path, renderer: Renderer) -> io::Result<Self> {
        let (config, downloads) = (home.join("config"), home.join("downloads"));
        fs::create_dir_all(&config)?;
        fs::create_dir_all(&downloads)?;
        let places = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display());
        fs::write(config.join("user-dirs.dirs"), places)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let frugal = if renderer == Renderer::Frugal { "1" } else { "0" };
        let driver = Group::start(
            Command::new("WebKitWebDriver")
                .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
                .env("DISPLAY", &display.name)
                // Without it the request for a session is never answered.
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .env("WEBKIT_DISABLE_DMABUF_RENDERER", frugal)
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
            driver,
        })
    }

    /// Its process, of which those of the window descend.
    pub fn process(&self) -> u32 {
        self.driver.process()
    }
}
