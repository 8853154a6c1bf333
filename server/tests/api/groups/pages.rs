//! Screens of groups, for admins and for managers.

use serde_json::json;
use sqlx::PgPool;
use testing::{groups::group, resources::client, roles::assign, users::id_of};

use super::prepare;
use crate::support::{Ask, session};

#[testing::test]
async fn manager_opens_the_own_groups_and_nothing_else(pool: PgPool) {
    let (app, _) = prepare(&pool, &["max", "bob", "eve"]).await;
    let [max, bob] = [id_of(&pool, "max").await, id_of(&pool, "bob").await];
    let own = group("Editors").managers(&[max]).members(&[bob]);
    let own = own.insert(&pool).await;
    let other = group("Readers").members(&[max]).insert(&pool).await;
    let manager = session(&pool, "max").await;
    let user = session(&pool, "eve").await;

    let list = app.get_as(&manager, "/groups").await;
    assert_eq!(list.status, 200);
    assert!(list.body.contains("Editors") && !list.body.contains("Readers"));
    let page = app.get_as(&manager, &format!("/groups/{own}")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("bob"), "{}", page.body);
    let denied = app.get_as(&manager, &format!("/groups/{other}")).await;
    assert_eq!(denied.status, 403);
    for path in ["/users", "/overview", "/sessions"] {
        let page = app.get_as(&manager, path).await;
        assert_eq!(page.header("location"), "/account", "{path}");
    }
    for path in ["/groups".to_owned(), format!("/groups/{own}")] {
        let page = app.get_as(&user, &path).await;
        assert_eq!(page.header("location"), "/account", "{path}");
    }
}

#[testing::test]
async fn manager_invites_and_creates_password_links(pool: PgPool) {
    let (app, ada) = prepare(&pool, &["max", "bob", "eve"]).await;
    let [max, bob] = [id_of(&pool, "max").await, id_of(&pool, "bob").await];
    let own = group("Editors").managers(&[max]).members(&[bob]);
    let own = own.insert(&pool).await;
    let eve = id_of(&pool, "eve").await;
    let manager = session(&pool, "max").await;

    let invitations = format!("/api/admin/groups/{own}/invitations");
    let invite = |body| Ask::post(&invitations).json(&body).by(&manager);
    assert_eq!(app.send(invite(json!({}))).await.status, 201);
    let with_role = app.send(invite(json!({ "roles": ["admin"] }))).await;
    assert_eq!(with_role.outline(), "403 FORBIDDEN");
    for (caller, member, status) in [
        (&manager, bob, 201),
        (&manager, eve, 403),
        (&manager, max, 403),
        (&ada, bob, 403),
    ] {
        let path = format!("/api/admin/groups/{own}/members/{member}/reset-link");
        let answer = app.send(Ask::post(&path).json(&json!({})).by(caller)).await;
        assert_eq!(answer.status, status, "{member}: {}", answer.body);
    }
}

#[testing::test]
async fn unknown_names_change_nothing(pool: PgPool) {
    let (app, ada) = prepare(&pool, &["bob"]).await;
    let editors = group("Editors").insert(&pool).await;
    let user = id_of(&pool, "ada").await.to_string();
    let id = editors.to_string();
    let fields = [
        ("as", user.as_str()),
        ("id", id.as_str()),
        ("shown", "Editors"),
        ("names", "bob\nzoe"),
    ];
    let path = format!("/groups/{editors}/add");
    let denied = app.send(Ask::post(&path).form(&fields).by(&ada)).await;
    assert_eq!(denied.status, 422);
    assert!(denied.body.contains("zoe") && denied.body.contains("bob\n"));
    let members = format!("/api/admin/groups/{editors}/members");
    assert_eq!(app.get_as(&ada, &members).await.json(), json!([]));

    let skipping: Vec<_> = fields.into_iter().chain([("skip", "true")]).collect();
    let added = app.send(Ask::post(&path).form(&skipping).by(&ada)).await;
    assert_eq!(added.header("location"), format!("/groups/{editors}"));
    let listed = app.get_as(&ada, &members).await.json();
    assert_eq!(listed[0]["username"], json!("bob"));
    let page = app.get_as(&ada, &format!("/groups/{editors}")).await;
    for text in [
        "Added 1 member to Editors",
        "Skipped 1 name that no user has: zoe.",
        "toast tone-warning",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
}

#[testing::test]
async fn list_of_members_has_the_status_and_possible_password_links(pool: PgPool) {
    let (app, _) = prepare(&pool, &["max", "bob", "eve", "kim", "lea"]).await;
    let [max, bob, eve, kim, lea] = [
        id_of(&pool, "max").await,
        id_of(&pool, "bob").await,
        id_of(&pool, "eve").await,
        id_of(&pool, "kim").await,
        id_of(&pool, "lea").await,
    ];
    assign(&pool, eve, &["auditor"]).await;
    let own = group("Editors")
        .managers(&[max])
        .members(&[bob, eve, kim, lea]);
    let own = own.insert(&pool).await;
    client(&pool, "Six").await;
    app.run(
        "update users set status = 'pending' where username = 'bob';
        update users set client_list = array(select id from clients) where username = 'kim';
        update group_members set password_links = false where user_id in (select id from users where username = 'lea')",
    )
    .await;
    let manager = session(&pool, "max").await;
    let list = app.get_as(&manager, &format!("/groups/{own}")).await;
    assert!(list.body.contains("Pending"), "{}", list.body);
    let reset = |member| format!("/groups/{own}/members/{member}/reset");
    for (member, is_allowed) in [
        (bob, true),
        (eve, false),
        (kim, false),
        (lea, false),
        (max, false),
    ] {
        let path = reset(member);
        assert_eq!(list.body.contains(&path), is_allowed, "{}", list.body);
        let link = format!("/api/admin/groups/{own}/members/{member}/reset-link");
        let ask = Ask::post(&link).json(&json!({})).by(&manager);
        let created = app.send(ask).await;
        assert_eq!(created.status == 201, is_allowed, "{}", created.body);
        let dialog = app.get_as(&manager, &path).await;
        let says = dialog.body.contains("create a password link for");
        assert_eq!(says, !is_allowed, "{member}: {}", dialog.body);
    }
    app.run("update group_members set password_links = not is_manager")
        .await;
    let list = app.get_as(&manager, &format!("/groups/{own}")).await;
    assert!(!list.body.contains(&reset(bob)), "{}", list.body);
}
