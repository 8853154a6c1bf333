//! Writes of roles, groups, features, clients and resources.

use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{
    conversations::conversation,
    groups::group,
    resources::{client, resource},
    roles::{assign, role},
    users::id_of,
};

use super::{Case, Ids, UNKNOWN_ID, case, delete, patch, put};
use crate::support::Ask;

const ROLES: [&str; 2] = ["roles:write", "roles:read"];
const GROUPS: [&str; 2] = ["groups:write", "groups:read"];
const FEATURES: [&str; 2] = ["features:write", "features:read"];
const CLIENTS: [&str; 2] = ["clients:write", "clients:read"];
const RESOURCES: [&str; 2] = ["resources:write", "resources:read"];
const ACCESS: [&str; 2] = ["access:read", "access:read"];
const CONVERSATIONS: [&str; 2] = ["conversations:write", "conversations:read"];
const LIMITS: [&str; 2] = ["limits:write", "limits:read"];
const METERING: [&str; 2] = ["limits:consume", "limits:read"];
const USAGE: [&str; 2] = ["usage:write", "limits:read"];

/// Paths of an object of each kind.
pub(super) struct Objects {
    role: String,
    group: String,
    client: String,
    resource: String,
    conversation: String,
}

/// Adds an object of each kind.
pub(super) async fn add_objects(pool: &PgPool) -> Objects {
    role("zzmark-host")
        .permissions(&["limits:consume"])
        .insert(pool)
        .await;
    assign(pool, id_of(pool, "ada").await, &["zzmark-host"]).await;
    let role = role("zzmark-desk").insert(pool).await;
    let group = group("zzmark group").insert(pool).await;
    let client = client(pool, "zzmark client").await;
    let resource = resource("models", "zzmark").insert(pool).await;
    let bob = id_of(pool, "zzmark-bob").await;
    let conversation = conversation(pool, bob, "zzmark", "zzmark").await;
    Objects {
        role: format!("/api/admin/roles/{role}"),
        group: format!("/api/admin/groups/{group}"),
        client: format!("/api/admin/clients/{client}"),
        resource: format!("/api/admin/resources/{resource}"),
        conversation: format!("/api/conversations/{conversation}"),
    }
}

/// Returns the writes of a single object: without a change, with an outdated version, and of one that does not exist.
fn of_object(scopes: [&'static str; 2], path: &str, unknown: &str) -> Vec<Case> {
    let outdated = patch(path, &json!({ "name": "other" })).header("if-match", "\"999\"");
    vec![
        case(scopes, patch(path, &json!({})), 200, "zzmark"),
        case(scopes, put(path, &json!({})), 200, "zzmark"),
        case(scopes, outdated, 412, "zzmark"),
        case(scopes, delete(unknown), 404, ""),
    ]
}

/// Returns the writes. `pass` is a letter for names that are created in each pass.
pub(super) fn writes(ids: &Ids, objects: &Objects, pass: char, eve: &str) -> Vec<Case> {
    let post = |path: &str, body: Value| Ask::post(path).json(&body);
    let Objects {
        role,
        group,
        client,
        resource,
        conversation,
    } = objects;
    let unknown = |what: &str| format!("/api/admin/{what}/{UNKNOWN_ID}");
    let of_group = |what: &str| post(&format!("{group}/{what}"), json!({ "ids": [eve] }));
    let feature = "/api/admin/features/chat.call";
    let named = |name: &str| json!({ "name": format!("zzmark-{name}-{pass}") });
    let grants = json!({ "grants": [{ "subject": "everyone", "level": "read" }] });
    let question = json!({ "user": UNKNOWN_ID, "object": { "feature": "chat.call" } });
    let stored = json!({ "kind": "models", "externalId": pass, "name": "zzmark" });
    let mut writes = of_object(ROLES, role, &unknown("roles"));
    writes.extend(of_object(GROUPS, group, &unknown("groups")));
    writes.extend(of_object(CLIENTS, client, "/api/admin/clients/999999"));
    writes.extend(of_object(RESOURCES, resource, &unknown("resources")));
    writes.extend([
        case(
            ROLES,
            post("/api/admin/roles", named("role")),
            201,
            "zzmark",
        ),
        case(
            ROLES,
            post(&format!("{role}/clone"), named("copy")),
            201,
            "zzmark",
        ),
        case(
            GROUPS,
            post("/api/admin/groups", named("group")),
            201,
            "zzmark",
        ),
        case(GROUPS, of_group("members"), 200, "skipped"),
        // Requires the scope for invitations, too.
        case(
            GROUPS,
            post(&format!("{group}/invitations"), json!({})),
            403,
            "",
        ),
        case(GROUPS, of_group("managers"), 200, "skipped"),
        case(GROUPS, of_group("managers/remove"), 200, "skipped"),
        case(GROUPS, of_group("members/remove"), 200, "skipped"),
        case(
            FEATURES,
            put(feature, &json!({ "label": "zzmark" })),
            200,
            "zzmark",
        ),
        case(
            FEATURES,
            post("/api/admin/features", json!({ "set": "open_webui" })),
            200,
            "",
        ),
        case(FEATURES, delete("/api/admin/features/unknown"), 404, ""),
        case(
            CLIENTS,
            post("/api/admin/clients", named("client")),
            201,
            "zzmark",
        ),
        case(
            RESOURCES,
            post("/api/admin/resources", json!({ "resources": [stored] })),
            200,
            "",
        ),
        // Requires the scope for users, too.
        case(
            RESOURCES,
            post(
                "/api/admin/resources/transfer",
                json!({ "from": ids.bob, "to": eve }),
            ),
            403,
            "",
        ),
        case(
            RESOURCES,
            post(&format!("{resource}/grants"), grants),
            200,
            "",
        ),
        case(
            RESOURCES,
            post(
                &format!("{resource}/grants/revoke"),
                json!({ "subjects": ["everyone"] }),
            ),
            200,
            "",
        ),
        case(
            ACCESS,
            post("/api/access/check", json!({ "questions": [question] })),
            200,
            "",
        ),
    ]);
    let started =
        json!({ "userId": ids.bob, "branch": "zzmark", "name": "zzmark", "externalId": pass });
    let message = json!({ "role": "user", "content": "zzmark" });
    writes.extend([
        case(
            CONVERSATIONS,
            post("/api/conversations", started),
            201,
            "zzmark",
        ),
        case(
            CONVERSATIONS,
            post(
                &format!("{conversation}/messages"),
                json!({ "messages": [message] }),
            ),
            200,
            "",
        ),
        case(
            CONVERSATIONS,
            post(
                &format!("{conversation}/feedback"),
                json!({ "seq": 1, "rating": "like" }),
            ),
            200,
            "",
        ),
    ]);
    writes.extend(writes_of_limits(ids, eve));
    writes
}

/// Returns the writes of limits, of what is left of them, and of uses.
fn writes_of_limits(ids: &Ids, eve: &str) -> Vec<Case> {
    let post = |path: &str, body: Value| Ask::post(path).json(&body);
    let limit = json!({
        "subject": "default", "metric": "requests", "amount": 10, "period": "1d", "model": "zzmark",
    });
    let change = json!({ "metric": "requests", "amount": 1, "model": "zzmark", "reason": "test" });
    let reset = json!({ "metric": "requests", "model": "zzmark", "reason": "test" });
    let of_bob = |what: &str| format!("/api/admin/users/{}/limits/{what}", ids.bob);
    let used = json!({ "user": eve });
    let lease = json!({ "lease": UNKNOWN_ID });
    let unknown = format!("/api/admin/limits/{UNKNOWN_ID}");
    vec![
        case(LIMITS, put("/api/admin/limits", &limit), 200, "zzmark"),
        case(LIMITS, delete(&unknown), 404, ""),
        case(
            LIMITS,
            post(
                "/api/admin/limits/bulk",
                json!({
                    "users": [{ "id": ids.bob, "version": 999 }], "metric": "requests", "limit": null, "expected": 0
                }),
            ),
            200,
            "",
        ),
        case(
            LIMITS,
            put(
                &format!("/api/admin/users/{}/allowed-models", ids.bob),
                &json!({ "allowedModels": [] }),
            ),
            200,
            "",
        ),
        case(
            USAGE,
            post(&of_bob("top-up"), change.clone()),
            200,
            "zzmark",
        ),
        case(USAGE, post(&of_bob("adjust"), change), 200, "zzmark"),
        case(USAGE, post(&of_bob("reset"), reset), 200, "zzmark"),
        case(
            USAGE,
            post(
                "/api/admin/limits/bulk/reset",
                json!({ "users": [{ "id": ids.bob, "version": 1 }], "reason": "test" }),
            ),
            200,
            "",
        ),
        case(METERING, post("/api/limits/consume", used.clone()), 200, ""),
        case(METERING, post("/api/limits/reserve", used), 200, ""),
        case(METERING, post("/api/limits/settle", lease.clone()), 400, ""),
        case(METERING, post("/api/limits/release", lease), 400, ""),
        case(
            METERING,
            post("/api/usage", json!({ "events": [] })),
            200,
            "",
        ),
        case(
            METERING,
            post("/api/limits/check", json!({ "user": UNKNOWN_ID })),
            400,
            "",
        ),
    ]
}
