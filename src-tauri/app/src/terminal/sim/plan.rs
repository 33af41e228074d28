//! What a simulation is to show: how many validators, what goes wrong, and for how long.

use clap::ValueEnum;
use serde::Serialize;

/// What goes wrong. Rows are those of `docs/faults.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// Messages are lost, doubled, late and out of order (row 9).
    Lossy,
    /// The network falls into two parts and heals, again and again (row 8).
    Partitions,
    /// Validators stop anywhere, also between a save and what rests on it, and come back (rows 10 and 14).
    Crashes,
    /// Clocks are wrong by up to an hour, and jump (row 11).
    Clocks,
    /// As many validators as may be faulty sign two proposals and two votes (row 13).
    DoubleVoter,
    /// As many as may be faulty say what is not so: altered blocks, forged certificates, replays, rubbish (rows 13 and 16).
    Liar,
    /// The validator set changes by vote while records come in: one joins, one leaves, one has a new key (row 28).
    Governance,
    /// All of the network's faults at once, stops, and a set that changes (rows 8, 9, 14, 27 and 28).
    Storm,
}

impl Scenario {
    /// Every one, in the order in which seeds take turns.
    pub const ALL: [Self; 8] = [
        Self::Lossy,
        Self::Partitions,
        Self::Crashes,
        Self::Clocks,
        Self::DoubleVoter,
        Self::Liar,
        Self::Governance,
        Self::Storm,
    ];
}

/// What is taken away from the validators, to see that the checks notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Mutant {
    /// A validator that stops loses what it saved of the height being decided.
    VotesForgotten,
    /// Nobody checks the signatures of records.
    SignaturesUnchecked,
}

/// One simulation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Decides all that is left to chance.
    pub seed: u64,
    /// How many validators the network is founded with.
    pub validators: usize,
    /// What goes wrong.
    pub scenario: Scenario,
    /// One more faulty validator than any such network bears: something must be found.
    pub too_many: bool,
    /// What is taken away.
    pub mutant: Option<Mutant>,
    /// Shipments to confirm, of twelve records each.
    pub shipments: usize,
    /// So long faults are brought about, in milliseconds of simulated time.
    pub faulty_millis: u64,
    /// So long after the last fault everything good must be confirmed, in milliseconds of simulated time.
    pub patient_millis: u64,
    /// Afterwards nobody brings anything, and the validators must come to rest.
    pub rests: bool,
}

impl Plan {
    /// What a seed stands for: scenarios in turn, every fourth time seven validators instead of four.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let count = Scenario::ALL.len();
        let turn = usize::try_from(seed % count as u64).unwrap_or(0);
        let round = seed / count as u64;
        Self {
            seed,
            validators: if round % 4 == 3 { 7 } else { 4 },
            scenario: Scenario::ALL[turn],
            too_many: false,
            mutant: None,
            shipments: 2,
            faulty_millis: 12_000,
            patient_millis: 150_000,
            rests: false,
        }
    }

    /// As many validators as may be faulty: less than a third.
    #[must_use]
    pub const fn bearable(&self) -> usize {
        (self.validators - 1) / 3
    }

    /// As many as are.
    #[must_use]
    pub fn faulty(&self) -> usize {
        self.bearable() + usize::from(self.too_many)
    }

    /// Whether the validator set is to change.
    #[must_use]
    pub const fn governs(&self) -> bool {
        matches!(self.scenario, Scenario::Governance | Scenario::Storm)
    }

    /// The command that repeats it.
    #[must_use]
    pub fn command(&self) -> String {
        let usual = Self::of(self.seed);
        let mut command = format!("sealroad sim --seed {}", self.seed);
        let name = |value: Option<clap::builder::PossibleValue>| value.map(|one| one.get_name().to_owned());
        if usual.scenario != self.scenario {
            command += &format!(
                " --scenario {}",
                name(self.scenario.to_possible_value()).unwrap_or_default()
            );
        }
        if usual.validators != self.validators {
            command += &format!(" --validators {}", self.validators);
        }
        if self.too_many {
            command += " --one-too-many";
        }
        if let Some(mutant) = self.mutant {
            command += &format!(" --mutant {}", name(mutant.to_possible_value()).unwrap_or_default());
        }
        command
    }
}
