//! The sample company: an invented trade that is really signed, by keys made when it is loaded.
//!
//! The story is data (`assets/sample/story.json`). In its bodies `@jilin` stands for the did:key of that party, `=` for the
//! step's own moment, `~-3 18:00 +01:00` for a moment counted from the day of loading, `#name` for the record of that name.

use crate::Listeners;
use crate::compose::{Composer, Signer};
use crate::error::UserError;
use crate::firm::{Acting, Firm, Founding, Place};
use ledger::{Hash, Party, Record, Subject, Time};
use node::{Clock as _, DataFolder, Desk, KeyLock, Outcome, SimulatedClock, SystemClock};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use systems::Payload;

/// The sample's keys guard nothing; the key file wants a passphrase all the same.
pub(crate) const PASSPHRASE: &str = "sample company";

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Where the records of the story that later steps speak of are kept: name → RecordId.
const NAMES: &str = "story";

/// A step of the story.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// Code of the step, for the thread a user follows.
    #[serde(default)]
    pub(crate) code: String,
    /// Whose shoes: the name of the key.
    pub(crate) r#as: String,
    /// Days from the day of loading and local time: `-3 18:00`; empty for now.
    #[serde(default)]
    at: String,
    /// Local offset.
    zone: String,
    /// Kind.
    say: String,
    /// Body with the placeholders above.
    body: Value,
    /// Name under which later steps find the record.
    #[serde(default)]
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    network: String,
    shipment: String,
    travelled: String,
    parties: Vec<String>,
    steps: Vec<Step>,
    thread: Vec<Step>,
}

static STORY: LazyLock<Result<Story, String>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../assets/sample/story.json")).map_err(|error| error.to_string())
});

fn story() -> Result<&'static Story, UserError> {
    STORY
        .as_ref()
        .map_err(|what| UserError::new("bad-sample").with("what", what))
}

/// Names of the parties' root keys; the first is whose shoes one wears at the beginning, and it runs the validator.
pub(crate) fn roots() -> Vec<&'static str> {
    story()
        .map(|story| story.parties.iter().map(String::as_str).collect())
        .unwrap_or_default()
}

/// Founds the sample's ledger in an empty folder and plays the story up to yesterday.
pub(crate) fn load(folder: DataFolder, listeners: &Listeners) -> Result<Arc<Firm>, UserError> {
    let story = story()?;
    let today = midnight(SystemClock.now());
    let start = story
        .steps
        .first()
        .map_or(Ok(today), |step| moment(&step.at, &step.zone, today))?;
    let desk = Arc::new(Desk::open(&folder)?);
    let founding = Founding {
        name: &story.network,
        lock: KeyLock::Passphrase(PASSPHRASE.to_owned()),
        roots: &roots(),
        simulated: Some(Arc::new(SimulatedClock::new(start.plus_millis(-MINUTE)))),
    };
    let firm = Firm::found(Place::Sample(folder), desk, listeners, founding)?;
    let mut player = Player::new(&firm, today)?;
    for day in story
        .steps
        .chunk_by(|one, next| one.at.split(' ').next() == next.at.split(' ').next())
    {
        player.play_day(day)?;
    }
    player.keep_names()?;
    firm.node.views_ready();
    Ok(firm)
}

fn midnight(now: Time) -> Time {
    now.plus_millis(-now.millis().rem_euclid(DAY))
}

/// `-3 18:00` in the zone `+01:00`, counted from `today` (midnight UTC).
fn moment(at: &str, zone: &str, today: Time) -> Result<Time, UserError> {
    let bad = || UserError::new("bad-sample").with("what", at);
    let (day, clock) = at.split_once(' ').ok_or_else(bad)?;
    let minutes = |text: &str| -> Option<i64> {
        let (hours, minutes) = text.split_once(':')?;
        Some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
    };
    let day: i64 = day.parse().map_err(|_| bad())?;
    let local = minutes(clock).ok_or_else(bad)?;
    let offset = minutes(zone.trim_start_matches(['+', '-'])).ok_or_else(bad)?;
    let offset = if zone.starts_with('-') { -offset } else { offset };
    Ok(today.plus_millis(day * DAY + (local - offset) * MINUTE))
}

/// Turns steps into records.
struct Player<'a> {
    firm: &'a Firm,
    today: Time,
    parties: BTreeMap<&'static str, Party>,
    records: BTreeMap<String, Hash>,
}

impl<'a> Player<'a> {
    fn new(firm: &'a Firm, today: Time) -> Result<Self, UserError> {
        let party = |root: &'static str| firm.public(root).map(|key| (root, Party::of(key)));
        let parties = roots().into_iter().filter_map(party).collect();
        let names = firm.desk.get(NAMES, "records")?.unwrap_or_default();
        let records = serde_json::from_value(names).unwrap_or_default();
        Ok(Self {
            firm,
            today,
            parties,
            records,
        })
    }

    /// All steps of a day, in one batch.
    fn play_day(&mut self, steps: &[Step]) -> Result<(), UserError> {
        let mut composer = Composer::new(self.firm);
        let mut batch: Vec<Record> = Vec::with_capacity(steps.len());
        let mut now = self.firm.clock.now();
        for step in steps {
            let at = moment(&step.at, &step.zone, self.today)?;
            now = now.max(at.plus_millis(MINUTE));
            let payload = self.payload(step, at)?;
            let (party, acting) = self.acting(&step.r#as)?;
            let draft = composer.draft_at(&party, &payload, now)?;
            let record = Signer::of(self.firm, &acting).sign(draft)?;
            if let Some(name) = &step.name {
                self.records.insert(name.clone(), record.id());
            }
            batch.push(record);
        }
        self.firm.set_clock(now);
        for (receipt, step) in self.firm.node.submit(batch)?.into_iter().zip(steps) {
            if let Outcome::Refused(violation) = receipt.outcome {
                return Err(UserError::from(violation).with("step", format!("{} {} {}", step.at, step.r#as, step.say)));
            }
        }
        Ok(())
    }

    fn acting(&self, name: &str) -> Result<(Party, Acting), UserError> {
        let party = self
            .parties
            .get(name)
            .ok_or_else(|| UserError::new("bad-sample").with("what", name))?;
        Ok((
            *party,
            Acting {
                party: *party,
                key: name.to_owned(),
            },
        ))
    }

    /// What a step says, its placeholders filled in.
    fn payload(&self, step: &Step, at: Time) -> Result<Payload, UserError> {
        let body = self.fill(&step.body, at, &step.zone)?;
        serde_json::from_value(json!({ "kind": step.say, "body": body }))
            .map_err(|error| UserError::new("bad-sample").with("what", error).with("step", &step.say))
    }

    fn fill(&self, value: &Value, at: Time, zone: &str) -> Result<Value, UserError> {
        Ok(match value {
            Value::String(text) if text == "=" => json!({ "time": at, "zone": zone }),
            Value::String(text) => json!(self.text(text)?),
            Value::Array(list) => list
                .iter()
                .map(|one| self.fill(one, at, zone))
                .collect::<Result<_, _>>()?,
            Value::Object(members) => {
                let filled = members
                    .iter()
                    .map(|(name, one)| Ok((name.clone(), self.fill(one, at, zone)?)));
                Value::Object(filled.collect::<Result<_, UserError>>()?)
            }
            other => other.clone(),
        })
    }

    fn text(&self, text: &str) -> Result<String, UserError> {
        if let Some(name) = text.strip_prefix('#') {
            let record = self
                .records
                .get(name)
                .ok_or_else(|| UserError::new("bad-sample").with("what", text))?;
            return Ok(record.to_string());
        }
        if let Some((at, zone)) = text.strip_prefix('~').and_then(|rest| rest.rsplit_once(' ')) {
            return Ok(moment(at, zone, self.today)?.to_string());
        }
        let filled = self.parties.iter().fold(text.to_owned(), |filled, (name, party)| {
            if filled.contains('@') {
                filled.replace(&format!("@{name}"), &party.to_string())
            } else {
                filled
            }
        });
        Ok(filled)
    }

    fn keep_names(&self) -> Result<(), UserError> {
        Ok(self.firm.desk.put(NAMES, "records", &json!(self.records))?)
    }
}

/// A step of the thread that the user is to follow.
pub(crate) struct Next {
    /// Code for words.
    pub(crate) code: &'static str,
    /// The party whose step it is.
    pub(crate) party: Party,
    /// What the step says, if taken now.
    pub(crate) payload: Payload,
    /// The shipment it is about.
    pub(crate) shipment: Subject,
}

/// The next step of the thread; none outside the sample and when the story has come to its end.
pub(crate) fn next_step(firm: &Firm) -> Result<Option<Next>, UserError> {
    if !firm.is_sample() {
        return Ok(None);
    }
    let story = story()?;
    let mut player = Player::new(firm, midnight(firm.clock.now()))?;
    let shipment = subject(&player.text(&story.shipment)?)?;
    let Some(entry) = firm.node.entry(&shipment)? else {
        return Ok(None);
    };
    let systems::State::Shipment(state) = &*entry.state else {
        return Ok(None);
    };
    let Some(step) = story.thread.get(done(state)) else {
        return Ok(None);
    };
    if let Some(offer) = &state.offer {
        player.records.extend(
            story
                .thread
                .iter()
                .filter_map(|step| Some((step.name.clone()?, offer.record))),
        );
    }
    let (party, _) = player.acting(&step.r#as)?;
    // The clock of the sample never runs behind what has happened.
    let now = state.last.map_or(firm.clock.now(), |last| last.max(firm.clock.now()));
    let payload = player.payload(step, now)?;
    Ok(Some(Next {
        code: &step.code,
        party,
        payload,
        shipment,
    }))
}

/// How many steps of the thread have been taken: it lies under way, has arrived, is on offer, is the buyer's, is delivered.
fn done(state: &systems::logistics::state::ShipmentState) -> usize {
    use systems::logistics::view::Stage;
    let at_end = state.place.as_ref() == Some(&state.destination);
    match state.stage {
        Stage::Delivered => 4,
        _ if state.holder == state.consignee => 3,
        _ if at_end && state.offer.is_some() => 2,
        Stage::AtPlace if at_end => 1,
        _ => 0,
    }
}

/// The piece whose journey the demonstration proves.
pub(crate) fn travelled(firm: &Firm) -> Result<Subject, UserError> {
    subject(&Player::new(firm, midnight(firm.clock.now()))?.text(&story()?.travelled)?)
}

fn subject(text: &str) -> Result<Subject, UserError> {
    text.parse()
        .map_err(|_| UserError::new("bad-subject").with("value", text))
}
