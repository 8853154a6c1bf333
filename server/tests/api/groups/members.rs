//! Members of groups: many at once, pasted lists, and groups that are deleted meanwhile.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{crowd::crowd, groups::group, users::id_of};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{GROUPS, prepare};
use crate::support::{Answer, App, Ask, token};

/// Sends a change of the members of a group.
async fn change(app: &App, session: &str, group: Uuid, what: &str, body: &Value) -> Answer {
    let path = format!("{GROUPS}/{group}/{what}");
    app.send(Ask::post(&path).json(body).by(session)).await
}

#[testing::test]
async fn members_are_added_by_id_or_name_and_removed(pool: PgPool) {
    let (app, ada) = prepare(&pool, &["bob", "eve", "fay"]).await;
    let editors = group("Editors").insert(&pool).await;
    let (bob, unknown) = (id_of(&pool, "bob").await, Uuid::from_u128(7));
    let ids = json!({ "ids": [bob, bob, unknown] });
    let added = change(&app, &ada, editors, "members", &ids).await;
    assert_eq!(
        added.json(),
        json!({ "changed": 1, "unchanged": 0, "unknown": [unknown], "skipped": [] })
    );
    let pasted = "bob\nEve; Fay <FAY@example.org>,\tnone-such, a\u{202e}b";
    let names = json!({ "names": [pasted, "eve", "zoe\0"] });
    let added = change(&app, &ada, editors, "members", &names).await.json();
    assert_eq!(
        (&added["changed"], &added["unchanged"]),
        (&json!(2), &json!(1))
    );
    let mut unknown: Vec<&str> = added["unknown"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    unknown.sort_unstable();
    assert_eq!(unknown, ["a\u{202e}b", "none-such", "zoe\0"]);

    let managed = change(
        &app,
        &ada,
        editors,
        "managers",
        &json!({ "names": ["bob"] }),
    )
    .await;
    assert_eq!(managed.json()["changed"], 1);
    let list = format!("{GROUPS}/{editors}/members");
    let listed = app.get_as(&ada, &list).await;
    assert_eq!(listed.header("x-total-count"), "3");
    let rows = listed.json();
    let mut rows = rows.as_array().unwrap().iter();
    let row = rows.find(|row| row["username"] == "bob").unwrap();
    assert_eq!(
        (&row["isManager"], &row["addedBy"]),
        (&json!(true), &json!("ada"))
    );
    for (what, changed) in [
        ("managers/remove", 1),
        ("managers/remove", 0),
        ("members/remove", 1),
        ("members/remove", 0),
    ] {
        let outcome = change(&app, &ada, editors, what, &json!({ "ids": [bob] })).await;
        assert_eq!(outcome.json()["changed"], changed, "{what}");
    }
    assert_eq!(app.get_as(&ada, &list).await.header("x-total-count"), "2");
}

#[testing::test]
async fn ten_thousand_pasted_members_are_added_at_once(pool: PgPool) {
    let (app, ada) = prepare(&pool, &[]).await;
    let editors = group("Editors").insert(&pool).await;
    crowd(9_999, "member-", "Member ").insert(&pool).await;
    let mut lines: Vec<String> = (1..=9_999).map(|n| format!("member-{n}")).collect();
    lines.push("none-such".to_owned());
    // Each name twice, once in capitals.
    let pasted = format!(
        "{0}\n{1}",
        lines.join("\n"),
        lines.join("\n").to_uppercase()
    );
    let added = change(
        &app,
        &ada,
        editors,
        "members",
        &json!({ "names": [pasted] }),
    )
    .await;
    assert_eq!(
        added.json(),
        json!({ "changed": 9_999, "unchanged": 0, "unknown": ["none-such"], "skipped": [] })
    );
    lines.push("one-too-many".to_owned());
    for (body, field) in [
        (json!({ "names": lines }), "names"),
        (json!({ "names": [" ,;\n"] }), "names"),
        (json!({ "ids": [] }), "ids"),
        (json!({}), "ids"),
        (json!({ "ids": [], "names": [] }), "names"),
        (json!({ "ids": ["x"] }), "ids.0"),
    ] {
        for what in ["members", "members/remove", "managers", "managers/remove"] {
            let answer = change(&app, &ada, editors, what, &body).await;
            assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{what}");
            let error = &answer.json()["details"]["fields"][0];
            assert_eq!(error["field"], field, "{what}: {}", answer.body);
        }
    }
}

#[testing::test]
async fn group_is_deleted_while_members_are_added(pool: PgPool) {
    let (app, ada) = prepare(&pool, &[]).await;
    crowd(200, "member-", "Member ").insert(&pool).await;
    for round in 0..4 {
        let editors = group(&format!("Editors {round}")).insert(&pool).await;
        let mut tasks = JoinSet::new();
        for part in 0..4 {
            let names: Vec<String> = (1..=50)
                .map(|n| format!("member-{}", part * 50 + n))
                .collect();
            let (app, ada) = (app.clone(), ada.clone());
            tasks.spawn(async move {
                let body = json!({ "names": names });
                change(&app, &ada, editors, "members", &body).await.status
            });
        }
        let path = format!("{GROUPS}/{editors}");
        let delete = Ask::new(Method::DELETE, &path).by(&ada);
        let deleted = app.send(delete).await;
        assert_eq!(deleted.status, 200, "{}", deleted.body);
        for status in tasks.join_all().await {
            assert!([200, 404].contains(&status), "{status}");
        }
        let again = change(
            &app,
            &ada,
            editors,
            "members",
            &json!({ "names": ["member-1"] }),
        )
        .await;
        assert_eq!(again.outline(), "404 NOT_FOUND");
    }
    for rows in [
        "select count(*) from group_members",
        "select count(*) from group_totals",
    ] {
        assert_eq!(app.count(rows).await, 0, "{rows}");
    }
}

/// Checks that groups are not members: neither another group nor the group itself.
#[testing::test]
async fn group_is_no_member_of_a_group(pool: PgPool) {
    let (app, ada) = prepare(&pool, &[]).await;
    let inner = group("Inner").insert(&pool).await;
    let outer = group("Outer").insert(&pool).await;
    for (group, name) in [(inner, "Inner"), (outer, "Outer")] {
        for body in [json!({ "ids": [group] }), json!({ "names": [name] })] {
            let outcome = change(&app, &ada, outer, "members", &body).await.json();
            assert_eq!(outcome["changed"], 0, "{body}: {outcome}");
            assert_eq!(
                outcome["unknown"].as_array().unwrap().len(),
                1,
                "{body}: {outcome}"
            );
        }
        let nested = json!({ "groups": [group] });
        let denied = change(&app, &ada, outer, "members", &nested).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR");
        assert!(denied.message().contains("groups"), "{}", denied.message());
    }
}

#[testing::test]
async fn new_user_joins_groups(pool: PgPool) {
    let (app, ada) = prepare(&pool, &[]).await;
    let editors = group("Editors").insert(&pool).await;
    group("Core Team").insert(&pool).await;
    let create = |groups: Value| {
        let body = json!({ "username": "bob", "displayName": "Bob", "groups": groups });
        Ask::post("/api/admin/users").json(&body)
    };
    let unknown = app
        .send(create(json!([editors, "No such group"])).by(&ada))
        .await;
    assert_eq!(unknown.outline(), "400 VALIDATION_ERROR");
    assert!(unknown.body.contains("No such group"), "{}", unknown.body);
    let writer = token(&app.services, "ada", &["users:write"]).await;
    let denied = app.send(create(json!([editors])).bearer(&writer)).await;
    assert_eq!(denied.outline(), "403 FORBIDDEN");
    assert_eq!(denied.json()["details"]["permission"], "groups:write");
    let created = app
        .send(create(json!([editors, "core team"])).by(&ada))
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    let path = format!("{}/groups", created.header("location"));
    let groups = app.get_as(&ada, &path).await.json();
    let names: Vec<&Value> = groups
        .as_array()
        .unwrap()
        .iter()
        .map(|group| &group["name"])
        .collect();
    assert_eq!(names, ["Core Team", "Editors"]);
}
