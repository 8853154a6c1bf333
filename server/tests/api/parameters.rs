//! Values of parameters that have the wrong format: the message is the API's own, and the parameter is named.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    document::paths,
    support::{Answer, App, Ask, add_user, app, session},
};

/// Values that are no number, id, time, boolean or cursor.
const GARBAGE: [&str; 7] = ["abc", "", "-1", "1e9", "%00", "%F0%9F%A6%80", "%7B%7D"];

/// Parts of the messages of parsers.
const OF_PARSERS: [&str; 16] = [
    "at line",
    "cannot parse",
    "deserialize",
    "expected ",
    "failed to",
    "found in string",
    "invalid character:",
    "invalid digit",
    "invalid group",
    "invalid length",
    "invalid type",
    "invalid value",
    "missing field",
    "provided string",
    "unknown field",
    "unknown variant",
];

fn values() -> Vec<String> {
    let long = "x".repeat(300);
    let garbage = GARBAGE.iter().map(|value| (*value).to_owned());
    garbage.chain([long]).collect()
}

#[track_caller]
fn assert_own_message(answer: &Answer, label: &str) {
    let message = answer.message().to_lowercase();
    for part in OF_PARSERS {
        assert!(!message.contains(part), "{label}: {message}");
    }
}

/// Returns the required parameters of the query of an operation, each with a value that is accepted.
fn required(operation: &Value) -> BTreeMap<&str, &'static str> {
    let parameters = operation["parameters"].as_array().unwrap().iter();
    let required = parameters.filter(|found| found["in"] == "query" && found["required"] == true);
    let values = required.map(|found| match found["name"].as_str().unwrap() {
        "format" => ("format", "csv"),
        "user" => ("user", "ada"),
        name => panic!("a value for {name}"),
    });
    values.collect()
}

async fn prepare(pool: &PgPool) -> (App, String) {
    let app = app(pool);
    add_user(pool, "ada", &["admin", "application"]).await;
    let ada = session(pool, "ada").await;
    (app, ada)
}

#[testing::test]
async fn invalid_query_parameters_are_named(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let id = uuid::Uuid::nil().to_string();
    let mut denied = 0;
    for (path, operations) in paths(&app).await {
        let address = path.replace("{id}", &id).replace("{provider}", "OPENAI");
        for (method, operation) in &operations {
            let method: Method = method.to_uppercase().parse().unwrap();
            let parameters = operation["parameters"].as_array().unwrap().iter();
            for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
                let name = parameter["name"].as_str().unwrap();
                for value in values() {
                    // An empty time is none, and begins a stream that does not end.
                    if path.ends_with("/events") && value.is_empty() {
                        continue;
                    }
                    let mut query = required(operation);
                    query.remove(name);
                    let others = query.iter().map(|(name, value)| format!("&{name}={value}"));
                    let query = format!("{name}={value}{}", others.collect::<String>());
                    let label = format!("{method} {path}?{query}");
                    let ask = Ask::new(method.clone(), &format!("{address}?{query}")).by(&ada);
                    let answer = app.send(ask).await;
                    assert!(
                        [200, 400, 404].contains(&answer.status),
                        "{label}: {} {}",
                        answer.status,
                        answer.body
                    );
                    if answer.status == 200 {
                        continue;
                    }
                    assert_own_message(&answer, &label);
                    if answer.status == 400 {
                        let named = &answer.json()["details"]["parameter"];
                        assert_eq!(named, name, "{label}: {}", answer.body);
                        denied += 1;
                    }
                }
            }
        }
    }
    assert!(denied > 150, "{denied}");
}

#[testing::test]
async fn missing_parameters_are_named(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    for (path, name) in [
        ("/api/admin/users/find", "user"),
        ("/api/admin/audit/export", "format"),
        ("/api/admin/resources/export", "format"),
        ("/api/admin/roles/export", "format"),
        ("/api/admin/groups/export", "format"),
        ("/api/admin/clients/export", "format"),
    ] {
        let answer = app.get_as(&ada, path).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{path}");
        assert_own_message(&answer, path);
        assert_eq!(answer.json()["details"]["parameter"], name, "{path}");
    }
}

#[testing::test]
async fn invalid_parts_of_paths_are_named(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let mut denied = 0;
    for (path, operations) in paths(&app).await {
        if !path.contains("{id}") {
            continue;
        }
        for method in operations.keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            for value in values().iter().filter(|value| !value.is_empty()) {
                let address = path.replace("{id}", value).replace("{key}", value);
                let label = format!("{method} {address}");
                let ask = Ask::new(method.clone(), &address).by(&ada);
                let answer = app.send(ask.json(&json!({}))).await;
                assert!(
                    [400, 404].contains(&answer.status),
                    "{label}: {} {}",
                    answer.status,
                    answer.body
                );
                assert_own_message(&answer, &label);
                denied += 1;
            }
        }
    }
    assert!(denied > 150, "{denied}");
}

#[testing::test]
async fn invalid_fields_are_explained(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let user = format!("/api/admin/users/{}", uuid::Uuid::nil());
    for (path, body, message) in [
        (
            format!("{user}/suspend"),
            json!({ "reason": "spam", "until": "abc" }),
            "until: expected a time such as 2026-11-21T12:00:00Z.",
        ),
        (
            format!("{user}/reassign"),
            json!({ "to": "abc" }),
            "to: expected an ID such as 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b.",
        ),
        (
            "/api/admin/invitations".to_owned(),
            json!({ "roles": ["user"], "days": "abc" }),
            "days: invalid type: string \"abc\", expected a whole number from 0 to 65535.",
        ),
    ] {
        let answer = app.send(Ask::post(&path).by(&ada).json(&body)).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{path}");
        assert_eq!(answer.message(), message, "{path}");
    }
}
