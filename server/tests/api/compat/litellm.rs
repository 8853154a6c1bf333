//! The LiteLLM dialect: conversations as its command line and its Python client have them.

mod access;
mod bad_input;
mod concurrency;
mod invitations;
mod keys;
mod teams;
mod updates;

use std::sync::Arc;

use axum::http::Method;
use dialects::{Dialects, LiteLlm};
use serde_json::{Value, json};
use server::router::Site;
use service::{access::MasterKey, settings::Settings};
use sqlx::PgPool;

use crate::support::{Answer, App, Ask, add_user, id_of, token, with_site};

/// Master key of these tests.
pub(super) const MASTER: &str = "sk-master-key-of-the-tests";

/// Returns the application with the dialect below `/compat/litellm`.
pub(super) fn with_litellm(pool: &PgPool) -> App {
    let site = Site {
        dialects: Dialects::new(vec![Arc::new(LiteLlm)]),
        ..Site::default()
    };
    let settings = Settings {
        litellm_master_key: MasterKey::parse(MASTER),
        ..Settings::default()
    };
    with_site(pool, &site, settings)
}

/// Returns a request with a key.
pub(super) fn ask(method: Method, path: &str, key: &str) -> Ask {
    let ask = Ask::new(method, &format!("/compat/litellm{path}"));
    if key.is_empty() { ask } else { ask.bearer(key) }
}

/// Sends a `GET` with the master key.
pub(super) async fn get(app: &App, path: &str) -> Answer {
    app.send(ask(Method::GET, path, MASTER)).await
}

/// Sends a `POST` with the master key.
pub(super) async fn post(app: &App, path: &str, body: &Value) -> Answer {
    app.send(ask(Method::POST, path, MASTER).json(body)).await
}

/// Sends a `POST` with the master key, and returns the body of the success.
pub(super) async fn done(app: &App, path: &str, body: &Value) -> Value {
    let answer = post(app, path, body).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

/// Asserts an error in LiteLLM's own form.
pub(super) fn assert_own(answer: &Answer, status: u16, text: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    let error = &answer.json()["error"];
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.starts_with(text), "{text}: {}", answer.body);
    assert_eq!(error["code"], status.to_string());
    assert!(error["type"].is_string() && error["param"].is_string());
}

/// Asserts an error in the form of its web framework.
pub(super) fn assert_plain(answer: &Answer, status: u16, text: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    let detail = &answer.json()["detail"];
    let message = detail["error"].as_str().unwrap_or_default();
    assert!(message.starts_with(text), "{text}: {}", answer.body);
}

#[testing::test]
async fn user_is_created_read_changed_and_deleted(pool: PgPool) {
    let app = with_litellm(&pool);
    let new = json!({
        "user_email": "new@example.org", "user_role": "internal_user", "user_alias": "New", "teams": [], "max_budget": null,
    });
    let created = done(&app, "/user/new", &new).await;
    let id = created["user_id"].as_str().unwrap().to_owned();
    assert_eq!(created["user_email"], "new@example.org");
    assert_eq!(created["user_role"], "internal_user");
    assert_eq!(created["max_budget"], Value::Null);
    assert!(created["key"].as_str().unwrap().starts_with("sk-"));
    let listed = get(&app, "/user/list").await.json();
    assert_eq!(
        (&listed["total"], &listed["page"], &listed["page_size"]),
        (&json!(1), &json!(1), &json!(25))
    );
    assert_eq!(listed["users"][0]["user_id"], id.as_str());
    assert_eq!(listed["users"][0]["key_count"], 1);
    let alias = get(&app, "/user/get_users").await.json();
    assert_eq!(alias, listed);
    let info = get(&app, &format!("/user/info?user_id={id}")).await.json();
    assert_eq!(info["user_info"]["user_alias"], "New");
    assert_eq!(info["keys"].as_array().unwrap().len(), 1);
    let changed = json!({ "user_id": id, "user_alias": "Other", "max_budget": 10.5, "budget_duration": "30d" });
    let updated = done(&app, "/user/update", &changed).await;
    assert_eq!(updated["user_id"], id.as_str());
    assert_eq!(updated["data"]["max_budget"], 10.5);
    assert_eq!(updated["data"]["budget_duration"], "30d");
    assert_eq!(
        done(&app, "/user/delete", &json!({ "user_ids": [id] })).await,
        1
    );
    assert_eq!(get(&app, "/user/list").await.json()["total"], 0);
    let gone = get(&app, &format!("/user/info?user_id={id}")).await;
    assert_own(&gone, 404, &format!("User {id} not found"));
}

#[testing::test]
async fn panel_shows_what_the_dialect_has_stored(pool: PgPool) {
    let app = with_litellm(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    let scopes = ["users:read", "limits:read", "audit:read"];
    let ada = token(&app.services, "ada", &scopes).await;
    let new = json!({
        "user_id": "u+1/x", "user_email": "bob@example.org", "max_budget": 5, "rpm_limit": 7, "models": ["gpt"],
        "metadata": { "a": 1 }, "auto_create_key": false,
    });
    let created = done(&app, "/user/new", &new).await;
    assert_eq!(created["key"], Value::Null);
    assert_eq!(created["metadata"], json!({ "a": 1 }));
    let bob = id_of(&pool, "bob").await;
    let user = app
        .send(Ask::get(&format!("/api/admin/users/{bob}")).bearer(&ada))
        .await
        .json();
    assert_eq!(user["username"], "bob");
    assert_eq!(user["roles"], json!(["internal_user"]));
    let limits: Vec<(String, Option<i64>, Option<String>)> = sqlx::query_as(
        "select metric, amount, period from limits where user_id = $1::uuid order by metric",
    )
    .bind(&bob)
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        limits,
        [
            ("cost".into(), Some(5_000_000_000), Some("total".into())),
            ("rpm".into(), Some(7), None),
        ]
    );
    let entries: Vec<(String, String)> =
        sqlx::query_as("select actor_label, via from audit_events where action = 'user.created'")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(entries, [("litellm master key".into(), "api".into())]);
    // A plus sign that a client does not encode stays.
    let info = get(&app, "/user/info?user_id=u+1/x").await;
    assert_eq!(info.json()["user_id"], "u+1/x", "{}", info.body);
    let encoded = get(&app, "/v2/user/info?user_id=u%2B1%2Fx").await;
    assert_eq!(encoded.json()["models"], json!(["gpt"]));
}

#[testing::test]
async fn changes_name_who_the_caller_acts_for(pool: PgPool) {
    let app = with_litellm(&pool);
    let body = json!({ "user_email": "eve@example.org", "auto_create_key": false });
    let named = ask(Method::POST, "/user/new", MASTER)
        .bytes("litellm-changed-by", "carol@\u{202e}example.org".as_bytes())
        .json(&body);
    assert_eq!(app.send(named).await.status, 200);
    let named: String = sqlx::query_scalar(
        "select changes->'changedBy'->>1 from audit_events where action = 'user.created'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(named, "carol@example.org");
}

#[testing::test]
async fn taken_ids_and_addresses_are_named(pool: PgPool) {
    let app = with_litellm(&pool);
    let new = |id: &str, email: &str| json!({ "user_id": id, "user_email": email, "auto_create_key": false });
    done(&app, "/user/new", &new("one", "one@example.org")).await;
    let same_id = post(&app, "/user/new", &new("one", "two@example.org")).await;
    assert_own(&same_id, 409, "User with id one already exists");
    let same_email = post(&app, "/user/new", &new("two", "one@example.org")).await;
    assert_own(
        &same_email,
        409,
        "User with email one@example.org already exists",
    );
    // The same beginning of the address makes another username.
    done(&app, "/user/new", &new("three", "one@other.example")).await;
    assert_eq!(get(&app, "/user/list").await.json()["total"], 2);
}

#[testing::test]
async fn deletion_is_all_or_nothing(pool: PgPool) {
    let app = with_litellm(&pool);
    for id in ["a", "b"] {
        let body = json!({ "user_id": id, "auto_create_key": false });
        done(&app, "/user/new", &body).await;
    }
    let unknown = post(&app, "/user/delete", &json!({ "user_ids": ["a", "c"] })).await;
    assert_plain(&unknown, 404, "User not found, passed user_id=c");
    assert_eq!(get(&app, "/user/list").await.json()["total"], 2);
    let both = done(
        &app,
        "/user/delete",
        &json!({ "user_ids": ["a", "b", "a"] }),
    )
    .await;
    assert_eq!(both, 2);
    // The last administrator stays, and with the administrator everyone in the request.
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    app.run("update users set password_hash = 'x' where username = 'ada'")
        .await;
    let ids = [id_of(&pool, "bob").await, id_of(&pool, "ada").await];
    let denied = post(&app, "/user/delete", &json!({ "user_ids": ids })).await;
    assert_plain(&denied, 403, "ada: ");
    assert_eq!(get(&app, "/user/list").await.json()["total"], 2);
}

#[testing::test]
async fn list_is_filtered_sorted_and_paged(pool: PgPool) {
    let app = with_litellm(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "vera", &["auditor"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let names = |answer: &Answer| -> Vec<String> {
        let users = answer.json()["users"].clone();
        let users = users.as_array().cloned().unwrap_or_default();
        let emails = users.iter().map(|user| user["user_email"].clone());
        emails
            .map(|email| email.as_str().unwrap().replace("@example.org", ""))
            .collect()
    };
    for (query, expected) in [
        ("", &["bob", "vera", "ada"][..]),
        (
            "?sort_by=user_email&sort_order=asc",
            &["ada", "bob", "vera"],
        ),
        (
            "?sort_by=user_email&sort_order=desc",
            &["vera", "bob", "ada"],
        ),
        ("?role=proxy_admin", &["ada"]),
        ("?role=proxy_admin_viewer", &["vera"]),
        ("?role=internal_user", &["bob"]),
        ("?role=internal_user_viewer", &[]),
        ("?user_email=ER", &["vera"]),
        ("?search=bo", &["bob"]),
        ("?page=2&page_size=2", &["ada"]),
        ("?page=9", &[]),
        ("?team=none", &[]),
        ("?user_ids=none,other", &[]),
        ("?organization_ids=none", &[]),
    ] {
        let answer = get(&app, &format!("/user/list{query}")).await;
        assert_eq!(names(&answer), expected, "{query}: {}", answer.body);
    }
    for query in ["page=0", "page_size=0", "page_size=101", "page=x", "role=x"] {
        let answer = get(&app, &format!("/user/list?{query}")).await;
        assert_eq!(answer.status, 422, "{query}: {}", answer.body);
        assert_eq!(answer.json()["detail"][0]["loc"][0], "query", "{query}");
    }
    let ada = id_of(&pool, "ada").await;
    let both = format!("/user/list?user_ids={ada}&sso_user_ids=none");
    assert!(names(&get(&app, &both).await).is_empty());
    let column = get(&app, "/user/list?sort_by=password").await;
    assert_plain(&column, 400, "Invalid sort column. Must be one of: user_id");
    let order = get(&app, "/user/list?sort_order=up").await;
    assert_plain(&order, 400, "Invalid sort order. Must be 'asc' or 'desc'");
    let found = get(&app, "/user/filter/ui?user_email=bob").await.json();
    assert_eq!(found[0]["user_email"], "bob@example.org");
}

#[testing::test]
async fn several_users_are_changed_at_once(pool: PgPool) {
    let app = with_litellm(&pool);
    for id in ["a", "b"] {
        let body = json!({ "user_id": id, "auto_create_key": false });
        done(&app, "/user/new", &body).await;
    }
    let some = json!({ "users": [{ "user_id": "a", "max_budget": 1 }, { "user_id": "z" }] });
    let changed = done(&app, "/user/bulk_update", &some).await;
    assert_eq!(
        (&changed["successful_updates"], &changed["failed_updates"]),
        (&json!(1), &json!(1))
    );
    let error = changed["results"][1]["error"].as_str().unwrap();
    assert!(error.contains("User z not found"), "{error}");
    let all = json!({ "all_users": true, "user_updates": { "rpm_limit": 3 } });
    let changed = done(&app, "/user/bulk_update", &all).await;
    assert_eq!(changed["successful_updates"], 2);
    let row = get(&app, "/v2/user/info?user_id=a").await.json();
    assert_eq!(row["max_budget"], 1.0);
}

#[testing::test]
async fn settings_are_the_limits_of_all_users(pool: PgPool) {
    let app = with_litellm(&pool);
    let body = json!({ "max_budget": 3, "budget_duration": "1w", "user_role": "internal_user" });
    let update = ask(Method::PATCH, "/update/internal_user_settings", MASTER).json(&body);
    let updated = app.send(update).await;
    assert_eq!(updated.status, 200, "{}", updated.body);
    let read = get(&app, "/get/internal_user_settings").await.json();
    assert_eq!(read["values"]["max_budget"], 3.0);
    assert_eq!(read["values"]["budget_duration"], "1w");
    assert!(read["field_schema"]["properties"]["max_budget"].is_object());
    let models = json!({ "models": ["gpt"] });
    let denied = ask(Method::PATCH, "/update/internal_user_settings", MASTER).json(&models);
    assert_plain(&app.send(denied).await, 400, "models of new users");
}

#[testing::test]
async fn roles_and_activity_are_shown(pool: PgPool) {
    let app = with_litellm(&pool);
    let roles = get(&app, "/user/available_roles").await.json();
    assert_eq!(roles["proxy_admin"]["ui_label"], "Admin (All Permissions)");
    assert_eq!(roles.as_object().unwrap().len(), 4);
    let missing = get(&app, "/user/daily/activity").await;
    assert_plain(&missing, 400, "Please provide start_date and end_date");
    let days = "start_date=2026-01-01&end_date=2026-01-31";
    let activity = get(&app, &format!("/user/daily/activity?{days}"))
        .await
        .json();
    assert_eq!(activity["results"], json!([]));
    assert_eq!(activity["metadata"]["total_api_requests"], 0);
}
