//! Rows of the user list, which a page with 50 of them contains twice: as HTML and as data for hydration.

use std::error::Error;

use domain::{
    limits::Left,
    money::Money,
    users::{Status, UserId, UserSummary, bulk::Selected, deleted::DeletedUser},
};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, error::ComponentRange};
use uuid::Uuid;

/// Nanoseconds per millisecond.
const MILLISECOND: i128 = 1_000_000;
/// Base of a packed id, with the digits and letters as its digits.
const BASE: u32 = 36;

/// First names of the groups or clients of a user, and the number of all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameList(pub Vec<String>, pub u64);

/// Groups and clients of a user, which the list shows in columns that are hidden initially.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowAccess(pub NameList, pub NameList);

/// Costs of a user in this month, and what is left of the limits, which the list shows in columns that are hidden initially.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PackedMetering", into = "PackedMetering")]
pub struct RowMetering {
    /// Costs of this calendar month in UTC.
    pub spend: Money,
    /// Cost that is left, in units of 1e-9 dollars.
    pub budget: Left,
    /// Number of requests that are left.
    pub requests: Left,
}

/// The fields of a [`RowMetering`] in their order, without names.
type PackedMetering = (Money, Left, Left);

impl From<RowMetering> for PackedMetering {
    fn from(metering: RowMetering) -> Self {
        (metering.spend, metering.budget, metering.requests)
    }
}

impl From<PackedMetering> for RowMetering {
    fn from((spend, budget, requests): PackedMetering) -> Self {
        Self {
            spend,
            budget,
            requests,
        }
    }
}

/// A user as the list shows one. Times are in whole milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Packed", into = "Packed")]
pub struct UserRow {
    /// The id of the user.
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user.
    pub display_name: String,
    /// Email address, if one is known.
    pub email: Option<String>,
    /// Groups and clients, if the list shows them.
    pub access: Option<RowAccess>,
    /// Costs and limits, if the list shows them.
    pub metering: Option<RowMetering>,
    /// Names of the roles, the most powerful first.
    pub roles: Vec<String>,
    /// Status of the account.
    pub status: Status,
    /// Time at which a suspension ends by itself.
    pub suspended_until: Option<OffsetDateTime>,
    /// Number of personas that the user owns.
    pub persona_count: i32,
    /// Number of active sessions.
    pub session_count: i32,
    /// Number of provider API keys of their own.
    pub api_key_count: i32,
    /// Version of the account.
    pub version: i32,
    /// Time of the account's creation.
    pub created_at: OffsetDateTime,
    /// Time of the last sign-in; `None` before the first.
    pub last_login_at: Option<OffsetDateTime>,
    /// Time of the last activity.
    pub last_active_at: Option<OffsetDateTime>,
}

/// The fields of a row in their order, without names. The id is a number of base 36, the status a number. The groups and
/// clients are two lists, or none; so are costs with limits, one or none. Times are in milliseconds: the end of a suspension since 1970, 0 without one; the creation
/// since the time in the id; the later ones since the creation.
type Packed = (
    String,
    String,
    String,
    Option<String>,
    Vec<NameList>,
    Vec<String>,
    usize,
    i64,
    i32,
    i32,
    i32,
    i32,
    i64,
    Option<i64>,
    Option<i64>,
    Vec<RowMetering>,
);

impl UserRow {
    /// Returns the user for a selection, at the version of the row.
    #[must_use]
    pub fn selected(&self) -> Selected {
        Selected {
            id: self.id.0,
            version: self.version,
            username: Some(self.username.clone()),
        }
    }
}

/// A deleted user as the list shows one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedRow {
    /// The user.
    pub user: UserRow,
    /// Number of personas, ontologies and annotations that the user owns.
    pub owned_items: i32,
    /// Time of the deletion.
    #[serde(with = "time::serde::timestamp::milliseconds_i64")]
    pub deleted_at: OffsetDateTime,
    /// Time after which the user is purged permanently.
    #[serde(with = "time::serde::timestamp::milliseconds_i64::option")]
    pub purge_after: Option<OffsetDateTime>,
}

impl From<DeletedUser> for DeletedRow {
    fn from(deleted: DeletedUser) -> Self {
        let user = deleted.user;
        Self {
            owned_items: user.persona_count + user.ontology_count + user.annotation_count,
            user: user.into(),
            deleted_at: deleted.deleted_at,
            purge_after: deleted.purge_after,
        }
    }
}

impl From<UserSummary> for UserRow {
    fn from(user: UserSummary) -> Self {
        Self {
            id: user.id,
            username: user.username,
            display_name: user.display_name,
            email: user.email,
            access: None,
            metering: None,
            roles: user.roles,
            status: user.status,
            suspended_until: user
                .suspended_until
                .map(OffsetDateTime::truncate_to_millisecond),
            persona_count: user.persona_count,
            session_count: user.session_count,
            api_key_count: user.api_key_count,
            version: user.version,
            created_at: user.created_at.truncate_to_millisecond(),
            last_login_at: user
                .last_login_at
                .map(OffsetDateTime::truncate_to_millisecond),
            last_active_at: user
                .last_active_at
                .map(OffsetDateTime::truncate_to_millisecond),
        }
    }
}

impl From<UserRow> for Packed {
    fn from(row: UserRow) -> Self {
        let created = milliseconds(row.created_at);
        let later = |at: Option<OffsetDateTime>| at.map(|at| milliseconds(at) - created);
        (
            packed_id(row.id),
            row.username,
            row.display_name,
            row.email,
            row.access
                .map_or_else(Vec::new, |RowAccess(groups, clients)| vec![groups, clients]),
            row.roles,
            packed_status(row.status),
            row.suspended_until.map_or(0, milliseconds),
            row.persona_count,
            row.session_count,
            row.api_key_count,
            row.version,
            created - time_in_id(row.id),
            later(row.last_login_at),
            later(row.last_active_at),
            row.metering.into_iter().collect(),
        )
    }
}

impl TryFrom<Packed> for UserRow {
    type Error = Box<dyn Error>;

    fn try_from(packed: Packed) -> Result<Self, Self::Error> {
        let (
            id,
            username,
            display_name,
            email,
            access,
            roles,
            status,
            until,
            persona_count,
            session_count,
            api_key_count,
            version,
            created,
            login,
            active,
            metering,
        ) = packed;
        let mut access = access.into_iter();
        let access = access.next().zip(access.next());
        let id = UserId(Uuid::from_u128(u128::from_str_radix(&id, BASE)?));
        let created = created.saturating_add(time_in_id(id));
        let later = |since: i64| timestamp(since.saturating_add(created));
        Ok(Self {
            id,
            username,
            display_name,
            email,
            access: access.map(|(groups, clients)| RowAccess(groups, clients)),
            metering: metering.first().copied(),
            roles,
            status: *Status::ALL.get(status).ok_or("unknown status")?,
            suspended_until: Some(until)
                .filter(|until| *until != 0)
                .map(timestamp)
                .transpose()?,
            persona_count,
            session_count,
            api_key_count,
            version,
            created_at: timestamp(created)?,
            last_login_at: login.map(later).transpose()?,
            last_active_at: active.map(later).transpose()?,
        })
    }
}

/// Returns an id as a number of base 36, which is shorter than the usual form.
fn packed_id(id: UserId) -> String {
    let mut rest = id.0.as_u128();
    let mut digits = Vec::new();
    while rest > 0 {
        let digit = u32::try_from(rest % u128::from(BASE)).unwrap_or_default();
        digits.extend(char::from_digit(digit, BASE));
        rest /= u128::from(BASE);
    }
    if digits.is_empty() {
        digits.push('0');
    }
    digits.into_iter().rev().collect()
}

/// Returns the number of a status among all.
fn packed_status(status: Status) -> usize {
    let place = Status::ALL.iter().position(|one| *one == status);
    place.unwrap_or_default()
}

/// Returns the first 48 bits of an id. In version 7 they are the time of its creation, in milliseconds since 1970.
fn time_in_id(id: UserId) -> i64 {
    i64::try_from(id.0.as_u128() >> 80).unwrap_or_default()
}

fn milliseconds(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1000 + i64::from(at.millisecond())
}

fn timestamp(milliseconds: i64) -> Result<OffsetDateTime, ComponentRange> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * MILLISECOND)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn row() -> UserRow {
        UserRow {
            id: UserId(Uuid::from_u128(7)),
            username: "uma".to_owned(),
            display_name: "Uma \"U\" <b>".to_owned(),
            email: None,
            access: None,
            metering: None,
            roles: vec!["admin".to_owned(), "user".to_owned()],
            status: Status::Suspended,
            suspended_until: Some(datetime!(2027-01-02 03:04:05.678 UTC)),
            persona_count: 1,
            session_count: 2,
            api_key_count: 3,
            version: 4,
            created_at: datetime!(1969-12-31 23:59:59.999 UTC),
            last_login_at: None,
            last_active_at: Some(datetime!(2026-11-29 22:49:36 UTC)),
        }
    }

    #[test]
    fn a_row_is_the_same_in_the_browser() {
        let sent = serde_json::to_string(&row()).unwrap();
        assert_eq!(serde_json::from_str::<UserRow>(&sent).unwrap(), row());
        assert!(!sent.contains('{'), "no names of fields: {sent}");
    }

    #[test]
    fn a_deleted_user_is_the_same_in_the_browser() {
        for purge_after in [None, Some(datetime!(2026-12-30 22:49:36.789 UTC))] {
            let deleted = DeletedRow {
                user: row(),
                owned_items: 6,
                deleted_at: datetime!(2026-11-30 22:49:36.789 UTC),
                purge_after,
            };
            let sent = serde_json::to_string(&deleted).unwrap();
            assert_eq!(serde_json::from_str::<DeletedRow>(&sent).unwrap(), deleted);
        }
    }

    #[test]
    fn groups_and_clients_are_the_same_in_the_browser() {
        let groups = NameList(vec!["Editors".to_owned()], 1);
        let user = UserRow {
            access: Some(RowAccess(groups, NameList::default())),
            ..row()
        };
        let sent = serde_json::to_string(&user).unwrap();
        assert_eq!(serde_json::from_str::<UserRow>(&sent).unwrap(), user);
        assert!(!sent.contains('{'), "no names of fields: {sent}");
    }

    #[test]
    fn costs_and_limits_are_the_same_in_the_browser() {
        for budget in [Left::Amount(-1), Left::Unlimited, Left::NoLimit] {
            let metering = RowMetering {
                spend: Money::from_nanos(1_500_000_000),
                budget,
                requests: Left::Amount(7),
            };
            let user = UserRow {
                metering: Some(metering),
                ..row()
            };
            let sent = serde_json::to_string(&user).unwrap();
            assert_eq!(serde_json::from_str::<UserRow>(&sent).unwrap(), user);
        }
    }

    #[test]
    fn each_id_and_status_is_the_same_in_the_browser() {
        for id in [0, 35, 36, 1_795_992_576_123 << 80, u128::MAX] {
            for status in Status::ALL {
                let user = UserRow {
                    id: UserId(Uuid::from_u128(id)),
                    status: *status,
                    ..row()
                };
                let sent = serde_json::to_string(&user).unwrap();
                assert_eq!(serde_json::from_str::<UserRow>(&sent).unwrap(), user);
                assert!(!sent.contains(status.as_str()), "{sent}");
            }
        }
        let sent = serde_json::to_string(&row()).unwrap();
        for other in [r#"["-","#, r#"["","#, r#"["z00000000000000000000000000","#] {
            let sent = sent.replace(r#"["7","#, other);
            assert!(serde_json::from_str::<UserRow>(&sent).is_err(), "{sent}");
        }
        let sent = sent.replace(r#""user"],2,"#, r#""user"],9,"#);
        assert!(serde_json::from_str::<UserRow>(&sent).is_err(), "{sent}");
    }

    #[test]
    fn times_are_short() {
        let created_at = datetime!(2026-11-29 22:49:36.123 UTC);
        let new = UserRow {
            id: UserId(Uuid::from_u128((1_795_992_576_123 << 80) | 7)),
            created_at,
            last_login_at: Some(created_at),
            last_active_at: Some(datetime!(2026-11-29 22:49:41.123 UTC)),
            ..row()
        };
        let sent = serde_json::to_string(&new).unwrap();
        assert!(sent.ends_with(",4,0,0,5000,[]]"), "{sent}");
        assert_eq!(serde_json::from_str::<UserRow>(&sent).unwrap(), new);
    }

    #[test]
    fn a_time_out_of_range_is_an_error() {
        let sent = serde_json::to_string(&row()).unwrap();
        // Milliseconds since the creation, which is 1 ms before 1970.
        let sent = sent.replace("1795992576001", "999999999999999999");
        assert!(serde_json::from_str::<UserRow>(&sent).is_err(), "{sent}");
    }
}
