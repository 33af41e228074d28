//! Whatever reads the bytes of strangers (`tests/strangers`) is given bytes that libFuzzer makes, guided by what they reach: with the
//! toolchain of the house and its own workspace, `tests/fuzz`, in which everything is built once more with counters in it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::Value;

use crate::{
    child::{self, Job, Ran},
    copy, place,
};

/// What is planted to see that it is found.
const PLANTED: &str = "tests/strangers/planted.json";
/// Inputs that once did harm, a folder for each target.
const FINDS: &str = "tests/strangers/finds";
/// Everything that a campaign builds and writes.
const YARD: &str = "target/fuzz";
/// So long a target is tried, in seconds, unless told otherwise.
const SECONDS: u64 = 60;
/// So long one input may take, in seconds, on a machine that does other things too.
const ONE: u64 = 25;
/// Memory of the whole process, in MiB; what one input may hold each target says itself.
const MEMORY: u64 = 2048;
/// Counters at every edge, and the values that are compared: stable options of the compiler, as cargo-fuzz sets them.
const COUNTERS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// `cargo xtask fuzz [--seconds N] [--planted] [TARGET…]`.
pub fn run(arguments: &[String]) -> ExitCode {
    let outcome = Wish::of(arguments).and_then(|wish| match wish.planted {
        true => planted(&wish),
        false => campaign(&wish),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What is asked for.
struct Wish {
    seconds: u64,
    planted: bool,
    targets: Vec<String>,
}

impl Wish {
    fn of(arguments: &[String]) -> Result<Self, String> {
        let mut wish = Self {
            seconds: SECONDS,
            planted: false,
            targets: Vec::new(),
        };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--planted" => wish.planted = true,
                "--seconds" => {
                    let number = words.next().and_then(|number| number.parse().ok());
                    wish.seconds = number.ok_or("--seconds wants a number")?;
                }
                flag if flag.starts_with('-') => return Err(format!("no option {flag}")),
                target => wish.targets.push(target.to_owned()),
            }
        }
        Ok(wish)
    }
}

/// A target as its program tells of it.
struct Target {
    name: String,
    reads: String,
    longest: u64,
}

/// The readers, built with counters.
struct Readers {
    program: PathBuf,
}

impl Readers {
    /// Builds those of a tree, under a name of their own.
    fn build(tree: &Path, name: &str) -> Result<Self, String> {
        let manifest = tree.join("tests/fuzz/Cargo.toml");
        // The same versions of everything as in the product; what libFuzzer needs besides is added.
        let lock = fs::read(tree.join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
        copy::write(&manifest.with_file_name("Cargo.lock"), &lock)?;
        let (host, built) = (host()?, place::at(YARD).join("built"));
        let manifest = manifest.to_string_lossy();
        let words = [
            "cargo",
            "build",
            "--release",
            "--target",
            &host,
            "--manifest-path",
            &manifest,
        ];
        let job = Job::new(&words, 120)
            .with("CARGO_TARGET_DIR", &built.to_string_lossy())
            .with("RUSTFLAGS", COUNTERS);
        println!("building the readers with counters in them ({name})");
        let ran = child::run(&job);
        if !ran.ok() {
            return Err(format!("{name}: the build {}\n{}", ran.words(), ran.output));
        }
        let program = place::at(YARD).join(format!("readers-{name}"));
        fs::copy(built.join(&host).join("release/sealroad-fuzz"), &program)
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { program })
    }

    fn ask(&self, arguments: &[String], environment: &[(&str, &str)], minutes: u64) -> Ran {
        let mut job = Job::new(&[&self.program.to_string_lossy()], minutes);
        job.arguments.extend_from_slice(arguments);
        for (name, value) in environment {
            job = job.with(name, value);
        }
        child::run(&job)
    }

    fn targets(&self) -> Result<Vec<Target>, String> {
        let ran = self.ask(&[], &[("SEALROAD_FUZZ_LIST", "1")], 1);
        let line = |line: &str| {
            let row: Value = serde_json::from_str(line).ok()?;
            Some(Target {
                name: row.get("name")?.as_str()?.to_owned(),
                reads: row.get("reads")?.as_str()?.to_owned(),
                longest: row.get("longest")?.as_u64()?,
            })
        };
        let targets: Vec<Target> = ran.output.lines().filter_map(line).collect();
        if targets.is_empty() {
            return Err(format!("no target is named: {}\n{}", ran.words(), ran.output));
        }
        Ok(targets)
    }

    /// Tries a target for so long, from its seeds, what earlier campaigns reached and what was found once. `fresh`: without those.
    fn try_out(&self, target: &Target, seconds: u64, fresh: bool) -> Result<Tried, String> {
        let kind = if fresh { "planted" } else { "campaign" };
        let yard = place::at(YARD).join(kind).join(&target.name);
        let (corpus, finds) = (yard.join("corpus"), yard.join("finds"));
        if fresh {
            let _none = fs::remove_dir_all(&yard);
        }
        for folder in [&corpus, &finds] {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let before = files(&finds);
        let named = ("SEALROAD_FUZZ_TARGET", target.name.as_str());
        let seeded = self.ask(&[], &[named, ("SEALROAD_FUZZ_SEEDS", &yard.to_string_lossy())], 5);
        if !seeded.ok() {
            return Err(format!(
                "{}: its seeds: {}\n{}",
                target.name,
                seeded.words(),
                seeded.output
            ));
        }
        let mut arguments = vec![
            format!("-max_total_time={seconds}"),
            format!("-max_len={}", target.longest),
            format!("-rss_limit_mb={MEMORY}"),
            format!("-timeout={ONE}"),
            format!("-dict={}", yard.join("words").display()),
            format!("-artifact_prefix={}/", finds.display()),
            "-print_final_stats=1".to_owned(),
            "-reload=0".to_owned(),
            corpus.display().to_string(),
            yard.join("seeds").display().to_string(),
        ];
        let past = place::at(FINDS).join(&target.name);
        if past.is_dir() && !fresh {
            arguments.push(past.display().to_string());
        }
        let ran = self.ask(&arguments, &[named], seconds.div_ceil(60) + 5);
        Ok(Tried {
            executions: after(&ran.output, "stat::number_of_executed_units:").unwrap_or(0),
            edges: after(&ran.output, " cov:").unwrap_or(0),
            kept: files(&corpus).len(),
            finds: files(&finds)
                .into_iter()
                .filter(|find| !before.contains(find))
                .collect(),
            ran,
        })
    }
}

/// What came of trying a target.
struct Tried {
    executions: u64,
    edges: u64,
    /// Inputs that reached something new.
    kept: usize,
    /// Inputs that did harm.
    finds: Vec<PathBuf>,
    ran: Ran,
}

impl Tried {
    fn clean(&self) -> bool {
        self.ran.ok() && self.finds.is_empty() && self.executions > 0
    }

    /// What it said of the harm: the panic, or libFuzzer's word.
    fn harm(&self) -> String {
        let telling = |line: &&str| {
            line.contains("panicked at")
                || line.contains("more than")
                || line.contains("ERROR: libFuzzer")
                || line.contains("SUMMARY")
        };
        let mut lines = self.ran.output.lines().skip_while(|line| !telling(line));
        let first = lines.next().unwrap_or("nothing was said").trim();
        let second = lines.next().unwrap_or_default().trim();
        format!("{first} {second}").trim().chars().take(240).collect()
    }
}

/// Every target, or those that are named. True when none did harm.
fn campaign(wish: &Wish) -> Result<bool, String> {
    let readers = Readers::build(&place::root(), "clean")?;
    let targets = readers.targets()?;
    if let Some(unknown) = wish
        .targets
        .iter()
        .find(|name| targets.iter().all(|target| target.name != **name))
    {
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        return Err(format!("no target {unknown}; there are {}", names.join(", ")));
    }
    let chosen = |target: &&Target| wish.targets.is_empty() || wish.targets.contains(&target.name);
    let (mut clean, mut total, mut finds) = (0, 0, 0);
    println!(
        "{:<12} {:>12} {:>8} {:>7} {:>6}  reads",
        "target", "executions", "edges", "inputs", "finds"
    );
    for target in targets.iter().filter(chosen) {
        let tried = readers.try_out(target, wish.seconds, false)?;
        let Tried {
            executions,
            edges,
            kept,
            ..
        } = tried;
        let harm = tried.finds.len();
        println!(
            "{:<12} {executions:>12} {edges:>8} {kept:>7} {harm:>6}  {}",
            target.name, target.reads
        );
        if tried.clean() {
            clean += 1;
        } else {
            println!("  {}: {}", tried.ran.words(), tried.harm());
            for find in &tried.finds {
                println!("  {}", find.display());
            }
        }
        total += executions;
        finds += harm;
    }
    let tried = targets.iter().filter(chosen).count();
    println!("{clean} targets clean of {tried}, {total} executions, {finds} finds");
    Ok(clean == tried)
}

/// A fault that is planted.
struct Planted {
    name: String,
    target: String,
    breaks: String,
    file: String,
    find: String,
    put: String,
    says: String,
}

fn table() -> Result<Vec<Planted>, String> {
    let text = fs::read_to_string(place::at(PLANTED)).map_err(|error| format!("{PLANTED}: {error}"))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("{PLANTED}: {error}"))?;
    let rows = value.as_array().ok_or(format!("{PLANTED} is no list"))?;
    let member = |row: &Value, name: &str| {
        let text = row.get(name).and_then(Value::as_str);
        text.map(str::to_owned)
            .ok_or(format!("{PLANTED}: a row without {name}"))
    };
    let rows = rows.iter().map(|row| {
        Ok(Planted {
            name: member(row, "name")?,
            target: member(row, "target")?,
            breaks: member(row, "breaks")?,
            file: member(row, "file")?,
            find: member(row, "find")?,
            put: member(row, "put")?,
            says: member(row, "says")?,
        })
    });
    rows.collect()
}

/// Plants all faults in a copy, each in what another target reads, and sees that each is found, and is one only there. True when all are.
fn planted(wish: &Wish) -> Result<bool, String> {
    let mut faults = table()?;
    faults.retain(|fault| wish.targets.is_empty() || wish.targets.contains(&fault.target));
    let clean = Readers::build(&place::root(), "clean")?;
    let tree = place::at(YARD).join("tree");
    copy::tracked(&tree)?;
    for fault in &faults {
        let path = tree.join(&fault.file);
        let before = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", fault.file))?;
        if before.matches(&fault.find).count() != 1 {
            return Err(format!("{} does not say {:?} exactly once", fault.file, fault.find));
        }
        copy::write(&path, before.replace(&fault.find, &fault.put).as_bytes())?;
    }
    let broken = Readers::build(&tree, "planted")?;
    let targets = broken.targets()?;
    let mut found = 0;
    for fault in &faults {
        println!("{}: {}", fault.name, fault.breaks);
        let target = targets.iter().find(|target| target.name == fault.target);
        let target = target.ok_or(format!("{}: no target {}", fault.name, fault.target))?;
        if is_found(fault, target, &broken, &clean, wish.seconds)? {
            found += 1;
        }
    }
    println!("{found} planted faults found of {}", faults.len());
    Ok(found == faults.len() && found > 0)
}

fn is_found(fault: &Planted, target: &Target, broken: &Readers, clean: &Readers, seconds: u64) -> Result<bool, String> {
    let tried = broken.try_out(target, seconds, true)?;
    let Some(find) = tried.finds.first() else {
        println!("  NOT FOUND in {seconds} s and {} executions", tried.executions);
        return Ok(false);
    };
    let harm = tried.harm();
    println!("  found after {:.0} s: {harm}", tried.ran.wall.as_secs_f64());
    if !tried.ran.output.contains(&fault.says) {
        println!("  and not by what was planted, which would say {:?}", fault.says);
        return Ok(false);
    }
    let named = ("SEALROAD_FUZZ_TARGET", target.name.as_str());
    let without = clean.ask(&[find.display().to_string()], &[named], 5);
    if !without.ok() {
        println!("  and without it the same input {}", without.words());
        return Ok(false);
    }
    Ok(true)
}

/// The machine that this compiler compiles for: named, the counters are in what is tried alone, and not in what the build itself runs.
fn host() -> Result<String, String> {
    let ran = child::run(&Job::new(&["rustc", "--version", "--verbose"], 1));
    let host = ran.output.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or(format!("rustc --version --verbose {}", ran.words()))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// The last number that stands after these words.
fn after(output: &str, words: &str) -> Option<u64> {
    let tail = output.rsplit_once(words)?.1.trim_start();
    let digits = tail.split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse().ok()
}
