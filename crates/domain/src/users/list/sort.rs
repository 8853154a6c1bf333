//! Sort orders of the user list.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::users::{Unknown, string_enum};

string_enum! {
    /// Column to sort by.
    SortKey {
        /// Time of the account's creation.
        Created = "created",
        /// Name to sign in with.
        Username = "username",
        /// Full name of the user, for display.
        Name = "name",
        /// Email address; users without one come first.
        Email = "email",
        /// Roles, the most powerful first.
        Role = "role",
        /// Status of the account.
        Status = "status",
        /// Number of personas.
        Personas = "personas",
        /// Number of ontologies.
        Ontologies = "ontologies",
        /// Number of annotations.
        Annotations = "annotations",
        /// Number of active sessions.
        Sessions = "sessions",
        /// Number of provider API keys of their own.
        ApiKeys = "api-keys",
        /// Costs in this calendar month.
        Spend = "spend",
        /// Time of the last sign-in; users who never signed in come first.
        LastLogin = "last-login",
        /// Time of the last activity; users who were never active come first.
        LastActive = "last-active",
    }
}

impl SortKey {
    /// Columns by which registrations can be sorted.
    pub const OF_REGISTRATIONS: &'static [Self] =
        &[Self::Created, Self::Username, Self::Name, Self::Email];

    /// Returns whether the first click on the header sorts in descending order: for numbers and times, but not for names.
    #[must_use]
    pub const fn descends_first(self) -> bool {
        match self {
            Self::Username | Self::Name | Self::Email | Self::Role | Self::Status => false,
            Self::Created
            | Self::Personas
            | Self::Ontologies
            | Self::Annotations
            | Self::Sessions
            | Self::ApiKeys
            | Self::Spend
            | Self::LastLogin
            | Self::LastActive => true,
        }
    }
}

/// A sort order of the list, written `created` or, descending, `-created`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// Column to sort by.
    pub key: SortKey,
    /// Whether the order is descending.
    pub descending: bool,
}

impl Default for Sort {
    /// Returns the default order: newest first (guide "Managing Users").
    fn default() -> Self {
        Self {
            key: SortKey::Created,
            descending: true,
        }
    }
}

impl Sort {
    /// Returns the order after a click on a column's header: sorted by that column, or reversed if it is sorted by it already.
    #[must_use]
    pub fn clicked(self, key: SortKey) -> Self {
        let descending = if self.key == key {
            !self.descending
        } else {
            key.descends_first()
        };
        Self { key, descending }
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}{}",
            if self.descending { "-" } else { "" },
            self.key.as_str()
        )
    }
}

impl FromStr for Sort {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let (key, descending) = match text.strip_prefix('-') {
            Some(key) => (key, true),
            None => (text, false),
        };
        Ok(Self {
            key: key.parse()?,
            descending,
        })
    }
}
