//! When days begin in the time zone of a user.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::When;

/// The first instants of days in the time zone of a user. Other days begin at midnight UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days(Vec<(Date, OffsetDateTime)>);

impl Days {
    /// The first instant of a day.
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

/// A filter that may name dates. As it is read, its days are those of UTC.
pub trait Dated {
    /// Visits each of its conditions on a time.
    fn for_each_when(&mut self, visit: &mut dyn FnMut(&mut When));

    /// The days at which the dates that it names begin and end, in no order; empty where it names none.
    fn days(&self) -> Vec<Date>
    where
        Self: Clone,
    {
        let mut days = Vec::new();
        self.clone()
            .for_each_when(&mut |when| days.extend(when.days()));
        days
    }

    /// The same filter, its dates where the days begin.
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
