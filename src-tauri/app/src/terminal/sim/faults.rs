//! What goes wrong, and when.

use super::machine::{STOPS, Stop};
use super::plan::Scenario;
use super::wires::Happening;
use super::world::{End, World};

/// An hour, in milliseconds: as wrong as clocks are here.
const HOUR: i64 = 3_600_000;

impl World {
    /// Something goes wrong, until faults have an end.
    pub(super) fn fault(&mut self) -> Result<(), End> {
        if self.now >= self.plan.faulty_millis {
            return self.heal();
        }
        let next = self.now + self.seed.between(300, 1_500);
        self.wires.at(next, Happening::Fault);
        match self.plan.scenario {
            Scenario::Lossy => self.trouble(),
            Scenario::Partitions => self.cut(),
            Scenario::Crashes => self.doom(),
            Scenario::Clocks => self.skew(),
            Scenario::DoubleVoter | Scenario::Liar => self.wires.slowest = self.seed.between(20, 300),
            Scenario::Governance => match self.seed.below(3) {
                0 => self.trouble(),
                1 => self.doom(),
                _ => self.wires.heal(),
            },
            Scenario::Storm => match self.seed.below(5) {
                0 => self.trouble(),
                1 => self.cut(),
                2 => self.doom(),
                3 => self.trouble_a_desktop(),
                _ => self.wires.heal(),
            },
            Scenario::Light => match self.seed.below(6) {
                0 => self.trouble(),
                1 => self.cut(),
                2 => self.wires.heal(),
                _ => (0..3).for_each(|_| self.trouble_a_desktop()),
            },
        }
        Ok(())
    }

    /// From now on only those are faulty that are so to the end.
    fn heal(&mut self) -> Result<(), End> {
        self.note(b"heals", &[], &[]);
        self.wires.heal();
        self.healed = true;
        self.story.release();
        self.heal_desktops();
        self.machines.iter_mut().for_each(|machine| machine.doom = None);
        let faulty: Vec<usize> = self.faulty.iter().copied().collect();
        let too_many = self.plan.too_many;
        match self.plan.scenario {
            Scenario::Lossy | Scenario::Partitions if too_many => {
                faulty.iter().for_each(|at| self.wires.side[*at] = 1);
            }
            Scenario::Crashes | Scenario::Governance | Scenario::Storm => {
                let stay_away = too_many || (self.plan.scenario == Scenario::Crashes && self.seed.one_in(2));
                for at in faulty.into_iter().filter(|_| stay_away) {
                    if self.machines[at].driver.is_some() {
                        self.stop(at, Stop::Said)?;
                    }
                    self.away.insert(at);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The network loses, doubles and delays.
    fn trouble(&mut self) {
        self.count("troubles");
        let pick = |world: &mut Self, from: [usize; 4]| from[world.seed.below(4)];
        self.wires.loss = pick(self, [0, 4, 10, 30]);
        self.wires.double = pick(self, [0, 3, 10, 30]);
        self.wires.slowest = [20, 100, 600, 2_500][self.seed.below(4)];
        self.wires.reorders = self.seed.one_in(2);
    }

    /// The network falls into two parts, or is one again.
    fn cut(&mut self) {
        let count = self.machines.len();
        self.wires.side.fill(0);
        let apart = match self.seed.below(4) {
            0 => return,
            1 => 1,
            2 => count / 2,
            _ => self.seed.below(count),
        };
        self.count("cuts");
        let first = self.seed.below(count);
        for at in 0..apart {
            self.wires.side[(first + at) % count] = 1;
        }
        for at in count..self.wires.side.len() {
            self.wires.side[at] = u8::from(self.seed.one_in(2));
        }
    }

    /// A machine will stop at its next step.
    fn doom(&mut self) {
        let at = self.seed.below(self.machines.len());
        self.machines[at].doom = Some(STOPS[self.seed.below(STOPS.len())]);
    }

    /// Clocks jump: those that are faulty by up to an hour, the others by what is borne.
    fn skew(&mut self) {
        self.count("skews");
        for at in 0..self.machines.len() {
            let wrong = match self.seed.below(4) {
                0 => HOUR,
                1 => -HOUR,
                2 => i64::try_from(self.seed.between(0, 7_200_000)).unwrap_or(0) - HOUR,
                _ => 0,
            };
            let most = if self.faulty.contains(&at) { HOUR } else { 2_000 };
            self.machines[at].clock.set(wrong.clamp(-most, most));
        }
    }
}
