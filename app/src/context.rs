//! Page context: the data of the request that a page was rendered for. The server provides it and embeds it in the page, so
//! that hydration renders the same.

pub mod columns;

use std::{collections::BTreeMap, sync::Arc};

use domain::{access::Principal, permission::Permission, problem::Problem};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::form_success::{FlashMessage, FormSuccess},
    labels::RoleLabels,
    text::language::Language,
};
use columns::ColumnChoices;

/// Data of the request that the page was rendered for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PageContext {
    /// The signed-in user, if there is one.
    pub principal: Option<Principal>,
    /// Display preferences from the cookie.
    pub preferences: Preferences,
    /// Outcome of the form whose submission led to this page.
    pub outcome: Option<FormOutcome>,
    /// Settings of the operator that pages depend on.
    pub site: Site,
    /// Number of pending registrations, if the user can see them.
    pub pending_registrations: Option<u64>,
    /// `true` for a user who manages groups without the permission to see all of them.
    pub manages_groups: bool,
    /// Labels of roles by their names, for roles that have one.
    pub role_labels: BTreeMap<String, String>,
    /// Flash messages to show on this page only.
    pub flashes: Vec<FlashMessage>,
    /// Path of the page, if it was the response to a form at another path. The browser then replaces the URL.
    pub address: Option<String>,
    /// The id of the request, which its log lines carry: a page about an error has it even if the page itself found the error.
    pub request_id: Option<String>,
}

/// Settings of the operator that pages depend on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// `true` if visitors can register accounts.
    pub registration: bool,
    /// `true` if registrations need approval.
    pub approval: bool,
    /// Minimum number of characters of a password that a user chooses.
    pub password_min: usize,
    /// `true` if a password that an administrator sets is permanent, not temporary.
    pub lasting_passwords: bool,
    /// `true` if provider API keys can be stored.
    pub api_keys: bool,
    /// `true` if words of the messages of conversations can be searched.
    pub conversation_search: bool,
    /// Maximum lifetime of an access token, in days; 0 for unlimited.
    pub token_max_days: u16,
}

/// Outcome of a form that was submitted without scripts. A denied form is rendered again with the problem and the typed
/// values, never with passwords. An accepted form may have a link or a token to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormOutcome {
    /// Path of the form's page.
    pub path: String,
    /// Reason why the form was denied.
    pub problem: Option<Problem>,
    /// Result of an accepted form.
    pub done: Option<FormSuccess>,
    /// Typed values by field name.
    pub values: BTreeMap<String, String>,
}

impl PageContext {
    /// Returns the context of the current page.
    #[must_use]
    pub fn current() -> Self {
        use_context::<Self>().unwrap_or_default()
    }

    /// Provides the context to the views of a page, and to the labels of roles.
    pub fn provide(self) {
        provide_context(RoleLabels(self.role_labels.clone()));
        provide_context(self);
    }

    /// Returns whether the signed-in user has a permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        let principal = self.principal.as_ref();
        principal.is_some_and(|principal| principal.permissions.include(permission))
    }

    /// Returns whether the signed-in user can see groups: by the permission, or as a manager.
    #[must_use]
    pub fn may_see_groups(&self) -> bool {
        self.manages_groups || self.may(Permission::GroupsRead)
    }

    /// Returns the context for the form at a path, without the outcome of any other form.
    #[must_use]
    pub fn of_form(mut self, path: &str) -> Self {
        self.outcome = self.outcome.filter(|outcome| outcome.path == path);
        self
    }

    /// Returns the typed value of a field of the denied form; empty if there is none.
    #[must_use]
    pub fn typed(&self, field: &str) -> String {
        let values = self.outcome.as_ref().map(|outcome| &outcome.values);
        values
            .and_then(|values| values.get(field))
            .cloned()
            .unwrap_or_default()
    }
}

/// Time zone in which times are displayed; `None` for the zone of the device.
#[derive(Debug, Clone, Default)]
pub struct Zone(pub Option<Arc<str>>);

/// Display preferences. They are stored in a cookie, so that the first paint is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preferences {
    /// Colour theme.
    pub theme: Theme,
    /// `true` for low rows.
    pub compact: bool,
    /// `true` if the sidebar shows only icons.
    pub collapsed: bool,
    /// Language of the interface; `None` for the one that the browser prefers.
    pub language: Option<Language>,
    /// Columns of lists that the user has shown or hidden.
    pub columns: ColumnChoices,
}

/// Colour theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Theme {
    /// Follows the system's setting.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Name in forms, the cookie and the markup.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Preferences {
    /// Name of the cookie.
    pub const COOKIE: &str = "rollcall_preferences";
    /// Lifetime of the cookie, in seconds: one year.
    pub const MAX_AGE: u32 = 365 * 24 * 60 * 60;

    /// Changes a preference by the name and value of a form button. Unknown names and values change nothing.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match (name, value) {
            ("theme", "system") => self.theme = Theme::System,
            ("theme", "light") => self.theme = Theme::Light,
            ("theme", "dark") => self.theme = Theme::Dark,
            ("density", "compact") => self.compact = true,
            ("density", "comfortable") => self.compact = false,
            ("rail", "collapsed") => self.collapsed = true,
            ("rail", "open") => self.collapsed = false,
            ("language", "auto") => self.language = None,
            ("language", tag) => self.language = Language::selected(tag).or(self.language),
            _ => self.columns = self.columns.with(name, value),
        }
        self
    }

    /// Returns the current values: theme, density, rail and language.
    #[must_use]
    pub const fn as_pairs(self) -> [(&'static str, &'static str); 4] {
        [
            ("theme", self.theme.as_str()),
            (
                "density",
                if self.compact {
                    "compact"
                } else {
                    "comfortable"
                },
            ),
            ("rail", if self.collapsed { "collapsed" } else { "open" }),
            (
                "language",
                match self.language {
                    Some(language) => language.tag(),
                    None => "auto",
                },
            ),
        ]
    }

    /// Parses the value of the cookie. Unknown parts are ignored.
    #[must_use]
    pub fn from_cookie(value: &str) -> Self {
        let names = ["theme", "density", "rail", "language"];
        let read = names
            .iter()
            .zip(value.split('.'))
            .fold(Self::default(), |read, (name, word)| read.with(name, word));
        let words = value.split('.').skip(names.len());
        Self {
            columns: words.fold(ColumnChoices::default(), ColumnChoices::with_word),
            ..read
        }
    }

    /// Returns the value of the cookie: the current values and the choices of columns, separated by dots.
    #[must_use]
    pub fn to_cookie(self) -> String {
        let values = self.as_pairs().map(|(_, word)| word.to_owned());
        let words: Vec<String> = values.into_iter().chain(self.columns.words()).collect();
        words.join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_round_trip_through_the_cookie() {
        for (name, value) in [
            ("theme", "dark"),
            ("theme", "light"),
            ("density", "compact"),
            ("rail", "collapsed"),
            ("language", "de"),
            ("users-email", "hide"),
            ("users-personas", "show"),
        ] {
            let chosen = Preferences::default().with(name, value);
            assert_ne!(chosen, Preferences::default());
            assert_eq!(Preferences::from_cookie(&chosen.to_cookie()), chosen);
        }
    }

    #[test]
    fn browser_language_can_be_chosen_again() {
        let chosen = Preferences::default().with("language", "de");
        let unchanged = chosen.with("language", "xx");
        assert_eq!(unchanged.language, Some(Language::German));
        assert_eq!(unchanged.with("language", "auto"), Preferences::default());
    }

    #[test]
    fn columns_of_another_version_are_ignored() {
        let stored =
            "dark.compact.open.auto.hide-users-shoe-size.hide-users-email.sort-users-role.columns";
        let read = Preferences::from_cookie(stored);
        assert_eq!(read.to_cookie(), "dark.compact.open.auto.hide-users-email");
        let without_columns = Preferences::from_cookie("dark.compact.open.auto");
        assert_eq!(read.with("columns", "users"), without_columns);
    }

    #[test]
    fn unknown_cookie_values_are_ignored() {
        for value in ["", "....", "<script>", "compact.dark", "...xx"] {
            assert_eq!(
                Preferences::from_cookie(value),
                Preferences::default(),
                "{value}"
            );
        }
    }
}
