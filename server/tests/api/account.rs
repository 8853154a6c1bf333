//! One's own account over the API, and the forms of its pages.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, PASSWORD, add_password, add_user, app, session};

const PROFILE: &str = "/api/user/profile";
const CHOSEN: &str = "copper lantern under rain ";

/// Returns an app with Ada, and a session of hers.
async fn ada(pool: &PgPool) -> (App, String) {
    let app = app(pool);
    add_user(pool, "ada", &["user"]).await;
    add_user(pool, "bob", &["user"]).await;
    add_password(pool, &app.services.hasher).await;
    let session = session(pool, "ada").await;
    (app, session)
}

fn put(body: &Value) -> Ask {
    Ask::new(Method::PUT, PROFILE).json(body)
}

fn delete(path: &str) -> Ask {
    Ask::new(Method::DELETE, path)
}

fn errors(answer: &Answer) -> Vec<String> {
    let fields = answer.json()["details"]["fields"].clone();
    let fields = fields.as_array().cloned().unwrap_or_default();
    let name = |error: &Value| error["field"].as_str().unwrap().to_owned();
    fields.iter().map(name).collect()
}

async fn signs_in(app: &App, password: &str) -> bool {
    let body = json!({ "username": "ada", "password": password });
    let answer = app.send(Ask::post("/api/auth/login").json(&body)).await;
    answer.status == 200
}

#[testing::test]
async fn profile_is_returned_and_patched(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    let shown = app.get_as(&ada, PROFILE).await;
    assert_eq!((shown.status, shown.header("etag")), (200, "\"1\""));
    let user = shown.json();
    for (field, expected) in [
        ("username", json!("ada")),
        ("displayName", json!("Ada")),
        ("email", json!("ada@example.org")),
        ("isAdmin", json!(false)),
    ] {
        assert_eq!(user[field], expected, "{field}");
    }
    for field in ["id", "createdAt", "updatedAt"] {
        assert!(user[field].is_string(), "{field}");
    }
    for (body, field, expected) in [
        (
            json!({ "displayName": " Ada L. " }),
            "displayName",
            json!("Ada L."),
        ),
        (
            json!({ "timeZone": "Asia/Tokyo" }),
            "settings",
            json!({ "timeZone": "Asia/Tokyo" }),
        ),
        (json!({ "timeZone": null }), "settings", json!({})),
        (
            json!({ "notificationPreferences": { "email": true } }),
            "notificationPreferences",
            json!({ "email": true }),
        ),
        (
            json!({ "email": null, "currentPassword": PASSWORD }),
            "email",
            Value::Null,
        ),
        (json!({}), "displayName", json!("Ada L.")),
    ] {
        let answer = app.send(put(&body).by(&ada)).await;
        assert_eq!(
            (answer.status, &answer.json()[field]),
            (200, &expected),
            "{body}"
        );
    }
}

#[testing::test]
async fn if_match_guards_the_profile(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    let change = |name: &str| put(&json!({ "displayName": name })).by(&ada);
    let first = app.send(change("First").header("if-match", "\"1\"")).await;
    assert_eq!((first.status, first.header("etag")), (200, "\"2\""));
    let on_first = json!({ "displayName": "Second", "version": 1 });
    for (ask, expected) in [
        (
            change("Second").header("if-match", "\"1\""),
            "412 PRECONDITION_FAILED",
        ),
        (put(&on_first).by(&ada), "409 CONFLICT"),
        (
            change("Second").header("if-match", "nonsense"),
            "400 VALIDATION_ERROR",
        ),
    ] {
        assert_eq!(app.send(ask).await.outline(), expected);
    }
    assert_eq!(
        app.get_as(&ada, PROFILE).await.json()["displayName"],
        "First"
    );
}

#[testing::test]
async fn invalid_types_change_nothing(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    for (body, expected) in [
        (json!({ "isAdmin": true }), vec!["isAdmin"]),
        (json!({ "username": "other" }), vec!["username"]),
        (json!({ "roles": ["admin"] }), vec!["roles"]),
        (json!({ "passwordHash": "x" }), vec!["passwordHash"]),
        (json!({ "displayName": 7 }), vec!["displayName"]),
        (json!({ "email": ["x"] }), vec!["email"]),
        (json!({ "password": true }), vec!["password"]),
        (json!({ "currentPassword": {} }), vec!["currentPassword"]),
        (
            json!({ "notificationPreferences": "all" }),
            vec!["notificationPreferences"],
        ),
        (json!({ "version": "1" }), vec!["version"]),
        (json!([]), vec![]),
        (json!(["Eve"]), vec![]),
        (json!(null), vec![]),
        (json!({ "displayName": "" }), vec!["displayName"]),
        (
            json!({ "displayName": "x".repeat(101) }),
            vec!["displayName"],
        ),
        (json!({ "displayName": "x\u{202E}y" }), vec!["displayName"]),
        (json!({ "email": "unknown" }), vec!["email"]),
        (json!({ "email": "x".repeat(9_000) }), vec!["email"]),
        (json!({ "timeZone": "Europe/Atlantis" }), vec!["timeZone"]),
        (
            json!({ "notificationPreferences": { "a": "x".repeat(9_000) } }),
            vec!["notificationPreferences"],
        ),
        (
            json!({ "password": "", "currentPassword": PASSWORD }),
            vec!["password"],
        ),
        (
            json!({ "password": "seven77", "currentPassword": PASSWORD }),
            vec!["password"],
        ),
        (
            json!({ "password": PASSWORD, "currentPassword": PASSWORD }),
            vec!["password"],
        ),
        (
            json!({ "password": "x1".repeat(5_000), "currentPassword": PASSWORD }),
            vec!["password"],
        ),
        (
            json!({ "email": null, "currentPassword": "x".repeat(9_000) }),
            vec!["currentPassword"],
        ),
    ] {
        let answer = app.send(put(&body).by(&ada)).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body:.100}");
        assert_eq!(errors(&answer), expected, "{body:.100}");
    }
    let huge = Ask::new(Method::PUT, PROFILE)
        .by(&ada)
        .body("application/json", vec![b' '; 1024 * 1024]);
    assert_eq!(app.send(huge).await.outline(), "413 PAYLOAD_TOO_LARGE");
    let no_json = Ask::new(Method::PUT, PROFILE)
        .by(&ada)
        .body("text/plain", "x");
    assert_eq!(app.send(no_json).await.outline(), "400 VALIDATION_ERROR");
    assert_eq!(app.count("select count(*) from audit_events").await, 0);
    assert!(signs_in(&app, PASSWORD).await);
}

#[testing::test]
async fn known_email_is_not_disclosed(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    for email in ["unknown@example.org", "BOB@example.org"] {
        let wanted = json!({ "email": email, "currentPassword": PASSWORD });
        let answer = app.send(put(&wanted).by(&ada)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["email"], email);
        let seen = app.get_as(&ada, PROFILE).await;
        assert_eq!(seen.json()["email"], email);
        assert_eq!(seen.json()["unverifiedEmail"], Value::Null);
    }
    let stored =
        "select count(*) from users where username = 'ada' and email = 'unknown@example.org'";
    assert_eq!(app.count(stored).await, 1);
}

#[testing::test]
async fn stolen_session_cannot_change_email_or_password(pool: PgPool) {
    let (app, stolen) = ada(&pool).await;
    for (body, code) in [
        (
            json!({ "email": "eve@example.org" }),
            "CURRENT_PASSWORD_REQUIRED",
        ),
        (json!({ "email": null }), "CURRENT_PASSWORD_REQUIRED"),
        (json!({ "password": CHOSEN }), "CURRENT_PASSWORD_REQUIRED"),
        (
            json!({ "password": CHOSEN, "currentPassword": "" }),
            "CURRENT_PASSWORD_REQUIRED",
        ),
        (
            json!({ "email": "eve@example.org", "currentPassword": PASSWORD.trim() }),
            "CURRENT_PASSWORD_WRONG",
        ),
        (
            json!({ "password": CHOSEN, "currentPassword": PASSWORD.trim() }),
            "CURRENT_PASSWORD_WRONG",
        ),
    ] {
        let answer = app.send(put(&body).by(&stolen)).await;
        assert_eq!(answer.outline(), format!("403 {code}"), "{body}");
        assert_eq!(errors(&answer), ["currentPassword"], "{body}");
    }
    // The forms do not bypass the check.
    for (page, fields) in [
        (
            "/account",
            &[
                ("version", "1"),
                ("display_name", "Ada"),
                ("email", "eve@example.org"),
            ][..],
        ),
        (
            "/account/password",
            &[("password", CHOSEN), ("password_again", CHOSEN)],
        ),
    ] {
        let answer = app.send(Ask::post(page).form(fields).by(&stolen)).await;
        assert_eq!(answer.status, 403, "{page}");
        assert!(
            answer.body.contains("Enter your current password"),
            "{page}"
        );
        assert!(!answer.body.contains("copper lantern"), "{page}");
    }
    assert!(signs_in(&app, PASSWORD).await);
    let address = "select count(*) from users where email = 'ada@example.org'";
    assert_eq!(app.count(address).await, 1);
}

#[testing::test]
async fn wrong_passwords_are_throttled_across_endpoints(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    let from = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    let guess = |password: &str| {
        let body = json!({ "password": CHOSEN, "currentPassword": password });
        put(&body).by(&ada).from(from)
    };
    for _ in 0..5 {
        assert_eq!(
            app.send(guess("guess")).await.outline(),
            "403 CURRENT_PASSWORD_WRONG"
        );
    }
    app.run(
        "update login_attempts set blocked_until = now() + interval '30 seconds' where blocked_until > last_failed_at",
    )
    .await;
    let right = app.send(guess(PASSWORD)).await;
    assert_eq!(right.outline(), "429 TOO_MANY_REQUESTS");
    assert!(!right.header("retry-after").is_empty());
    assert!(signs_in(&app, PASSWORD).await, "sign-in is not affected");
    let fields = [
        ("current_password", PASSWORD),
        ("password", CHOSEN),
        ("password_again", CHOSEN),
    ];
    let form = app
        .send(Ask::post("/account/password").form(&fields).by(&ada))
        .await;
    assert_eq!(form.status, 429);
    assert!(!form.body.contains("copper lantern"));
}

#[testing::test]
async fn new_password_ends_other_sessions_and_renews_the_cookie(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    let elsewhere = session(&pool, "ada").await;
    let bob = session(&pool, "bob").await;
    let body = json!({ "password": CHOSEN, "currentPassword": PASSWORD, "displayName": "Ada L." });
    let answer = app.send(put(&body).by(&ada)).await;
    assert_eq!(
        (answer.status, &answer.json()["displayName"]),
        (200, &json!("Ada L."))
    );
    let (cookie, attributes) = answer.cookie("session_token").unwrap();
    assert!(attributes.contains("HttpOnly"), "{attributes}");
    for (session, status) in [
        (ada.as_str(), 401),
        (&elsewhere, 401),
        (cookie, 200),
        (&bob, 200),
    ] {
        assert_eq!(app.get_as(session, "/api/auth/me").await.status, status);
    }
    for (password, works) in [
        (PASSWORD, false),
        (CHOSEN.trim_end(), false),
        (CHOSEN, true),
    ] {
        assert_eq!(signs_in(&app, password).await, works, "{password:?}");
    }
}

#[testing::test]
async fn own_sessions_are_listed_and_revoked(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    let bob = session(&pool, "bob").await;
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let login = json!({ "username": "ada", "password": PASSWORD });
    let login = Ask::post("/api/auth/login")
        .json(&login)
        .header("user-agent", agent)
        .from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));
    let other = app
        .send(login)
        .await
        .cookie("session_token")
        .unwrap()
        .0
        .to_owned();
    let listed = app.get_as(&ada, "/api/sessions").await;
    assert_eq!(listed.status, 200);
    let listed = listed.json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let (newest, own) = (&listed[0], &listed[1]);
    assert_eq!(
        (&newest["isCurrent"], &own["isCurrent"]),
        (&json!(false), &json!(true))
    );
    let id = newest["id"].as_str().unwrap();
    for (field, expected) in [
        ("token", json!(format!("...{}", &id[28..]))),
        ("ipAddress", json!("192.0.2.7")),
        ("userAgent", json!(agent)),
        ("device", json!("Firefox on Linux")),
    ] {
        assert_eq!(newest[field], expected, "{field}");
    }
    for field in ["expiresAt", "createdAt", "lastSeenAt"] {
        assert!(newest[field].is_string(), "{field}");
    }

    let theirs = app.get_as(&bob, "/api/sessions").await.json();
    let theirs = format!("/api/sessions/{}", theirs[0]["id"].as_str().unwrap());
    let mine = format!("/api/sessions/{id}");
    let unknown = format!("/api/sessions/{}", uuid::Uuid::nil());
    for (path, status, message) in [
        (theirs.as_str(), 403, "Cannot revoke another user's session"),
        (unknown.as_str(), 404, "Session not found"),
        (
            "/api/sessions/first",
            400,
            "params/sessionId must match format \"uuid\"",
        ),
        (mine.as_str(), 200, ""),
        (mine.as_str(), 404, "Session not found"),
    ] {
        let answer = app.send(delete(path).by(&ada)).await;
        assert_eq!(
            (answer.status, answer.message().as_str()),
            (status, message),
            "{path}"
        );
    }
    assert_eq!(app.get_as(&other, "/api/auth/me").await.status, 401);
    let third = session(&pool, "ada").await;
    let rest = app.send(delete("/api/sessions").by(&ada)).await;
    assert_eq!(rest.json(), json!({ "success": true, "ended": 1 }));
    for (session, status) in [(&third, 401), (&ada, 200), (&bob, 200)] {
        assert_eq!(app.get_as(session, "/api/auth/me").await.status, status);
    }
}

#[testing::test]
async fn export_is_a_file(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    let file = app.get_as(&ada, "/api/user/export").await;
    assert_eq!(file.status, 200);
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"ada.json\""
    );
    assert_eq!(file.json()["user"]["username"], "ada");
    assert!(!file.body.contains("bob"));
}

#[testing::test]
async fn account_is_deleted_by_its_owner_where_allowed(pool: PgPool) {
    let (forbidding, ada) = ada(&pool).await;
    let leave = |password: &str| {
        delete("/api/user")
            .json(&json!({ "currentPassword": password }))
            .by(&ada)
    };
    let denied = forbidding.send(leave(PASSWORD)).await;
    assert_eq!(denied.outline(), "403 FORBIDDEN");
    assert!(denied.message().contains("administrator"));
    let page = forbidding.get_as(&ada, "/account/data").await;
    assert!(
        page.body
            .contains("Ask an administrator to delete your account")
    );

    let app = forbidding.allowing_deletion();
    for (ask, expected) in [
        (leave(""), "403 CURRENT_PASSWORD_REQUIRED"),
        (leave(PASSWORD.trim()), "403 CURRENT_PASSWORD_WRONG"),
        (
            delete("/api/user").json(&json!({ "force": true })).by(&ada),
            "400 VALIDATION_ERROR",
        ),
        (leave(PASSWORD), "200"),
        (leave(PASSWORD), "401 UNAUTHORIZED"),
    ] {
        assert_eq!(app.send(ask).await.outline(), expected);
    }
    assert!(!signs_in(&app, PASSWORD).await);
    let deleted = "select count(*) from users where deleted_by = id and purge_after is not null";
    assert_eq!(app.count(deleted).await, 1);
}

#[testing::test]
async fn delete_form_requires_name_and_counts(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    let app = app.allowing_deletion();
    let form = |confirm: &str, counts: &str| {
        let fields = [
            ("confirm", confirm),
            ("counts", counts),
            ("current_password", PASSWORD),
        ];
        Ask::post("/account/delete").form(&fields).by(&ada)
    };
    for (ask, status, says) in [
        (form("bob", "1,0,0,0,0,0,0,0"), 422, "Type ada to confirm."),
        (form("ada", "1,7,0,0,0,0,0,0"), 409, "data changed"),
        (form("ada", ""), 409, "This page is out of date"),
    ] {
        let answer = app.send(ask).await;
        assert_eq!(answer.status, status, "{says}");
        assert!(answer.body.contains(says), "{says}");
    }
    let done = app.send(form(" ADA ", "1,0,0,0,0,0,0,0")).await;
    assert_eq!(done.outline(), "303 to /account/deleted");
    let (value, _) = done.cookie("rollcall_done").unwrap();
    let page = Ask::get("/account/deleted").by(&ada);
    let page = app.send(page.cookie("rollcall_done", value)).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Account deleted"));
}

/// Returns the option of a page with a text, as it is in the HTML.
fn option(page: &Answer, text: &str) -> Option<String> {
    let mut options = page.body.split("<option").skip(1);
    let found = options.find(|option| option.contains(text))?;
    Some(found.to_owned())
}

#[testing::test]
async fn preferences_work_without_scripts(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    let page = app.get_as(&ada, "/account/preferences").await;
    assert!(option(&page, "Asia/Tokyo").is_some());
    let form = |version: &str, zone: &str| {
        let fields = [
            ("version", version),
            ("time_zone", zone),
            ("notify[]", "ui"),
        ];
        Ask::post("/account/preferences").form(&fields).by(&ada)
    };
    let wrong = app.send(form("1", "Europe/Atlantis")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("Unknown time zone"));
    let saved = app.send(form("1", "Asia/Tokyo")).await;
    assert_eq!(saved.outline(), "303 to /account/preferences");
    let stale = app.send(form("1", "Asia/Tokyo")).await;
    assert_eq!(stale.status, 409);
    assert!(stale.body.contains("Overwrite with mine"));
    let user = app.get_as(&ada, PROFILE).await.json();
    assert_eq!(user["settings"], json!({ "timeZone": "Asia/Tokyo" }));
    assert_eq!(user["notificationPreferences"], json!({ "ui": true }));
    let page = app.get_as(&ada, "/account/preferences").await;
    let chosen = option(&page, "Asia/Tokyo").unwrap_or_default();
    assert!(chosen.contains("selected"), "{chosen}");
}

#[testing::test]
async fn language_is_saved_with_the_other_preferences(pool: PgPool) {
    let (app, ada) = ada(&pool).await;
    let form = |language: &str, zone: &str| {
        let fields = [
            ("version", "1"),
            ("time_zone", zone),
            ("language", language),
            ("first", "time_zone=&language=auto&notify="),
        ];
        let form = Ask::post("/account/preferences").form(&fields).by(&ada);
        form.cookie("rollcall_preferences", "dark.compact.open.auto")
    };
    let stored = async |language: &str, zone: &str| {
        let saved = app.send(form(language, zone)).await;
        let cookie = saved.cookie("rollcall_preferences");
        cookie.map(|(value, _)| value.to_owned())
    };
    // A form with an error stores nothing, and retains the chosen language.
    let wrong = app.send(form("de", "Europe/Atlantis")).await;
    let chosen = option(&wrong, "Deutsch").unwrap_or_default();
    assert!(chosen.contains("selected"), "{chosen}");
    assert_eq!(wrong.cookie("rollcall_preferences"), None);
    for (language, cookie) in [
        ("de", Some("dark.compact.open.de")),
        ("xx", Some("dark.compact.open.auto")),
        ("auto", None),
    ] {
        let found = stored(language, "").await;
        assert_eq!(found.as_deref(), cookie, "{language}");
    }
}
