//! First instants of days in the time zone of a user.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::When;

/// The first instants of days in the time zone of a user. Other days begin at midnight UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days(Vec<(Date, OffsetDateTime)>);

impl Days {
    /// Returns the first instant of a day.
    #[must_use]
    pub fn start(&self, day: Date) -> OffsetDateTime {
        let known = self.0.iter().find(|(known, _)| *known == day);
        known.map_or_else(|| day.midnight().assume_utc(), |(_, start)| *start)
    }
}

impl FromIterator<(Date, OffsetDateTime)> for Days {
    fn from_iter<I: IntoIterator<Item = (Date, OffsetDateTime)>>(days: I) -> Self {
        Self(days.into_iter().collect())
    }
}

/// A filter that can contain dates. After parsing, its days are those of UTC.
pub trait Dated {
    /// Visits each condition on a time.
    fn for_each_when(&mut self, visit: &mut dyn FnMut(&mut When));

    /// Lists the days at which its dates begin and end, in no particular order; empty if it contains no dates.
    fn days(&self) -> Vec<Date>
    where
        Self: Clone,
    {
        let mut days = Vec::new();
        self.clone()
            .for_each_when(&mut |when| days.extend(when.days()));
        days
    }

    /// Returns the same filter with its dates resolved to these first instants.
    #[must_use]
    fn in_days(&self, days: &Days) -> Self
    where
        Self: Clone,
    {
        let mut placed = self.clone();
        placed.for_each_when(&mut |when| when.place(days));
        placed
    }
}
