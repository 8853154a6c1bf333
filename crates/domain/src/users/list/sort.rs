//! The orders of the list.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::users::{Unknown, words};

words! {
    /// A column to sort by.
    SortKey {
        /// When the account was made.
        Created = "created",
        /// Name to sign in with.
        Username = "username",
        /// Full name.
        Name = "name",
        /// Address; those without come first.
        Email = "email",
        /// Roles, the most powerful first.
        Role = "role",
        /// Whether the account can be used.
        Status = "status",
        /// Personas owned.
        Personas = "personas",
        /// Ontologies owned.
        Ontologies = "ontologies",
        /// Annotations owned.
        Annotations = "annotations",
        /// Sessions that have not ended.
        Sessions = "sessions",
        /// Provider keys of their own.
        ApiKeys = "api-keys",
        /// Last sign-in; those who never did come first.
        LastLogin = "last-login",
        /// Last seen; those who never were come first.
        LastActive = "last-active",
    }
}

impl SortKey {
    /// Whether a first click on the header should put the largest on top: numbers and times, but not names.
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
            | Self::LastLogin
            | Self::LastActive => true,
        }
    }
}

/// An order of the list. Written `created` or, descending, `-created`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The column.
    pub key: SortKey,
    /// Largest first.
    pub descending: bool,
}

impl Default for Sort {
    /// Newest first (guide "Managing Users").
    fn default() -> Self {
        Self {
            key: SortKey::Created,
            descending: true,
        }
    }
}

impl Sort {
    /// What a click on a header does: sort by it, or turn it round.
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
