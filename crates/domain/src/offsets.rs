//! UTC offsets of a time zone over the years.

use time::{OffsetDateTime, UtcOffset};

/// The changes of the UTC offset of a time zone, in order. Empty for a zone that is not known, which has the times of UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offsets(Vec<(OffsetDateTime, UtcOffset)>);

impl Offsets {
    /// Returns the offset at a time. Before the first change it is the first one. `None` if the zone is not known.
    #[must_use]
    pub fn at(&self, at: OffsetDateTime) -> Option<UtcOffset> {
        let later = self.0.partition_point(|(start, _)| *start <= at);
        self.0
            .get(later.saturating_sub(1))
            .map(|(_, offset)| *offset)
    }
}

impl FromIterator<(OffsetDateTime, UtcOffset)> for Offsets {
    fn from_iter<I: IntoIterator<Item = (OffsetDateTime, UtcOffset)>>(changes: I) -> Self {
        Self(changes.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{datetime, offset};

    use super::*;

    #[test]
    fn offset_is_that_of_the_latest_change() {
        let berlin: Offsets = [
            (datetime!(2000-01-01 0:00 UTC), offset!(+1)),
            (datetime!(2026-03-29 1:00 UTC), offset!(+2)),
            (datetime!(2026-10-25 1:00 UTC), offset!(+1)),
        ]
        .into_iter()
        .collect();
        for (at, offset) in [
            (datetime!(1999-07-01 0:00 UTC), offset!(+1)),
            (datetime!(2026-03-29 0:59:59 UTC), offset!(+1)),
            (datetime!(2026-03-29 1:00 UTC), offset!(+2)),
            (datetime!(2026-10-25 0:59:59 UTC), offset!(+2)),
            (datetime!(2100-07-01 0:00 UTC), offset!(+1)),
        ] {
            assert_eq!(berlin.at(at), Some(offset), "{at}");
        }
        assert_eq!(Offsets::default().at(datetime!(2026-01-01 0:00 UTC)), None);
    }
}
