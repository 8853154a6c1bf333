//! Languages of the interface.

use serde::{Deserialize, Serialize};

/// Language of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English, which is part of the program. The other languages are tables.
    #[default]
    English,
    /// German.
    German,
    /// English with accents and longer words, which shows texts that are not translated or have no room. Development servers
    /// offer it.
    Pseudo,
}

impl Language {
    /// Value, in place of a tag, for the language that the browser prefers.
    pub const AUTO: &str = "auto";

    /// All languages, in the order in which users select one.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Pseudo];

    /// Returns the language tag, in the markup and in the cookie.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Pseudo => "en-XA",
        }
    }

    /// Returns the name of the language in the language itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Pseudo => "Pseudo-language",
        }
    }

    /// Parses a language tag that [`Self::tag`] has returned.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Returns the best language for a header `Accept-Language`: the one with the highest quality, and the first of several.
    /// Regions are ignored, so `de-AT` is German. Languages without a table do not count; without any other it is English.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best = (Self::default(), 0.0);
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(Some(1.0_f32), |quality| quality.parse().ok());
            let primary = tag.split('-').next().unwrap_or_default();
            let known = Self::from_tag(&primary.to_ascii_lowercase());
            if let (Some(language), Some(quality)) = (known, quality)
                && quality > best.1
            {
                best = (language, quality);
            }
        }
        best.0
    }

    /// Returns the plural category of a count, by the rules of CLDR for whole numbers.
    #[must_use]
    pub const fn plural_category(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::English | Self::German | Self::Pseudo, 1) => "one",
            (Self::English | Self::German | Self::Pseudo, _) => "other",
        }
    }

    /// Returns the separator between groups of three digits.
    pub(super) const fn group_separator(self) -> char {
        match self {
            Self::English | Self::Pseudo => ',',
            Self::German => '.',
        }
    }

    /// Returns the separator of dates that are typed as day, month and year; `None` if dates are typed as programs write them.
    pub(super) const fn date_separator(self) -> Option<char> {
        match self {
            Self::English | Self::Pseudo => None,
            Self::German => Some('.'),
        }
    }

    /// Returns the mark before the decimals of a number.
    pub(super) const fn decimal_mark(self) -> char {
        match self {
            Self::English | Self::Pseudo => '.',
            Self::German => ',',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_round_trip() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
        for tag in ["", "DE", "fr", "auto"] {
            assert_eq!(Language::from_tag(tag), None, "{tag}");
        }
    }

    #[test]
    fn best_accepted_language_is_chosen() {
        for (header, language) in [
            ("de", Language::German),
            ("DE-at, en;q=0.5", Language::German),
            ("en-GB,en;q=0.9,de;q=0.8", Language::English),
            ("fr, de;q=0.3", Language::German),
            ("fr, de ; q=0.3 , en; q=0.4", Language::English),
            ("de, en", Language::German),
            ("en;q=0.1, de;q=0", Language::English),
            ("fr", Language::English),
            ("*", Language::English),
            ("", Language::English),
            ("de;q=x", Language::English),
            (";;,,=q", Language::English),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn header_does_not_choose_the_pseudo_language() {
        assert_eq!(Language::accepted("en-XA"), Language::English);
    }

    #[test]
    fn only_one_is_singular() {
        for language in Language::ALL {
            let categories = [0, 1, 2, 21].map(|count| language.plural_category(count));
            assert_eq!(categories, ["other", "one", "other", "other"]);
        }
    }
}
