//! Parts of a request that must not be ignored: the version that a change requires (`If-Match`), and a body where the operation
//! takes none.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{
    groups::group,
    resources::{client, resource},
    roles::role,
};
use tokio::task::JoinSet;

use crate::{
    document::{paths, tables},
    support::{App, Ask, PASSWORD, add_password, add_user, app, id_of, session, token},
};

const USERS: &str = "/api/admin/users";
const UNKNOWN_ID: &str = "00000000-0000-7000-8000-000000000000";

/// Id of the virtual key that [`ADD_KEY`] adds.
const KEY: &str = "00000000-0000-7000-8000-0000000000e1";
/// Adds a virtual key of Bob.
const ADD_KEY: &str = "insert into access_tokens (id, kind, user_id, name, prefix, token_hash, created_at)
    select '00000000-0000-7000-8000-0000000000e1'::uuid, 'key', id, 'lab', 'sk-x', sha256('x'), now() from users where username = 'bob'";

/// An operation of the document.
struct Operation {
    method: Method,
    path: String,
    takes_if_match: bool,
    takes_body: bool,
    /// Whether the path is that of an object with a version, other than a user.
    is_of_object: bool,
}

impl Operation {
    fn label(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns a request for the operation on an object.
    fn on(&self, id: &str) -> Ask {
        let path = self.path.replace("{key}", UNKNOWN_ID);
        let path = ["{id}", "{client}", "{feature}"]
            .iter()
            .fold(path, |path, name| path.replace(name, id));
        Ask::new(self.method.clone(), &path)
    }

    /// Returns a valid body for a change of a user.
    fn body(&self, receiver: &str) -> Value {
        if !self.takes_body {
            return json!({});
        }
        match self.path.rsplit('/').next() {
            Some("user") => json!({ "currentPassword": PASSWORD }),
            Some("suspend") => json!({ "reason": "spam" }),
            Some("reassign") => json!({ "to": receiver }),
            Some("approve" | "reject" | "reopen" | "restore") => json!({}),
            _ if self.path.contains("/features/") => json!({ "label": "Other" }),
            _ if self.is_of_object => json!({ "name": "other" }),
            _ => json!({ "displayName": "Changed" }),
        }
    }
}

/// Returns the operations of the document, other than health checks.
async fn operations(app: &App) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, operations) in paths(app).await {
        if !path.starts_with("/api/") || path == "/api/health" {
            continue;
        }
        let is_of_object = has_version(&operations) && !is_of_user(&path);
        for (method, operation) in operations {
            let mut parameters = operation["parameters"].as_array().unwrap().iter();
            found.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                takes_if_match: parameters.any(|parameter| parameter["name"] == "if-match"),
                takes_body: !operation["requestBody"].is_null(),
                is_of_object,
            });
        }
    }
    assert!(found.len() > 80, "{}", found.len());
    found
}

/// Returns whether a path is that of a user, or below it.
fn is_of_user(path: &str) -> bool {
    let of_user = [
        "/api/admin/users/{id}",
        "/api/admin/registrations/{id}/",
        "/api/user",
    ];
    of_user.iter().any(|prefix| path.starts_with(prefix))
}

/// Returns whether an operation changes a user, and not an object of the user that has no version.
fn changes_a_user(operation: &Operation) -> bool {
    let path = operation.path.as_str();
    let of_object = [
        "/api-keys/",
        "/personas",
        "/limits/",
        "/allowed-models",
        "/virtual-keys",
    ];
    !operation.method.is_safe()
        && is_of_user(path)
        && !of_object.iter().any(|part| path.contains(part))
}

/// Returns whether the response to a read at a path has a version.
fn has_version(operations: &BTreeMap<String, Value>) -> bool {
    let read = operations.get("get");
    read.is_some_and(|read| !read["responses"]["200"]["headers"]["ETag"].is_null())
}

/// Adds an object of each kind with a version. Returns the beginnings of their paths, with their ids.
async fn add_objects(app: &App, ada: &str) -> [(&'static str, String); 7] {
    let feature = Ask::new(Method::PUT, "/api/admin/features/chat.call").by(ada);
    assert_eq!(app.send(feature.json(&json!({}))).await.status, 200);
    app.run(ADD_KEY).await;
    let role = role("desk").insert(&app.pool).await;
    let group = group("Editors").insert(&app.pool).await;
    let client = client(&app.pool, "ACME").await;
    let resource = resource("models", "gpt").insert(&app.pool).await;
    let limit = json!({ "subject": "default", "metric": "rpm", "amount": 10 });
    let limit = Ask::new(Method::PUT, "/api/admin/limits")
        .json(&limit)
        .by(ada);
    let limit = app.send(limit).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    [
        ("/api/admin/roles/", role.to_string()),
        ("/api/admin/groups/", group.to_string()),
        ("/api/admin/features/", "chat.call".to_owned()),
        ("/api/admin/clients/", client.to_string()),
        ("/api/admin/resources/", resource.to_string()),
        ("/api/admin/limits/", limit),
        ("/api/admin/virtual-keys/", KEY.to_owned()),
    ]
}

/// Returns the content of the tables, without the attempts to enter the current password.
async fn stored(pool: &PgPool) -> BTreeMap<String, String> {
    let mut tables = tables(pool).await;
    tables.remove("login_attempts");
    tables
}

#[testing::test]
async fn every_change_of_an_object_with_a_version_takes_if_match(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    let ada = session(&pool, "ada").await;
    let operations = operations(&app).await;
    for (path, _) in add_objects(&app, &ada).await {
        let mut changes = operations.iter().filter(|it| !it.method.is_safe());
        assert!(
            changes.any(|it| it.is_of_object && it.path.starts_with(path)),
            "{path} has no change of an object with a version"
        );
    }
    for operation in operations {
        let label = operation.label();
        let changes_an_object = !operation.method.is_safe() && operation.is_of_object;
        assert_eq!(
            operation.takes_if_match,
            changes_a_user(&operation) || changes_an_object,
            "{label}"
        );
    }
}

#[testing::test]
async fn outdated_if_match_changes_nothing(pool: PgPool) {
    let app = app(&pool).allowing_deletion();
    for (username, roles) in [
        ("ada", &["admin", "user"][..]),
        ("second", &["admin"]),
        ("bob", &["user"]),
        ("pen", &[]),
    ] {
        add_user(&pool, username, roles).await;
    }
    app.run("update users set status = 'pending' where username = 'pen'")
        .await;
    add_password(&pool, &app.services.hasher).await;
    let ada = session(&pool, "ada").await;
    let (bob, pending) = (id_of(&pool, "bob").await, id_of(&pool, "pen").await);
    let receiver = id_of(&pool, "second").await;
    let objects = add_objects(&app, &ada).await;
    let before = stored(&pool).await;
    let mut tried = 0;
    for operation in operations(&app).await {
        if !operation.takes_if_match {
            continue;
        }
        let is_pending = operation.path.contains("/registrations/");
        let user = if is_pending { &pending } else { &bob };
        let mut found = objects.iter();
        let found = found.find(|(path, _)| operation.path.starts_with(path));
        let id = found.map_or(user, |(_, id)| id);
        let ask = operation.on(id).json(&operation.body(&receiver)).by(&ada);
        let answer = app.send(ask.header("if-match", "\"999\"")).await;
        let label = operation.label();
        assert_eq!(answer.outline(), "412 PRECONDITION_FAILED", "{label}");
        let details = &answer.json()["details"];
        let objects = details["object"].as_object().into_iter().flatten();
        let mut current = objects
            .map(|(_, object)| object)
            .chain([&details["current"]]);
        assert!(
            current.any(|current| current["version"].is_number()),
            "{label}: {}",
            answer.body
        );
        assert_eq!(stored(&pool).await, before, "{label}");
        tried += 1;
    }
    assert!(tried >= 29, "{tried}");
}

#[testing::test]
async fn outdated_if_match_shows_the_user_to_readers_only(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let path = format!("{USERS}/{}/sessions", id_of(&pool, "bob").await);
    for (scopes, is_shown) in [
        (&["users:write"][..], false),
        (&["users:read", "users:write"], true),
    ] {
        let text = token(&app.services, "ada", scopes).await;
        let ask = Ask::new(Method::DELETE, &path).bearer(&text);
        let answer = app.send(ask.header("if-match", "\"999\"")).await;
        assert_eq!(answer.outline(), "412 PRECONDITION_FAILED");
        let current = &answer.json()["details"]["current"];
        assert_eq!(current.is_object(), is_shown, "{}", answer.body);
    }
}

#[testing::test]
async fn current_if_match_is_applied(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let location = format!("{USERS}/{}", id_of(&pool, "bob").await);
    let found = app.get_as(&ada, &location).await;
    let mut etag = found.header("etag").to_owned();
    for (method, under, body) in [
        (Method::POST, "/suspend", json!({ "reason": "spam" })),
        (Method::POST, "/unsuspend", json!({})),
        (Method::DELETE, "", json!({})),
    ] {
        let ask = Ask::new(method, &format!("{location}{under}")).json(&body);
        let answer = app.send(ask.by(&ada).header("if-match", &etag)).await;
        assert_eq!(answer.status, 200, "{under}: {}", answer.body);
        answer.header("etag").clone_into(&mut etag);
    }
    for (under, status) in [("/restore", 200), ("/reset-link", 201)] {
        let ask = Ask::post(&format!("{location}{under}")).by(&ada);
        let answer = app.send(ask.header("if-match", "*")).await;
        assert_eq!(answer.status, status, "{under}: {}", answer.body);
    }
}

#[testing::test]
async fn one_of_several_changes_of_a_version_is_applied(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let path = format!("{USERS}/{}/suspend", id_of(&pool, "bob").await);
    let mut attempts = JoinSet::new();
    for number in 0..8 {
        let body = json!({ "reason": format!("reason {number}") });
        let ask = Ask::post(&path).json(&body).by(&ada);
        let (app, ask) = (app.clone(), ask.header("if-match", "\"1\""));
        attempts.spawn(async move { app.send(ask).await.status });
    }
    let mut statuses = attempts.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    let audited = "select count(*) from audit_events where action = 'user.suspended'";
    assert_eq!(app.count(audited).await, 1);
}

#[testing::test]
async fn version_of_the_body_is_compared_with_if_match(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let bob = format!("{USERS}/{}", id_of(&pool, "bob").await);
    for path in [bob.as_str(), "/api/user/profile"] {
        for (tag, version, expected) in [
            ("\"1\"", 2, "400 VALIDATION_ERROR"),
            ("*", 2, "409 CONFLICT"),
            ("\"1\", \"2\"", 1, "400 VALIDATION_ERROR"),
            ("\"1\"", 1, "200"),
        ] {
            let body = json!({ "displayName": "Changed", "version": version });
            let ask = Ask::new(Method::PATCH, path).json(&body).by(&ada);
            let answer = app.send(ask.header("if-match", tag)).await;
            assert_eq!(answer.outline(), expected, "{path} {tag} {version}");
        }
    }
}

#[testing::test]
async fn versions_in_bodies_begin_at_one(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let bob = id_of(&pool, "bob").await;
    let path = format!("{USERS}/{bob}");
    let before = tables(&pool).await;
    for (method, path, body, field) in [
        (
            Method::PATCH,
            path.as_str(),
            json!({ "version": 0 }),
            "version",
        ),
        (
            Method::PATCH,
            "/api/user/profile",
            json!({ "version": -1 }),
            "version",
        ),
        (
            Method::PUT,
            "/api/admin/limits",
            json!({ "subject": "default", "metric": "rpm", "amount": 1, "version": -1 }),
            "version",
        ),
        (
            Method::POST,
            "/api/admin/limits/bulk",
            json!({ "users": [{ "id": bob, "version": -1 }], "metric": "rpm", "limit": null }),
            "users.0.version",
        ),
    ] {
        let ask = Ask::new(method, path).json(&body).by(&ada);
        let answer = app.send(ask).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{path} {body}");
        let named = answer.json()["details"]["fields"][0]["field"].clone();
        assert_eq!(named, field, "{path}: {}", answer.body);
    }
    assert_eq!(tables(&pool).await, before);
}

/// Checks that a change of something without an `ETag` fails if it requires one, and that `*` requires none.
#[testing::test]
async fn other_changes_match_no_etag(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    let ada = session(&pool, "ada").await;
    let before = tables(&pool).await;
    let mut tried = 0;
    for operation in operations(&app).await {
        if operation.takes_if_match || operation.method.is_safe() {
            continue;
        }
        let ask = operation.on(UNKNOWN_ID).json(&json!({})).by(&ada);
        let answer = app.send(ask.header("if-match", "\"1\"")).await;
        let label = operation.label();
        assert_eq!(answer.outline(), "412 PRECONDITION_FAILED", "{label}");
        tried += 1;
    }
    assert!(tried > 25, "{tried}");
    assert_eq!(tables(&pool).await, before);
    let sign_out = Ask::post("/api/auth/logout").by(&ada);
    let signed_out = app.send(sign_out.header("if-match", "*")).await;
    assert_eq!(signed_out.status, 200, "{}", signed_out.body);
}

#[testing::test]
async fn body_of_an_operation_without_one_is_rejected(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    let ada = session(&pool, "ada").await;
    let before = tables(&pool).await;
    let mut tried = 0;
    for operation in operations(&app).await {
        if operation.takes_body {
            continue;
        }
        let ask = operation.on(UNKNOWN_ID).by(&ada);
        let answer = app.send(ask.json(&json!({ "reason": "spam" }))).await;
        let label = operation.label();
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{label}");
        assert_eq!(answer.message(), "This request takes no body.", "{label}");
        tried += 1;
    }
    assert!(tried > 40, "{tried}");
    assert_eq!(tables(&pool).await, before);
    assert_eq!(app.get_as(&ada, "/api/auth/me").await.status, 200);
}

/// Checks bodies that say nothing: FOVEA's frontend may send `{}` with every request.
#[testing::test]
async fn empty_object_is_no_body(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    let ada = session(&pool, "ada").await;
    let path = "/api/auth/me";
    let long = " ".repeat(1_000);
    for (kind, body, status) in [
        ("application/json", "", 200),
        ("text/plain", "", 200),
        ("application/json", "{}", 200),
        ("Application/JSON; charset=utf-8", " { }\n", 200),
        ("text/plain", "{}", 400),
        ("application/json", "[]", 400),
        ("application/json", "null", 400),
        ("application/json", long.as_str(), 400),
        ("application/x-www-form-urlencoded", "a=b", 400),
    ] {
        let ask = Ask::get(path).body(kind, body).by(&ada);
        assert_eq!(app.send(ask).await.status, status, "{kind}: {body:.20}");
    }
    let sign_out = Ask::post("/api/auth/logout").json(&json!({})).by(&ada);
    assert_eq!(app.send(sign_out).await.status, 200);
}
