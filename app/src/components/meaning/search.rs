//! The search of the user list in words.

use domain::{
    filter::{
        Comparison, Count, Expr, Filter, Has, IntRange, OverLimit, SpendRange, Term, Text, When,
        is_short,
    },
    text::capitalized,
    users::{CreatedVia, Status},
};
use time::OffsetDateTime;

use super::when::{describe, since};
use crate::{format::dollars, text};

/// Returns the conditions on a user at the time `now`, one sentence without its full stop for each top-level part.
pub(crate) fn of_search(filter: &Filter, now: OffsetDateTime) -> Vec<String> {
    let parts = filter.parts().iter();
    parts.map(|part| capitalized(&words(part, now))).collect()
}

fn words(part: &Expr, now: OffsetDateTime) -> String {
    match part {
        Expr::And(parts) => joined(parts, now, text::filters::joined_and),
        Expr::Or(parts) => joined(parts, now, text::filters::joined_or),
        Expr::Not(part) => text::filters::not(words(part, now)),
        Expr::Term(term) => condition(term, now),
    }
}

fn joined(parts: &[Expr], now: OffsetDateTime, join: fn(String, String) -> String) -> String {
    let parts = parts.iter().map(|part| enclosed(part, now));
    parts.reduce(join).unwrap_or_default()
}

/// Returns the words of a part, in parentheses where adjacent words would be read as part of them.
fn enclosed(part: &Expr, now: OffsetDateTime) -> String {
    let words = words(part, now);
    let joints = [
        text::filters::joined_and("", ""),
        text::filters::joined_or("", ""),
    ];
    let holds_joint = joints.iter().any(|joint| words.contains(joint.as_str()));
    match part {
        Expr::Term(_) | Expr::Not(_) if !holds_joint => words,
        _ => format!("({words})"),
    }
}

fn condition(term: &Term, now: OffsetDateTime) -> String {
    match term {
        Term::Text(word) => anywhere(word),
        Term::Username(word) => matching(
            word,
            text::filters::username_contains,
            text::filters::username_starts,
        ),
        Term::Name(word) => matching(
            word,
            text::filters::name_contains,
            text::filters::name_starts,
        ),
        Term::Email(word) => matching(
            word,
            text::filters::email_contains,
            text::filters::email_starts,
        ),
        Term::Role(name) => text::filters::role(name.as_str()),
        Term::Group(name) => text::filters::group(name.as_str()),
        Term::Client(typed) => text::filters::client(typed.as_str()),
        Term::Feature(key) => text::filters::feature(key.as_str()),
        Term::Status(status) => of_status(*status).to_owned(),
        Term::Via(via) => of_via(*via).to_owned(),
        Term::Number(range) => text::filters::number(amount(*range)),
        Term::Count(count, range) => of_count(*count, &amount(*range)),
        Term::Spend(range) => text::filters::spend(money(*range)),
        Term::Over(OverLimit::Budget) => text::filters::over_budget().to_owned(),
        Term::Over(OverLimit::Requests) => text::filters::over_requests().to_owned(),
        Term::Created(when) => text::filters::created(describe(*when, now)),
        Term::LastLogin(When::Never) => text::filters::never_signed_in().to_owned(),
        Term::LastLogin(when) => or_never(text::filters::last_login(describe(*when, now)), *when),
        Term::LastActive(When::Never) => text::filters::never_active().to_owned(),
        Term::LastActive(when) => or_never(text::filters::last_active(describe(*when, now)), *when),
        Term::Inactive(age) => text::filters::or_never(text::filters::inactive(since(*age, now))),
        Term::Has(Has::Email) => text::filters::has_email().to_owned(),
        Term::Has(Has::Group) => text::filters::has_group().to_owned(),
        Term::Has(Has::Any(count)) => of_any(*count).to_owned(),
    }
}

/// Adds that users without the time match, if they do.
fn or_never(condition: String, when: When) -> String {
    if when.includes_never() {
        text::filters::or_never(condition)
    } else {
        condition
    }
}

/// Describes words without a field, which can also be a number or an id.
fn anywhere(word: &Text) -> String {
    let names = matching(word, text::filters::any_contains, text::filters::any_starts);
    match (word.number(), word.id()) {
        (Some(number), _) => text::filters::or_number(names, number),
        (None, Some(_)) => text::filters::or_id(names),
        (None, None) => names,
    }
}

/// Describes a text condition. A short text matches only at the start of a word.
fn matching(word: &Text, contains: fn(String) -> String, starts: fn(String) -> String) -> String {
    let word = word.as_str();
    let sentence = if is_short(word) { starts } else { contains };
    sentence(word.to_owned())
}

fn of_status(status: Status) -> &'static str {
    match status {
        Status::Pending => text::filters::status_pending(),
        Status::Active => text::filters::status_active(),
        Status::Suspended => text::filters::status_suspended(),
    }
}

fn of_via(via: CreatedVia) -> &'static str {
    match via {
        CreatedVia::Admin => text::filters::via_admin(),
        CreatedVia::Registration => text::filters::via_registration(),
        CreatedVia::Invitation => text::filters::via_invitation(),
        CreatedVia::Cli => text::filters::via_cli(),
        CreatedVia::Import => text::filters::via_import(),
        CreatedVia::Setup => text::filters::via_setup(),
    }
}

fn of_count(count: Count, range: &str) -> String {
    match count {
        Count::Personas => text::filters::count_personas(range),
        Count::Ontologies => text::filters::count_ontologies(range),
        Count::Annotations => text::filters::count_annotations(range),
        Count::Sessions => text::filters::count_sessions(range),
        Count::ApiKeys => text::filters::count_keys(range),
    }
}

fn of_any(count: Count) -> &'static str {
    match count {
        Count::Personas => text::filters::has_personas(),
        Count::Ontologies => text::filters::has_ontologies(),
        Count::Annotations => text::filters::has_annotations(),
        Count::Sessions => text::filters::has_sessions(),
        Count::ApiKeys => text::filters::has_keys(),
    }
}

fn money(range: SpendRange) -> String {
    match range {
        SpendRange::Compare(comparison, amount) => {
            let amount = dollars(amount);
            match comparison {
                Comparison::Is => amount,
                Comparison::Greater => text::filters::more_than(amount),
                Comparison::AtLeast => text::filters::range_min(amount),
                Comparison::Less => text::filters::less_than(amount),
                Comparison::AtMost => text::filters::at_most(amount),
            }
        }
        SpendRange::Between(Some(min), Some(max)) => {
            text::filters::range(dollars(min), dollars(max))
        }
        SpendRange::Between(Some(min), None) => text::filters::range_min(dollars(min)),
        SpendRange::Between(None, Some(max)) => text::filters::at_most(dollars(max)),
        SpendRange::Between(None, None) => text::filters::range_any().to_owned(),
    }
}

fn amount(range: IntRange) -> String {
    match (range.min(), range.max()) {
        (Some(min), Some(max)) if min == max => min.to_string(),
        (Some(min), Some(max)) => text::filters::range(min, max),
        (Some(min), None) => text::filters::range_min(min),
        (None, Some(0)) => text::filters::range_none().to_owned(),
        (None, Some(max)) => text::filters::range_max(max),
        (None, None) => text::filters::range_any().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 10:07 UTC);

    fn meaning(input: &str) -> String {
        of_search(&Filter::parse(input).unwrap(), NOW).join(" · ")
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
            ("group:Editors", "Group is Editors"),
            ("client:7", "Client is 7"),
            ("feature:chat.call", "Has the feature chat.call"),
            ("has:group", "Is in a group"),
            ("status:active", "Status is active"),
            ("via:cli", "Created via cli"),
            ("number:7", "Number is 7"),
            ("personas:>10", "Personas: 11 or more"),
            ("keys:<1", "API keys: none"),
            ("sessions:1..3", "Active sessions: 1 to 3"),
            ("spend:>5", "Spend this month: more than $5.00"),
            ("spend:<0.5", "Spend this month: less than $0.50"),
            ("spend:1..*", "Spend this month: $1.00 or more"),
            ("spend:*..2.5", "Spend this month: $2.50 or less"),
            ("spend:0", "Spend this month: $0.00"),
            ("over:budget", "Nothing left of the budget"),
            ("over:requests", "No requests left"),
            ("has:email", "Has an email address"),
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

#[cfg(all(test, feature = "ssr"))]
mod language_tests {
    use leptos::{prelude::provide_context, reactive::owner::Owner};
    use time::macros::datetime;

    use super::*;
    use crate::text::language::Language;

    #[test]
    fn conditions_have_the_language_of_the_page() {
        let now = datetime!(2026-11-28 10:07 UTC);
        let meaning = |input: &str| {
            let filter = Filter::parse(input).unwrap();
            Owner::new().with(|| {
                provide_context(Language::German);
                of_search(&filter, now).join(" · ")
            })
        };
        for (input, words) in [
            (
                "role:admin -status:active",
                "Rolle ist admin · Nicht (Status ist „aktiv“)",
            ),
            (
                "last-login:before-90d",
                "Letzte Anmeldung vor dem 30. Aug. 2026 (vor 90 Tagen) oder nie",
            ),
            ("created:2026-03", "Erstellt im März 2026"),
            (
                "personas:>10 (role:a OR inactive:1w)",
                "Personas: mindestens 11 · Rolle ist a oder (nicht aktiv seit dem 21. Nov. 2026 (vor 1 Woche) oder nie)",
            ),
        ] {
            assert_eq!(meaning(input), words, "{input}");
        }
    }
}
