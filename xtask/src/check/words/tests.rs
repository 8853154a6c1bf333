use super::*;
use crate::test_folder::TestFolder;

const TABLE: &str = "\
    | not | but | note |\n\
    |---|---|---|\n\
    | fault, faults | error | |\n\
    | Deed, BulkDeed | `UserAction`, `BulkAction` | |\n\
    | refuse | deny | |\n\
    | the bin, `in_bin` | deleted users | |\n\
    | for good | permanently | |\n\
    | anew; encrypted anew | again | |\n\
    | Lent, lent | `TokenGrant` | |\n\
    | words! | `string_enum!` | |\n\
    | put_offs, word_of | attempts | |\n\
    | keep, Shown | store | |\n";

const RULES: &str = r#"
[[unmatched]]
terms = ["keep", "shown"]
reason = "ordinary English"

[[also]]
words = ["nobody", "refused"]
instead = "user"

[[declared]]
names = ["Shown"]
instead = "UserResponse"

[[exception]]
path = "xtask/src/chaos"
words = ["fault"]
reason = "fault injection"

[[exception]]
words = ["refused"]
text = "onnection refused"
reason = "the name of an error of TCP"

[[exception]]
path = "docs/GLOSSARY.md"
reason = "lists the words"
"#;

/// Returns the words that are found in a text.
fn found(path: &str, text: &str) -> Vec<String> {
    let rules = Rules::parse(RULES).unwrap();
    let finder = Finder::new(rules.terms(&glossary::entries(TABLE)));
    findings_in(path, text, &finder, &rules)
        .into_iter()
        .map(|finding| finding.word)
        .collect()
}

#[test]
fn identifiers_are_searched_word_by_word() {
    for (code, word) in [
        ("pub struct BulkDeedRow;", "BulkDeed"),
        ("fn user_deeds() {}", "deeds"),
        ("const MAX_DEEDS: usize = 1;", "DEEDS"),
        ("let in_bin = true;", "in_bin"),
        ("filter.is_in_bin()", "in_bin"),
        ("person.put_offs += 1;", "put_offs"),
        ("struct WordOfRole;", "WordOf"),
        ("impl From<LentToken> for Token {}", "Lent"),
        ("words! { enum Role { Admin } }", "words"),
    ] {
        assert_eq!(found("app/src/a.rs", code), [word], "{code}");
    }
}

#[test]
fn every_kind_of_file_is_searched() {
    for (path, text, word) in [
        ("app/src/a.rs", "/// Returns the faults.", "faults"),
        ("app/src/a.rs", "    // Nobody waits for this.", "Nobody"),
        (
            "app/src/a.rs",
            "let text = \"Removed for good\";",
            "for good",
        ),
        (
            "server/src/openapi.rs",
            "description = \"users in the bin\"",
            "the bin",
        ),
        ("docs/API.md", "Requests are refused.", "refused"),
        (
            "migrations/20261129000100_a.sql",
            "create function refuse() returns trigger",
            "refuse",
        ),
        (
            "end2end/specs/a.spec.ts",
            "const fault = page.getByText('x');",
            "fault",
        ),
        ("public/a.js", "// Opens the stream anew.", "anew"),
        ("style/a.css", "/* The bin. */", "The bin"),
        ("scripts/lib/a.sh", "# Fails if nobody listens.", "nobody"),
    ] {
        assert!(is_source(Path::new(path)), "{path}");
        assert_eq!(found(path, text), [word], "{path}: {text}");
    }
}

#[test]
fn files_that_tests_write_are_skipped() {
    let folder = TestFolder::new();
    for path in [
        ".env",
        "README.md",
        "app/src/lib.rs",
        "app/node_modules/a/index.js",
        "end2end/a.spec.ts",
        "end2end/results/a/error-context.md",
        "target/a.rs",
    ] {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "").unwrap();
    }
    let expected = ["README.md", "app/src/lib.rs", "end2end/a.spec.ts"];
    assert_eq!(
        sources(folder.path()).unwrap(),
        expected.map(|path| folder.path().join(path))
    );
}

#[test]
fn the_path_counts_as_a_line() {
    assert_eq!(found("xtask/src/deeds.rs", ""), ["deeds"]);
}

#[test]
fn parts_of_words_are_no_words() {
    for text in [
        "impl Default for User {}",
        "silently, indeed a prefault",
        "the binary and the binding",
        "for goodness' sake",
        "for (good) reasons",
        "let words = split(line);",
        "keep the order shown",
        "the first word of a line",
    ] {
        assert!(found("app/src/a.rs", text).is_empty(), "{text}");
    }
}

#[test]
fn a_longer_term_is_found_once() {
    assert_eq!(
        found("docs/a.md", "It is encrypted anew."),
        ["encrypted anew"]
    );
    assert_eq!(found("docs/a.md", "Anew, and anew."), ["Anew", "anew"]);
}

#[test]
fn some_words_are_forbidden_as_names_of_types_only() {
    assert_eq!(
        found("app/src/a.rs", "pub(crate) struct Shown {"),
        ["Shown"]
    );
    assert_eq!(found("end2end/a.ts", "interface Shown {"), ["Shown"]);
    assert!(found("app/src/a.rs", "struct ShownRow; // Shown").is_empty());
    assert!(found("app/src/a.rs", "struct Shown_;").is_empty());
}

#[test]
fn exceptions_hold_for_their_path_word_and_text() {
    assert!(found("xtask/src/chaos/schedule.rs", "enum Fault {").is_empty());
    assert_eq!(
        found("xtask/src/chaos/schedule.rs", "enum Deed {"),
        ["Deed"]
    );
    assert_eq!(found("xtask/src/check.rs", "enum Fault {"), ["Fault"]);
    assert!(found("docs/a.md", "Connection refused").is_empty());
    assert_eq!(found("docs/a.md", "The form is refused"), ["refused"]);
    assert!(found("docs/GLOSSARY.md", TABLE).is_empty());
}

#[test]
fn an_exception_needs_a_reason() {
    let without = RULES.replace("fault injection", " ");
    assert!(Rules::parse(&without).is_err());
    let lacking = RULES.replace("reason = \"fault injection\"\n", "");
    assert!(Rules::parse(&lacking).is_err());
}

#[test]
fn the_report_has_at_most_fifty_lines_and_a_count() {
    let finding = |line| Finding {
        path: "app/src/a.rs".to_owned(),
        line,
        word: "Deed".to_owned(),
        instead: "UserAction".to_owned(),
    };
    let findings: Vec<Finding> = (1..=60).map(finding).collect();
    let report = verdict(&findings).err().unwrap().to_string();
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(
        lines.first(),
        Some(&"app/src/a.rs:1: \"Deed\" → use \"UserAction\"")
    );
    assert_eq!(lines.len(), PRINTED_MAX + 2);
    assert!(report.contains("… and 10 more"), "{report}");
    assert!(report.contains("60 forbidden words in 1 files"), "{report}");
    assert!(verdict(&[]).is_ok());
}

#[test]
fn the_data_file_is_valid() {
    let rules = Rules::parse(include_str!("../words.toml")).unwrap();
    assert!(rules.allow("docs/GLOSSARY.md", "Deed", "Deed"));
    assert!(!rules.allow("docs/API.md", "Deed", "Deed"));
}
