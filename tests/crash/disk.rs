//! A full disk.

use crate::common::{found, open};
use crate::support::{Scratch, acknowledged, assert_holds, assert_sound, child, fill};
use node::{Clock, SystemClock};
use std::process::{Command, Output};

fn said(output: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let last = out.lines().last().unwrap_or_default();
    format!("{}: {last} {err}", output.status)
}

/// In a namespace of its own, where a user without rights may mount too, and where nothing stays mounted.
#[cfg(target_os = "linux")]
fn on_a_small_disk(script: &str, scratch: &Scratch) -> Output {
    Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
        .arg(format!("mount -t tmpfs -o size=6m sealroad \"$1\" && {script}"))
        .arg("sh")
        .arg(scratch.path())
        .arg(child().get_program())
        .output()
        .unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing_and_is_left_behind() {
    let scratch = Scratch::new("disk");
    if !on_a_small_disk("true", &scratch).status.success() {
        println!("no small disk can be mounted here: only the limit on file sizes is tested");
        return;
    }
    for point in ["BeforeBlock", "AfterBlock", "AfterVote"] {
        let output = on_a_small_disk(&format!("exec \"$2\" full-disk \"$1\" {point}"), &scratch);
        assert!(output.status.success(), "{}", said(&output));
        println!("{}", said(&output));
    }
}

/// A limit on file sizes stands in for a full disk where none can be mounted: writes fail in the middle.
#[cfg(unix)]
#[test]
fn writes_that_fail_lose_nothing() {
    let scratch = Scratch::new("limit");
    let ledger = scratch.join("ledger");
    found(&ledger);
    // In blocks of 512 bytes. The signal that comes with the error is ignored, as it is not a disk's.
    let output = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 2500; exec \"$1\" until-refused \"$2\"",
            "sh",
        ])
        .arg(child().get_program())
        .arg(&ledger)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let logged = acknowledged(&String::from_utf8_lossy(&output.stdout));
    assert!(logged.len() > 32, "{}", said(&output));
    let opened = open(&ledger).unwrap();
    assert_sound(&opened);
    assert_holds(&opened, &logged);
    fill(&opened.node, SystemClock.now(), 2, 1);
    assert_sound(&opened);
    println!("{} acknowledged before; {}", logged.len(), said(&output));
}
