//! `sealroad`, the same application without a window. Forms and exit codes of the commands are fixed: scripts rely on them.

pub mod bench;
mod bulk;
mod care;
mod demo;
mod door;
mod output;
mod serve;
mod verify;

use crate::error::UserError;
use crate::terminal::output::{answer, aside};
use crate::words::{self, Language};
use clap::{Parser, Subcommand};
use serde::Serialize;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Origin, tracking and proof for trade between China and Europe.
#[derive(Debug, Parser)]
#[command(name = "sealroad", version, about)]
struct Arguments {
    /// Language of messages; without it that of the environment.
    #[arg(long, global = true, value_enum)]
    lang: Option<Language>,
    /// The ledger's folder; it need not exist.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Found a fresh sample network, play the whole journey, write evidence.json and anchor.json.
    Demo {
        /// Where to write.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Tell the journey step by step.
        #[arg(long)]
        play: bool,
    },
    /// The user interface in a browser on this machine; prints one JSON line {url, token}.
    Serve {
        /// Port; 0 for any.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
    /// Check an evidence file: exit 0 accepted, 3 consistent, 1 refused, 2 unreadable.
    Verify {
        /// The file.
        file: PathBuf,
        /// The network it must be of.
        #[arg(long, value_name = "FILE")]
        anchor: Option<PathBuf>,
        /// Refuse evidence older than this height.
        #[arg(long, value_name = "HEIGHT")]
        not_before: Option<u64>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check everything stored: exit 0 clean, 1 not, 2 when it cannot be checked.
    Fsck {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Import a file: exit 0 all rows good, 1 some refused, 2 unreadable.
    Import(bulk::Import),
    /// Write a file to hand to somebody.
    Export(bulk::Export),
    /// The network of the ledger.
    Network {
        #[command(subcommand)]
        command: Network,
    },
    /// Write a backup and read it back.
    Backup {
        /// Folder to write, which must not exist; none: into `backups` of the data folder.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Put a backup into a folder that has no ledger.
    Restore {
        /// The backup's folder.
        folder: PathBuf,
        /// My word that this ledger signed nothing after the backup was made; without it the ledger can only be read.
        #[arg(long)]
        nothing_later: bool,
    },
    /// Measure.
    Bench {
        /// What: solo, start, search, verify, import.
        what: String,
        /// How many records.
        #[arg(long, default_value_t = 200_000)]
        records: usize,
        /// Print JSON on one line.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
enum Network {
    /// Print the network's id.
    Id,
}

/// What every command needs.
pub(crate) struct Desk {
    /// Language of messages.
    pub(crate) language: Language,
    /// `--data`, if given.
    pub(crate) data: Option<PathBuf>,
}

impl Desk {
    /// The sentence for a code.
    pub(crate) fn say(&self, code: &str, values: &[(&str, &str)]) -> String {
        words::say(self.language, code, values)
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> Result<PathBuf, UserError> {
        self.data.clone().map_or_else(crate::default_folder, Ok)
    }
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(language) = arguments.lang {
        language.choose();
    }
    let language = arguments.lang.unwrap_or_else(Language::of_environment);
    let desk = Desk {
        language,
        data: arguments.data,
    };
    let outcome = match arguments.command {
        Command::Demo { out, play } => demo::demo(&desk, &out, play),
        Command::Serve { port } => serve::serve(&desk, port),
        Command::Verify {
            file,
            anchor,
            not_before,
            json,
        } => verify::verify(&desk, &file, anchor.as_deref(), not_before, json),
        Command::Fsck { json } => care::fsck(&desk, json),
        Command::Import(import) => bulk::import(&desk, &import),
        Command::Export(export) => bulk::export(&desk, &export),
        Command::Network { command: Network::Id } => care::network_id(&desk),
        Command::Backup { out } => care::backup(&desk, out.as_deref()),
        Command::Restore { folder, nothing_later } => care::restore(&desk, &folder, nothing_later),
        Command::Bench { what, records, json } => measure(&what, records, json),
    };
    match outcome.and_then(|code| output::heard().map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            aside!("sealroad: {}", error.words(desk.language));
            ExitCode::from(2)
        }
    }
}

/// A folder of our own that is deleted when we are done.
pub(crate) struct Temporary(pub(crate) PathBuf);

impl Temporary {
    pub(crate) fn make() -> Result<Self, UserError> {
        let path = std::env::temp_dir().join(format!("sealroad-{}", hex::encode(node::random::<8>()?)));
        Ok(Self(path))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Left over in the system's temporary folder, it is deleted by the system.
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

/// Prints a value as one line of JSON.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), UserError> {
    let text = serde_json::to_string(value).map_err(|error| UserError::new("bad-reply").with("what", error))?;
    answer!("{text}");
    Ok(())
}

/// Largest file that is read: what a document may have, and more than any evidence (`limits::EVIDENCE_BYTES`).
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// Reads a whole file of at most 64 MiB.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, UserError> {
    let bytes = read_up_to(path, LARGEST_FILE)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(UserError::new("file-large")
            .with("path", path.display())
            .with("expected", "64 MiB"));
    }
    Ok(bytes)
}

/// Reads a file, but not more than `most` bytes and one: of what never ends (`/dev/zero`) too much is known soon enough.
pub(crate) fn read_up_to(path: &Path, most: u64) -> Result<Vec<u8>, UserError> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|error| UserError::file(path, &error))?;
    Ok(bytes)
}

/// Writes a whole file, or leaves what stood there. To what is no file (a pipe, a device) it just writes.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), UserError> {
    let failed = |error: std::io::Error| UserError::file(path, &error);
    if path.exists() && !path.is_file() {
        return std::fs::write(path, bytes).map_err(failed);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let draft = path.with_file_name(name);
    let written = std::fs::File::create(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&draft, path));
    written.map_err(|error| {
        // Half a file is of no use; where it cannot be taken away either, its name says what it is.
        let _left = std::fs::remove_file(&draft);
        failed(error)
    })
}

fn measure(what: &str, records: usize, json: bool) -> Result<u8, UserError> {
    let measured = bench::run(what, records)?;
    if json {
        print_json(&measured)?;
    } else {
        answer!("{measured:#}");
    }
    Ok(0)
}
