//! The OpenAPI document, which has to describe this API.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use domain::list::Limits;
use serde_json::Value;
use sqlx::PgPool;

use crate::{
    access::endpoints,
    support::{App, Ask, add_user, app, id_of, session},
};

/// Returns each path of the document, with its operations by method.
pub(crate) async fn paths(app: &App) -> BTreeMap<String, BTreeMap<String, Value>> {
    let document = app.send(Ask::get("/api/openapi.json")).await;
    assert_eq!(document.status, 200);
    serde_json::from_value(document.json()["paths"].clone()).unwrap()
}

/// Returns the operation that the document has for an address. A literal path takes precedence over one with parameters.
pub(crate) fn described<'p>(
    paths: &'p BTreeMap<String, BTreeMap<String, Value>>,
    label: &str,
) -> Option<&'p Value> {
    let (method, address) = label.split_once(' ').unwrap();
    let written = paths.iter().find(|(path, _)| path.as_str() == address);
    let found = written.or_else(|| paths.iter().find(|(path, _)| fits(path, address)));
    found.and_then(|(_, operations)| operations.get(&method.to_lowercase()))
}

/// Returns whether a path of the document is that of an address.
pub(crate) fn fits(path: &str, address: &str) -> bool {
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

#[testing::test]
async fn routes_and_document_match(pool: PgPool) {
    let app = app(&pool);
    let mut routed = BTreeSet::new();
    for path in app.routes() {
        let is_of_api =
            path.starts_with("/api/") || ["/healthz", "/readyz"].contains(&path.as_str());
        // The document and its pages are not part of the API that it describes.
        if !is_of_api || path.starts_with("/api/docs") || path == "/api/openapi.json" {
            continue;
        }
        let address = path.replace("{id}", &uuid()).replace("{key}", &uuid());
        let denied = app.send(Ask::new(Method::TRACE, &address)).await;
        assert_eq!(denied.status, 405, "{path}");
        let allowed = denied.header("allow");
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

/// Checks that the access tests cover every operation.
#[testing::test]
async fn every_operation_is_in_the_access_table(pool: PgPool) {
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

/// Returns the content of every table that a request could have changed.
pub(crate) async fn tables(pool: &PgPool) -> BTreeMap<String, String> {
    let names: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'public' order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut tables = BTreeMap::new();
    // Every request marks its session as seen, and may store a response under its idempotency key.
    let read_only = ["sessions", "idempotency_keys"];
    for name in names
        .into_iter()
        .filter(|name| !read_only.contains(&name.as_str()))
    {
        let rows = format!(
            "select coalesce(md5(string_agg(t::text, '' order by t::text)), '') from {name} t"
        );
        let hash = sqlx::query_scalar(sqlx::AssertSqlSafe(rows))
            .fetch_one(pool)
            .await
            .unwrap();
        tables.insert(name, hash);
    }
    tables
}

/// Checks unknown parameters: if one that should narrow a request were ignored, the request would do more than it asks for.
#[testing::test]
async fn every_operation_rejects_unknown_parameters(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "visitor", &["user"]).await;
    add_user(&pool, "ada", &["admin"]).await;
    let ada = session(&pool, "ada").await;
    let other = session(&pool, "ada").await;
    let before = tables(&pool).await;
    let visitor = id_of(&pool, "visitor").await;
    let mut tried = 0;
    for (path, operations) in paths(&app).await {
        if !path.starts_with("/api/") || path == "/api/health" {
            continue;
        }
        let address = path.replace("{id}", &visitor).replace("{key}", &uuid());
        for (method, operation) in operations {
            let method: Method = method.to_uppercase().parse().unwrap();
            let parameters = operation["parameters"].as_array().unwrap().iter();
            let known = parameters.filter(|parameter| parameter["in"] == "query");
            let doubled = known.map(|parameter| {
                let name = parameter["name"].as_str().unwrap();
                format!("{name}=1&{name}=1")
            });
            for query in doubled.chain(["x=y".to_owned(), "devise=x".to_owned(), "%78".to_owned()])
            {
                let ask = Ask::new(method.clone(), &format!("{address}?{query}")).by(&ada);
                let answer = app.send(ask.json(&serde_json::json!({}))).await;
                let label = format!("{method} {address}?{query}");
                assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{label}");
                let named = answer.json()["details"]["parameter"].clone();
                let name = query.split('=').next().unwrap().replace("%78", "x");
                assert_eq!(named, name.as_str(), "{label}: {}", answer.body);
                tried += 1;
            }
        }
    }
    assert!(tried > 250, "{tried}");
    assert_eq!(tables(&pool).await, before);
    assert_eq!(app.get_as(&other, "/api/auth/me").await.status, 200);
    assert_eq!(app.get("/api/health?x=y").await.status, 200);
    assert_eq!(app.get("/readyz?x=y").await.status, 200);
}

#[testing::test]
async fn document_is_complete(pool: PgPool) {
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
            let path_parameters = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "path");
            assert_eq!(path_parameters.count(), named, "{at}");
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

#[testing::test]
async fn response_headers_are_described(pool: PgPool) {
    let paths = paths(&app(&pool)).await;
    for (method, path, status, header) in [
        ("get", "/api/admin/users", "200", "Link"),
        ("get", "/api/admin/users", "200", "X-Total-Count"),
        ("post", "/api/admin/users", "201", "ETag"),
        ("post", "/api/admin/users", "201", "Location"),
        ("get", "/api/admin/users/{id}", "200", "ETag"),
        ("patch", "/api/admin/users/{id}", "200", "ETag"),
        ("get", "/api/admin/users/{id}/history", "200", "Link"),
        ("get", "/api/admin/groups", "200", "Link"),
        (
            "get",
            "/api/admin/groups/{id}/members",
            "200",
            "X-Total-Count",
        ),
        ("post", "/api/admin/roles", "201", "ETag"),
        ("post", "/api/admin/groups", "201", "Location"),
        ("put", "/api/admin/features/{feature}", "200", "ETag"),
        ("get", "/api/admin/clients/{client}", "200", "ETag"),
        ("patch", "/api/admin/resources/{id}", "200", "ETag"),
        ("put", "/api/admin/limits", "200", "ETag"),
        ("get", "/api/admin/limits", "200", "X-Total-Count"),
        (
            "post",
            "/api/admin/registrations/{id}/approve",
            "200",
            "ETag",
        ),
        (
            "post",
            "/api/admin/registrations/{id}/reopen",
            "200",
            "ETag",
        ),
    ] {
        let headers = &paths[path][method]["responses"][status]["headers"];
        assert!(!headers[header].is_null(), "{method} {path}: {headers}");
    }
}

#[testing::test]
async fn api_pages_run_no_external_code(pool: PgPool) {
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

#[testing::test]
async fn question_about_access_takes_no_idempotency_key(pool: PgPool) {
    let paths = paths(&app(&pool)).await;
    let takes_key = |path: &str| {
        let parameters = paths[path]["post"]["parameters"].as_array().unwrap();
        let mut names = parameters.iter().map(|parameter| &parameter["name"]);
        names.any(|name| name == "Idempotency-Key")
    };
    assert!(!takes_key("/api/access/check"));
    assert!(takes_key("/api/admin/groups/{id}/members"));
}
