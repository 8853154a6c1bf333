//! Deletions that a server continues as jobs.

use serde_json::json;
use sqlx::PgPool;
use testing::crowd::crowd;

use super::with_server;

#[testing::test]
async fn large_deletion_is_started_and_names_its_job(pool: PgPool) {
    let (direct, _server, remote) = with_server(&pool).await;
    crowd(5_001, "user-", "User ").insert(&pool).await;
    direct.rollcall(&["role", "create", "helper"]).text();
    direct.rollcall(&["group", "create", "Editors"]).text();
    direct.rollcall(&["feature", "set", "lab.use"]).text();
    direct
        .prepare(
            "insert into user_roles (user_id, role_id, granted_at)
            select u.id, r.id, now() from users u, roles r where u.username like 'user-%' and r.name = 'helper';
            insert into group_members (group_id, user_id, added_at)
            select g.id, u.id, now() from users u, groups g where u.username like 'user-%';
            insert into groups (id, name, features, created_at, updated_at)
            select uuid_v7(now()), 'Group ' || n, '{\"lab.use\": true}', now(), now() from generate_series(1, 5001) n",
        )
        .await;
    for (resource, key, name) in [
        ("role", "helper", "the role helper"),
        ("group", "Editors", "the group Editors"),
        ("feature", "lab.use", "the feature lab.use"),
    ] {
        let deleted = remote.rollcall(&[resource, "delete", key, "--yes"]).text();
        let job: String = sqlx::query_scalar("select id::text from jobs where kind = $1")
            .bind(format!("delete_{resource}"))
            .fetch_one(&pool)
            .await
            .unwrap();
        let started = format!("Started the deletion of {name}: job {job}.\n");
        assert_eq!(deleted, started);
    }
}

#[testing::test]
async fn small_deletion_is_complete(pool: PgPool) {
    let (direct, _server, remote) = with_server(&pool).await;
    direct.rollcall(&["feature", "set", "lab.use"]).text();
    direct.rollcall(&["feature", "set", "lab.see"]).text();
    let deleted = remote.rollcall(&["feature", "delete", "lab.use", "--yes"]);
    assert_eq!(deleted.text(), "Deleted the feature lab.use.\n");
    let deleted = remote.rollcall(&["feature", "delete", "lab.see", "--yes", "--json"]);
    assert_eq!(deleted.json(), json!({ "success": true }));
}
