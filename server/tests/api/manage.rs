//! Creation, changes, suspension, deletion and restoration of users over the API.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, add_user, app, id_of, session};

const USERS: &str = "/api/admin/users";

/// Returns an app with two admins, and a session of the first.
async fn with_admins(pool: &PgPool) -> (App, String) {
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "second", &["admin"]).await;
    let session = session(pool, "ada").await;
    (app(pool), session)
}

async fn create(app: &App, session: &str, body: &Value) -> Answer {
    app.send(Ask::post(USERS).by(session).json(body)).await
}

#[testing::test]
async fn user_is_created_as_in_fovea(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    let body = json!({
        "username": "grace", "password": "secret", "displayName": "Grace", "email": "grace@example.org", "isAdmin": true
    });
    let created = create(&app, &ada, &body).await;
    let user = created.json();
    assert_eq!(created.status, 201, "{user}");
    for (field, expected) in [
        ("username", json!("grace")),
        ("displayName", json!("Grace")),
        ("email", json!("grace@example.org")),
        ("isAdmin", json!(true)),
        ("roles", json!(["admin", "user"])),
        ("mustChangePassword", json!(true)),
        ("link", Value::Null),
    ] {
        assert_eq!(user[field], expected, "{field}");
    }
    assert!(!created.body.contains("assword_hash") && !created.body.contains("passwordHash"));
    let location = created.header("location").to_owned();
    let found = app.send(Ask::get(&location).by(&ada)).await;
    assert_eq!((found.status, found.header("etag")), (200, "\"1\""));
    assert_eq!(
        found.json()["_count"],
        json!({ "personas": 0, "sessions": 0, "apiKeys": 0 })
    );
    assert_eq!(user["_count"], found.json()["_count"]);
    let sign_in = json!({ "username": "grace", "password": "secret" });
    let signed_in = app.send(Ask::post("/api/auth/login").json(&sign_in)).await;
    assert_eq!(signed_in.outline(), "403 PASSWORD_CHANGE_REQUIRED");
    let link = &signed_in.json()["details"]["url"];
    assert!(link.as_str().unwrap().contains("/reset/"), "{link}");
    assert!(signed_in.cookies().is_empty());
    let again = create(
        &app,
        &ada,
        &json!({ "username": "GRACE", "password": "secret", "displayName": "x" }),
    )
    .await;
    assert_eq!(
        (again.status, again.message().as_str()),
        (409, "Username already exists")
    );
}

#[testing::test]
async fn user_without_password_gets_a_link(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    let created = create(
        &app,
        &ada,
        &json!({ "username": "grace", "displayName": "Grace" }),
    )
    .await;
    let link = created.json()["link"]["url"].as_str().unwrap().to_owned();
    assert!(link.starts_with("http://127.0.0.1:3000/reset/"), "{link}");
    let path = link.strip_prefix("http://127.0.0.1:3000").unwrap();
    let followed = app.get(path).await.outline();
    assert!(followed.starts_with("303 to /reset?link="), "{followed}");
}

#[testing::test]
async fn invalid_bodies_report_every_error(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    let errors = |answer: &Answer| -> Vec<String> {
        let fields = answer.json()["details"]["fields"].clone();
        let fields = fields.as_array().cloned().unwrap_or_default();
        fields
            .iter()
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect()
    };
    for (body, expected) in [
        (
            json!({ "username": "ab", "displayName": " ", "password": "12345", "email": "x" }),
            vec!["username", "displayName", "email", "password"],
        ),
        (
            json!({ "username": "x".repeat(51), "displayName": "x" }),
            vec!["username"],
        ),
        (
            json!({ "username": "   ", "displayName": "x" }),
            vec!["username"],
        ),
        (
            json!({ "username": "a\u{202E}da", "displayName": "x" }),
            vec!["username"],
        ),
        (
            json!({ "username": "eve", "displayName": "x\u{2066}y" }),
            vec!["displayName"],
        ),
        (
            json!({ "username": "eve", "displayName": "x", "password": "x".repeat(10_240) }),
            vec!["password"],
        ),
        (
            json!({ "username": "eve", "displayName": "x", "roles": ["nonsense"] }),
            vec!["roles"],
        ),
        (
            json!({ "username": "eve", "displayName": "x", "isAdmin": "yes" }),
            vec!["isAdmin"],
        ),
        (
            json!({ "username": "eve", "displayName": "x", "admin": true }),
            vec!["admin"],
        ),
        (json!({ "username": 7 }), vec!["username"]),
        (json!([]), vec![]),
    ] {
        let answer = create(&app, &ada, &body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "VALIDATION_ERROR"),
            "{body}"
        );
        assert_eq!(errors(&answer), expected, "{body}");
    }
    let huge = Ask::post(USERS)
        .by(&ada)
        .body("application/json", vec![b' '; 10 * 1024 * 1024]);
    assert_eq!(app.send(huge).await.outline(), "413 PAYLOAD_TOO_LARGE");
    assert_eq!(app.count("select count(*) from users").await, 2);
}

#[testing::test]
async fn names_are_composed_and_passwords_not_trimmed(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    let body = json!({ "username": "zalgo", "displayName": " Z\u{0301}\u{0302} of  many ", "password": "with space " });
    let created = create(&app, &ada, &body).await;
    assert_eq!(created.json()["displayName"], "\u{0179}\u{0302} of many");
    for (password, status) in [("with space", 401), ("with space ", 403)] {
        let sign_in = json!({ "username": "zalgo", "password": password });
        let answer = app.send(Ask::post("/api/auth/login").json(&sign_in)).await;
        assert_eq!(answer.status, status, "{password:?}");
    }
}

#[testing::test]
async fn if_match_guards_a_change(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    add_user(&pool, "bob", &["user"]).await;
    let location = format!("{USERS}/{}", id_of(&pool, "bob").await);
    let change = |body: Value| Ask::new(Method::PATCH, &location).by(&ada).json(&body);
    let first = app
        .send(change(json!({ "displayName": "First" })).header("if-match", "\"1\""))
        .await;
    assert_eq!((first.status, first.header("etag")), (200, "\"2\""));
    for (ask, expected) in [
        (
            change(json!({ "displayName": "Second" })).header("if-match", "\"1\""),
            "412 PRECONDITION_FAILED",
        ),
        (
            change(json!({ "displayName": "Second", "version": 1 })),
            "409 CONFLICT",
        ),
        (
            change(json!({ "displayName": "Second" })).header("if-match", "nonsense"),
            "400 VALIDATION_ERROR",
        ),
    ] {
        let answer = app.send(ask).await;
        assert_eq!(answer.outline(), expected);
        if expected.starts_with("4") && !expected.starts_with("400") {
            assert_eq!(answer.json()["details"]["current"]["displayName"], "First");
        }
    }
    let stored = app.send(Ask::get(&location).by(&ada)).await.json();
    assert_eq!(
        (&stored["displayName"], &stored["version"]),
        (&json!("First"), &json!(2))
    );
    let any = app
        .send(change(json!({ "email": "bob@example.org" })).header("if-match", "*"))
        .await;
    assert_eq!(any.json()["email"], "bob@example.org");
    let cleared = app.send(change(json!({ "email": null }))).await;
    assert_eq!(
        (cleared.status, &cleared.json()["email"]),
        (200, &Value::Null)
    );
    let put = Ask::new(Method::PUT, &location)
        .by(&ada)
        .json(&json!({ "isAdmin": true }));
    assert_eq!(
        app.send(put).await.json()["roles"],
        json!(["admin", "user"])
    );
}

#[testing::test]
async fn permissions_apply_to_the_next_request(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    let second = session(&pool, "second").await;
    let location = format!("{USERS}/{}", id_of(&pool, "second").await);
    assert_eq!(app.send(Ask::get(USERS).by(&second)).await.status, 200);
    let demote = Ask::new(Method::PUT, &location)
        .by(&ada)
        .json(&json!({ "isAdmin": false }));
    assert_eq!(app.send(demote).await.status, 200);
    assert_eq!(
        app.send(Ask::get(USERS).by(&second)).await.outline(),
        "403 FORBIDDEN"
    );
    assert_eq!(
        app.send(Ask::get("/api/auth/me").by(&second)).await.status,
        200
    );
    let suspend = Ask::post(&format!("{location}/suspend"))
        .by(&ada)
        .json(&json!({ "reason": "spam" }));
    assert_eq!(app.send(suspend).await.json()["status"], "suspended");
    assert_eq!(
        app.send(Ask::get("/api/auth/me").by(&second)).await.status,
        401
    );
    let lift = Ask::post(&format!("{location}/unsuspend")).by(&ada);
    assert_eq!(app.send(lift).await.json()["status"], "active");
    // The session has ended permanently.
    assert_eq!(
        app.send(Ask::get("/api/auth/me").by(&second)).await.status,
        401
    );
}

#[testing::test]
async fn delete_and_restore_match_fovea(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    add_user(&pool, "bob", &["user"]).await;
    let location = format!("{USERS}/{}", id_of(&pool, "bob").await);
    let own = format!("{USERS}/{}", id_of(&pool, "ada").await);
    let delete = |location: &str| Ask::new(Method::DELETE, location).by(&ada);
    let myself = app.send(delete(&own)).await;
    assert_eq!(
        (myself.status, myself.message().as_str()),
        (403, "Cannot delete yourself")
    );
    let preview = app
        .send(Ask::get(&format!("{location}/deletion-preview")).by(&ada))
        .await
        .json();
    assert_eq!(
        (&preview["counts"]["sessions"], &preview["denied"]),
        (&json!(0), &Value::Null)
    );
    let deleted = app.send(delete(&location)).await;
    assert_eq!(
        (deleted.status, deleted.json()),
        (200, json!({ "success": true }))
    );
    for gone in [delete(&location), Ask::get(&location).by(&ada)] {
        let answer = app.send(gone).await;
        assert_eq!(
            (answer.status, answer.message().as_str()),
            (404, "User not found")
        );
    }
    assert_eq!(
        app.send(Ask::get(USERS).by(&ada))
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let restored = app
        .send(Ask::post(&format!("{location}/restore")).by(&ada))
        .await;
    assert_eq!(restored.json()["username"], "bob");
    let permanent = app
        .send(delete(&format!("{location}?permanent=true")))
        .await;
    assert_eq!(permanent.status, 200);
    let too_late = app
        .send(Ask::post(&format!("{location}/restore")).by(&ada))
        .await;
    assert_eq!(too_late.outline(), "409 CONFLICT");
    for (location, status) in [
        (format!("{USERS}/nonsense"), 400),
        (format!("{USERS}/00000000-0000-7000-8000-000000000009"), 404),
        (format!("{location}?permanent=maybe"), 400),
    ] {
        assert_eq!(
            app.send(delete(&location)).await.status,
            status,
            "{location}"
        );
    }
}

#[testing::test]
async fn export_is_a_file_named_after_the_user(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    add_user(&pool, "bob", &["user"]).await;
    app.run("insert into personas (id, user_id, name) select gen_random_uuid(), id, 'Analyst' from users where username = 'bob'").await;
    let location = format!("{USERS}/{}/export", id_of(&pool, "bob").await);
    let file = app.send(Ask::get(&location).by(&ada)).await;
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"bob.json\""
    );
    assert_eq!(file.json()["personas"][0]["name"], "Analyst");
}

#[testing::test]
async fn bulk_actions_work(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    for name in ["bob", "eve"] {
        add_user(&pool, name, &["user"]).await;
    }
    let users: Vec<Value> = [
        id_of(&pool, "ada").await,
        id_of(&pool, "bob").await,
        id_of(&pool, "eve").await,
    ]
    .into_iter()
    .map(|id| json!({ "id": id, "version": 1 }))
    .collect();
    let bulk = |expected: Option<u64>| {
        let mut body = json!({ "action": { "action": "delete" }, "users": users });
        if let Some(expected) = expected {
            body["expected"] = json!(expected);
        }
        app.send(Ask::post(&format!("{USERS}/bulk")).by(&ada).json(&body))
    };
    let preview = bulk(None).await.json();
    assert_eq!(preview["changed"], 2);
    let wrong = bulk(Some(3)).await;
    assert_eq!(
        (
            wrong.outline().as_str(),
            &wrong.json()["details"]["outcome"]["items"]
        ),
        ("409 CONFLICT", &preview["items"])
    );
    let done = bulk(Some(2)).await.json();
    assert_eq!(done["items"], preview["items"]);
    assert!(done["restorableUntil"].is_string(), "{done}");
    assert_eq!(
        app.count("select count(*) from users where deleted_at is not null")
            .await,
        2
    );
}

#[testing::test]
async fn changed_selection_has_its_reasons_in_the_language_of_the_request(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    add_user(&pool, "bob", &["user"]).await;
    let stale = format!("{}:999:bob", id_of(&pool, "bob").await);
    let fields = [
        ("operation", "sign-out"),
        ("selected", stale.as_str()),
        ("expected", "1"),
    ];
    let path = format!("/sfn/bulk-users?as={}", id_of(&pool, "ada").await);
    let bulk = Ask::post(&path).form(&fields).by(&ada);
    for (language, reason) in [
        ("de", "Von jemand anderem geändert."),
        ("en", "Changed by someone else."),
    ] {
        let denied = app
            .send(bulk.clone().header("accept-language", language))
            .await;
        let outcome = &denied.json()["details"]["outcome"];
        assert_eq!(outcome["items"][0]["skipped"], reason, "{}", denied.body);
    }
}

#[testing::test]
async fn user_is_found_by_number_id_and_name(pool: PgPool) {
    let (app, ada) = with_admins(&pool).await;
    add_user(&pool, "4242", &["user"]).await;
    let find = async |user: &str| {
        let path = format!("{USERS}/find?user={user}");
        app.send(Ask::get(&path).by(&ada)).await
    };
    let id = id_of(&pool, "second").await;
    for user in ["2", "number:2", "second", "SECOND", &id] {
        let found = find(user).await;
        assert_eq!(
            (found.status, found.header("etag")),
            (200, "\"1\""),
            "{user}"
        );
        assert_eq!(found.json()["username"], "second", "{user}");
    }
    for user in ["4242", "username:4242"] {
        assert_eq!(find(user).await.json()["username"], "4242", "{user}");
    }
    for user in [
        "number:4242",
        "unknown-user",
        "4",
        "-1",
        "%00",
        "%25",
        "second%20",
        "00000000-0000-7000-8000-000000000000",
    ] {
        let found = find(user).await;
        assert_eq!(
            (found.status, &found.json()["error"]),
            (404, &json!("NOT_FOUND")),
            "{user}"
        );
    }
    for query in ["", "?user="] {
        let path = format!("{USERS}/find{query}");
        let asked = app.send(Ask::get(&path).by(&ada)).await;
        assert_eq!(asked.status, 400, "{query}");
    }

    let path = format!("{USERS}/{id}");
    app.send(Ask::new(Method::DELETE, &path).by(&ada)).await;
    let found = find("second").await.json();
    assert!(
        found["deletedAt"].is_string() && found["purgeAfter"].is_string(),
        "{found}"
    );
    assert_eq!(app.send(Ask::get(&path).by(&ada)).await.status, 404);
}
