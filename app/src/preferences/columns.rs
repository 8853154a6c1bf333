//! Columns of lists that users can show and hide, and their choices.

use serde::{Deserialize, Serialize};

/// Column that users can show and hide. Its name starts with that of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the columns")]
pub enum ListColumn {
    UsersEmail,
    UsersRole,
    UsersStatus,
    UsersPersonas,
    UsersSessions,
    UsersApiKeys,
    UsersCreated,
    UsersLastSignIn,
    UsersLastActive,
    UsersSpend,
    UsersBudgetLeft,
    UsersRequestsLeft,
    UsersGroups,
    UsersClients,
    SessionsDevice,
    SessionsIpAddress,
    SessionsSignedIn,
    SessionsLastSeen,
    SessionsExpires,
    AuditActor,
    AuditTime,
    AuditDetails,
}

impl ListColumn {
    /// Every column. The position of a column is stored on the open page only, so new columns can be inserted anywhere.
    const ALL: [Self; 22] = [
        Self::UsersEmail,
        Self::UsersRole,
        Self::UsersStatus,
        Self::UsersPersonas,
        Self::UsersSessions,
        Self::UsersApiKeys,
        Self::UsersCreated,
        Self::UsersLastSignIn,
        Self::UsersLastActive,
        Self::UsersSpend,
        Self::UsersBudgetLeft,
        Self::UsersRequestsLeft,
        Self::UsersGroups,
        Self::UsersClients,
        Self::SessionsDevice,
        Self::SessionsIpAddress,
        Self::SessionsSignedIn,
        Self::SessionsLastSeen,
        Self::SessionsExpires,
        Self::AuditActor,
        Self::AuditTime,
        Self::AuditDetails,
    ];

    /// Name in forms and in the cookie.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UsersEmail => "users-email",
            Self::UsersRole => "users-role",
            Self::UsersStatus => "users-status",
            Self::UsersPersonas => "users-personas",
            Self::UsersSessions => "users-sessions",
            Self::UsersApiKeys => "users-api-keys",
            Self::UsersCreated => "users-created",
            Self::UsersLastSignIn => "users-last-sign-in",
            Self::UsersLastActive => "users-last-active",
            Self::UsersSpend => "users-spend",
            Self::UsersBudgetLeft => "users-budget-left",
            Self::UsersRequestsLeft => "users-requests-left",
            Self::UsersGroups => "users-groups",
            Self::UsersClients => "users-clients",
            Self::SessionsDevice => "sessions-device",
            Self::SessionsIpAddress => "sessions-ip-address",
            Self::SessionsSignedIn => "sessions-signed-in",
            Self::SessionsLastSeen => "sessions-last-seen",
            Self::SessionsExpires => "sessions-expires",
            Self::AuditActor => "audit-actor",
            Self::AuditTime => "audit-time",
            Self::AuditDetails => "audit-details",
        }
    }

    /// Name of the list.
    #[must_use]
    pub fn list(self) -> &'static str {
        self.as_str().split('-').next().unwrap_or_default()
    }

    /// Returns whether the column is hidden until the user shows it.
    const fn is_initially_hidden(self) -> bool {
        self.is_of_access() || self.is_of_metering()
    }

    /// Returns whether the column has groups or clients of users.
    pub(crate) const fn is_of_access(self) -> bool {
        matches!(self, Self::UsersGroups | Self::UsersClients)
    }

    /// Returns whether the column has costs of users, or what is left of their limits.
    pub(crate) const fn is_of_metering(self) -> bool {
        matches!(
            self,
            Self::UsersSpend | Self::UsersBudgetLeft | Self::UsersRequestsLeft
        )
    }

    /// Returns the bit of the column in a set.
    fn bit(self) -> u32 {
        let before = Self::ALL.iter().take_while(|column| **column != self);
        before.fold(1, |bit, _| bit << 1)
    }
}

/// Columns that the user has shown or hidden. All others are visible if the window has room for them, except those that are
/// hidden initially.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct ColumnChoices {
    shown: u32,
    hidden: u32,
}

impl ColumnChoices {
    /// Name of the form button that resets the columns of a list, whose value is the list.
    pub const RESET: &str = "columns";
    /// Value of the form button that shows a column.
    pub const SHOW: &str = "show";
    /// Value of the form button that hides a column.
    pub const HIDE: &str = "hide";

    /// Returns whether the user has shown or hidden a column; `None` without a choice.
    #[must_use]
    pub fn of(self, column: ListColumn) -> Option<bool> {
        let is_in = |set: u32| set & column.bit() != 0;
        (is_in(self.shown) || is_in(self.hidden)).then(|| is_in(self.shown))
    }

    /// Returns whether a column is shown or hidden, by the user or initially; `None` if it depends on the window.
    #[must_use]
    pub fn or_initial(self, column: ListColumn) -> Option<bool> {
        let initial = column.is_initially_hidden().then_some(false);
        self.of(column).or(initial)
    }

    /// Changes a choice by the name and value of a form button. Unknown names and values change nothing, such as a column
    /// that another version of the panel has.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let is_changed = |column: ListColumn| match name {
            Self::RESET => column.list() == value,
            name => column.as_str() == name && (value == Self::SHOW || value == Self::HIDE),
        };
        let changed = ListColumn::ALL
            .into_iter()
            .filter(|column| is_changed(*column));
        let bits = changed.fold(0, |bits, column| bits | column.bit());
        let (shown, hidden) = (self.shown & !bits, self.hidden & !bits);
        match value {
            Self::SHOW => Self {
                shown: shown | bits,
                hidden,
            },
            Self::HIDE => Self {
                shown,
                hidden: hidden | bits,
            },
            _ => Self { shown, hidden },
        }
    }

    /// Parses a choice of the cookie: `hide-users-email`.
    #[must_use]
    pub(super) fn with_word(self, word: &str) -> Self {
        match word.split_once('-') {
            Some((value, name)) if name != Self::RESET => self.with(name, value),
            _ => self,
        }
    }

    /// Lists the choices as words of the cookie.
    pub(super) fn words(self) -> impl Iterator<Item = String> {
        ListColumn::ALL.into_iter().filter_map(move |column| {
            let verb = if self.of(column)? {
                Self::SHOW
            } else {
                Self::HIDE
            };
            Some(format!("{verb}-{}", column.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_column_has_its_own_name_and_bit() {
        let names: BTreeSet<&str> = ListColumn::ALL.iter().map(|one| one.as_str()).collect();
        let bits = ListColumn::ALL.iter().fold(0, |bits, one| bits | one.bit());
        assert_eq!(names.len(), ListColumn::ALL.len());
        assert_eq!(bits, (1 << ListColumn::ALL.len()) - 1);
    }

    #[test]
    fn some_columns_are_hidden_until_they_are_shown() {
        let groups = ListColumn::UsersGroups;
        let none = ColumnChoices::default();
        assert_eq!(none.or_initial(groups), Some(false));
        assert_eq!(none.or_initial(ListColumn::UsersEmail), None);
        let shown = none.with("users-groups", "show");
        assert_eq!(shown.or_initial(groups), Some(true));
    }

    #[test]
    fn a_column_is_shown_hidden_and_reset_with_its_list() {
        let (email, device) = (ListColumn::UsersEmail, ListColumn::SessionsDevice);
        let chosen = ColumnChoices::default()
            .with("users-email", "hide")
            .with("sessions-device", "hide");
        assert_eq!(chosen.of(email), Some(false));
        assert_eq!(chosen.of(ListColumn::UsersRole), None);
        let shown = chosen.with("users-email", "show");
        assert_eq!(shown.of(email), Some(true));
        let reset = shown.with("columns", "users");
        assert_eq!((reset.of(email), reset.of(device)), (None, Some(false)));
        for (name, value) in [
            ("users-shoe-size", "hide"),
            ("users-email", ""),
            ("", "show"),
        ] {
            assert_eq!(chosen.with(name, value), chosen, "{name}={value}");
        }
    }
}
