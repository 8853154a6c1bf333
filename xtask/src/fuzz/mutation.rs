//! Alterations of requests.

use serde_json::{Value, json};

use crate::{dice::Dice, http1::Message};

/// Alteration of one part of a request.
type Alteration = fn(&mut Dice, &mut Message);

/// Alterations with their weights.
const ALTERATIONS: [(u64, Alteration); 9] = [
    (1, method),
    (2, path),
    (2, query),
    (2, credential),
    (1, content_type),
    (1, cut),
    (6, member),
    (2, field),
    (1, twice),
];
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"];
/// Values in paths and queries.
const VALUES: [&str; 15] = [
    "",
    "%00",
    "%0A",
    "%2B",
    "%2F",
    "a+b%2Fc",
    "..",
    "-1",
    "0",
    "1.5",
    "100000000000000000000",
    "%5B%5D",
    "%E2%80%AE",
    "%FF",
    "018f3c5e-0000-7000-8000-000000000001",
];
const PARAMETERS: [&str; 10] = [
    "page",
    "page_size",
    "size",
    "limit",
    "skip",
    "user_id",
    "email",
    "query",
    "order_by",
    "sort_order",
];
const CREDENTIALS: [&str; 8] = [
    "",
    "wrong",
    "Bearer",
    "Bearer wrong",
    "Bearer rs_wrong",
    "Bearer sk-wrong",
    "Bearer rc_wrong",
    "Basic YTpi",
];
/// Headers with credentials.
const OF_CREDENTIALS: [&str; 4] = ["authorization", "cookie", "x-api-key", "x-litellm-api-key"];
const TYPES: [&str; 6] = [
    "",
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=utf-16",
];
/// Number of characters of a long text: more than any field allows, and less than a body.
const LONG: usize = 5_000;

/// Returns a request with one or two alterations.
pub(super) fn altered(dice: &mut Dice, request: &Message) -> Message {
    let mut altered = request.clone();
    for _ in 0..=dice.below(2) {
        if let Some(alter) = dice.weigh(&ALTERATIONS) {
            alter(dice, &mut altered);
        }
    }
    altered
}

fn one(dice: &mut Dice, all: &[&'static str]) -> &'static str {
    all.get(dice.index(all.len())).copied().unwrap_or_default()
}

fn start(message: &mut Message, method: &str, target: &str) {
    message.start = format!("{method} {target} HTTP/1.1");
}

fn method(dice: &mut Dice, message: &mut Message) {
    let target = message.word(1).to_owned();
    start(message, one(dice, &METHODS), &target);
}

/// Replaces a part of the path.
fn path(dice: &mut Dice, message: &mut Message) {
    let target = message.word(1);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut parts: Vec<&str> = path.split('/').skip(1).collect();
    let index = dice.index(parts.len());
    if let Some(part) = parts.get_mut(index) {
        *part = one(dice, &VALUES);
    }
    let target = format!("/{}?{query}", parts.join("/"));
    let method = message.word(0).to_owned();
    start(message, &method, target.trim_end_matches('?'));
}

/// Adds a parameter.
fn query(dice: &mut Dice, message: &mut Message) {
    let target = message.word(1);
    let joint = if target.contains('?') { '&' } else { '?' };
    let (name, value) = (one(dice, &PARAMETERS), one(dice, &VALUES));
    let target = format!("{target}{joint}{name}={value}");
    let method = message.word(0).to_owned();
    start(message, &method, &target);
}

/// Removes the credentials, and adds a wrong one or none.
fn credential(dice: &mut Dice, message: &mut Message) {
    for name in OF_CREDENTIALS {
        message.remove(name);
    }
    let (name, value) = (one(dice, &OF_CREDENTIALS), one(dice, &CREDENTIALS));
    if !value.is_empty() {
        message.set(name, value);
    }
}

fn content_type(dice: &mut Dice, message: &mut Message) {
    message.set("content-type", one(dice, &TYPES));
}

/// Cuts off the end of the body, and adds a byte that is not UTF-8 or nothing.
fn cut(dice: &mut Dice, message: &mut Message) {
    message.body.truncate(dice.index(message.body.len()));
    if dice.below(2) == 0 {
        message.body.push(0xff);
    }
}

/// Replaces or removes a value in a body of JSON.
fn member(dice: &mut Dice, message: &mut Message) {
    let Ok(mut body) = serde_json::from_slice::<Value>(&message.body) else {
        return;
    };
    let mut places = Vec::new();
    list(&body, String::new(), &mut places);
    let place = places.swap_remove(dice.index(places.len()));
    if dice.below(4) == 0 {
        remove(&mut body, &place);
    } else if let Some(value) = body.pointer_mut(&place) {
        *value = unexpected(dice, value);
    }
    message.body = body.to_string().into_bytes();
}

/// Lists the JSON pointers of a value and of all values in it.
fn list(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                list(item, format!("{place}/{index}"), places);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                list(member, format!("{place}/{name}"), places);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    places.push(place);
}

/// Removes the member of an object.
fn remove(body: &mut Value, place: &str) {
    let (parent, name) = place.rsplit_once('/').unwrap_or_default();
    let name = name.replace("~1", "/").replace("~0", "~");
    if let Some(members) = body.pointer_mut(parent).and_then(Value::as_object_mut) {
        members.remove(&name);
    }
}

/// Returns a value that no client sends in the place of another one.
fn unexpected(dice: &mut Dice, value: &Value) -> Value {
    let mut values = vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(0.1),
        json!(1e308),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("\0"),
        json!("a\r\nb\u{7f}"),
        json!("\u{202e}\u{2066}admin"),
        json!("x".repeat(LONG)),
        json!([]),
        json!({}),
        json!({ "": value }),
        json!([value, value]),
        json!(value.to_string()),
    ];
    values.swap_remove(dice.index(values.len()))
}

/// Replaces the value of a field of a form.
fn field(dice: &mut Dice, message: &mut Message) {
    let kind = message.header("content-type").unwrap_or_default();
    if !kind.contains("form") {
        return member(dice, message);
    }
    let body = String::from_utf8_lossy(&message.body).into_owned();
    let mut fields: Vec<String> = body.split('&').map(str::to_owned).collect();
    let index = dice.index(fields.len());
    if let Some(field) = fields.get_mut(index) {
        let name = field.split('=').next().unwrap_or_default();
        *field = format!("{name}={}", one(dice, &VALUES));
    }
    message.body = fields.join("&").into_bytes();
}

/// Repeats the first member of an object, with another value.
fn twice(dice: &mut Dice, message: &mut Message) {
    let Ok(Value::Object(members)) = serde_json::from_slice(&message.body) else {
        return;
    };
    let Some((name, value)) = members.iter().next() else {
        return;
    };
    let (name, value) = (json!(name), unexpected(dice, value));
    let whole = Value::Object(members).to_string();
    message.body = whole
        .replacen('{', &format!("{{{name}:{value},"), 1)
        .into_bytes();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn request() -> Message {
        Message {
            start: "POST /users/1?x=y HTTP/1.1".into(),
            headers: vec![
                ("content-type".into(), "application/json".into()),
                ("authorization".into(), "Bearer a".into()),
            ],
            body: br#"{"a/b":{"c":[1,2]},"d":"e"}"#.to_vec(),
        }
    }

    #[test]
    fn seed_determines_the_alterations() {
        let all = |seed| {
            let mut dice = Dice::new(seed, 0);
            (0..200)
                .map(|_| altered(&mut dice, &request()))
                .collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
        let different: BTreeSet<String> = all(1).iter().map(|one| format!("{one:?}")).collect();
        assert!(different.len() > 100, "{}", different.len());
    }

    #[test]
    fn altered_requests_are_requests() {
        let mut dice = Dice::new(1, 0);
        for _ in 0..2_000 {
            let mut message = request();
            if dice.below(2) == 0 {
                message.set("content-type", "application/x-www-form-urlencoded");
                message.body = b"a=b&c=d".to_vec();
            }
            let altered = altered(&mut dice, &message);
            let words: Vec<&str> = altered.start.split(' ').collect();
            assert_eq!(words.len(), 3, "{}", altered.start);
            assert!(words[1].starts_with('/'), "{}", altered.start);
            let text = format!("{}{:?}", altered.start, altered.headers);
            assert!(!text.contains(char::is_control), "{text}");
        }
    }

    #[test]
    fn members_of_members_are_removed_and_repeated() {
        let mut body = json!({ "a/b": { "c": [1, 2] }, "d": "e" });
        let mut places = Vec::new();
        list(&body, String::new(), &mut places);
        let expected = ["/a~1b/c/0", "/a~1b/c/1", "/a~1b/c", "/a~1b", "/d", ""];
        assert_eq!(places, expected);
        remove(&mut body, "/a~1b/c");
        assert_eq!(body, json!({ "a/b": {}, "d": "e" }));
        let mut message = request();
        twice(&mut Dice::new(1, 0), &mut message);
        let text = String::from_utf8(message.body).unwrap();
        assert_eq!(text.matches("\"a/b\":").count(), 2, "{text}");
    }
}
