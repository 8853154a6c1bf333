//! Forms of an object that another user has changed in between: only the changed fields are overwritten. Names of clients that
//! were typed into such a form.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{groups::group, resources::client};

use crate::support::{Answer, App, Ask, add_user, app, html::value, id_of, session};

/// Returns an app with an admin, Ada, and a user, Bob. Returns the session of Ada and the id of Bob, too.
async fn prepare(pool: &PgPool) -> (App, String, String) {
    for (name, roles) in [("ada", &["admin", "user"][..]), ("bob", &["user"])] {
        add_user(pool, name, roles).await;
    }
    let (ada, bob) = (session(pool, "ada").await, id_of(pool, "bob").await);
    (app(pool), ada, bob)
}

/// Changes an object over the API, as another user does in between.
async fn change(app: &App, ada: &str, path: &str, body: &Value) {
    let changed = app.send(Ask::new(Method::PATCH, path).json(body).by(ada));
    let changed = changed.await;
    assert_eq!(changed.status, 200, "{}", changed.body);
}

/// Sends a form twice: it is denied first, and then overwrites the version that its page shows. Returns the denied page.
async fn overwrite(app: &App, ada: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let send = async |version: &str| {
        let version = [("version", version)];
        let form: Vec<_> = fields.iter().copied().chain(version).collect();
        app.send(Ask::post(path).form(&form).by(ada)).await
    };
    let denied = send("1").await;
    assert_eq!(denied.status, 409, "{}", denied.body);
    let saved = send(&value(&denied, "version").unwrap()).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    denied
}

#[testing::test]
async fn fields_of_a_user_that_were_not_changed_stay_as_another_one_has_saved_them(pool: PgPool) {
    let (app, ada, bob) = prepare(&pool).await;
    let path = "/users/bob/edit";
    let first = value(&app.get_as(&ada, path).await, "first").unwrap();
    let user = format!("/api/admin/users/{bob}");
    let theirs = json!({ "email": "theirs@example.org", "roles": ["user", "auditor"] });
    change(&app, &ada, &user, &theirs).await;
    let fields = [
        ("page", "/users/bob"),
        ("id", bob.as_str()),
        ("username", "bob"),
        ("display_name", "Mine"),
        ("email", "bob@example.org"),
        ("set_roles", "true"),
        ("roles[]", "user"),
        ("first", &first),
    ];
    let denied = overwrite(&app, &ada, path, &fields).await;
    let note = "Overwriting saves only what you have changed here.";
    assert!(denied.body.contains(note), "{}", denied.body);
    assert_eq!(value(&denied, "first"), Some(first.clone()));
    let stored = app.get_as(&ada, &user).await.json();
    assert_eq!(stored["displayName"], json!("Mine"));
    assert_eq!(stored["email"], json!("theirs@example.org"));
    let roles = stored["roles"].as_array().unwrap();
    assert!(roles.contains(&json!("auditor")), "{stored}");
}

#[testing::test]
async fn role_that_another_user_has_renamed_keeps_the_new_name(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let role = json!({ "name": "desk", "permissions": ["users:read"] });
    let created = app.send(Ask::post("/api/admin/roles").json(&role).by(&ada));
    let created = created.await.json();
    let (id, rank) = (created["id"].as_str().unwrap(), created["rank"].to_string());
    let (path, stored) = (
        format!("/roles/{id}/edit"),
        format!("/api/admin/roles/{id}"),
    );
    let first = value(&app.get_as(&ada, &path).await, "first").unwrap();
    change(&app, &ada, &stored, &json!({ "name": "helpdesk" })).await;
    let send = async |shown: &str, version: &str| {
        let form = [
            ("id", id),
            ("shown", shown),
            ("version", version),
            ("name", "desk"),
            ("description", "Mine"),
            ("permissions[]", "users:read"),
            ("rank", &rank),
            ("first", &first),
        ];
        app.send(Ask::post(&path).form(&form).by(&ada)).await
    };
    let denied = send("desk", "1").await;
    assert_eq!(denied.status, 409, "{}", denied.body);
    let [shown, version] = ["shown", "version"].map(|name| value(&denied, name).unwrap());
    assert_eq!(shown, "helpdesk");
    let saved = send(&shown, &version).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let role = app.get_as(&ada, &stored).await.json();
    assert_eq!(role["name"], "helpdesk");
    assert_eq!(role["description"], "Mine");
}

#[testing::test]
async fn description_of_a_group_that_another_user_has_saved_is_shown_and_stays(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let id = group("Editors").insert(&pool).await.to_string();
    let (path, stored) = (
        format!("/groups/{id}/edit"),
        format!("/api/admin/groups/{id}"),
    );
    let first = value(&app.get_as(&ada, &path).await, "first").unwrap();
    change(&app, &ada, &stored, &json!({ "description": "Theirs" })).await;
    let fields = [
        ("id", id.as_str()),
        ("shown", "Editors"),
        ("name", "Writers"),
        ("description", ""),
        ("first", &first),
    ];
    let denied = overwrite(&app, &ada, &path, &fields).await;
    for text in ["Theirs", "Use their version"] {
        assert!(denied.body.contains(text), "{}", denied.body);
    }
    let group = app.get_as(&ada, &stored).await.json();
    assert_eq!(group["name"], json!("Writers"));
    assert_eq!(group["description"], json!("Theirs"));
}

#[testing::test]
async fn features_of_a_group_that_another_user_has_added_stay(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    for key in ["chat.a", "chat.b", "chat.c"] {
        let put = Ask::new(Method::PUT, &format!("/api/admin/features/{key}"));
        app.send(put.json(&json!({})).by(&ada)).await;
    }
    let id = group("Editors").insert(&pool).await.to_string();
    let (path, stored) = (
        format!("/groups/{id}/features"),
        format!("/api/admin/groups/{id}"),
    );
    let first = value(&app.get_as(&ada, &path).await, "first").unwrap();
    let theirs = json!({ "features": ["chat.a", "chat.c"] });
    change(&app, &ada, &stored, &theirs).await;
    let fields = [
        ("id", id.as_str()),
        ("shown", "Editors"),
        ("features[]", "chat.b"),
        ("first", &first),
    ];
    overwrite(&app, &ada, &path, &fields).await;
    let group = app.get_as(&ada, &stored).await.json();
    let features = group["features"].as_array().unwrap();
    assert_eq!(features.len(), 3, "{group}");
}

#[testing::test]
async fn typed_client_is_added_by_its_name_or_named_in_the_error(pool: PgPool) {
    let (app, ada, bob) = prepare(&pool).await;
    let acme = client(&pool, "ACME").await;
    let send = async |typed: &str| {
        let fields = [
            ("page", "/users/bob"),
            ("id", bob.as_str()),
            ("username", "bob"),
            ("version", "1"),
            ("display_name", "Bob"),
            ("email", "bob@example.org"),
            ("set_clients", "true"),
            ("more_clients", typed),
        ];
        let form = Ask::post("/users/bob/edit").form(&fields);
        app.send(form.by(&ada)).await
    };
    let denied = send("ACM").await;
    assert_eq!(denied.status, 422, "{}", denied.body);
    let error = "There is no client with this name or number: ACM.";
    assert!(denied.body.contains(error), "{}", denied.body);
    assert_eq!(value(&denied, "more_clients").as_deref(), Some("ACM"));
    let many = "x,".repeat(1_000);
    let denied = send(&many).await;
    let error = "List at most 1000 clients.";
    assert_eq!(denied.status, 422, "{}", denied.body);
    assert!(denied.body.contains(error), "{}", denied.body);
    let saved = send("acme").await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let stored = app.get_as(&ada, &format!("/api/admin/users/{bob}")).await;
    assert_eq!(stored.json()["clientList"], json!([acme]));
}
