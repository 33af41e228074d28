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
    /// Light nodes among validators some of which lie to them, now and then all that one can reach; they stop, their clocks are wrong,
    /// and the set changes (rows 15, 16 and 21).
    Light,
}

impl Scenario {
    /// Every one, in the order in which seeds take turns.
    pub const ALL: [Self; 9] = [
        Self::Lossy,
        Self::Partitions,
        Self::Crashes,
        Self::Clocks,
        Self::DoubleVoter,
        Self::Liar,
        Self::Governance,
        Self::Storm,
        Self::Light,
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
    /// How many light nodes are among them.
    pub lights: usize,
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
    /// A light node with nothing to wait for looks around after so long at most, in milliseconds of simulated time.
    pub look_millis: u64,
    /// Afterwards nobody brings anything, and the validators must come to rest.
    pub rests: bool,
}

impl Plan {
    /// What a seed stands for: scenarios in turn, every fourth time seven validators instead of four, and now and then six.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let count = Scenario::ALL.len();
        let turn = usize::try_from(seed % count as u64).unwrap_or(0);
        let round = seed / count as u64;
        let validators = match (round % 4, Scenario::ALL[turn]) {
            (3, _) => 7,
            // Two thirds of six are four, and not enough.
            (1, Scenario::Light) => 6,
            _ => 4,
        };
        Self {
            seed,
            validators,
            lights: Self::lights(Scenario::ALL[turn], validators),
            scenario: Scenario::ALL[turn],
            too_many: false,
            mutant: None,
            shipments: 2,
            faulty_millis: 12_000,
            patient_millis: 150_000,
            look_millis: 3_000,
            rests: false,
        }
    }

    /// How many light nodes a scenario usually has beside so many validators.
    #[must_use]
    pub const fn lights(scenario: Scenario, validators: usize) -> usize {
        match scenario {
            Scenario::Light if validators >= 7 => 20,
            Scenario::Light => 10,
            Scenario::Storm => 4,
            _ => 0,
        }
    }

    /// The same with another scenario.
    #[must_use]
    pub const fn with(mut self, scenario: Scenario) -> Self {
        self.scenario = scenario;
        self.lights = Self::lights(scenario, self.validators);
        self
    }

    /// As many validators as may be faulty: less than a third.
    #[must_use]
    pub const fn bearable(&self) -> usize {
        (self.validators - 1) / 3
    }

    /// As many as are. Light nodes bear one less than it takes to certify a block, where none of those who lie decides one.
    #[must_use]
    pub fn faulty(&self) -> usize {
        match (self.too_many, self.scenario) {
            (false, _) => self.bearable(),
            (true, Scenario::Light) => self.validators - self.bearable(),
            (true, _) => self.bearable() + 1,
        }
    }

    /// Whether the validator set is to change.
    #[must_use]
    pub const fn governs(&self) -> bool {
        matches!(self.scenario, Scenario::Governance | Scenario::Storm | Scenario::Light)
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
        if Self::lights(self.scenario, self.validators) != self.lights {
            command += &format!(" --lights {}", self.lights);
        }
        if usual.shipments != self.shipments {
            command += &format!(" --shipments {}", self.shipments);
        }
        if self.faulty_millis == 0 {
            command += " --calm";
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
