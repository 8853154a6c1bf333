//! What must be true of a session.

use super::ledger::Fate;

/// What is known of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Nothing has ended it: it works.
    Live,
    /// Something may have ended it.
    InDoubt,
    /// It has ended: it never works again.
    Ended,
}

impl Life {
    /// After something was asked for that ends it.
    pub(super) fn ending(self, fate: Fate) -> Self {
        match (self, fate) {
            (Self::Ended, _) | (_, Fate::Done) => Self::Ended,
            (_, Fate::Unclear) => Self::InDoubt,
            (_, Fate::Refused) => self,
        }
    }

    /// After it was used: whether that was allowed.
    ///
    /// # Errors
    /// What is wrong if it should have been otherwise.
    pub(super) fn used(self, allowed: bool) -> Result<Self, &'static str> {
        match (self, allowed) {
            (Self::Ended, true) => Err("a session that had ended works"),
            (Self::Live, false) => Err("a session that nobody has ended does not work"),
            (Self::Live | Self::InDoubt, true) => Ok(self),
            (Self::InDoubt | Self::Ended, false) => Ok(Self::Ended),
        }
    }

    /// Whether the database, asked at the end, may say this of it.
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
    fn what_has_ended_never_works_again() {
        let ended = Life::Live.ending(Fate::Done);
        assert!(ended.used(true).is_err());
        assert_eq!(ended.used(false), Ok(Life::Ended));
        assert_eq!(ended.ending(Fate::Refused), Life::Ended);
        assert!(ended.agrees_with(false) && !ended.agrees_with(true));
    }

    #[test]
    fn what_nobody_has_ended_works() {
        let live = Life::Live.ending(Fate::Refused);
        assert_eq!(live.used(true), Ok(Life::Live));
        assert!(live.used(false).is_err());
        assert!(live.agrees_with(true) && !live.agrees_with(false));
    }

    #[test]
    fn doubt_ends_with_the_first_refusal_and_for_good() {
        let doubtful = Life::Live.ending(Fate::Unclear);
        assert_eq!(doubtful.used(true), Ok(Life::InDoubt));
        let refused = doubtful.used(false).unwrap();
        assert!(refused.used(true).is_err());
        assert!(doubtful.agrees_with(true) && doubtful.agrees_with(false));
    }
}
