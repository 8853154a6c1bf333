//! Dates in filters, which are days in the time zone of the requesting account.

use sqlx::PgPool;
use testing::users::user;
use time::macros::datetime;

use crate::support::{App, Ask, add_user, app, session, token};

/// Returns an app with an account of Ada in Kathmandu, where the first of November begins at 18:15 UTC of the day before, and one
/// of Greg without a time zone.
async fn prepare(pool: &PgPool) -> App {
    let app = app(pool);
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "greg", &["admin", "user"]).await;
    for (username, at) in [
        ("before", datetime!(2026-10-31 18:14:59.999999 UTC)),
        ("first", datetime!(2026-10-31 18:15 UTC)),
        ("last", datetime!(2026-11-01 18:14:59.999999 UTC)),
        ("after", datetime!(2026-11-01 18:15 UTC)),
    ] {
        user(username)
            .display_name(username)
            .created_at(at)
            .insert(pool)
            .await;
    }
    app.run(
        "update users set settings = '{\"timeZone\": \"Asia/Kathmandu\"}' where username = 'ada';
        insert into audit_events (at, actor_label, via, action, target_kind, target_id, target_label)
        select created_at, username, 'cli', 'user.created', 'user', id, username from users
        where username in ('before', 'first', 'last', 'after')",
    )
    .await;
    app
}

async fn names(app: &App, ask: Ask, field: &str) -> Vec<String> {
    let answer = app.send(ask).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let rows = answer.json();
    let names = rows.as_array().unwrap().iter();
    let mut names: Vec<String> = names
        .map(|row| row[field].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[testing::test]
async fn days_use_the_time_zone_of_the_caller(pool: PgPool) {
    let app = prepare(&pool).await;
    let of_kathmandu = ["first", "last"].map(str::to_owned);
    let of_utc = ["after", "last"].map(str::to_owned);
    let users = "/api/admin/users?q=created:2026-11-01";
    let audit = "/api/admin/audit?from=2026-11-01&to=2026-11-01";
    let (ada, greg) = (session(&pool, "ada").await, session(&pool, "greg").await);
    assert_eq!(
        names(&app, Ask::get(users).by(&ada), "username").await,
        of_kathmandu
    );
    assert_eq!(
        names(&app, Ask::get(users).by(&greg), "username").await,
        of_utc
    );
    // A program has the time zone of its owner.
    let program = token(&app.services, "ada", &["users:read"]).await;
    assert_eq!(
        names(&app, Ask::get(users).bearer(&program), "username").await,
        of_kathmandu
    );
    for (asker, expected) in [(&ada, &of_kathmandu), (&greg, &of_utc)] {
        let answer = app.get_as(asker, audit).await;
        let entries = answer.json();
        let entries = entries.as_array().unwrap().iter();
        let mut targets: Vec<&str> = entries
            .filter_map(|entry| {
                expected
                    .iter()
                    .find(|name| entry.to_string().contains(&format!("\"{name}\"")))
            })
            .map(String::as_str)
            .collect();
        targets.sort_unstable();
        assert_eq!(
            (answer.json().as_array().unwrap().len(), &targets[..]),
            (2, &expected.each_ref().map(String::as_str)[..])
        );
        let file = app
            .get_as(
                asker,
                "/api/admin/audit/export?format=ndjson&from=2026-11-01&to=2026-11-01",
            )
            .await;
        assert_eq!(file.body.lines().count(), 2);
        assert!(
            expected
                .iter()
                .all(|name| file.body.contains(&format!("\"{name}\""))),
            "{}",
            file.body
        );
    }
}

#[testing::test]
async fn session_filters_use_the_time_zone_of_the_caller(pool: PgPool) {
    let app = prepare(&pool).await;
    let (ada, greg) = (session(&pool, "ada").await, session(&pool, "greg").await);
    for name in ["before", "first", "last", "after"] {
        session(&pool, name).await;
    }
    app.run(
        "update sessions s set created_at = u.created_at from users u
        where u.id = s.user_id and u.username in ('before', 'first', 'last', 'after')",
    )
    .await;
    let path = "/api/admin/sessions?created=2026-11-01";
    assert_eq!(
        names(&app, Ask::get(path).by(&ada), "username").await,
        ["first", "last"]
    );
    assert_eq!(
        names(&app, Ask::get(path).by(&greg), "username").await,
        ["after", "last"]
    );
    let body = serde_json::json!({ "filter": { "created": "<=2026-10-31" }, "expected": 1 });
    let revoke = Ask::post("/api/admin/sessions/revoke").json(&body).by(&ada);
    assert_eq!(app.send(revoke).await.json()["sessions"], 1);
    let left = names(
        &app,
        Ask::get("/api/admin/sessions?created=2026-10..2026-11-01").by(&greg),
        "username",
    )
    .await;
    assert_eq!(left, ["after", "first", "last"]);
}

#[testing::test]
async fn time_zone_is_shown_under_dated_filters(pool: PgPool) {
    let app = prepare(&pool).await;
    let (ada, greg) = (session(&pool, "ada").await, session(&pool, "greg").await);
    for path in [
        "/users?q=created:2026-11-01",
        "/users?q=-last-login:2026..2027&deleted=true",
        "/sessions?seen=%3E2026-11",
        "/audit?to=2026",
    ] {
        for (asker, zone) in [(&ada, "Asia/Kathmandu"), (&greg, "UTC")] {
            let page = app.get_as(asker, path).await;
            let says = format!("Time zone of dates: {zone}");
            assert!(page.body.contains(&says), "{path}: {}", page.body);
        }
    }
    let page = app.get_as(&ada, "/users?q=inactive:90d").await;
    assert!(!page.body.contains("Time zone of dates"));
}
