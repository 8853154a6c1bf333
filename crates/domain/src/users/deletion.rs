//! What goes with an account.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// How much there is of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnedCounts {
    /// Sessions that have not ended.
    pub sessions: i64,
    /// Personas.
    pub personas: i64,
    /// Ontologies under them.
    pub ontologies: i64,
    /// Annotations.
    pub annotations: i64,
    /// Provider keys of their own.
    pub api_keys: i64,
    /// Access tokens that have not been revoked.
    pub tokens: i64,
}

impl OwnedCounts {
    /// Each kind with its name in plural and how much there is of it, in the order of the dialog.
    #[must_use]
    pub fn kinds(&self) -> [(&'static str, i64); 6] {
        [
            ("Sessions", self.sessions),
            ("Personas", self.personas),
            ("Ontologies", self.ontologies),
            ("Annotations", self.annotations),
            ("API keys", self.api_keys),
            ("Access tokens", self.tokens),
        ]
    }

    /// How many things there are altogether.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.kinds().iter().map(|(_, count)| count).sum()
    }
}

/// What the dialog shows before anything is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletionPreview {
    /// What goes.
    pub counts: OwnedCounts,
    /// Until when it can be restored; not at all if absent.
    #[serde(with = "time::serde::rfc3339::option")]
    pub restorable_until: Option<OffsetDateTime>,
    /// Why it cannot be done, said before anything is typed.
    pub refusal: Option<String>,
}

/// How an account is to be deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deletion {
    /// What was shown. If there is something else by now, nothing is deleted.
    pub counts: Option<OwnedCounts>,
    /// Whether to remove it for good, without a time in the bin.
    pub permanent: bool,
}
