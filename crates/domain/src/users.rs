//! A user's account, as lists and API show it.

pub mod bin;
pub mod bulk;
pub mod create;
pub mod deletion;
pub mod detail;
pub mod edit;
pub mod list;
pub mod names;
pub mod page;
mod reference;
pub mod suspension;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of a user: a UUIDv7, so that ids are in the order of creation.
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

/// A value that is not one of the known words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not known here.")]
pub struct Unknown(pub String);

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every value, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word for it in the database, the API and the search grammar.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl FromStr for $name {
            type Err = Unknown;

            fn from_str(word: &str) -> Result<Self, Unknown> {
                match word { $($word => Ok(Self::$variant),)+ other => Err(Unknown(other.to_owned())) }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Whether an account can be used.
    Status {
        /// Waits for approval.
        Pending = "pending",
        /// Can sign in.
        Active = "active",
        /// Cannot sign in, for a while or until lifted.
        Suspended = "suspended",
    }
}

words! {
    /// How an account came to be.
    CreatedVia {
        /// Made by an admin in the panel or the API.
        Admin = "admin",
        /// The person registered.
        Registration = "registration",
        /// The person accepted an invitation.
        Invitation = "invitation",
        /// Made on the command line.
        Cli = "cli",
        /// Came with an import.
        Import = "import",
        /// The first admin, by the setup link.
        Setup = "setup",
    }
}

/// A user as FOVEA's sign-in routes show one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserBrief {
    /// Id.
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Address, if one is known.
    pub email: Option<String>,
    /// Full name.
    pub display_name: String,
    /// Whether one of the roles is `admin`.
    pub is_admin: bool,
}

/// What the list shows of a user. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSummary {
    /// Id.
    pub id: UserId,
    /// The short number that people and the command line use.
    pub number: i64,
    /// Name to sign in with.
    pub username: String,
    /// Full name.
    pub display_name: String,
    /// Address, if one is known.
    pub email: Option<String>,
    /// Whether one of the roles is `admin`.
    pub is_admin: bool,
    /// Names of the roles, the most powerful first.
    pub roles: Vec<String>,
    /// Whether the account can be used.
    pub status: Status,
    /// When a suspension ends by itself.
    #[serde(with = "time::serde::rfc3339::option")]
    pub suspended_until: Option<OffsetDateTime>,
    /// Personas owned.
    pub persona_count: i32,
    /// Ontologies owned.
    pub ontology_count: i32,
    /// Annotations owned.
    pub annotation_count: i32,
    /// Sessions that have not ended.
    pub session_count: i32,
    /// Provider keys of their own.
    pub api_key_count: i32,
    /// Counts edits, so that a stale one is refused.
    pub version: i32,
    /// When the account was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// When they last signed in.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_login_at: Option<OffsetDateTime>,
    /// When they were last seen.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_active_at: Option<OffsetDateTime>,
}
