//! Sign-in and sign-out over the API.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    time::{Duration, Instant},
};

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::{sleep, timeout};

use crate::support::{Answer, App, Ask, PASSWORD, add_password, add_user, app, id_of, session};

async fn with_ada(pool: &PgPool) -> App {
    let app = app(pool);
    add_user(pool, "ada", &["admin", "user"]).await;
    add_password(pool, &app.services.hasher).await;
    app
}

async fn login(app: &App, body: &Value) -> Answer {
    app.send(Ask::post("/api/auth/login").json(body)).await
}

#[testing::test]
async fn sign_in_matches_fovea_and_sets_the_cookie(pool: PgPool) {
    let app = with_ada(&pool).await;
    let answer = login(&app, &json!({ "username": "ada", "password": PASSWORD })).await;
    assert_eq!(answer.status, 200);
    let ada = json!({
        "id": id_of(&pool, "ada").await,
        "username": "ada",
        "email": "ada@example.org",
        "displayName": "Ada",
        "isAdmin": true,
    });
    assert_eq!(answer.json(), json!({ "user": ada }));
    let (cookie, _) = answer.cookie("session_token").unwrap();
    let me = app.send(Ask::get("/api/auth/me").by(cookie)).await;
    assert_eq!((me.status, me.json()), (200, json!({ "user": ada })));
}

#[testing::test]
async fn user_without_email_has_null(pool: PgPool) {
    let app = with_ada(&pool).await;
    app.run("update users set email = null").await;
    app.run("delete from user_roles").await;
    let user = login(&app, &json!({ "username": "ada", "password": PASSWORD }))
        .await
        .json();
    assert_eq!(
        (&user["user"]["email"], &user["user"]["isAdmin"]),
        (&Value::Null, &json!(false))
    );
}

#[testing::test]
async fn sign_in_errors_match_fovea(pool: PgPool) {
    let app = with_ada(&pool).await;
    for (username, status, password, expected, message) in [
        (
            "ada",
            "active",
            "wrong",
            "401 UNAUTHORIZED",
            "Invalid credentials",
        ),
        (
            "eve",
            "active",
            PASSWORD,
            "401 UNAUTHORIZED",
            "Invalid credentials",
        ),
        (
            "ada",
            "suspended",
            "wrong",
            "401 UNAUTHORIZED",
            "Invalid credentials",
        ),
        (
            "ada",
            "suspended",
            PASSWORD,
            "403 FORBIDDEN",
            "Your account is suspended. Contact your administrator.",
        ),
        (
            "ada",
            "pending",
            PASSWORD,
            "403 FORBIDDEN",
            "Your account is pending approval. You can sign in once an administrator approves it.",
        ),
    ] {
        sqlx::query("update users set status = $1")
            .bind(status)
            .execute(&pool)
            .await
            .unwrap();
        let answer = login(&app, &json!({ "username": username, "password": password })).await;
        assert_eq!(
            (answer.outline().as_str(), answer.message().as_str()),
            (expected, message)
        );
        assert!(answer.cookies().is_empty(), "{message}");
        let known = json!({
            "error": answer.code(), "message": message, "requestId": answer.header("x-request-id")
        });
        assert_eq!(answer.json(), known, "there is nothing else");
    }
}

#[testing::test]
async fn throttled_sign_in_reports_the_delay(pool: PgPool) {
    let app = with_ada(&pool).await;
    let wrong = json!({ "username": "ada", "password": "wrong" });
    for _ in 0..5 {
        assert_eq!(login(&app, &wrong).await.status, 401);
    }
    // Longer than the first delay of a second, which the test itself may take on a slow machine.
    app.run(
        "update login_attempts set blocked_until = now() + interval '30 seconds'
        where blocked_until > last_failed_at",
    )
    .await;
    let denied = login(&app, &json!({ "username": "ADA", "password": PASSWORD })).await;
    assert_eq!(denied.outline(), "429 TOO_MANY_REQUESTS");
    let wait: u64 = denied.header("retry-after").parse().unwrap();
    assert!((20..=30).contains(&wait), "{wait}");
    assert_eq!(denied.json()["details"]["retryAfter"], wait);

    let form = Ask::post("/login").form(&[("username", "ada"), ("password", PASSWORD)]);
    let form = app.send(form).await;
    assert_eq!(form.status, 429);
    let wait: u64 = form.header("retry-after").parse().unwrap();
    assert!((15..=30).contains(&wait), "{wait}");
    assert!(form.body.contains("Too many attempts"), "{}", form.body);
}

/// Name of the cookie by which a browser is recognised.
const DEVICE: &str = "rollcall_device";

#[testing::test]
async fn every_sign_in_remembers_the_browser(pool: PgPool) {
    let app = with_ada(&pool).await;
    let fields = [("username", "ada"), ("password", PASSWORD)];
    let right = json!({ "username": "ada", "password": PASSWORD });
    for ask in [
        Ask::post("/api/auth/login").json(&right),
        Ask::post("/login").form(&fields),
        Ask::post("/sfn/sign-in").form(&fields),
    ] {
        let label = ask.label();
        let answer = app.send(ask.clone()).await;
        let device = answer.cookie(DEVICE).unwrap().0.to_owned();
        let (session, _) = answer.cookie("session_token").unwrap();
        // The cookie stays when the session ends, and is not set again.
        let out = Ask::post("/api/auth/logout").by(session);
        let out = app.send(out.cookie(DEVICE, &device)).await;
        assert!(out.cookie(DEVICE).is_none(), "{label}");
        let again = app.send(ask.cookie(DEVICE, &device)).await;
        assert!(again.cookie("session_token").is_some(), "{label}");
        assert!(again.cookie(DEVICE).is_none(), "{label}");
    }
    let wrong = login(&app, &json!({ "username": "ada", "password": "wrong" })).await;
    assert!(wrong.cookie(DEVICE).is_none());
}

#[testing::test]
async fn owner_signs_in_during_an_attack_on_the_name(pool: PgPool) {
    let app = with_ada(&pool).await;
    let right = json!({ "username": "ada", "password": PASSWORD });
    let started = Instant::now();
    let known = login(&app, &right).await;
    // On a machine that takes long for one password, the attack takes as much longer.
    let limit = Duration::from_secs(5).max(started.elapsed() * 20);
    let device = known.cookie(DEVICE).unwrap().0.to_owned();
    let session = known.cookie("session_token").unwrap().0.to_owned();
    let attack = tokio::spawn({
        let app = app.clone();
        async move {
            let wrong = json!({ "username": "ada", "password": "wrong" });
            for number in 0..60_u128 {
                let network = (0x2001_0db8_0000_0000 + number / 3) << 64;
                let ask = Ask::post("/api/auth/login").json(&wrong);
                let address = Ipv6Addr::from_bits(network | number).into();
                app.send(ask.from(address)).await;
            }
        }
    });
    let elsewhere = Ipv4Addr::new(198, 51, 100, 7).into();
    for _ in 0..4 {
        sleep(Duration::from_millis(200)).await;
        let ask = Ask::post("/api/auth/login").json(&right).from(elsewhere);
        let signed_in = timeout(limit, app.send(ask.cookie(DEVICE, &device)));
        assert_eq!(signed_in.await.unwrap().status, 200);
    }
    let change =
        json!({ "displayName": "Ada", "email": "new@example.org", "currentPassword": PASSWORD });
    let change = Ask::new(Method::PUT, "/api/user/profile").json(&change);
    assert_eq!(app.send(change.by(&session)).await.status, 200);
    attack.await.unwrap();
}

#[testing::test]
async fn invalid_bodies_are_rejected_with_a_sentence(pool: PgPool) {
    let app = with_ada(&pool).await;
    let json = "application/json";
    let endless = format!(
        r#"{{"username":"ada","password":"{}"}}"#,
        "x".repeat(10_000_000)
    );
    let long = format!(r#"{{"username":"{}","password":"x"}}"#, "ä".repeat(300));
    let long_password = format!(r#"{{"username":"ada","password":"{}"}}"#, "x".repeat(1_000));
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    for (kind, body, status, says) in [
        (json, "", 400, "not valid JSON"),
        (json, "{", 400, "not valid JSON"),
        (json, "1e400", 400, "the number is out of range"),
        (
            json,
            r#"{"username":1e400,"password":"x"}"#,
            400,
            "username: the number is out of range.",
        ),
        (json, "null", 400, "invalid type"),
        (json, "[]", 400, "expected a JSON object"),
        (json, &deep, 400, ""),
        (json, "{\"username\":\"\u{0}\"}", 400, ""),
        (json, r#"{"username":"ada"}"#, 400, "password"),
        (json, r#"{"username":1,"password":"x"}"#, 400, "username"),
        (json, r#"{"username":null,"password":"x"}"#, 400, "username"),
        (
            json,
            r#"{"username":"ada","password":["x"]}"#,
            400,
            "password",
        ),
        (
            json,
            r#"{"username":"ada","password":"x","rememberMe":"yes"}"#,
            400,
            "rememberMe",
        ),
        (
            json,
            r#"{"username":"ada","password":"x","isAdmin":true}"#,
            400,
            "isAdmin",
        ),
        (
            json,
            r#"{"username":"ada","password":"x","password":"y"}"#,
            400,
            "password",
        ),
        (
            json,
            r#"{"username":"","password":""}"#,
            400,
            "Enter your username. Enter your password.",
        ),
        (
            json,
            r#"{"username":"  ","password":"x"}"#,
            400,
            "Enter your username.",
        ),
        (
            json,
            r#"{"username":"a\u0000da","password":"x"}"#,
            400,
            "Remove the",
        ),
        (json, &long, 400, "Use at most 254 characters."),
        (json, &long_password, 400, "Use at most"),
        (json, &endless, 413, ""),
        (
            "text/plain",
            r#"{"username":"ada","password":"x"}"#,
            400,
            "Content-Type",
        ),
        (
            "application/x-www-form-urlencoded",
            "username=ada&password=x",
            400,
            "Content-Type",
        ),
    ] {
        let answer = app
            .send(Ask::post("/api/auth/login").body(kind, body))
            .await;
        assert_eq!(answer.status, status, "{kind} {body:.80}: {}", answer.body);
        let code = if status == 413 {
            "PAYLOAD_TOO_LARGE"
        } else {
            "VALIDATION_ERROR"
        };
        assert_eq!(answer.code(), code, "{body:.80}");
        assert!(
            answer.message().contains(says),
            "{body:.80}: {}",
            answer.message()
        );
    }
    let announced = Ask::post("/api/auth/login").body(json, "{}");
    let announced = app
        .send(announced.header("content-length", "10000000"))
        .await;
    assert_eq!(announced.outline(), "413 PAYLOAD_TOO_LARGE");
    assert_eq!(
        app.count("select count(*) from login_attempts").await,
        0,
        "none is an attempt"
    );
}

#[testing::test]
async fn field_errors_are_reported_by_field(pool: PgPool) {
    let app = with_ada(&pool).await;
    let answer = login(&app, &json!({ "username": "", "password": "" })).await;
    let fields = [
        ("username", "enter_username", "Enter your username."),
        ("password", "enter_password", "Enter your password."),
    ];
    let fields: Vec<Value> = fields
        .iter()
        .map(|(field, code, message)| json!({ "field": field, "code": code, "message": message }))
        .collect();
    assert_eq!(answer.json()["details"], json!({ "fields": fields }));
}

#[testing::test]
async fn me_distinguishes_anonymous_and_expired(pool: PgPool) {
    let app = with_ada(&pool).await;
    let anonymous = app.get("/api/auth/me").await;
    assert_eq!(
        (anonymous.outline().as_str(), anonymous.message().as_str()),
        ("401 UNAUTHORIZED", "Not authenticated")
    );
    assert!(anonymous.cookies().is_empty());

    let ended = session(&pool, "ada").await;
    app.run("update sessions set ended_at = now(), ended_reason = 'revoked'")
        .await;
    for cookie in [
        ended.as_str(),
        "made-up",
        &"x".repeat(22),
        &"A".repeat(5_000),
    ] {
        let over = app.send(Ask::get("/api/auth/me").by(cookie)).await;
        assert_eq!(
            (over.outline().as_str(), over.message().as_str()),
            ("401 UNAUTHORIZED", "Session expired")
        );
        let (value, attributes) = over.cookie("session_token").unwrap();
        assert_eq!(value, "", "the cookie is removed");
        assert!(
            attributes.contains("Max-Age=0") && attributes.contains("Path=/"),
            "{attributes}"
        );
    }
}

#[testing::test]
async fn sign_out_ends_the_session_and_always_succeeds(pool: PgPool) {
    let app = with_ada(&pool).await;
    let ada = session(&pool, "ada").await;
    for _ in 0..2 {
        let answer = app.send(Ask::post("/api/auth/logout").by(&ada)).await;
        assert_eq!(
            (answer.status, answer.json()),
            (200, json!({ "success": true }))
        );
        assert_eq!(answer.cookie("session_token").unwrap().0, "");
        assert_eq!(
            app.send(Ask::get("/api/auth/me").by(&ada)).await.status,
            401
        );
    }
    assert_eq!(
        app.count("select count(*) from sessions where ended_reason = 'logout'")
            .await,
        1
    );
    let anonymous = app.send(Ask::post("/api/auth/logout")).await;
    assert_eq!(
        (anonymous.status, anonymous.json()),
        (200, json!({ "success": true }))
    );
}

/// Makes changes of sessions fail from now on, as if the database were shut down.
async fn stop_at_sessions(app: &App) {
    app.run(
        "create function stop() returns trigger language plpgsql as $$
        begin
            raise exception 'terminating connection due to administrator command' using errcode = '57P01';
        end $$;
        create trigger stop before update on sessions for each row execute function stop()",
    )
    .await;
}

#[testing::test]
async fn signed_in_response_survives_a_database_stop(pool: PgPool) {
    let app = with_ada(&pool).await;
    stop_at_sessions(&app).await;
    let answer = login(&app, &json!({ "username": "ada", "password": PASSWORD })).await;
    assert_eq!(answer.status, 200);
    let (cookie, _) = answer.cookie("session_token").unwrap();
    let me = app.send(Ask::get("/api/auth/me").by(cookie)).await;
    assert_eq!(me.status, 200);
}

#[testing::test]
async fn sign_out_during_a_database_stop_can_be_retried(pool: PgPool) {
    let app = with_ada(&pool).await;
    let ada = session(&pool, "ada").await;
    stop_at_sessions(&app).await;
    let failed = app.send(Ask::post("/api/auth/logout").by(&ada)).await;
    assert_eq!(failed.outline(), "503 UNAVAILABLE");
    app.run("drop trigger stop on sessions").await;
    let me = || app.send(Ask::get("/api/auth/me").by(&ada));
    assert_eq!(me().await.status, 200);
    assert_eq!(
        app.send(Ask::post("/api/auth/logout").by(&ada))
            .await
            .status,
        200
    );
    assert_eq!(me().await.status, 401);
}

#[testing::test]
async fn revoked_access_is_denied_on_the_next_request(pool: PgPool) {
    let app = with_ada(&pool).await;
    let ada = session(&pool, "ada").await;
    let list = || app.send(Ask::get("/api/admin/users").by(&ada));
    assert_eq!(list().await.status, 200);
    app.run("delete from user_roles where role_id = (select id from roles where name = 'admin')")
        .await;
    let denied = list().await;
    assert_eq!(
        (denied.outline().as_str(), denied.message().as_str()),
        ("403 FORBIDDEN", "Admin access required")
    );
    app.run("update users set status = 'suspended'").await;
    let denied = list().await;
    assert_eq!(
        (denied.outline().as_str(), denied.message().as_str()),
        ("401 UNAUTHORIZED", "Authentication required")
    );
}
