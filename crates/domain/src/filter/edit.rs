//! Adding terms to a search and removing them, as filter chips and links do.

use std::slice;

use super::{Expr, Filter, FilterError, Term};

impl Filter {
    /// Returns the parts at the top level, each with its canonical text and the search without it.
    ///
    /// A group counts as one part; so does a search that is a single `OR`.
    #[must_use]
    pub fn top_level_terms(&self) -> Vec<(String, Filter)> {
        let parts = self.parts();
        let without = |skipped: usize| {
            let others = parts
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != skipped);
            Filter {
                root: Expr::all_of(others.map(|(_, part)| part.clone()).collect()),
            }
        };
        parts
            .iter()
            .enumerate()
            .map(|(index, part)| (part.to_string(), without(index)))
            .collect()
    }

    /// Returns the search narrowed by `term_text`, which can be any search; parts that are already there are not repeated.
    ///
    /// # Errors
    /// An error if `term_text` cannot be parsed, or the whole would exceed a limit. Positions are in `term_text`.
    pub fn with(&self, term_text: &str) -> Result<Filter, FilterError> {
        let added = Filter::parse(term_text)?;
        let mut parts = self.parts().to_vec();
        for part in added.parts() {
            if !parts.contains(part) {
                parts.push(part.clone());
            }
        }
        within_limits(parts, term_text)
    }

    /// Removes `term` if it is at the top level, and adds it otherwise.
    ///
    /// An added term replaces top-level ones with the same field if the field is single-valued, such as `status`; words, `has` and negated
    /// or grouped terms stay.
    ///
    /// # Errors
    /// An error if the whole would exceed a limit, or `term` could not be typed. Positions are in its canonical text.
    pub fn toggled(&self, term: &Term) -> Result<Filter, FilterError> {
        let present = self.contains(term);
        let goes = |part: &Expr| match part {
            Expr::Term(other) if present => other == term,
            Expr::Term(other) => excludes(term, other),
            _ => false,
        };
        let mut parts: Vec<Expr> = self
            .parts()
            .iter()
            .filter(|part| !goes(part))
            .cloned()
            .collect();
        if !present {
            parts.push(Expr::Term(term.clone()));
        }
        within_limits(parts, &term.to_string())
    }

    /// Returns whether `term` is at the top level and not negated.
    #[must_use]
    pub fn contains(&self, term: &Term) -> bool {
        self.parts()
            .iter()
            .any(|part| matches!(part, Expr::Term(other) if other == term))
    }

    /// Returns the conditions at the top level, which must all match.
    #[must_use]
    pub fn parts(&self) -> &[Expr] {
        match &self.root {
            None => &[],
            Some(Expr::And(parts)) => parts,
            Some(other) => slice::from_ref(other),
        }
    }
}

fn excludes(term: &Term, other: &Term) -> bool {
    term.field() == other.field() && term.field().is_some_and(|field| field.is_single_valued())
}

/// Applies the parser's limits and value checks; an error refers to all of `added`.
fn within_limits(parts: Vec<Expr>, added: &str) -> Result<Filter, FilterError> {
    let candidate = Filter {
        root: Expr::all_of(parts),
    };
    let blame = |error: FilterError| FilterError {
        start: 0,
        end: added.chars().count(),
        ..error
    };
    Filter::parse(&candidate.to_string()).map_err(blame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::{FilterErrorKind, MAX_CHARS, MAX_TERMS};

    fn chips(input: &str) -> Result<Vec<(String, String)>, FilterError> {
        let chips = Filter::parse(input)?.top_level_terms();
        Ok(chips
            .into_iter()
            .map(|(chip, without)| (chip, without.to_string()))
            .collect())
    }

    /// Toggles the term; returns `None` if `term` is not a single term.
    fn toggled(input: &str, term: &str) -> Result<Option<String>, FilterError> {
        let Some(Expr::Term(term)) = Filter::parse(term)?.root().cloned() else {
            return Ok(None);
        };
        Filter::parse(input)?
            .toggled(&term)
            .map(|filter| Some(filter.to_string()))
    }

    fn with(input: &str, term: &str) -> Result<String, FilterError> {
        Filter::parse(input)?
            .with(term)
            .map(|filter| filter.to_string())
    }

    #[test]
    fn chips_are_top_level_terms() {
        let table: [(&str, &[(&str, &str)]); 5] = [
            ("", &[]),
            ("Keys:>=1", &[("api-keys:>=1", "")]),
            ("a OR b", &[("a OR b", "")]),
            (
                "a -role:admin (b OR c)",
                &[
                    ("a", "-role:admin (b OR c)"),
                    ("-role:admin", "a (b OR c)"),
                    ("b OR c", "a -role:admin"),
                ],
            ),
            ("a (b OR c)", &[("a", "b OR c"), ("b OR c", "a")]),
        ];
        for (input, expected) in table {
            let expected = expected
                .iter()
                .map(|(chip, without)| ((*chip).to_owned(), (*without).to_owned()));
            assert_eq!(chips(input), Ok(expected.collect()), "{input}");
        }
    }

    #[test]
    fn search_is_narrowed() {
        let table = [
            ("", "a", "a"),
            ("a", "", "a"),
            ("a", "status:active b", "a status:active b"),
            ("a b", "b a", "a b"),
            ("a OR b", "c", "(a OR b) c"),
            ("a", "b OR c", "a (b OR c)"),
            (
                "status:active",
                "status:pending",
                "status:active status:pending",
            ),
        ];
        for (input, term, expected) in table {
            assert_eq!(
                with(input, term),
                Ok(expected.to_owned()),
                "{input} with {term}"
            );
        }
    }

    #[test]
    fn term_is_toggled() {
        let table = [
            ("", "status:active", "status:active"),
            ("status:active", "status:active", ""),
            (
                "a status:active b",
                "status:suspended",
                "a b status:suspended",
            ),
            (
                "status:active status:pending",
                "status:active",
                "status:pending",
            ),
            (
                "-status:active",
                "status:suspended",
                "-status:active status:suspended",
            ),
            (
                "status:active OR status:pending",
                "status:active",
                "(status:active OR status:pending) status:active",
            ),
            ("role:user", "role:ADMIN", "role:admin"),
            ("created:7d", "created:30d", "created:after-30d"),
            (
                "created:7d",
                "last-login:before-7d",
                "created:after-7d last-login:before-7d",
            ),
            ("personas:1", "sessions:1", "personas:1 sessions:1"),
            ("personas:1", "personas:>5", "personas:>=6"),
            ("a", "b", "a b"),
            ("a b a", "a", "b"),
            ("has:email", "has:api-key", "has:email has:api-keys"),
            ("name:a", "name:b", "name:a name:b"),
        ];
        for (input, term, expected) in table {
            assert_eq!(
                toggled(input, term),
                Ok(Some(expected.to_owned())),
                "{input} toggled {term}"
            );
        }
    }

    #[test]
    fn only_plain_top_level_terms_are_contained() {
        let table = [
            ("x a", true),
            ("a", true),
            ("-a", false),
            ("(a OR b) c", false),
            ("\"a\"", true),
            ("A", false),
        ];
        let contains = |input: &str| {
            let (filter, term) = (Filter::parse(input)?, Filter::parse("a")?);
            Ok::<bool, FilterError>(
                matches!(term.root(), Some(Expr::Term(term)) if filter.contains(term)),
            )
        };
        for (input, expected) in table {
            assert_eq!(contains(input), Ok(expected), "{input}");
        }
    }

    #[test]
    fn limits_apply_to_the_whole_search() {
        let full = vec!["a"; MAX_TERMS].join(" ");
        let error = FilterError {
            kind: FilterErrorKind::TooManyTerms,
            start: 0,
            end: 3,
        };
        assert_eq!(with(&full, " b "), Err(error.clone()));
        assert_eq!(
            toggled(&full, "\"b\""),
            Err(FilterError { end: 1, ..error })
        );

        let long = vec!["a".repeat(99); 5].join(" ");
        assert_eq!(long.len(), MAX_CHARS - 1);
        assert_eq!(
            with(&long, "b").map_err(|error| error.kind),
            Err(FilterErrorKind::TooLong)
        );
    }

    #[test]
    fn invalid_term_is_rejected() {
        let never = Term::Created(crate::filter::When::Never);
        let result = Filter::default()
            .toggled(&never)
            .map_err(|error| (error.start, error.end));
        assert_eq!(result, Err((0, "created:never".len())));
    }
}
