//! Large bodies that an account sends at once.

use std::time::Duration;

use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::support::{App, Ask, add_user, app, session};

const PERSONAS: &str = "/api/personas";

/// Sends a body of `bytes` spaces, which is not JSON. Returns the status of the response.
async fn send(app: &App, session: &str, bytes: usize) -> u16 {
    let ask = Ask::post(PERSONAS).body("application/json", " ".repeat(bytes));
    app.send(ask.by(session)).await.status
}

/// Sends a large body until it is answered with a status: others have to arrive or to end first.
async fn await_status(app: &App, session: &str, status: u16) {
    for _ in 0..2_000 {
        if send(app, session, 70_000).await == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never {status}");
}

#[testing::test]
async fn account_sends_eight_large_bodies_at_once(pool: PgPool) {
    let app = app(&pool);
    for username in ["ada", "bob"] {
        add_user(&pool, username, &["user"]).await;
    }
    let (ada, bob) = (session(&pool, "ada").await, session(&pool, "bob").await);
    assert_eq!(send(&app, &ada, 70_000).await, 400);
    let mut held = JoinSet::new();
    for _ in 0..8 {
        let (app, ask) = (app.clone(), Ask::post(PERSONAS).by(&ada));
        let ask = ask.header("content-type", "application/json");
        held.spawn(async move { app.send_without_end(ask).await });
    }
    await_status(&app, &ada, 429).await;
    let ask = Ask::post(PERSONAS).body("application/json", " ".repeat(70_000));
    let denied = app.send(ask.by(&ada)).await;
    assert_eq!(denied.outline(), "429 TOO_MANY_REQUESTS");
    assert!(denied.message().contains("Wait for one"), "{}", denied.body);
    // Small bodies, and those of other accounts, are accepted.
    assert_eq!(send(&app, &ada, 60_000).await, 400);
    assert_eq!(send(&app, &bob, 70_000).await, 400);
    held.shutdown().await;
    assert_eq!(send(&app, &ada, 70_000).await, 400);
}

#[testing::test]
async fn long_form_without_a_session_is_not_read(pool: PgPool) {
    let app = app(&pool);
    let form = "application/x-www-form-urlencoded";
    for (path, status) in [
        ("/groups/1/add", 303),
        ("/sfn/add-group-members", 401),
        ("/groups/1/edit", 413),
    ] {
        let ask = Ask::post(path).header("content-type", form);
        let ask = ask.header("content-length", "900000");
        // The body does not end: a handler that reads it waits.
        let answer = app.send_without_end(ask);
        let answer = tokio::time::timeout(Duration::from_secs(20), answer).await;
        assert_eq!(answer.unwrap().status().as_u16(), status, "{path}");
    }
    let fields = [("names", "bob")];
    let short = app.send(Ask::post("/groups/1/add").form(&fields)).await;
    assert_eq!(short.status, 401, "{}", short.outline());
    assert!(
        short.body.contains("bob"),
        "the sign-in page carries the form"
    );
}
