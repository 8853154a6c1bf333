//! Timestamps with the precision of UUIDv7: whole milliseconds. The order of ids is then exactly the order of creation.

use std::ops::{Add, Sub};

use time::OffsetDateTime;
use uuid::Uuid;

/// Milliseconds from 1970-01-01 to 2000-01-01, UTC, the epoch of PostgreSQL.
const YEAR_2000: i64 = 946_684_800_000;

/// Milliseconds since 1970-01-01, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub i64);

impl Millis {
    /// Returns the value that PostgreSQL stores.
    pub(super) const fn micros_since_2000(self) -> i64 {
        (self.0 - YEAR_2000) * 1000
    }

    /// Returns an id created at this time.
    #[must_use]
    pub fn id(self, random: &[u8; 10]) -> Uuid {
        uuid::Builder::from_unix_timestamp_millis(self.0.unsigned_abs(), random).into_uuid()
    }
}

impl From<OffsetDateTime> for Millis {
    fn from(timestamp: OffsetDateTime) -> Self {
        Self(timestamp.unix_timestamp() * 1000 + i64::from(timestamp.millisecond()))
    }
}

impl Add<i64> for Millis {
    type Output = Self;

    fn add(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }
}

impl Sub<i64> for Millis {
    type Output = Self;

    fn sub(self, millis: i64) -> Self {
        Self(self.0 - millis)
    }
}

impl Sub for Millis {
    type Output = i64;

    fn sub(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}
