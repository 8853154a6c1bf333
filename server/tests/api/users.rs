//! The list of users over the API.

use std::cell::Cell;

use serde_json::{Value, json};
use sqlx::PgPool;
use testing::crowd::crowd;
use time::{Duration, macros::datetime};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::support::{Answer, App, Ask, add_user, app, session, token};

const LIST: &str = "/api/admin/users";

/// Returns an app with an admin, and a session of the admin.
async fn with_admin(pool: &PgPool) -> (App, String) {
    add_user(pool, "ada", &["admin", "user"]).await;
    let session = session(pool, "ada").await;
    (app(pool), session)
}

/// Adds a number of users, created one a minute.
async fn add_crowd(pool: &PgPool, users: i32) {
    crowd(users, "crowd-", "Crowd ")
        .created_via("import")
        .created(datetime!(2026-01-01 0:00 UTC), Duration::MINUTE)
        .insert(pool)
        .await;
}

async fn list(app: &App, session: &str, query: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    app.send(Ask::get(&format!("{LIST}?{query}")).by(session))
        .await
}

fn usernames(answer: &Answer) -> Vec<String> {
    let users = answer.json();
    let users = users.as_array().unwrap().iter();
    users
        .map(|user| user["username"].as_str().unwrap().to_owned())
        .collect()
}

/// Returns the address of a link in the `Link` header.
fn link(answer: &Answer, rel: &str) -> Option<String> {
    let wanted = format!("rel=\"{rel}\"");
    let link = answer
        .header("link")
        .split(", ")
        .find(|link| link.ends_with(&wanted))?;
    Some(link.split(['<', '>']).nth(1)?.to_owned())
}

#[testing::test]
async fn user_has_foveas_fields_and_both_counts(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    app.run(
        "insert into personas (id, user_id, name) select gen_random_uuid(), id, 'P' from users, generate_series(1, 3);
        insert into api_keys (id, user_id, provider, name, ciphertext, nonce, key_version, last4, created_at, updated_at)
        select gen_random_uuid(), id, 'OPENAI', 'Key', 'secret-ciphertext', '', 1, '1234', now(), now() from users",
    )
    .await;
    let answer = list(&app, &ada, &[]).await;
    let mut users = answer.json();
    let user = users[0].as_object_mut().unwrap();
    for (field, kind) in [
        ("id", "uuid"),
        ("createdAt", "time"),
        ("updatedAt", "time"),
        ("number", "number"),
    ] {
        let value = user.remove(field).unwrap();
        let fits = match kind {
            "uuid" => value.as_str().unwrap().len() == 36,
            "time" => value.as_str().unwrap().ends_with('Z'),
            _ => value.is_number(),
        };
        assert!(fits, "{field}: {value}");
    }
    let expected = json!([{
        "username": "ada",
        "email": "ada@example.org",
        "displayName": "Ada",
        "isAdmin": true,
        "roles": ["admin", "user"],
        "status": "active",
        "suspendedUntil": null,
        "personaCount": 3,
        "ontologyCount": 0,
        "annotationCount": 0,
        "sessionCount": 1,
        "apiKeyCount": 1,
        "_count": { "personas": 3, "sessions": 1, "apiKeys": 1 },
        "spend": "0",
        "version": 1,
        "lastLoginAt": null,
        "lastActiveAt": null,
    }]);
    assert_eq!(users, expected);
    assert_eq!(
        (
            answer.header("x-total-count"),
            answer.header("x-total-count-relation")
        ),
        ("1", "eq")
    );
    assert_eq!(answer.header("link"), "");
}

#[testing::test]
async fn costs_of_this_month_are_listed_for_readers_of_usage(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    app.run(
        "update user_spend set nanos = 5250000000, month = month_number((now() at time zone 'UTC')::date)",
    )
    .await;
    let listed = list(&app, &ada, &[]).await.json();
    assert_eq!(listed[0]["spend"], "5.25");
    for (scopes, is_shown) in [
        (&["users:read"][..], false),
        (&["users:read", "usage:read"], true),
    ] {
        let token = token(&app.services, "ada", scopes).await;
        let users = app.send(Ask::get(LIST).bearer(&token)).await.json();
        assert_eq!(users[0].get("spend").is_some(), is_shown, "{scopes:?}");
    }
    app.run("update user_spend set month = month - 1").await;
    let listed = list(&app, &ada, &[]).await.json();
    assert_eq!(listed[0]["spend"], "0", "the costs are those of last month");
}

#[testing::test]
async fn next_links_visit_every_user_once(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    add_crowd(&pool, 249).await;
    for (query, size, total) in [
        ("", 100, 250),
        ("?sort=-username&limit=60", 60, 250),
        ("?q=crowd-1&sort=name&limit=7", 7, 111),
    ] {
        let mut address = format!("{LIST}{query}");
        let (mut met, mut last) = (Vec::new(), None);
        loop {
            let page = app.send(Ask::get(&address).by(&ada)).await;
            assert_eq!(
                (page.status, page.header("x-total-count")),
                (200, total.to_string().as_str()),
                "{address}"
            );
            met.extend(usernames(&page));
            assert_eq!(link(&page, "prev").is_some(), last.is_some(), "{address}");
            if let (Some(prev), Some(last)) = (link(&page, "prev"), &last) {
                let before = app.send(Ask::get(&prev).by(&ada)).await;
                assert_eq!(&usernames(&before), last, "back from {address}");
            }
            last = Some(usernames(&page));
            match link(&page, "next") {
                Some(next) => address = next,
                None => break,
            }
            assert_eq!(usernames(&page).len(), size, "a page before {address}");
        }
        let mut once = met.clone();
        once.sort();
        once.dedup();
        assert_eq!((met.len(), once.len()), (total, total), "{query}");
    }
}

#[testing::test]
async fn page_size_is_limited_to_a_thousand(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    add_crowd(&pool, 1_005).await;
    for (limit, length) in [("", 1_000), ("1", 1), (" 7 ", 7), ("1000", 1_000)] {
        let page = list(&app, &ada, &[("limit", limit)]).await;
        assert_eq!(usernames(&page).len(), length, "{limit:?}");
    }
    let newest = list(&app, &ada, &[("limit", "2")]).await;
    assert_eq!(usernames(&newest), ["ada", "crowd-1005"], "newest first");
}

#[testing::test]
async fn searches_find_and_count(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    add_crowd(&pool, 30).await;
    for (q, total) in [
        ("crowd", "30"),
        ("CROWD-30", "1"),
        ("role:admin", "1"),
        ("-role:admin has:email", "0"),
        ("\"'; drop table users; --\"", "0"),
        ("%", "0"),
    ] {
        let page = list(&app, &ada, &[("q", q)]).await;
        assert_eq!(
            (page.status, page.header("x-total-count")),
            (200, total),
            "{q}"
        );
    }
}

/// Returns a forged cursor in the right format.
fn invented(order: &str, value: &Value) -> String {
    use std::fmt::Write;
    let json =
        json!({ "o": order, "v": value, "i": "00000000-0000-7000-8000-000000000000", "n": 1 })
            .to_string();
    // Base64 without a library: six bits at a time.
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: String = json.bytes().fold(String::new(), |mut bits, byte| {
        write!(bits, "{byte:08b}").unwrap();
        bits
    });
    let sextets = bits
        .as_bytes()
        .chunks(6)
        .map(|six| format!("{:0<6}", std::str::from_utf8(six).unwrap()));
    sextets
        .map(|six| char::from(alphabet[usize::from_str_radix(&six, 2).unwrap()]))
        .collect()
}

#[testing::test]
async fn invalid_queries_are_rejected_with_a_sentence(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    add_crowd(&pool, 10).await;
    let page = list(&app, &ada, &[("limit", "2"), ("sort", "name")]).await;
    let next = link(&page, "next").unwrap();
    let cursor = next.split("after=").nth(1).unwrap();
    let (endless, deep) = ("x".repeat(10_000), "(".repeat(400));
    for (query, says) in [
        (
            &[("limit", "0")][..],
            "\"0\" is not a number from 1 to 1000",
        ),
        (&[("limit", "-1")], "\"-1\" is not"),
        (&[("limit", "1000000000")], "\"1000000000\" is not"),
        (&[("limit", "99999999999999999999999")], "is not a number"),
        (&[("limit", "abc")], "\"abc\" is not"),
        (&[("limit", "1.5")], "\"1.5\" is not"),
        (
            &[("sort", "password_hash")],
            "Cannot sort by \"password_hash\"",
        ),
        (&[("sort", "--created")], "Cannot sort by"),
        (
            &[("sort", "created desc; drop table users")],
            "Cannot sort by",
        ),
        (
            &[("after", "made-up")],
            "This page does not exist in this list or order",
        ),
        (
            &[("before", "e30")],
            "This page does not exist in this list or order",
        ),
        (
            &[("after", &endless)],
            "This page does not exist in this list or order",
        ),
        (
            &[("after", "\0")],
            "This page does not exist in this list or order",
        ),
        (&[("after", cursor)], "does not exist in this list or order"),
        (
            &[("after", cursor), ("sort", "-name")],
            "does not exist in this list or order",
        ),
        (
            &[("after", cursor), ("before", cursor), ("sort", "name")],
            "not both",
        ),
        (&[("limit", "1"), ("limit", "2")], "limit"),
        (&[("q", &endless)], "500"),
        (&[("q", &deep)], ""),
        (&[("q", "ada\0")], ""),
        (&[("q", "ada\u{202e}")], ""),
        (&[("q", "\u{feff}")], ""),
        (&[("q", "personas:many")], "\"many\" is not a valid number"),
        (
            &[("q", "personas:>99999999999999999999")],
            "is not a valid number",
        ),
        (&[("q", "statsu:active")], "Did you mean \"status\"?"),
        (&[("q", "created:2026-02-30")], "is not a date"),
        (&[("q", "a OR")], ""),
        (&[("q", "\"open")], ""),
    ] {
        let answer = list(&app, &ada, query).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{query:?}");
        assert!(
            answer.message().contains(says),
            "{query:?}: {}",
            answer.message()
        );
        assert!(
            answer.message().len() < 400,
            "{query:?}: long input is not repeated in full"
        );
    }
    let error = list(&app, &ada, &[("q", "ada statsu:active")]).await.json();
    assert_eq!(
        error["details"],
        json!({ "parameter": "q", "word": [4, 10] })
    );
}

#[testing::test]
async fn forged_cursors_are_rejected(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    add_crowd(&pool, 10).await;
    for (order, value) in [
        ("-created", json!({ "t": i64::MAX })),
        ("-created", json!({ "t": i64::MIN })),
        ("-created", json!({ "t": -300_000_000_000_000_000_i64 })),
        ("-created", json!({ "t": 253_402_300_799_000_000_i64 })),
        ("-last-login", json!({ "t": -300_000_000_000_000_000_i64 })),
        ("last-active", json!({ "t": 253_402_300_799_000_000_i64 })),
        ("last-login", json!({ "t": null })),
        ("created", json!({ "t": null })),
        ("name", json!({ "s": "\0" })),
        ("name", json!({ "s": "\u{10ffff}".repeat(100) })),
        ("name", json!({ "s": "'); drop table users; --" })),
        ("status", json!({ "s": "unknown" })),
        ("role", json!({ "l": ["\0"] })),
        ("role", json!({ "l": ["admin", "{}", "\"", "NULL"] })),
        ("personas", json!({ "n": i32::MAX })),
        ("personas", json!({ "n": i64::MAX })),
        ("personas", json!({ "n": -1 })),
        ("email", json!({ "s": "" })),
    ] {
        for direction in ["after", "before"] {
            let cursor = invented(order, &value);
            let answer = list(&app, &ada, &[("sort", order), (direction, &cursor)]).await;
            assert!(
                [200, 400].contains(&answer.status),
                "{direction} {order} {value}: {}",
                answer.status
            );
        }
    }
}

thread_local! {
    /// Number of statements of this thread, which is one test.
    static STATEMENTS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the statements that sqlx reports.
struct CountStatements;

impl<S: tracing::Subscriber> Layer<S> for CountStatements {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        STATEMENTS.set(STATEMENTS.get() + 1);
    }
}

#[testing::test]
async fn page_takes_constant_statements(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    add_crowd(&pool, 1_000).await;
    let subscriber = tracing_subscriber::registry().with(CountStatements);
    tracing::subscriber::set_global_default(subscriber).unwrap();
    for (path, statements) in [
        ("/api/admin/users?limit=1", 3),
        ("/api/admin/users?limit=1000", 3),
        ("/api/admin/users?q=crowd&sort=-personas&limit=1000", 3),
        (
            "/api/admin/users?q=role:admin+OR+personas:0&sort=last-login",
            4,
        ),
        ("/users", 4),
        ("/users?q=crowd&limit=100", 4),
        ("/sfn/users?params[q]=crowd", 3),
    ] {
        STATEMENTS.set(0);
        assert_eq!(
            app.send(Ask::get(path).by(&ada)).await.status,
            200,
            "{path}"
        );
        let what = "session, rows, counts; of a screen also how many wait; of a search for a role also its id";
        assert_eq!(STATEMENTS.get(), statements, "{path}: {what}");
    }
    // A token costs as many statements as a session.
    let token = token(&app.services, "ada", &["users:read"]).await;
    STATEMENTS.set(0);
    let ask = Ask::get("/api/admin/users?limit=1000").bearer(&token);
    assert_eq!(app.send(ask).await.status, 200);
    assert_eq!(STATEMENTS.get(), 3, "token, rows, counts");
}
