//! Requests with an idempotency key, which are executed once however often they are sent.

mod access;
mod every;

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{roles, sessions::sessions, users};
use tokio::task::JoinSet;

use crate::support::{Answer, App, Ask, PASSWORD, add_password, add_user, app, session, token};

const USERS: &str = "/api/admin/users";

/// Returns an app with two admins, Ada and Bea, and their sessions.
async fn prepare(pool: &PgPool) -> (App, String, String) {
    let app = app(pool);
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "bea", &["admin"]).await;
    let (ada, bea) = (session(pool, "ada").await, session(pool, "bea").await);
    (app, ada, bea)
}

fn cyd() -> Value {
    json!({ "username": "cyd", "displayName": "Cyd", "password": "open sesame" })
}

/// Returns a request that creates Cyd with a temporary password, so that there is no link in the response.
fn create_cyd() -> Ask {
    Ask::post(USERS).json(&cyd())
}

fn persona(name: &str) -> Ask {
    Ask::post("/api/personas")
        .json(&json!({ "name": name, "role": "Analyst", "informationNeed": "Boats" }))
}

fn named(ask: Ask, key: &str) -> Ask {
    ask.header("idempotency-key", key)
}

fn is_replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

async fn entries(app: &App) -> i64 {
    app.count("select count(*) from audit_events").await
}

#[testing::test]
async fn repeated_request_is_executed_once(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let ask = named(create_cyd(), "first").by(&ada);
    let first = app.send(ask.clone()).await;
    assert_eq!(
        (first.status, is_replayed(&first)),
        (201, false),
        "{}",
        first.body
    );
    let again = app.send(ask).await;
    assert!(is_replayed(&again));
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    for name in ["content-type", "location", "etag"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
        assert_ne!(again.header(name), "", "{name}");
    }
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    assert_eq!(entries(&app).await, 1);
    let stored: String = sqlx::query_scalar("select row_to_json(k)::text from idempotency_keys k")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(
        !stored.contains("first") && !stored.contains("sesame"),
        "{stored}"
    );
}

#[testing::test]
async fn key_belongs_to_one_request_of_one_account(pool: PgPool) {
    let (app, ada, bea) = prepare(&pool).await;
    assert_eq!(
        app.send(named(persona("One"), "k").by(&ada)).await.status,
        201
    );
    for other in [
        persona("Two"),
        create_cyd(),
        Ask::post("/api/personas?x=1")
            .json(&json!({ "name": "One", "role": "Analyst", "informationNeed": "Boats" })),
    ] {
        let answer = app.send(named(other, "k").by(&ada)).await;
        assert_eq!(answer.outline(), "409 CONFLICT");
        assert!(answer.body.contains("another request"), "{}", answer.body);
    }
    let of_bea = app.send(named(persona("One"), "k").by(&bea)).await;
    assert_eq!((of_bea.status, is_replayed(&of_bea)), (201, false));
    // The key belongs to the account, whichever credential the request has.
    let session = session(&pool, "ada").await;
    assert!(is_replayed(
        &app.send(named(persona("One"), "k").by(&session)).await
    ));
    assert_eq!(app.count("select count(*) from personas").await, 2);
}

#[testing::test]
async fn token_is_replayed_only_its_own_answers(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let strong = token(&app.services, "ada", &["users:write"]).await;
    let weak = token(&app.services, "ada", &["account"]).await;
    let ask = || named(create_cyd(), "k");
    let first = app.send(ask().bearer(&strong)).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert!(is_replayed(&app.send(ask().bearer(&strong)).await));
    assert!(is_replayed(&app.send(ask().by(&ada)).await));
    let denied = app.send(ask().bearer(&weak)).await;
    assert_eq!(denied.outline(), "409 CONFLICT");
    assert!(denied.body.contains("was completed on"), "{}", denied.body);
}

#[testing::test]
async fn caller_without_the_permissions_is_replayed_nothing(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let ask = || named(create_cyd(), "k").by(&ada);
    assert_eq!(app.send(ask()).await.status, 201);
    let revoke = "delete from user_roles using roles, users
        where role_id = roles.id and user_id = users.id and name = 'admin' and username = 'ada'";
    app.run(revoke).await;
    assert_eq!(app.send(create_cyd().by(&ada)).await.status, 403);
    let denied = app.send(ask()).await;
    assert_eq!(denied.outline(), "409 CONFLICT");
    assert!(
        !is_replayed(&denied) && !denied.body.contains("cyd"),
        "{}",
        denied.body
    );
    // With more permissions than before, the response is returned.
    roles::role("desk")
        .permissions(&["*", "api-keys:resolve"])
        .insert(&pool)
        .await;
    roles::assign(&pool, users::id_of(&pool, "ada").await, &["desk"]).await;
    assert!(is_replayed(&app.send(ask()).await));
}

#[testing::test]
async fn interrupted_request_is_executed_again(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    add_user(&pool, "eve", &["user"]).await;
    sessions(users::id_of(&pool, "eve").await, 5001)
        .browser()
        .insert(&pool)
        .await;
    app.run(
        "create function break_off() returns trigger language plpgsql as $$
            begin
                if (select count(*) from sessions where ended_at is not null) > 5000 then
                    raise exception 'broken off' using errcode = 'admin_shutdown';
                end if;
                return null;
            end
        $$;
        create trigger break_off after update on sessions for each statement execute function break_off()",
    )
    .await;
    let revoke = |expected: u64| {
        let body = json!({ "filter": { "user": "eve" }, "expected": expected });
        let ask = Ask::post("/api/admin/sessions/revoke").by(&ada);
        named(ask.json(&body), &format!("k{expected}"))
    };
    let broken = app.send(revoke(5_001)).await;
    assert_eq!(broken.outline(), "503 UNAVAILABLE", "{}", broken.body);
    app.run("drop trigger break_off on sessions").await;
    // The preview is outdated, and the response does not claim that all of it was done.
    let again = app.send(revoke(5_001)).await;
    assert_eq!(again.outline(), "409 CONFLICT");
    assert!(
        again.message().contains("The number of sessions changed"),
        "{}",
        again.body
    );
    let rest = app.send(revoke(1)).await;
    assert_eq!((rest.status, &rest.json()["sessions"]), (200, &json!(1)));
    assert!(is_replayed(&app.send(revoke(1)).await));
}

#[testing::test]
async fn invalid_key_is_rejected(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let long = "k".repeat(256);
    for key in ["", "a b", "\u{fc}", long.as_str()] {
        let ask = persona("One").bytes("idempotency-key", key.as_bytes());
        let answer = app.send(ask.by(&ada)).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{key:?}");
        assert!(
            answer.body.contains("1 to 255 visible ASCII"),
            "{}",
            answer.body
        );
    }
    let longest = "k".repeat(255);
    assert_eq!(
        app.send(named(persona("One"), &longest).by(&ada))
            .await
            .status,
        201
    );
    assert_eq!(app.count("select count(*) from personas").await, 1);
}

#[testing::test]
async fn key_is_ignored_where_not_needed(pool: PgPool) {
    let (app, ada, bea) = prepare(&pool).await;
    add_password(&pool, &app.services.hasher).await;
    let sign_in = Ask::post("/api/auth/login").json(&json!({
        "username": "bea", "password": PASSWORD
    }));
    let profile = |name: &str| {
        let edit = json!({ "displayName": name });
        Ask::new(Method::PUT, "/api/user/profile")
            .json(&edit)
            .by(&ada)
    };
    for (ask, status) in [
        (sign_in.clone(), 200),
        (sign_in.by(&bea), 200),
        (persona("One"), 401),
        (profile("Ada L."), 200),
        (profile("Ada Lovelace"), 200),
        (Ask::get("/api/personas").by(&ada), 200),
    ] {
        let label = ask.label();
        let answer = app.send(named(ask, "k")).await;
        assert_eq!(answer.status, status, "{label}: {}", answer.body);
    }
    assert_eq!(app.count("select count(*) from idempotency_keys").await, 0);
}

#[testing::test]
async fn requests_without_a_key_skip_the_lookup(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    app.run("drop table idempotency_keys").await;
    assert_eq!(app.send(create_cyd().by(&ada)).await.status, 201);
}

#[testing::test]
async fn rejected_request_can_be_corrected_under_its_key(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let wrong = json!({ "username": "ada", "displayName": "Another", "password": "open sesame" });
    for (ask, status) in [
        (Ask::post(USERS).json(&wrong), 409),
        (Ask::post(USERS).json(&json!({})), 400),
        (Ask::post("/api/nothing").json(&cyd()), 404),
        (create_cyd(), 201),
    ] {
        let label = ask.label();
        let answer = app.send(named(ask, "k").by(&ada)).await;
        assert_eq!(answer.status, status, "{label}: {}", answer.body);
        assert!(!is_replayed(&answer));
    }
}

/// Checks a preview and the change after it, which have the same key: the first does nothing, but is stored as well.
#[testing::test]
async fn request_without_changes_is_replayed(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let ask = Ask::post("/api/admin/sessions/revoke").json(&json!({ "filter": { "user": "bea" } }));
    let ask = named(ask, "k").by(&ada);
    let first = app.send(ask.clone()).await;
    assert_eq!(first.status, 200, "{}", first.body);
    app.run("update sessions set ended_at = now(), ended_reason = 'revoked' where user_id = (select id from users where username = 'bea')").await;
    let again = app.send(ask).await;
    assert_eq!((is_replayed(&again), &again.body), (true, &first.body));
    assert_eq!(entries(&app).await, 0);
}

#[testing::test]
async fn one_of_many_concurrent_requests_is_executed(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let ask = named(persona("One"), "k").by(&ada);
    let mut asked = JoinSet::new();
    for _ in 0..50 {
        let (app, ask) = (app.clone(), ask.clone());
        asked.spawn(async move { app.send(ask).await });
    }
    let answers = asked.join_all().await;
    let mut created = 0;
    for answer in &answers {
        match answer.status {
            201 => created += i32::from(!is_replayed(answer)),
            409 => {
                assert_eq!(answer.header("retry-after"), "1");
                assert_eq!(answer.json()["details"]["retryAfter"], 1);
                assert!(answer.body.contains("already"), "{}", answer.body);
            }
            other => panic!("{other}: {}", answer.body),
        }
    }
    assert_eq!(created, 1);
    assert_eq!(app.count("select count(*) from personas").await, 1);
    let last = app.send(ask).await;
    assert!(is_replayed(&last));
    let first = answers.iter().find(|answer| answer.status == 201).unwrap();
    assert_eq!(last.body, first.body);
}

/// Waits until a request with a key has begun.
async fn begun(app: &App) {
    while app.count("select count(*) from idempotency_keys").await == 0 {}
}

/// Locks the account, lets the client disconnect, and repeats the request once the lock is gone.
#[testing::test]
async fn disconnected_client_gets_the_answer_later(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let ask = named(persona("One"), "k").by(&ada);
    let mut holding = pool.begin().await.unwrap();
    sqlx::query("select 1 from users where username = 'ada' for no key update")
        .execute(&mut *holding)
        .await
        .unwrap();
    tokio::select! {
        answer = app.send(ask.clone()) => panic!("it did not wait for the account: {}", answer.body),
        () = begun(&app) => {}
    }
    let meanwhile = app.send(ask.clone()).await;
    assert_eq!(meanwhile.outline(), "409 CONFLICT");
    assert!(meanwhile.body.contains("already"), "{}", meanwhile.body);
    holding.commit().await.unwrap();
    let later = loop {
        let answer = app.send(ask.clone()).await;
        if answer.status != 409 {
            break answer;
        }
    };
    assert_eq!((later.status, is_replayed(&later)), (201, true));
    assert_eq!(app.count("select count(*) from personas").await, 1);
}

#[testing::test]
async fn oversized_answer_is_not_stored(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let created = app.send(persona("One").by(&ada)).await.json();
    let path = format!(
        "/api/personas/{}/annotations",
        created["id"].as_str().unwrap()
    );
    let mark = |length: usize| {
        let content = json!({ "text": "x".repeat(length) });
        Ask::post(&path).json(&json!({ "videoId": "v", "label": "A boat", "content": content }))
    };
    for (key, length, is_stored) in [("short", 60_000, true), ("long", 70_000, false)] {
        let ask = named(mark(length), key).by(&ada);
        assert_eq!(app.send(ask.clone()).await.status, 201);
        let again = app.send(ask).await;
        assert_eq!(is_replayed(&again), is_stored, "{key}");
        if !is_stored {
            assert_eq!(again.outline(), "409 CONFLICT");
            assert!(
                again.body.contains("Its response is no longer available"),
                "{}",
                again.body
            );
        }
    }
    assert_eq!(app.count("select count(*) from annotations").await, 2);
}

#[testing::test]
async fn key_expires_after_a_day(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    let ask = named(persona("One"), "k").by(&ada);
    assert_eq!(app.send(ask.clone()).await.status, 201);
    app.run("update idempotency_keys set expires_at = expires_at - interval '23:59:00'")
        .await;
    assert!(is_replayed(&app.send(ask.clone()).await));
    app.run("update idempotency_keys set expires_at = expires_at - interval '00:01:00'")
        .await;
    let again = app.send(ask).await;
    assert_eq!((again.status, is_replayed(&again)), (201, false));
    assert_eq!(app.count("select count(*) from personas").await, 2);
    assert_eq!(app.count("select count(*) from idempotency_keys").await, 1);
}
