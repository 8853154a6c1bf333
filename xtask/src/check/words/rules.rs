//! The data file of the check: what the glossary's table cannot express.

use anyhow::{Result, bail};
use serde::Deserialize;

use super::{finder::Term, glossary::Entry};

/// The content of `words.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// Terms of the table that have a legitimate use too, so that only a reader can judge them.
    unmatched: Vec<Unmatched>,
    /// Words beside those of the table.
    also: Vec<Also>,
    /// Names that no type may have; elsewhere the words are ordinary English.
    declared: Vec<Declared>,
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unmatched {
    terms: Vec<String>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Also {
    words: Vec<String>,
    instead: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    names: Vec<String>,
    instead: String,
}

/// A place where terms are allowed. What is left out does not restrict it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    /// The beginning of the path.
    #[serde(default)]
    path: String,
    /// The terms, as their list spells them; all if empty.
    #[serde(default)]
    words: Vec<String>,
    /// A part of the line.
    #[serde(default)]
    text: String,
    reason: String,
}

impl Rules {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let rules: Self = toml::from_str(text)?;
        let unmatched = rules.unmatched.iter().map(|rule| &rule.reason);
        let excepted = rules.exception.iter().map(|rule| &rule.reason);
        if unmatched
            .chain(excepted)
            .any(|reason| reason.trim().is_empty())
        {
            bail!("every exception needs a reason");
        }
        Ok(rules)
    }

    /// Joins the table and the words of this file to the terms to look for.
    pub(super) fn terms(&self, table: &[Entry]) -> Vec<Term> {
        let matched = table
            .iter()
            .filter(|entry| !self.is_unmatched(&entry.name))
            .map(|entry| (&entry.name, &entry.instead, false));
        let also = self.also.iter().flat_map(|rule| {
            rule.words
                .iter()
                .map(move |word| (word, &rule.instead, false))
        });
        let declared = self.declared.iter().flat_map(|rule| {
            rule.names
                .iter()
                .map(move |name| (name, &rule.instead, true))
        });
        matched
            .chain(also)
            .chain(declared)
            .map(|(name, instead, is_declared)| Term {
                name: name.clone(),
                instead: instead.clone(),
                is_declared,
            })
            .collect()
    }

    fn is_unmatched(&self, name: &str) -> bool {
        self.unmatched
            .iter()
            .flat_map(|rule| &rule.terms)
            .any(|term| term.eq_ignore_ascii_case(name))
    }

    /// Reports whether an exception allows a term in a line.
    pub(super) fn allow(&self, path: &str, line: &str, term: &str) -> bool {
        self.exception.iter().any(|exception| {
            path.starts_with(&exception.path)
                && line.contains(&exception.text)
                && (exception.words.is_empty()
                    || exception
                        .words
                        .iter()
                        .any(|word| word.eq_ignore_ascii_case(term)))
        })
    }
}
