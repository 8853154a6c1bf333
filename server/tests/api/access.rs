//! Access of every kind of caller to every route.

mod groups;
mod limits;
mod model;

use std::{collections::BTreeSet, fmt::Write};

use axum::http::Method;
use leptos::server_fn::axum::server_fn_paths;
use serde_json::json;
use server::router::{SCREENS, form_paths};
use sqlx::PgPool;
use testing::{groups::group, roles::assign, users::id_of};

use crate::support::{App, Ask, PASSWORD, add_password, add_user, app, session};

/// Callers: a name for the table, the user whose session is sent, and the change that is applied to it first.
const CALLERS: &[(&str, &str, &str)] = &[
    ("anonymous", "", ""),
    ("user", "uma", ""),
    ("manager of a group", "mona", ""),
    ("auditor", "audrey", ""),
    ("application", "otto", ""),
    ("admin", "ada", ""),
    (
        "ended",
        "ada",
        "update sessions set ended_at = now(), ended_reason = 'revoked' where ended_at is null",
    ),
    (
        "expired",
        "ada",
        "update sessions set expires_at = now() where ended_at is null and expires_at > now()",
    ),
    (
        "suspended",
        "sue",
        "update users set status = 'suspended' where username = 'sue'",
    ),
    (
        "demoted",
        "dee",
        "delete from user_roles where user_id = (select id from users where username = 'dee')",
    ),
    (
        "deleted",
        "bea",
        "update users set deleted_at = now() where username = 'bea'",
    ),
];

/// Id that no user has, so that a permitted request changes nothing.
const UNKNOWN_ID: &str = "00000000-0000-7000-8000-000000000000";

fn unknown_user(what: &str) -> String {
    format!("/api/admin/users/{UNKNOWN_ID}{what}")
}

/// Returns the paths of the confirmation dialogs of one's own account, or of the panel: those about a user, and those with an id
/// that does not exist.
fn confirmations(own: bool) -> Vec<String> {
    let paths = ::app::screens::confirmations().into_iter();
    let paths = paths.filter(|path| path.starts_with("/account/") == own);
    let mut paths: Vec<String> = paths
        .map(|path| {
            path.replace("{user}", "visitor")
                .replace("{id}", UNKNOWN_ID)
        })
        .collect();
    paths.sort();
    paths
}

/// Returns the forms of those dialogs. They claim another preview than the dialog shows, so that they change nothing.
fn confirmed(own: bool) -> Vec<Ask> {
    let forms = confirmations(own).into_iter().flat_map(|path| {
        let fields = [("path", path.as_str()), ("page", "/"), ("shown", "nothing")];
        [path.as_str(), "/sfn/confirm"].map(|address| Ask::post(address).form(&fields))
    });
    forms.collect()
}

/// Returns the path of a page, for objects that do not exist.
fn unknown(path: &str) -> String {
    let path = path.replace("{user}", "visitor");
    // The id of a client is a number.
    let id = match path.starts_with("/clients/") {
        true => "999",
        false => UNKNOWN_ID,
    };
    path.replace("{id}", id)
        .replace("{group}", UNKNOWN_ID)
        .replace("{key}", "lab.none")
        .replace("{metric}", "requests")
        .replace("{action}", "suspend")
}

/// Returns a request for every page, and for some lists with a filter. Pages about a selection get one.
fn screens() -> Vec<Ask> {
    let paths: BTreeSet<String> = SCREENS.iter().map(|page| unknown(page.path())).collect();
    let addresses = paths.into_iter().map(|path| match path.as_str() {
        "/sessions/revoke" => format!("{path}?user=unknown-user"),
        "/users/bulk/suspend"
        | "/users/bulk/limit"
        | "/users/bulk/reset-usage"
        | "/registrations/approve"
        | "/registrations/reject"
        | "/registrations/reopen"
        | "/registrations/restore" => format!("{path}?u={UNKNOWN_ID}:1:unknown-user"),
        _ => path,
    });
    let filtered = [
        "/groups?q=crew",
        "/limits?subject=default&metric=cost",
        "/limits?subject=unknown",
        "/sessions?ended=true",
        "/settings/jobs?state=failed",
        "/tokens?user=unknown-user&state=live",
        "/users?q=status:active",
    ];
    addresses
        .chain(filtered.map(str::to_owned))
        .map(|address| Ask::get(&address))
        .collect()
}

/// Returns the forms of the panel for an id that no user has: to the path of the page, which is for browsers without scripts, and
/// to the server function behind it.
fn forms() -> Vec<Ask> {
    let of_unknown = [
        ("page", "/users/unknown-user"),
        ("id", UNKNOWN_ID),
        ("username", "unknown-user"),
        ("shown", "nothing"),
    ];
    let selected = format!("{UNKNOWN_ID}:1:unknown-user");
    let invitation = format!("/registrations/invitations/{UNKNOWN_ID}/resend");
    let edit_key = format!("/keys/{UNKNOWN_ID}/edit");
    let rotate_key = format!("/users/visitor/keys/tokens/{UNKNOWN_ID}/rotate");
    let edit_virtual_key = format!("/users/visitor/keys/tokens/{UNKNOWN_ID}/edit");
    let [clone_role, edit_role, delete_role] =
        ["clone", "edit", "delete"].map(|end| format!("/roles/{UNKNOWN_ID}/{end}"));
    let resource = |end: &str| format!("/resources/{UNKNOWN_ID}{end}");
    let mut forms = confirmed(false);
    for (page, function, fields) in [
        (
            "/users/new",
            "create-user",
            &[("username", "Visitor"), ("display_name", "Another")][..],
        ),
        (
            "/users/bulk/suspend",
            "bulk-users",
            &[
                ("operation", "suspend"),
                ("selected", &selected),
                ("expected", "0"),
                ("reason", "spam"),
            ],
        ),
        (
            "/users/visitor",
            "user-operation",
            &[("operation", "unsuspend")],
        ),
        (
            "/users/visitor/edit",
            "edit-user",
            &[("version", "1"), ("display_name", "Other")],
        ),
        (
            "/users/visitor/suspend",
            "suspend-user",
            &[("version", "1"), ("reason", "spam")],
        ),
        (
            "/users/visitor/delete",
            "delete-user",
            &[("counts", "0,0,0,0,0,0"), ("confirm", "visitor")],
        ),
        ("/users/visitor/reset", "create-reset-link", &[]),
        (
            "/users/visitor/keys/tokens/new",
            "create-virtual-key",
            &[("name", "lab")],
        ),
        (&rotate_key, "rotate-virtual-key", &[]),
        (
            &edit_virtual_key,
            "edit-virtual-key",
            &[("version", "1"), ("name", "lab"), ("models", "all")],
        ),
        ("/users/visitor/access/groups", "set-user-groups", &[]),
        (
            "/sessions/revoke",
            "revoke-sessions",
            &[
                ("page", "/users/unknown-user"),
                ("user", "unknown-user"),
                ("username", ""),
                ("expected", "0"),
            ],
        ),
        (
            "/users/visitor/reassign",
            "reassign-data",
            &[("to", "uma"), ("personas", "0")],
        ),
        (
            "/registrations/approve",
            "decide",
            &[
                ("decision", "approve"),
                ("selected", &selected),
                ("expected", "1"),
            ],
        ),
        (
            "/registrations/reject",
            "decide",
            &[
                ("decision", "reject"),
                ("selected", &selected),
                ("expected", "1"),
            ],
        ),
        (
            "/registrations/reopen",
            "decide",
            &[
                ("decision", "reopen"),
                ("selected", &selected),
                ("expected", "1"),
            ],
        ),
        (
            "/registrations/restore",
            "decide",
            &[
                ("decision", "restore"),
                ("selected", &selected),
                ("expected", "1"),
            ],
        ),
        (
            "/registrations",
            "registration-operation",
            &[
                ("page", "/registrations"),
                ("id", UNKNOWN_ID),
                ("username", "unknown-user"),
                ("version", "1"),
                ("operation", "approve"),
            ],
        ),
        (
            "/registrations/invitations/new",
            "invite",
            &[("max_uses", "0"), ("days", "7")],
        ),
        (&invitation, "renew-invitation", &[]),
        (
            "/keys",
            "set-key-active",
            &[("owner", "system"), ("operation", "disable")],
        ),
        ("/keys/new", "add-key", &[("owner", "system")]),
        (
            &edit_key,
            "edit-key",
            &[("owner", "system"), ("key_name", "Other")],
        ),
        ("/roles/new", "create-role", &[("name", "other")]),
        (&clone_role, "create-role", &[("name", "other")]),
        (
            &edit_role,
            "edit-role",
            &[("version", "1"), ("name", "other"), ("rank", "60")],
        ),
        (
            &delete_role,
            "delete-role",
            &[("version", "1"), ("users", "0")],
        ),
        ("/clients/new", "create-client", &[("name", "Other")]),
        (
            "/resources/new",
            "create-resource",
            &[("kind", "two words"), ("name", "other")],
        ),
        (
            "/resources/transfer",
            "transfer-resources",
            &[("from", "unknown-user"), ("to", "uma")],
        ),
        (
            &resource(""),
            "grant-operation",
            &[
                ("kind", "everyone"),
                ("level", "read"),
                ("operation", "revoke"),
            ],
        ),
        (
            &resource("/grant"),
            "grant-access",
            &[("kind", "everyone"), ("level", "read")],
        ),
        (
            &resource("/transfer"),
            "transfer-resource",
            &[("version", "1"), ("owner", "uma")],
        ),
        (
            &resource("/edit"),
            "edit-resource",
            &[("version", "1"), ("name", "Other")],
        ),
        (
            &resource("/delete"),
            "delete-resource",
            &[("version", "1"), ("counts", "0,0,0,false")],
        ),
        (
            "/features",
            "set-feature-default",
            &[
                ("key", "lab.none"),
                ("version", "1"),
                ("operation", "enable"),
            ],
        ),
        ("/features/new", "add-feature", &[("key", "Not valid")]),
        ("/features/set", "add-feature-set", &[("set", "unknown")]),
        (
            "/features/lab.none/edit",
            "edit-feature",
            &[("key", "lab.none"), ("version", "1")],
        ),
        (
            "/features/lab.none/delete",
            "delete-feature",
            &[("key", "lab.none"), ("version", "1"), ("groups", "0")],
        ),
    ] {
        let names_one = fields.iter().any(|(name, _)| *name == "username");
        let of_unknown = of_unknown.iter().filter(|_| !names_one).copied();
        let fields: Vec<_> = of_unknown.chain(fields.iter().copied()).collect();
        forms.push(Ask::post(page).form(&fields));
        forms.push(Ask::post(&format!("/sfn/{function}")).form(&fields));
    }
    // The id of a client is a number.
    let client = [
        ("id", "999"),
        ("version", "1"),
        ("shown", "ACME"),
        ("name", "Other"),
        ("users", "0"),
    ];
    for operation in ["edit", "delete"] {
        forms.push(Ask::post(&format!("/clients/999/{operation}")).form(&client));
        forms.push(Ask::post(&format!("/sfn/{operation}-client")).form(&client));
    }
    forms.extend(groups::forms());
    forms.extend(limits::forms());
    forms
}

/// Returns the requests with which the screens of the panel load their data.
fn reads() -> Vec<Ask> {
    let mut reads = vec![Ask::get("/sfn/overview")];
    // Those about a user, who exists.
    let of_users = confirmations(false).into_iter();
    let of_users = of_users.filter(|path| !path.contains(UNKNOWN_ID));
    reads.extend(of_users.map(|path| Ask::get(&format!("/sfn/confirmation?path={path}"))));
    reads.extend([
        Ask::get("/sfn/users"),
        Ask::get("/sfn/sessions"),
        Ask::get("/sfn/failed-sign-ins?params[by]=address"),
        Ask::get("/sfn/preview-revocation?params[user]=unknown-user"),
        Ask::get("/sfn/roles"),
        Ask::get("/sfn/role-list"),
        Ask::get(&format!("/sfn/role-deletion?id={UNKNOWN_ID}")),
        Ask::get("/sfn/client-list"),
        Ask::get("/sfn/client?id=999"),
        Ask::get("/sfn/client-deletion?id=999"),
        Ask::get("/sfn/user?user=visitor"),
        Ask::get("/sfn/username-taken?username=visitor"),
        Ask::get(&format!(
            "/sfn/preview-bulk?operation=suspend&selected={UNKNOWN_ID}:1:unknown-user"
        )),
        Ask::get("/sfn/audit"),
        Ask::get("/sfn/settings"),
        Ask::get("/sfn/dialects"),
        Ask::get("/sfn/jobs?params[state]=failed"),
        Ask::get("/sfn/registrations"),
        Ask::get(&format!(
            "/sfn/preview-decision?decision=approve&selected={UNKNOWN_ID}:1:unknown-user"
        )),
        Ask::get("/sfn/invitations"),
        Ask::get("/sfn/keys?owner=system"),
        Ask::get("/sfn/tokens?params[state]=live"),
        Ask::get(&format!("/sfn/virtual-key?id={UNKNOWN_ID}")),
        Ask::get(&format!(
            "/sfn/ask-access?id={UNKNOWN_ID}&feature=chat.call"
        )),
        Ask::get("/sfn/pick-groups?q=a&limit=20"),
        Ask::get("/sfn/pick-clients?q=a&limit=20"),
        Ask::get("/sfn/pick-users?q=a&limit=20"),
        Ask::get("/sfn/resources?params[kind]=models"),
        Ask::get(&format!("/sfn/resource?id={UNKNOWN_ID}")),
        Ask::get(&format!("/sfn/resource-deletion?id={UNKNOWN_ID}")),
        Ask::get(&format!("/sfn/resource-check?id={UNKNOWN_ID}&user=visitor")),
        Ask::get("/sfn/features"),
        Ask::get("/sfn/feature-deletion?key=lab.none"),
        Ask::get("/sfn/conversations?params[feedback]=likes"),
        Ask::get(&format!("/sfn/conversation?id={UNKNOWN_ID}")),
        Ask::get("/sfn/usage?params[range]=7d"),
    ]);
    for function in [
        "sessions", "keys", "tokens", "data", "access", "groups", "usage", "history", "deletion",
    ] {
        reads.push(Ask::get(&format!("/sfn/user-{function}?id={UNKNOWN_ID}")));
    }
    reads.extend(groups::reads());
    reads.extend(limits::reads());
    reads
}

/// Returns the requests about one's own account. Changes beyond the name are invalid even for a permitted caller, so that the
/// sessions and the password are unchanged for the next caller.
fn account() -> Vec<Ask> {
    let wrong = json!({ "password": "copper lantern", "currentPassword": "wrong" });
    // The provider does not exist, so that the request is invalid even for a caller who can store a key.
    let key = json!({ "provider": "UNKNOWN", "keyName": "Work", "apiKey": "sk-12345678" });
    let own_key = format!("/api/api-keys/{UNKNOWN_ID}");
    let edit_key = format!("/account/keys/{UNKNOWN_ID}/edit");
    let unnamed_token = json!({ "name": "", "scopes": ["account"] });
    let mut asks = vec![
        Ask::get("/api/user/profile"),
        Ask::new(Method::PUT, "/api/user/profile").json(&wrong),
        Ask::new(Method::PATCH, "/api/user/profile").json(&json!({ "displayName": "Myself" })),
        Ask::get("/api/user/export"),
        Ask::new(Method::DELETE, "/api/user").json(&json!({ "currentPassword": PASSWORD })),
        Ask::get("/api/sessions"),
        Ask::new(Method::DELETE, "/api/sessions"),
        Ask::new(Method::DELETE, &format!("/api/sessions/{UNKNOWN_ID}")),
        Ask::get("/api/tokens"),
        Ask::post("/api/tokens").json(&unnamed_token),
        Ask::new(Method::DELETE, &format!("/api/tokens/{UNKNOWN_ID}")),
        Ask::post("/api/virtual-keys").json(&json!({ "name": "" })),
        Ask::get("/sfn/keys?owner=own"),
        Ask::get("/sfn/own-usage"),
        Ask::get("/api/api-keys"),
        Ask::post("/api/api-keys").json(&key),
        Ask::new(Method::PUT, &own_key).json(&json!({ "isActive": false })),
        Ask::new(Method::PATCH, &own_key).json(&json!({ "keyName": "Other" })),
        Ask::new(Method::DELETE, &own_key),
        Ask::get("/api/api-keys/resolve/OPENAI"),
        Ask::get("/sfn/account"),
        Ask::get("/sfn/account-sessions"),
        Ask::get("/sfn/account-tokens"),
        Ask::get("/sfn/account-deletion"),
        Ask::get("/sfn/own-limits"),
        Ask::get("/sfn/time-zones"),
    ];
    asks.extend(confirmed(true));
    for (page, function, fields) in [
        (
            "/account",
            "edit-profile",
            &[("version", "0"), ("display_name", "Myself")][..],
        ),
        (
            "/account/password",
            "change-password",
            &[
                ("password", "copper lantern"),
                ("password_again", "copper lantern"),
            ],
        ),
        (
            "/account/keys",
            "set-key-active",
            &[
                ("owner", "own"),
                ("id", UNKNOWN_ID),
                ("shown", "nothing"),
                ("operation", "disable"),
            ],
        ),
        ("/account/keys/new", "add-key", &[("owner", "own")]),
        (
            &edit_key,
            "edit-key",
            &[
                ("owner", "own"),
                ("id", UNKNOWN_ID),
                ("shown", "nothing"),
                ("key_name", "Other"),
            ],
        ),
        (
            "/account/tokens/new",
            "create-token",
            &[("name", ""), ("scopes[]", "account"), ("days", "30")],
        ),
        (
            "/account/tokens/new-key",
            "create-own-virtual-key",
            &[("name", ""), ("days", "30")],
        ),
        (
            "/account/preferences",
            "set-preferences",
            &[("version", "0")],
        ),
        (
            "/account/delete",
            "delete-account",
            &[("counts", "0,0,0,0,0,0"), ("confirm", "unknown-user")],
        ),
    ] {
        asks.push(Ask::post(page).form(fields));
        asks.push(Ask::post(&format!("/sfn/{function}")).form(fields));
    }
    asks
}

/// Returns the requests for owned data, under both prefixes, of an owner that does not exist, so that they create nothing.
fn owned() -> Vec<Ask> {
    let mark = json!({ "videoId": "v1", "label": "A boat" });
    let mut asks = vec![
        Ask::get("/api/personas"),
        Ask::post("/api/personas").json(&json!({})),
        Ask::get(&unknown_user("/personas")),
        Ask::post(&unknown_user("/personas"))
            .json(&json!({ "name": "Analyst", "role": "Analyst", "informationNeed": "Boats" })),
    ];
    for prefix in ["/api", "/api/admin"] {
        let persona = format!("{prefix}/personas/{UNKNOWN_ID}");
        let ontology = format!("{persona}/ontology");
        let annotations = format!("{persona}/annotations");
        let annotation = format!("{prefix}/annotations/{UNKNOWN_ID}");
        for path in [&persona, &ontology, &annotation] {
            asks.push(Ask::get(path));
            asks.push(Ask::new(Method::PUT, path).json(&json!({})));
            asks.push(Ask::new(Method::DELETE, path));
        }
        asks.push(Ask::new(Method::PATCH, &persona).json(&json!({})));
        asks.push(Ask::new(Method::PATCH, &annotation).json(&json!({})));
        asks.push(Ask::get(&annotations));
        asks.push(Ask::post(&annotations).json(&mark));
    }
    asks
}

/// Returns a well-formed request to every route. Those that sign in are always those of the same visitor.
pub(crate) fn endpoints() -> Vec<Ask> {
    let credentials = [("username", "visitor"), ("password", PASSWORD)];
    let claim = [
        ("username", "eve"),
        ("display_name", "Eve"),
        ("password", "correct horse"),
        ("password_again", "correct horse"),
    ];
    let chosen = [
        ("password", "correct horse"),
        ("password_again", "correct horse"),
    ];
    let system_key = format!("/api/admin/api-keys/{UNKNOWN_ID}");
    let mut endpoints =
        vec![
        Ask::get("/healthz"),
        Ask::get("/readyz"),
        Ask::get("/api/health"),
        Ask::get("/api/config"),
        Ask::post("/api/auth/login").json(&json!({ "username": "visitor", "password": PASSWORD })),
        Ask::post("/api/auth/password").json(&json!({ "token": "made-up", "password": PASSWORD })),
        Ask::post("/api/auth/logout"),
        Ask::get("/api/auth/me"),
        Ask::get("/api/admin/overview"),
        Ask::get("/api/admin/users"),
        Ask::post("/api/admin/users").json(
            &json!({ "username": "Visitor", "displayName": "Another", "password": "secret" }),
        ),
        Ask::post("/api/admin/users/bulk").json(&json!({
            "action": { "action": "revokeSessions" }, "users": [{ "id": UNKNOWN_ID, "version": 1 }]
        })),
        Ask::get("/api/admin/users/find?user=unknown-user"),
        Ask::get(&unknown_user("")),
        Ask::new(Method::PUT, &unknown_user("")).json(&json!({ "displayName": "Other" })),
        Ask::new(Method::PATCH, &unknown_user("")).json(&json!({ "email": null })),
        Ask::new(Method::DELETE, &unknown_user("")),
        Ask::get(&unknown_user("/deletion-preview")),
        Ask::get(&unknown_user("/history")),
        Ask::get(&unknown_user("/sessions")),
        Ask::get(&unknown_user("/reset-link")),
        Ask::get(&unknown_user("/export")),
        Ask::post(&unknown_user("/suspend")).json(&json!({ "reason": "spam" })),
        Ask::post(&unknown_user("/unsuspend")),
        Ask::post(&unknown_user("/restore")),
        Ask::post(&unknown_user("/reset-link")),
        Ask::new(Method::DELETE, &unknown_user("/reset-link")),
        Ask::post(&unknown_user("/reassign")).json(&json!({ "to": UNKNOWN_ID })),
        Ask::new(Method::DELETE, &unknown_user("/sessions")),
        Ask::get(&unknown_user("/api-keys")),
        Ask::new(Method::DELETE, &unknown_user(&format!("/api-keys/{UNKNOWN_ID}"))),
        Ask::get("/api/admin/api-keys"),
        Ask::post("/api/admin/api-keys").json(&json!({
            "provider": "UNKNOWN", "keyName": "Work", "apiKey": "sk-12345678"
        })),
        Ask::new(Method::PUT, &system_key).json(&json!({ "isActive": false })),
        Ask::new(Method::PATCH, &system_key).json(&json!({ "keyName": "Other" })),
        Ask::new(Method::DELETE, &system_key),
        Ask::get("/api/admin/sessions"),
        Ask::get("/api/admin/sessions/events"),
        Ask::get("/api/admin/sessions/failed"),
        Ask::post("/api/admin/sessions/revoke")
            .json(&json!({ "filter": { "user": "unknown-user" }, "expected": 0 })),
        Ask::new(Method::DELETE, &format!("/api/admin/sessions/{UNKNOWN_ID}")),
        Ask::get("/api/admin/tokens"),
        Ask::new(Method::DELETE, &format!("/api/admin/tokens/{UNKNOWN_ID}")),
        Ask::post(&unknown_user("/virtual-keys")).json(&json!({ "name": "lab" })),
        Ask::get(&format!("/api/admin/virtual-keys/{UNKNOWN_ID}")),
        Ask::new(Method::PUT, &format!("/api/admin/virtual-keys/{UNKNOWN_ID}")).json(&json!({})),
        Ask::new(Method::PATCH, &format!("/api/admin/virtual-keys/{UNKNOWN_ID}"))
            .json(&json!({ "name": "other" })),
        Ask::post(&format!("/api/admin/virtual-keys/{UNKNOWN_ID}/block")),
        Ask::post(&format!("/api/admin/virtual-keys/{UNKNOWN_ID}/unblock")),
        Ask::post(&format!("/api/admin/virtual-keys/{UNKNOWN_ID}/rotate")).json(&json!({})),
        Ask::post(&format!("/api/admin/virtual-keys/{UNKNOWN_ID}/end-previous")),
        Ask::get("/api/admin/audit"),
        Ask::get("/api/admin/audit/export?format=csv&to=1999"),
        Ask::get("/api/admin/resources/export?format=csv&kind=none"),
        Ask::get("/api/admin/roles/export?format=csv"),
        Ask::get("/api/admin/groups/export?format=csv&q=none"),
        Ask::get("/api/admin/clients/export?format=csv&q=none"),
        Ask::get("/api/admin/settings"),
        Ask::get("/api/admin/dialects"),
        Ask::get("/api/admin/jobs"),
        Ask::post(&format!("/api/admin/jobs/{UNKNOWN_ID}/retry")),
        Ask::post("/api/auth/register").json(&json!({
            "username": "eve", "displayName": "Eve", "password": "correct horse"
        })),
        Ask::get("/api/admin/registrations"),
        Ask::get("/api/admin/registrations/settings"),
        Ask::post(&format!("/api/admin/registrations/{UNKNOWN_ID}/approve")),
        Ask::post(&format!("/api/admin/registrations/{UNKNOWN_ID}/reject"))
            .json(&json!({ "note": "spam" })),
        Ask::post(&format!("/api/admin/registrations/{UNKNOWN_ID}/reopen")),
        Ask::post(&format!("/api/admin/registrations/{UNKNOWN_ID}/restore")),
        Ask::get("/api/admin/invitations"),
        Ask::post("/api/admin/invitations").json(&json!({ "maxUses": 0 })),
        Ask::post(&format!("/api/admin/invitations/{UNKNOWN_ID}/resend")),
        Ask::new(Method::DELETE, &format!("/api/admin/invitations/{UNKNOWN_ID}")),
        Ask::get("/api/anything"),
        Ask::get("/"),
        Ask::post("/login").form(&credentials),
        Ask::post("/logout"),
        Ask::post("/setup").form(&claim),
        Ask::get("/setup/some-token"),
        Ask::post("/reset").form(&chosen),
        Ask::get("/reset/some-token"),
        Ask::post("/register").form(&claim),
        Ask::post("/sfn/register").form(&claim),
        Ask::post("/invite").form(&claim),
        Ask::get("/invite/some-token"),
        Ask::get("/sfn/invitation"),
        Ask::post("/sfn/accept-invitation").form(&claim),
        Ask::get("/anything"),
        Ask::post("/preferences").form(&[("theme", "dark")]),
        Ask::post("/sfn/sign-in").form(&credentials),
        Ask::get("/sfn/setup-link"),
        Ask::post("/sfn/setup").form(&claim),
        Ask::get("/sfn/reset-link"),
        Ask::post("/sfn/reset").form(&chosen),
    ];
    endpoints.extend(account());
    endpoints.extend(owned());
    endpoints.extend(model::requests());
    endpoints.extend(screens());
    endpoints.extend(forms());
    endpoints.extend(reads());
    endpoints
}

/// Returns the outcome for each caller, with a new session for each.
async fn row(app: &App, endpoint: &Ask) -> Vec<String> {
    let mut outcomes = Vec::new();
    for (_, username, change) in CALLERS {
        let mut ask = endpoint.clone();
        if !username.is_empty() {
            let session = session(&app.pool, username).await;
            app.run(change).await;
            ask = ask.by(&session);
        }
        outcomes.push(app.send(ask).await.outline());
        app.run("update users set status = 'active', deleted_at = null where status <> 'active' or deleted_at is not null")
            .await;
        assign(&app.pool, id_of(&app.pool, "dee").await, &["admin"]).await;
    }
    outcomes
}

#[testing::test]
async fn every_address_answers_each_caller_as_agreed(pool: PgPool) {
    let app = app(&pool).storing_keys();
    // Otherwise a stream of events would not end.
    app.services.live.stop();
    for (username, roles) in [
        ("visitor", &["user"][..]),
        ("uma", &["user"]),
        ("mona", &["user"]),
        ("audrey", &["auditor", "user"]),
        ("otto", &["application"]),
        ("ada", &["admin"]),
        ("sue", &["admin"]),
        ("dee", &["admin"]),
        ("bea", &["admin"]),
    ] {
        add_user(&pool, username, roles).await;
    }
    add_password(&pool, &app.services.hasher).await;
    let mona = id_of(&pool, "mona").await;
    group("Crew").managers(&[mona]).insert(&pool).await;
    let mut table = Vec::new();
    for endpoint in endpoints() {
        let mut entry = format!("{}\n", endpoint.label());
        let outcomes = row(&app, &endpoint).await;
        let mut seen = BTreeSet::new();
        for outcome in outcomes.iter().filter(|outcome| seen.insert(*outcome)) {
            let callers: Vec<&str> = CALLERS
                .iter()
                .zip(&outcomes)
                .filter(|(_, theirs)| *theirs == outcome)
                .map(|((caller, ..), _)| *caller)
                .collect();
            let callers = if callers.len() == CALLERS.len() {
                "every caller".to_owned()
            } else {
                callers.join(", ")
            };
            writeln!(entry, "    {callers}: {outcome}").unwrap();
        }
        table.push(entry);
    }
    table.sort();
    let table = table.concat();
    insta::assert_snapshot!(table);
}

/// Returns the paths in the calls of `.route("…", …)` in a source file.
fn routes_in(source: &str) -> impl Iterator<Item = String> {
    source
        .split(".route(")
        .skip(1)
        .filter_map(|rest| Some(rest.split('"').nth(1)?.to_owned()))
}

#[test]
fn every_address_is_in_the_table() {
    let asked: BTreeSet<String> = endpoints()
        .iter()
        .map(|ask| ask.label().split('?').next().unwrap().to_owned())
        .collect();
    let paths: BTreeSet<&str> = asked
        .iter()
        .map(|label| label.split(' ').nth(1).unwrap())
        .collect();
    let routes = routes_in(include_str!("../../src/router.rs"))
        .map(|path| path.replace("{token}", "some-token"));
    let functions: Vec<(&str, Method)> = server_fn_paths().collect();
    assert!(functions.len() >= 4, "{functions:?}");
    let functions = functions.into_iter().map(|(path, _)| path.to_owned());
    for path in routes.chain(functions) {
        assert!(
            paths.contains(path.as_str()),
            "{path} is not in the table of this file"
        );
    }
    for path in form_paths() {
        let form = format!("POST {}", unknown(path));
        assert!(
            asked.contains(&form),
            "{form} is not in the table of this file"
        );
    }
}
