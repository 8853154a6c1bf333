//! Deletion of an account, and the data deleted with it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::message::Message;

/// Number of items of each kind that a user owns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnedCounts {
    /// Active sessions.
    pub sessions: i64,
    /// Personas that the user owns.
    pub personas: i64,
    /// Ontologies of these personas.
    pub ontologies: i64,
    /// Annotations that the user owns.
    pub annotations: i64,
    /// Conversations with the host application.
    #[serde(default)]
    pub conversations: i64,
    /// Messages of these conversations.
    #[serde(default)]
    pub messages: i64,
    /// Provider API keys of their own.
    pub api_keys: i64,
    /// Access tokens that have not been revoked.
    pub tokens: i64,
}

impl OwnedCounts {
    /// Returns each kind's plural name with its number, in the order of the dialog.
    #[must_use]
    pub fn kinds(&self) -> [(&'static str, i64); 8] {
        [
            ("Sessions", self.sessions),
            ("Personas", self.personas),
            ("Ontologies", self.ontologies),
            ("Annotations", self.annotations),
            ("Conversations", self.conversations),
            ("Messages", self.messages),
            ("API keys", self.api_keys),
            ("Access tokens", self.tokens),
        ]
    }

    /// Returns the number of items of all kinds.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.kinds().iter().map(|(_, count)| count).sum()
    }
}

/// Preview of a deletion, which the dialog shows first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserDeletionPreviewResponse)]
pub struct DeletionPreview {
    /// Number of items that would be deleted.
    pub counts: OwnedCounts,
    /// Number of resources that the user owns. They are not deleted; the permanent deletion leaves them without an owner.
    pub resources: u64,
    /// Time until which the account could be restored; `None` if it could not be.
    #[serde(with = "time::serde::rfc3339::option")]
    pub restorable_until: Option<OffsetDateTime>,
    /// Reason why the deletion is denied, shown before anything is typed.
    #[schema(value_type = Option<String>)]
    pub denied: Option<Message>,
}

/// Options of a deletion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deletion {
    /// Counts that were shown. If they differ by now, nothing is deleted.
    pub counts: Option<OwnedCounts>,
    /// Whether to delete the account permanently at once, so that it cannot be restored.
    pub permanent: bool,
}
