//! What authors bring: the firms, their shipments, and votes on who validates; each again and again until it is confirmed.

use crate::UserError;
use crate::terminal::bench::traffic::{Traffic, payload};
use ledger::{Genesis, Hash, Party, PublicKey, Record, Validator, ValidatorSet};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Records that rest on all stages before them of the same track.
#[derive(Debug, Default)]
struct Stage {
    records: Vec<Record>,
    /// When it is confirmed, this validator goes on with its second vote key.
    rekeys: Option<usize>,
}

#[derive(Debug)]
struct Track {
    stages: Vec<Stage>,
    /// The stage that is brought now.
    at: usize,
    /// The track that must be done before this begins.
    after: Option<usize>,
    /// It begins when faults have an end.
    held: bool,
}

/// What is brought, and what of it stands.
#[derive(Debug)]
pub struct Story {
    tracks: Vec<Track>,
    confirmed: BTreeSet<Hash>,
    /// The firms.
    pub parties: Vec<Party>,
    /// Every set that may come into force, by its hash.
    pub sets: BTreeMap<Hash, ValidatorSet>,
    /// Records of another network and with signatures of other records: nobody may ever confirm them.
    pub bad: Vec<Record>,
}

/// Firms that ship beside those that validate.
const OTHERS: usize = 2;

impl Story {
    /// Firms, shipments, and, if `governs`, three changes of the set: the firm after the last joins with `keys.0`, the second
    /// validator leaves, the third has `keys.1` from now on.
    ///
    /// # Errors
    /// None that an honest genesis can bring about.
    pub fn new(genesis: &Genesis, shipments: usize, keys: Option<(PublicKey, PublicKey)>) -> Result<Self, UserError> {
        let founders = genesis.validators().validators().len();
        let mut traffic = Traffic::new(genesis.network(), genesis.created(), 1)?;
        let firms = founders + OTHERS;
        let parties = traffic.operators(firms);
        let mut stages = Vec::new();
        for batch in traffic.founding_alliance(founders)? {
            let records = batch.into_iter().filter(|record| is_of(record, &parties));
            stages.push(Stage {
                records: records.collect(),
                rekeys: None,
            });
        }
        let mut tracks = vec![Track {
            stages,
            at: 0,
            after: None,
            held: false,
        }];
        // The consignee is the next firm, so the last one receives only; the second may have left before it could ship.
        let senders: Vec<usize> = (0..firms - 1).filter(|firm| *firm != 1).collect();
        for number in 0..shipments {
            let firm = senders[number % senders.len()];
            let records = traffic.shipment(firm + number / senders.len() * 16)?;
            let stages = vec![Stage { records, rekeys: None }];
            tracks.push(Track {
                stages,
                at: 0,
                after: Some(0),
                // Of one at least it is to be seen that it is confirmed after all.
                held: number + 1 == shipments,
            });
        }
        let set = genesis.validators().clone();
        let mut story = Self {
            tracks,
            confirmed: BTreeSet::new(),
            parties: parties.clone(),
            sets: BTreeMap::from([(set.hash(), set)]),
            bad: bad_records(genesis, &mut traffic)?,
        };
        if let Some(keys) = keys {
            let stages = story.changes(genesis, &mut traffic, &parties, keys)?;
            story.tracks.push(Track {
                stages,
                at: 0,
                after: Some(0),
                held: false,
            });
        }
        Ok(story)
    }

    fn changes(
        &mut self,
        genesis: &Genesis,
        traffic: &mut Traffic,
        parties: &[Party],
        (joining, renewed): (PublicKey, PublicKey),
    ) -> Result<Vec<Stage>, UserError> {
        let founders = genesis.validators().validators().len();
        let of = |set: &ValidatorSet, party: &Party| set.validators().iter().find(|one| one.party == *party).cloned();
        let mut set = genesis.validators().clone();
        let mut stages = Vec::new();
        let missing = || UserError::new("bad-record").with("what", "no such validator");
        let newcomer = Validator {
            key: joining,
            party: parties[founders],
            weight: 1,
        };
        let leaver = of(&set, &parties[1]).ok_or_else(missing)?;
        let before = of(&set, &parties[2]).ok_or_else(missing)?;
        let after = Validator {
            key: renewed,
            ..before.clone()
        };
        let none = |one: &Validator| Validator {
            weight: 0,
            ..one.clone()
        };
        let steps = [
            (vec![newcomer], None),
            (vec![none(&leaver)], None),
            (vec![none(&before), after], Some(2)),
        ];
        for (mut changes, rekeys) in steps {
            changes.sort_by_key(|change| change.key);
            let operators: Vec<usize> = (0..=founders).filter(|at| of(&set, &parties[*at]).is_some()).collect();
            let body = json!({"changes": changes, "reason": "as agreed"});
            let proposal = traffic.sign(operators[0], &payload("alliance.validators-proposed.1", body)?)?;
            let body = json!({"proposal": proposal.id(), "approve": true});
            // More than two thirds; who proposes has said yes.
            let voters = &operators[1..=operators.len() * 2 / 3];
            let yes = payload("alliance.validators-voted.1", body)?;
            let votes = voters.iter().map(|at| traffic.sign(*at, &yes));
            stages.push(Stage {
                records: vec![proposal],
                rekeys: None,
            });
            stages.push(Stage {
                records: votes.collect::<Result<_, _>>()?,
                rekeys,
            });
            let mut validators = set.validators().to_vec();
            validators.retain(|one| changes.iter().all(|change| change.key != one.key));
            validators.extend(changes.into_iter().filter(|change| change.weight > 0));
            set = ValidatorSet::new(validators).map_err(|error| UserError::new("bad-record").with("what", error))?;
            self.sets.insert(set.hash(), set.clone());
        }
        Ok(stages)
    }

    /// What is brought now and does not stand yet.
    pub fn open(&self) -> impl Iterator<Item = &Record> {
        let begun = |track: &&Track| !track.held && track.after.is_none_or(|before| self.tracks[before].is_done());
        let tracks = self.tracks.iter().filter(begun);
        let stages = tracks.filter_map(|track| track.stages.get(track.at));
        let records = stages.flat_map(|stage| &stage.records);
        records.filter(|record| !self.confirmed.contains(&record.id()))
    }

    /// All records that will be brought, in no order that matters.
    pub fn all(&self) -> Vec<&Record> {
        let stages = self.tracks.iter().flat_map(|track| &track.stages);
        stages.flat_map(|stage| &stage.records).collect()
    }

    /// What stands already, and is brought again all the same.
    pub fn old(&self) -> impl Iterator<Item = &Record> {
        let stages = self.tracks.iter().flat_map(|track| &track.stages);
        let records = stages.flat_map(|stage| &stage.records);
        records.filter(|record| self.confirmed.contains(&record.id()))
    }

    /// Faults have an end: what was held back is brought.
    pub fn release(&mut self) {
        self.tracks.iter_mut().for_each(|track| track.held = false);
    }

    /// A record stands in a block.
    pub fn confirm(&mut self, id: Hash) {
        self.confirmed.insert(id);
    }

    /// Goes on to later stages; gives the validators that have a new vote key now.
    pub fn go_on(&mut self) -> Vec<usize> {
        let mut rekeyed = Vec::new();
        for track in &mut self.tracks {
            while let Some(stage) = track.stages.get(track.at) {
                if !stage.records.iter().all(|record| self.confirmed.contains(&record.id())) {
                    break;
                }
                rekeyed.extend(stage.rekeys);
                track.at += 1;
            }
        }
        rekeyed
    }

    /// Whether all good records stand.
    pub fn is_done(&self) -> bool {
        self.tracks.iter().all(Track::is_done)
    }
}

impl Track {
    fn is_done(&self) -> bool {
        self.at >= self.stages.len()
    }
}

/// Of the founding records those that these parties need.
fn is_of(record: &Record, parties: &[Party]) -> bool {
    if record.kind().as_str() == "alliance.member-voted.1" {
        let body = record.body_json();
        return parties.iter().any(|party| body.contains(&party.to_string()));
    }
    parties.contains(record.party())
}

/// Well formed, and still nothing anybody may confirm.
fn bad_records(genesis: &Genesis, traffic: &mut Traffic) -> Result<Vec<Record>, UserError> {
    let elsewhere = Hash::of(b"another network");
    let mut abroad = Traffic::new(elsewhere, genesis.created(), 1)?;
    let mut bad = abroad.shipment(0)?;
    bad.truncate(2);
    let inspected = |traffic: &mut Traffic, note: &str| {
        let place = traffic.operators(1)[0];
        let at = json!({"time": genesis.created(), "zone": "+08:00"});
        let about = format!("lot:{place}:L-0");
        let body = json!({"about": about, "outcome": "passed", "at": at, "note": note});
        traffic.sign(0, &payload("supply-chain.inspected.1", body)?)
    };
    let (one, other) = (inspected(traffic, "one")?, inspected(traffic, "other")?);
    bad.extend(with_proof_of(&one, &other));
    Ok(bad)
}

/// A record under the signature of another.
pub fn with_proof_of(record: &Record, other: &Record) -> Option<Record> {
    let proof = |record: &Record| {
        let value: Value = serde_json::from_slice(record.bytes()).ok()?;
        Some(value.get("proof")?.get("proofValue")?.as_str()?.to_owned())
    };
    let text = record.text().replace(&proof(record)?, &proof(other)?);
    Record::parse(text.as_bytes()).ok()
}
