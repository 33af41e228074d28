//! Hands the window's configuration to Tauri.
//! Cargo runs this in the root folder, because the desktop package's Cargo.toml lies there.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let dist = Path::new("ui/dist");
    // A fresh clone has no built UI, and the embedding macro refuses a missing folder.
    if !dist.join("index.html").exists() {
        println!("cargo:warning=ui/dist is missing: `cargo xtask start` builds it");
        fs::create_dir_all(dist)?;
        fs::write(
            dist.join("index.html"),
            "<!doctype html><p>The interface is not built: run cargo xtask start.",
        )?;
    }
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*.json")
            .app_manifest(tauri_build::AppManifest::new().commands(&["call"])),
    )?;
    Ok(())
}
