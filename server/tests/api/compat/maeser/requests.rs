//! Requests that are left, from the limits.

use serde_json::{Value, json};
use service::{access::operator, limits};
use sqlx::PgPool;
use testing::{groups::group, users::id_of};

use super::{World, about, assert_page, both};
use crate::support::session;

async fn left(world: &World) -> (Value, Value) {
    let user = world.user("github.alice123").await;
    (
        user["requests_remaining"].clone(),
        user["max_requests"].clone(),
    )
}

#[testing::test]
async fn requests_are_those_of_the_limit(pool: PgPool) {
    let [below, own] = both(&pool).await;
    let services = &below.at.app.services;
    let limit =
        json!({ "subject": "default", "metric": "requests", "amount": 2, "period": "drip:180" });
    limits::put(
        services,
        &operator(),
        serde_json::from_value(limit).unwrap(),
    )
    .await
    .unwrap();
    let alice = session(&pool, "alice").await;
    assert_eq!(left(&own).await, (json!(2), json!(2)));
    let used = json!({ "user": id_of(&pool, "alice").await, "requests": 1 });
    let used = serde_json::from_value(used).unwrap();
    limits::consume(services, &operator(), &used).await.unwrap();
    assert_eq!(left(&own).await, (json!(1), json!(2)));
    for (action, expected) in [
        ("add", 2),
        ("add", 2),
        ("remove", 1),
        ("remove", 0),
        ("remove", 0),
        ("add", 1),
    ] {
        let more = json!({ "action": action });
        own.change(
            "update-requests",
            "github.alice123",
            &more,
            "Updated github.alice123 requests",
        )
        .await;
        assert_eq!(left(&below).await, (json!(expected), json!(2)), "{action}");
        let own_left = own.get(&alice, "/get_requests_remaining").await;
        assert_eq!(own_left.json(), json!({ "requests_remaining": expected }));
    }
    let written = "select count(*) from audit_events
        where action = 'user.balance_adjusted' and target_label = 'alice' and actor_label = 'root'";
    assert_eq!(below.at.app.count(written).await, 4);
    // Another request drips after 180 seconds.
    below
        .at
        .app
        .run("update balances set level_at = level_at - interval '180 seconds'")
        .await;
    assert_eq!(left(&below).await, (json!(2), json!(2)));
}

/// Checks that two requests that see the last one left do not remove it twice.
#[testing::test]
async fn last_request_is_removed_once(pool: PgPool) {
    let [below, own] = both(&pool).await;
    let services = &below.at.app.services;
    let alice = id_of(&pool, "alice").await;
    let limit = json!({ "subject": "default", "metric": "requests", "amount": 2, "period": "drip:31536000" });
    let limit = serde_json::from_value(limit).unwrap();
    limits::put(services, &operator(), limit).await.unwrap();
    let used = json!({ "user": alice, "requests": 1 });
    let used = serde_json::from_value(used).unwrap();
    limits::consume(services, &operator(), &used).await.unwrap();
    let change = async |action: &str| {
        let more = json!({ "action": action });
        let says = "Updated github.alice123 requests";
        own.change("update-requests", "github.alice123", &more, says)
            .await;
    };
    let mut held = pool.begin().await.unwrap();
    sqlx::query("select from balances where holder_id = $1 for update")
        .bind(alice)
        .execute(&mut *held)
        .await
        .unwrap();
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    let release = async {
        while below.at.app.count(waiting).await < 2 {}
        held.rollback().await.unwrap();
    };
    tokio::join!(change("remove"), change("remove"), release);
    assert_eq!(left(&own).await, (json!(0), json!(2)));
    let adjusted = "select count(*) from usage_events where kind = 'adjust'";
    assert_eq!(below.at.app.count(adjusted).await, 1);
    change("add").await;
    assert_eq!(left(&own).await, (json!(1), json!(2)));
}

#[testing::test]
async fn user_with_two_identities_has_the_same_requests_twice(pool: PgPool) {
    let [below, _] = both(&pool).await;
    super::identify(&pool, "alice", "maeser.ldap", "alice").await;
    let limit = json!({ "subject": "default", "metric": "requests", "amount": 3, "period": "1d" });
    let limit = serde_json::from_value(limit).unwrap();
    limits::put(&below.at.app.services, &operator(), limit)
        .await
        .unwrap();
    let listed = below.run(&json!({ "type": "list-users" })).await;
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 4);
    for user in listed {
        assert_eq!(user["requests_remaining"], json!(3), "{user}");
    }
}

#[testing::test]
async fn requests_without_a_limit_cannot_be_changed(pool: PgPool) {
    let [below, _] = both(&pool).await;
    let command = about(
        "update-requests",
        "github.alice123",
        &json!({ "action": "add" }),
    );
    let answer = below.command(&command).await;
    let reason = domain::error::Conflict::NoBalance.message().to_string();
    assert_page(&answer, 400, &reason);
    let alice = session(&pool, "alice").await;
    let left = below.get(&alice, "/get_requests_remaining").await.json();
    assert_eq!(left, json!({ "requests_remaining": 2_147_483_647 }));
}

#[testing::test]
async fn requests_of_the_user_are_removed_where_a_group_has_none_left(pool: PgPool) {
    let [below, _] = both(&pool).await;
    let services = &below.at.app.services;
    let alice = id_of(&pool, "alice").await;
    let team = group("Team").members(&[alice]).insert(&pool).await;
    for limit in [
        json!({ "subject": { "user": alice }, "metric": "requests", "amount": 5, "period": "total" }),
        json!({ "subject": { "group": team }, "metric": "requests", "amount": 1, "period": "total", "shared": true }),
    ] {
        let limit = serde_json::from_value(limit).unwrap();
        limits::put(services, &operator(), limit).await.unwrap();
    }
    let used = json!({ "user": alice, "requests": 1 });
    let used = serde_json::from_value(used).unwrap();
    limits::consume(services, &operator(), &used).await.unwrap();
    assert_eq!(left(&below).await, (json!(0), json!(1)));
    let more = json!({ "action": "remove" });
    below
        .change(
            "update-requests",
            "github.alice123",
            &more,
            "Updated github.alice123 requests",
        )
        .await;
    let all = limits::list_effective(services, &operator(), alice)
        .await
        .unwrap();
    let own = all.iter().find(|status| !status.shared).unwrap();
    assert_eq!(own.used.units(), 2);
}
