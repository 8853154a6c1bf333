//! The audit log over the API.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, add_user, app, session};

const LIST: &str = "/api/admin/audit";

/// Entries of two users and the command line.
const AUDIT_LOG: &str = "
    insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes, reason, ip, request_id)
    select '2026-11-01 10:00Z', u.id, 'ada', 'ui', 'user.updated', 'user', u.id, 'ada', '{\"displayName\": [\"Ada\", \"A.\"]}', 'asked for',
        '192.0.2.1', '00000000-0000-7000-8000-000000000001'
    from users u where u.username = 'ada';
    insert into audit_events (at, actor_label, via, action, target_kind, target_label)
    select '2026-11-02 10:00Z', 'command line', 'cli', 'role.created', 'role', '=helper-' || n from generate_series(1, 3) n";

/// Returns an app with Ada, an admin, and a session of hers.
async fn with_audit_log(pool: &PgPool) -> (App, String) {
    add_user(pool, "ada", &["admin"]).await;
    let app = app(pool);
    app.run(AUDIT_LOG).await;
    let session = session(pool, "ada").await;
    (app, session)
}

async fn get(app: &App, session: &str, query: &str) -> Answer {
    app.get_as(session, &format!("{LIST}?{query}")).await
}

fn rows(answer: &Answer) -> Vec<Value> {
    answer.json().as_array().unwrap().clone()
}

#[testing::test]
async fn entry_has_actor_action_target_and_changes(pool: PgPool) {
    let (app, ada) = with_audit_log(&pool).await;
    let answer = get(&app, &ada, "").await;
    assert_eq!(
        (
            answer.header("x-total-count"),
            answer.header("x-total-count-relation")
        ),
        ("4", "eq")
    );
    let rows = rows(&answer);
    let id: String = sqlx::query_scalar("select id::text from users")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(
        rows[3],
        json!({
            "id": 1,
            "at": "2026-11-01T10:00:00Z",
            "actor": { "id": id, "label": "ada" },
            "via": "ui",
            "token": null,
            "action": "user.updated",
            "target": { "kind": "user", "id": id, "label": "ada" },
            "changes": { "displayName": ["Ada", "A."] },
            "reason": "asked for",
            "ip": "192.0.2.1",
            "requestId": "00000000-0000-7000-8000-000000000001",
            "parentId": null,
        })
    );
    assert_eq!(
        rows[0],
        json!({
            "id": 4,
            "at": "2026-11-02T10:00:00Z",
            "actor": { "id": null, "label": "command line" },
            "via": "cli",
            "token": null,
            "action": "role.created",
            "target": { "kind": "role", "id": null, "label": "=helper-3" },
            "changes": {},
            "reason": null,
            "ip": null,
            "requestId": null,
            "parentId": null,
        })
    );
}

#[testing::test]
async fn filters_and_pages_are_applied(pool: PgPool) {
    let (app, ada) = with_audit_log(&pool).await;
    for (query, ids) in [
        ("actor=ada", &[1][..]),
        ("actor=Command+Line", &[4, 3, 2]),
        ("target=%3Dhelper-2", &[3]),
        ("target=1&via=ui", &[1]),
        ("action=role.created", &[4, 3, 2]),
        ("action=role.deleted", &[]),
        ("from=2026-11-02", &[4, 3, 2]),
        ("to=2026-11-01&actor=", &[1]),
        ("via=job", &[]),
    ] {
        let answer = get(&app, &ada, query).await;
        let found: Vec<i64> = rows(&answer)
            .iter()
            .map(|row| row["id"].as_i64().unwrap())
            .collect();
        assert_eq!(found, ids, "{query}");
        assert_eq!(
            answer.header("x-total-count"),
            ids.len().to_string(),
            "{query}"
        );
    }
    let first = get(&app, &ada, "via=cli&limit=2").await;
    let next = first
        .header("link")
        .split(['<', '>'])
        .nth(1)
        .unwrap()
        .to_owned();
    assert!(
        next.starts_with("/api/admin/audit?via=cli&limit=2&after="),
        "{next}"
    );
    let second = app.get_as(&ada, &next).await;
    assert_eq!(rows(&second).len(), 1);
    let link = second.header("link");
    assert!(link.ends_with("rel=\"prev\""), "{link}");
    let prev = link.split(['<', '>']).nth(1).unwrap().to_owned();
    assert_eq!(rows(&app.get_as(&ada, &prev).await), rows(&first));
}

#[testing::test]
async fn invalid_parameters_are_rejected(pool: PgPool) {
    let (app, ada) = with_audit_log(&pool).await;
    for query in [
        "action=created",
        "via=fax",
        "from=yesterday",
        "from=2026-11-02&to=2026-11-01",
        "limit=1001",
        "limit=0",
        "after=x",
        "actor=a%00b",
    ] {
        let list = get(&app, &ada, query).await;
        assert_eq!(list.outline(), "400 VALIDATION_ERROR", "{query}");
    }
    for query in ["", "format=xml", "format=csv&via=fax"] {
        let file = app.get_as(&ada, &format!("{LIST}/export?{query}")).await;
        assert_eq!(file.outline(), "400 VALIDATION_ERROR", "{query}");
    }
    let exported = "select count(*) from audit_events where action = 'audit.exported'";
    assert_eq!(app.count(exported).await, 0);
}

#[testing::test]
async fn export_is_a_file_and_audited(pool: PgPool) {
    let (app, ada) = with_audit_log(&pool).await;
    for (format, kind, lines) in [
        ("csv", "text/csv; charset=utf-8", 4),
        ("ndjson", "application/x-ndjson", 3),
    ] {
        let path = format!("{LIST}/export?format={format}&via=cli");
        let file = app.get_as(&ada, &path).await;
        assert_eq!((file.status, file.header("content-type")), (200, kind));
        let place = file.header("content-disposition");
        assert!(
            place.starts_with("attachment; filename=\"audit-log-"),
            "{place}"
        );
        assert!(place.ends_with(&format!(".{format}\"")), "{place}");
        assert_eq!(file.body.lines().count(), lines, "{}", file.body);
    }
    let listed = rows(&get(&app, &ada, "action=audit.exported").await);
    let changes: Vec<&Value> = listed.iter().map(|row| &row["changes"]["filter"]).collect();
    assert_eq!(
        changes,
        [&json!([null, "via=cli"]), &json!([null, "via=cli"])]
    );
    assert_eq!(
        (&listed[0]["via"], &listed[0]["actor"]["label"]),
        (&json!("api"), &json!("ada"))
    );
    let of_csv = app
        .get_as(
            &ada,
            &format!("{LIST}/export?format=csv&target=%3Dhelper-2"),
        )
        .await;
    assert!(of_csv.body.contains(",\"'=helper-2\","), "{}", of_csv.body);
}

#[testing::test]
async fn screen_works_without_scripts(pool: PgPool) {
    let (app, ada) = with_audit_log(&pool).await;
    let page = app.get_as(&ada, "/audit?actor=ada").await;
    assert_eq!(page.status, 200);
    for part in [
        "User updated",
        "Ada → A.",
        "asked for",
        "192.0.2.1",
        "format=csv&amp;actor=ada",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    assert!(!page.body.contains("helper-1"));
    let wrong = app.get_as(&ada, "/audit?via=fax").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("is not a source"));
}

/// Changes of timestamps, in each form in which they are stored.
const TIMESTAMPS: &str = r#"
    insert into audit_events (at, actor_label, via, action, target_kind, target_id, target_label, changes)
    select now(), 'command line', 'cli', e.action, 'user', u.id, 'ada', e.changes::jsonb
    from users u, (values
        ('user.suspended', '{"until": ["2026-12-01T08:00:00Z", "2126-12-04T18:00:00Z"]}'),
        ('user.deleted', '{"purgeAfter": [null, "2026-12-29 9:05:00.123456 +00:00:00"]}'),
        ('user.created', '{"link": [null, "until 2026-12-06 9:05:00.0 +00:00:00"]}')
    ) as e (action, changes)
    where u.username = 'ada'"#;

#[testing::test]
async fn timestamps_that_changed_are_shown_as_all_others(pool: PgPool) {
    let (app, ada) = with_audit_log(&pool).await;
    app.run(TIMESTAMPS).await;
    for path in ["/audit", "/users/ada/history"] {
        let page = app.get_as(&ada, path).await;
        assert_eq!(page.status, 200, "{path}");
        for shown in [
            ">1 Dec 2026, 08:00 UTC",
            ">4 Dec 2126, 18:00 UTC",
            ">29 Dec 2026, 09:05 UTC",
            ">6 Dec 2026, 09:05 UTC",
        ] {
            assert!(page.body.contains(shown), "{path} without {shown}");
        }
        for raw in ["T18:00:00Z<", "+00:00:00<"] {
            assert!(!page.body.contains(raw), "{path} with {raw}");
        }
    }
    app.run(
        "update users set settings = '{\"timeZone\": \"Europe/Berlin\"}' where username = 'ada'",
    )
    .await;
    let page = app.get_as(&ada, "/audit").await;
    for shown in [
        ">1 Dec 2026, 09:00",
        "title=\"1 Dec 2026, 09:00 UTC+1\"",
        ">29 Dec 2026, 10:05",
    ] {
        assert!(page.body.contains(shown), "without {shown}");
    }
}

#[testing::test]
async fn screens_have_the_language_of_the_viewer(pool: PgPool) {
    let (app, ada) = with_audit_log(&pool).await;
    for (path, texts) in [
        (
            "/audit",
            &[
                "Audit-Protokoll · Rollcall",
                "Alle Aktionen",
                "Benutzer geändert",
                ", über die Administration",
                "Anzeigename",
            ][..],
        ),
        (
            "/overview",
            &[
                "Übersicht · Rollcall",
                "Handlungsbedarf",
                "Benutzer geändert: ada",
                "Befehlszeile",
            ],
        ),
        ("/settings", &["Einstellungen · Rollcall", "Konfiguration"]),
        (
            "/settings/dialects",
            &["Dialekte · Rollcall", "Konfiguration"],
        ),
        ("/settings/jobs", &["Jobs · Rollcall", "Noch keine Jobs"]),
    ] {
        let ask = Ask::get(path).by(&ada).header("accept-language", "de");
        let page = app.send(ask).await;
        for text in texts {
            assert!(page.body.contains(text), "{path} without {text}");
        }
    }
}
