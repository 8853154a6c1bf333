//! Access tokens: a program that presents one acts for its owner, within some of the owner's permissions.

mod key_edit;
mod keys;
pub mod list;
mod scope;

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::FieldErrors,
    messages,
    permission::Permissions,
    sessions::SessionUser,
    users::{Unknown, names::DisplayName, string_enum},
};
pub use key_edit::{VirtualKeyEdit, VirtualKeyPatch};
pub use keys::{
    IssuedKey, KeyDetails, KeyDraft, NewKey, OVERLAP_HOURS, OVERLAP_HOURS_MAX, OwnKeyDraft,
    RotationDraft, TokenKind,
};
pub use scope::Scope;

/// Lifetimes of a token in days that the form offers.
pub const DAYS: [u16; 4] = [7, 30, 90, 365];
/// Lifetime in days of a token created without one.
pub const DAYS_DEFAULT: u16 = 90;
/// Maximum number of tokens of a user at the same time; expired and revoked ones are not counted.
pub const TOKENS_MAX: i64 = 100;
/// Number of days for which an expired or revoked token stays listed.
pub const HISTORY_DAYS: u16 = 90;

/// Returns the lifetimes in days to choose from. `longest` is the configured maximum, which is itself the last choice; 0 is no maximum.
#[must_use]
pub fn day_choices(longest: u16) -> Vec<u16> {
    let usual = DAYS.into_iter();
    let mut choices: Vec<u16> = usual
        .filter(|days| longest == 0 || *days < longest)
        .collect();
    choices.extend((longest > 0).then_some(longest));
    choices
}

/// A request to create a token, not yet checked.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = AccessTokenCreateRequest)]
pub struct TokenDraft {
    /// Purpose of the token, as its owner names it.
    #[schema(min_length = 1)]
    pub name: String,
    /// Names of its scopes, such as `users:read`.
    #[serde(default)]
    #[schema(min_items = 1)]
    pub scopes: Vec<String>,
    /// Lifetime in days; `null` for no expiry.
    #[serde(default = "days_default")]
    #[schema(minimum = 1)]
    pub days: Option<u16>,
    /// The current password of the owner: required because a token outlives the session that creates it.
    #[serde(default)]
    pub current_password: String,
}

/// Default for an absent `days`; `null` is a value and means no expiry.
const fn days_default() -> Option<u16> {
    Some(DAYS_DEFAULT)
}

/// A checked request to create a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Purpose of the token.
    pub name: DisplayName,
    /// Scopes, each once.
    pub scopes: Vec<Scope>,
    /// Lifetime in days; `None` for no expiry.
    pub days: Option<u16>,
}

impl TokenDraft {
    /// Checks every field. `longest` is the maximum lifetime in days, 0 for none; `permissions` are those of its owner.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(&self, longest: u16, permissions: &Permissions) -> Result<NewToken, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", self.name.parse());
        let scopes = self.check_scopes(permissions, &mut errors);
        check_days(self.days, longest, &mut errors);
        match name {
            Some(name) if errors.is_empty() => Ok(NewToken {
                name,
                scopes,
                days: self.days,
            }),
            _ => Err(errors),
        }
    }

    fn check_scopes(&self, permissions: &Permissions, errors: &mut FieldErrors) -> Vec<Scope> {
        let mut scopes = Vec::new();
        for word in &self.scopes {
            match word.parse::<Scope>() {
                Ok(scope) if !scope.is_of(permissions) => {
                    errors.add("scopes", messages::owner_lacks_permission(scope.as_str()));
                }
                Ok(scope) if !scopes.contains(&scope) => scopes.push(scope),
                Ok(_) => {}
                Err(_) => errors.add("scopes", messages::scope_unknown(format!("{word:.50?}"))),
            }
        }
        if self.scopes.is_empty() {
            errors.add("scopes", messages::select_scope());
        }
        scopes
    }
}

/// Checks a lifetime in days, `None` for no expiry. `longest` is the maximum, 0 for none.
fn check_days(days: Option<u16>, longest: u16, errors: &mut FieldErrors) {
    let is_valid = days.map_or(longest == 0, |days| {
        days > 0 && (longest == 0 || days <= longest)
    });
    if !is_valid {
        let error = match longest {
            0 => messages::token_days_min(),
            longest => messages::token_days_max(longest),
        };
        errors.add("days", error);
    }
}

string_enum! {
    /// State of a token.
    TokenState {
        /// Accepted.
        Live = "live",
        /// Accepted, and expires in less than a week.
        Expiring = "expiring",
        /// Rejected for now: the virtual key is blocked, or its owner has left its group, cannot use the account or has to choose a password
        /// first.
        Blocked = "blocked",
        /// Past its expiry.
        Expired = "expired",
        /// Revoked by a user.
        Revoked = "revoked",
    }
}

impl TokenState {
    /// Returns whether the state is final: expired or revoked.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Expired | Self::Revoked)
    }
}

/// An access token as lists show it. Its secret is not stored, so none of these fields authenticates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessTokenResponse)]
pub struct AccessToken {
    /// Public id, which does not authenticate.
    pub id: Uuid,
    /// Kind of the token.
    pub kind: TokenKind,
    /// Owner of the token.
    pub user: SessionUser,
    /// Purpose of the token, as its owner named it.
    pub name: String,
    /// First characters of the token, to recognize it by.
    pub prefix: String,
    /// Names of its scopes: the most it can do.
    pub scopes: Vec<String>,
    /// State of the token.
    pub state: TokenState,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of expiry; `None` if it does not expire.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// Time of the last use, to the minute.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
    /// IP address of the last use.
    #[schema(value_type = Option<String>)]
    pub last_used_ip: Option<IpAddr>,
    /// Time of revocation.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// Username of the user who revoked it, if that account still exists.
    pub revoked_by: Option<String>,
    /// What a virtual key has in addition; `None` for an access token.
    pub key: Option<KeyDetails>,
    /// Version, incremented by each edit of a virtual key.
    pub version: i32,
}

/// A working token, as the notification to its owner lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenToken {
    /// Purpose of the token.
    pub name: String,
    /// First characters of the token, to recognize it by.
    pub prefix: String,
    /// Time of the last use, to the minute.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
}

/// The secret of a token. It is shown once to copy, and not stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedToken {
    /// Text of the token, to send as a bearer token.
    pub token: String,
    /// Time of expiry; `None` if it does not expire.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

/// Leaves out the token, which is a credential.
impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A token that was just created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccessTokenCreateResponse)]
pub struct CreatedToken {
    /// Public id of the token.
    pub id: Uuid,
    /// Purpose of the token.
    pub name: String,
    /// First characters of the token, to recognize it by.
    pub prefix: String,
    /// Names of its scopes: the most it can do.
    pub scopes: Vec<String>,
    /// The secret, which is shown only in this response.
    #[serde(flatten)]
    pub issued: IssuedToken,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Permission;

    fn rights(assigned: &[&str]) -> Permissions {
        Permissions::new(assigned.iter().map(ToString::to_string).collect())
    }

    fn draft(json: serde_json::Value) -> TokenDraft {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn every_scope_round_trips() {
        assert_eq!(
            Scope::all().count(),
            Permission::ALL.len() + Scope::OWN.len()
        );
        for scope in Scope::all() {
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
        assert!("users".parse::<Scope>().is_err());
    }

    #[test]
    fn only_own_permissions_can_be_scoped() {
        const SECRETS: [Permission; 2] = [Permission::ApiKeysResolve, Permission::LimitsConsume];

        let granted = |assigned| Scope::of(&rights(assigned)).collect::<Vec<_>>();
        assert_eq!(granted(&[]), Scope::OWN);
        assert_eq!(
            granted(&["users:write"]),
            [
                Scope::Account,
                Scope::DataRead,
                Scope::DataWrite,
                Scope::Permission(Permission::UsersWrite)
            ]
        );
        assert_eq!(
            granted(&["*"]).len(),
            Scope::OWN.len() + Permission::ALL.len() - SECRETS.len(),
            "all but secrets"
        );
    }

    #[test]
    fn every_error_is_reported_at_once() {
        let json = serde_json::json!({ "name": " ", "scopes": ["users:write"], "days": 366 });
        let errors = draft(json).check(365, &rights(&["*:read"])).unwrap_err();
        let message: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(
            message,
            [
                "Enter a name.",
                "The owner doesn't have the permission users:write.",
                "Enter a number of days from 1 to 365, the maximum on this server."
            ]
        );
        for (scopes, says) in [
            (&[][..], "Select at least one scope."),
            (&["*"][..], "Unknown scope: \"*\"."),
            (&["account", "users"][..], "Unknown scope: \"users\"."),
        ] {
            let json = serde_json::json!({ "name": "ci", "scopes": scopes });
            let errors = draft(json).check(365, &rights(&["*"])).unwrap_err();
            assert_eq!(errors.get("scopes"), Some(says));
        }
    }

    #[test]
    fn offered_lifetimes_are_valid() {
        assert_eq!(day_choices(0), DAYS);
        assert_eq!(day_choices(365), DAYS);
        assert_eq!(day_choices(180), [7, 30, 90, 180]);
        assert_eq!(day_choices(3), [3]);
    }

    #[test]
    fn lifetime_is_computed_from_days() {
        let days = |days: serde_json::Value, longest| {
            let json = serde_json::json!({ "name": "ci", "scopes": ["account"], "days": days });
            draft(json).check(longest, &rights(&[])).map(|new| new.days)
        };
        assert_eq!(days(30.into(), 30), Ok(Some(30)));
        assert_eq!(days(3_000.into(), 0), Ok(Some(3_000)));
        assert_eq!(days(serde_json::Value::Null, 0), Ok(None));
        for (asked, longest) in [
            (31.into(), 30),
            (0.into(), 30),
            (0.into(), 0),
            (serde_json::Value::Null, 365),
        ] {
            assert!(days(asked, longest).is_err());
        }
        let usual = draft(serde_json::json!({ "name": "ci", "scopes": ["account", "account"] }));
        let usual = usual.check(365, &rights(&[])).unwrap();
        assert_eq!((usual.days, usual.scopes), (Some(90), vec![Scope::Account]));
    }
}
