//! Fields that can precede a colon.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Count;

/// A field that can precede a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Part of the username.
    Username,
    /// Part of the display name.
    Name,
    /// Part of the email.
    Email,
    /// The name of a role.
    Role,
    /// The name of a group.
    Group,
    /// The number or the name of a client.
    Client,
    /// The key of a feature.
    Feature,
    /// The state of the account.
    Status,
    /// Source of the account.
    Via,
    /// The user's number.
    Number,
    /// Number of items of a kind that the user has.
    Count(Count),
    /// Costs in this calendar month.
    Spend,
    /// A limit that is used up.
    Over,
    /// Time of the account's creation.
    Created,
    /// Time of the user's last sign-in.
    LastLogin,
    /// Time of the user's last activity.
    LastActive,
    /// Duration without activity.
    Inactive,
    /// Presence of an email address, of a group or of items of a kind.
    Has,
}

/// Spellings of all fields, in the order in which messages list them.
const SPELLINGS: [(&str, Field); 25] = [
    ("username", Field::Username),
    ("name", Field::Name),
    ("email", Field::Email),
    ("role", Field::Role),
    ("group", Field::Group),
    ("client", Field::Client),
    ("feature", Field::Feature),
    ("status", Field::Status),
    ("via", Field::Via),
    ("number", Field::Number),
    ("personas", Field::Count(Count::Personas)),
    ("ontologies", Field::Count(Count::Ontologies)),
    ("annotations", Field::Count(Count::Annotations)),
    ("sessions", Field::Count(Count::Sessions)),
    ("api-keys", Field::Count(Count::ApiKeys)),
    ("keys", Field::Count(Count::ApiKeys)),
    ("spend", Field::Spend),
    ("over", Field::Over),
    ("created", Field::Created),
    ("last-login", Field::LastLogin),
    ("login", Field::LastLogin),
    ("last-active", Field::LastActive),
    ("active", Field::LastActive),
    ("inactive", Field::Inactive),
    ("has", Field::Has),
];

impl Field {
    /// Returns its canonical name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Field::Username => "username",
            Field::Name => "name",
            Field::Email => "email",
            Field::Role => "role",
            Field::Group => "group",
            Field::Client => "client",
            Field::Feature => "feature",
            Field::Status => "status",
            Field::Via => "via",
            Field::Number => "number",
            Field::Count(Count::Personas) => "personas",
            Field::Count(Count::Ontologies) => "ontologies",
            Field::Count(Count::Annotations) => "annotations",
            Field::Count(Count::Sessions) => "sessions",
            Field::Count(Count::ApiKeys) => "api-keys",
            Field::Spend => "spend",
            Field::Over => "over",
            Field::Created => "created",
            Field::LastLogin => "last-login",
            Field::LastActive => "last-active",
            Field::Inactive => "inactive",
            Field::Has => "has",
        }
    }

    /// Lists all fields, each once.
    pub(super) fn all() -> impl Iterator<Item = Field> {
        SPELLINGS
            .into_iter()
            .filter(|(spelling, field)| *spelling == field.name())
            .map(|(_, field)| field)
    }

    /// Finds the field with this name or short form, case-insensitively.
    pub(super) fn find(word: &str) -> Option<Field> {
        SPELLINGS
            .into_iter()
            .find(|(spelling, _)| spelling.eq_ignore_ascii_case(word))
            .map(|(_, field)| field)
    }

    /// Returns the field that a mistyped or shortened word most likely means.
    pub(super) fn nearest(word: &str) -> Option<Field> {
        let word = word.to_lowercase();
        let letters = word.chars().count();
        let tolerance = if letters < 4 { 1 } else { 2 };
        let mut spellings = SPELLINGS.into_iter();
        if letters > 2
            && let Some((_, field)) = spellings.find(|(spelling, _)| spelling.starts_with(&word))
        {
            return Some(field);
        }
        let (errors, field) = SPELLINGS
            .into_iter()
            .map(|(spelling, field)| (distance(&word, spelling), field))
            .min_by_key(|(errors, _)| *errors)?;
        (errors <= tolerance).then_some(field)
    }

    /// Returns whether two top-level terms with this field seldom make sense together.
    pub(super) fn is_single_valued(self) -> bool {
        match self {
            Field::Username | Field::Name | Field::Email | Field::Has => false,
            Field::Group | Field::Client | Field::Feature | Field::Over => false,
            Field::Role | Field::Status | Field::Via | Field::Number | Field::Count(_) => true,
            Field::Created | Field::LastLogin | Field::LastActive | Field::Inactive => true,
            Field::Spend => true,
        }
    }

    /// Returns whether its value can be `never`.
    #[must_use]
    pub fn takes_never(self) -> bool {
        matches!(self, Field::LastLogin | Field::LastActive)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// Returns the number of letters to insert, delete or replace to turn one word into the other (Levenshtein distance).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (index, left) in from.chars().enumerate() {
        let mut diagonal = index;
        let mut before = index + 1;
        if let Some(cell) = row.first_mut() {
            *cell = before;
        }
        for (cell, right) in row.iter_mut().skip(1).zip(to.chars()) {
            let changed = diagonal + usize::from(left != right);
            diagonal = *cell;
            before = changed.min(before + 1).min(*cell + 1);
            *cell = before;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_spelling() {
        for (_, field) in SPELLINGS {
            assert_eq!(Field::find(field.name()), Some(field));
        }
        assert_eq!(Field::all().count(), 22);
    }

    #[test]
    fn distances() {
        let table = [
            ("", "", 0),
            ("", "ab", 2),
            ("ab", "", 2),
            ("role", "role", 0),
            ("rol", "role", 1),
        ];
        let more = [
            ("statsu", "status", 2),
            ("kitten", "sitting", 3),
            ("mail", "email", 1),
            ("über", "uber", 1),
        ];
        for (from, to, expected) in table.into_iter().chain(more) {
            assert_eq!(distance(from, to), expected, "{from} → {to}");
        }
    }

    #[test]
    fn suggestions() {
        let table = [
            ("statsu", Some(Field::Status)),
            ("STATSU", Some(Field::Status)),
            ("rol", Some(Field::Role)),
            ("groups", Some(Field::Group)),
            ("clinet", Some(Field::Client)),
            ("user", Some(Field::Username)),
            ("mail", Some(Field::Email)),
            ("persona", Some(Field::Count(Count::Personas))),
            ("api_keys", Some(Field::Count(Count::ApiKeys))),
            ("logn", Some(Field::LastLogin)),
            ("id", None),
            ("http", None),
            ("", None),
        ];
        for (word, expected) in table {
            assert_eq!(Field::nearest(word), expected, "{word}");
        }
    }
}
