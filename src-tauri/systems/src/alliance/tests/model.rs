//! Whatever operators say in whatever order: standings and sets are those of a second, plainer reckoning from what was said.

use crate::alliance::records::MemberVote;
use crate::alliance::state::{MemberStanding, decided};
use crate::testing::{World, key, party};
use crate::{Payload, State};
use ledger::{Hash, Party, Time, ValidatorSet};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

const OPERATORS: [&str; 4] = ["M", "C", "B", "D"];
const OTHERS: [&str; 2] = ["S", "T"];

#[derive(Clone, Debug)]
enum Said {
    Member { who: usize, whom: usize, admit: bool },
    Proposes { who: usize, weight: u64 },
    Votes { who: usize, which: usize, approve: bool },
    Passes { days: i64 },
    InForce,
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        4 => (0..4_usize, 0..2_usize, any::<bool>()).prop_map(|(who, whom, admit)| Said::Member { who, whom, admit }),
        2 => (0..4_usize, 0..4_u64).prop_map(|(who, weight)| Said::Proposes { who, weight }),
        6 => (0..4_usize, 0..3_usize, prop::bool::weighted(0.7))
            .prop_map(|(who, which, approve)| Said::Votes { who, which, approve }),
        1 => (0..9_i64).prop_map(|days| Said::Passes { days }),
        1 => Just(Said::InForce),
    ]
}

/// One proposal, and who said what to it last.
struct Proposal {
    id: Hash,
    by: Party,
    until: Time,
    said: BTreeMap<Party, bool>,
}

#[derive(Default)]
struct Model {
    members: BTreeMap<Party, (Option<MemberVote>, BTreeMap<Party, MemberVote>)>,
    proposals: Vec<Proposal>,
    decisions: usize,
}

impl Model {
    fn hears(&mut self, world: &World, now: Time) {
        let (record, payload, _) = world.told.last().unwrap();
        let (set, by) = (&world.alliance.validators, *record.party());
        match payload {
            Payload::MemberVoted(vote) => {
                let (standing, votes) = self.members.entry(vote.party).or_default();
                votes.insert(by, vote.standing);
                let of = |wanted| weight(set, |one| votes.get(one) == Some(&wanted));
                let admitted = of(MemberVote::Admitted) * 3 > set.weight();
                let suspended = of(MemberVote::Suspended) * 3 > set.weight() * 2;
                for (reached, wanted) in [(admitted, MemberVote::Admitted), (suspended, MemberVote::Suspended)] {
                    if reached && *standing != Some(wanted) {
                        *standing = Some(wanted);
                        votes.clear();
                        break;
                    }
                }
            }
            Payload::ValidatorsProposed(_) => self.proposals.push(Proposal {
                id: record.id(),
                by,
                until: now.plus_millis(14 * 24 * 60 * 60 * 1000),
                said: BTreeMap::from([(by, true)]),
            }),
            Payload::ValidatorsVoted(vote) => {
                let meant = self
                    .proposals
                    .iter_mut()
                    .find(|one| one.id == vote.proposal && now <= one.until);
                meant.unwrap().said.insert(by, vote.approve);
            }
            _ => return,
        }
        self.proposals.retain(|one| now <= one.until);
        let of = |one: &Proposal, word| weight(set, |operator| one.said.get(operator) == Some(&word));
        if self.proposals.iter().any(|one| of(one, true) * 3 > set.weight() * 2) {
            self.decisions += 1;
            self.proposals.clear();
        }
        self.proposals
            .retain(|one| of(one, false) * 3 < set.weight() && one.said.get(&one.by) == Some(&true));
    }

    fn agrees(&self, world: &World, now: Time) {
        for (whom, (standing, _)) in &self.members {
            let Some(State::Member(member)) = world.entries.get(&ledger::Subject::member(whom)).map(|one| &*one.state)
            else {
                panic!("no member {whom}");
            };
            let expected = standing.map_or(MemberStanding::Proposed, MemberStanding::from);
            assert_eq!(member.standing, expected);
        }
        let kept = match world.entries.get(&ledger::Subject::validators()).map(|one| &*one.state) {
            Some(State::Validators(validators)) => validators.proposals.clone(),
            _ => Vec::new(),
        };
        let open: Vec<Hash> = kept.iter().filter(|one| one.is_open(now)).map(|one| one.id).collect();
        let expected = self.proposals.iter().filter(|one| now <= one.until);
        assert_eq!(open, expected.map(|one| one.id).collect::<Vec<_>>());
    }
}

fn weight(set: &ValidatorSet, counts: impl Fn(&Party) -> bool) -> u64 {
    let those = set.validators().iter().filter(|one| counts(&one.party));
    those.map(|one| one.weight).sum()
}

fn speak(world: &mut World, said: &Said, ids: &[Hash]) -> bool {
    let (who, kind, body) = match said {
        Said::Member { who, whom, admit } => {
            let standing = if *admit { "admitted" } else { "suspended" };
            let body = json!({"party": party(OTHERS[*whom]), "standing": standing, "reason": "r"});
            (*who, "alliance.member-voted", body)
        }
        Said::Proposes { who, weight } => {
            let change = json!({"key": key("VE").public(), "party": party("E"), "weight": weight});
            (
                *who,
                "alliance.validators-proposed",
                json!({"changes": [change], "reason": "r"}),
            )
        }
        Said::Votes { who, which, approve } => {
            let Some(id) = ids.iter().rev().nth(*which) else {
                return false;
            };
            (
                *who,
                "alliance.validators-voted",
                json!({"proposal": id, "approve": approve}),
            )
        }
        Said::Passes { days } => return !world.happens("days-pass", &json!(days)),
        Said::InForce => {
            if let Some(state) = world.entries.get(&ledger::Subject::validators())
                && let Some(set) = decided(&state.state)
            {
                world.alliance.validators = set;
            }
            return false;
        }
    };
    world.say("", OPERATORS[who], kind, body).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn standings_and_sets_are_what_a_second_reckoning_says(
        weights in prop::array::uniform4(1..5_u64),
        steps in prop::collection::vec(said(), 1..60),
    ) {
        let operators: Vec<(&str, u64)> = OPERATORS.into_iter().zip(weights).collect();
        let mut world = World::governed(&operators);
        let (mut model, mut ids) = (Model::default(), Vec::new());
        let mut set = None;
        for step in &steps {
            let decisions = model.decisions;
            if speak(&mut world, step, &ids) {
                model.hears(&world, world.time());
                let (record, payload, _) = world.told.last().unwrap();
                if matches!(payload, Payload::ValidatorsProposed(_)) {
                    ids.push(record.id());
                }
            }
            model.agrees(&world, world.time());
            let state = world.entries.get(&ledger::Subject::validators());
            let now = state.and_then(|entry| decided(&entry.state));
            prop_assert_eq!(now != set, model.decisions > decisions);
            set = now;
        }
    }
}
