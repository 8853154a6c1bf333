//! Groups over the API.

mod managers;
mod members;
mod pages;

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;
use testing::{crowd::crowd, groups::group, resources, roles, users::id_of};
use tokio::task::JoinSet;

use crate::support::{App, Ask, add_user, app, session};

const GROUPS: &str = "/api/admin/groups";

/// Returns an app with an admin, Ada, and some users. Returns the session of Ada, too.
async fn prepare(pool: &PgPool, usernames: &[&str]) -> (App, String) {
    add_user(pool, "ada", &["admin"]).await;
    for username in usernames {
        add_user(pool, username, &["user"]).await;
    }
    (app(pool), session(pool, "ada").await)
}

#[testing::test]
async fn group_is_created_changed_and_deleted(pool: PgPool) {
    let (app, ada) = prepare(&pool, &["bob"]).await;
    let feature = Ask::new(Method::PUT, "/api/admin/features/chat.call").by(&ada);
    app.send(feature.json(&json!({}))).await;
    let draft = json!({
        "name": "Editors", "description": "They edit.", "features": ["chat.call"], "data": { "a": 1 }, "externalId": "t-1"
    });
    let created = app.send(Ask::post(GROUPS).json(&draft).by(&ada)).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let path = created.header("location").to_owned();
    assert_eq!(app.get_as(&ada, &path).await.json(), created.json());
    assert_eq!(
        created.json()["createdBy"],
        json!(id_of(&pool, "ada").await)
    );

    let edit = |body| {
        let ask = Ask::new(Method::PATCH, &path).json(&body).by(&ada);
        ask.header("if-match", "\"1\"")
    };
    let edited = app
        .send(edit(json!({ "externalId": null, "features": [] })))
        .await;
    assert_eq!(edited.header("etag"), "\"2\"", "{}", edited.body);
    assert_eq!(edited.json()["data"], json!({ "a": 1 }));
    let outdated = app.send(edit(json!({ "name": "Others" }))).await;
    assert_eq!(outdated.outline(), "412 PRECONDITION_FAILED");
    let current = &outdated.json()["details"]["object"]["group"];
    assert_eq!(
        (&current["name"], &current["version"]),
        (&json!("Editors"), &json!(2))
    );

    let members = Ask::post(&format!("{path}/members")).by(&ada);
    app.send(members.json(&json!({ "names": ["bob"] }))).await;
    let preview = app.get_as(&ada, &format!("{path}/deletion-preview")).await;
    assert_eq!(
        preview.json(),
        json!({ "members": 1, "features": 0, "resources": 0, "grants": 0, "limits": 0 })
    );
    let deleted = Ask::new(Method::DELETE, &path).by(&ada);
    assert_eq!(app.send(deleted).await.status, 200);
    assert_eq!(app.get_as(&ada, &path).await.outline(), "404 NOT_FOUND");
}

#[testing::test]
async fn deletion_of_a_group_with_many_members_is_accepted(pool: PgPool) {
    let (app, ada) = prepare(&pool, &[]).await;
    crowd(5_001, "user-", "User ").insert(&pool).await;
    let editors = group("Editors").insert(&pool).await;
    app.run(
        "insert into group_members (group_id, user_id, added_at)
        select g.id, u.id, now() from groups g, users u where u.username like 'user-%'",
    )
    .await;
    let path = format!("{GROUPS}/{editors}");
    let delete = || Ask::new(Method::DELETE, &path).by(&ada);
    let accepted = app.send(delete()).await;
    assert_eq!(accepted.status, 202);
    let again = app.send(delete()).await;
    assert_eq!(again.outline(), "409 CONFLICT");
    assert!(again.message().contains("being deleted"), "{}", again.body);
    let jobs = app.get_as(&ada, "/api/admin/jobs").await.json();
    assert_eq!(
        (&jobs[0]["kind"], &jobs[0]["object"], &jobs[0]["total"]),
        (&json!("delete_group"), &json!("Editors"), &json!(5_001))
    );
    assert_eq!(
        accepted.json(),
        json!({ "success": true, "jobId": jobs[0]["id"] })
    );
}

#[testing::test]
async fn groups_are_listed_and_searched(pool: PgPool) {
    let (app, ada) = prepare(&pool, &["bob"]).await;
    let bob = id_of(&pool, "bob").await;
    group("Éditors").members(&[bob]).insert(&pool).await;
    group("Readers").insert(&pool).await;
    for (path, names) in [
        (GROUPS.to_owned(), &["Éditors", "Readers"][..]),
        (format!("{GROUPS}?q=EDIT"), &["Éditors"]),
        (format!("{GROUPS}?q=%00"), &["Éditors", "Readers"]),
        (format!("/api/admin/users/{bob}/groups"), &["Éditors"]),
        (format!("/api/admin/users/{bob}/groups?q=read"), &[]),
    ] {
        let listed = app.get_as(&ada, &path).await;
        let rows = listed.json();
        let rows = rows.as_array().unwrap().iter();
        let found: Vec<&str> = rows.map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{path}");
        assert_eq!(
            listed.header("x-total-count"),
            names.len().to_string(),
            "{path}"
        );
    }
    let first = app.get_as(&ada, &format!("{GROUPS}?limit=1")).await;
    assert!(
        first.header("link").contains("rel=\"next\""),
        "{}",
        first.header("link")
    );
}

/// Checks the names of groups and of the objects whose names have the same form.
#[testing::test]
async fn names_are_checked(pool: PgPool) {
    let (app, ada) = prepare(&pool, &[]).await;
    group("Taken").insert(&pool).await;
    resources::client(&pool, "Taken").await;
    let (longest, too_long) = ("é".repeat(200), "x".repeat(201));
    for path in [GROUPS, "/api/admin/clients"] {
        for (name, status, code) in [
            ("", 400, "enter_name"),
            (" \n ", 400, "enter_name"),
            ("x", 201, ""),
            (longest.as_str(), 201, ""),
            (too_long.as_str(), 400, "characters_max"),
            ("a\u{202e}b", 400, "control_characters"),
            ("a\u{200b}b", 400, "control_characters"),
            ("a\0b", 400, "control_characters"),
            (" tAKEN ", 409, "_exists"),
        ] {
            let ask = Ask::post(path).json(&json!({ "name": name })).by(&ada);
            let answer = app.send(ask).await;
            assert_eq!(answer.status, status, "{path} {name:?}: {}", answer.body);
            let found = answer.json()["details"]["fields"][0]["code"].clone();
            let found = found.as_str().unwrap_or_default();
            assert!(found.ends_with(code), "{path} {name:?}: {found}");
        }
    }
}

#[testing::test]
async fn unknown_features_are_named(pool: PgPool) {
    let (app, ada) = prepare(&pool, &[]).await;
    let editors = group("Editors").insert(&pool).await;
    for (method, path) in [
        (Method::POST, GROUPS.to_owned()),
        (Method::PATCH, format!("{GROUPS}/{editors}")),
    ] {
        for key in ["planets.move", "Planets", "a\0b"] {
            let body = json!({ "name": "Others", "features": [key] });
            let ask = Ask::new(method.clone(), &path).json(&body).by(&ada);
            let answer = app.send(ask).await;
            assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{path} {key}");
            let error = &answer.json()["details"]["fields"][0];
            assert_eq!(error["field"], "features");
            assert_eq!(error["code"], "feature_unknown");
        }
    }
}

/// Checks that of several editors of the same version one succeeds, and the others get what that one stored.
#[testing::test]
async fn one_of_several_editors_at_once_succeeds(pool: PgPool) {
    let (app, ada) = prepare(&pool, &[]).await;
    let group = group("Editors").insert(&pool).await;
    let client = resources::client(&pool, "ACME").await;
    let resource = resources::resource("models", "gpt").insert(&pool).await;
    let role = roles::role("helper").insert(&pool).await;
    for (path, kind) in [
        (format!("{GROUPS}/{group}"), "group"),
        (format!("/api/admin/clients/{client}"), "client"),
        (format!("/api/admin/resources/{resource}"), "resource"),
        (format!("/api/admin/roles/{role}"), "role"),
    ] {
        let mut editors = JoinSet::new();
        for n in 0..8 {
            let edit = Ask::new(Method::PATCH, &path).header("if-match", "\"1\"");
            let edit = edit.json(&json!({ "name": format!("name-{n}") }));
            let (app, edit) = (app.clone(), edit.by(&ada));
            editors.spawn(async move { app.send(edit).await });
        }
        let answers = editors.join_all().await;
        let (done, outdated): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(done.len(), 1, "{path}");
        let stored = done[0].json();
        for answer in outdated {
            assert_eq!(answer.outline(), "412 PRECONDITION_FAILED", "{path}");
            let current = &answer.json()["details"]["object"][kind];
            assert_eq!(current["name"], stored["name"], "{path}");
        }
        assert_eq!(app.get_as(&ada, &path).await.json()["version"], 2);
    }
}
