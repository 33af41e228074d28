//! The checks of evidence, one function each, in the order of section 10.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, ShownRecord, Trust};
use crate::hash::Hash;
use crate::ids::{Subject, Time};
use crate::validators::ValidatorSet;
use crate::{history, mandate};

/// What the verifier brings to the file.
pub(super) struct Demand<'a> {
    pub(super) trust: &'a Trust,
    pub(super) not_before: Option<u64>,
}

/// Why a check failed, in English for a log; the interface words the check by its name.
pub(super) type Outcome = Result<(), String>;

type CheckFn = fn(&Evidence, &Demand<'_>) -> Outcome;

/// The checks after *canonical bytes*, with their names.
const CHECKS: [(&str, CheckFn); 11] = [
    ("signature", signature),
    ("mandate", mandate),
    ("inclusion", inclusion),
    ("history", history),
    ("quorum", quorum),
    ("network", network),
    ("completeness", completeness),
    ("closure", closure),
    ("state", state),
    ("freshness", freshness),
    ("openings", openings),
];

/// An evidence file that has passed every check: there is no other way to make one than [`run`].
pub(super) struct AllPassed(Evidence);

impl AllPassed {
    pub(super) const fn file(&self) -> &Evidence {
        &self.0
    }
}

/// The file up to the check that failed.
pub(super) struct Failed {
    pub(super) passed: Vec<&'static str>,
    pub(super) name: &'static str,
    pub(super) reason: String,
    /// The file, if it could be read at all.
    pub(super) file: Option<Box<Evidence>>,
}

/// Runs the checks in order until one fails.
pub(super) fn run(bytes: &[u8], demand: &Demand<'_>) -> Result<(AllPassed, Vec<&'static str>), Failed> {
    let mut passed = Vec::with_capacity(12);
    let file = match Evidence::parse(bytes) {
        Ok(file) => file,
        Err(error) => {
            return Err(Failed {
                passed,
                name: "canonical bytes",
                reason: error.to_string(),
                file: None,
            });
        }
    };
    passed.push("canonical bytes");
    for (name, check) in CHECKS {
        if name == "network" && !matches!(demand.trust, Trust::Expect(_)) {
            continue;
        }
        if let Err(reason) = check(&file, demand) {
            return Err(Failed {
                passed,
                name,
                reason,
                file: Some(Box::new(file)),
            });
        }
        passed.push(name);
    }
    Ok((AllPassed(file), passed))
}

fn ensure(good: bool, reason: impl FnOnce() -> String) -> Outcome {
    if good { Ok(()) } else { Err(reason()) }
}

fn signature(file: &Evidence, _: &Demand<'_>) -> Outcome {
    for shown in &file.records {
        shown
            .record
            .verify_signature()
            .map_err(|error| format!("record {}: {error}", shown.record.id()))?;
    }
    Ok(())
}

fn mandate(file: &Evidence, _: &Demand<'_>) -> Outcome {
    for ShownRecord { height, record, .. } in &file.records {
        let id = record.id();
        let header = file
            .header(*height)
            .ok_or_else(|| format!("no header of height {height} for record {id}"))?;
        let subject = Subject::party(record.party());
        let state = file
            .state(&subject)
            .ok_or_else(|| format!("no state of {subject} for record {id}"))?;
        let holds = mandate::holds(
            state.value(),
            record.key(),
            record.party(),
            record.kind(),
            *height,
            header.time,
        );
        ensure(holds, || format!("the key of record {id} had no mandate"))?;
    }
    Ok(())
}

fn inclusion(file: &Evidence, _: &Demand<'_>) -> Outcome {
    for shown in &file.records {
        let included = file.header(shown.height).is_some_and(|header| {
            shown
                .inclusion(header.records_count)
                .verify(&shown.record.leaf(), &header.records_root)
        });
        ensure(included, || {
            format!("record {} is not in block {}", shown.record.id(), shown.height)
        })?;
    }
    Ok(())
}

fn history(file: &Evidence, _: &Demand<'_>) -> Outcome {
    let head = &file.head;
    for block in &file.blocks {
        let height = block.header.height;
        let hangs = height < head.height
            && history::verify(
                &block.header.id(),
                height - 1,
                head.height - 1,
                &block.path,
                &head.history_root,
            );
        ensure(hangs, || format!("block {height} is not before the head"))?;
    }
    Ok(())
}

fn quorum(file: &Evidence, _: &Demand<'_>) -> Outcome {
    let head = &file.head;
    ensure(file.genesis.network() == head.network, || {
        "the head is of another network than the genesis".into()
    })?;
    let blocks = file.blocks.iter().map(|block| &block.header);
    let mut headers = blocks.chain(file.sets.iter().map(|change| &change.header));
    ensure(headers.all(|header| header.network == head.network), || {
        "a block is of another network".into()
    })?;
    let records = file.records.iter().all(|shown| shown.record.network() == head.network);
    ensure(records, || "a record is of another network".into())?;
    let set = last_set(file)?;
    file.commit.verify(head, set).map_err(|error| error.to_string())?;
    sets_of_blocks(file)
}

/// Walks the changes of the set from the genesis's, to the one that certifies the head.
fn last_set(file: &Evidence) -> Result<&ValidatorSet, String> {
    let head = &file.head;
    let (mut set, mut before) = (file.genesis.validators(), None);
    for change in &file.sets {
        let (height, time) = (change.header.height, change.header.time);
        ensure(height < head.height, || {
            format!("the change of validators at height {height} is not below the head")
        })?;
        ensure(before.is_none_or(|before| time > before), || {
            format!("the change of validators at height {height} is not later than the one before")
        })?;
        change
            .verify(set)
            .map_err(|error| format!("the change of validators at height {height}: {error}"))?;
        (set, before) = (&change.validators, Some(time));
    }
    ensure(before.is_none_or(|before| head.time > before), || {
        "the head is not later than the last change of validators".into()
    })?;
    Ok(set)
}

/// Without this a file could withhold a change to another set together with the change back.
fn sets_of_blocks(file: &Evidence) -> Outcome {
    let first = file.genesis.validators().hash();
    for block in &file.blocks {
        let (height, named) = (block.header.height, block.header.validators);
        let change = file.change_below(height);
        // Of each change the walk has found that this is the hash of its set.
        let due = change.map_or(first, |change| change.header.next_validators);
        ensure(named == due, || {
            format!("block {height} names other validators than the changes shown")
        })?;
    }
    Ok(())
}

fn network(file: &Evidence, demand: &Demand<'_>) -> Outcome {
    match demand.trust {
        Trust::Expect(anchor) => ensure(anchor.network() == file.head.network, || {
            "not the network that was expected".into()
        }),
        Trust::Nothing | Trust::Pinned(_) => Ok(()),
    }
}

fn completeness(file: &Evidence, _: &Demand<'_>) -> Outcome {
    let mut of: BTreeMap<&Subject, Vec<&ShownRecord>> =
        file.subjects.iter().map(|shown| (&shown.subject, Vec::new())).collect();
    let mut ids = BTreeSet::new();
    let mut heights = BTreeSet::new();
    for shown in &file.records {
        let id = shown.record.id();
        ensure(ids.insert(id), || format!("record {id} appears twice"))?;
        heights.insert(shown.height);
        let mut listed = false;
        for subject in shown.record.subjects() {
            if let Some(records) = of.get_mut(subject) {
                records.push(shown);
                listed = true;
            }
        }
        ensure(listed, || format!("record {id} writes no subject of the file"))?;
    }
    for block in &file.blocks {
        let height = block.header.height;
        ensure(heights.contains(&height), || {
            format!("block {height} holds no record of the file")
        })?;
    }
    let root = &file.head.index_root;
    for shown in &file.subjects {
        let (subject, key) = (&shown.subject, shown.subject.index_key());
        let records = of.get(subject).map(Vec::as_slice).unwrap_or_default();
        let Some((value, _)) = &shown.present else {
            ensure(shown.proof.verify_absence(root, &key), || {
                format!("{subject} is not proved absent")
            })?;
            ensure(records.is_empty(), || format!("{subject} is absent and has a record"))?;
            continue;
        };
        ensure(shown.proof.verify_presence(root, &key, &value.hash()), || {
            format!("{subject} is not in the index")
        })?;
        let ids: Vec<Hash> = records.iter().map(|shown| shown.record.id()).collect();
        let count = u64::try_from(ids.len()) == Ok(value.count);
        ensure(count, || {
            format!("{subject} has {} records, {} are shown", value.count, ids.len())
        })?;
        ensure(history::root(&ids) == value.records, || {
            format!("{subject} has other records")
        })?;
        let last = records.iter().map(|shown| shown.height).max();
        ensure(last == Some(value.changed), || {
            format!("{subject} changed in another block")
        })?;
    }
    Ok(())
}

fn closure(file: &Evidence, _: &Demand<'_>) -> Outcome {
    let listed: BTreeMap<&Subject, _> = file
        .subjects
        .iter()
        .map(|shown| (&shown.subject, &shown.present))
        .collect();
    let mut authors: BTreeMap<&Subject, BTreeSet<Subject>> = BTreeMap::new();
    for shown in &file.records {
        for subject in shown.record.subjects() {
            authors
                .entry(subject)
                .or_default()
                .insert(Subject::party(shown.record.party()));
        }
    }
    let mut needed = BTreeSet::from([file.about.clone()]);
    let mut waiting = vec![file.about.clone()];
    while let Some(subject) = waiting.pop() {
        let Some(present) = listed.get(&subject) else {
            return Err(format!("{subject} is missing"));
        };
        let Some((_, state)) = present else {
            ensure(subject == file.about, || format!("{subject} is absent"))?;
            continue;
        };
        for next in state.links().iter().chain(authors.get(&subject).into_iter().flatten()) {
            if needed.insert(next.clone()) {
                waiting.push(next.clone());
            }
        }
    }
    let over = file.subjects.iter().find(|shown| !needed.contains(&shown.subject));
    over.map_or(Ok(()), |shown| Err(format!("{} does not belong", shown.subject)))
}

fn state(file: &Evidence, _: &Demand<'_>) -> Outcome {
    for shown in &file.subjects {
        let same = shown
            .present
            .as_ref()
            .is_none_or(|(value, state)| state.hash() == value.state);
        ensure(same, || format!("{} has another state", shown.subject))?;
    }
    Ok(())
}

fn freshness(file: &Evidence, demand: &Demand<'_>) -> Outcome {
    let head = &file.head;
    if let Some(height) = demand.not_before {
        ensure(head.height >= height, || {
            format!("the head is block {}, before {height}", head.height)
        })?;
    }
    let latest: Option<Time> = file.blocks.iter().map(|block| block.header.time).max();
    ensure(latest.is_none_or(|time| head.time >= time), || {
        "a block is later than the head".into()
    })
}

fn openings(file: &Evidence, _: &Demand<'_>) -> Outcome {
    let records: BTreeMap<Hash, &ShownRecord> = file.records.iter().map(|shown| (shown.record.id(), shown)).collect();
    for opening in &file.openings {
        let commits = records
            .get(&opening.record)
            .map(|shown| shown.record.commits())
            .unwrap_or_default();
        let opens = commits.iter().any(|commitment| opening.opens(commitment));
        ensure(opens, || {
            format!(
                "`{}` does not open a commitment of record {}",
                opening.name, opening.record
            )
        })?;
    }
    Ok(())
}
