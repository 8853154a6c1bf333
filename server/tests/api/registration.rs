//! Registrations, decisions and invitations: by the API, by pages with scripts and without.

use std::net::Ipv4Addr;

use serde_json::{Value, json};
use service::link_handle;
use sqlx::PgPool;

use crate::support::{App, Ask, add_user, app, open_app, session};

const CHOSEN: &str = "copper lantern under rain";
const COOKIE: &str = "rollcall_invitation";

fn body(username: &str) -> Value {
    json!({ "username": username, "displayName": "Some Body", "password": CHOSEN })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

fn register(body: &Value) -> Ask {
    Ask::post("/api/auth/register").json(body)
}

/// Returns the form as it is without scripts, and as the page sends it.
fn forms(path: &str, function: &str, fields: &[(&str, &str)]) -> [Ask; 2] {
    let typed = [
        ("username", "ada"),
        ("display_name", "Ada"),
        ("password", CHOSEN),
        ("password_again", CHOSEN),
    ];
    let stored = typed
        .into_iter()
        .filter(|(name, _)| !fields.iter().any(|(field, _)| field == name));
    let fields: Vec<(&str, &str)> = stored.chain(fields.iter().copied()).collect();
    [path.to_owned(), format!("/sfn/{function}")].map(|path| Ask::post(&path).form(&fields))
}

#[testing::test]
async fn registration_matches_fovea(pool: PgPool) {
    let closed = app(&pool);
    let denied = closed.send(register(&body("ada"))).await;
    assert_eq!(denied.outline(), "403 FORBIDDEN");
    assert_eq!(denied.message(), "Registration is disabled");

    let app = open_app(&pool);
    let created = app
        .send(register(&with(
            body("ada"),
            "email",
            "ada@example.org".into(),
        )))
        .await;
    assert_eq!(created.status, 201);
    let user = created.json()["user"].clone();
    assert_eq!(user["username"], "ada");
    assert_eq!(user["displayName"], "Some Body");
    assert_eq!(user["email"], "ada@example.org");
    assert_eq!(user["isAdmin"], false);
    assert!(created.cookies().is_empty(), "no session is started");
    let taken = app.send(register(&body("ADA"))).await;
    assert_eq!(taken.outline(), "409 CONFLICT");
    assert_eq!(taken.message(), "Username already exists");
    for (field, value) in [
        ("username", json!("ab")),
        ("username", json!("a".repeat(51))),
        ("displayName", json!(" ")),
        ("password", json!("short77")),
        ("email", json!("unknown")),
        ("isAdmin", json!(true)),
        ("roles", json!(["admin"])),
        ("status", json!("active")),
    ] {
        let denied = app.send(register(&with(body("eve"), field, value))).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{field}");
    }
    let login = json!({ "username": "ada", "password": CHOSEN });
    let waits = app.send(Ask::post("/api/auth/login").json(&login)).await;
    assert_eq!(waits.outline(), "403 FORBIDDEN");
    assert_eq!(app.count("select count(*) from users").await, 1);
}

#[testing::test]
async fn response_does_not_disclose_known_emails(pool: PgPool) {
    let app = open_app(&pool);
    add_user(&pool, "eve", &["user"]).await;
    let mut answers = Vec::new();
    for (username, email) in [("known", "eve@example.org"), ("fresh", "new@example.org")] {
        let answer = app
            .send(register(&with(body(username), "email", email.into())))
            .await;
        let mut user = answer.json();
        user["user"]["id"] = Value::Null;
        let message = user
            .to_string()
            .replace(username, "user")
            .replace(email, "address");
        answers.push((answer.status, message));
    }
    assert_eq!(answers[0], answers[1]);
}

#[testing::test]
async fn page_exists_where_registration_is_open(pool: PgPool) {
    let closed = app(&pool);
    let page = closed.get("/register").await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("Registration is closed") && page.body.contains("href=\"/login\""));
    assert!(!page.body.contains("<form"));
    assert!(!closed.get("/login").await.body.contains("/register"));
    for form in forms("/register", "register", &[]) {
        assert_eq!(closed.send(form).await.status, 403);
    }

    let app = open_app(&pool);
    assert!(app.get("/login").await.body.contains("href=\"/register\""));
    let page = app.get("/register").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("action=\"/register\"") && page.body.contains("name=\"subject\""));
    let [plain, scripted] = forms("/register", "register", &[("email", "a@example.org")]);
    assert_eq!(app.send(plain).await.outline(), "303 to /register/done");
    let denied = app.send(scripted).await;
    assert_eq!(denied.outline(), "409 CONFLICT");
    let errors = &denied.json()["details"]["fields"];
    assert_eq!(errors[0]["message"], "Username already exists");
    let [plain, _] = forms(
        "/register",
        "register",
        &[
            ("email", "typed@example.org"),
            ("display_name", "Typed Name"),
        ],
    );
    let again = app.send(plain).await;
    assert_eq!(again.status, 409);
    for typed in [
        "value=\"ada\"",
        "value=\"Typed Name\"",
        "value=\"typed@example.org\"",
    ] {
        assert!(again.body.contains(typed), "{typed} is not lost");
    }
    assert!(!again.body.contains(CHOSEN));
    assert!(
        app.send(Ask::get("/register/done").cookie("rollcall_done", "registered"))
            .await
            .body
            .contains("pending approval")
    );
}

#[testing::test]
async fn filled_honeypot_keeps_the_typed_values(pool: PgPool) {
    let app = open_app(&pool);
    let [plain, scripted] = forms("/register", "register", &[("subject", "x")]);
    let page = app.send(plain).await;
    assert_eq!(page.status, 422);
    for text in [
        "No account was created",
        "value=\"ada\"",
        "value=\"x\"",
        "href=\"#subject\"",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(page.cookie("rollcall_done").is_none());
    let denied = app.send(scripted).await;
    assert_eq!(denied.outline(), "422 VALIDATION_ERROR");
    assert_eq!(denied.json()["details"]["fields"][0]["field"], "subject");
    let program = with(body("ada"), "subject", "x".into());
    let denied = app.send(register(&program)).await;
    assert_eq!(denied.outline(), "400 VALIDATION_ERROR");
    assert!(denied.message().contains("subject"), "{}", denied.body);
    assert_eq!(app.count("select count(*) from users").await, 0);

    let [plain, _] = forms("/register", "register", &[("subject", "")]);
    assert_eq!(app.send(plain).await.outline(), "303 to /register/done");
}

#[testing::test]
async fn registration_does_not_disclose_deleted_users(pool: PgPool) {
    let app = open_app(&pool);
    add_user(&pool, "ada", &["user"]).await;
    app.run("update users set deleted_at = now(), purge_after = now() + interval '1 day'")
        .await;
    let [plain, scripted] = forms("/register", "register", &[]);
    for ask in [register(&body("ada")), plain, scripted] {
        let denied = app.send(ask).await;
        assert_eq!(denied.status, 409);
        assert!(denied.body.contains("Username already exists"));
        for message in ["deleted user", "deletedUser"] {
            assert!(!denied.body.contains(message), "{}", denied.body);
        }
    }
}

#[testing::test]
async fn registrations_per_address_are_limited(pool: PgPool) {
    let app = open_app(&pool);
    let ip = Ipv4Addr::new(192, 0, 2, 1).into();
    for n in 0..10 {
        let created = app
            .send(register(&body(&format!("user{n}"))).from(ip))
            .await;
        assert_eq!(created.status, 201);
    }
    let [plain, scripted] = forms("/register", "register", &[]);
    for ask in [register(&body("one-more")), plain, scripted] {
        let denied = app.send(ask.from(ip)).await;
        assert_eq!(denied.status, 429);
        let seconds: u64 = denied.header("retry-after").parse().unwrap();
        assert!((1..=900).contains(&seconds));
    }
}

/// Adds a pending registration, and returns its id.
async fn pending(app: &App, username: &str) -> String {
    let created = app.send(register(&body(username))).await;
    created.json()["user"]["id"].as_str().unwrap().to_owned()
}

#[testing::test]
async fn api_lists_and_decides_registrations(pool: PgPool) {
    let app = open_app(&pool);
    add_user(&pool, "boss", &["admin"]).await;
    let boss = session(&pool, "boss").await;
    let (ada, bob) = (pending(&app, "ada").await, pending(&app, "bob").await);
    let list = app.get_as(&boss, "/api/admin/registrations").await;
    let settings = app.get_as(&boss, "/api/admin/registrations/settings").await;
    assert_eq!(
        settings.json(),
        json!({ "allowed": true, "approval": true, "setBy": "environment" })
    );
    assert_eq!(
        (list.header("x-total-count"), list.header("link")),
        ("2", "")
    );
    assert_eq!(list.json()[0]["username"], "ada");

    let decide = |id: &str, word: &str| {
        Ask::post(&format!("/api/admin/registrations/{id}/{word}")).by(&boss)
    };
    let user = app.send(decide(&ada, "approve")).await;
    assert_eq!(
        (user.status, &user.json()["status"]),
        (200, &json!("active"))
    );
    assert_eq!(user.header("etag"), "\"2\"");
    let as_text = decide(&bob, "reject").body("text/plain", r#"{"note":"spam"}"#);
    let denied = app.send(as_text).await;
    assert_eq!(denied.outline(), "400 VALIDATION_ERROR");
    assert!(denied.message().contains("Content-Type"), "{}", denied.body);
    let rejection = decide(&bob, "reject").json(&json!({ "note": "spam" }));
    assert_eq!(app.send(rejection).await.json(), json!({ "success": true }));
    for id in [&ada, &bob] {
        for word in ["approve", "reject"] {
            let again = app.send(decide(id, word)).await;
            assert_eq!(again.outline(), "409 CONFLICT");
            assert!(again.message().contains("already approved or rejected"));
        }
    }
    let odd = decide(&ada, "approve").json(&json!({ "reason": "x" }));
    assert_eq!(app.send(odd).await.outline(), "400 VALIDATION_ERROR");
}

#[testing::test]
async fn navigation_shows_the_pending_count(pool: PgPool) {
    let app = open_app(&pool);
    for (username, role) in [("boss", "admin"), ("audrey", "auditor"), ("uma", "user")] {
        add_user(&pool, username, &[role]).await;
    }
    for username in ["ada", "bob", "eve"] {
        pending(&app, username).await;
    }
    for (username, path, sees) in [
        ("boss", "/users", true),
        ("audrey", "/users", true),
        ("uma", "/account", false),
    ] {
        let session = session(&pool, username).await;
        let page = app.get_as(&session, path).await;
        assert_eq!(page.body.contains("/registrations"), sees, "{username}");
        assert_eq!(page.body.contains(" pending<!></span>"), sees, "{username}");
    }
}

/// Creates an invitation over the API, and returns its id and token.
async fn invite(app: &App, boss: &str, body: &Value) -> (String, String) {
    let created = app
        .send(Ask::post("/api/admin/invitations").by(boss).json(body))
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    let created = created.json();
    let url = created["link"]["url"].as_str().unwrap();
    let token = url.rsplit('/').next().unwrap();
    (created["id"].as_str().unwrap().to_owned(), token.to_owned())
}

#[testing::test]
async fn invitation_leads_to_an_account(pool: PgPool) {
    for index in 0..2 {
        let app = app(&pool);
        let (boss, ada) = (format!("boss{index}"), format!("ada{index}"));
        add_user(&pool, &boss, &["admin"]).await;
        let boss = session(&pool, &boss).await;
        let (_, token) = invite(&app, &boss, &json!({ "roles": ["auditor"], "note": "Ada" })).await;
        let followed = app.get(&format!("/invite/{token}")).await;
        let handle = link_handle(&token);
        assert_eq!(followed.outline(), format!("303 to /invite?link={handle}"));
        let cookie = format!("{COOKIE}_{handle}");
        let (value, attributes) = followed.cookie(&cookie).unwrap();
        assert_eq!(value, token);
        assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"));
        let page = app.send(Ask::get("/invite").link(COOKIE, &token)).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("You've been invited") && page.body.contains("Auditor"));

        let short = forms("/invite", "accept-invitation", &[("password", "short")])[index].clone();
        let denied = app.send(short.link(COOKIE, &token)).await;
        assert_eq!(denied.status, 422);
        let form = forms("/invite", "accept-invitation", &[("username", &ada)])[index].clone();
        let done = app.send(form.clone().link(COOKIE, &token)).await;
        if index == 0 {
            assert_eq!(done.outline(), "303 to /invite/done");
        } else {
            assert_eq!(done.json()["next"], "/invite/done");
        }
        assert!(done.cookie(&cookie).unwrap().1.contains("Max-Age=0"));
        assert!(done.cookie("session_token").is_none());
        let again = app.send(form.link(COOKIE, &token)).await;
        assert_eq!(again.status, 404);
        let page = app.send(Ask::get("/invite").link(COOKIE, &token)).await;
        assert_eq!(page.status, 404);
        assert!(page.body.contains("no longer valid"));
    }
    let app = app(&pool);
    assert!(
        app.send(Ask::get("/invite/done").cookie("rollcall_done", "invited"))
            .await
            .body
            .contains("Account created")
    );
}

#[testing::test]
async fn two_invitations_in_two_tabs_are_independent(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "boss", &["admin"]).await;
    let boss = session(&pool, "boss").await;
    let (_, plain) = invite(&app, &boss, &json!({ "roles": ["user"] })).await;
    let (_, auditor) = invite(&app, &boss, &json!({ "roles": ["auditor"] })).await;
    // The browser has opened both invitations, the auditor's last.
    for (index, (token, username)) in [(&plain, "ada"), (&auditor, "bob")].into_iter().enumerate() {
        let form = forms("/invite", "accept-invitation", &[("username", username)])[index].clone();
        let form = form.link(COOKIE, token);
        let form = [&plain, &auditor].into_iter().fold(form, |form, token| {
            form.cookie(&format!("{COOKIE}_{}", link_handle(token)), token)
        });
        let done = app.send(form).await;
        assert!([200, 303].contains(&done.status), "{}", done.body);
    }
    let roles: Vec<(String, Vec<String>)> = sqlx::query_as(
        "select username, array(
            select r.name from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id order by r.rank
        ) from users u
        where username <> 'boss' order by username",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let expected = [("ada", "user"), ("bob", "auditor")];
    let expected = expected.map(|(name, role)| (name.to_owned(), vec![role.to_owned()]));
    assert_eq!(roles, expected);
}

#[testing::test]
async fn api_manages_invitations(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "boss", &["admin"]).await;
    let boss = session(&pool, "boss").await;
    let (id, token) = invite(&app, &boss, &json!({ "maxUses": 3, "days": 30 })).await;
    let path = format!("/api/admin/invitations/{id}");
    let list = app.get_as(&boss, "/api/admin/invitations").await;
    assert!(!list.body.contains(&token), "a link is shown once");
    let shown = list.json()[0].clone();
    assert_eq!(
        (&shown["state"], &shown["maxUses"]),
        (&json!("open"), &json!(3))
    );
    assert_eq!(shown["roles"], json!(["user"]));
    let renewed = app
        .send(Ask::post(&format!("{path}/resend")).by(&boss))
        .await;
    assert_eq!(renewed.status, 201);
    assert!(!renewed.body.contains(&token));
    let dead = app.send(Ask::get("/invite").link(COOKIE, &token)).await;
    assert_eq!(dead.status, 404);
    let revoke = || Ask::new(axum::http::Method::DELETE, &path).by(&boss);
    assert_eq!(app.send(revoke()).await.json(), json!({ "success": true }));
    assert_eq!(app.send(revoke()).await.outline(), "409 CONFLICT");
    for body in [
        json!({ "maxUses": 1001 }),
        json!({ "days": 0 }),
        json!({ "roles": ["nonsense"] }),
        json!({ "token": "mine" }),
    ] {
        let denied = app
            .send(Ask::post("/api/admin/invitations").by(&boss).json(&body))
            .await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{body}");
    }
}
