//! Requests about roles, groups, features, clients, resources and access, for objects that do not exist.

use axum::http::Method;
use serde_json::{Value, json};

use super::{UNKNOWN_ID, unknown_user};
use crate::support::Ask;

/// Returns the requests for a single object: it is read, changed with each method, deleted, and its deletion is previewed.
fn of_object(path: &str) -> Vec<Ask> {
    vec![
        Ask::get(path),
        Ask::new(Method::PUT, path).json(&json!({})),
        Ask::new(Method::PATCH, path).json(&json!({})),
        Ask::new(Method::DELETE, path),
        Ask::get(&format!("{path}/deletion-preview")),
    ]
}

/// Returns the requests for conversations.
fn of_conversations() -> Vec<Ask> {
    let post = |path: &str, body: &Value| Ask::post(path).json(body);
    let own = format!("/api/conversations/{UNKNOWN_ID}");
    let any = format!("/api/admin/conversations/{UNKNOWN_ID}");
    let message = json!({ "role": "user", "content": "Hello" });
    vec![
        Ask::get("/api/conversations"),
        post(
            "/api/conversations",
            &json!({ "userId": UNKNOWN_ID, "branch": "physics", "name": "Light" }),
        ),
        Ask::get(&own),
        Ask::get(&format!("{own}/messages")),
        post(
            &format!("{own}/messages"),
            &json!({ "messages": [message] }),
        ),
        post(
            &format!("{own}/feedback"),
            &json!({ "seq": 1, "rating": "like" }),
        ),
        Ask::get("/api/admin/conversations"),
        Ask::get("/api/admin/conversations/totals"),
        Ask::get("/api/admin/conversations/export?format=xml"),
        Ask::get(&any),
        Ask::get(&format!("{any}/messages")),
        Ask::get(&format!("{any}/export?format=json")),
    ]
}

/// Returns the requests. The bodies without an object are invalid, so that they create nothing.
pub(super) fn requests() -> Vec<Ask> {
    let unnamed = json!({ "name": " " });
    let selected = json!({ "ids": [UNKNOWN_ID] });
    let grants = json!({ "grants": [{ "subject": "everyone", "level": "read" }] });
    let question = json!({ "user": UNKNOWN_ID, "object": { "feature": "chat.call" } });
    let role = format!("/api/admin/roles/{UNKNOWN_ID}");
    let group = format!("/api/admin/groups/{UNKNOWN_ID}");
    let client = "/api/admin/clients/7";
    let resource = format!("/api/admin/resources/{UNKNOWN_ID}");
    let feature = "/api/admin/features/Unknown";
    let post = |path: &str, body: &Value| Ask::post(path).json(body);
    let mut asks = vec![
        Ask::get("/api/admin/roles"),
        Ask::get("/api/admin/roles/assignable"),
        post("/api/admin/roles", &json!({ "name": "two words" })),
    ];
    asks.extend(of_object(&role));
    asks.extend([
        post(&format!("{role}/clone"), &json!({ "name": "copy" })),
        Ask::get("/api/admin/groups"),
        Ask::get(&unknown_user("/groups")),
        post("/api/admin/groups", &unnamed),
    ]);
    asks.extend(of_object(&group));
    asks.extend([
        Ask::get(&format!("{group}/members")),
        post(&format!("{group}/members"), &selected),
        post(&format!("{group}/members/remove"), &selected),
        post(&format!("{group}/managers"), &selected),
        post(&format!("{group}/managers/remove"), &selected),
        post(&format!("{group}/invitations"), &json!({ "maxUses": 0 })),
        Ask::post(&format!("{group}/members/{UNKNOWN_ID}/reset-link")),
        Ask::get("/api/admin/features"),
        post("/api/admin/features", &json!({ "set": "unknown" })),
        Ask::get(feature),
        Ask::new(Method::PUT, feature).json(&json!({})),
        Ask::new(Method::DELETE, feature),
        Ask::get("/api/admin/clients"),
        post("/api/admin/clients", &unnamed),
    ]);
    asks.extend(of_object(client));
    asks.extend([
        Ask::get("/api/admin/resources"),
        post("/api/admin/resources", &json!({ "resources": [] })),
        post(
            "/api/admin/resources/transfer",
            &json!({ "from": UNKNOWN_ID, "to": UNKNOWN_ID }),
        ),
    ]);
    asks.extend(of_object(&resource));
    asks.extend([
        Ask::get(&format!("{resource}/grants")),
        post(&format!("{resource}/grants"), &grants),
        post(
            &format!("{resource}/grants/revoke"),
            &json!({ "subjects": ["everyone"] }),
        ),
        Ask::get(&unknown_user("/access")),
        Ask::get(&unknown_user("/access/resources")),
        post("/api/access/check", &json!({ "questions": [question] })),
        Ask::get("/api/access/features"),
        Ask::get("/api/access/resources"),
    ]);
    asks.extend(of_conversations());
    asks.extend(of_limits());
    asks
}

/// Returns the requests about limits and usage. Those that would count something are about a user who does not exist.
fn of_limits() -> Vec<Ask> {
    let limit = format!("/api/admin/limits/{UNKNOWN_ID}");
    let post = |path: &str, body: &Value| Ask::post(path).json(body);
    let unset = json!({ "subject": "default", "metric": "requests", "amount": 1 });
    let used = json!({ "user": UNKNOWN_ID });
    let selected = json!([{ "id": UNKNOWN_ID, "version": 1 }]);
    let bulk = json!({ "users": selected, "metric": "requests", "limit": null });
    let lease = json!({ "lease": UNKNOWN_ID });
    let change = json!({ "metric": "requests", "amount": 1, "reason": "test" });
    let reset = json!({ "metric": "requests", "reason": "test" });
    let bulk_reset = json!({ "users": selected, "reason": "test" });
    vec![
        Ask::get("/api/limits"),
        post("/api/limits/consume", &used),
        post("/api/limits/check", &used),
        post("/api/limits/reserve", &used),
        post("/api/limits/settle", &lease),
        post("/api/limits/release", &lease),
        Ask::get("/api/usage"),
        post("/api/usage", &json!({ "events": [] })),
        Ask::get("/api/admin/limits"),
        Ask::new(Method::PUT, "/api/admin/limits").json(&unset),
        post("/api/admin/limits/bulk", &bulk),
        post("/api/admin/limits/bulk/reset", &bulk_reset),
        Ask::get(&limit),
        Ask::new(Method::DELETE, &limit),
        Ask::get(&unknown_user("/limits")),
        Ask::get(&unknown_user("/allowed-models")),
        Ask::new(Method::PUT, &unknown_user("/allowed-models"))
            .json(&json!({ "allowedModels": null })),
        post(&unknown_user("/limits/top-up"), &change),
        post(&unknown_user("/limits/adjust"), &change),
        post(&unknown_user("/limits/reset"), &reset),
        Ask::get(&unknown_user("/usage")),
        Ask::get("/api/admin/usage"),
        Ask::get("/api/admin/usage/export?format=csv"),
    ]
}
