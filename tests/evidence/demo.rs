//! What `sealroad demo` writes: a fresh network, fresh keys, the journey, its evidence and anchor.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::processes::Folder;

/// One run of the demo; its folder goes with it.
pub struct Demo {
    /// `evidence.json`.
    pub evidence: Vec<u8>,
    /// `anchor.json`.
    pub anchor: Vec<u8>,
    /// Where the anchor was written.
    pub anchor_path: PathBuf,
    pub folder: Folder,
}

impl Demo {
    /// A demo whose ledger is gone when it ends.
    pub fn play(name: &str) -> Self {
        Self::play_in(name, false)
    }

    /// A demo; where its ledger is kept, it can go on.
    pub fn play_in(name: &str, kept: bool) -> Self {
        let folder = Folder::new(&format!("demo-{name}")).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_sealroad-terminal"));
        program.args(["demo", "--out"]).arg(folder.path());
        if kept {
            program.arg("--data").arg(folder.path().join("data"));
        }
        let ended = program.stdout(Stdio::null()).status().unwrap();
        assert!(ended.success(), "sealroad demo {ended}");
        let read = |file: &str| fs::read(folder.path().join(file)).unwrap();
        Self {
            evidence: read("evidence.json"),
            anchor: read("anchor.json"),
            anchor_path: folder.path().join("anchor.json"),
            folder,
        }
    }

    pub fn evidence_file(&self) -> PathBuf {
        self.folder.path().join("evidence.json")
    }

    /// The ledger's folder, where it was kept.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file beside them.
    pub fn keep(&self, name: &str, content: &[u8]) -> PathBuf {
        let file = self.folder.path().join(name);
        fs::write(&file, content).unwrap();
        file
    }
}
