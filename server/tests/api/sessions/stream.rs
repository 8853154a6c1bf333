//! Events of sessions, as a stream.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use service::sessions::live;
use sqlx::PgPool;
use tokio::{task::JoinHandle, time::timeout};

use super::{id_of, revoke, with_admin};
use crate::support::{App, Ask, add_user, app, session};

const EVENTS: &str = "/api/admin/sessions/events";
/// Timeout that is longer than any step of these tests.
const LONG: Duration = Duration::from_secs(30);

/// Reader of a stream of events.
struct Events {
    body: axum::body::BodyDataStream,
    text: String,
}

impl Events {
    async fn open(app: &App, session: &str, path: &str) -> Self {
        let ask = Ask::get(path)
            .by(session)
            .header("accept-encoding", "gzip, br");
        let response = app.stream(ask).await;
        assert_eq!(response.status(), 200);
        let headers = response.headers();
        assert_eq!(headers["content-type"], "text/event-stream");
        assert!(
            !headers.contains_key("content-encoding"),
            "it is not compressed"
        );
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// Returns the next event: its id and its data. None once the stream has ended.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let prefix = format!("{name}: ");
                    event.lines().find_map(|line| line.strip_prefix(&prefix))
                };
                if let Some(data) = field("data") {
                    assert_eq!(field("event"), Some("changes"));
                    return Some((field("id")?.to_owned(), serde_json::from_str(data).unwrap()));
                }
                continue;
            }
            let piece = timeout(LONG, self.body.next())
                .await
                .expect("no event came")?;
            self.text
                .push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
        }
    }

    /// Reads events until one is about a session, and returns that session.
    async fn until(&mut self, id: &str) -> Value {
        loop {
            let (_, event) = self.next().await.expect("the stream has ended");
            let sessions = event["sessions"].as_array().unwrap();
            if let Some(session) = sessions.iter().find(|session| session["id"] == id) {
                return session.clone();
            }
        }
    }

    async fn is_over(&mut self) -> bool {
        while self.next().await.is_some() {}
        true
    }
}

/// Listens to the database as a server does, until the value is dropped. Waits for the first event of an open stream.
async fn listen(app: &App, events: &mut Events) -> Listening {
    let services = app.services.clone();
    let task = tokio::spawn(async move { live::run(&services).await });
    // The first event says that changes may have been missed.
    let (_, event) = events.next().await.unwrap();
    assert_eq!(event["more"], true);
    Listening(task)
}

struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[testing::test]
async fn changes_are_streamed_from_every_server(pool: PgPool) {
    let (one, ada) = with_admin(&pool).await;
    let other = app(&pool);
    let mut here = Events::open(&one, &ada, EVENTS).await;
    let mut there = Events::open(&other, &ada, EVENTS).await;
    let _listening = [
        listen(&one, &mut here).await,
        listen(&other, &mut there).await,
    ];
    session(&pool, "bob").await;
    let id = id_of(&pool, "bob").await;
    for events in [&mut here, &mut there] {
        let event = events.until(&id).await;
        assert_eq!(event["user"]["username"], "bob");
        assert_eq!(event.get("end"), None);
    }
    revoke(&one, &ada, &id).await;
    for events in [&mut here, &mut there] {
        let event = events.until(&id).await;
        assert_eq!(event["end"]["reason"], "revoked");
        assert_eq!(event["end"]["by"], "ada");
    }
}

#[testing::test]
async fn missed_changes_are_sent_first(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    let since: String = sqlx::query_scalar(
        "select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    session(&pool, "bob").await;
    let id = id_of(&pool, "bob").await;
    let path = format!("{EVENTS}?since={since}");
    let mut events = Events::open(&app, &ada, &path).await;
    assert_eq!(events.until(&id).await["user"]["username"], "bob");
    let wrong = app.get_as(&ada, &format!("{EVENTS}?since=yesterday")).await;
    assert_eq!(wrong.outline(), "400 VALIDATION_ERROR");
}

#[testing::test]
async fn truncated_changes_are_marked(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    let mut events = Events::open(&app, &ada, EVENTS).await;
    let _listening = listen(&app, &mut events).await;
    let bob = testing::users::id_of(&pool, "bob").await;
    testing::sessions::sessions(bob, 101).insert(&pool).await;
    let (_, event) = events.next().await.unwrap();
    assert_eq!(
        (&event["more"], event["sessions"].as_array().unwrap().len()),
        (&true.into(), 0)
    );
}

#[testing::test]
async fn stream_ends_with_session_permission_or_server(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    let mut streams = Vec::new();
    for username in ["eve", "dee"] {
        add_user(&pool, username, &["admin"]).await;
        let session = session(&pool, username).await;
        streams.push(Events::open(&app, &session, EVENTS).await);
    }
    let mut stays = Events::open(&app, &ada, EVENTS).await;
    let _listening = listen(&app, &mut stays).await;
    revoke(&app, &ada, &id_of(&pool, "eve").await).await;
    assert!(streams[0].is_over().await, "the session has ended");
    app.run("delete from user_roles where user_id = (select id from users where username = 'dee')")
        .await;
    assert!(streams[1].is_over().await, "the permission is lost");
    session(&pool, "bob").await;
    stays.until(&id_of(&pool, "bob").await).await;
    app.services.live.stop();
    assert!(stays.is_over().await, "the server stops");
    let mut late = Events::open(&app, &ada, EVENTS).await;
    assert!(late.is_over().await, "and starts no more streams");
}

#[testing::test]
async fn stream_requires_permission(pool: PgPool) {
    let (app, _) = with_admin(&pool).await;
    let bob = session(&pool, "bob").await;
    assert_eq!(app.get_as(&bob, EVENTS).await.outline(), "403 FORBIDDEN");
    assert_eq!(app.get(EVENTS).await.outline(), "401 UNAUTHORIZED");
}

#[testing::test]
async fn account_has_eight_streams(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    let again = session(&pool, "ada").await;
    let mut streams = Vec::new();
    for session in [&ada, &again].into_iter().cycle().take(8) {
        streams.push(Events::open(&app, session, EVENTS).await);
    }
    for session in [&ada, &again] {
        let denied = app.get_as(session, EVENTS).await;
        assert_eq!(denied.outline(), "429 TOO_MANY_REQUESTS");
        assert!(denied.message().contains("Close one"), "{}", denied.body);
    }
    add_user(&pool, "eve", &["admin"]).await;
    let eve = session(&pool, "eve").await;
    Events::open(&app, &eve, EVENTS).await;
    streams.pop();
    Events::open(&app, &ada, EVENTS).await;
}

#[testing::test]
async fn two_hundred_watchers_cost_one_query(pool: PgPool) {
    let (app, _) = with_admin(&pool).await;
    let mut streams = Vec::new();
    for number in 0..25 {
        let username = format!("watcher{number}");
        add_user(&pool, &username, &["admin"]).await;
        let session = session(&pool, &username).await;
        for _ in 0..8 {
            streams.push(Events::open(&app, &session, EVENTS).await);
        }
    }
    let _listening = listen(&app, &mut streams[0]).await;
    for events in &mut streams[1..] {
        events.next().await.unwrap();
    }
    session(&pool, "bob").await;
    let id = id_of(&pool, "bob").await;
    let mut ids = std::collections::BTreeSet::new();
    for events in &mut streams {
        let (at, event) = events.next().await.unwrap();
        assert_eq!(event["sessions"][0]["id"], id.as_str());
        ids.insert(at);
    }
    // One response of the database has one timestamp.
    assert_eq!(ids.len(), 1);
}
