//! The readers of `tests/strangers` behind libFuzzer. `SEALROAD_FUZZ_TARGET` names one; `SEALROAD_FUZZ_SEEDS` instead has its seeds and
//! words written into that folder, and `SEALROAD_FUZZ_LIST` has all of them named. `cargo xtask fuzz` does both.

#![no_main]

use sealroad_tests::strangers::world::World;
use sealroad_tests::strangers::{TARGETS, Target, seeds};
use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

static TARGET: OnceLock<&'static Target> = OnceLock::new();

/// Counts what is held, and ends the process where reading holds more than its target may.
struct Counted;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

#[global_allocator]
static COUNTED: Counted = Counted;

// SAFETY: all of it is the system's allocator; beside it something is counted.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD
            .fetch_add(layout.size(), Ordering::Relaxed)
            .wrapping_add(layout.size());
        let most = MOST.load(Ordering::Relaxed);
        if held > most && held < usize::MAX / 2 {
            MOST.store(usize::MAX, Ordering::Relaxed);
            eprintln!("reading holds more than {most} bytes of memory");
            std::process::abort();
        }
        // SAFETY: the layout is the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: pointer and layout are the caller's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Another's reader of workbooks may give up on a file, which is caught; ours may not, even where it would be.
fn abort_unless_borne() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |what| {
        let file = what.location().map_or("", |place| place.file());
        if !["/calamine-", "/zip-", "/quick-xml-"]
            .iter()
            .any(|borne| file.contains(borne))
        {
            before(what);
        }
    }));
}

fn start() {
    abort_unless_borne();
    if std::env::var_os("SEALROAD_FUZZ_LIST").is_some() {
        list();
        std::process::exit(0);
    }
    let name = std::env::var("SEALROAD_FUZZ_TARGET").unwrap_or_default();
    let target = Target::named(&name).unwrap_or_else(|| panic!("SEALROAD_FUZZ_TARGET names no target: {name:?}"));
    let _made = World::get();
    if let Ok(folder) = std::env::var("SEALROAD_FUZZ_SEEDS") {
        write_seeds(Path::new(&folder), target);
        std::process::exit(0);
    }
    assert!(TARGET.set(target).is_ok(), "started twice");
}

/// A line of JSON for each target.
fn list() {
    for Target {
        name, reads, longest, ..
    } in TARGETS
    {
        println!(r#"{{"name":"{name}","reads":"{reads}","longest":{longest}}}"#);
    }
}

fn write_seeds(folder: &Path, target: &Target) {
    let corpus = folder.join("seeds");
    std::fs::create_dir_all(&corpus).expect("a folder for the seeds");
    for (at, seed) in seeds::of(target.name).iter().enumerate() {
        std::fs::write(corpus.join(format!("{at:03}")), seed).expect("a seed is written");
    }
    let words = seeds::words(target.name);
    let lines: Vec<String> = words.iter().map(|word| format!("{word:?}\n")).collect();
    std::fs::write(folder.join("words"), lines.concat()).expect("the words are written");
}

libfuzzer_sys::fuzz_target!(
    init: start(),
    |bytes: &[u8]| {
        let Some(target) = TARGET.get() else { return };
        MOST.store(HELD.load(Ordering::Relaxed).saturating_add(target.memory), Ordering::Relaxed);
        target.read(bytes);
        MOST.store(usize::MAX, Ordering::Relaxed);
    }
);
