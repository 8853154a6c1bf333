//! Cursors of the user list and of the list of deleted users.

use crate::{
    list::{Cursor, CursorValue, micros, time_of_micros},
    users::{
        Status, UserSummary,
        deleted::DeletedUser,
        list::{Sort, SortKey},
    },
};

/// Name of the order of deleted users. No column's order has this name.
const DELETED_ORDER: &str = "-deleted";

impl Cursor {
    /// Creates the cursor at a user in a sort order.
    #[must_use]
    pub fn of(user: &UserSummary, sort: Sort, number: u64) -> Self {
        let value = value_of(user, sort.key);
        Self::new(sort.to_string(), value, user.id.0, number)
    }

    /// Creates the cursor at a deleted user.
    #[must_use]
    pub fn of_deleted(deleted: &DeletedUser, number: u64) -> Self {
        Self::at(DELETED_ORDER, deleted.deleted_at, deleted.user.id.0, number)
    }

    /// Parses a cursor in a sort order.
    #[must_use]
    pub fn decode(text: &str, sort: Sort) -> Option<Self> {
        let cursor = Self::read(text, &sort.to_string())?;
        cursor.value.fits(sort.key).then_some(cursor)
    }

    /// Parses a cursor in the list of deleted users.
    #[must_use]
    pub fn decode_of_deleted(text: &str) -> Option<Self> {
        Self::decode_at(text, DELETED_ORDER)
    }
}

impl CursorValue {
    /// Returns whether the value is one of the column.
    pub(crate) fn fits(&self, key: SortKey) -> bool {
        match (key, self) {
            (SortKey::Created, Self::Time(Some(micros)))
            | (SortKey::LastLogin | SortKey::LastActive, Self::Time(Some(micros))) => {
                time_of_micros(*micros).is_some()
            }
            (SortKey::LastLogin | SortKey::LastActive, Self::Time(None)) => true,
            (SortKey::Status, Self::Text(status)) => status.parse::<Status>().is_ok(),
            // PostgreSQL rejects a NUL in a text.
            (SortKey::Username | SortKey::Name | SortKey::Email, Self::Text(text)) => {
                !text.contains('\0')
            }
            (SortKey::Role, Self::Ids(_))
            | (SortKey::Spend, Self::Amount(_))
            | (
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

fn value_of(user: &UserSummary, key: SortKey) -> CursorValue {
    match key {
        SortKey::Created => CursorValue::Time(micros(user.created_at)),
        SortKey::LastLogin => CursorValue::Time(user.last_login_at.and_then(micros)),
        SortKey::LastActive => CursorValue::Time(user.last_active_at.and_then(micros)),
        SortKey::Username => CursorValue::Text(user.username.clone()),
        SortKey::Name => CursorValue::Text(user.display_name.clone()),
        SortKey::Email => CursorValue::Text(user.email.clone().unwrap_or_default()),
        SortKey::Status => CursorValue::Text(user.status.as_str().to_owned()),
        SortKey::Role => CursorValue::Ids(user.role_ids.clone()),
        SortKey::Personas => CursorValue::Number(user.persona_count),
        SortKey::Ontologies => CursorValue::Number(user.ontology_count),
        SortKey::Annotations => CursorValue::Number(user.annotation_count),
        SortKey::Sessions => CursorValue::Number(user.session_count),
        SortKey::ApiKeys => CursorValue::Number(user.api_key_count),
        SortKey::Spend => CursorValue::Amount(user.spend.rank),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn cursor(sort: Sort, value: CursorValue) -> Cursor {
        Cursor::new(sort.to_string(), value, Uuid::from_u128(7), 51)
    }

    #[test]
    fn cursor_belongs_to_its_sort() {
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
    fn forged_cursors_are_rejected() {
        let sort = Sort::default();
        let wrong_type = cursor(sort, CursorValue::Text("x".into())).encode();
        let out_of_range = cursor(sort, CursorValue::Time(Some(i64::MAX))).encode();
        let stone_age = cursor(sort, CursorValue::Time(Some(-300_000_000_000_000_000))).encode();
        let of_deleted = Cursor::new(
            DELETED_ORDER.to_owned(),
            CursorValue::Time(Some(0)),
            Uuid::nil(),
            51,
        );
        assert_eq!(
            Cursor::decode_of_deleted(&of_deleted.encode()),
            Some(of_deleted.clone())
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
            &of_deleted.encode(),
        ] {
            assert_eq!(Cursor::decode(text, sort), None, "{text}");
        }
        let elsewhere = cursor(sort, CursorValue::Time(Some(0))).encode();
        let wrong_type = Cursor::new(
            DELETED_ORDER.to_owned(),
            CursorValue::Time(None),
            Uuid::nil(),
            51,
        );
        for text in ["", "x", &elsewhere, &wrong_type.encode(), &long] {
            assert_eq!(Cursor::decode_of_deleted(text), None, "{text}");
        }
    }
}
