//! Descriptions of a search in words: every condition, with the date that an age stands for.

use time::{Date, Month, OffsetDateTime, UtcOffset};

use super::when::{Age, AgeUnit, Period, TimePoint, When};
use super::{Comparison, Count, Expr, Filter, Has, IntRange, Term, Text, is_short};

impl Filter {
    /// Returns the conditions on a user at the time `now`, one sentence without its full stop for each top-level part.
    #[must_use]
    pub fn meaning(&self, now: OffsetDateTime) -> Vec<String> {
        let parts = self.parts().iter();
        parts.map(|part| capitalised(&part.describe(now))).collect()
    }
}

impl Expr {
    fn describe(&self, now: OffsetDateTime) -> String {
        let joined = |parts: &[Expr], joint: &str| {
            let parts: Vec<String> = parts.iter().map(|part| part.enclosed(now)).collect();
            parts.join(joint)
        };
        match self {
            Expr::And(parts) => joined(parts, " and "),
            Expr::Or(parts) => joined(parts, " or "),
            Expr::Not(part) => format!("not ({})", part.describe(now)),
            Expr::Term(term) => term.describe(now),
        }
    }

    /// Returns its words, in parentheses where adjacent words would be read as part of them.
    fn enclosed(&self, now: OffsetDateTime) -> String {
        let words = self.describe(now);
        let holds_joint = words.contains(" and ") || words.contains(" or ");
        match self {
            Expr::Term(_) if !holds_joint => words,
            Expr::Not(_) if !holds_joint => words,
            _ => format!("({words})"),
        }
    }
}

impl Term {
    fn describe(&self, now: OffsetDateTime) -> String {
        match self {
            Term::Text(text) => {
                let words = contains("username, display name or email", text);
                match (text.number(), text.id()) {
                    (Some(number), _) => format!("{words}, or number is {number}"),
                    (None, Some(_)) => format!("{words}, or the ID matches"),
                    (None, None) => words,
                }
            }
            Term::Username(text) => contains("username", text),
            Term::Name(text) => contains("display name", text),
            Term::Email(text) => contains("email", text),
            Term::Role(name) => format!("role is {}", name.as_str()),
            Term::Status(status) => format!("status is {}", status.as_str()),
            Term::Via(way) => format!("created via {}", way.as_str()),
            Term::Number(range) => format!("number is {}", range.describe()),
            Term::Count(count, range) => format!("{}: {}", count.plural(), range.describe()),
            Term::Created(when) => format!("created {}", when.describe(now)),
            Term::LastLogin(When::Never) => "never signed in".to_owned(),
            Term::LastLogin(when) => {
                format!("last sign-in {}{}", when.describe(now), or_never(*when))
            }
            Term::LastActive(When::Never) => "never active".to_owned(),
            Term::LastActive(when) => {
                format!("last active {}{}", when.describe(now), or_never(*when))
            }
            Term::Inactive(age) => format!("not active since {}, or never", age.describe(now)),
            Term::Has(Has::Email) => "has an email address".to_owned(),
            Term::Has(Has::Any(count)) => format!("has {}", count.plural()),
        }
    }
}

fn or_never(when: When) -> &'static str {
    if when.includes_never() {
        ", or never"
    } else {
        ""
    }
}

/// Describes a text condition. A short text matches only at the start of a word.
fn contains(where_: &str, text: &Text) -> String {
    let text = text.as_str();
    if is_short(text) {
        format!("{where_} has a word starting with “{text}”")
    } else {
        format!("{where_} contains “{text}”")
    }
}

impl Count {
    fn plural(self) -> &'static str {
        match self {
            Count::Personas => "personas",
            Count::Ontologies => "ontologies",
            Count::Annotations => "annotations",
            Count::Sessions => "active sessions",
            Count::ApiKeys => "API keys",
        }
    }
}

impl IntRange {
    fn describe(&self) -> String {
        match (self.min(), self.max()) {
            (Some(min), Some(max)) if min == max => min.to_string(),
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("{min} or more"),
            (None, Some(0)) => "none".to_owned(),
            (None, Some(max)) => format!("{max} or fewer"),
            (None, None) => "any".to_owned(),
        }
    }
}

impl When {
    /// Returns the words for the condition, to follow a verb: "before 30 Aug 2026 (90 days ago)".
    #[must_use]
    pub fn describe(&self, now: OffsetDateTime) -> String {
        match self {
            When::Never => "never".to_owned(),
            When::Before(age) => format!("before {}", age.describe(now)),
            When::After(age) => format!("since {}", age.describe(now)),
            When::Compare(comparison, period) => match comparison {
                Comparison::Is => period.within(),
                Comparison::Greater => format!("after {}", period.describe()),
                Comparison::AtLeast => format!("{} and later", period.within()),
                Comparison::Less => format!("before {}", period.describe()),
                Comparison::AtMost => format!("{} and earlier", period.within()),
            },
            When::Between(Some(from), None) => format!("since {}", from.describe(now)),
            When::Between(None, Some(until)) => format!("until {}", until.describe(now)),
            When::Between(from, until) => {
                let end = |end: &Option<TimePoint>| end.map(|timestamp| timestamp.describe(now));
                let [from, until] = [end(from), end(until)].map(Option::unwrap_or_default);
                format!("from {from} to {until}")
            }
        }
    }
}

impl TimePoint {
    fn describe(self, now: OffsetDateTime) -> String {
        match self {
            TimePoint::Period(period) => period.describe(),
            TimePoint::Age(age) => age.describe(now),
        }
    }
}

impl Age {
    /// Returns the instant and its age: "30 Aug 2026 (90 days ago)". The time of day is included if the age is in hours.
    fn describe(self, now: OffsetDateTime) -> String {
        let at = self.before(now).to_offset(UtcOffset::UTC);
        let clock = match self.unit() {
            AgeUnit::Hours => format!(", {:02}:{:02} UTC", at.hour(), at.minute()),
            AgeUnit::Days | AgeUnit::Weeks => String::new(),
        };
        format!("{}{clock} ({} ago)", day_of(at.date()), self.length())
    }
}

impl Period {
    /// Returns the words that follow "before": "2026", "Jan 2026", "1 Jan 2026".
    fn describe(self) -> String {
        let text = self.to_string();
        let first = self.first();
        match text.len() {
            0..=4 => text,
            5..=7 => format!("{} {}", short(first.month()), first.year()),
            _ => day_of(first),
        }
    }

    /// Adds the preposition for a time within the period: "in 2026", "on 1 Jan 2026".
    fn within(self) -> String {
        let word = if self.to_string().len() > 7 {
            "on"
        } else {
            "in"
        };
        format!("{word} {}", self.describe())
    }
}

/// Formats a day: "30 Aug 2026".
pub(crate) fn day_of(day: Date) -> String {
    format!("{} {} {}", day.day(), short(day.month()), day.year())
}

fn short(month: Month) -> &'static str {
    match month {
        Month::January => "Jan",
        Month::February => "Feb",
        Month::March => "Mar",
        Month::April => "Apr",
        Month::May => "May",
        Month::June => "Jun",
        Month::July => "Jul",
        Month::August => "Aug",
        Month::September => "Sep",
        Month::October => "Oct",
        Month::November => "Nov",
        Month::December => "Dec",
    }
}

/// Converts the first letter of a text to upper case.
pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 10:07 UTC);

    fn meaning(input: &str) -> String {
        let filter = Filter::parse(input).map(|filter| filter.meaning(NOW));
        filter.map_or_else(|error| error.message(), |parts| parts.join(" · "))
    }

    #[test]
    fn every_condition_is_described_with_its_date() {
        for (input, words) in [
            ("", ""),
            ("lab", "Username, display name or email contains “lab”"),
            ("小明", "Username, display name or email contains “小明”"),
            (
                "#4997",
                "Username, display name or email contains “#4997”, or number is 4997",
            ),
            ("name:ab", "Display name has a word starting with “ab”"),
            ("role:Admin", "Role is admin"),
            ("status:active", "Status is active"),
            ("via:cli", "Created via cli"),
            ("number:7", "Number is 7"),
            ("personas:>10", "Personas: 11 or more"),
            ("keys:<1", "API keys: none"),
            ("sessions:1..3", "Active sessions: 1 to 3"),
            ("has:email", "Has an email address"),
            (
                "has:key",
                "\"has\" cannot be \"key\". Use email, personas, ontologies, annotations, sessions or api-keys.",
            ),
            ("has:keys", "Has API keys"),
            ("last-login:never", "Never signed in"),
            (
                "last-login:before-90d",
                "Last sign-in before 30 Aug 2026 (90 days ago), or never",
            ),
            (
                "last-login:after-90d",
                "Last sign-in since 30 Aug 2026 (90 days ago)",
            ),
            (
                "last-active:12h",
                "Last active since 27 Nov 2026, 22:07 UTC (12 hours ago)",
            ),
            (
                "inactive:1w",
                "Not active since 21 Nov 2026 (1 week ago), or never",
            ),
            ("created:>2026-01-01", "Created after 1 Jan 2026"),
            ("created:2026-01", "Created in Jan 2026"),
            ("created:>=2026", "Created in 2026 and later"),
            ("created:<=2026-01-31", "Created on 31 Jan 2026 and earlier"),
            ("last-login:<2026-02", "Last sign-in before Feb 2026"),
            (
                "created:30d..2026-12",
                "Created from 29 Oct 2026 (30 days ago) to Dec 2026",
            ),
            ("created:*..7d", "Created until 21 Nov 2026 (7 days ago)"),
        ] {
            assert_eq!(meaning(input), words, "{input}");
        }
    }

    #[test]
    fn conditions_are_joined_by_precedence() {
        for (input, words) in [
            (
                "role:admin -status:active",
                "Role is admin · Not (status is active)",
            ),
            ("role:a OR role:b", "Role is a or role is b"),
            ("-(role:a role:b)", "Not (role is a and role is b)"),
            (
                "(role:a OR inactive:90d) number:1",
                "Role is a or (not active since 30 Aug 2026 (90 days ago), or never) · Number is 1",
            ),
            (
                "role:a OR -(role:b role:c)",
                "Role is a or (not (role is b and role is c))",
            ),
        ] {
            assert_eq!(meaning(input), words, "{input}");
        }
    }
}
