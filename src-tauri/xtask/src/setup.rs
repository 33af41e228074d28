//! Brings a machine to the point where the rest can run: system packages, the UI's packages, the built UI.

use std::{
    fs, io,
    path::Path,
    process::{Command, Stdio},
    time::SystemTime,
};

use crate::{
    child::{self, Job},
    place,
};

/// For whom a package is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The terminal program only.
    Terminal,
    /// The window as well.
    Window,
    /// The tests as well.
    Tests,
}

/// How to see whether something is there.
enum Sign {
    /// One of these programs is in `PATH`.
    Programs(&'static [&'static str]),
    /// `pkg-config` knows this library.
    Library(&'static str),
    /// This file exists.
    File(&'static str),
}

struct Need {
    /// The packages that bring it: Debian's name first, then Ubuntu's where it differs.
    packages: &'static [&'static str],
    purpose: Purpose,
    sign: Sign,
}

#[rustfmt::skip]
const NEEDS: &[Need] = &[
    Need { packages: &["build-essential"], purpose: Purpose::Terminal, sign: Sign::Programs(&["cc"]) },
    Need { packages: &["pkg-config"], purpose: Purpose::Window, sign: Sign::Programs(&["pkg-config"]) },
    Need { packages: &["libwebkit2gtk-4.1-dev"], purpose: Purpose::Window, sign: Sign::Library("webkit2gtk-4.1") },
    Need { packages: &["fonts-noto-cjk"], purpose: Purpose::Window, sign: Sign::File("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc") },
    Need { packages: &["fonts-dejavu-core"], purpose: Purpose::Window, sign: Sign::File("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf") },
    Need { packages: &["xvfb"], purpose: Purpose::Tests, sign: Sign::Programs(&["Xvfb"]) },
    Need { packages: &["webkit2gtk-driver"], purpose: Purpose::Tests, sign: Sign::Programs(&["WebKitWebDriver"]) },
    Need { packages: &["chromium", "chromium-browser"], purpose: Purpose::Tests, sign: Sign::Programs(&["chromium", "chromium-browser", "google-chrome"]) },
    Need { packages: &["chromium-driver", "chromium-chromedriver"], purpose: Purpose::Tests, sign: Sign::Programs(&["chromedriver"]) },
    Need { packages: &["python3"], purpose: Purpose::Tests, sign: Sign::Programs(&["python3"]) },
];

/// Does what is missing, and only that. The error says what a person has to do.
pub fn prepare(purpose: Purpose) -> Result<(), String> {
    packages(purpose)?;
    if purpose == Purpose::Terminal {
        return Ok(());
    }
    node()?;
    ui_packages()?;
    ui_build()
}

fn packages(purpose: Purpose) -> Result<(), String> {
    let wanted = |need: &&Need| purpose as u8 >= need.purpose as u8 && !there(&need.sign);
    let missing: Vec<&Need> = NEEDS.iter().filter(wanted).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let ubuntu = fs::read_to_string("/etc/os-release").is_ok_and(|text| text.contains("ID=ubuntu"));
    let name = |need: &&Need| {
        need.packages
            .get(usize::from(ubuntu))
            .or(need.packages.first())
            .copied()
    };
    let names: Vec<&str> = missing.iter().filter_map(name).collect();
    if place::program("apt-get").is_none() {
        return Err(format!(
            "this machine lacks what Debian calls: {}; please install it",
            names.join(" ")
        ));
    }
    install(&names)?;
    let still: Vec<&str> = missing
        .iter()
        .filter(|need| !there(&need.sign))
        .filter_map(name)
        .collect();
    if still.is_empty() {
        Ok(())
    } else {
        Err(format!("not there after installing: {}", still.join(" ")))
    }
}

fn install(names: &[&str]) -> Result<(), String> {
    println!("installing {}", names.join(" "));
    let mut apt = vec!["apt-get"];
    if !root_user() {
        apt.insert(0, "sudo");
    }
    let update: Vec<&str> = apt.iter().copied().chain(["update", "-q"]).collect();
    let install = apt.iter().copied().chain(["install", "-yq", "--no-install-recommends"]);
    let install: Vec<&str> = install.chain(names.iter().copied()).collect();
    for words in [update, install] {
        must(Job::new(&words, 20).with("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    Ok(())
}

fn root_user() -> bool {
    let answer = Command::new("id").arg("-u").output();
    answer.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

fn there(sign: &Sign) -> bool {
    match sign {
        Sign::Programs(names) => names.iter().any(|name| place::program(name).is_some()),
        Sign::File(path) => Path::new(path).exists(),
        Sign::Library(name) => {
            let quiet = Command::new("pkg-config")
                .args(["--exists", name])
                .stderr(Stdio::null())
                .status();
            quiet.is_ok_and(|status| status.success())
        }
    }
}

/// The oldest Node.js that the UI's tools accept.
const NODE: (u32, u32) = (20, 19);

fn node() -> Result<(), String> {
    let wanted = format!(
        "Node.js {}.{} or newer with npm (Debian's own package is older)",
        NODE.0, NODE.1
    );
    let answer = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|_| format!("please install {wanted}"))?;
    let version = String::from_utf8_lossy(&answer.stdout)
        .trim()
        .trim_start_matches('v')
        .to_owned();
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < NODE {
        Err(format!("Node.js {version} is too old: please install {wanted}"))
    } else {
        Ok(())
    }
}

/// `npm ci` only when the lock file is another than the one that was installed.
fn ui_packages() -> Result<(), String> {
    let lock = fs::read(place::at("ui/package-lock.json")).map_err(|error| format!("ui/package-lock.json: {error}"))?;
    let stamp = place::at("target/ui-packages.stamp");
    if place::at("ui/node_modules").is_dir() && fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("installing the packages of the UI");
    must(Job::new(
        &["npm", "--prefix", "ui", "ci", "--no-audit", "--no-fund"],
        15,
    ))?;
    fs::create_dir_all(place::at("target"))
        .and_then(|()| fs::write(&stamp, lock))
        .map_err(|error| error.to_string())
}

/// Builds the UI when a source is newer than what was built. The second page shows that it was a whole build and not
/// the placeholder that `build.rs` writes.
fn ui_build() -> Result<(), String> {
    let built = ["ui/dist/index.html", "ui/dist/verify.html"].map(|file| modified(&place::at(file)));
    let [Some(app), Some(verify)] = built else {
        return ui_build_now();
    };
    let newest = newest(&place::at("ui")).map_err(|error| format!("ui: {error}"))?;
    if newest > app.min(verify) {
        ui_build_now()
    } else {
        Ok(())
    }
}

fn ui_build_now() -> Result<(), String> {
    println!("building the UI");
    must(Job::new(&["npm", "--prefix", "ui", "run", "build"], 10))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|file| file.modified()).ok()
}

fn newest(folder: &Path) -> io::Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "node_modules" || name.to_string_lossy().starts_with("dist") {
            continue;
        }
        let time = if entry.file_type()?.is_dir() {
            self::newest(&entry.path())?
        } else {
            entry.metadata()?.modified()?
        };
        newest = newest.max(time);
    }
    Ok(newest)
}

fn must(job: Job) -> Result<(), String> {
    let ran = child::run(&job);
    if ran.ok() {
        Ok(())
    } else {
        Err(format!("{}\n`{}` {}", ran.output.trim_end(), job.line(), ran.words()))
    }
}
