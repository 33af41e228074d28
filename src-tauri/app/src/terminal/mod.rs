//! `sealroad`, the same application without a window. Forms and exit codes of the commands are fixed: scripts rely on them.

pub mod bench;
mod bulk;
mod care;
mod demo;
mod documents;
mod door;
mod govern;
mod keys;
mod keys_told;
mod network;
mod output;
mod repair;
mod serve;
pub mod sim;
mod validator;
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
    /// File with the passphrase of the keys; without it SEALROAD_PASSPHRASE counts.
    #[arg(long, global = true, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
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
    /// Mend what `fsck` finds: from what is left, and from the other validators. Exit 0 clean, 1 not, 2 when nothing could be tried.
    Repair {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Import a file: exit 0 all rows good, 1 some refused, 2 unreadable.
    Import(bulk::Import),
    /// Write a file to hand to somebody.
    Export(bulk::Export),
    /// The network of the ledger: found one, join one, see who keeps it, vote.
    Network {
        #[command(subcommand)]
        command: network::Network,
    },
    /// Documents that records name: which there are, and a readable copy.
    Documents {
        #[command(subcommand)]
        command: documents::Documents,
    },
    /// The firm's keys: who may speak, the printed recovery kit, coming back after a loss.
    Keys {
        #[command(subcommand)]
        command: keys::Keys,
    },
    /// Run a validator in the foreground; prints one JSON line {url, party, node, listen, height} when it is ready.
    Validator {
        /// Port for the other nodes, instead of the one its seat says; 0 for any.
        #[arg(long)]
        port: Option<u16>,
        /// Keep tables and search too, for whoever looks at it in a browser.
        #[arg(long)]
        views: bool,
    },
    /// How far the ledger is, who keeps it and who is in reach.
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
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
    /// Simulate a network whose validators, clocks and links fail: exit 0 when nothing was found, 1 otherwise.
    Sim(sim::Simulation),
    /// Measure.
    Bench(bench::Bench),
}

/// What every command needs.
pub(crate) struct Desk {
    /// Language of messages.
    pub(crate) language: Language,
    /// `--data`, if given.
    pub(crate) data: Option<PathBuf>,
    /// `--passphrase-file`, if given.
    pub(crate) passphrase_file: Option<PathBuf>,
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
        passphrase_file: arguments.passphrase_file,
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
        Command::Repair { json } => repair::repair(&desk, json),
        Command::Import(import) => bulk::import(&desk, &import),
        Command::Export(export) => bulk::export(&desk, &export),
        Command::Network { command } => network::network(&desk, command),
        Command::Documents { command } => documents::documents(&desk, &command),
        Command::Keys { command } => keys::keys(&desk, command),
        Command::Validator { port, views } => validator::validator(&desk, port, views),
        Command::Status { json } => govern::status(&desk, json),
        Command::Backup { out } => care::backup(&desk, out.as_deref()),
        Command::Restore { folder, nothing_later } => care::restore(&desk, &folder, nothing_later),
        Command::Sim(simulation) => sim::simulate(&simulation),
        Command::Bench(bench) if bench.what == "validator" => bench::validator(&bench),
        Command::Bench(bench) => measure(&bench),
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

fn measure(bench: &bench::Bench) -> Result<u8, UserError> {
    let measured = bench::run(bench)?;
    if bench.json {
        print_json(&measured)?;
    } else {
        answer!("{measured:#}");
    }
    Ok(0)
}
