//! Everything that the page of one person shows.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

pub use super::reference::UserRef;
use super::{CreatedVia, UserSummary, suspension::Suspension};

/// One account, with what lists leave out. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDetail {
    /// What lists show of it.
    #[serde(flatten)]
    pub summary: UserSummary,
    /// The address that the person gave for themselves, as long as it is not the address of the account.
    pub claimed_email: Option<String>,
    /// Username of somebody else who has that address.
    pub claimed_email_of: Option<String>,
    /// Whether a password was ever set.
    pub has_password: bool,
    /// Whether the password has to be changed at the next sign-in.
    pub must_change_password: bool,
    /// When the password was last set.
    #[serde(with = "time::serde::rfc3339::option")]
    pub password_changed_at: Option<OffsetDateTime>,
    /// How the account came to be.
    pub created_via: CreatedVia,
    /// Username of who made it, if that account still is.
    pub created_by: Option<String>,
    /// The suspension in force.
    pub suspension: Option<Suspension>,
    /// When it was put into the bin.
    #[serde(with = "time::serde::rfc3339::option")]
    pub deleted_at: Option<OffsetDateTime>,
    /// When what is in the bin is removed for good.
    #[serde(with = "time::serde::rfc3339::option")]
    pub purge_after: Option<OffsetDateTime>,
    /// Access tokens that have not been revoked.
    pub token_count: i64,
    /// What else is known of the person.
    pub profile: Map<String, Value>,
    /// How they want to be told of things.
    pub notification_preferences: Map<String, Value>,
    /// What they have set for themselves.
    pub settings: Map<String, Value>,
    /// Numbers of the clients whose data they may see.
    pub client_list: Vec<i32>,
}

/// What the viewer may not do to this account, each with the sentence that says why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusals {
    /// Changing it.
    pub edit: Option<String>,
    /// Giving it another address.
    pub email: Option<String>,
    /// Giving it other roles.
    pub roles: Option<String>,
    /// A new password or a link for one.
    pub reset: Option<String>,
    /// Suspending it.
    pub suspend: Option<String>,
    /// Letting it be used again.
    pub unsuspend: Option<String>,
    /// Deleting it.
    pub delete: Option<String>,
    /// Taking it out of the bin.
    pub restore: Option<String>,
    /// Ending its sessions.
    pub end_sessions: Option<String>,
}

/// A role, and whether the viewer may give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantableRole {
    /// Its name.
    pub name: String,
    /// Why they may not.
    pub refusal: Option<String>,
}

/// The link that lets a person choose a password, as its state is shown. The link itself is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetLink {
    /// Id.
    pub id: Uuid,
    /// Username of who made it; none for the command line.
    pub created_by: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it ceases to work.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// When it was first opened.
    #[serde(with = "time::serde::rfc3339::option")]
    pub opened_at: Option<OffsetDateTime>,
    /// When a password was chosen with it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// Whether its creator could create it now. It does not work otherwise.
    pub is_backed: bool,
}

/// A link that was just made. Shown to copy, and nowhere kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedLink {
    /// The whole address to hand to the person.
    pub url: String,
    /// When it ceases to work.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

impl IssuedLink {
    /// What the link is proved by: the end of its address.
    #[must_use]
    pub fn token(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }
}

/// Without the address, which opens an account.
impl fmt::Debug for IssuedLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedLink")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// An account that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedUser {
    /// The account.
    #[serde(flatten)]
    pub user: UserDetail,
    /// The link to hand over, where no temporary password was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<IssuedLink>,
}

/// A live session, as the page of its owner shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSession {
    /// Public id.
    pub id: Uuid,
    /// From where.
    #[schema(value_type = Option<String>)]
    pub ip_address: Option<std::net::IpAddr>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// The same in words.
    pub device: String,
    /// When it was started.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last seen.
    #[serde(with = "time::serde::rfc3339")]
    pub last_seen_at: OffsetDateTime,
    /// When it ends unless it is seen again; at the latest with `expires_at`.
    #[serde(with = "time::serde::rfc3339")]
    pub idle_expires_at: OffsetDateTime,
    /// When it ends at the latest.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// A persona with what hangs under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnedPersona {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// What the persona does.
    pub role: String,
    /// Whether it is left out of the host application's lists.
    pub hidden: bool,
    /// Ontologies under it.
    pub ontologies: i64,
    /// Annotations under it.
    pub annotations: i64,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}
