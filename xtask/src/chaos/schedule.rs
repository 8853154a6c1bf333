//! Schedule of the faults.

use std::{
    fmt::{self, Display, Formatter},
    time::Duration,
};

use crate::dice::Dice;

/// Random stream of the schedule; the workers use those after it.
const SUBJECT: u64 = 0;
/// Minimum and maximum time between faults, in milliseconds.
const CALM: (u64, u64) = (1_200, 3_200);

/// One of the two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Site {
    A,
    B,
}

impl Site {
    pub(super) const BOTH: [Self; 2] = [Self::A, Self::B];

    pub(super) fn name(self) -> char {
        match self {
            Self::A => 'A',
            Self::B => 'B',
        }
    }

    /// Draws one of the servers.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        if dice.below(2) == 0 { Self::A } else { Self::B }
    }

    fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Fault to inject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disruption {
    /// A server is killed (SIGKILL).
    Kill(Site),
    /// A server is stopped (SIGTERM), as in an update.
    Stop(Site),
    /// PostgreSQL is killed (SIGKILL).
    KillDatabase,
    /// All connections to the database are terminated, several times in a row.
    Cut,
    /// Both servers are killed at once.
    KillBoth,
    /// A server and PostgreSQL are killed.
    KillWithDatabase(Site),
    /// All connections are terminated while a server stops.
    CutAndEnd(Site),
}

impl Display for Disruption {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill(site) => write!(f, "server {} killed", site.name()),
            Self::Stop(site) => write!(f, "server {} stopped", site.name()),
            Self::KillDatabase => write!(f, "PostgreSQL killed"),
            Self::Cut => write!(f, "all connections to the database cut"),
            Self::KillBoth => write!(f, "both servers killed"),
            Self::KillWithDatabase(site) => {
                write!(f, "server {} and PostgreSQL killed", site.name())
            }
            Self::CutAndEnd(site) => {
                write!(f, "all connections cut, server {} stopped", site.name())
            }
        }
    }
}

/// Time without faults and the fault after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) calm: Duration,
    pub(super) disruption: Disruption,
}

/// Infinite sequence of faults in shuffled rounds: the first round has each single fault once, later rounds have all
/// faults.
pub(super) struct Schedule {
    dice: Dice,
    next: Vec<Disruption>,
    rounds: u64,
}

impl Schedule {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, SUBJECT),
            next: Vec::new(),
            rounds: 0,
        }
    }

    fn round(&mut self) -> Vec<Disruption> {
        let first = Site::draw(&mut self.dice);
        let mut disruptions = vec![
            Disruption::Kill(first),
            Disruption::Stop(first.other()),
            Disruption::KillDatabase,
            Disruption::Cut,
        ];
        if self.rounds > 0 {
            disruptions.push(Disruption::KillBoth);
            disruptions.push(Disruption::KillWithDatabase(Site::draw(&mut self.dice)));
            disruptions.push(Disruption::CutAndEnd(Site::draw(&mut self.dice)));
        }
        self.rounds += 1;
        self.dice.shuffle(&mut disruptions);
        disruptions
    }
}

impl Iterator for Schedule {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if self.next.is_empty() {
            self.next = self.round();
        }
        let (shortest, longest) = CALM;
        let calm = shortest + self.dice.below(longest - shortest);
        Some(Step {
            calm: Duration::from_millis(calm),
            disruption: self.next.pop()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disruptions(seed: u64, count: usize) -> Vec<Disruption> {
        Schedule::new(seed)
            .take(count)
            .map(|step| step.disruption)
            .collect()
    }

    #[test]
    fn seed_determines_the_schedule() {
        let steps = |seed| Schedule::new(seed).take(30).collect::<Vec<_>>();
        assert_eq!(steps(7), steps(7));
        assert_ne!(steps(7), steps(8));
    }

    #[test]
    fn first_four_disruptions_are_the_single_ones() {
        for seed in 0..50 {
            let first = disruptions(seed, 4);
            assert!(
                first
                    .iter()
                    .any(|disruption| matches!(disruption, Disruption::Kill(_)))
            );
            assert!(
                first
                    .iter()
                    .any(|disruption| matches!(disruption, Disruption::Stop(_)))
            );
            assert!(first.contains(&Disruption::KillDatabase));
            assert!(first.contains(&Disruption::Cut));
        }
    }

    #[test]
    fn later_rounds_contain_every_disruption() {
        for seed in 0..50 {
            let round = &disruptions(seed, 11)[4..];
            for kind in [
                |disruption: &Disruption| matches!(disruption, Disruption::KillBoth),
                |disruption: &Disruption| matches!(disruption, Disruption::KillWithDatabase(_)),
                |disruption: &Disruption| matches!(disruption, Disruption::CutAndEnd(_)),
                |disruption: &Disruption| matches!(disruption, Disruption::Kill(_)),
                |disruption: &Disruption| matches!(disruption, Disruption::Stop(_)),
                |disruption: &Disruption| matches!(disruption, Disruption::KillDatabase),
                |disruption: &Disruption| matches!(disruption, Disruption::Cut),
            ] {
                assert_eq!(
                    round.iter().filter(|disruption| kind(disruption)).count(),
                    1
                );
            }
        }
    }

    #[test]
    fn calm_precedes_every_disruption() {
        let (shortest, longest) = CALM;
        for step in Schedule::new(3).take(200) {
            assert!(step.calm >= Duration::from_millis(shortest));
            assert!(step.calm < Duration::from_millis(longest));
        }
    }
}
