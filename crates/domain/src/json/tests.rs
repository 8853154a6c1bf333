use super::*;

fn nested(depth: usize) -> String {
    "{\"a\":".repeat(depth - 1) + "{}" + &"}".repeat(depth - 1)
}

fn error(json: &str) -> Option<JsonError> {
    let object: JsonObject = serde_json::from_str(json).unwrap();
    object.check().err()
}

#[test]
fn depth_and_width_are_limited() {
    let wide = |values: usize| format!("{{\"a\":[{}]}}", vec!["1"; values - 1].join(","));
    let long = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
    let JsonLimits { bytes, values } = JsonLimits::CONTENT;
    for (json, expected) in [
        (nested(DEPTH_MAX), None),
        (nested(DEPTH_MAX + 1), Some(JsonError::Depth)),
        (nested(100_000), Some(JsonError::Depth)),
        (wide(values), None),
        (wide(values + 1), Some(JsonError::Values(values))),
        (long(bytes), None),
        (long(bytes + 1), Some(JsonError::Bytes(bytes))),
    ] {
        assert_eq!(error(&json), expected, "{json:.60}");
    }
    // PostgreSQL writes 39 digits for each of these numbers.
    let digits = format!("{{\"a\":[{}]}}", vec!["1e38"; 40_000].join(","));
    assert_eq!(error(&digits), Some(JsonError::Bytes(bytes)));
}

#[test]
fn parsed_object_respects_the_limits() {
    let limits = JsonLimits::PROFILE;
    for (json, expected) in [
        (nested(DEPTH_MAX), None),
        (nested(DEPTH_MAX + 1), Some(JsonError::Depth)),
        (
            format!("{{\"a\":\"{}\"}}", "x".repeat(limits.bytes)),
            Some(JsonError::Bytes(limits.bytes)),
        ),
        (
            format!("{{\"a\":[{}]}}", vec!["1"; limits.values].join(",")),
            Some(JsonError::Values(limits.values)),
        ),
        (r#"{"a":"\u0000"}"#.to_owned(), Some(JsonError::Nul)),
    ] {
        let object: Map<String, Value> = serde_json::from_str(&json).unwrap();
        assert_eq!(check_object(&object, limits).err(), expected, "{json:.60}");
    }
}

#[test]
fn unstorable_values_are_found_at_every_level() {
    for (json, expected) in [
        (r#"{"a":"\u0000"}"#, Some(JsonError::Nul)),
        (r#"{"\u0000":1}"#, Some(JsonError::Nul)),
        (r#"{"a":[{"b":["x\u0000"]}]}"#, Some(JsonError::Nul)),
        (
            r#"{"a":[{"b":-1.7976931348623157e308}]}"#,
            Some(JsonError::Number),
        ),
        (r#"{"a":1e39}"#, Some(JsonError::Number)),
        (r#"{"a":-1e-39}"#, Some(JsonError::Number)),
        (
            r#"{"a":"\\u0000","b":[1,null,true,-1e38,1e-37,0,18446744073709551615]}"#,
            None,
        ),
    ] {
        assert_eq!(error(json), expected, "{json}");
    }
}

#[test]
fn text_is_normalised() {
    let json = r#" { "a" : [ 1 , -2.50, null, true, {} , [] ], "b\n" : "\u00e9\"" , "c": false } "#;
    let object: JsonObject = serde_json::from_str(json).unwrap();
    let again: Value = serde_json::from_str(object.as_str()).unwrap();
    assert_eq!(again, serde_json::from_str::<Value>(json).unwrap());
    assert_eq!(
        object.as_str(),
        r#"{"a":[1,-2.5,null,true,{},[]],"b\n":"é\"","c":false}"#
    );
    for bad in ["[]", "null", "1", "\"x\"", "{\"a\":1", r#"{"a":"\ud800"}"#] {
        assert!(serde_json::from_str::<JsonObject>(bad).is_err(), "{bad}");
    }
}

#[test]
fn too_deep_value_is_one_line() {
    let shallow = r#"{"a":"[[[[","b\"{":[{}]}"#;
    assert_eq!(depth_of(shallow), 3);
    assert_eq!(read_object(shallow), serde_json::from_str(shallow).unwrap());
    for stored in [nested(READ_DEPTH_MAX + 1), nested(5_000), "{".to_owned()] {
        let read = read_object(&stored);
        let said = read.get(UNREADABLE).and_then(Value::as_str);
        assert_eq!(said, Some(unreadable(stored.len()).as_str()));
    }
}

#[cfg(feature = "stored-json")]
#[test]
fn stored_value_is_serialised_as_text() {
    let shallow = StoredJson::from(nested(DEPTH_MAX));
    assert_eq!(shallow.as_str(), nested(DEPTH_MAX));
    let deep = StoredJson::from(nested(200));
    let read: Value = serde_json::from_str(deep.as_str()).unwrap();
    assert!(read[UNREADABLE].is_string(), "{read}");
}

#[test]
fn message_for_an_unreadable_value_has_its_size() {
    assert_eq!(unreadable_bytes(&unreadable(70_000)), Some(70_000));
    for other in ["", "This stored value of some bytes can't be displayed."] {
        assert_eq!(unreadable_bytes(other), None, "{other}");
    }
}
