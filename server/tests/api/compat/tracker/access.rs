//! Access of every kind of caller to every documented address.

use axum::http::Method;
use domain::users::suspension::SuspensionDraft;
use serde_json::{Value, json};
use service::{access::operator, users};
use sqlx::PgPool;
use testing::users::id_of;

use super::{API, Reply, Tracker, UNKNOWN};
use crate::support::{Ask, add_password, add_user, session, token};

const NO_PRIVILEGES: &str = "The user doesn't have enough privileges";

/// An operation of the document that needs a caller.
struct Operation {
    method: Method,
    /// Path below the API, about an object that does not exist.
    path: String,
    /// Path as it is documented.
    documented: String,
}

impl Operation {
    /// Returns the request, with a body that is valid and, where the object exists, changes nothing.
    fn ask(&self) -> Ask {
        let ask = Tracker::ask(self.method.clone(), &self.path);
        match (&self.method, &*self.documented) {
            (&Method::POST, "/users/") => ask.json(&json!({
                "name": "Max", "email": "max@example.org", "password": "securepassword",
            })),
            (&Method::POST, "/clients/") => ask.json(&json!({ "name": "ACME" })),
            (&Method::PUT | &Method::PATCH, _) => ask.json(&json!({})),
            _ => ask,
        }
    }

    fn is_own(&self) -> bool {
        self.documented == "/users/me"
    }

    fn reads(&self) -> bool {
        self.method == Method::GET
    }
}

/// Returns the documented operations below a beginning of their paths.
fn operations(below: &str) -> Vec<Operation> {
    let document = include_str!("../../../../../docs/dialects/tracker.openapi.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let documented = path.strip_prefix("/api/v1").unwrap().to_owned();
        if !documented.starts_with(below) {
            continue;
        }
        for method in methods.as_object().unwrap().keys() {
            operations.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: documented
                    .replace("{user_id}", UNKNOWN)
                    .replace("{client_id}", UNKNOWN),
                documented: documented.clone(),
            });
        }
    }
    operations
}

/// Returns the documented operations that need a caller.
fn guarded() -> Vec<Operation> {
    let mut guarded = operations("/users/");
    guarded.extend(operations("/clients/"));
    assert_eq!(guarded.len(), 15);
    guarded
}

/// Sends each guarded request as one caller, and passes each response on.
async fn each(
    tracker: &Tracker,
    with: impl Fn(Ask) -> Ask,
    check: impl Fn(&Operation, &str, &Reply),
) {
    for operation in guarded() {
        let reply = tracker.send(with(operation.ask())).await;
        let label = format!("{} {}", operation.method, operation.documented);
        check(&operation, &label, &reply);
    }
}

fn assert_detail(label: &str, reply: &Reply, status: u16, text: &str) {
    assert_eq!(reply.status, status, "{label}: {}", reply.body);
    assert_eq!(reply.body, json!({ "detail": text }), "{label}");
}

#[testing::test]
async fn callers_without_a_valid_token_are_denied_everywhere(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let panel = session(&pool, "ada").await;
    let basic = "Basic YWRhOmFkYQ==";
    let callers: [&dyn Fn(Ask) -> Ask; 5] = [
        &|ask| ask,
        &|ask| ask.by(&panel),
        &|ask| ask.header("authorization", basic),
        &|ask| ask.header("authorization", "Bearer "),
        &|ask| ask.bytes("authorization", b"Bearer \xff"),
    ];
    for with in callers {
        each(&tracker, with, |_, label, reply| {
            assert_detail(label, reply, 401, "Not authenticated");
            assert_eq!(reply.header("www-authenticate"), "Bearer", "{label}");
        })
        .await;
    }
    let unknown = format!("rt_{}", "x".repeat(43));
    for (text, status) in [
        ("wrong", 403),
        ("eyJhbGciOiJIUzI1NiJ9.e30.x", 403),
        ("rc_00000000000000000000000000000000000000", 403),
        (unknown.as_str(), 401),
    ] {
        each(
            &tracker,
            |ask| ask.bearer(text),
            |_, label, reply| {
                assert_detail(label, reply, status, "Could not validate credentials");
            },
        )
        .await;
    }
}

#[testing::test]
async fn users_and_administrators_have_their_rights(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let bob = tracker.sign_in("bob@example.org").await.access;
    each(
        &tracker,
        |ask| ask.bearer(&bob),
        |operation, label, reply| {
            if operation.is_own() {
                assert_eq!(reply.status, 200, "{label}");
            } else if operation.documented == "/clients/" && operation.reads() {
                assert_detail(label, reply, 404, "No authorized clients found");
            } else if operation.documented.starts_with("/clients/") && operation.reads() {
                assert_detail(label, reply, 404, "Client not found");
            } else {
                assert_detail(label, reply, 403, NO_PRIVILEGES);
            }
        },
    )
    .await;
    let ada = tracker.ada().await;
    each(
        &tracker,
        |ask| ask.bearer(&ada),
        |operation, label, reply| {
            let expected = if operation.path.ends_with(UNKNOWN) {
                404
            } else {
                200
            };
            assert_eq!(reply.status, expected, "{label}: {}", reply.body);
        },
    )
    .await;
    // An auditor reads what an administrator reads.
    add_user(&pool, "audrey", &["auditor"]).await;
    let audrey = token(
        &tracker.app.services,
        "audrey",
        &["users:read", "clients:read"],
    )
    .await;
    let users = tracker.get(&audrey, "/users/").await;
    assert_eq!(users.status, 200);
    assert_eq!(tracker.get(&audrey, "/clients/").await.status, 200);
}

#[testing::test]
async fn access_tokens_have_their_scopes_and_keys_none(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let reading = token(&tracker.app.services, "ada", &["users:read"]).await;
    each(
        &tracker,
        |ask| ask.bearer(&reading),
        |operation, label, reply| {
            let reads_users = operation.reads() && operation.documented.starts_with("/users/");
            if reads_users && !operation.is_own() {
                let expected = if operation.path.ends_with(UNKNOWN) {
                    404
                } else {
                    200
                };
                assert_eq!(reply.status, expected, "{label}");
            } else {
                assert_detail(label, reply, 403, NO_PRIVILEGES);
            }
        },
    )
    .await;
    let panel = session(&pool, "ada").await;
    let bob = id_of(&pool, "bob").await;
    let path = format!("/api/admin/users/{bob}/virtual-keys");
    let created = Ask::post(&path).by(&panel).json(&json!({ "name": "lab" }));
    let created = tracker.app.send(created).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let key = created.json()["token"].as_str().unwrap().to_owned();
    each(
        &tracker,
        |ask| ask.bearer(&key),
        |_, label, reply| {
            assert_detail(label, reply, 403, NO_PRIVILEGES);
        },
    )
    .await;
}

#[testing::test]
async fn suspended_administrator_is_denied_everywhere(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    add_user(&pool, "eve", &["admin"]).await;
    add_password(&pool, &tracker.app.services.hasher).await;
    let ada = tracker.ada().await;
    let script = token(&tracker.app.services, "ada", &["users:read"]).await;
    let draft = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    let id = id_of(&pool, "ada").await;
    users::suspend(&tracker.app.services, &operator(), id, draft)
        .await
        .unwrap();
    for (token, status) in [(&ada, 401), (&script, 403)] {
        each(
            &tracker,
            |ask| ask.bearer(token),
            |_, label, reply| {
                assert_detail(label, reply, status, "Could not validate credentials");
            },
        )
        .await;
    }
}

#[testing::test]
async fn every_documented_address_has_a_route(pool: PgPool) {
    let tracker = Tracker::new(&pool).await;
    let all = operations("/");
    assert_eq!(all.len(), 19);
    for operation in all {
        let reply = tracker.send(operation.ask()).await;
        let label = format!("{} {}", operation.method, operation.documented);
        assert_ne!(reply.status, 404, "{label}: {}", reply.body);
        assert_ne!(reply.status, 405, "{label}: {}", reply.body);
    }
    // Without the setting there is none.
    let off = crate::support::app(&pool);
    let login = Ask::post(&format!("{API}/auth/login")).form(&[("username", "a")]);
    assert_eq!(off.send(login).await.status, 404);
}
