//! Access tokens: with one a program acts for its owner, within some of what the owner may do.

pub mod list;
mod scope;

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::Permissions,
    fields::FieldErrors,
    sessions::SessionUser,
    users::{Unknown, names::DisplayName, words},
};
pub use scope::Scope;

/// How many days a token works, as the form offers it.
pub const DAYS: [u16; 4] = [7, 30, 90, 365];
/// How many days it works unless said otherwise.
pub const DAYS_DEFAULT: u16 = 90;
/// Tokens that a person can have at once, those not counted that are over.
pub const TOKENS_MAX: i64 = 100;
/// For how many days a token that is over can be looked up.
pub const HISTORY_DAYS: u16 = 90;

/// The numbers of days to choose from, where a token works at most so many; 0 is no end.
#[must_use]
pub fn day_choices(longest: u16) -> Vec<u16> {
    let usual = DAYS.into_iter();
    let mut choices: Vec<u16> = usual
        .filter(|days| longest == 0 || *days < longest)
        .collect();
    choices.extend((longest > 0).then_some(longest));
    choices
}

/// A token as it is asked for.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenDraft {
    /// What for.
    #[schema(min_length = 1)]
    pub name: String,
    /// Words of what it may do.
    #[serde(default)]
    #[schema(min_items = 1)]
    pub scopes: Vec<String>,
    /// How many days it works; `null` for ever.
    #[serde(default = "days_default")]
    #[schema(minimum = 1)]
    pub days: Option<u16>,
    /// The password of now: a token outlives the session in which it is made.
    #[serde(default)]
    pub current_password: String,
}

/// For what is absent; `null` is not.
const fn days_default() -> Option<u16> {
    Some(DAYS_DEFAULT)
}

/// A token that can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What for.
    pub name: DisplayName,
    /// What it may do, each once.
    pub scopes: Vec<Scope>,
    /// How many days it works; none for ever.
    pub days: Option<u16>,
}

impl TokenDraft {
    /// Checks every field. `longest` is the most days that a token works, 0 for no end; `permissions` are those of its owner.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn check(&self, longest: u16, permissions: &Permissions) -> Result<NewToken, FieldErrors> {
        let mut faults = FieldErrors::default();
        let name = faults.take("name", self.name.parse());
        let scopes = self.check_scopes(permissions, &mut faults);
        let days = self.days.map_or(longest == 0, |days| {
            days > 0 && (longest == 0 || days <= longest)
        });
        if !days {
            let fault = match longest {
                0 => "Say at least 1 day, or that it has no end.".to_owned(),
                longest => format!("Say 1 to {longest} days. The operator allows no more."),
            };
            faults.add("days", fault);
        }
        match name {
            Some(name) if faults.is_empty() => Ok(NewToken {
                name,
                scopes,
                days: self.days,
            }),
            _ => Err(faults),
        }
    }

    fn check_scopes(&self, permissions: &Permissions, faults: &mut FieldErrors) -> Vec<Scope> {
        let mut scopes = Vec::new();
        for word in &self.scopes {
            match word.parse::<Scope>() {
                Ok(scope) if !scope.is_of(permissions) => {
                    faults.add("scopes", format!("The owner may not do {scope} either."));
                }
                Ok(scope) if !scopes.contains(&scope) => scopes.push(scope),
                Ok(_) => {}
                Err(_) => faults.add("scopes", format!("There is no scope {word:.50?}.")),
            }
        }
        if self.scopes.is_empty() {
            faults.add("scopes", "Choose at least one.");
        }
        scopes
    }
}

words! {
    /// Whether a token works.
    TokenState {
        /// It works.
        Live = "live",
        /// It works, for less than a week.
        Expiring = "expiring",
        /// Its owner cannot use the account, or has to choose a password first.
        Blocked = "blocked",
        /// Its time is over.
        Expired = "expired",
        /// Somebody has revoked it.
        Revoked = "revoked",
    }
}

impl TokenState {
    /// The name of the state on a screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Live => "Works",
            Self::Expiring => "Expires soon",
            Self::Blocked => "Blocked",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
        }
    }

    /// Whether it will never work again.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Expired | Self::Revoked)
    }
}

/// A token as it is looked at. What it is proved by is not known to anybody here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessToken {
    /// Public id. It opens nothing.
    pub id: Uuid,
    /// Whose.
    pub user: SessionUser,
    /// What for.
    pub name: String,
    /// How it begins.
    pub prefix: String,
    /// Words of what it may do at most.
    pub scopes: Vec<String>,
    /// Whether it works.
    pub state: TokenState,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it ceases to work, if ever.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// When it was last used, to the minute.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
    /// From where.
    #[schema(value_type = Option<String>)]
    pub last_used_ip: Option<IpAddr>,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// Username of who revoked it, if that account still is.
    pub revoked_by: Option<String>,
}

/// A token that still opens an account, as its owner is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenToken {
    /// What for.
    pub name: String,
    /// How it begins.
    pub prefix: String,
    /// When it was last used, to the minute.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
}

/// What a token is proved by. Shown to copy, and nowhere kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedToken {
    /// The text to send.
    pub token: String,
    /// When it ceases to work, if ever.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

/// Without the text, which opens an account.
impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A token that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedToken {
    /// Its id.
    pub id: Uuid,
    /// What for.
    pub name: String,
    /// How it begins.
    pub prefix: String,
    /// Words of what it may do at most.
    pub scopes: Vec<String>,
    /// What it is proved by.
    #[serde(flatten)]
    pub issued: IssuedToken,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Permission;

    fn rights(granted: &[&str]) -> Permissions {
        Permissions::new(granted.iter().map(ToString::to_string).collect())
    }

    fn draft(json: serde_json::Value) -> TokenDraft {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn every_scope_is_read_as_it_is_written() {
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
    fn one_can_lend_what_one_has() {
        let lent = |granted| Scope::of(&rights(granted)).collect::<Vec<_>>();
        assert_eq!(lent(&[]), Scope::OWN);
        assert_eq!(
            lent(&["users:write"]),
            [
                Scope::Account,
                Scope::DataRead,
                Scope::DataWrite,
                Scope::Permission(Permission::UsersWrite)
            ]
        );
        assert_eq!(
            lent(&["*"]).len(),
            Scope::OWN.len() + Permission::ALL.len() - 1,
            "all but secrets"
        );
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let json = serde_json::json!({ "name": " ", "scopes": ["users:write"], "days": 366 });
        let faults = draft(json).check(365, &rights(&["*:read"])).unwrap_err();
        let told: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(
            told,
            [
                "Enter a name.",
                "The owner may not do users:write either.",
                "Say 1 to 365 days. The operator allows no more."
            ]
        );
        for (scopes, says) in [
            (&[][..], "Choose at least one."),
            (&["*"][..], "There is no scope \"*\"."),
            (&["account", "users"][..], "There is no scope \"users\"."),
        ] {
            let json = serde_json::json!({ "name": "ci", "scopes": scopes });
            let faults = draft(json).check(365, &rights(&["*"])).unwrap_err();
            assert_eq!(faults.get("scopes"), Some(says));
        }
    }

    #[test]
    fn what_there_is_to_choose_is_allowed() {
        assert_eq!(day_choices(0), DAYS);
        assert_eq!(day_choices(365), DAYS);
        assert_eq!(day_choices(180), [7, 30, 90, 180]);
        assert_eq!(day_choices(3), [3]);
    }

    #[test]
    fn how_long_one_works() {
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
