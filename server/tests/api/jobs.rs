//! Background jobs over the API, and the screen "Settings".

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{groups::group, roles::role};

use crate::support::{Answer, App, Ask, add_user, app, session};

const LIST: &str = "/api/admin/jobs";

/// A removal that is half done, one that has failed, two that are done, and keys that are being re-encrypted.
const JOBS: &str = "
    insert into jobs (id, kind, params, state, done, total, error, created_at, started_at, progressed_at, finished_at)
    select ('00000000-0000-7000-8000-00000000000' || t.n)::uuid, t.kind,
        case t.kind when 'purge' then jsonb_build_object('user_id', gen_random_uuid(), 'username', 'person-' || t.n) else '{}' end,
        t.state, t.done, t.total, t.error, '2026-11-01 10:00Z', '2026-11-01 10:01Z', '2026-11-01 10:02Z', t.ended::timestamptz
    from (values
        (1, 'purge', 'running', 12000, 50000, null, null),
        (2, 'purge', 'failed', 3, 4, 'Another table refers to it.', '2026-11-01 10:03Z'),
        (3, 'purge', 'done', 7, 7, null, '2026-11-01 10:03Z'),
        (4, 'purge', 'done', 0, 0, null, '2026-11-01 10:03Z'),
        (5, 'rotate_keys', 'done', 2, 2, null, '2026-11-01 10:03Z')
    ) as t (n, kind, state, done, total, error, ended)";

/// Returns an app with Ada, an admin, and a session of hers.
async fn with_jobs(pool: &PgPool) -> (App, String) {
    add_user(pool, "ada", &["admin"]).await;
    let app = app(pool);
    app.run(JOBS).await;
    let session = session(pool, "ada").await;
    (app, session)
}

fn rows(answer: &Answer) -> Vec<Value> {
    answer.json().as_array().unwrap().clone()
}

/// Returns the last digits of the ids.
fn ids(answer: &Answer) -> String {
    let rows = rows(answer);
    let ids = rows
        .iter()
        .filter_map(|row| row["id"].as_str()?.chars().last());
    ids.collect()
}

#[testing::test]
async fn job_reports_kind_progress_and_times(pool: PgPool) {
    let (app, ada) = with_jobs(&pool).await;
    let answer = app.get_as(&ada, LIST).await;
    assert_eq!(
        (
            answer.header("x-total-count"),
            answer.header("x-total-count-relation")
        ),
        ("5", "eq")
    );
    assert_eq!(ids(&answer), "15432");
    let rows = rows(&answer);
    let user: String =
        sqlx::query_scalar("select params ->> 'user_id' from jobs where done = 12000")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(
        rows[0],
        json!({
            "id": "00000000-0000-7000-8000-000000000001",
            "kind": "purge",
            "target": { "id": user, "label": "person-1" },
            "object": null,
            "state": "running",
            "done": 12_000,
            "total": 50_000,
            "error": null,
            "createdAt": "2026-11-01T10:00:00Z",
            "startedAt": "2026-11-01T10:01:00Z",
            "progressedAt": "2026-11-01T10:02:00Z",
            "finishedAt": null,
        })
    );
    assert_eq!(
        (&rows[1]["kind"], &rows[1]["target"], &rows[1]["state"]),
        (&json!("rotate_keys"), &Value::Null, &json!("done"))
    );
    assert_eq!(rows[4]["error"], "Another table refers to it.");
}

#[testing::test]
async fn pages_link_in_both_directions(pool: PgPool) {
    let (app, ada) = with_jobs(&pool).await;
    let follow = async |answer: &Answer, rel: &str| {
        let link = answer.header("link").split(", ");
        let mut links = link.filter(|link| link.ends_with(&format!("rel=\"{rel}\"")));
        let path = links.next().unwrap().split(['<', '>']).nth(1).unwrap();
        app.get_as(&ada, path).await
    };
    let first = app.get_as(&ada, &format!("{LIST}?limit=2")).await;
    let second = follow(&first, "next").await;
    let third = follow(&second, "next").await;
    assert_eq!(
        (ids(&first), ids(&second), ids(&third)),
        ("15".into(), "43".into(), "2".into())
    );
    assert!(!third.header("link").contains("next"));
    let back = follow(&third, "prev").await;
    assert_eq!(ids(&back), "43");
    assert_eq!(ids(&follow(&back, "prev").await), "15");
    let failed = app.get_as(&ada, &format!("{LIST}?state=failed")).await;
    assert_eq!(
        (ids(&failed), failed.header("x-total-count")),
        ("2".into(), "1")
    );
    for query in ["state=cancelled", "limit=0", "after=x"] {
        let denied = app.get_as(&ada, &format!("{LIST}?{query}")).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{query}");
    }
}

#[testing::test]
async fn failed_job_is_retried_and_audited(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "eve", &["user"]).await;
    let app = app(&pool);
    app.run(
        "update users set deleted_at = now(), purge_after = now() where username = 'eve';
        insert into jobs (id, kind, params, state, error, created_at, finished_at)
        select '00000000-0000-7000-8000-000000000001', 'purge', jsonb_build_object('user_id', id, 'username', username),
            'failed', 'x', now(), now() from users where username = 'eve'",
    )
    .await;
    let ada = session(&pool, "ada").await;
    let retry = Ask::post(&format!(
        "{LIST}/00000000-0000-7000-8000-000000000001/retry"
    ))
    .by(&ada);
    assert_eq!(
        app.send(retry.clone()).await.json(),
        json!({ "success": true })
    );
    assert_eq!(
        app.count("select count(*) from jobs where state = 'queued' and error is null")
            .await,
        1
    );
    assert_eq!(app.send(retry).await.outline(), "409 CONFLICT");
    let audited = "select count(*) from audit_events
        where action = 'user.purge_retried' and target_label = 'eve' and actor_label = 'ada' and via = 'api'";
    assert_eq!(app.count(audited).await, 1);
    let none = Ask::post(&format!("{LIST}/x/retry")).by(&ada);
    assert_eq!(app.send(none).await.outline(), "400 VALIDATION_ERROR");
}

#[testing::test]
async fn screens_list_jobs(pool: PgPool) {
    let (app, ada) = with_jobs(&pool).await;
    let page = app.get_as(&ada, "/settings/jobs").await;
    assert_eq!(page.status, 200);
    for part in [
        "Permanently delete person-1",
        "12,000 of 50,000",
        "Another table refers to it.",
        "Re-encrypt API keys",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    let wrong = app.get_as(&ada, "/settings/jobs?state=lost").await;
    assert_eq!(wrong.status, 422);
    let settings = app.get_as(&ada, "/settings").await;
    assert_eq!(settings.status, 200);
    assert!(settings.body.contains("PostgreSQL"));
}

#[testing::test]
async fn lists_mark_what_a_job_is_deleting(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    group("Editors").insert(&pool).await;
    role("helper").insert(&pool).await;
    let feature = Ask::new(Method::PUT, "/api/admin/features/lab.use").json(&json!({}));
    assert_eq!(app.send(feature.by(&ada)).await.status, 200);
    let lists = ["/groups", "/roles", "/features"];
    let mark = "Being deleted";
    for path in lists {
        let list = app.get_as(&ada, path).await;
        assert!(!list.body.contains(mark), "{path}: {}", list.body);
    }
    app.run(
        "insert into jobs (id, kind, params, total, created_at)
        select uuid_v7(now()), o.kind, jsonb_build_object('object_id', o.id, 'name', o.id), 1, now()
        from (
            select 'delete_group' as kind, id::text as id from groups where name = 'Editors'
            union all select 'delete_role', id::text from roles where name = 'helper'
            union all select 'delete_feature', key from features where key = 'lab.use'
        ) o",
    )
    .await;
    for path in lists {
        let list = app.get_as(&ada, path).await;
        assert!(list.body.contains(mark), "{path}: {}", list.body);
    }
}
