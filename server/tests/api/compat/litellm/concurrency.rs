//! Changes that meet: one is denied, and none is lost.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::{done, post, with_litellm};
use crate::{compat::meeting::meet, support::App};

/// Sends two changes that wait for a lock at the same time, and sends the denied one again. Returns its response.
async fn change_by_both(
    pool: &PgPool,
    app: &App,
    (path, lock): (&str, &'static str),
    (one, other): (&Value, &Value),
) -> Value {
    let both = (post(app, path, one), post(app, path, other));
    let (first, second) = meet(pool, lock, both).await;
    let denied = match (first.status, second.status) {
        (409, 200) => one,
        (200, 409) => other,
        statuses => panic!("{statuses:?}: {} {}", first.body, second.body),
    };
    done(app, path, denied).await
}

#[testing::test]
async fn concurrent_changes_of_a_team_lose_no_further_data(pool: PgPool) {
    let app = with_litellm(&pool);
    done(&app, "/team/new", &json!({ "team_id": "t-1" })).await;
    let models = json!({ "team_id": "t-1", "models": ["gpt"] });
    let metadata = json!({ "team_id": "t-1", "metadata": { "a": 1 } });
    let at = ("/team/update", "select from groups for update");
    let after = change_by_both(&pool, &app, at, (&models, &metadata)).await;
    let team = &after["data"];
    assert_eq!(
        (&team["models"], &team["metadata"]),
        (&json!(["gpt"]), &json!({ "a": 1 }))
    );
}

#[testing::test]
async fn concurrent_changes_of_a_budget_are_all_stored(pool: PgPool) {
    let app = with_litellm(&pool);
    let new = json!({ "user_id": "u", "max_budget": 5, "auto_create_key": false });
    done(&app, "/user/new", &new).await;
    let amount = json!({ "user_id": "u", "max_budget": 9 });
    let period = json!({ "user_id": "u", "budget_duration": "30d" });
    let at = ("/user/update", "select from limits for update");
    let after = change_by_both(&pool, &app, at, (&amount, &period)).await;
    let user = &after["data"];
    assert_eq!(
        (&user["max_budget"], &user["budget_duration"]),
        (&json!(9.0), &json!("30d"))
    );
}
