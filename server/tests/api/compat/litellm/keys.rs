//! Virtual keys.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use super::{ask, assert_own, done, get, post, with_litellm};
use crate::support::{add_user, token};

#[testing::test]
async fn key_is_created_used_changed_and_deleted(pool: PgPool) {
    let app = with_litellm(&pool);
    let new = json!({ "user_id": "u-1", "auto_create_key": false });
    done(&app, "/user/new", &new).await;
    let wanted = json!({
        "user_id": "u-1", "key_alias": "lab", "duration": "36h", "models": ["gpt"], "max_budget": 2, "metadata": { "a": 1 },
    });
    let created = done(&app, "/key/generate", &wanted).await;
    let key = created["key"].as_str().unwrap().to_owned();
    let id = created["token"].as_str().unwrap().to_owned();
    assert_eq!(created["user_id"], "u-1");
    assert_eq!(created["max_budget"], 2.0);
    assert_eq!(created["spend"], 0.0);
    assert_eq!(created["models"], json!(["gpt"]));
    let days: f64 = sqlx::query_scalar(
        "select extract(epoch from expires_at - created_at)::float8 / 86400 from access_tokens",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(days.round(), 2.0, "lifetimes are whole days");
    for named in [&key, &id] {
        let info = get(&app, &format!("/key/info?key={named}")).await.json();
        assert_eq!(info["info"]["key_alias"], "lab");
        assert_eq!(info["info"]["metadata"], json!({ "a": 1 }));
    }
    let used = "insert into balances (token_id, metric, period, period_start, used)
        select id, 'cost', 'total', now(), 500000000 from access_tokens";
    sqlx::raw_sql(used).execute(&pool).await.unwrap();
    let own = app.send(ask(Method::GET, "/key/info", &key)).await.json();
    assert_eq!(own["info"]["token"], id.as_str());
    assert_eq!(own["info"]["spend"], 0.5);
    let user = get(&app, "/user/info?user_id=u-1").await.json();
    assert_eq!(user["keys"][0]["spend"], 0.5);
    let plain = get(&app, "/key/list").await.json();
    assert_eq!(plain["keys"], json!([id]));
    assert_eq!(plain["total_count"], 1);
    let full = get(&app, "/key/list?return_full_object=true&user_id=u-1")
        .await
        .json();
    assert_eq!(full["keys"][0]["user_id"], "u-1");
    assert_eq!(full["keys"][0]["spend"], 0.5);
    let change = json!({ "key": key, "key_alias": "office", "max_budget": 3 });
    let changed = done(&app, "/key/update", &change).await;
    assert_eq!(
        (&changed["key_alias"], &changed["max_budget"]),
        (&json!("office"), &json!(3.0))
    );
    let blocked = done(&app, "/key/block", &json!({ "key": id })).await;
    assert_eq!(blocked["blocked"], true);
    let denied = app.send(ask(Method::GET, "/key/info", &key)).await;
    assert_own(&denied, 401, "Authentication Error, Key is blocked.");
    let unblocked = done(&app, "/key/unblock", &json!({ "key": id })).await;
    assert_eq!(unblocked["blocked"], false);
    let partly = json!({ "keys": [id, "sk-unknown"] });
    assert_own(
        &post(&app, "/key/delete", &partly).await,
        404,
        "Key not found in database",
    );
    assert_eq!(
        app.send(ask(Method::GET, "/key/info", &key)).await.status,
        200
    );
    let deleted = done(&app, "/key/delete", &json!({ "key_aliases": ["office"] })).await;
    assert_eq!(deleted["deleted_keys"], json!([id]));
    assert_eq!(
        app.send(ask(Method::GET, "/key/info", &key)).await.status,
        401
    );
    let actions: Vec<String> = sqlx::query_scalar(
        "select action from audit_events where actor_label = 'litellm master key'
        and (action like 'user.virtual_key%' or action = 'user.token_revoked') order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(actions.len(), 5, "{actions:?}");
}

#[testing::test]
async fn every_key_belongs_to_a_user(pool: PgPool) {
    let app = with_litellm(&pool);
    let ownerless = post(&app, "/key/generate", &json!({ "duration": "30d" })).await;
    assert_own(&ownerless, 400, "user_id is required");
    let unknown = post(&app, "/key/generate", &json!({ "user_id": "none" })).await;
    assert_own(&unknown, 404, "User none not found");
}

/// Checks that a caller with `tokens:read` sees the identifiers of owners and teams, without access to users and groups.
#[testing::test]
async fn rows_of_keys_name_their_owners(pool: PgPool) {
    let app = with_litellm(&pool);
    add_user(&pool, "vera", &["auditor"]).await;
    let user = json!({ "user_id": "u-1", "auto_create_key": false });
    done(&app, "/user/new", &user).await;
    let team = json!({
        "team_id": "t-1", "team_alias": "Lab", "members_with_roles": [{ "role": "user", "user_id": "u-1" }],
    });
    done(&app, "/team/new", &team).await;
    let wanted = json!({ "user_id": "u-1", "team_id": "t-1" });
    let created = done(&app, "/key/generate", &wanted).await;
    let reader = token(&app.services, "vera", &["tokens:read"]).await;
    let read = async |path: &str| app.send(ask(Method::GET, path, &reader)).await;
    let listed = read("/key/list?return_full_object=true").await.json();
    let id = created["token"].as_str().unwrap();
    let named = read(&format!("/key/info?key={id}")).await.json();
    for row in [&listed["keys"][0], &named["info"]] {
        let ids = (&row["user_id"], &row["team_id"]);
        assert_eq!(ids, (&json!("u-1"), &json!("t-1")), "{row}");
    }
    for path in ["/user/info?user_id=u-1", "/team/info?team_id=t-1"] {
        let denied = read(path).await;
        assert!(
            matches!(denied.status, 401 | 403),
            "{path}: {}",
            denied.body
        );
    }
}

#[testing::test]
async fn key_of_a_team_works_for_members_only(pool: PgPool) {
    let app = with_litellm(&pool);
    let user = json!({ "user_id": "u-1", "auto_create_key": false });
    done(&app, "/user/new", &user).await;
    let team = json!({
        "team_id": "t-1", "team_alias": "Lab", "members_with_roles": [{ "role": "user", "user_id": "u-1" }],
    });
    let team = done(&app, "/team/new", &team).await;
    let wanted = json!({ "user_id": "u-1", "team_id": team["team_id"] });
    let created = done(&app, "/key/generate", &wanted).await;
    let key = created["key"].as_str().unwrap();
    let own = async || app.send(ask(Method::GET, "/key/info", key)).await;
    assert_eq!(own().await.status, 200);
    // Everywhere with the ids that the client knows.
    let everything = get(&app, "/user/info").await.json();
    let listed = get(&app, "/key/list?return_full_object=true").await.json();
    let of_user = get(&app, "/user/info?user_id=u-1").await.json();
    let of_key = own().await.json();
    for row in [
        &created,
        &of_key["info"],
        &everything["keys"][0],
        &listed["keys"][0],
        &of_user["keys"][0],
    ] {
        let ids = (&row["user_id"], &row["team_id"]);
        assert_eq!(ids, (&json!("u-1"), &json!("t-1")), "{row}");
    }
    let member = json!({ "team_id": "t-1", "user_id": "u-1" });
    done(&app, "/team/member_delete", &member).await;
    let text = "Authentication Error, The owner of this key is no longer a member of its team.";
    assert_own(&own().await, 401, text);
    let listed = get(&app, &format!("/key/info?key={key}")).await.json();
    assert_eq!(listed["info"]["blocked"], true);
    done(&app, "/team/delete", &json!({ "team_ids": ["t-1"] })).await;
    let text = "Authentication Error, Invalid proxy server token passed.";
    assert_own(&own().await, 401, text);
}
