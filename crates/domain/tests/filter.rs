//! Properties of the search grammar that hold for every input.

use domain::filter::{
    Age, AgeUnit, Comparison, Count, Expr, Filter, FilterErrorKind, Has, IntRange, MAX_CHARS,
    MAX_COUNT, OverLimit, Period, RoleName, SpendRange, Term, Text, TimePoint, When,
};
use domain::money::Money;
use domain::users::{CreatedVia, Status};
use proptest::prelude::*;
use proptest::strategy::Union;
use time::{Date, Month};

/// Tokens of the grammar, with a `~` between, so that random sequences of them often parse.
const PIECES: &str = " ~ ~ ~\t~(~)~-~OR~ OR ~\"~\\~:~a~é~lab~\"two words\"~role:~admin~status:~active~personas:~keys:\
    ~>~>=~<~<=~..~*~0~10~2000000000~created:~login:~never~2026~-01~30d~12h~before-~after-~inactive:~has:~api-key~statsu:~\u{202e}~\u{a0}~İ";

/// Whole words of the grammar, with a space between, so that random sequences of them mostly parse.
const WORDS: &str = "a b \"a:b\" -a --b ( ) -( (a b) OR OR role:Admin -status:active KEYS:>5 personas:1..9 login:before-30d";

fn row_of(
    pieces: &'static str,
    separator: char,
    most: usize,
) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(
        prop::sample::select(pieces.split(separator).collect::<Vec<_>>()),
        0..most,
    )
}

fn count() -> impl Strategy<Value = Count> {
    use Count::{Annotations, ApiKeys, Ontologies, Personas, Sessions};
    prop::sample::select(vec![Personas, Ontologies, Annotations, Sessions, ApiKeys])
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        r#"[-<>()":\\ a-zÄé.@*]{1,8}"#,
        "\\PC{1,8}",
        prop::sample::select(vec![
            "OR".to_owned(),
            "AND".to_owned(),
            "NOT".to_owned(),
            "never".to_owned()
        ]),
    ]
}

fn text() -> impl Strategy<Value = Text> {
    words().prop_filter_map("not a text", |words| Text::new(&words).ok())
}

fn range(largest: i64) -> impl Strategy<Value = IntRange> {
    let end = move || prop::option::of(prop_oneof![0..50_i64, 0..=largest]);
    (end(), end()).prop_filter_map("not a range", |(one, other)| {
        IntRange::new(one, other)
            .or_else(|_| IntRange::new(other, one))
            .ok()
    })
}

fn period() -> impl Strategy<Value = Period> {
    let day = (1970..=9999_i32, 1..=366_u16).prop_filter_map("not a day", |(year, ordinal)| {
        let day = Date::from_ordinal_date(year, ordinal).ok()?;
        Some((
            Period::year(year)?,
            Period::month(year, day.month())?,
            Period::day(day)?,
        ))
    });
    (day, 0..3).prop_map(|((year, month, day), which)| match which {
        0 => year,
        1 => month,
        _ => day,
    })
}

fn age() -> impl Strategy<Value = Age> {
    let unit = prop::sample::select(vec![AgeUnit::Hours, AgeUnit::Days, AgeUnit::Weeks]);
    (1..=9999_u16, unit).prop_filter_map("not an age", |(amount, unit)| Age::new(amount, unit))
}

fn timestamp() -> impl Strategy<Value = TimePoint> {
    prop_oneof![
        period().prop_map(TimePoint::Period),
        age().prop_map(TimePoint::Age)
    ]
}

fn time() -> impl Strategy<Value = When> {
    use Comparison::{AtLeast, AtMost, Greater, Is, Less};
    let comparison = prop::sample::select(vec![Is, Greater, AtLeast, Less, AtMost]);
    // Ranges that run backward cannot be typed; a table test checks that they are rejected.
    let can_be_typed = |when: &When| Filter::parse(&Term::Created(*when).to_string()).is_ok();
    let ends = (prop::option::of(timestamp()), prop::option::of(timestamp()));
    let between = ends.prop_filter_map("not a range", move |(one, other)| {
        [When::Between(one, other), When::Between(other, one)]
            .into_iter()
            .find(can_be_typed)
    });
    let compare =
        (comparison, period()).prop_map(|(comparison, period)| When::Compare(comparison, period));
    let ago = (any::<bool>(), age()).prop_map(|(before, age)| match before {
        true => When::Before(age),
        false => When::After(age),
    });
    prop_oneof![compare, ago, between]
}

fn time_or_never() -> impl Strategy<Value = When> {
    prop_oneof![1 => Just(When::Never), 4 => time()]
}

fn spend() -> impl Strategy<Value = SpendRange> {
    use Comparison::{AtLeast, AtMost, Greater, Is, Less};
    let comparison = prop::sample::select(vec![Is, Greater, AtLeast, Less, AtMost]);
    let amount = || (0..=i64::MAX).prop_map(Money::from_nanos);
    let compare = (comparison, amount())
        .prop_map(|(comparison, amount)| SpendRange::Compare(comparison, amount));
    let between = (amount(), amount(), 0..3).prop_map(|(one, other, open)| {
        let (min, max) = (one.min(other), one.max(other));
        SpendRange::Between((open != 0).then_some(min), (open != 1).then_some(max))
    });
    prop_oneof![compare, between]
}

fn term() -> impl Strategy<Value = Term> {
    use CreatedVia::{Admin, Cli, Import, Invitation, Registration, Setup};
    let statuses = prop::sample::select(vec![Status::Active, Status::Pending, Status::Suspended]);
    let ways = prop::sample::select(vec![Admin, Registration, Invitation, Cli, Import, Setup]);
    let role = words().prop_filter_map("not a role", |words| RoleName::new(&words).ok());
    Union::new_weighted(vec![
        (4, text().prop_map(Term::Text).boxed()),
        (1, text().prop_map(Term::Username).boxed()),
        (1, text().prop_map(Term::Name).boxed()),
        (1, text().prop_map(Term::Email).boxed()),
        (1, role.prop_map(Term::Role).boxed()),
        (1, text().prop_map(Term::Group).boxed()),
        (1, text().prop_map(Term::Client).boxed()),
        (1, text().prop_map(Term::Feature).boxed()),
        (1, statuses.prop_map(Term::Status).boxed()),
        (1, ways.prop_map(Term::Via).boxed()),
        (1, range(i64::MAX).prop_map(Term::Number).boxed()),
        (
            2,
            (count(), range(MAX_COUNT))
                .prop_map(|(count, range)| Term::Count(count, range))
                .boxed(),
        ),
        (1, spend().prop_map(Term::Spend).boxed()),
        (
            1,
            prop_oneof![Just(OverLimit::Budget), Just(OverLimit::Requests)]
                .prop_map(Term::Over)
                .boxed(),
        ),
        (1, time().prop_map(Term::Created).boxed()),
        (1, time_or_never().prop_map(Term::LastLogin).boxed()),
        (1, time_or_never().prop_map(Term::LastActive).boxed()),
        (
            1,
            prop_oneof![
                Just(Has::Email),
                Just(Has::Group),
                count().prop_map(Has::Any)
            ]
            .prop_map(Term::Has)
            .boxed(),
        ),
    ])
}

/// Generates expressions in the form that a filter holds: no `And` in `And`, no `Or` in `Or`, no `Not` in `Not`.
fn expression() -> impl Strategy<Value = Expr> {
    term()
        .prop_map(Expr::Term)
        .prop_recursive(6, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..5).prop_map(|parts| {
                    Expr::And(
                        parts
                            .into_iter()
                            .flat_map(|part| {
                                if let Expr::And(inner) = part {
                                    inner
                                } else {
                                    vec![part]
                                }
                            })
                            .collect(),
                    )
                }),
                prop::collection::vec(inner.clone(), 2..5).prop_map(|parts| {
                    Expr::Or(
                        parts
                            .into_iter()
                            .flat_map(|part| {
                                if let Expr::Or(inner) = part {
                                    inner
                                } else {
                                    vec![part]
                                }
                            })
                            .collect(),
                    )
                }),
                inner.prop_map(|part| if let Expr::Not(inner) = part {
                    *inner
                } else {
                    Expr::Not(Box::new(part))
                }),
            ]
        })
}

/// Checks the properties that hold for any input.
fn check(input: &str) -> Result<(), TestCaseError> {
    match Filter::parse(input) {
        Ok(filter) => {
            let printed = filter.to_string();
            prop_assert!(printed.chars().count() <= MAX_CHARS);
            let again = Filter::parse(&printed);
            prop_assert_eq!(again.as_ref(), Ok(&filter), "printed as {}", &printed);
            prop_assert_eq!(again.map(|filter| filter.to_string()), Ok(printed));
        }
        Err(error) => {
            prop_assert!(
                error.start < error.end && error.end <= input.chars().count(),
                "{:?}",
                error
            );
            prop_assert_eq!(error.word(input).chars().count(), error.end - error.start);
            prop_assert!(error.message().ends_with('.'));
        }
    }
    Ok(())
}

/// Returns the default number of cases or a minimum, whichever is larger; PROPTEST_CASES sets the default.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: usual.cases.max(2_000),
        failure_persistence: None,
        ..usual
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_string_is_parsed_or_rejected(input in any::<String>()) {
        check(&input)?;
    }

    #[test]
    fn any_sequence_of_tokens_is_parsed_or_rejected(pieces in row_of(PIECES, '~', 40)) {
        check(&pieces.concat())?;
    }

    #[test]
    fn any_sequence_of_words_is_parsed_or_rejected(words in row_of(WORDS, ' ', 12)) {
        check(&words.join(" "))?;
    }

    #[test]
    fn any_expression_round_trips(expression in expression()) {
        let printed = expression.to_string();
        match Filter::parse(&printed).map_err(|error| error.kind) {
            Ok(filter) => prop_assert_eq!(filter.root(), Some(&expression), "printed as {}", &printed),
            // A few of the expressions exceed the limits of a search.
            Err(FilterErrorKind::TooLong) => prop_assert!(printed.chars().count() > MAX_CHARS),
            Err(kind) => prop_assert_eq!(kind, FilterErrorKind::TooManyTerms, "printed as {}", &printed),
        }
    }

    #[test]
    fn chip_and_remainder_make_the_search(expression in expression()) {
        if let Ok(filter) = Filter::parse(&expression.to_string()) {
            for (chip, without) in filter.top_level_terms() {
                let left = Filter::parse(&without.to_string());
                prop_assert_eq!(left.as_ref(), Ok(&without));
                let chips = |filter: &Filter| {
                    let mut chips: Vec<String> = filter.top_level_terms().into_iter().map(|(chip, _)| chip).collect();
                    chips.sort();
                    chips.dedup();
                    chips
                };
                let rejoined = without.with(&chip);
                prop_assert_eq!(rejoined.as_ref().map(chips), Ok(chips(&filter)));
            }
        }
    }

    #[test]
    fn toggling_twice_restores_the_search(expression in expression(), word in text()) {
        let term = Term::Text(word);
        let filter = Filter::parse(&expression.to_string()).unwrap_or_default();
        let toggled = filter.toggled(&term).unwrap_or_default();
        if !filter.contains(&term) && toggled.contains(&term) {
            prop_assert_eq!(toggled.toggled(&term), Ok(filter));
        }
    }
}

#[test]
fn nesting_does_not_overflow_the_stack() {
    for (open, close) in [
        ("(", ")"),
        ("-(", ")"),
        ("(a OR ", ")"),
        ("--", ""),
        ("\"", "\""),
        ("a:", ""),
    ] {
        let input = format!("{}a{}", open.repeat(100_000), close.repeat(100_000));
        let kind = Filter::parse(&input).map_err(|error| error.kind);
        assert_eq!(kind, Err(FilterErrorKind::TooLong), "{open}");

        let input: String = format!("{}a", open.repeat(80))
            .chars()
            .take(MAX_CHARS)
            .collect();
        assert!(Filter::parse(&input).is_err() || open == "--", "{open}");
    }
}

#[test]
fn last_month_of_the_calendar_is_valid() {
    let period = Period::month(9999, Month::December).map(|period| period.end() > period.start());
    assert_eq!(period, Some(true));
}
