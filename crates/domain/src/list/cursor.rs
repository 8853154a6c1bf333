//! The place of a row in an order, as text for a URL.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Longest cursor that is looked at: an email address of 254 four-byte characters, encoded.
const CURSOR_MAX: usize = 2_000;

/// The sort value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CursorValue {
    /// A name, a status or an address.
    #[serde(rename = "s")]
    Text(String),
    /// Names of roles.
    #[serde(rename = "l")]
    Texts(Vec<String>),
    /// A counter.
    #[serde(rename = "n")]
    Number(i32),
    /// Microseconds since 1970, the database's own precision; none for never.
    #[serde(rename = "t")]
    Time(Option<i64>),
}

/// A row's place in an order. Opaque to clients; it gives no access that the list does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The order that it belongs to.
    #[serde(rename = "o")]
    order: String,
    /// The row's value in that order.
    #[serde(rename = "v")]
    pub value: CursorValue,
    /// The row's id, which decides between equal values.
    #[serde(rename = "i")]
    pub id: Uuid,
    /// The row's number among all, from 1, as it was when the page was read.
    #[serde(rename = "n")]
    pub number: u64,
}

impl Cursor {
    /// The place of a row in an order by some value.
    pub(crate) const fn new(order: String, value: CursorValue, id: Uuid, number: u64) -> Self {
        Self {
            order,
            value,
            id,
            number,
        }
    }

    /// The place of a row in an order by time.
    #[must_use]
    pub fn at(order: &str, at: OffsetDateTime, id: Uuid, number: u64) -> Self {
        let value = CursorValue::Time(micros(at));
        Self::new(order.to_owned(), value, id, number)
    }

    /// The place of a row in an order by groups, the highest first, and by id.
    #[must_use]
    pub fn in_groups(order: &str, group: i32, id: Uuid, number: u64) -> Self {
        Self::new(order.to_owned(), CursorValue::Number(group), id, number)
    }

    /// As text for a URL.
    #[must_use]
    pub fn encode(&self) -> String {
        // A struct of texts and numbers always has a JSON form.
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what [`Cursor::encode`] wrote, if it was written for this order. Whether the value is one of the order is left
    /// to whoever knows it.
    pub(crate) fn read(text: &str, order: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > CURSOR_MAX {
            return None;
        }
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&json).ok()?;
        (cursor.order == order && cursor.number > 0).then_some(cursor)
    }

    /// Reads a place in an order by time.
    #[must_use]
    pub fn decode_at(text: &str, order: &str) -> Option<Self> {
        let cursor = Self::read(text, order)?;
        cursor.time().is_some().then_some(cursor)
    }

    /// The moment of a place in an order by time.
    #[must_use]
    pub fn time(&self) -> Option<OffsetDateTime> {
        match self.value {
            CursorValue::Time(micros) => micros.and_then(time_of_micros),
            CursorValue::Text(_) | CursorValue::Texts(_) | CursorValue::Number(_) => None,
        }
    }

    /// Reads a place in an order by groups.
    #[must_use]
    pub fn decode_in_groups(text: &str, order: &str) -> Option<Self> {
        let cursor = Self::read(text, order)?;
        cursor.group().is_some().then_some(cursor)
    }

    /// The group of a place in an order by groups.
    #[must_use]
    pub fn group(&self) -> Option<i32> {
        match self.value {
            CursorValue::Number(group) => Some(group),
            CursorValue::Text(_) | CursorValue::Texts(_) | CursorValue::Time(_) => None,
        }
    }
}

/// The moment of a cursor's microseconds, if it is in our era: the database knows none before 4713 BC.
#[must_use]
pub fn time_of_micros(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .ok()
        .filter(|moment| moment.year() > 0)
}

/// The microseconds of a moment.
pub(crate) fn micros(moment: OffsetDateTime) -> Option<i64> {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000).ok()
}
