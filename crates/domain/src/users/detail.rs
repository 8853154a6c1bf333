//! Details of one user, as the user's page shows them.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

pub use super::reference::UserRef;
use super::{CreatedVia, UserSummary, action::UserAction, suspension::Suspension};
use crate::message::Message;

/// A user with the fields that lists leave out. It contains no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDetail {
    /// The user as lists show one.
    #[serde(flatten)]
    pub summary: UserSummary,
    /// Unverified email address that the user has entered and that is not set as `email`.
    pub unverified_email: Option<String>,
    /// Username of another user who has that email address.
    pub unverified_email_of: Option<String>,
    /// Whether a password is set.
    pub has_password: bool,
    /// Whether the password has to be changed at the next sign-in.
    pub must_change_password: bool,
    /// Time at which the password was last set.
    #[serde(with = "time::serde::rfc3339::option")]
    pub password_changed_at: Option<OffsetDateTime>,
    /// Way in which the account was created.
    pub created_via: CreatedVia,
    /// Username of the user who created it, if that account still exists.
    pub created_by: Option<String>,
    /// The suspension in force.
    pub suspension: Option<Suspension>,
    /// Time of the deletion, if the account is deleted.
    #[serde(with = "time::serde::rfc3339::option")]
    pub deleted_at: Option<OffsetDateTime>,
    /// Time after which a deleted account is purged permanently.
    #[serde(with = "time::serde::rfc3339::option")]
    pub purge_after: Option<OffsetDateTime>,
    /// Number of access tokens that are not revoked, without virtual keys.
    pub token_count: i64,
    /// Number of virtual keys that are not revoked.
    #[serde(default)]
    pub virtual_key_count: i64,
    /// Number of conversations with the host application.
    #[serde(default)]
    pub conversation_count: i64,
    /// Profile fields, a JSON object of the host application.
    pub profile: Map<String, Value>,
    /// Notification preferences, a JSON object.
    pub notification_preferences: Map<String, Value>,
    /// Settings that the user has chosen, a JSON object.
    pub settings: Map<String, Value>,
    /// Numbers of the clients whose data the user can see.
    pub client_list: Vec<i32>,
}

/// Actions on an account that are denied to the caller, each with its reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeniedActions(BTreeMap<UserAction, Message>);

impl DeniedActions {
    /// Returns the reason why an action is denied; `None` if it is allowed.
    #[must_use]
    pub fn reason(&self, action: UserAction) -> Option<String> {
        self.0.get(&action).map(ToString::to_string)
    }

    /// Returns whether an action is allowed.
    #[must_use]
    pub fn allows(&self, action: UserAction) -> bool {
        !self.0.contains_key(&action)
    }

    /// Adds an action, or replaces its reason.
    pub fn deny(&mut self, action: UserAction, reason: Message) {
        self.0.insert(action, reason);
    }

    /// Replaces each reason by its translation.
    pub fn translate(&mut self, translated: impl Fn(&Message) -> Message) {
        for reason in self.0.values_mut() {
            *reason = translated(reason);
        }
    }
}

impl FromIterator<(UserAction, Message)> for DeniedActions {
    fn from_iter<I: IntoIterator<Item = (UserAction, Message)>>(denied: I) -> Self {
        Self(denied.into_iter().collect())
    }
}

/// A role, and whether the caller can assign it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AssignableRoleResponse)]
pub struct GrantableRole {
    /// Name of the role.
    pub name: String,
    /// Name for display; `None` for the name itself.
    pub label: Option<String>,
    /// Purpose of the role.
    pub description: String,
    /// Reason why the caller cannot assign it; `None` if the caller can.
    #[schema(value_type = Option<String>)]
    pub denied: Option<Message>,
}

/// State of a link to choose a password. The link itself is shown once, when it is created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ResetLinkResponse)]
pub struct ResetLink {
    /// The id of the link.
    pub id: Uuid,
    /// Username of the user who created it; `None` for the command line.
    pub created_by: Option<String>,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of expiry.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Time at which it was first opened.
    #[serde(with = "time::serde::rfc3339::option")]
    pub opened_at: Option<OffsetDateTime>,
    /// Time at which a password was chosen with it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
    /// Time of revocation.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// Whether its creator could create it now. Otherwise the link is not accepted.
    pub is_backed: bool,
}

/// A link that was just created. It is shown once to copy, and not stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LinkResponse)]
pub struct IssuedLink {
    /// Complete URL to hand over to the user.
    pub url: String,
    /// Time of expiry.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

impl IssuedLink {
    /// Returns the link's token: the last segment of its path.
    #[must_use]
    pub fn token(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }
}

/// Leaves out the URL, which is a credential.
impl fmt::Debug for IssuedLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedLink")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A user that was just created.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedUser {
    /// The created user.
    #[serde(flatten)]
    pub user: UserDetail,
    /// Link to hand over, unless a temporary password was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<IssuedLink>,
}

/// An active session, as its owner's page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserSessionResponse)]
pub struct UserSession {
    /// Public id of the session.
    pub id: Uuid,
    /// IP address of the client.
    #[schema(value_type = Option<String>)]
    pub ip_address: Option<std::net::IpAddr>,
    /// `User-Agent` header of the browser.
    pub user_agent: Option<String>,
    /// Browser and operating system, in words.
    pub device: String,
    /// Time of the sign-in.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Time of the last request.
    #[serde(with = "time::serde::rfc3339")]
    pub last_seen_at: OffsetDateTime,
    /// Time at which it expires without another request; at most `expires_at`.
    #[serde(with = "time::serde::rfc3339")]
    pub idle_expires_at: OffsetDateTime,
    /// Time at which it expires at the latest.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// A persona with the number of its ontologies and annotations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnedPersona {
    /// The id of the persona.
    pub id: Uuid,
    /// Name of the persona.
    pub name: String,
    /// Task of the persona.
    pub role: String,
    /// Whether the host application's lists leave it out.
    pub hidden: bool,
    /// Number of its ontologies.
    pub ontologies: i64,
    /// Number of its annotations.
    pub annotations: i64,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_actions_round_trip_as_json() {
        let reason = Message::verbatim("No.");
        let mut denied: DeniedActions = [(UserAction::Edit, reason)].into_iter().collect();
        denied.deny(UserAction::RevokeSessions, Message::verbatim("Not now."));
        let json = serde_json::to_string(&denied).unwrap();
        assert_eq!(json, r#"{"edit":"No.","sign-out":"Not now."}"#);
        assert_eq!(
            serde_json::from_str::<DeniedActions>(&json).unwrap(),
            denied
        );
        assert_eq!(denied.reason(UserAction::Edit).as_deref(), Some("No."));
        assert!(!denied.allows(UserAction::RevokeSessions) && denied.allows(UserAction::Reset));
    }
}
