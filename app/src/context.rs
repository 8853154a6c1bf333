//! What a page knows of the request that it was rendered for. The server gives it; the browser takes it over from the
//! page, so that both draw the same.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    access::{Permission, Principal},
    problem::Problem,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{done::Done, flash::FlashMessage};

/// What a page knows of its request.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PageContext {
    /// Who looks at it.
    pub principal: Option<Principal>,
    /// How they like it.
    pub preferences: Preferences,
    /// What became of the form that was sent to get here.
    pub outcome: Option<FormOutcome>,
    /// What the operator has set.
    pub site: Site,
    /// How many people wait to be let in, if the person may see that.
    pub waiting: Option<u64>,
    /// What was done before, to be shown this once.
    pub flashes: Vec<FlashMessage>,
    /// The address of the page, where a form at another one was answered with it: the browser shows it from then on.
    pub address: Option<String>,
}

/// What the operator has set, as far as pages show it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Whether people may make their own accounts.
    pub registration: bool,
    /// Whether somebody has to let them in then.
    pub approval: bool,
    /// Fewest characters of a password that a person chooses.
    pub password_min: usize,
    /// Whether a password that an administrator sets lasts.
    pub lasting_passwords: bool,
    /// Whether keys of providers can be kept.
    pub api_keys: bool,
    /// How many days an access token works at most; 0 for no end.
    pub token_max_days: u16,
}

/// A form that was sent without scripts and is drawn again. It was refused: why, and what was typed, never a password. Or
/// it was accepted and there is a link to hand over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormOutcome {
    /// Address of its page.
    pub path: String,
    /// Why it was refused.
    pub problem: Option<Problem>,
    /// What it has made.
    pub done: Option<Done>,
    /// What was typed, by field.
    pub values: BTreeMap<String, String>,
}

impl PageContext {
    /// The context of the page being drawn.
    #[must_use]
    pub fn current() -> Self {
        use_context::<Self>().unwrap_or_default()
    }

    /// Whether who looks at it may do something.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        let principal = self.principal.as_ref();
        principal.is_some_and(|principal| principal.permissions.include(permission))
    }

    /// The context of the form at an address: the outcome of another one is none of its business.
    #[must_use]
    pub fn of_form(mut self, path: &str) -> Self {
        self.outcome = self.outcome.filter(|outcome| outcome.path == path);
        self
    }

    /// What was typed into a field of the form that was refused.
    #[must_use]
    pub fn typed(&self, field: &str) -> String {
        let values = self.outcome.as_ref().map(|outcome| &outcome.values);
        values
            .and_then(|values| values.get(field))
            .cloned()
            .unwrap_or_default()
    }
}

/// The name of the time zone in which times are told; none: that of the device.
#[derive(Debug, Clone, Default)]
pub struct Zone(pub Option<Arc<str>>);

/// How a person likes the panel. Kept in a cookie, so that the first paint is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Preferences {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// Whether rows are low.
    pub compact: bool,
    /// Whether the rail shows icons only.
    pub collapsed: bool,
}

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Its word in forms, cookie and markup.
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
    /// Life of the cookie in seconds: a year.
    pub const MAX_AGE: u32 = 365 * 24 * 60 * 60;

    /// Changes one of them by the name and value of a form's button. Anything unknown changes nothing.
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
            _ => {}
        }
        self
    }

    /// The words for the current choices: theme, density, rail.
    #[must_use]
    pub const fn words(self) -> [(&'static str, &'static str); 3] {
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
        ]
    }

    /// Reads the value of the cookie.
    #[must_use]
    pub fn from_cookie(value: &str) -> Self {
        let names = ["theme", "density", "rail"];
        names
            .iter()
            .zip(value.split('.'))
            .fold(Self::default(), |read, (name, word)| read.with(name, word))
    }

    /// The value of the cookie.
    #[must_use]
    pub fn to_cookie(self) -> String {
        self.words().map(|(_, word)| word).join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_survive_the_cookie() {
        for (name, value) in [
            ("theme", "dark"),
            ("theme", "light"),
            ("density", "compact"),
            ("rail", "collapsed"),
        ] {
            let chosen = Preferences::default().with(name, value);
            assert_ne!(chosen, Preferences::default());
            assert_eq!(Preferences::from_cookie(&chosen.to_cookie()), chosen);
        }
    }

    #[test]
    fn a_foreign_cookie_changes_nothing() {
        for value in ["", "....", "<script>", "compact.dark"] {
            assert_eq!(
                Preferences::from_cookie(value),
                Preferences::default(),
                "{value}"
            );
        }
    }
}
