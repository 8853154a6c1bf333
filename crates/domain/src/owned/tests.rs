//! Rejected texts, and reporting of all errors at once.

use super::*;

fn error(draft: PersonaDraft, new: bool, field: &str) -> Option<String> {
    let errors = draft.check(new).err()?;
    errors.get(field).map(str::to_owned)
}

#[test]
fn persona_texts_are_checked() {
    let name = |text: &str| PersonaDraft {
        name: Some(text.to_owned()),
        role: Some("Analyst".to_owned()),
        information_need: Some("Boats".to_owned()),
        ..PersonaDraft::default()
    };
    let details = |text: &str| PersonaDraft {
        details: Some(text.to_owned()),
        ..name("Analyst")
    };
    for (draft, new, field, says) in [
        (name(" Analyst "), true, "name", None),
        (name("  "), true, "name", Some(TextError::Missing)),
        (name("  "), false, "name", Some(TextError::Missing)),
        (
            PersonaDraft::default(),
            true,
            "name",
            Some(TextError::Missing),
        ),
        (PersonaDraft::default(), false, "name", None),
        (name(&"a".repeat(LINE_MAX)), true, "name", None),
        (
            name(&"a".repeat(LINE_MAX + 1)),
            true,
            "name",
            Some(TextError::Length(LINE_MAX)),
        ),
        (name("a\u{202E}b"), true, "name", Some(TextError::Control)),
        (name("a\nb"), true, "name", Some(TextError::Control)),
        (details("one\n\ttwo"), true, "details", None),
        (details(""), true, "details", None),
        (details("a\0b"), true, "details", Some(TextError::Control)),
        (
            details(&"é".repeat(TEXT_MAX + 1)),
            true,
            "details",
            Some(TextError::Length(TEXT_MAX)),
        ),
    ] {
        let found = error(draft.clone(), new, field);
        assert_eq!(found, says.map(|error| error.to_string()), "{draft:.60?}");
    }
}

#[test]
fn annotation_errors_are_reported_at_once() {
    let errors = AnnotationDraft::default().check(true).unwrap_err();
    let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["video_id", "label"]);
    assert!(AnnotationDraft::default().check(false).is_ok());
    let nul = OntologyDraft {
        content: serde_json::from_str(r#"{"types":[{"name":"a\u0000"}]}"#).unwrap(),
        ..OntologyDraft::default()
    };
    let errors = nul.check().unwrap_err();
    assert_eq!(errors.get("content"), Some("Remove the NUL characters."));
}
