//! Tests of the reader of YAML.

use super::*;

fn text(text: &str) -> Yaml {
    Yaml::Text(text.to_owned())
}

#[test]
fn mappings_and_lists_are_nested() {
    let read = read(
        "branch: physics\nmessages:\n- content: Hi\n  role: user\n- content: 'Don''t: stop'\n  context:\n  - a\n  \
         -   - b\n  role: system\nempty: []\nnone: null\n",
    )
    .unwrap();
    assert_eq!(read.text("branch"), Some("physics"));
    let Some(Yaml::List(messages)) = read.get("messages") else {
        panic!("{read:?}");
    };
    assert_eq!(messages[0].text("content"), Some("Hi"));
    assert_eq!(messages[1].text("content"), Some("Don't: stop"));
    assert_eq!(messages[1].text("role"), Some("system"));
    let context = Yaml::List(vec![text("a"), Yaml::List(vec![text("b")])]);
    assert_eq!(messages[1].get("context"), Some(&context));
    assert_eq!(read.get("empty"), Some(&Yaml::List(Vec::new())));
    assert_eq!(read.text("none"), Some(""));
}

#[test]
fn long_texts_have_several_lines() {
    for (yaml, expected) in [
        ("a: one\n  two\n\n  three\nb: x\n", "one two\nthree"),
        ("a: 'one\n\n  two\n  three'\nb: x\n", "one\ntwo three"),
        (
            "a: \"one\\ttwo\\\n  \\ three\\n\\u00e9\\\"\"\nb: x\n",
            "one\ttwo three\né\"",
        ),
        (
            "a: |-\n  one\n    two\n\n  three\nb: x\n",
            "one\n  two\n\nthree",
        ),
        ("a: |\n  one\nb: x\n", "one\n"),
        ("a: >-\n  one\n  two\nb: x\n", "one two"),
        ("a: !!python/str 'one'\nb: x\n", "one"),
    ] {
        let read = read(yaml).unwrap();
        assert_eq!(read.text("a"), Some(expected), "{yaml}");
        assert_eq!(read.text("b"), Some("x"), "{yaml}");
    }
}

#[test]
fn objects_of_python_are_mappings() {
    let yaml = "context:\n- !!python/object:x.Document\n  __dict__:\n    page: &id001 text\n  other: *id001\nuser: ada\n";
    let read = read(yaml).unwrap();
    assert_eq!(read.text("user"), Some("ada"));
}

#[test]
fn other_files_are_rejected() {
    for (yaml, line) in [
        ("a: [1, 2]\n", 2),
        ("a: 'open\n", 2),
        ("a: b\nnonsense\n", 2),
        ("a: b\n  c: d\n- x\n", 3),
    ] {
        assert_eq!(read(yaml), Err(YamlError { line }), "{yaml}");
    }
    let deep: String = (0..100).map(|n| " ".repeat(n) + "a:\n").collect();
    assert!(read(&deep).is_err());
}
