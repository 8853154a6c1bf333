//! The description of the API is of this API.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use domain::list::Limits;
use serde_json::Value;
use sqlx::PgPool;

use crate::{
    access::endpoints,
    support::{App, Ask, app},
};

/// Each path of the document, with its operations by method.
pub(crate) async fn paths(app: &App) -> BTreeMap<String, BTreeMap<String, Value>> {
    let document = app.send(Ask::get("/api/openapi.json")).await;
    assert_eq!(document.status, 200);
    serde_json::from_value(document.json()["paths"].clone()).unwrap()
}

/// What the document says of an address. A path that is written out comes before one that names something.
pub(crate) fn described<'p>(
    paths: &'p BTreeMap<String, BTreeMap<String, Value>>,
    label: &str,
) -> Option<&'p Value> {
    let (method, address) = label.split_once(' ').unwrap();
    let written = paths.iter().find(|(path, _)| path.as_str() == address);
    let found = written.or_else(|| paths.iter().find(|(path, _)| fits(path, address)));
    found.and_then(|(_, operations)| operations.get(&method.to_lowercase()))
}

/// Whether a path of the document is that of an address.
fn fits(path: &str, address: &str) -> bool {
    let (path, asked) = (
        path.split('/'),
        address.split('?').next().unwrap().split('/'),
    );
    let same = path
        .clone()
        .zip(asked.clone())
        .all(|(part, asked)| part == asked || part.starts_with('{'));
    path.count() == asked.count() && same
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_routed_is_described_and_the_other_way_round(pool: PgPool) {
    let app = app(&pool);
    let mut routed = BTreeSet::new();
    for path in app.routes() {
        let is_of_api =
            path.starts_with("/api/") || ["/healthz", "/readyz"].contains(&path.as_str());
        // The document and the pages about it are not what it describes.
        if !is_of_api || path.starts_with("/api/docs") || path == "/api/openapi.json" {
            continue;
        }
        let address = path.replace("{id}", &uuid()).replace("{key}", &uuid());
        let refused = app.send(Ask::new(Method::TRACE, &address)).await;
        assert_eq!(refused.status, 405, "{path}");
        let allowed = refused.header("allow");
        for method in allowed.split(',').filter(|method| *method != "HEAD") {
            routed.insert(format!("{method} {path}"));
        }
    }
    let mut described = BTreeSet::new();
    for (path, operations) in paths(&app).await {
        for method in operations.keys() {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    assert!(routed.len() > 90, "{}", routed.len());
    assert_eq!(routed, described);
}

fn uuid() -> String {
    "00000000-0000-7000-8000-000000000000".to_owned()
}

/// The tests of who may do what know every address too.
#[sqlx::test(migrations = "../migrations")]
async fn every_operation_is_tried_by_every_caller(pool: PgPool) {
    let app = app(&pool);
    let tried: Vec<String> = endpoints().iter().map(Ask::label).collect();
    for (path, operations) in paths(&app).await {
        for method in operations.keys() {
            let method = method.to_uppercase();
            let is_tried = tried.iter().any(|label| {
                let (tried, address) = label.split_once(' ').unwrap();
                tried == method && fits(&path, address)
            });
            assert!(is_tried, "{method} {path}");
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_document_is_whole(pool: PgPool) {
    let app = app(&pool);
    let document = app.send(Ask::get("/api/openapi.json")).await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, operations) in paths(&app).await {
        for (method, operation) in operations {
            let at = format!("{method} {path}");
            assert!(
                operation["summary"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{at}"
            );
            assert!(
                operation["security"]
                    .as_array()
                    .is_some_and(|ways| !ways.is_empty()),
                "{at}"
            );
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
                "{at}"
            );
            for (status, response) in operation["responses"].as_object().unwrap() {
                let said = response["description"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty());
                assert!(said || response["$ref"].is_string(), "{at} {status}");
            }
            let named = path.matches('{').count();
            let parameters = operation["parameters"].as_array().unwrap();
            let in_path = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "path");
            assert_eq!(in_path.count(), named, "{at}");
            let limit = parameters
                .iter()
                .find(|parameter| parameter["name"] == "limit");
            if let Some(limit) = limit {
                assert_eq!(limit["schema"]["maximum"], Limits::API.max, "{at}");
            }
        }
    }
    let mut references = Vec::new();
    find_references(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn find_references<'d>(value: &'d Value, found: &mut Vec<&'d str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields
                .values()
                .for_each(|value| find_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| find_references(value, found)),
        _ => {}
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_an_answer_says_beside_its_body_is_described(pool: PgPool) {
    let paths = paths(&app(&pool)).await;
    for (method, path, status, header) in [
        ("get", "/api/admin/users", "200", "Link"),
        ("get", "/api/admin/users", "200", "X-Total-Count"),
        ("post", "/api/admin/users", "201", "ETag"),
        ("post", "/api/admin/users", "201", "Location"),
        ("get", "/api/admin/users/{id}", "200", "ETag"),
        ("patch", "/api/admin/users/{id}", "200", "ETag"),
        ("get", "/api/admin/users/{id}/history", "200", "Link"),
        (
            "post",
            "/api/admin/registrations/{id}/approve",
            "200",
            "ETag",
        ),
    ] {
        let headers = &paths[path][method]["responses"][status]["headers"];
        assert!(!headers[header].is_null(), "{method} {path}: {headers}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_pages_about_it_run_nothing_from_elsewhere(pool: PgPool) {
    let app = app(&pool);
    for file in ["", "swagger-initializer.js"] {
        let answer = app.send(Ask::get(&format!("/api/docs/{file}"))).await;
        assert_eq!(answer.status, 200, "{file}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("script-src 'self';"), "{policy}");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("http"),
            "{policy}"
        );
        if file.is_empty() {
            assert!(!answer.body.contains("//"), "{}", answer.body);
        }
    }
}
