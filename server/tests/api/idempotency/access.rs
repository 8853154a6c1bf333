//! Requests about roles, groups, features, clients and resources.

use serde_json::{Value, json};
use testing::{
    conversations::conversation, groups::group, resources::resource, roles::role, users::id_of,
};

use crate::support::{App, Ask};

/// Returns a request for everything that a `POST` can do, in an order in which all of them succeed.
pub(super) async fn asks(app: &App) -> Vec<Ask> {
    let pool = &app.pool;
    let bob = id_of(pool, "bob").await;
    let [ada, hal] = [id_of(pool, "ada").await, id_of(pool, "hal").await];
    // Only managers create password links for members.
    let crew = group("Crew").managers(&[ada]).members(&[hal]);
    let crew = crew.insert(pool).await;
    let role = role("helpdesk").insert(pool).await;
    let group = group("Editors").insert(pool).await;
    let resource = resource("models", "gpt").owner(bob).insert(pool).await;
    let conversation = conversation(pool, bob, "physics", "Waves").await;
    let of_group = |what: &str| format!("/api/admin/groups/{group}/{what}");
    let of_resource = |what: &str| format!("/api/admin/resources/{resource}/{what}");
    let bobs = json!({ "names": ["bob"] });
    let stored = json!({ "kind": "models", "externalId": "llama", "name": "Llama" });
    let limit = "insert into limits (id, metric, amount, period, period_seconds, anchor, created_at, updated_at)
        values (uuid_v7(now()), 'requests', 10, '1d', 86400, now(), now(), now())";
    app.run(limit).await;
    let of_bob = |what: &str| format!("/api/admin/users/{bob}/limits/{what}");
    let change = json!({ "metric": "requests", "amount": 1, "reason": "exam" });
    let version = "select version::bigint from users where username = 'hal'";
    let hals = json!([{ "id": hal, "version": app.count(version).await }]);
    let reset = json!({ "users": hals, "reason": "exam", "expected": 1 });
    let limits = json!({
        "users": hals, "metric": "cost", "limit": { "amount": 5, "period": "1d" }, "expected": 1
    });
    let asks: [(String, Value); 23] = [
        ("/api/admin/limits/bulk".to_owned(), limits),
        ("/api/admin/limits/bulk/reset".to_owned(), reset),
        ("/api/admin/roles".to_owned(), json!({ "name": "desk" })),
        (
            format!("/api/admin/roles/{role}/clone"),
            json!({ "name": "copy" }),
        ),
        ("/api/admin/groups".to_owned(), json!({ "name": "Readers" })),
        (of_group("members"), bobs.clone()),
        (of_group("managers"), bobs.clone()),
        (of_group("managers/remove"), bobs.clone()),
        (of_group("members/remove"), bobs),
        (of_group("invitations"), json!({ "note": "Lab" })),
        (
            format!("/api/admin/groups/{crew}/members/{hal}/reset-link"),
            json!({}),
        ),
        (
            "/api/admin/features".to_owned(),
            json!({ "set": "open_webui" }),
        ),
        ("/api/admin/clients".to_owned(), json!({ "name": "ACME" })),
        (
            "/api/admin/resources".to_owned(),
            json!({ "resources": [stored] }),
        ),
        (
            of_resource("grants"),
            json!({ "grants": [{ "subject": { "group": group }, "level": "write" }] }),
        ),
        (
            of_resource("grants/revoke"),
            json!({ "subjects": [{ "group": group }] }),
        ),
        (
            "/api/admin/resources/transfer".to_owned(),
            json!({ "from": bob, "to": ada }),
        ),
        (
            "/api/conversations".to_owned(),
            json!({ "userId": bob, "branch": "physics", "name": "Light" }),
        ),
        (
            format!("/api/conversations/{conversation}/messages"),
            json!({ "messages": [{ "role": "user", "content": "Hello" }] }),
        ),
        (
            format!("/api/conversations/{conversation}/feedback"),
            json!({ "seq": 1, "rating": "like" }),
        ),
        (of_bob("top-up"), change.clone()),
        (of_bob("adjust"), change),
        (
            of_bob("reset"),
            json!({ "metric": "requests", "reason": "exam" }),
        ),
    ];
    let asks = asks.into_iter();
    asks.map(|(path, body)| Ask::post(&path).json(&body))
        .collect()
}
