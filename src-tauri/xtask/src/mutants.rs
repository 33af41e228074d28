//! Planted mutants: a copy of the tree is changed in one place that safety rests on, built, and simulated until a check finds it.
//! A mutant that survives shows that the simulation cannot see what was taken away.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::Value;

use crate::{
    child::{self, Job},
    copy, place,
};

/// What is planted, and in which simulations it is looked for.
const TABLE: &str = "tests/sim/mutants.json";
/// So many seeds are tried before a mutant counts as survivor.
const SEEDS: u64 = 60;
/// A simulation that has not ended by then does not end.
const MINUTES: u64 = 10;

struct Mutant {
    name: String,
    breaks: String,
    file: String,
    find: String,
    put: String,
    plan: Vec<String>,
}

/// What a simulation said.
struct Said {
    clean: bool,
    scenario: String,
    rule: String,
    what: String,
    command: String,
}

/// `cargo xtask mutants [NAME…]`.
pub fn run(wanted: &[String]) -> ExitCode {
    match all(wanted) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn all(wanted: &[String]) -> Result<bool, String> {
    let table = table()?;
    if let Some(unknown) = wanted
        .iter()
        .find(|name| table.iter().all(|mutant| mutant.name != **name))
    {
        let names: Vec<&str> = table.iter().map(|mutant| mutant.name.as_str()).collect();
        return Err(format!("no mutant {unknown}; there are {}", names.join(", ")));
    }
    let chosen = |mutant: &&Mutant| wanted.is_empty() || wanted.contains(&mutant.name);
    let yard = Yard::make()?;
    println!("the tree as it is");
    let clean = yard.build("clean")?;
    let (mut caught, mut survived) = (0, Vec::new());
    for mutant in table.iter().filter(chosen) {
        if yard.tries(mutant, &clean)? {
            caught += 1;
        } else {
            survived.push(mutant.name.as_str());
        }
    }
    println!("{caught} caught, {} survived {}", survived.len(), survived.join(", "));
    Ok(survived.is_empty())
}

fn table() -> Result<Vec<Mutant>, String> {
    let text = fs::read_to_string(place::at(TABLE)).map_err(|error| format!("{TABLE}: {error}"))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("{TABLE}: {error}"))?;
    let rows = value.as_array().ok_or(format!("{TABLE} is no list"))?;
    let member = |row: &Value, name: &str| {
        let text = row.get(name).and_then(Value::as_str);
        text.map(str::to_owned).ok_or(format!("{TABLE}: a row without {name}"))
    };
    rows.iter()
        .map(|row| {
            let plan = row.get("plan").and_then(Value::as_array).into_iter().flatten();
            Ok(Mutant {
                name: member(row, "name")?,
                breaks: member(row, "breaks")?,
                file: member(row, "file")?,
                find: member(row, "find")?,
                put: member(row, "put")?,
                plan: plan.filter_map(Value::as_str).map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// Where the copy lies and is built; one folder for what is compiled, so that only what a mutant changes is compiled again.
struct Yard {
    tree: PathBuf,
    built: PathBuf,
}

impl Yard {
    /// Copies what git tracks. What is the same already stays untouched, so that it need not be compiled again.
    fn make() -> Result<Self, String> {
        let yard = place::at("target/mutants");
        let (tree, built) = (yard.join("tree"), yard.join("target"));
        copy::tracked(&tree)?;
        Ok(Self { tree, built })
    }

    /// Builds the simulation and puts it aside under a name.
    fn build(&self, name: &str) -> Result<PathBuf, String> {
        let manifest = self.tree.join("Cargo.toml");
        let words = [
            "cargo",
            "build",
            "--locked",
            "--package",
            "sealroad-tests",
            "--bin",
            "sealroad-terminal",
        ];
        let mut job = Job::new(&words, 60).with("CARGO_TARGET_DIR", &self.built.to_string_lossy());
        job.arguments
            .extend(["--manifest-path".to_owned(), manifest.to_string_lossy().into_owned()]);
        let ran = child::run(&job);
        if !ran.ok() {
            return Err(format!("{name} was not built: {}\n{}", ran.words(), ran.output));
        }
        let aside = self.built.join(format!("simulation-{name}"));
        fs::copy(self.built.join("debug/sealroad-terminal"), &aside).map_err(|error| format!("{name}: {error}"))?;
        Ok(aside)
    }

    /// Plants a mutant and simulates until it is found. True if it is, and what it was found with is clean without it.
    fn tries(&self, mutant: &Mutant, clean: &Path) -> Result<bool, String> {
        println!("{}: {}", mutant.name, mutant.breaks);
        let path = self.tree.join(&mutant.file);
        let before = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", mutant.file))?;
        if before.matches(&mutant.find).count() != 1 {
            println!("  {} does not say {:?} exactly once", mutant.file, mutant.find);
            return Ok(false);
        }
        copy::write(&path, before.replace(&mutant.find, &mutant.put).as_bytes())?;
        let built = self.build(&mutant.name);
        copy::write(&path, before.as_bytes())?;
        let built = built?;
        let mut found = None;
        for seed in 0..SEEDS {
            let said = simulate(&built, seed, &mutant.plan)?;
            if !said.clean {
                found = Some((seed, said));
                break;
            }
        }
        // It is not needed again; what goes wrong with that is seen when it is written anew.
        let _left = fs::remove_file(&built);
        let Some((seed, said)) = found else {
            println!("  SURVIVED {SEEDS} seeds of {}", mutant.plan.join(" "));
            return Ok(false);
        };
        let short: String = said.what.chars().take(160).collect();
        println!(
            "  caught by {} in {} with seed {seed}: {short}",
            said.rule, said.scenario
        );
        println!("  {}", said.command);
        for seed in 0..=seed {
            let said = simulate(clean, seed, &mutant.plan)?;
            if !said.clean {
                println!(
                    "  without it seed {seed} is not clean either: {} {}",
                    said.rule, said.what
                );
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn simulate(program: &Path, seed: u64, plan: &[String]) -> Result<Said, String> {
    let (program, seed) = (program.to_string_lossy(), seed.to_string());
    let mut words = vec![program.as_ref(), "sim", "--json", "--seed", &seed];
    words.extend(plan.iter().map(String::as_str));
    let ran = child::run(&Job::new(&words, MINUTES));
    // A validator that is stopped says so on its way; the report is the line that is JSON.
    let report = ran.output.lines().find_map(|line| {
        let value: Value = serde_json::from_str(line).ok()?;
        value.get("ok")?.as_bool().map(|ok| (ok, value))
    });
    let Some((clean, report)) = report else {
        return Err(format!("{} {}:\n{}", words.join(" "), ran.words(), ran.output));
    };
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let broken = report.get("broken");
    Ok(Said {
        clean,
        scenario: text(report.get("scenario")),
        rule: text(broken.and_then(|broken| broken.get("rule"))),
        what: text(broken.and_then(|broken| broken.get("what"))),
        command: text(report.get("command")),
    })
}
