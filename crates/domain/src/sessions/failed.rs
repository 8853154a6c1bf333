//! Failed sign-ins, grouped by account or by address. The list parameters live in the URL.

use std::{net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::SessionUser;
use crate::{
    list::{
        Cursor, Limits, ListError, Position, given, page_params, parse_limit, position, shorten,
    },
    users::{Unknown, string_enum},
};

string_enum! {
    /// Reason why a sign-in failed.
    SignInFailure {
        /// The account has another password, or none.
        WrongPassword = "wrong_password",
        /// No account has the username.
        UnknownUsername = "unknown_username",
        /// Too many sign-ins have failed: the password was not checked.
        Throttled = "throttled",
        /// The password is correct, and the user is suspended.
        Suspended = "suspended",
        /// The password is correct, and the registration is pending.
        Pending = "pending",
    }
}

string_enum! {
    /// Grouping of failed sign-ins in the list.
    Grouping {
        /// One row for each account, and one for all usernames that no account has.
        Account = "account",
        /// One row for each IPv4 address and each /64 of IPv6 addresses.
        Address = "address",
    }
}

impl Grouping {
    /// Returns the name of the sort order (latest first), stored in cursors.
    const fn order(self) -> &'static str {
        match self {
            Self::Account => "failed sign-ins by account",
            Self::Address => "failed sign-ins by address",
        }
    }
}

/// Failed sign-ins of one account or from one IP address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FailedSignInResponse)]
pub struct FailedSignIns {
    /// The id of the row with the last attempt, for cursors.
    #[serde(skip)]
    pub row: i64,
    /// Time of the last attempt.
    #[serde(with = "time::serde::rfc3339")]
    pub last_at: OffsetDateTime,
    /// Reason of the last attempt's failure.
    pub reason: SignInFailure,
    /// Number of attempts.
    pub tries: u64,
    /// Account of the last attempt; `None` if no account has the username.
    pub user: Option<SessionUser>,
    /// Number of accounts that were tried.
    pub accounts: u64,
    /// IP address of the last attempt, if it is known.
    #[schema(value_type = Option<String>)]
    pub ip_address: Option<IpAddr>,
    /// Number of addresses; the /64 of IPv6 addresses counts as one.
    pub addresses: u64,
}

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct FailedParams {
    /// Grouping; `account` unless it is set.
    #[param(value_type = Option<Grouping>, inline)]
    pub by: Option<String>,
    /// Maximum number of rows in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

/// Parsed list parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedQuery {
    /// Grouping of the rows.
    pub by: Grouping,
    /// Maximum number of rows in the page.
    pub limit: u16,
    /// Position of the page in the list.
    pub position: Position,
}

page_params!(FailedParams {
    by,
    limit,
    after,
    before
});

impl FailedParams {
    /// Parses the parameters.
    ///
    /// # Errors
    /// The first parameter that is invalid.
    pub fn parse(&self, limits: Limits) -> Result<FailedQuery, ListError> {
        let by = match given(&self.by) {
            Some(text) => text
                .parse()
                .map_err(|_| ListError::Grouping(shorten(text)))?,
            None => Grouping::Account,
        };
        Ok(FailedQuery {
            by,
            limit: parse_limit(given(&self.limit), limits)?,
            position: position(&self.after, &self.before, |text| decode(text, by))?,
        })
    }
}

impl FailedQuery {
    /// Returns the cursor at a row.
    #[must_use]
    pub fn cursor(&self, row: &FailedSignIns, number: u64) -> Cursor {
        let id = Uuid::from_u128(u128::try_from(row.row).unwrap_or_default());
        Cursor::at(self.by.order(), row.last_at, id, number)
    }
}

/// Returns the id of the row that a cursor points to; `None` if the cursor's UUID is too large for one.
#[must_use]
pub fn row_at(cursor: &Cursor) -> Option<i64> {
    i64::try_from(cursor.id.as_u128()).ok()
}

fn decode(text: &str, by: Grouping) -> Option<Cursor> {
    Cursor::decode_at(text, by.order()).filter(|cursor| row_at(cursor).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::PageParams;

    fn params(pairs: &[(&str, &str)]) -> FailedParams {
        FailedParams::from_pairs(|asked| {
            let found = pairs.iter().find(|(name, _)| *name == asked);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn default_is_the_latest_fifty_by_account() {
        let query = params(&[("by", " ")]).parse(Limits::PANEL).unwrap();
        assert_eq!((query.by, query.limit), (Grouping::Account, 50));
    }

    #[test]
    fn invalid_parameters_are_named() {
        for (name, value, says) in [
            ("by", "device", "`by` is \"device\""),
            ("limit", "0", "from 1 to 100"),
            ("before", "x", "does not exist"),
        ] {
            let error = params(&[(name, value)]).parse(Limits::PANEL).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn cursor_belongs_to_its_grouping() {
        let row = FailedSignIns {
            row: 7,
            last_at: OffsetDateTime::UNIX_EPOCH,
            reason: SignInFailure::Throttled,
            tries: 1,
            user: None,
            accounts: 0,
            ip_address: None,
            addresses: 1,
        };
        for by in Grouping::ALL {
            let asked = params(&[("by", by.as_str())]);
            let query = asked.parse(Limits::API).unwrap();
            let cursor = query.cursor(&row, 3);
            assert_eq!(row_at(&cursor), Some(7));
            for other in Grouping::ALL {
                let asked = params(&[("by", other.as_str()), ("after", &cursor.encode())]);
                assert_eq!(asked.parse(Limits::API).is_ok(), by == other);
            }
        }
    }
}
