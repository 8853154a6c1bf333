//! Roles over the API.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{
    roles::{assign, role},
    users,
};

use crate::support::{Answer, App, Ask, add_user, app, session};

const ROLES: &str = "/api/admin/roles";

/// Returns an app with an admin, and the session.
async fn prepare(pool: &PgPool) -> (App, String) {
    add_user(pool, "ada", &["admin"]).await;
    let ada = session(pool, "ada").await;
    (app(pool), ada)
}

async fn send(app: &App, session: &str, method: Method, path: &str, body: &Value) -> Answer {
    app.send(Ask::new(method, path).json(body).by(session))
        .await
}

/// Returns the path of a role.
async fn path_of(app: &App, session: &str, name: &str) -> String {
    let roles = app.get_as(session, ROLES).await.json();
    let mut roles = roles.as_array().unwrap().iter();
    let found = roles.find(|role| role["name"] == name).unwrap();
    format!("{ROLES}/{}", found["id"].as_str().unwrap())
}

#[testing::test]
async fn role_is_created_cloned_changed_and_deleted(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let draft = json!({ "name": "Desk", "label": "Help desk", "permissions": ["users:read"] });
    let created = send(&app, &ada, Method::POST, ROLES, &draft).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.header("etag"), "\"1\"");
    let role = created.json();
    assert_eq!((&role["name"], &role["rank"]), (&json!("desk"), &json!(50)));
    let path = created.header("location").to_owned();
    assert_eq!(app.get_as(&ada, &path).await.json(), role);

    let edit = Ask::new(Method::PATCH, &path).json(&json!({ "label": null, "rank": 40 }));
    let edited = app.send(edit.by(&ada).header("if-match", "\"1\"")).await;
    assert_eq!(edited.header("etag"), "\"2\"", "{}", edited.body);
    assert_eq!(edited.json()["label"], Value::Null);
    let cloned = json!({ "name": "desk-2" });
    let cloned = send(&app, &ada, Method::POST, &format!("{path}/clone"), &cloned).await;
    assert_eq!(cloned.status, 201, "{}", cloned.body);
    assert_eq!(cloned.json()["permissions"], json!(["users:read"]));
    assert_eq!(cloned.json()["rank"], 40);

    add_user(&pool, "bob", &["desk"]).await;
    let preview = app.get_as(&ada, &format!("{path}/deletion-preview")).await;
    assert_eq!(
        preview.json(),
        json!({
            "users": 1, "withoutRole": 1, "lost": [{ "permission": "users:read", "users": 1 }]
        })
    );
    let deleted = send(&app, &ada, Method::DELETE, &path, &json!({})).await;
    assert_eq!(deleted.json(), json!({ "success": true }));
    assert_eq!(app.get_as(&ada, &path).await.outline(), "404 NOT_FOUND");
    let names: Vec<Value> = app
        .get_as(&ada, ROLES)
        .await
        .json()
        .as_array()
        .unwrap()
        .to_vec();
    assert!(names.iter().all(|role| role["name"] != "desk"));
    assert_eq!(names[0]["builtin"], "admin");
    let audited = "select count(*) from audit_events where action like 'role.%'";
    assert!(app.count(audited).await >= 4);
}

#[testing::test]
async fn second_editor_gets_the_role_of_the_first(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    role("desk").insert(&pool).await;
    let path = path_of(&app, &ada, "desk").await;
    let edit = |description: &str| {
        let body = json!({ "description": description });
        let ask = Ask::new(Method::PATCH, &path).json(&body).by(&ada);
        ask.header("if-match", "\"1\"")
    };
    assert_eq!(app.send(edit("first")).await.status, 200);
    let second = app.send(edit("second")).await;
    assert_eq!(second.outline(), "412 PRECONDITION_FAILED");
    let current = &second.json()["details"]["object"]["role"];
    assert_eq!(current["description"], "first");
    assert_eq!(current["version"], 2);
}

#[testing::test]
async fn names_of_roles_are_checked(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    role("desk").insert(&pool).await;
    let (longest, too_long) = ("x".repeat(50), "x".repeat(201));
    for (name, outline) in [
        ("", "400 VALIDATION_ERROR"),
        ("x", "201"),
        (longest.as_str(), "201"),
        (too_long.as_str(), "400 VALIDATION_ERROR"),
        ("two words", "400 VALIDATION_ERROR"),
        ("a\u{202e}b", "400 VALIDATION_ERROR"),
        ("a\0b", "400 VALIDATION_ERROR"),
        ("DESK", "409 CONFLICT"),
        ("Admin", "409 CONFLICT"),
    ] {
        let body = json!({ "name": name });
        let answer = send(&app, &ada, Method::POST, ROLES, &body).await;
        let found = format!("{} {}", answer.status, answer.code());
        assert_eq!(found.trim_end(), outline, "{name:?}");
        if outline.ends_with("CONFLICT") {
            let field = &answer.json()["details"]["fields"][0];
            assert_eq!(
                (&field["field"], &field["code"]),
                (&json!("name"), &json!("role_exists"))
            );
        }
    }
}

#[testing::test]
async fn no_role_gets_more_than_its_editor_has(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    role("writer")
        .permissions(&["roles:read", "roles:write", "users:read"])
        .rank(30)
        .insert(&pool)
        .await;
    add_user(&pool, "sam", &["writer"]).await;
    let sam = session(&pool, "sam").await;
    role("desk").insert(&pool).await;
    let (desk, admin) = (
        path_of(&app, &ada, "desk").await,
        path_of(&app, &ada, "admin").await,
    );
    let clone = format!("{admin}/clone");
    for (method, path, body, outline) in [
        (
            Method::POST,
            ROLES,
            json!({ "name": "up", "permissions": ["users:write"] }),
            "403 FORBIDDEN",
        ),
        (
            Method::POST,
            ROLES,
            json!({ "name": "up", "rank": 29 }),
            "403 FORBIDDEN",
        ),
        (
            Method::PATCH,
            &desk,
            json!({ "permissions": ["*"] }),
            "403 FORBIDDEN",
        ),
        (
            Method::PATCH,
            &admin,
            json!({ "description": "x" }),
            "403 FORBIDDEN",
        ),
        (Method::DELETE, &admin, json!({}), "403 FORBIDDEN"),
        (
            Method::POST,
            &clone,
            json!({ "name": "up" }),
            "403 FORBIDDEN",
        ),
        (
            Method::PATCH,
            &desk,
            json!({ "permissions": ["users:read"] }),
            "200",
        ),
    ] {
        let answer = send(&app, &sam, method.clone(), path, &body).await;
        assert_eq!(answer.outline(), outline, "{method} {path} {body}");
    }
}

#[testing::test]
async fn builtin_roles_remain(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let admin = path_of(&app, &ada, "admin").await;
    let deleted = send(&app, &ada, Method::DELETE, &admin, &json!({})).await;
    assert_eq!(deleted.outline(), "409 CONFLICT");
    let emptied = json!({ "permissions": [], "rank": 7 });
    let emptied = send(&app, &ada, Method::PATCH, &admin, &emptied).await;
    assert_eq!(emptied.outline(), "400 VALIDATION_ERROR");
    let fields = emptied.json()["details"]["fields"].clone();
    let mut names: Vec<&str> = fields
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["permissions", "rank"]);
}

/// Checks a caller who can see users and no roles: the names are needed to create users.
#[testing::test]
async fn names_of_roles_are_listed_for_readers_of_users(pool: PgPool) {
    let (app, _) = prepare(&pool).await;
    role("reader")
        .permissions(&["users:read"])
        .insert(&pool)
        .await;
    add_user(&pool, "sam", &[]).await;
    assign(&pool, users::id_of(&pool, "sam").await, &["reader"]).await;
    let sam = session(&pool, "sam").await;
    assert_eq!(app.get_as(&sam, ROLES).await.outline(), "403 FORBIDDEN");
    let names = app.get_as(&sam, &format!("{ROLES}/assignable")).await;
    assert_eq!(names.status, 200);
    assert_eq!(names.json()[0]["name"], "admin");
    assert!(names.json()[0]["denied"].is_string());
}

#[testing::test]
async fn pages_show_the_labels_and_descriptions_of_roles(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let draft = json!({ "name": "desk", "label": "Help desk", "description": "Answers calls" });
    let created = app.send(Ask::post(ROLES).json(&draft).by(&ada)).await;
    assert_eq!(created.status, 201, "{}", created.body);
    add_user(&pool, "sam", &["desk"]).await;
    let sam = session(&pool, "sam").await;
    for (session, path) in [
        (&ada, "/users"),
        (&ada, "/users/sam"),
        (&ada, "/users/new"),
        (&sam, "/account"),
    ] {
        let page = app.get_as(session, path).await;
        assert!(page.body.contains("Help desk"), "{path}: {}", page.body);
    }
    let dialog = app.get_as(&ada, "/users/new").await;
    assert!(dialog.body.contains("Answers calls"), "{}", dialog.body);
}
