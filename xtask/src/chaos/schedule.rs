//! Schedule of the faults.

use std::{
    fmt::{self, Display, Formatter},
    time::Duration,
};

use super::dice::Dice;

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

    fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Fault to inject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A server is killed (SIGKILL).
    Kill(Site),
    /// A server is stopped (SIGTERM), as in an update.
    End(Site),
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

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill(site) => write!(f, "server {} killed", site.name()),
            Self::End(site) => write!(f, "server {} stopped", site.name()),
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
    pub(super) fault: Fault,
}

/// Infinite sequence of faults in shuffled rounds: the first round has each single fault once, later rounds have all
/// faults.
pub(super) struct Schedule {
    dice: Dice,
    next: Vec<Fault>,
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

    fn round(&mut self) -> Vec<Fault> {
        let first = self.site();
        let mut faults = vec![
            Fault::Kill(first),
            Fault::End(first.other()),
            Fault::KillDatabase,
            Fault::Cut,
        ];
        if self.rounds > 0 {
            faults.push(Fault::KillBoth);
            faults.push(Fault::KillWithDatabase(self.site()));
            faults.push(Fault::CutAndEnd(self.site()));
        }
        self.rounds += 1;
        self.dice.shuffle(&mut faults);
        faults
    }

    fn site(&mut self) -> Site {
        if self.dice.below(2) == 0 {
            Site::A
        } else {
            Site::B
        }
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
            fault: self.next.pop()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(seed: u64, count: usize) -> Vec<Fault> {
        Schedule::new(seed)
            .take(count)
            .map(|step| step.fault)
            .collect()
    }

    #[test]
    fn a_seed_is_a_schedule() {
        let steps = |seed| Schedule::new(seed).take(30).collect::<Vec<_>>();
        assert_eq!(steps(7), steps(7));
        assert_ne!(steps(7), steps(8));
    }

    #[test]
    fn each_single_fault_is_among_the_first_four() {
        for seed in 0..50 {
            let first = faults(seed, 4);
            assert!(first.iter().any(|fault| matches!(fault, Fault::Kill(_))));
            assert!(first.iter().any(|fault| matches!(fault, Fault::End(_))));
            assert!(first.contains(&Fault::KillDatabase));
            assert!(first.contains(&Fault::Cut));
        }
    }

    #[test]
    fn a_round_after_the_first_has_every_fault() {
        for seed in 0..50 {
            let round = &faults(seed, 11)[4..];
            for kind in [
                |fault: &Fault| matches!(fault, Fault::KillBoth),
                |fault: &Fault| matches!(fault, Fault::KillWithDatabase(_)),
                |fault: &Fault| matches!(fault, Fault::CutAndEnd(_)),
                |fault: &Fault| matches!(fault, Fault::Kill(_)),
                |fault: &Fault| matches!(fault, Fault::End(_)),
                |fault: &Fault| matches!(fault, Fault::KillDatabase),
                |fault: &Fault| matches!(fault, Fault::Cut),
            ] {
                assert_eq!(round.iter().filter(|fault| kind(fault)).count(), 1);
            }
        }
    }

    #[test]
    fn there_is_calm_before_every_fault() {
        let (shortest, longest) = CALM;
        for step in Schedule::new(3).take(200) {
            assert!(step.calm >= Duration::from_millis(shortest));
            assert!(step.calm < Duration::from_millis(longest));
        }
    }
}
