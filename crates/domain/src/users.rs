//! User accounts, as lists and the API show them.

pub mod action;
pub mod bulk;
pub mod create;
pub mod deleted;
pub mod deletion;
pub mod detail;
pub mod edit;
pub mod list;
pub mod names;
pub mod numbered;
pub mod page;
mod reference;
pub mod spend;
pub mod suspension;
pub mod transfer;
pub mod unnamed;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use self::spend::MonthSpend;
use crate::{
    message::{Message, message_error},
    messages,
};

/// The id of a user: a UUIDv7, so that ids sort by time of creation.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct UserId(pub Uuid);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Error of a text that is not one of an enum's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

impl Unknown {
    /// Returns the message for the client.
    #[must_use]
    pub fn message(&self) -> Message {
        messages::value_unknown(format!("{:?}", self.0))
    }
}

message_error!(Unknown);

macro_rules! string_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:expr,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns its text in the database, the API and the search grammar.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl FromStr for $name {
            type Err = Unknown;

            fn from_str(word: &str) -> Result<Self, Unknown> {
                let mut all = Self::ALL.iter().copied();
                let found = all.find(|value| value.as_str() == word);
                found.ok_or_else(|| Unknown(word.to_owned()))
            }
        }
    };
}
pub(crate) use string_enum;

string_enum! {
    /// Status of an account.
    Status {
        /// The registration is not approved yet; the user cannot sign in.
        Pending = "pending",
        /// The user can sign in.
        Active = "active",
        /// The user cannot sign in until the suspension ends.
        Suspended = "suspended",
    }
}

string_enum! {
    /// Way in which an account was created.
    CreatedVia {
        /// An admin, in the panel or the API.
        Admin = "admin",
        /// A registration.
        Registration = "registration",
        /// An accepted invitation.
        Invitation = "invitation",
        /// The command line.
        Cli = "cli",
        /// An import.
        Import = "import",
        /// The setup link, for the first admin.
        Setup = "setup",
    }
}

/// A user as FOVEA's sign-in routes show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserBrief {
    /// The id of the user.
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Email address, if one is known.
    pub email: Option<String>,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Whether one of the roles is `admin`.
    pub is_admin: bool,
}

/// A user as lists show one. It contains no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSummary {
    /// The id of the user.
    pub id: UserId,
    /// Short number of the user, for screens and the command line.
    pub number: i64,
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Email address, if one is known.
    pub email: Option<String>,
    /// Whether one of the roles is `admin`.
    pub is_admin: bool,
    /// Names of the roles, the most powerful first.
    pub roles: Vec<String>,
    /// Ids of the roles in the order of the list's index, for the cursor. Only the server has them.
    #[serde(skip)]
    pub role_ids: Vec<Uuid>,
    /// Status of the account.
    pub status: Status,
    /// Time at which a suspension ends by itself.
    #[serde(with = "time::serde::rfc3339::option")]
    pub suspended_until: Option<OffsetDateTime>,
    /// Number of personas that the user owns.
    pub persona_count: i32,
    /// Number of ontologies that the user owns.
    pub ontology_count: i32,
    /// Number of annotations that the user owns.
    pub annotation_count: i32,
    /// Number of active sessions.
    pub session_count: i32,
    /// Number of provider API keys of their own.
    pub api_key_count: i32,
    /// Costs in the latest month with costs. Only the server has them.
    #[serde(skip)]
    pub spend: MonthSpend,
    /// Version of the account, incremented by every change, so that a change of a stale version is denied.
    pub version: i32,
    /// Time of the account's creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the last change.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// Time of the last sign-in; `None` before the first.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_login_at: Option<OffsetDateTime>,
    /// Time of the last activity.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_active_at: Option<OffsetDateTime>,
}
