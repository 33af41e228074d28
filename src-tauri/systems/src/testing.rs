//! A small world for stories: parties with keys, the states as a node would keep them, and steps told one after the other.

use crate::{At, Context, Entry, Payload, Spoken, State, Touches, Violation, apply, check, moves_turn};
use ledger::{Hash, Party, Record, RecordDraft, SecretKey, Subject, Time};
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

#[derive(Default)]
pub(crate) struct World {
    pub(crate) entries: BTreeMap<Subject, Entry>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) told: Vec<(Record, Payload, u64)>,
    pub(crate) rules_seen: BTreeSet<&'static str>,
    height: u64,
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

    pub(crate) fn now() -> Time {
        "2026-03-01T12:00:00.000Z".parse().unwrap()
    }

    /// `@M` stands for the did:key of M, `#label` for the id of a record told before.
    pub(crate) fn fill(&self, body: &Value) -> Value {
        let mut text = body.to_string();
        for name in ["M", "C", "B", "S", "K"] {
            text = text.replace(&format!("@{name}"), &party(name).to_string());
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
            claimed: Self::now(),
            until: Self::now().plus_millis(1000),
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
        seen.push(Subject::party(record.party()));
        let known = |subject: Subject| self.entries.get(&subject).map(|entry| (subject.clone(), entry.clone()));
        let entries: BTreeMap<Subject, Entry> = seen.into_iter().filter_map(known).collect();
        let context = Context {
            height: self.height + 1,
            time: Self::now(),
            entries: &entries,
        };
        check(record, &Spoken::of(record, payload.clone())?, &context)
    }

    /// Says something; if no rule refuses it, it stands.
    pub(crate) fn say(&mut self, label: &str, who: &str, kind: &str, body: Value) -> Result<(), Violation> {
        let outcome = self.try_say(label, who, kind, &body);
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
            time: Self::now(),
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
    let mut world = World::with(&["M", "C", "B"]);
    for (i, Step(label, who, kind, body, expected)) in story.1.into_iter().enumerate() {
        let outcome = world.say(label, who, kind, body);
        let rule = outcome.as_ref().map_or_else(|violation| violation.rule, |()| "");
        assert_eq!(rule, expected, "{}, step {i} ({kind} {label}): {outcome:?}", story.0);
    }
    world.rules_seen
}
