//! Updates: what is left out stays, null clears, and 0 and an empty list are values.

use axum::http::Method;
use serde_json::{Value, json};
use service::{access::operator, limits};
use sqlx::PgPool;
use uuid::Uuid;

use super::{MASTER, ask, assert_own, done, get, post, with_litellm};
use crate::support::{App, Ask, add_user, id_of, token};

/// Creates the user `u-1`, whose username is `bob`, with the fields. Returns the id in the panel.
async fn create(app: &App, mut fields: Value) -> String {
    fields["user_id"] = json!("u-1");
    fields["user_email"] = json!("bob@example.org");
    fields["auto_create_key"] = json!(false);
    done(app, "/user/new", &fields).await;
    id_of(&app.pool, "bob").await
}

/// Uses something. Returns whether the limits permit it.
async fn is_permitted(app: &App, used: Value) -> bool {
    let used = serde_json::from_value(used).unwrap();
    let answer = limits::consume(&app.services, &operator(), &used).await;
    answer.is_ok()
}

/// Asserts the error of a value that the web framework of the system would not accept.
async fn assert_invalid(app: &App, path: &str, body: &Value) {
    let answer = post(app, path, body).await;
    assert_eq!(answer.status, 422, "{body}: {}", answer.body);
    assert!(answer.json()["detail"][0]["msg"].is_string(), "{body}");
}

#[testing::test]
async fn user_keeps_absent_fields_and_loses_cleared_ones(pool: PgPool) {
    let app = with_litellm(&pool);
    let fields = json!({
        "max_budget": 5, "soft_budget": 0, "budget_duration": "30d", "rpm_limit": 7, "models": ["gpt"], "metadata": { "a": 1 },
    });
    let bob = create(&app, fields).await;
    let update = async |mut body: Value| {
        body["user_id"] = json!("u-1");
        done(&app, "/user/update", &body).await["data"].clone()
    };
    let zero = update(json!({ "max_budget": 0 })).await;
    assert_eq!(zero["max_budget"], 0.0);
    assert_eq!(
        (&zero["budget_duration"], &zero["rpm_limit"]),
        (&json!("30d"), &json!(7))
    );
    assert_eq!(
        (&zero["models"], &zero["metadata"]),
        (&json!(["gpt"]), &json!({ "a": 1 }))
    );
    assert!(!is_permitted(&app, json!({ "user": bob, "cost": "1" })).await);
    let forever = update(json!({ "budget_duration": null, "soft_budget": null })).await;
    assert_eq!(forever["max_budget"], 0.0);
    assert_eq!(
        (&forever["budget_duration"], &forever["soft_budget"]),
        (&Value::Null, &Value::Null)
    );
    let clear = json!({
        "max_budget": null, "budget_duration": null, "rpm_limit": null, "tpm_limit": null, "models": [], "metadata": null,
        "user_email": null,
    });
    for _ in 0..2 {
        let cleared = update(clear.clone()).await;
        for name in ["max_budget", "budget_duration", "rpm_limit", "user_email"] {
            assert_eq!(cleared[name], Value::Null, "{name}");
        }
        assert_eq!(
            (&cleared["models"], &cleared["metadata"]),
            (&json!([]), &json!({}))
        );
    }
    assert_eq!(app.count("select count(*) from limits").await, 0);
    assert!(is_permitted(&app, json!({ "user": bob, "cost": "1" })).await);
    for mut body in [
        json!({ "user_alias": null }),
        json!({ "user_role": null }),
        json!({ "password": null }),
        json!({ "spend": null }),
        json!({ "models": "gpt" }),
        json!({ "max_budget": null, "budget_duration": "30d" }),
    ] {
        body["user_id"] = json!("u-1");
        assert_invalid(&app, "/user/update", &body).await;
    }
    let all = json!({ "all_users": true, "user_updates": { "rpm_limit": 0 } });
    let changed = done(&app, "/user/bulk_update", &all).await;
    assert_eq!(changed["results"][0]["updated_user"]["rpm_limit"], 0);
}

#[testing::test]
async fn spend_of_zero_resets_what_is_used(pool: PgPool) {
    let app = with_litellm(&pool);
    let bob = create(&app, json!({ "max_budget": 1 })).await;
    let use_of = |cost: &str| json!({ "user": bob, "cost": cost });
    assert!(is_permitted(&app, use_of("1")).await);
    assert!(!is_permitted(&app, use_of("1")).await);
    let reset = json!({ "user_id": "u-1", "spend": 0 });
    let row = done(&app, "/user/update", &reset).await;
    assert_eq!(row["data"]["spend"], 0.0);
    assert!(is_permitted(&app, use_of("1")).await);
    // The budget is cleared after it.
    let both = json!({ "user_id": "u-1", "spend": 0, "max_budget": null });
    let row = done(&app, "/user/update", &both).await;
    assert_eq!(row["data"]["max_budget"], Value::Null);
    assert_own(
        &post(&app, "/user/update", &reset).await,
        400,
        "spend can be set only",
    );
    let new = json!({ "user_id": "u-1", "spend": 0.75, "max_budget": 1 });
    let row = done(&app, "/user/update", &new).await;
    assert_eq!(row["data"]["spend"], 0.75);
    assert!(!is_permitted(&app, use_of("0.5")).await);
}

#[testing::test]
async fn key_keeps_absent_fields_and_loses_cleared_ones(pool: PgPool) {
    let app = with_litellm(&pool);
    let bob = create(&app, json!({})).await;
    let fields = json!({
        "user_id": "u-1", "key_alias": "lab", "max_budget": 3, "budget_duration": "1w", "models": ["gpt"], "metadata": { "a": 1 },
        "duration": "30d",
    });
    let created = done(&app, "/key/generate", &fields).await;
    let id = created["token"].clone();
    let use_of_key = json!({ "user": bob, "token": id, "model": "gpt", "cost": "1" });
    let update = async |mut body: Value| {
        body["key"] = id.clone();
        done(&app, "/key/update", &body).await
    };
    let zero = update(json!({ "max_budget": 0 })).await;
    assert_eq!(
        (&zero["max_budget"], &zero["budget_duration"]),
        (&json!(0.0), &json!("1w"))
    );
    assert_eq!(
        (&zero["models"], &zero["key_alias"]),
        (&json!(["gpt"]), &json!("lab"))
    );
    assert!(!is_permitted(&app, use_of_key.clone()).await);
    let clear = json!({
        "key_alias": null, "max_budget": null, "budget_duration": null, "models": [], "metadata": null, "duration": null,
    });
    let cleared = update(clear).await;
    for name in ["max_budget", "budget_duration"] {
        assert_eq!(cleared[name], Value::Null, "{name}");
    }
    assert_eq!(
        (&cleared["models"], &cleared["metadata"]),
        (&json!([]), &json!({}))
    );
    assert_eq!(cleared["key_alias"], "LiteLLM");
    assert_eq!(cleared["expires"], created["expires"]);
    assert!(is_permitted(&app, use_of_key).await);
    let spend = json!({ "key": id, "spend": 0 });
    assert_own(
        &post(&app, "/key/update", &spend).await,
        400,
        "spend of a key can not be set",
    );
}

#[testing::test]
async fn team_keeps_absent_fields_and_loses_cleared_ones(pool: PgPool) {
    let app = with_litellm(&pool);
    let fields = json!({
        "team_id": "t-1", "max_budget": 9, "rpm_limit": 7, "models": ["gpt"], "metadata": { "a": 1 }, "tags": ["x"],
    });
    done(&app, "/team/new", &fields).await;
    // A limit of each member is no budget of the team.
    let group: Uuid = sqlx::query_scalar("select id from groups")
        .fetch_one(&pool)
        .await
        .unwrap();
    let each =
        json!({ "subject": { "group": group }, "metric": "cost", "amount": "4", "period": "1d" });
    limits::put(
        &app.services,
        &operator(),
        serde_json::from_value(each).unwrap(),
    )
    .await
    .unwrap();
    let update = async |mut body: Value| {
        body["team_id"] = json!("t-1");
        done(&app, "/team/update", &body).await["data"].clone()
    };
    let zero = update(json!({ "rpm_limit": 0, "max_budget": 0 })).await;
    assert_eq!(
        (&zero["max_budget"], &zero["rpm_limit"]),
        (&json!(0.0), &json!(0))
    );
    assert_eq!(
        (&zero["models"], &zero["metadata"]),
        (&json!(["gpt"]), &json!({ "a": 1 }))
    );
    let clear = json!({ "max_budget": null, "rpm_limit": null, "models": [], "metadata": null });
    let cleared = update(clear).await;
    for name in ["max_budget", "budget_duration", "rpm_limit"] {
        assert_eq!(cleared[name], Value::Null, "{name}");
    }
    assert_eq!(
        (&cleared["models"], &cleared["metadata"]),
        (&json!([]), &json!({}))
    );
    assert_eq!(app.count("select count(*) from limits").await, 1);
    for body in [
        json!({ "team_id": "t-1", "team_alias": null }),
        json!({ "team_id": "t-1", "models": "gpt" }),
    ] {
        assert_invalid(&app, "/team/update", &body).await;
    }
}

#[testing::test]
async fn settings_lose_cleared_fields(pool: PgPool) {
    let app = with_litellm(&pool);
    let update = async |body: Value| {
        let request = ask(Method::PATCH, "/update/internal_user_settings", MASTER).json(&body);
        let answer = app.send(request).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["settings"].clone()
    };
    let set = update(json!({ "max_budget": 3, "tpm_limit": 0 })).await;
    assert_eq!(
        (&set["max_budget"], &set["tpm_limit"]),
        (&json!(3.0), &json!(0))
    );
    let clear = json!({ "max_budget": null, "tpm_limit": null, "models": [], "teams": null, "user_role": null });
    let cleared = update(clear).await;
    assert_eq!(
        (&cleared["max_budget"], &cleared["tpm_limit"]),
        (&Value::Null, &Value::Null)
    );
}

#[testing::test]
async fn time_of_the_reset_is_that_of_the_panel(pool: PgPool) {
    let app = with_litellm(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    let ada = token(&app.services, "ada", &["limits:read"]).await;
    let bob = create(&app, json!({ "max_budget": 5, "budget_duration": "30d" })).await;
    let shown = async || {
        let path = format!("/api/admin/users/{bob}/limits");
        let limits = app.send(Ask::get(&path).bearer(&ada)).await.json();
        let list = get(&app, "/user/list?user_ids=u-1").await.json();
        let info = get(&app, "/user/info?user_id=u-1").await.json();
        let second = get(&app, "/v2/user/info?user_id=u-1").await.json();
        let reset = limits[0]["resetsAt"].clone();
        for user in [&list["users"][0], &info["user_info"], &second] {
            assert_eq!(user["budget_reset_at"], reset, "{user}");
        }
        reset
    };
    let unused = shown().await;
    assert!(unused.is_string(), "{unused}");
    assert!(is_permitted(&app, json!({ "user": bob, "cost": "1" })).await);
    assert_eq!(shown().await, unused);
    let shorter = json!({ "user_id": "u-1", "budget_duration": "1d" });
    let updated = done(&app, "/user/update", &shorter).await;
    let sooner = shown().await;
    assert_ne!(sooner, unused);
    assert_eq!(updated["data"]["budget_reset_at"], sooner);
    let forever = json!({ "user_id": "u-1", "budget_duration": null });
    done(&app, "/user/update", &forever).await;
    assert_eq!(shown().await, Value::Null);
}
