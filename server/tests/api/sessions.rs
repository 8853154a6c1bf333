//! Sessions of all users over the API, on two servers with one database.

mod failed;
mod stream;

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, PASSWORD, add_password, add_user, app, session};

const LIST: &str = "/api/admin/sessions";

/// Returns an app with an admin, Ada, and a session of hers, and Bob.
async fn with_admin(pool: &PgPool) -> (App, String) {
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "bob", &["user"]).await;
    let session = session(pool, "ada").await;
    (app(pool), session)
}

async fn list(app: &App, session: &str, query: &str) -> Answer {
    app.send(Ask::get(&format!("{LIST}?{query}")).by(session))
        .await
}

fn rows(answer: &Answer) -> Vec<Value> {
    answer.json().as_array().unwrap().clone()
}

/// Returns the id of a user's only session.
async fn id_of(pool: &PgPool, username: &str) -> String {
    sqlx::query_scalar("select id::text from live_sessions where username = $1")
        .bind(username)
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn revoke(app: &App, session: &str, id: &str) -> Answer {
    let ask = Ask::new(Method::DELETE, &format!("{LIST}/{id}"));
    app.send(ask.by(session)).await
}

async fn works(app: &App, session: &str) -> bool {
    let me = app.send(Ask::get("/api/auth/me").by(session)).await;
    me.status == 200
}

#[testing::test]
async fn session_has_foveas_nested_and_flat_fields(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    session(&pool, "bob").await;
    app.run(
        "update sessions set ip = '192.0.2.9', user_agent = 'curl/8.9', device = 'curl',
        created_at = created_at - interval '1 minute' where user_id = (select id from users where username = 'bob')",
    )
    .await;
    let answer = list(&app, &ada, "").await;
    assert_eq!(answer.header("x-total-count"), "2");
    let rows = rows(&answer);
    assert_eq!(rows[0]["username"], "ada", "the newest first");
    let id = id_of(&pool, "bob").await;
    let user = testing::users::id_of(&pool, "bob").await.to_string();
    let mut bob = rows[1].as_object().unwrap().clone();
    for time in ["createdAt", "idleExpiresAt", "expiresAt", "lastSeenAt"] {
        assert!(bob.remove(time).unwrap().as_str().unwrap().ends_with('Z'));
    }
    assert_eq!(
        Value::Object(bob),
        json!({
            "id": id,
            "token": format!("...{}", &id.replace('-', "")[24..]),
            "ipAddress": "192.0.2.9",
            "userAgent": "curl/8.9",
            "device": "curl",
            "userId": user,
            "username": "bob",
            "displayName": "Bob",
            "user": { "id": user, "username": "bob", "displayName": "Bob" },
        })
    );
}

#[testing::test]
async fn pages_link_to_their_neighbours(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    for _ in 0..4 {
        session(&pool, "bob").await;
    }
    let first = list(&app, &ada, "user=bob&limit=3").await;
    assert_eq!(
        (rows(&first).len(), first.header("x-total-count")),
        (3, "4")
    );
    let next = first
        .header("link")
        .split(['<', '>'])
        .nth(1)
        .unwrap()
        .to_owned();
    let second = app.get_as(&ada, &next).await;
    assert_eq!(rows(&second).len(), 1);
    assert!(second.header("link").ends_with("rel=\"prev\""));
    let other_order = app.get_as(&ada, &format!("{next}&sort=seen")).await;
    assert_eq!(other_order.outline(), "400 VALIDATION_ERROR");
}

#[testing::test]
async fn session_revoked_on_one_server_fails_on_another(pool: PgPool) {
    let (one, ada) = with_admin(&pool).await;
    let other = app(&pool);
    let bob = session(&pool, "bob").await;
    assert!(works(&other, &bob).await);
    let id = id_of(&pool, "bob").await;
    let done = revoke(&one, &ada, &id).await;
    assert_eq!(
        (done.status, done.json()),
        (200, json!({ "success": true }))
    );
    assert!(!works(&other, &bob).await);
    assert_eq!(
        revoke(&other, &ada, &id).await.message(),
        "Session not found"
    );
    assert_eq!(revoke(&other, &ada, &id).await.status, 404);
    assert_eq!(
        revoke(&one, &ada, "bob").await.outline(),
        "400 VALIDATION_ERROR"
    );
    let ended = rows(&list(&other, &ada, "ended=true").await);
    assert_eq!(
        (&ended[0]["endedReason"], &ended[0]["endedBy"]),
        (&json!("revoked"), &json!("ada"))
    );
}

#[testing::test]
async fn concurrent_page_does_not_revive_its_session(pool: PgPool) {
    let (one, ada) = with_admin(&pool).await;
    let other = app(&pool);
    add_user(&pool, "eve", &["admin"]).await;
    let eve = session(&pool, "eve").await;
    // The lock makes the page wait halfway.
    let mut held = pool.begin().await.unwrap();
    sqlx::query("lock table api_keys in access exclusive mode")
        .execute(&mut *held)
        .await
        .unwrap();
    let page = async { other.get_as(&eve, "/users/bob/keys").await };
    let revoked = async {
        let waits = "select count(*) from pg_locks where not granted";
        while one.count(waits).await == 0 {
            tokio::task::yield_now().await;
        }
        let done = revoke(&one, &ada, &id_of(&pool, "eve").await).await;
        held.commit().await.unwrap();
        done.status
    };
    let (page, revoked) = tokio::join!(page, revoked);
    assert_eq!((page.status, revoked), (200, 200));
    assert!(!works(&other, &eve).await);
    assert_eq!(
        one.count("select count(*) from live_sessions where username = 'eve'")
            .await,
        0
    );
}

#[testing::test]
async fn bulk_revocation_requires_the_shown_count(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    for _ in 0..3 {
        session(&pool, "bob").await;
    }
    let ask = |body: Value| app.send(Ask::post("/api/admin/sessions/revoke").json(&body).by(&ada));
    let filter = json!({ "user": "bob" });
    let shown = ask(json!({ "filter": filter })).await;
    let outcome = json!({ "sessions": 3, "users": 1, "outOfReach": 0 });
    assert_eq!((shown.status, shown.json()), (200, outcome.clone()));
    let changed = ask(json!({ "filter": filter, "expected": 2 })).await;
    assert_eq!(changed.outline(), "409 CONFLICT");
    assert_eq!(changed.json()["details"]["revocation"], outcome);
    let done = ask(json!({ "everyoneButMe": true, "expected": 3 })).await;
    assert_eq!((done.status, done.json()), (200, outcome));
    assert!(works(&app, &ada).await);
    for body in [
        json!({ "filter": { "address": "nowhere" } }),
        json!({ "filter": { "persona": "bob" } }),
        json!({ "expected": -1 }),
    ] {
        assert_eq!(ask(body).await.outline(), "400 VALIDATION_ERROR");
    }
}

#[testing::test]
async fn blank_filter_revokes_no_session(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    let bob = session(&pool, "bob").await;
    // Bob's is the only session that can be revoked.
    for name in ["user", "address", "device", "created", "seen"] {
        for value in ["", " "] {
            let body = json!({ "filter": { name: value }, "expected": 1 });
            let ask = Ask::post("/api/admin/sessions/revoke").json(&body);
            let answer = app.send(ask.by(&ada)).await;
            assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body}");
            let message = format!("`{name}` is empty. Enter a value, or leave it out.");
            assert_eq!(answer.message(), message);
        }
    }
    // The dialog for one user without the field that has the user.
    for user in [&[][..], &[("user", "")]] {
        let form = [
            ("page", "/sessions"),
            ("expected", "1"),
            ("username", "eve"),
        ];
        let form = [&form[..], user].concat();
        let ask = Ask::post("/sessions/revoke").by(&ada).form(&form);
        assert_eq!(app.send(ask).await.status, 409, "{user:?}");
    }
    assert!(works(&app, &bob).await);
}

#[testing::test]
async fn only_the_right_cookie_opens_a_session(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    let bob = session(&pool, "bob").await;
    let id = id_of(&pool, "ada").await;
    let half = &ada[..ada.len() / 2];
    let swapped = format!("{half}{}", &bob[bob.len() / 2..]);
    let upper = ada.to_uppercase();
    for forged in [
        half,
        &swapped,
        &upper,
        &format!("{ada}A"),
        &format!("{ada}="),
        &id,
        &id.replace('-', ""),
        "",
        "\"\"",
        &"A".repeat(4_000),
    ] {
        assert!(!works(&app, forged).await, "{forged}");
    }
    // The stored hash gives no access either.
    let hash: String =
        sqlx::query_scalar("select encode(token_hash, 'base64') from sessions limit 1")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert!(!works(&app, &hash).await);
    // A valid cookie whose session has ended stays invalid.
    app.send(Ask::post("/api/auth/logout").by(&ada)).await;
    for _ in 0..2 {
        assert!(!works(&app, &ada).await);
    }
    assert!(works(&app, &bob).await);
}

#[testing::test]
async fn any_user_agent_can_sign_in(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    add_password(&pool, &app.services.hasher).await;
    let credentials = json!({ "username": "bob", "password": PASSWORD });
    let long = "x".repeat(8_192);
    let binary = b"\xff\xfe Firefox/145.0 \x80";
    for agent in [
        long.as_bytes(),
        binary,
        b"\t",
        b"Firefox/145.0 \xe2\x80\xae Linux",
    ] {
        let login = Ask::post("/api/auth/login").json(&credentials);
        let answer = app.send(login.bytes("user-agent", agent)).await;
        assert_eq!(answer.status, 200);
    }
    let answer = list(&app, &ada, "user=bob").await;
    assert_eq!(rows(&answer).len(), 4);
    for row in rows(&answer) {
        assert!(
            row["userAgent"]
                .as_str()
                .unwrap_or_default()
                .chars()
                .count()
                <= 512
        );
        assert!(
            row["device"]
                .as_str()
                .is_some_and(|device| !device.is_empty())
        );
    }
}

#[testing::test]
async fn lifetimes_use_the_database_clock(pool: PgPool) {
    let (mut late, ada) = with_admin(&pool).await;
    add_password(&pool, &late.services.hasher).await;
    for hours in [-1, 1] {
        late = crate::support::with_clock(&pool, hours);
        let answer = late
            .send(
                Ask::post("/api/auth/login")
                    .json(&json!({ "username": "bob", "password": PASSWORD })),
            )
            .await;
        let (bob, _) = answer.cookie("session_token").unwrap();
        assert!(works(&late, bob).await);
        let lasts: f64 = sqlx::query_scalar(
            "select extract(epoch from expires_at - now())::float8 from live_sessions
            where username = 'bob' order by created_at desc limit 1",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        let week = 7.0 * 24.0 * 3600.0;
        assert!((week - lasts).abs() < 60.0, "{lasts}");
        // A session that was last seen in the future counts as seen now.
        service::last_seen::write(&late.services).await.unwrap();
        let future = "select count(*) from sessions where last_seen_at > now()";
        assert_eq!(late.count(future).await, 0);
    }
    assert!(works(&late, &ada).await);
}
