//! Display preferences of a browser.

pub mod columns;

use serde::{Deserialize, Serialize};

use crate::text::language::Language;
use columns::ColumnChoices;

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
    const MAX_AGE: u32 = 365 * 24 * 60 * 60;

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
            ("language", Language::AUTO) => self.language = None,
            ("language", tag) => self.language = Language::from_tag(tag).or(self.language),
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
                    None => Language::AUTO,
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

    /// Returns the text that sets the cookie, for a header or a script.
    #[must_use]
    pub fn set_cookie(self) -> String {
        let (name, age) = (Self::COOKIE, Self::MAX_AGE);
        format!(
            "{name}={}; Path=/; Max-Age={age}; SameSite=Lax",
            self.to_cookie()
        )
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
