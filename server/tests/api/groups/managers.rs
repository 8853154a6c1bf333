//! Managers of groups, who administer the members of their groups and nothing else.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{crowd::crowd, groups::group, users::id_of};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{GROUPS, prepare};
use crate::{
    access::endpoints,
    support::{App, Ask, session, token},
};

/// Two groups: Mia manages Editors, and Bob is a member. Others has no manager.
struct World {
    app: App,
    mia: String,
    editors: Uuid,
    others: Uuid,
}

impl World {
    async fn create(pool: &PgPool) -> Self {
        let (app, _) = prepare(pool, &["mia", "max", "bob", "eve"]).await;
        let (mia, max) = (id_of(pool, "mia").await, id_of(pool, "max").await);
        let bob = id_of(pool, "bob").await;
        let editors = group("Editors").managers(&[mia, max]).members(&[bob]);
        Self {
            app,
            mia: session(pool, "mia").await,
            editors: editors.insert(pool).await,
            others: group("Others").members(&[bob]).insert(pool).await,
        }
    }

    /// Sends a request as Mia. Returns the status with the code.
    async fn outline(&self, method: &Method, path: &str, body: &Value) -> String {
        let ask = Ask::new(method.clone(), path).json(body).by(&self.mia);
        self.app.send(ask).await.outline()
    }
}

/// Returns every request about a group, with whether its managers can send it.
fn asks(group: Uuid) -> Vec<(Method, String, Value, bool)> {
    let path = format!("{GROUPS}/{group}");
    let at = |what: &str| format!("{path}/{what}");
    let eve = json!({ "names": ["eve"] });
    let name = json!({ "name": "Mine" });
    vec![
        (Method::GET, path.clone(), json!({}), true),
        (Method::GET, at("members"), json!({}), true),
        (Method::POST, at("members"), eve.clone(), true),
        (Method::POST, at("members/remove"), eve.clone(), true),
        (Method::POST, at("managers"), eve.clone(), false),
        (Method::POST, at("managers/remove"), eve, false),
        (Method::PUT, path.clone(), name.clone(), false),
        (Method::PATCH, path.clone(), name, false),
        (Method::GET, at("deletion-preview"), json!({}), false),
        (Method::DELETE, path.clone(), json!({}), false),
    ]
}

#[testing::test]
async fn manager_administers_the_members_of_the_own_group_only(pool: PgPool) {
    let world = World::create(&pool).await;
    for (method, path, body, is_allowed) in asks(world.editors) {
        let outline = world.outline(&method, &path, &body).await;
        let expected = if is_allowed { "200" } else { "403 FORBIDDEN" };
        assert_eq!(outline, expected, "{method} {path}");
    }
    for group in [world.others, Uuid::from_u128(7)] {
        for (method, path, body, _) in asks(group) {
            let outline = world.outline(&method, &path, &body).await;
            assert_eq!(outline, "403 FORBIDDEN", "{method} {path}");
        }
    }
    let listed = world.app.get_as(&world.mia, GROUPS).await.json();
    let listed: Vec<&Value> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["name"])
        .collect();
    assert_eq!(listed, ["Editors"]);
    for path in [
        "/api/admin/users",
        "/api/admin/roles",
        "/api/admin/resources",
    ] {
        let denied = world.outline(&Method::GET, path, &json!({})).await;
        assert_eq!(denied, "403 FORBIDDEN", "{path}");
    }
}

#[testing::test]
async fn manager_acts_on_no_other_manager_and_no_admin(pool: PgPool) {
    let world = World::create(&pool).await;
    let path = format!("{GROUPS}/{}/members", world.editors);
    for (what, names, changed, skipped) in [
        ("", json!(["ada", "eve"]), 1, json!(["ada"])),
        ("/remove", json!(["max", "bob"]), 1, json!(["max"])),
    ] {
        let ask = Ask::post(&format!("{path}{what}")).json(&json!({ "names": names }));
        let outcome = world.app.send(ask.by(&world.mia)).await.json();
        assert_eq!(outcome["changed"], changed, "{what}: {outcome}");
        assert_eq!(outcome["skipped"], skipped, "{what}: {outcome}");
    }
}

#[testing::test]
async fn user_without_groups_to_manage_is_denied(pool: PgPool) {
    let world = World::create(&pool).await;
    let eve = session(&pool, "eve").await;
    let denied = world.app.get_as(&eve, GROUPS).await;
    assert_eq!(denied.outline(), "403 FORBIDDEN");
    assert!(denied.message().contains("groups:read"), "{}", denied.body);
    for (method, path, body, _) in asks(world.editors) {
        let ask = Ask::new(method.clone(), &path).json(&body).by(&eve);
        let outline = world.app.send(ask).await.outline();
        assert_eq!(outline, "403 FORBIDDEN", "{method} {path}");
    }
}

#[testing::test]
async fn demoted_manager_is_denied_at_the_next_request(pool: PgPool) {
    let world = World::create(&pool).await;
    let (method, path) = (Method::POST, format!("{GROUPS}/{}/members", world.editors));
    let eve = json!({ "names": ["eve"] });
    assert_eq!(world.outline(&method, &path, &eve).await, "200");
    world
        .app
        .run("update group_members set is_manager = false")
        .await;
    for (method, path, body, _) in asks(world.editors) {
        let outline = world.outline(&method, &path, &body).await;
        assert_eq!(outline, "403 FORBIDDEN", "{method} {path}");
    }
}

/// Checks that no scope of a token stands for the management of a group.
#[testing::test]
async fn token_of_a_manager_does_not_reach_the_group(pool: PgPool) {
    let world = World::create(&pool).await;
    let token = token(&world.app.services, "mia", &["account", "data:write"]).await;
    for (method, path, body, _) in asks(world.editors) {
        let ask = Ask::new(method.clone(), &path).json(&body).bearer(&token);
        let outline = world.app.send(ask).await.outline();
        assert_eq!(outline, "403 FORBIDDEN", "{method} {path}");
    }
    let list = world.app.send(Ask::get(GROUPS).bearer(&token)).await;
    assert_eq!(list.outline(), "403 FORBIDDEN");
}

/// Checks that the management of a group opens nothing outside of it.
#[testing::test]
async fn manager_is_denied_every_other_route(pool: PgPool) {
    let world = World::create(&pool).await;
    let mut denied = 0;
    for ask in endpoints() {
        let label = ask.label();
        if !label.contains(" /api/admin/") || label.contains(GROUPS) {
            continue;
        }
        let answer = world.app.send(ask.by(&world.mia)).await;
        assert_eq!(answer.outline(), "403 FORBIDDEN", "{label}");
        let named = answer.json()["details"]["permission"].clone();
        let named = named.as_str().unwrap_or_default();
        assert!(named.contains(':'), "{label}: {}", answer.body);
        denied += 1;
    }
    assert!(denied > 90, "{denied}");
}

/// Checks that each request of a manager who is demoted meanwhile adds all users that it names, or none.
#[testing::test]
async fn manager_who_is_demoted_meanwhile_changes_all_or_nothing(pool: PgPool) {
    const ADDED: &str = "select count(*) from group_members m join groups g on g.id = m.group_id
        join users u on u.id = m.user_id where g.name = 'Editors' and u.username like 'member-%'";
    let world = World::create(&pool).await;
    let ada = session(&pool, "ada").await;
    crowd(200, "member-", "Member ").insert(&pool).await;
    let path = format!("{GROUPS}/{}", world.editors);
    for round in 0..4 {
        let mut tasks = JoinSet::new();
        for part in 0..8 {
            let names: Vec<String> = (1..=25)
                .map(|n| format!("member-{}", part * 25 + n))
                .collect();
            let ask = Ask::post(&format!("{path}/members"));
            let ask = ask.json(&json!({ "names": names })).by(&world.mia);
            let app = world.app.clone();
            tasks.spawn(async move { app.send(ask).await.outline() });
        }
        let mia = json!({ "names": ["mia"] });
        let demote = Ask::post(&format!("{path}/managers/remove"));
        let demoted = world.app.send(demote.json(&mia).by(&ada)).await;
        assert_eq!(demoted.json()["changed"], 1, "{}", demoted.body);
        let outlines = tasks.join_all().await;
        let done = outlines.iter().filter(|outline| *outline == "200").count();
        let denied = outlines
            .iter()
            .filter(|outline| *outline == "403 FORBIDDEN");
        assert_eq!(done + denied.count(), 8, "{outlines:?}");
        let added = world.app.count(ADDED).await;
        assert_eq!(added, i64::try_from(done * 25).unwrap(), "round {round}");
        world
            .app
            .run(
                "delete from group_members where user_id in (select id from users where username like 'member-%');
                update group_members set is_manager = true
                where user_id in (select id from users where username = 'mia')",
            )
            .await;
    }
}
