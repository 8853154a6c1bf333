//! The place of a row in an order, as text for a URL.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::users::{
    Status, UserSummary,
    bin::DeletedUser,
    list::{Sort, SortKey},
};

/// Longest cursor that is looked at: an email address of 254 four-byte characters, encoded.
const CURSOR_MAX: usize = 2_000;
/// The order of the bin. It is none that a column has.
const BIN: &str = "-deleted";

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
    /// The place of a row.
    #[must_use]
    pub fn of(user: &UserSummary, sort: Sort, number: u64) -> Self {
        Self {
            order: sort.to_string(),
            value: value_of(user, sort.key),
            id: user.id.0,
            number,
        }
    }

    /// The place of a row of the bin.
    #[must_use]
    pub fn of_deleted(deleted: &DeletedUser, number: u64) -> Self {
        Self::at(BIN, deleted.deleted_at, deleted.user.id.0, number)
    }

    /// The place of a row in an order by time that is none of a column of the users.
    #[must_use]
    pub fn at(order: &str, at: OffsetDateTime, id: Uuid, number: u64) -> Self {
        Self {
            order: order.to_owned(),
            value: CursorValue::Time(micros(at)),
            id,
            number,
        }
    }

    /// The place of a row in an order by groups, the highest first, and by id.
    #[must_use]
    pub fn in_groups(order: &str, group: i32, id: Uuid, number: u64) -> Self {
        Self {
            order: order.to_owned(),
            value: CursorValue::Number(group),
            id,
            number,
        }
    }

    /// As text for a URL.
    #[must_use]
    pub fn encode(&self) -> String {
        // A struct of texts and numbers always has a JSON form.
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what [`Cursor::encode`] wrote, if it was written for this order.
    #[must_use]
    pub fn decode(text: &str, sort: Sort) -> Option<Self> {
        let cursor = Self::read(text, &sort.to_string())?;
        cursor.value.fits(sort.key).then_some(cursor)
    }

    /// The same for the bin.
    #[must_use]
    pub fn decode_of_bin(text: &str) -> Option<Self> {
        Self::decode_at(text, BIN)
    }

    /// The same for an order by time that is none of a column of the users.
    #[must_use]
    pub fn decode_at(text: &str, order: &str) -> Option<Self> {
        let cursor = Self::read(text, order)?;
        // Such a time is known, as is the one when an account was made.
        cursor.value.fits(SortKey::Created).then_some(cursor)
    }

    /// The moment of a place in an order by time.
    #[must_use]
    pub fn time(&self) -> Option<OffsetDateTime> {
        match self.value {
            CursorValue::Time(micros) => micros.and_then(time_of_micros),
            CursorValue::Text(_) | CursorValue::Texts(_) | CursorValue::Number(_) => None,
        }
    }

    /// The same for an order by groups.
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

    fn read(text: &str, order: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > CURSOR_MAX {
            return None;
        }
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&json).ok()?;
        (cursor.order == order && cursor.number > 0).then_some(cursor)
    }
}

impl CursorValue {
    fn fits(&self, key: SortKey) -> bool {
        match (key, self) {
            (SortKey::Created, Self::Time(Some(micros)))
            | (SortKey::LastLogin | SortKey::LastActive, Self::Time(Some(micros))) => {
                time_of_micros(*micros).is_some()
            }
            (SortKey::LastLogin | SortKey::LastActive, Self::Time(None)) => true,
            (SortKey::Status, Self::Text(status)) => status.parse::<Status>().is_ok(),
            // The database refuses a NUL in a text.
            (SortKey::Username | SortKey::Name | SortKey::Email, Self::Text(text)) => {
                !text.contains('\0')
            }
            (SortKey::Role, Self::Texts(roles)) => !roles.iter().any(|role| role.contains('\0')),
            (
                SortKey::Personas
                | SortKey::Ontologies
                | SortKey::Annotations
                | SortKey::Sessions
                | SortKey::ApiKeys,
                Self::Number(_),
            ) => true,
            _ => false,
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

fn micros(moment: OffsetDateTime) -> Option<i64> {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000).ok()
}

fn value_of(user: &UserSummary, key: SortKey) -> CursorValue {
    match key {
        SortKey::Created => CursorValue::Time(micros(user.created_at)),
        SortKey::LastLogin => CursorValue::Time(user.last_login_at.and_then(micros)),
        SortKey::LastActive => CursorValue::Time(user.last_active_at.and_then(micros)),
        SortKey::Username => CursorValue::Text(user.username.clone()),
        SortKey::Name => CursorValue::Text(user.display_name.clone()),
        SortKey::Email => CursorValue::Text(user.email.clone().unwrap_or_default()),
        SortKey::Status => CursorValue::Text(user.status.as_str().to_owned()),
        SortKey::Role => CursorValue::Texts(user.roles.clone()),
        SortKey::Personas => CursorValue::Number(user.persona_count),
        SortKey::Ontologies => CursorValue::Number(user.ontology_count),
        SortKey::Annotations => CursorValue::Number(user.annotation_count),
        SortKey::Sessions => CursorValue::Number(user.session_count),
        SortKey::ApiKeys => CursorValue::Number(user.api_key_count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(sort: Sort, value: CursorValue) -> Cursor {
        Cursor {
            order: sort.to_string(),
            value,
            id: Uuid::from_u128(7),
            number: 51,
        }
    }

    #[test]
    fn a_cursor_reads_only_in_its_own_order() {
        let sort = Sort {
            key: SortKey::Name,
            descending: false,
        };
        let written = cursor(sort, CursorValue::Text("王 伟".into()));
        let text = written.encode();
        assert_eq!(Cursor::decode(&text, sort), Some(written));
        assert_eq!(
            Cursor::decode(
                &text,
                Sort {
                    descending: true,
                    ..sort
                }
            ),
            None
        );
        assert_eq!(Cursor::decode(&text, Sort::default()), None);
    }

    #[test]
    fn made_up_cursors_are_refused() {
        let sort = Sort::default();
        let wrong_type = cursor(sort, CursorValue::Text("x".into())).encode();
        let out_of_range = cursor(sort, CursorValue::Time(Some(i64::MAX))).encode();
        let stone_age = cursor(sort, CursorValue::Time(Some(-300_000_000_000_000_000))).encode();
        let of_bin = Cursor {
            order: BIN.to_owned(),
            ..cursor(sort, CursorValue::Time(Some(0)))
        };
        assert_eq!(
            Cursor::decode_of_bin(&of_bin.encode()),
            Some(of_bin.clone())
        );
        let nul = cursor(
            Sort {
                key: SortKey::Name,
                descending: false,
            },
            CursorValue::Text("\0".into()),
        )
        .encode();
        let long = "A".repeat(10_000);
        for text in [
            "",
            "x",
            "AAAA",
            "e30",
            "ä",
            &wrong_type,
            &out_of_range,
            &stone_age,
            &nul,
            &long,
            &of_bin.encode(),
        ] {
            assert_eq!(Cursor::decode(text, sort), None, "{text}");
        }
        let elsewhere = cursor(sort, CursorValue::Time(Some(0))).encode();
        let wrong_type = Cursor {
            order: BIN.to_owned(),
            ..cursor(sort, CursorValue::Time(None))
        };
        for text in ["", "x", &elsewhere, &wrong_type.encode(), &long] {
            assert_eq!(Cursor::decode_of_bin(text), None, "{text}");
        }
    }
}
