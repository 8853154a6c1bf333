//! Deleted users, which are in one list, in one order, and in no other list.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;
use testing::{groups::group, roles::role, users::id_of};

use crate::support::{Answer, App, Ask, add_user, app, session};

const DELETED_USERS: &str = "/api/admin/users?deleted=true";

/// Adds nine users, five of them deleted: the odd ones, in pairs at the same time. Returns a session of Ada, an admin.
async fn prepare(app: &App) -> String {
    add_user(&app.pool, "ada", &["admin"]).await;
    for n in 1..=9 {
        let roles: &[&str] = if n > 6 { &["auditor"] } else { &["user"] };
        add_user(&app.pool, &format!("person-{n}"), roles).await;
    }
    app.run(
        "update users set
            deleted_at = now() - (9 - substr(username, 8)::int) / 4 * interval '1 day',
            purge_after = now() + interval '30 days'
        where username like 'person-_' and substr(username, 8)::int % 2 = 1",
    )
    .await;
    session(&app.pool, "ada").await
}

fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let users = answer.json();
    let names = users.as_array().unwrap().iter();
    names
        .map(|user| user["username"].as_str().unwrap().to_owned())
        .collect()
}

/// Returns the address of a neighbouring page in `Link`.
fn neighbour(answer: &Answer, rel: &str) -> Option<String> {
    let end = format!(">; rel=\"{rel}\"");
    let link = answer.header("link").split(", ");
    let mut links =
        link.filter_map(|link| Some(link.strip_suffix(&end)?.strip_prefix('<')?.to_owned()));
    links.next()
}

#[testing::test]
async fn deleted_users_are_paginated_in_both_directions(pool: PgPool) {
    let app = app(&pool);
    let ada = prepare(&app).await;
    let all = names(&app.get_as(&ada, DELETED_USERS).await);
    let mut expected: Vec<String> = sqlx::query_scalar(
        "select username from users where deleted_at is not null order by deleted_at desc, id desc",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!((all.len(), &all), (5, &expected));
    for limit in 1..=5 {
        let mut page = app
            .get_as(&ada, &format!("{DELETED_USERS}&limit={limit}"))
            .await;
        let mut walked = names(&page);
        assert_eq!(page.header("x-total-count"), "5");
        while let Some(next) = neighbour(&page, "next") {
            page = app.get_as(&ada, &next).await;
            walked.extend(names(&page));
        }
        assert_eq!(walked, expected, "by {limit}");
        let mut back = names(&page);
        while let Some(prev) = neighbour(&page, "prev") {
            page = app.get_as(&ada, &prev).await;
            back.splice(0..0, names(&page));
        }
        assert_eq!(back, expected, "back by {limit}");
    }
    expected.retain(|name| name.as_str() > "person-6");
    let auditors = app
        .get_as(&ada, &format!("{DELETED_USERS}&q=role:auditor"))
        .await;
    assert_eq!(names(&auditors), expected);
    assert_eq!(auditors.header("x-total-count"), "2");
    let one = app
        .get_as(&ada, &format!("{DELETED_USERS}&q=person-3"))
        .await;
    assert_eq!(names(&one), ["person-3"]);
    let row = one.json()[0].clone();
    assert!(
        row["deletedAt"].is_string() && row["purgeAfter"].is_string(),
        "{row}"
    );
    assert!(row["_count"]["personas"].is_number(), "{row}");
}

#[testing::test]
async fn user_is_either_listed_or_deleted(pool: PgPool) {
    let app = app(&pool);
    let ada = prepare(&app).await;
    for (path, expected) in [
        ("/api/admin/users", 5),
        ("/api/admin/users?deleted=false", 5),
        ("/api/admin/users?deleted=", 5),
        ("/api/admin/users?q=person", 4),
        ("/api/admin/users?q=role:auditor", 1),
        ("/api/admin/users?q=has:email&sort=personas", 5),
        (DELETED_USERS, 5),
    ] {
        let answer = app.get_as(&ada, path).await;
        assert_eq!(names(&answer).len(), expected, "{path}");
        assert_eq!(
            answer.header("x-total-count"),
            expected.to_string(),
            "{path}"
        );
        for user in answer.json().as_array().unwrap() {
            let deleted = user.get("deletedAt").is_some();
            assert_eq!(deleted, path == DELETED_USERS, "{path}: {user}");
        }
    }
    // A restored user is in the list of users again, and the counts follow.
    app.run("update users set deleted_at = null, purge_after = null where username = 'person-3'")
        .await;
    assert_eq!(names(&app.get_as(&ada, DELETED_USERS).await).len(), 4);
    assert_eq!(names(&app.get_as(&ada, "/api/admin/users").await).len(), 6);
}

#[testing::test]
async fn unsupported_parameters_of_deleted_users_are_rejected(pool: PgPool) {
    let app = app(&pool);
    let ada = prepare(&app).await;
    let list = app.get_as(&ada, "/api/admin/users?limit=1").await;
    let of_list = neighbour(&list, "next").unwrap();
    let of_list = of_list.split("after=").nth(1).unwrap().to_owned();
    for (path, says) in [
        (
            format!("{DELETED_USERS}&sort=name"),
            "sorted by deletion date",
        ),
        (
            format!("{DELETED_USERS}&sort=-created"),
            "sorted by deletion date",
        ),
        (
            "/api/admin/users?deleted=yes".to_owned(),
            "Use true for deleted users",
        ),
        (
            format!("{DELETED_USERS}&limit=0"),
            "is not a number from 1 to",
        ),
        (format!("{DELETED_USERS}&q=statsu:active"), "statsu"),
        (
            format!("{DELETED_USERS}&after={of_list}"),
            "This page does not exist in this list or order",
        ),
        (
            format!("{DELETED_USERS}&after=x&before=y"),
            "either `after` or `before`",
        ),
    ] {
        let answer = app.get_as(&ada, &path).await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(
            answer.message().contains(says),
            "{path}: {}",
            answer.message()
        );
    }
    let outsider = session(&pool, "person-2").await;
    for (ask, status) in [
        (Ask::get(DELETED_USERS), 401),
        (Ask::get(DELETED_USERS).by(&outsider), 403),
        (
            Ask::get("/sfn/users?params[deleted]=true").by(&outsider),
            403,
        ),
    ] {
        assert_eq!(app.send(ask).await.status, status);
    }
}

#[testing::test]
async fn screen_lists_deleted_users(pool: PgPool) {
    let app = app(&pool);
    let ada = prepare(&app).await;
    let list = app.get_as(&ada, "/users").await;
    assert!(list.body.contains("/users?deleted=true") && !list.body.contains("person-9"));
    let deleted = app.get_as(&ada, "/users?deleted=true&q=person-9").await;
    assert_eq!(deleted.status, 200);
    for part in [
        "href=\"/users/person-9\"",
        "Permanent deletion",
        "in 1 month",
        "name=\"deleted\" value=\"true\"",
    ] {
        assert!(deleted.body.contains(part), "{part}: {}", deleted.body);
    }
    assert!(!deleted.body.contains("person-8"));
    let sorted = app.get_as(&ada, "/users?deleted=true&sort=name").await;
    assert_eq!(sorted.status, 422);
    assert!(sorted.body.contains("sorted by deletion date") && !sorted.body.contains("person-8"));
    app.run("update users set deleted_at = null, purge_after = null")
        .await;
    let empty = app.get_as(&ada, "/users?deleted=true").await;
    assert!(empty.body.contains("No deleted users"));
}

#[testing::test]
async fn search_matching_only_deleted_users_links_to_them(pool: PgPool) {
    let app = app(&pool);
    let ada = prepare(&app).await;
    let list = app.get_as(&ada, "/users?q=person-9").await;
    assert!(list.body.contains("No users match"));
    assert!(
        list.body.contains("1 deleted user matches."),
        "{}",
        list.body
    );
    let href = "/users?q=person-9&deleted=true";
    assert!(list.body.contains(&href.replace('&', "&amp;")));
    assert!(
        app.get_as(&ada, href)
            .await
            .body
            .contains("href=\"/users/person-9\"")
    );

    // Searches without a match, and those that match other users as well.
    for search in ["unknown-user", "user", "role:auditor", ""] {
        let list = app.get_as(&ada, &format!("/users?q={search}")).await;
        assert!(!list.body.contains("deleted user"), "{search}");
    }
    app.run("update users set deleted_at = now(), purge_after = now() + interval '1 day' where username = 'person-8'")
        .await;
    let auditors = app.get_as(&ada, "/users?q=role:auditor").await;
    assert!(auditors.body.contains("3 deleted users match."));
}

#[testing::test]
async fn taken_name_links_to_the_deleted_user(pool: PgPool) {
    let app = app(&pool);
    let ada = prepare(&app).await;
    let number: i64 = sqlx::query_scalar("select number from users where username = 'person-9'")
        .fetch_one(&pool)
        .await
        .unwrap();
    let draft = json!({ "username": "Person-9", "displayName": "x" });
    let denied = app
        .send(Ask::post("/api/admin/users").by(&ada).json(&draft))
        .await;
    assert_eq!(denied.outline(), "409 CONFLICT");
    let field = denied.json()["details"]["fields"][0].clone();
    assert_eq!(
        (&field["field"], &field["deletedUser"]),
        (&json!("username"), &json!(number))
    );

    let form = [
        ("username", "person-9"),
        ("display_name", "x"),
        ("access", "link"),
    ];
    let page = app.send(Ask::post("/users/new").by(&ada).form(&form)).await;
    assert_eq!(page.status, 409, "{}", page.body);
    let href = format!("/users/number:{number}");
    assert!(
        page.body.contains(&format!("href=\"{href}\"")),
        "{}",
        page.body
    );
    let found = app.get_as(&ada, &href).await;
    assert_eq!(found.status, 200);
    assert!(found.body.contains("Restore"), "{}", found.body);
}

#[testing::test]
async fn every_listed_user_is_labelled_deleted(pool: PgPool) {
    let app = app(&pool);
    let ada = prepare(&app).await;
    let page = app.get_as(&ada, "/users?deleted=true").await;
    let cells: Vec<&str> = page
        .body
        .split("<td class=\"cell-status\">")
        .skip(1)
        .map(|cell| cell.split("</td>").next().unwrap_or_default())
        .collect();
    assert_eq!(cells.len(), 5, "{}", page.body);
    for cell in cells {
        assert!(
            cell.contains(">Deleted<") && !cell.contains("Active"),
            "{cell}"
        );
    }
}

/// Checks that groups and roles that were deleted while their user was deleted are named when the user is restored.
#[testing::test]
async fn restored_user_has_lost_what_was_deleted_meanwhile(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    role("helper").insert(&pool).await;
    add_user(&pool, "bob", &["user", "helper"]).await;
    let (ada, bob) = (session(&pool, "ada").await, id_of(&pool, "bob").await);
    let kept = group("Kept").members(&[bob]).insert(&pool).await;
    let closed = group("Closed").members(&[bob]).insert(&pool).await;
    let user = format!("/api/admin/users/{bob}");
    let delete = async |path: &str| {
        let deleted = app.send(Ask::new(Method::DELETE, path).by(&ada)).await;
        assert_eq!(deleted.status, 200, "{path}: {}", deleted.body);
    };
    let restore = async || {
        let restored = app
            .send(Ask::post(&format!("{user}/restore")).by(&ada))
            .await;
        assert_eq!(restored.status, 200, "{}", restored.body);
        restored.json()
    };
    delete(&user).await;
    assert_eq!(restore().await.get("lost"), None);
    delete(&user).await;
    delete(&format!("/api/admin/groups/{closed}")).await;
    let restored = restore().await;
    assert_eq!(
        restored["lost"],
        json!({ "groups": ["Closed"], "roles": [], "resources": [] })
    );
    let groups = app.get_as(&ada, &format!("{user}/groups")).await.json();
    assert_eq!(groups[0]["id"], json!(kept));
    assert_eq!(groups.as_array().unwrap().len(), 1);

    delete(&user).await;
    delete(&format!("/api/admin/groups/{kept}")).await;
    let (page, id) = ("/users/bob".to_owned(), bob.to_string());
    let fields = [
        ("page", page.as_str()),
        ("id", &id),
        ("username", "bob"),
        ("operation", "restore"),
    ];
    let form = Ask::post(&page).form(&fields).by(&ada);
    assert_eq!(app.send(form).await.outline(), format!("303 to {page}"));
    let shown = app.get_as(&ada, &page).await;
    assert!(
        shown
            .body
            .contains("Restored bob without what was deleted meanwhile: Kept"),
        "{}",
        shown.body
    );
}
