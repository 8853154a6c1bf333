//! Targets of forms: each form sends the name beside the id that its page has shown, and a wrong name is denied.

use std::collections::BTreeSet;

use axum::http::Method;
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{App, Ask, add_user, app, id_of, session};

/// Id that no user has.
const UNKNOWN_ID: &str = "00000000-0000-7000-8000-000000000000";

/// Functions that do not change an object that a page has shown by its id: they create something, change one's own account or the
/// target of a link, or (the last six) take a whole selection, in which each id has its name, a filter with a count, or the path
/// of a dialog, whose names are compared: see the tests of those.
const WITHOUT_TARGET: [&str; 27] = [
    "sign-in",
    "setup",
    "register",
    "accept-invitation",
    "reset",
    "create-user",
    "create-role",
    "create-group",
    "create-client",
    "invite",
    "add-key",
    "create-token",
    "create-own-virtual-key",
    "add-feature",
    "add-feature-set",
    "create-resource",
    "transfer-resources",
    "edit-profile",
    "change-password",
    "set-preferences",
    "delete-account",
    "bulk-users",
    "set-user-limits",
    "reset-usage",
    "decide",
    "revoke-sessions",
    "confirm",
];

/// Id of a client that does not exist.
const UNKNOWN_CLIENT: &str = "999";

/// A function, the field with what the page has shown, and the other fields that it needs.
type TargetForm = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// The other functions: the field with what the page has shown, and the other fields that they need.
const WITH_TARGET: [TargetForm; 40] = [
    ("user-operation", "username", &[("operation", "unsuspend")]),
    (
        "registration-operation",
        "username",
        &[("version", "1"), ("operation", "approve")],
    ),
    (
        "edit-user",
        "username",
        &[("version", "1"), ("display_name", "Other")],
    ),
    (
        "suspend-user",
        "username",
        &[("version", "1"), ("reason", "spam")],
    ),
    (
        "delete-user",
        "username",
        &[("counts", "0,0,0,0,0,0"), ("confirm", "uma")],
    ),
    ("create-reset-link", "username", &[]),
    (
        "create-virtual-key",
        "username",
        &[("name", "lab"), ("days", "30")],
    ),
    (
        "edit-virtual-key",
        "shown",
        &[
            ("username", "uma"),
            ("version", "1"),
            ("name", "other"),
            ("models", "all"),
        ],
    ),
    (
        "rotate-virtual-key",
        "shown",
        &[("username", "uma"), ("overlap_hours", "1")],
    ),
    (
        "reassign-data",
        "username",
        &[("to", "ada"), ("personas", "0")],
    ),
    ("renew-invitation", "shown", &[]),
    (
        "set-key-active",
        "shown",
        &[("owner", "system"), ("operation", "disable")],
    ),
    (
        "edit-key",
        "shown",
        &[("owner", "system"), ("key_name", "Other")],
    ),
    (
        "edit-resource",
        "shown",
        &[("version", "1"), ("name", "Other")],
    ),
    (
        "transfer-resource",
        "shown",
        &[("version", "1"), ("owner", "ada")],
    ),
    (
        "delete-resource",
        "shown",
        &[("version", "1"), ("counts", "0,0,0,false")],
    ),
    (
        "grant-access",
        "shown",
        &[("kind", "everyone"), ("level", "read")],
    ),
    (
        "grant-operation",
        "shown",
        &[
            ("kind", "everyone"),
            ("level", "read"),
            ("operation", "revoke"),
        ],
    ),
    (
        "edit-feature",
        "shown",
        &[("key", "lab.none"), ("version", "1")],
    ),
    (
        "delete-feature",
        "shown",
        &[("key", "lab.none"), ("version", "1"), ("groups", "0")],
    ),
    (
        "set-feature-default",
        "shown",
        &[
            ("key", "lab.none"),
            ("version", "1"),
            ("operation", "enable"),
        ],
    ),
    ("set-user-groups", "username", &[]),
    (
        "edit-role",
        "shown",
        &[("version", "1"), ("name", "other"), ("rank", "60")],
    ),
    ("delete-role", "shown", &[("version", "1"), ("users", "0")]),
    (
        "delete-group",
        "shown",
        &[
            ("confirm", "unknown-user"),
            ("members", "0"),
            ("features", "0"),
            ("resources", "0"),
            ("grants", "0"),
            ("limits", "0"),
        ],
    ),
    ("add-group-members", "shown", &[("names", "uma")]),
    (
        "invite-into-group",
        "shown",
        &[("max_uses", "1"), ("days", "7")],
    ),
    (
        "group-grant",
        "shown",
        &[
            ("group", UNKNOWN_ID),
            ("shown_group", "Editors"),
            ("level", "read"),
            ("operation", "revoke"),
        ],
    ),
    (
        "group-grant",
        "shown_group",
        &[
            ("group", UNKNOWN_ID),
            ("shown", "Model"),
            ("level", "read"),
            ("operation", "revoke"),
        ],
    ),
    (
        "member-operation",
        "shown",
        &[
            ("group", UNKNOWN_ID),
            ("username", "uma"),
            ("operation", "remove"),
        ],
    ),
    (
        "member-operation",
        "username",
        &[
            ("group", UNKNOWN_ID),
            ("shown", "Editors"),
            ("operation", "remove"),
        ],
    ),
    ("create-member-link", "username", &[("group", UNKNOWN_ID)]),
    (
        "edit-group",
        "shown",
        &[("version", "1"), ("name", "Other")],
    ),
    ("save-group-features", "shown", &[("version", "1")]),
    (
        "edit-client",
        "shown",
        &[("version", "1"), ("name", "Other")],
    ),
    (
        "delete-client",
        "shown",
        &[("version", "1"), ("users", "0")],
    ),
    ("save-limit", "shown", &[("version", "1")]),
    ("delete-limit", "shown", &[("version", "1")]),
    (
        "change-shared-balance",
        "shown",
        &[
            ("operation", "reset"),
            ("metric", "requests"),
            ("reason", "Exam"),
        ],
    ),
    (
        "change-balance",
        "username",
        &[
            ("operation", "reset"),
            ("metric", "requests"),
            ("reason", "Exam"),
        ],
    ),
];

/// Asserts that a function rejects a form without a field, and answers the whole one with a status.
async fn assert_needs(
    app: &App,
    function: &str,
    fields: &[(&str, &str)],
    field: (&str, &str),
    status: u16,
) {
    let ada = session(&app.pool, "ada").await;
    let path = format!("/sfn/{function}");
    let without = app.send(Ask::post(&path).form(fields).by(&ada)).await;
    assert_eq!(without.status, 422, "{function}: {}", without.body);
    let whole = [fields, &[field]].concat();
    let whole = app.send(Ask::post(&path).form(&whole).by(&ada)).await;
    assert_eq!(whole.status, status, "{function}: {}", whole.body);
}

#[testing::test]
async fn every_targeted_form_sends_the_shown_name(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let posted: BTreeSet<&str> = server_fn_paths()
        .filter(|(_, method)| *method == Method::POST)
        .filter_map(|(path, _)| path.strip_prefix("/sfn/"))
        .collect();
    let mut known: BTreeSet<&str> = WITHOUT_TARGET.into();
    known.extend(WITH_TARGET.map(|(function, ..)| function));
    assert_eq!(
        posted, known,
        "list every function in one of the tables of this file"
    );
    for (function, name, others) in WITH_TARGET {
        let id = if function.ends_with("-client") {
            UNKNOWN_CLIENT
        } else {
            UNKNOWN_ID
        };
        let mut fields = vec![("page", "/users"), ("id", id)];
        fields.extend(others);
        // A group that does not exist is one that the user does not manage.
        let denied = if function == "create-member-link" {
            403
        } else {
            404
        };
        assert_needs(&app, function, &fields, (name, "unknown-user"), denied).await;
    }
}

#[testing::test]
async fn form_showing_another_user_is_denied(pool: PgPool) {
    let app = app(&pool);
    for (name, roles) in [("ada", &["admin", "user"][..]), ("uma", &["user"])] {
        add_user(&pool, name, roles).await;
    }
    let ada = session(&pool, "ada").await;
    app.run("update users set status = 'suspended' where username = 'uma'")
        .await;
    let uma = id_of(&pool, "uma").await;
    let suspended = "select count(*) from users where status = 'suspended'";
    let form = |username| {
        let operation = ("operation", "unsuspend");
        [
            ("page", "/users"),
            ("id", &uma),
            ("username", username),
            operation,
        ]
    };
    for path in ["/sfn/user-operation", "/users/uma"] {
        let denied = app.send(Ask::post(path).form(&form("una")).by(&ada)).await;
        assert_eq!(denied.status, 409, "{path}");
        assert!(
            denied.body.contains("showed “una”"),
            "{path}: {}",
            denied.body
        );
        assert_eq!(app.count(suspended).await, 1, "{path}");
    }
    let done = app
        .send(Ask::post("/users/uma").form(&form("uma")).by(&ada))
        .await;
    assert_eq!((done.status, app.count(suspended).await), (303, 0));
}

#[testing::test]
async fn api_can_state_the_expected_user(pool: PgPool) {
    let app = app(&pool);
    for (name, roles) in [("ada", &["admin", "user"][..]), ("uma", &["user"])] {
        add_user(&pool, name, roles).await;
    }
    let ada = session(&pool, "ada").await;
    let uma = id_of(&pool, "uma").await;
    let ask = |more: Value| {
        let mut user = json!({ "id": uma, "version": 1 });
        user.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let action = json!({ "action": "revokeSessions" });
        let body = json!({ "action": action, "users": [user], "expected": 1 });
        Ask::post("/api/admin/users/bulk").json(&body).by(&ada)
    };
    for (more, outline) in [
        (json!({}), "200"),
        (json!({ "username": "uma" }), "200"),
        (json!({ "username": "ada" }), "409 CONFLICT"),
        (json!({ "username": "" }), "409 CONFLICT"),
        (json!({ "username": null }), "400 VALIDATION_ERROR"),
        (json!({ "name": "uma" }), "400 VALIDATION_ERROR"),
    ] {
        assert_eq!(
            app.send(ask(more.clone())).await.outline(),
            outline,
            "{more}"
        );
    }
}

#[testing::test]
async fn newer_link_than_shown_is_not_revoked(pool: PgPool) {
    let app = app(&pool);
    for (name, roles) in [("ada", &["admin", "user"][..]), ("uma", &["user"])] {
        add_user(&pool, name, roles).await;
    }
    let ada = session(&pool, "ada").await;
    let uma = id_of(&pool, "uma").await;
    let create = async || {
        let path = format!("/api/admin/users/{uma}/reset-link");
        let created = app.send(Ask::post(&path).by(&ada)).await;
        assert!(created.status < 300, "{}", created.body);
        // The id of the link, as the dialog sends it.
        let asked = "/sfn/confirmation?path=/users/uma/revoke-links";
        let asked = app.get_as(&ada, asked).await.json();
        asked["id"].as_str().unwrap().to_owned()
    };
    let path = "/users/uma/revoke-links";
    let send = async |id: &str| {
        let fields = [
            ("path", path),
            ("page", "/users"),
            ("id", id),
            ("username", "uma"),
            ("shown", "uma"),
        ];
        app.send(Ask::post(path).form(&fields).by(&ada)).await
    };
    let working =
        "select count(*) from one_time_links where kind = 'password_reset' and revoked_at is null";
    let (first, second) = (create().await, create().await);
    for id in ["", &first] {
        assert_eq!(send(id).await.status, 409, "{id}");
        assert_eq!(app.count(working).await, 1);
    }
    assert_eq!(send(&second).await.status, 303);
    assert_eq!(app.count(working).await, 0);
}
