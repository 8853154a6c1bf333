//! Expected state of a session.

use super::ledger::Outcome;

/// State of a session as far as the worker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Nothing has ended it; it must work.
    Live,
    /// An unclear change may have ended it.
    InDoubt,
    /// It has ended and must never work again.
    Ended,
}

impl Life {
    /// Returns the state after a request that ends the session.
    pub(super) fn ending(self, outcome: Outcome) -> Self {
        match (self, outcome) {
            (Self::Ended, _) | (_, Outcome::Done) => Self::Ended,
            (_, Outcome::Unclear) => Self::InDoubt,
            (_, Outcome::Rejected) => self,
        }
    }

    /// Returns the state after the session was used.
    ///
    /// # Errors
    /// Description of the problem if the session had to behave differently.
    pub(super) fn used(self, allowed: bool) -> Result<Self, &'static str> {
        match (self, allowed) {
            (Self::Ended, true) => Err("an ended session works"),
            (Self::Live, false) => Err("a session that was not ended does not work"),
            (Self::Live | Self::InDoubt, true) => Ok(self),
            (Self::InDoubt | Self::Ended, false) => Ok(Self::Ended),
        }
    }

    /// Reports whether this state in the database is possible at the end of the run.
    pub(super) fn agrees_with(self, is_live: bool) -> bool {
        match self {
            Self::Live => is_live,
            Self::InDoubt => true,
            Self::Ended => !is_live,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ended_session_never_works_again() {
        let ended = Life::Live.ending(Outcome::Done);
        assert!(ended.used(true).is_err());
        assert_eq!(ended.used(false), Ok(Life::Ended));
        assert_eq!(ended.ending(Outcome::Rejected), Life::Ended);
        assert!(ended.agrees_with(false) && !ended.agrees_with(true));
    }

    #[test]
    fn live_session_works() {
        let live = Life::Live.ending(Outcome::Rejected);
        assert_eq!(live.used(true), Ok(Life::Live));
        assert!(live.used(false).is_err());
        assert!(live.agrees_with(true) && !live.agrees_with(false));
    }

    #[test]
    fn doubt_ends_with_the_first_rejection() {
        let doubtful = Life::Live.ending(Outcome::Unclear);
        assert_eq!(doubtful.used(true), Ok(Life::InDoubt));
        let rejected = doubtful.used(false).unwrap();
        assert!(rejected.used(true).is_err());
        assert!(doubtful.agrees_with(true) && doubtful.agrees_with(false));
    }
}
