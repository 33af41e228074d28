//! A small world for stories: parties with keys, the states as a node would keep them, and steps told one after the other.

use crate::{Alliance, At, Context, Entry, Payload, Spoken, State, Touches, Violation, apply, check, moves_turn};
use ledger::{Hash, Party, Profile, Record, RecordDraft, SecretKey, Subject, Time, Validator, ValidatorSet};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One step of a story: label of the record, author, kind without form, body, and the rule expected to refuse it (empty: none).
pub(crate) struct Step(
    pub &'static str,
    pub &'static str,
    pub &'static str,
    pub Value,
    pub &'static str,
);

/// A story: what is promised, and its steps. It begins with M, C and B registered.
pub(crate) struct Story(pub &'static str, pub Vec<Step>);

pub(crate) fn key(name: &str) -> SecretKey {
    let mut seed = [7; 32];
    seed[..name.len()].copy_from_slice(name.as_bytes());
    SecretKey::from_seed(&seed)
}

pub(crate) fn party(name: &str) -> Party {
    Party::of(key(name).public())
}

pub(crate) fn profile(name: &str) -> Value {
    json!({"name": {"en": name}, "country": "DE", "identifiers": [], "roles": ["manufacturer"]})
}

/// Day of January 2026, at noon in Xi'an.
pub(crate) fn day(day: u32) -> Value {
    json!({"time": format!("2026-01-{day:02}T04:00:00.000Z"), "zone": "+08:00"})
}

pub(crate) fn place(locode: &str) -> Value {
    json!({"name": locode, "locode": locode})
}

pub(crate) fn amount(value: i64, unit: &str) -> Value {
    json!({"value": value, "scale": 0, "unit": unit})
}

pub(crate) struct World {
    pub(crate) alliance: Alliance,
    pub(crate) entries: BTreeMap<Subject, Entry>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) told: Vec<(Record, Payload, u64)>,
    pub(crate) rules_seen: BTreeSet<&'static str>,
    height: u64,
    time: Time,
    /// The next record stands in the block of the last one, if it stands.
    same_block: bool,
}

/// A ledger of one firm, whose validator M runs.
impl Default for World {
    fn default() -> Self {
        let validator = Validator {
            key: key("V").public(),
            party: party("M"),
            weight: 1,
        };
        Self {
            alliance: Alliance {
                profile: Profile::Solo,
                validators: ValidatorSet::new(vec![validator]).unwrap(),
            },
            entries: BTreeMap::new(),
            labels: BTreeMap::new(),
            told: Vec::new(),
            rules_seen: BTreeSet::new(),
            height: 0,
            time: Self::now(),
            same_block: false,
        }
    }
}

impl World {
    /// A world in which these have registered.
    pub(crate) fn with(names: &[&str]) -> Self {
        let mut world = Self::default();
        for name in names {
            world
                .say("", name, "parties.registered", json!({"profile": profile(name)}))
                .unwrap();
        }
        world
    }

    /// An alliance in which these parties run a validator each, of this weight; who is named twice runs two. All have registered.
    pub(crate) fn governed(operators: &[(&str, u64)]) -> Self {
        let mut world = Self::default();
        let mut validators: Vec<Validator> = Vec::new();
        for (name, weight) in operators {
            let (vote_key, other) = (key(&format!("V{name}")).public(), key(&format!("W{name}")).public());
            let first = validators.iter().all(|validator| validator.key != vote_key);
            validators.push(Validator {
                key: if first { vote_key } else { other },
                party: party(name),
                weight: *weight,
            });
        }
        world.alliance = Alliance {
            profile: Profile::Alliance,
            validators: ValidatorSet::new(validators).unwrap(),
        };
        for name in operators.iter().map(|(name, _)| name).collect::<BTreeSet<_>>() {
            world
                .say("", name, "parties.registered", json!({"profile": profile(name)}))
                .unwrap();
        }
        world
    }

    /// The witnessed time when a world begins.
    pub(crate) fn now() -> Time {
        "2026-03-01T12:00:00.000Z".parse().unwrap()
    }

    /// The witnessed time of the next block.
    pub(crate) fn time(&self) -> Time {
        self.time
    }

    /// `@M` stands for the did:key of M, `^M` for the part after `did:key:`, `#label` for the id of a record told before.
    pub(crate) fn fill(&self, body: &Value) -> Value {
        let mut text = body.to_string();
        let vote_keys = ["VM", "VC", "VB", "VD", "VE", "WM"];
        for name in vote_keys
            .into_iter()
            .chain(["M", "C", "B", "D", "E", "S", "K", "R", "T"])
        {
            let did = party(name).to_string();
            text = text.replace(&format!("^{name}"), did.trim_start_matches("did:key:"));
            text = text.replace(&format!("@{name}"), &did);
        }
        for (label, id) in &self.labels {
            text = text.replace(&format!("#{label}\""), &format!("{id}\""));
        }
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn payload(&self, kind: &str, body: &Value) -> Result<Payload, Violation> {
        Payload::parse(&format!("{kind}.1").parse().unwrap(), &self.fill(body).to_string())
    }

    /// `M` speaks with its root key, `M/K` with the key of K.
    pub(crate) fn sign(&self, who: &str, payload: &Payload, touches: &Touches) -> Record {
        let (author, signer) = who.split_once('/').unwrap_or((who, who));
        let exclusive = touches
            .writes
            .iter()
            .filter(|write| write.access == crate::Access::Exclusive);
        let turn = |subject: &Subject| self.entries.get(subject).map_or(0, |entry| entry.turn);
        let draft = RecordDraft {
            network: Hash::of(b"world"),
            kind: payload.kind(),
            party: party(author),
            subjects: touches.subjects(),
            reads: touches.reads.clone(),
            seen: exclusive
                .map(|write| (write.subject.clone(), turn(&write.subject)))
                .collect(),
            refers: touches.refers.clone(),
            claimed: self.time,
            until: self.time.plus_millis(1000),
            nonce: u128::from(self.height).to_be_bytes(),
            body: payload.body(),
            commits: Vec::new(),
        };
        draft.sign(&key(signer)).unwrap()
    }

    /// Judges a record by exactly what the rules may see.
    pub(crate) fn judge(&self, record: &Record, payload: &Payload, touches: &Touches) -> Result<(), Violation> {
        let mut seen = touches.subjects();
        seen.extend(touches.reads.clone());
        let spoken = Spoken::of(record, payload.clone())?;
        seen.extend_from_slice(spoken.standing());
        let known = |subject: Subject| self.entries.get(&subject).map(|entry| (subject.clone(), entry.clone()));
        let entries: BTreeMap<Subject, Entry> = seen.into_iter().filter_map(known).collect();
        let context = Context {
            height: self.height + 1,
            time: self.time,
            alliance: &self.alliance,
            entries: &entries,
        };
        check(record, &spoken, &context)
    }

    /// What happens in a story without anybody saying anything:
    /// - `in-force`: the set decided on is in force;
    /// - `days-pass`: so many days pass;
    /// - `same-block`: the next record stands in the block of the last one;
    /// - `is`: the state of `of` has at the pointer `at` this value.
    pub(crate) fn happens(&mut self, kind: &str, body: &Value) -> bool {
        match kind {
            "in-force" => {
                let state = self.state("alliance:validators");
                self.alliance.validators = crate::alliance::state::decided(state).unwrap();
            }
            "days-pass" => self.time = self.time.plus_millis(body.as_i64().unwrap() * 24 * 60 * 60 * 1000),
            "same-block" => self.same_block = true,
            "is" => {
                let body = self.fill(body);
                let subject: Subject = serde_json::from_value(body["of"].clone()).unwrap();
                let state = self.entries.get(&subject);
                let state = serde_json::to_value(state.map(|entry| entry.state.as_ref())).unwrap();
                let found = state.pointer(body["at"].as_str().unwrap()).unwrap_or(&Value::Null);
                assert_eq!(found, &body["is"], "{} of {state:#}", body["at"]);
            }
            _ => return false,
        }
        true
    }

    /// Says something; if no rule refuses it, it stands.
    pub(crate) fn say(&mut self, label: &str, who: &str, kind: &str, body: Value) -> Result<(), Violation> {
        let back = u64::from(std::mem::take(&mut self.same_block));
        self.height -= back;
        let outcome = self.try_say(label, who, kind, &body);
        if outcome.is_err() {
            self.height += back;
        }
        if let Err(violation) = &outcome {
            self.rules_seen.insert(violation.rule);
        }
        outcome
    }

    fn try_say(&mut self, label: &str, who: &str, kind: &str, body: &Value) -> Result<(), Violation> {
        let payload = self.payload(kind, body)?;
        let author = party(who.split('/').next().unwrap());
        let touches = payload.touches(&author)?;
        let record = self.sign(who, &payload, &touches);
        self.judge(&record, &payload, &touches)?;
        self.labels.insert(label.to_owned(), record.id().to_string());
        self.commit(record, payload, &touches);
        Ok(())
    }

    fn commit(&mut self, record: Record, payload: Payload, touches: &Touches) {
        self.height += 1;
        let at = At {
            height: self.height,
            time: self.time,
            alliance: &self.alliance,
        };
        for write in &touches.writes {
            let before = self.entries.get(&write.subject);
            let state = apply(
                before.map(|entry| entry.state.as_ref()),
                &write.subject,
                &record,
                &payload,
                &at,
            );
            let moved = moves_turn(&payload, &write.subject);
            assert_eq!(
                moved,
                write.access == crate::Access::Exclusive,
                "turn of {}",
                write.subject
            );
            let entry = Entry {
                state: Arc::new(state),
                count: before.map_or(0, |entry| entry.count) + 1,
                turn: before.map_or(0, |entry| entry.turn) + u64::from(moved),
                changed: self.height,
            };
            self.entries.insert(write.subject.clone(), entry);
        }
        self.told.push((record, payload, self.height));
        self.promises();
    }

    /// What holds after every record: canonical states within the limits, links to what exists, and no mass made or lost.
    pub(crate) fn promises(&self) {
        let (record, ..) = self.told.last().unwrap();
        for (subject, entry) in record
            .subjects()
            .iter()
            .filter_map(|subject| self.entries.get_key_value(subject))
        {
            let bytes = entry.state.to_canonical();
            assert!(
                (2..=ledger::limits::STATE_BYTES).contains(&bytes.len()),
                "{subject}: {} bytes",
                bytes.len()
            );
            assert_eq!(State::parse(&bytes).unwrap(), *entry.state);
            let links = entry.state.links();
            assert!(
                links.len() <= ledger::limits::LINKS && links.is_sorted_by(|a, b| a < b),
                "{subject}"
            );
            for link in links {
                assert!(
                    self.entries.contains_key(&link),
                    "{subject} links to {link}, which does not exist"
                );
            }
            if let State::Lot(lot) = entry.state.as_ref() {
                assert_eq!(lot.left + lot.packed + lot.singled + lot.used, lot.made, "{subject}");
                assert!(lot.left >= 0 && lot.made >= 0);
            }
            if let State::Shipment(shipment) = entry.state.as_ref() {
                assert_eq!(shipment.amounts.len(), shipment.contents().count());
                assert!(shipment.amounts.iter().all(|amount| *amount >= 0));
            }
        }
    }

    pub(crate) fn subject(&self, text: &str) -> Subject {
        serde_json::from_value(self.fill(&json!(text))).unwrap()
    }

    pub(crate) fn state(&self, text: &str) -> &State {
        &self.entries[&self.subject(text)].state
    }
}

/// Tells a story and gives the rules that refused something in it.
pub(crate) fn tell(story: Story) -> BTreeSet<&'static str> {
    tell_in(World::with(&["M", "C", "B"]), story).rules_seen
}

/// Tells a story in a world and gives what has become of it.
pub(crate) fn tell_in(mut world: World, story: Story) -> World {
    for (i, Step(label, who, kind, body, expected)) in story.1.into_iter().enumerate() {
        if world.happens(kind, &body) {
            continue;
        }
        let outcome = world.say(label, who, kind, body);
        let rule = outcome.as_ref().map_or_else(|violation| violation.rule, |()| "");
        assert_eq!(rule, expected, "{}, step {i} ({kind} {label}): {outcome:?}", story.0);
    }
    world
}
