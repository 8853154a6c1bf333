use super::*;

/// Returns the canonical text of `input`, or the kind of error and the offending word.
fn outcome(input: &str) -> Result<String, (FilterErrorKind, String)> {
    match Filter::parse(input) {
        Ok(filter) => Ok(filter.to_string()),
        Err(error) => Err((error.kind.clone(), error.word(input).to_owned())),
    }
}

#[test]
fn blank_input_matches_everything() {
    for input in ["", " ", "\t\r\n \u{3000}"] {
        assert_eq!(Filter::parse(input), Ok(Filter::default()));
    }
    assert!(Filter::default().is_empty());
    assert_eq!(Filter::default().root(), None);
    assert_eq!(Filter::default().to_string(), "");
}

#[test]
fn every_field_is_printed_in_full() {
    let table = [
        ("Lab", "Lab"),
        ("\"lab\"", "lab"),
        ("\"a b\" c", "\"a b\" c"),
        ("no. 4997 c", "\"no. 4997\" c"),
        ("(No. 4997)", "\"No. 4997\""),
        ("No. x", "No. x"),
        ("No. 4997x", "No. 4997x"),
        ("USERNAME:anna", "username:anna"),
        ("username:\">m\"", "username:\">m\""),
        ("name:\"Anna Lee\"", "name:\"Anna Lee\""),
        ("name:O'Neil", "name:O'Neil"),
        ("email:@example.org", "email:@example.org"),
        ("role:Admin", "role:admin"),
        ("role:\"Lab Head\"", "role:\"lab head\""),
        ("GROUP:Editors", "group:Editors"),
        ("group:\"Core Team\"", "group:\"Core Team\""),
        ("client:7", "client:7"),
        ("client:#7", "client:#7"),
        ("feature:chat.controls", "feature:chat.controls"),
        ("has:Group", "has:group"),
        ("status:ACTIVE", "status:active"),
        ("Status:\"pending\"", "status:pending"),
        ("status:suspended", "status:suspended"),
        ("via:invitation", "via:invitation"),
        ("number:7", "number:7"),
        ("number:>9007199254740993", "number:>=9007199254740994"),
        ("personas:>10", "personas:>=11"),
        ("ontologies:<1", "ontologies:<=0"),
        ("annotations:1..5", "annotations:1..5"),
        ("sessions:>=1", "sessions:>=1"),
        ("api-keys:*..3", "api-keys:<=3"),
        ("KEYS:0", "api-keys:0"),
        ("spend:5", "spend:5"),
        ("Spend:>5.00", "spend:>5"),
        ("spend:<0.5", "spend:<0.5"),
        ("spend:1..*", "spend:1..*"),
        ("over:Budget", "over:budget"),
        ("over:requests", "over:requests"),
        ("created:2026", "created:2026"),
        ("created:>2026-01-01", "created:>2026-01-01"),
        ("created:7d", "created:after-7d"),
        ("inactive:90D", "inactive:90d"),
        ("active:BEFORE-90d", "last-active:before-90d"),
        ("created:2026-01..*", "created:2026-01..*"),
        ("last-login:NEVER", "last-login:never"),
        ("login:after-30D", "last-login:after-30d"),
        ("last-active:8w..12h", "last-active:8w..12h"),
        ("active:>=2026-02", "last-active:>=2026-02"),
        ("has:email", "has:email"),
        ("has:api-key", "has:api-keys"),
        ("has:Ontology", "has:ontologies"),
    ];
    for (input, printed) in table {
        assert_eq!(outcome(input), Ok(printed.to_owned()), "{input}");
        assert_eq!(outcome(printed), Ok(printed.to_owned()), "{printed}");
    }
}

#[test]
fn operators_are_printed_without_needless_parentheses() {
    let table = [
        ("a b", "a b"),
        ("a OR b", "a OR b"),
        ("a b OR c d", "a b OR c d"),
        ("(a b) OR (c d)", "a b OR c d"),
        ("a (b OR c) d", "a (b OR c) d"),
        ("a(b)(c)", "a b c"),
        ("((a))", "a"),
        ("(a b) c", "a b c"),
        ("a OR (b OR c)", "a OR b OR c"),
        ("-a", "-a"),
        ("--a", "a"),
        ("-(-a)", "a"),
        ("-(-(a b)) c", "a b c"),
        ("-(a)", "-a"),
        ("-(a OR b)", "-(a OR b)"),
        ("-(a b) c", "-(a b) c"),
        ("-\"-a\"", "-\"-a\""),
        ("-status:active OR a", "-status:active OR a"),
        ("or and not", "or and not"),
    ];
    for (input, printed) in table {
        assert_eq!(outcome(input), Ok(printed.to_owned()), "{input}");
        assert_eq!(outcome(printed), Ok(printed.to_owned()), "{printed}");
    }
}

#[test]
fn and_binds_closer_than_or() {
    let term = |word: &str| Text::new(word).map(|text| Expr::Term(Term::Text(text)));
    let expected = (|| {
        Ok::<_, FilterErrorKind>(Expr::Or(vec![
            Expr::And(vec![term("a")?, term("b")?]),
            Expr::Not(Box::new(Expr::And(vec![term("c")?, term("d")?]))),
        ]))
    })();
    let parsed = Filter::parse("a b OR -(c d)").map_err(|error| error.kind);
    assert_eq!(
        parsed.map(|filter| filter.root().cloned()),
        expected.map(Some)
    );
}

#[test]
fn errors_name_the_offending_word() {
    use FilterErrorKind as Kind;
    let personas = Field::Count(Count::Personas);
    let word = str::to_owned;
    let unknown = |name: &str, suggestion| Kind::UnknownField {
        word: name.to_owned(),
        suggestion,
    };
    let table = [
        ("a \u{202e}b", Kind::Character { code: 0x202e }, "\u{202e}"),
        ("é\0", Kind::Character { code: 0 }, "\0"),
        ("é \"a\tb\"", Kind::Character { code: 9 }, "\"a\tb\""),
        ("a \"b c", Kind::UnclosedQuote, "\"b c"),
        ("name:\"b\\\"", Kind::UnclosedQuote, "\"b\\\""),
        ("a b\"c\" d", Kind::QuoteInWord, "b\"c\""),
        ("name:a\"b", Kind::QuoteInWord, "name:a\"b"),
        ("x \"a\"b", Kind::QuoteInWord, "\"a\"b"),
        ("x \"a\"\"b\" y", Kind::QuoteInWord, "\"a\"\"b\""),
        ("a (b (c) d", Kind::UnclosedGroup, "("),
        ("a (b)) c", Kind::UnopenedGroup, ")"),
        ("é ( ) b", Kind::EmptyGroup, "( )"),
        ("OR a", Kind::LoneOr, "OR"),
        ("a OR", Kind::LoneOr, "OR"),
        ("a OR OR b", Kind::LoneOr, "OR"),
        ("(a OR) b", Kind::LoneOr, "OR"),
        ("a - b", Kind::LoneMinus, "-"),
        ("a -", Kind::LoneMinus, "-"),
        ("(a -)", Kind::LoneMinus, "-"),
        ("-OR a", Kind::LoneMinus, "-"),
        ("a AND b", Kind::AndWord, "AND"),
        ("a NOT b", Kind::NotWord, "NOT"),
        ("a :b", Kind::NoField, ":b"),
        ("a :\"b c\"", Kind::NoField, ":\"b c\""),
        (
            "é statsu:active",
            unknown("statsu", Some(Field::Status)),
            "statsu",
        ),
        ("http://example.org", unknown("http", None), "http"),
        ("a \"\" b", Kind::EmptyText, "\"\""),
        (
            "a status: active",
            Kind::NoValue {
                field: Field::Status,
            },
            "status:",
        ),
        (
            "name:\" \"",
            Kind::NoValue { field: Field::Name },
            "name:\" \"",
        ),
        ("role:(a)", Kind::NoValue { field: Field::Role }, "role:"),
        ("name:>m", Kind::ComparedText { field: Field::Name }, ">m"),
        ("role:<m", Kind::ComparedText { field: Field::Role }, "<m"),
        (
            "a status:actve",
            Kind::UnknownValue {
                field: Field::Status,
                word: word("actve"),
            },
            "actve",
        ),
        (
            "via:\"e mail\"",
            Kind::UnknownValue {
                field: Field::Via,
                word: word("e mail"),
            },
            "\"e mail\"",
        ),
        (
            "has:x",
            Kind::UnknownValue {
                field: Field::Has,
                word: word("x"),
            },
            "x",
        ),
        (
            "personas:>x",
            Kind::NotANumber {
                field: personas,
                word: word(">x"),
            },
            ">x",
        ),
        (
            "number:-5",
            Kind::NotANumber {
                field: Field::Number,
                word: word("-5"),
            },
            "-5",
        ),
        (
            "created:never",
            Kind::NotADate {
                field: Field::Created,
                word: word("never"),
            },
            "never",
        ),
        (
            "login:soon",
            Kind::NotADate {
                field: Field::LastLogin,
                word: word("soon"),
            },
            "soon",
        ),
        (
            "é login:>=90D",
            Kind::AmbiguousAge {
                field: Field::LastLogin,
                word: word(">=90D"),
                age: word("90d"),
            },
            ">=90D",
        ),
        (
            "inactive:>90d",
            Kind::NotAnAge { word: word(">90d") },
            ">90d",
        ),
        ("personas:5..1", Kind::BackwardRange, "5..1"),
        ("created:*..*", Kind::OpenRange, "*..*"),
    ];
    for (input, kind, culprit) in table {
        assert_eq!(outcome(input), Err((kind, culprit.to_owned())), "{input}");
    }
}

#[test]
fn first_of_two_adjacent_ors_is_reported() {
    let error = FilterError {
        kind: FilterErrorKind::LoneOr,
        start: 2,
        end: 4,
    };
    assert_eq!(Filter::parse("a OR OR b"), Err(error));
}

#[test]
fn messages_suggest_a_fix() {
    let table = [
        (
            "statsu:active",
            "\"statsu\" is not a field. Did you mean \"status\"? Put it in quotes to search for the text.",
        ),
        (
            "http://x",
            "\"http\" is not a field. The fields are username, name, email, role, group, client, feature, status, via, \
             number, personas, ontologies, annotations, sessions, api-keys, spend, over, created, last-login, last-active, inactive, has. \
             Put it in quotes to search for the text.",
        ),
        (
            "keys:",
            "\"api-keys:\" needs a value directly after the colon, such as api-keys:>10.",
        ),
        (
            "\0",
            "The invisible character U+0000 can't be used in a search. Delete it, or retype the word.",
        ),
        (
            "personas:x",
            "\"x\" is not a valid number for \"personas\". Use 10, >10, <=10 or 10..20, with numbers from 0 to \
             2000000000.",
        ),
        (
            "login:x",
            "\"x\" is not a date. Use a year from 1970, a month or a day, such as 2026, 2026-01 or 2026-01-31, \
             or an age such as before-30d, after-12h or after-8w, or never.",
        ),
        (
            "last-login:>90d",
            "\">90d\" is ambiguous. Use last-login:before-90d for more than 90d ago, or last-login:after-90d for \
             since then.",
        ),
    ];
    for (input, message) in table {
        assert_eq!(
            Filter::parse(input).map_err(|error| error.to_string()),
            Err(message.to_owned())
        );
    }
}

#[test]
fn each_limit_is_exact() {
    let groups = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&groups(MAX_DEPTH)).is_ok());
    let error = FilterError {
        kind: FilterErrorKind::TooDeep,
        start: MAX_DEPTH,
        end: MAX_DEPTH + 1,
    };
    assert_eq!(Filter::parse(&groups(MAX_DEPTH + 1)), Err(error));

    let terms = |count: usize| vec!["ab"; count].join(" ");
    assert!(Filter::parse(&terms(MAX_TERMS)).is_ok());
    let error = FilterError {
        kind: FilterErrorKind::TooManyTerms,
        start: 3 * MAX_TERMS,
        end: 3 * MAX_TERMS + 2,
    };
    assert_eq!(Filter::parse(&terms(MAX_TERMS + 1)), Err(error));

    for field in ["", "name:", "role:", "personas:"] {
        let value = |length: usize| {
            Filter::parse(&format!("{field}{}", "1".repeat(length))).map_err(|error| error.kind)
        };
        assert_ne!(
            value(MAX_TEXT_CHARS),
            Err(FilterErrorKind::TextTooLong),
            "{field}"
        );
        assert_eq!(
            value(MAX_TEXT_CHARS + 1),
            Err(FilterErrorKind::TextTooLong),
            "{field}"
        );
    }

    let spaced = |length: usize| format!("é{}é", " ".repeat(length - 2));
    assert!(Filter::parse(&spaced(MAX_CHARS)).is_ok());
    let error = FilterError {
        kind: FilterErrorKind::TooLong,
        start: MAX_CHARS,
        end: MAX_CHARS + 3,
    };
    assert_eq!(Filter::parse(&spaced(MAX_CHARS + 3)), Err(error));
}

#[test]
fn search_too_long_when_printed_is_rejected() {
    let input =
        vec!["keys:2000000000"; MAX_TERMS]
            .join(" ")
            .replacen("keys:2000000000", "keys:0", 2);
    assert!(input.chars().count() <= MAX_CHARS);
    let error = FilterError {
        kind: FilterErrorKind::TooLong,
        start: 0,
        end: input.chars().count(),
    };
    assert_eq!(Filter::parse(&input), Err(error));
}

#[test]
fn search_is_serialised_as_text() {
    let read = |json: &str| serde_json::from_str::<Filter>(json).map_err(|error| error.to_string());
    assert_eq!(
        read("\"KEYS:0\""),
        Ok(Filter::parse("api-keys:0").unwrap_or_default())
    );
    assert!(read("\"keys:x\"").is_err());
    let written = Filter::parse("a  OR  \"b\"")
        .map(|filter| serde_json::to_string(&filter).unwrap_or_default());
    assert_eq!(written, Ok("\"a OR b\"".to_owned()));

    for input in ["statsu:x", "keys:x", "\0", "a OR", "login:<7d"] {
        let crossed = Filter::parse(input).map_err(|error| {
            let json = serde_json::to_string(&error).unwrap_or_default();
            serde_json::from_str::<FilterError>(&json).map_err(|error| error.to_string())
        });
        assert_eq!(crossed, Filter::parse(input).map_err(Ok), "{input}");
    }
}

/// Every date of a search is resolved in the user's time zone, at any depth; its words and its text stay the same.
#[test]
fn dates_use_the_time_zone() {
    use time::{
        Duration,
        macros::{date, datetime},
    };

    let now = datetime!(2026-11-21 12:00 UTC);
    let text = "created:2026-11-01 -(last-login:>2026-10 OR last-active:2026-11-01..2026-11-02)";
    let filter = Filter::parse(text).unwrap();
    let mut days = filter.days();
    days.sort();
    days.dedup();
    let named = [
        date!(2026 - 10 - 01),
        date!(2026 - 11 - 01),
        date!(2026 - 11 - 02),
        date!(2026 - 11 - 03),
    ];
    assert_eq!(days, named);
    // Each day begins three hours later, and one of them is an hour longer.
    let hours = |day| if day == named[2] { 4 } else { 3 };
    let starts: Days = named
        .into_iter()
        .map(|day| {
            (
                day,
                day.midnight().assume_utc() + Duration::hours(hours(day)),
            )
        })
        .collect();
    let placed = filter.in_days(&starts);
    assert_eq!(placed.to_string(), filter.to_string());
    let bounds = |filter: &Filter| {
        let mut bounds = Vec::new();
        filter
            .clone()
            .for_each_when(&mut |when| bounds.extend(when.bounds(now)));
        bounds
    };
    let found: Vec<_> = bounds(&placed)
        .into_iter()
        .zip(bounds(&filter))
        .map(|(placed, utc)| {
            let later = |placed: Option<time::OffsetDateTime>,
                         utc: Option<time::OffsetDateTime>| {
                placed
                    .zip(utc)
                    .map(|(placed, utc)| (placed - utc).whole_hours())
            };
            (later(placed.from, utc.from), later(placed.until, utc.until))
        })
        .collect();
    assert_eq!(
        found,
        [(Some(3), Some(4)), (Some(3), None), (Some(3), Some(3))]
    );
    assert_eq!(Filter::parse("inactive:9d created:7d").unwrap().days(), []);
}
