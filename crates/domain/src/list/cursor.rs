//! Cursors: the position of a row in a sort order, as text for a URL.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Maximum length of a cursor that is parsed: an email address of 254 four-byte characters, encoded.
const CURSOR_MAX: usize = 2_000;

/// Sort value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CursorValue {
    /// A name, a status or an address.
    #[serde(rename = "s")]
    Text(String),
    /// Ids of roles.
    #[serde(rename = "l")]
    Ids(Vec<Uuid>),
    /// A counter.
    #[serde(rename = "n")]
    Number(i32),
    /// A large number, such as an amount of money.
    #[serde(rename = "a")]
    Amount(i64),
    /// Microseconds since 1970, the precision of PostgreSQL; `None` for a time that is not set.
    #[serde(rename = "t")]
    Time(Option<i64>),
}

/// The position of a row in a sort order. Opaque to clients; it grants no access beyond the list's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Name of the sort order that it belongs to.
    #[serde(rename = "o")]
    order: String,
    /// Value of the row in that order.
    #[serde(rename = "v")]
    pub value: CursorValue,
    /// The id of the row, which decides between equal values.
    #[serde(rename = "i")]
    pub id: Uuid,
    /// Number of the row among all, from 1, at the time when the page was read.
    #[serde(rename = "n")]
    pub number: u64,
}

impl Cursor {
    /// Creates the cursor of a row in an order by some value.
    pub(crate) const fn new(order: String, value: CursorValue, id: Uuid, number: u64) -> Self {
        Self {
            order,
            value,
            id,
            number,
        }
    }

    /// Creates the cursor of a row in an order by time.
    #[must_use]
    pub fn at(order: &str, at: OffsetDateTime, id: Uuid, number: u64) -> Self {
        let value = CursorValue::Time(micros(at));
        Self::new(order.to_owned(), value, id, number)
    }

    /// Creates the cursor of a row in an order by groups, the highest first, and by id.
    #[must_use]
    pub fn in_groups(order: &str, group: i32, id: Uuid, number: u64) -> Self {
        Self::new(order.to_owned(), CursorValue::Number(group), id, number)
    }

    /// Creates the cursor of a row in an order by name and by id.
    #[must_use]
    pub fn named(order: &str, name: &str, id: Uuid, number: u64) -> Self {
        let value = CursorValue::Text(name.to_owned());
        Self::new(order.to_owned(), value, id, number)
    }

    /// Encodes it for a URL.
    #[must_use]
    pub fn encode(&self) -> String {
        // A struct of texts and numbers always has a JSON form, so the default is never used.
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Parses the output of [`Cursor::encode`] for this order. The caller checks that the value is of the order's type.
    pub(crate) fn read(text: &str, order: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > CURSOR_MAX {
            return None;
        }
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&json).ok()?;
        (cursor.order == order && cursor.number > 0).then_some(cursor)
    }

    /// Parses a cursor in an order by time.
    #[must_use]
    pub fn decode_at(text: &str, order: &str) -> Option<Self> {
        let cursor = Self::read(text, order)?;
        cursor.time().is_some().then_some(cursor)
    }

    /// Returns the timestamp of a cursor in an order by time.
    #[must_use]
    pub fn time(&self) -> Option<OffsetDateTime> {
        match self.value {
            CursorValue::Time(micros) => micros.and_then(time_of_micros),
            CursorValue::Text(_)
            | CursorValue::Ids(_)
            | CursorValue::Number(_)
            | CursorValue::Amount(_) => None,
        }
    }

    /// Parses a cursor in an order by name.
    #[must_use]
    pub fn decode_named(text: &str, order: &str) -> Option<Self> {
        let cursor = Self::read(text, order)?;
        match &cursor.value {
            CursorValue::Text(name) => !name.contains('\0'),
            CursorValue::Ids(_)
            | CursorValue::Number(_)
            | CursorValue::Amount(_)
            | CursorValue::Time(_) => false,
        }
        .then_some(cursor)
    }

    /// Parses a cursor in an order by groups.
    #[must_use]
    pub fn decode_in_groups(text: &str, order: &str) -> Option<Self> {
        let cursor = Self::read(text, order)?;
        cursor.group().is_some().then_some(cursor)
    }

    /// Returns the number of a cursor in an order by large numbers.
    #[must_use]
    pub fn amount(&self) -> Option<i64> {
        match self.value {
            CursorValue::Amount(amount) => Some(amount),
            CursorValue::Text(_)
            | CursorValue::Ids(_)
            | CursorValue::Number(_)
            | CursorValue::Time(_) => None,
        }
    }

    /// Returns the group of a cursor in an order by groups.
    #[must_use]
    pub fn group(&self) -> Option<i32> {
        match self.value {
            CursorValue::Number(group) => Some(group),
            CursorValue::Text(_)
            | CursorValue::Ids(_)
            | CursorValue::Amount(_)
            | CursorValue::Time(_) => None,
        }
    }
}

/// Returns the timestamp of a cursor's microseconds; `None` before year 1, because PostgreSQL stores none before 4713 BC.
#[must_use]
pub fn time_of_micros(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .ok()
        .filter(|timestamp| timestamp.year() > 0)
}

/// Returns the microseconds of a timestamp since 1970.
pub(crate) fn micros(timestamp: OffsetDateTime) -> Option<i64> {
    i64::try_from(timestamp.unix_timestamp_nanos() / 1_000).ok()
}
