//! Names and codes of the fields in errors of bodies.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    document::fits,
    support::{Answer, App, Ask, add_password, add_user, app, id_of, open_app, session},
};

/// Id that nothing has: bodies are checked before their objects are looked up.
const UNKNOWN_ID: &str = "00000000-0000-7000-8000-000000000000";

/// A body that is sent to operations, and the fields of the errors that it causes, with their codes.
struct Case {
    operations: &'static [&'static str],
    body: Value,
    errors: &'static [(&'static str, &'static str)],
}

const NO_NAME: &[(&str, &str)] = &[("name", "enter_value")];
const CURRENT: &[(&str, &str)] = &[("currentPassword", "enter_current_password")];
const KEY: &[(&str, &str)] = &[("keyName", "enter_name"), ("apiKey", "enter_api_key")];
const MARK: &[(&str, &str)] = &[("videoId", "enter_value"), ("label", "enter_value")];

fn case(
    operations: &'static [&'static str],
    body: Value,
    errors: &'static [(&'static str, &'static str)],
) -> Case {
    Case {
        operations,
        body,
        errors,
    }
}

/// Returns invalid bodies for sign-in and one's own account.
fn of_accounts() -> Vec<Case> {
    vec![
        case(
            &["POST /api/auth/login"],
            json!({ "username": "", "password": "" }),
            &[
                ("username", "enter_username"),
                ("password", "enter_password"),
            ],
        ),
        case(
            &["POST /api/auth/password"],
            json!({ "username": "", "password": "", "newPassword": "" }),
            &[
                ("username", "enter_username"),
                ("password", "enter_password"),
            ],
        ),
        case(
            &["POST /api/auth/register"],
            json!({ "username": "ab", "displayName": " ", "email": "x", "password": "short" }),
            &[
                ("username", "characters_range"),
                ("displayName", "enter_name"),
                ("email", "enter_email"),
                ("password", "characters_min"),
            ],
        ),
        case(
            &["PUT /api/user/profile", "PATCH /api/user/profile"],
            json!({
                "password": "short", "displayName": " ", "email": "x", "timeZone": "no zone",
                "notificationPreferences": { "a": "\0" }
            }),
            &[
                ("password", "characters_min"),
                ("displayName", "enter_name"),
                ("email", "enter_email"),
                ("timeZone", "time_zone_unknown"),
                ("notificationPreferences", "json_nul"),
            ],
        ),
        case(
            &["PATCH /api/user/profile"],
            json!({ "email": "new@example.org" }),
            CURRENT,
        ),
        case(&["DELETE /api/user"], json!({}), CURRENT),
    ]
}

/// Returns invalid bodies for access tokens and provider API keys.
fn of_tokens_and_keys() -> Vec<Case> {
    vec![
        case(
            &["POST /api/tokens"],
            json!({ "name": " ", "scopes": [], "days": 0 }),
            &[
                ("name", "enter_name"),
                ("scopes", "select_scope"),
                ("days", "token_days_max"),
            ],
        ),
        case(
            &["POST /api/tokens"],
            json!({ "name": "script", "scopes": ["account"] }),
            CURRENT,
        ),
        case(
            &[
                "POST /api/admin/users/ID/virtual-keys",
                "POST /api/virtual-keys",
            ],
            json!({ "name": " ", "days": 0, "allowedModels": [""], "metadata": { "a": "x".repeat(3_000) } }),
            &[
                ("name", "enter_name"),
                ("days", "token_days_max"),
                ("allowedModels", "enter_name"),
                ("metadata", "bytes_max"),
            ],
        ),
        case(
            &["POST /api/virtual-keys"],
            json!({ "name": "lab" }),
            CURRENT,
        ),
        case(
            &[
                "PATCH /api/admin/virtual-keys/ID",
                "PUT /api/admin/virtual-keys/ID",
            ],
            json!({ "name": " ", "days": 0, "allowedModels": [""], "metadata": { "a": "x".repeat(3_000) } }),
            &[
                ("name", "enter_name"),
                ("days", "token_days_max"),
                ("allowedModels", "enter_name"),
                ("metadata", "bytes_max"),
            ],
        ),
        case(
            &["POST /api/admin/virtual-keys/ID/rotate"],
            json!({ "overlapHours": 169 }),
            &[("overlapHours", "key_overlap_max")],
        ),
        case(
            &["POST /api/api-keys", "POST /api/admin/api-keys"],
            json!({ "provider": "UNKNOWN", "keyName": " ", "apiKey": "" }),
            &[
                ("provider", "provider_unknown"),
                ("keyName", "enter_name"),
                ("apiKey", "enter_api_key"),
            ],
        ),
        case(
            &[
                "PUT /api/api-keys/ID",
                "PATCH /api/api-keys/ID",
                "PUT /api/admin/api-keys/ID",
                "PATCH /api/admin/api-keys/ID",
            ],
            json!({ "keyName": " ", "apiKey": "" }),
            KEY,
        ),
    ]
}

/// Returns invalid bodies for the administration of users.
fn of_users() -> Vec<Case> {
    let clients = vec![1; 1_001];
    vec![
        case(
            &["POST /api/admin/users"],
            json!({
                "username": "ab", "displayName": " ", "email": "x", "roles": ["no role"], "password": "12345",
                "notificationPreferences": { "a": "\0" }, "clientList": clients, "groups": vec!["x"; 101]
            }),
            &[
                ("username", "characters_range"),
                ("displayName", "enter_name"),
                ("email", "enter_email"),
                ("roles", "role_name"),
                ("password", "characters_min"),
                ("notificationPreferences", "json_nul"),
                ("clientList", "clients_max"),
                ("groups", "groups_max"),
            ],
        ),
        case(
            &["PUT /api/admin/users/ID", "PATCH /api/admin/users/ID"],
            json!({
                "displayName": " ", "email": "x", "roles": ["no role"], "isAdmin": true, "password": "12345",
                "profile": { "a": "\0" }, "notificationPreferences": { "a": "\0" }, "clientList": clients
            }),
            &[
                ("displayName", "enter_name"),
                ("email", "enter_email"),
                ("roles", "role_name"),
                ("password", "characters_min"),
                ("profile", "json_nul"),
                ("notificationPreferences", "json_nul"),
                ("clientList", "clients_max"),
            ],
        ),
        case(
            &["POST /api/admin/users/ID/suspend"],
            json!({ "reason": " ", "until": "2000-01-01T00:00:00Z" }),
            &[("reason", "enter_reason"), ("until", "date_in_future")],
        ),
        case(
            &["POST /api/admin/users/bulk"],
            json!({ "action": { "action": "restore" }, "users": [] }),
            &[("users", "select_users")],
        ),
        case(
            &["POST /api/admin/users/bulk"],
            json!({
                "action": { "action": "suspend", "reason": " ", "until": "2000-01-01T00:00:00Z" },
                "users": [{ "id": UNKNOWN_ID, "version": 1 }]
            }),
            &[
                ("action.reason", "enter_reason"),
                ("action.until", "date_in_future"),
            ],
        ),
        case(
            &["POST /api/admin/users/ID/reassign"],
            json!({ "to": "x" }),
            &[("to", "format")],
        ),
    ]
}

/// Returns invalid bodies for sessions, registrations and invitations.
fn of_sessions_and_registrations() -> Vec<Case> {
    vec![
        case(
            &["POST /api/admin/sessions/revoke"],
            json!({ "expected": "x" }),
            &[("expected", "format")],
        ),
        case(
            &[
                "POST /api/admin/registrations/ID/approve",
                "POST /api/admin/registrations/ID/reject",
                "POST /api/admin/registrations/ID/reopen",
                "POST /api/admin/registrations/ID/restore",
            ],
            json!({ "note": "x".repeat(501) }),
            &[("note", "characters_max")],
        ),
        case(
            &["POST /api/admin/registrations/ID/approve"],
            json!({ "roles": ["two words"] }),
            &[("roles", "role_name")],
        ),
        case(
            &[
                "POST /api/admin/invitations",
                "POST /api/admin/groups/ID/invitations",
            ],
            json!({ "roles": ["no role"], "maxUses": 0, "days": 0, "note": "x".repeat(501) }),
            &[
                ("roles", "role_name"),
                ("maxUses", "number_range"),
                ("days", "days_range"),
                ("note", "characters_max"),
            ],
        ),
    ]
}

/// Returns invalid bodies for roles, groups and features.
fn of_roles_and_groups() -> Vec<Case> {
    let long = |length: usize| "x".repeat(length);
    vec![
        case(
            &[
                "POST /api/admin/roles",
                "PUT /api/admin/roles/ID",
                "PATCH /api/admin/roles/ID",
            ],
            json!({
                "name": "two words", "label": long(101), "description": long(501), "permissions": ["planets:move"],
                "rank": 1_001
            }),
            &[
                ("name", "role_name"),
                ("label", "characters_max"),
                ("description", "characters_max"),
                ("permissions", "role_permission_unknown"),
                ("rank", "role_rank_range"),
            ],
        ),
        case(
            &["POST /api/admin/roles/ID/clone"],
            json!({}),
            &[("name", "missing")],
        ),
        case(
            &["POST /api/admin/groups"],
            json!({
                "name": " ", "description": long(2_001), "externalId": long(201), "data": { "a": "\0" },
                "meta": { "a": "\0" }, "features": ["Chat"]
            }),
            &[
                ("name", "enter_name"),
                ("description", "characters_max"),
                ("externalId", "characters_max"),
                ("data", "json_nul"),
                ("meta", "json_nul"),
                ("features", "feature_unknown"),
            ],
        ),
        case(
            &["PUT /api/admin/groups/ID", "PATCH /api/admin/groups/ID"],
            json!({ "name": "a\u{202e}b", "externalId": long(201), "features": ["Chat"] }),
            &[
                ("name", "control_characters"),
                ("externalId", "characters_max"),
                ("features", "feature_unknown"),
            ],
        ),
        case(
            &[
                "POST /api/admin/groups/ID/members",
                "POST /api/admin/groups/ID/members/remove",
                "POST /api/admin/groups/ID/managers",
                "POST /api/admin/groups/ID/managers/remove",
            ],
            json!({ "ids": 7 }),
            &[("ids", "format")],
        ),
        case(
            &["POST /api/admin/features"],
            json!({ "set": "planets" }),
            &[("set", "format")],
        ),
        case(
            &["PUT /api/admin/features/chat.call"],
            json!({ "label": long(101), "description": long(501) }),
            &[
                ("label", "characters_max"),
                ("description", "characters_max"),
            ],
        ),
    ]
}

/// Returns invalid bodies for clients, resources and access.
fn of_clients_and_resources() -> Vec<Case> {
    vec![
        case(
            &[
                "POST /api/admin/clients",
                "PUT /api/admin/clients/7",
                "PATCH /api/admin/clients/7",
            ],
            json!({ "name": " ", "logoUrl": "logo.svg" }),
            &[("name", "enter_name"), ("logoUrl", "logo_url")],
        ),
        case(
            &["POST /api/admin/resources"],
            json!({ "resources": [] }),
            &[("resources", "resources_max")],
        ),
        case(
            &[
                "PUT /api/admin/resources/ID",
                "PATCH /api/admin/resources/ID",
            ],
            json!({ "name": " " }),
            &[("name", "enter_name")],
        ),
        case(
            &["POST /api/admin/resources/transfer"],
            json!({}),
            &[("from", "missing")],
        ),
        case(
            &["POST /api/admin/resources/ID/grants"],
            json!({ "grants": [] }),
            &[("grants", "grants_max")],
        ),
        case(
            &["POST /api/admin/resources/ID/grants/revoke"],
            json!({ "subjects": [] }),
            &[("subjects", "grants_max")],
        ),
        case(
            &["POST /api/access/check"],
            json!({ "questions": [] }),
            &[("questions", "checks_max")],
        ),
    ]
}

/// Returns invalid bodies for owned data.
fn of_owned_data() -> Vec<Case> {
    vec![
        case(
            &["POST /api/personas", "POST /api/admin/users/ID/personas"],
            json!({}),
            &[
                ("name", "enter_value"),
                ("role", "enter_value"),
                ("informationNeed", "enter_value"),
            ],
        ),
        case(
            &[
                "PUT /api/personas/ID",
                "PATCH /api/personas/ID",
                "PUT /api/admin/personas/ID",
                "PATCH /api/admin/personas/ID",
            ],
            json!({ "name": " " }),
            NO_NAME,
        ),
        case(
            &[
                "PUT /api/personas/ID/ontology",
                "PUT /api/admin/personas/ID/ontology",
            ],
            json!({ "content": { "a": "\0" }, "relationTypes": ["\0"] }),
            &[("content", "json_nul"), ("relationTypes", "json_nul")],
        ),
        case(
            &[
                "POST /api/personas/ID/annotations",
                "POST /api/admin/personas/ID/annotations",
                "PUT /api/annotations/ID",
                "PATCH /api/annotations/ID",
                "PUT /api/admin/annotations/ID",
                "PATCH /api/admin/annotations/ID",
            ],
            json!({ "videoId": " ", "label": " " }),
            MARK,
        ),
    ]
}

/// Returns the fields of an error, with their codes.
fn errors(answer: &Answer) -> Vec<(String, String)> {
    let body = answer.json();
    let fields = body["details"]["fields"].as_array().cloned();
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    fields
        .unwrap_or_default()
        .iter()
        .map(|error| (text(error, "field"), text(error, "code")))
        .collect()
}

fn owned(errors: &[(&str, &str)]) -> Vec<(String, String)> {
    errors
        .iter()
        .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
        .collect()
}

/// Returns the schema of a property, given by its path.
fn property<'d>(document: &'d Value, schema: &'d Value, path: &str) -> Option<&'d Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return property(document, &document["components"]["schemas"][name], path);
    }
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    if let Some(found) = schema["properties"].get(name) {
        return rest.map_or(Some(found), |rest| property(document, found, rest));
    }
    ["allOf", "anyOf", "oneOf"]
        .iter()
        .filter_map(|key| schema[*key].as_array())
        .flatten()
        .find_map(|part| property(document, part, path))
}

/// Returns an administrator with a password, and a session.
async fn administrator(pool: &PgPool, app: &App) -> String {
    add_user(pool, "ada", &["admin", "application", "user"]).await;
    add_password(pool, &app.services.hasher).await;
    session(pool, "ada").await
}

/// Returns invalid bodies for conversations.
fn of_conversations() -> Vec<Case> {
    vec![
        case(
            &["POST /api/conversations"],
            json!({
                "userId": UNKNOWN_ID, "branch": " ", "name": " ", "externalId": "x".repeat(201),
                "startedAt": "1969-01-01T00:00:00Z"
            }),
            &[
                ("branch", "enter_name"),
                ("name", "enter_name"),
                ("externalId", "characters_max"),
                ("startedAt", "time_range"),
            ],
        ),
        case(
            &["POST /api/conversations"],
            json!({ "userId": UNKNOWN_ID, "branch": "a", "name": "b" }),
            &[("userId", "owner_unknown")],
        ),
        case(
            &["POST /api/conversations/ID/messages"],
            json!({ "messages": [] }),
            &[("messages", "messages_at_once")],
        ),
        case(
            &["POST /api/conversations/ID/feedback"],
            json!({ "seq": 1, "rating": "like", "comment": "x".repeat(2_001) }),
            &[("comment", "characters_max")],
        ),
    ]
}

/// Returns invalid bodies for limits and usage.
fn of_limits() -> Vec<Case> {
    vec![
        case(
            &["PUT /api/admin/limits"],
            json!({
                "subject": "default", "metric": "requests", "model": "x".repeat(201), "amount": "x", "softAmount": "x",
                "warnAt": 0, "period": "1y", "timeZone": "x".repeat(65), "shared": true
            }),
            &[
                ("model", "characters_max"),
                ("amount", "count_format"),
                ("softAmount", "count_format"),
                ("warnAt", "number_range"),
                ("period", "period_format"),
                ("timeZone", "time_zone_unknown"),
                ("shared", "limit_shared_group"),
            ],
        ),
        case(
            &["POST /api/admin/limits/bulk"],
            json!({
                "users": [], "metric": "requests", "model": "x".repeat(201),
                "limit": { "amount": "x", "softAmount": "x", "warnAt": 0, "period": "1y", "timeZone": "x".repeat(65) }
            }),
            &[
                ("model", "characters_max"),
                ("limit.amount", "count_format"),
                ("limit.softAmount", "count_format"),
                ("limit.warnAt", "number_range"),
                ("limit.period", "period_format"),
                ("limit.timeZone", "time_zone_unknown"),
                ("users", "select_users"),
            ],
        ),
        case(
            &[
                "POST /api/limits/consume",
                "POST /api/limits/check",
                "POST /api/limits/reserve",
            ],
            json!({ "user": UNKNOWN_ID, "requests": -1, "eventId": "x".repeat(201) }),
            &[("requests", "count_format"), ("eventId", "characters_max")],
        ),
        case(
            &["POST /api/limits/settle"],
            json!({ "lease": UNKNOWN_ID, "cost": "x" }),
            &[("cost", "money_format")],
        ),
        case(
            &["POST /api/limits/release"],
            json!({ "lease": UNKNOWN_ID }),
            &[("lease", "lease_unknown")],
        ),
        case(&["POST /api/usage"], json!({}), &[("events", "missing")]),
        case(
            &[
                "POST /api/admin/users/ID/limits/top-up",
                "POST /api/admin/users/ID/limits/adjust",
            ],
            json!({ "metric": "requests", "amount": 0, "reason": " " }),
            &[("amount", "amount_zero"), ("reason", "enter_reason")],
        ),
        case(
            &["PUT /api/admin/users/ID/allowed-models"],
            json!({ "allowedModels": [" "] }),
            &[("allowedModels", "enter_name")],
        ),
        case(
            &["POST /api/admin/users/ID/limits/reset"],
            json!({ "metric": "rpm", "reason": " " }),
            &[("metric", "balance_metric"), ("reason", "enter_reason")],
        ),
        case(
            &["POST /api/admin/limits/bulk/reset"],
            json!({ "users": [], "metric": "rpm", "reason": " " }),
            &[
                ("metric", "balance_metric"),
                ("reason", "enter_reason"),
                ("users", "select_users"),
            ],
        ),
    ]
}

/// Checks the names against the document, in which every field of a body is.
#[testing::test]
async fn fields_have_their_names_in_the_body(pool: PgPool) {
    let registering = open_app(&pool);
    let storing = app(&pool).storing_keys();
    let deleting = app(&pool).allowing_deletion();
    let ada = administrator(&pool, &storing).await;
    let document = storing.get("/api/openapi.json").await.json();
    let mut tried = Vec::new();
    for case in [
        of_accounts(),
        of_tokens_and_keys(),
        of_users(),
        of_sessions_and_registrations(),
        of_roles_and_groups(),
        of_clients_and_resources(),
        of_owned_data(),
        of_conversations(),
        of_limits(),
    ]
    .into_iter()
    .flatten()
    {
        for label in case.operations {
            let (method, path) = label.split_once(' ').unwrap();
            let address = path.replace("ID", UNKNOWN_ID);
            let ask = Ask::new(method.parse().unwrap(), &address).json(&case.body);
            let answer = match path {
                "/api/auth/register" => registering.send(ask).await,
                "/api/user" => deleting.send(ask.by(&ada)).await,
                path if path.starts_with("/api/auth/") => storing.send(ask).await,
                _ => storing.send(ask.by(&ada)).await,
            };
            assert_eq!(errors(&answer), owned(case.errors), "{label}");
            let paths = document["paths"].as_object().unwrap();
            let written = paths.get_key_value(&address);
            let found = written.or_else(|| paths.iter().find(|(path, _)| fits(path, &address)));
            let (described, operations) = found.unwrap();
            let method = method.to_lowercase();
            let operation = &operations[&method];
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            for (field, _) in case.errors {
                let known = property(&document, body, field);
                assert!(known.is_some(), "{label}: {field} in {body}");
            }
            tried.push((described.clone(), method));
        }
    }
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let is_tried = tried.contains(&(path.clone(), method.clone()));
            let has_body = operation.get("requestBody").is_some();
            assert_eq!(is_tried, has_body, "{method} {path}");
        }
    }
}

/// Checks the roles of a request, which are compared with `isAdmin` once they and the user are found.
#[testing::test]
async fn roles_that_contradict_is_admin_are_named(pool: PgPool) {
    let app = app(&pool);
    let ada = administrator(&pool, &app).await;
    let user = format!("/api/admin/users/{}", id_of(&pool, "ada").await);
    for (method, path) in [
        (Method::POST, "/api/admin/users"),
        (Method::PUT, &*user),
        (Method::PATCH, &*user),
    ] {
        let mut body = json!({ "roles": ["user"], "isAdmin": true });
        if method == Method::POST {
            body["username"] = "cyd".into();
            body["displayName"] = "Cyd".into();
        }
        let ask = Ask::new(method, path).by(&ada).json(&body);
        let answer = app.send(ask).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body}");
        let expected = owned(&[("roles", "roles_contradict_admin")]);
        assert_eq!(errors(&answer), expected, "{body}");
    }
}

#[testing::test]
async fn fields_that_cannot_be_read_have_their_names_in_the_body(pool: PgPool) {
    let app = app(&pool);
    let ada = administrator(&pool, &app).await;
    for (body, expected) in [
        (r"{}", ("username", "missing")),
        (
            r#"{ "username": "cyd", "display_name": "Cyd" }"#,
            ("display_name", "unknown_field"),
        ),
        (r#"{ "username": 7 }"#, ("username", "format")),
    ] {
        let ask = Ask::post("/api/admin/users").by(&ada);
        let answer = app.send(ask.body("application/json", body)).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{body}");
        assert_eq!(errors(&answer), owned(&[expected]), "{body}");
    }
}

#[testing::test]
async fn new_password_in_place_of_a_temporary_one_has_its_name(pool: PgPool) {
    let app = app(&pool);
    let ada = administrator(&pool, &app).await;
    let draft = json!({ "username": "cyd", "displayName": "Cyd", "password": "temporary" });
    let created = Ask::post("/api/admin/users").by(&ada).json(&draft);
    assert_eq!(app.send(created).await.status, 201);
    for (chosen, code) in [("short", "characters_min"), ("temporary", "password_known")] {
        let body = json!({ "username": "cyd", "password": "temporary", "newPassword": chosen });
        let answer = app.send(Ask::post("/api/auth/password").json(&body)).await;
        assert_eq!(answer.outline(), "400 VALIDATION_ERROR", "{chosen}");
        assert_eq!(errors(&answer), owned(&[("newPassword", code)]), "{chosen}");
    }
    let body = json!({ "username": "cyd", "password": "temporary", "newPassword": "short" });
    let answer = app.send(Ask::post("/api/auth/password").json(&body)).await;
    let args = &answer.json()["details"]["fields"][0]["args"];
    assert_eq!(*args, json!({ "min": 8 }));
}

/// Checks that the response to a request for a missing object names its kind.
#[testing::test]
async fn missing_object_is_named(pool: PgPool) {
    let app = app(&pool);
    let ada = administrator(&pool, &app).await;
    for (method, path, entity, message) in [
        (Method::GET, "/api/admin/users/ID", "user", "User not found"),
        (
            Method::DELETE,
            "/api/admin/tokens/ID",
            "access_token",
            "Access token not found",
        ),
        (
            Method::POST,
            "/api/admin/virtual-keys/ID/block",
            "virtual_key",
            "Virtual key not found",
        ),
        (
            Method::DELETE,
            "/api/admin/invitations/ID",
            "invitation",
            "Invitation not found",
        ),
        (
            Method::POST,
            "/api/admin/jobs/ID/retry",
            "job",
            "Job not found",
        ),
        (Method::GET, "/api/admin/roles/ID", "role", "Role not found"),
        (
            Method::DELETE,
            "/api/admin/groups/ID",
            "group",
            "Group not found",
        ),
        (
            Method::GET,
            "/api/admin/features/chat.call",
            "feature",
            "Feature not found",
        ),
        (
            Method::GET,
            "/api/admin/clients/7",
            "client",
            "Client not found",
        ),
        (
            Method::DELETE,
            "/api/admin/resources/ID",
            "resource",
            "Resource not found",
        ),
        (
            Method::GET,
            "/api/personas/ID",
            "persona",
            "Persona not found",
        ),
    ] {
        let ask = Ask::new(method, &path.replace("ID", UNKNOWN_ID)).by(&ada);
        let answer = app.send(ask).await;
        assert_eq!(answer.outline(), "404 NOT_FOUND", "{path}");
        assert_eq!(answer.message(), message, "{path}");
        assert_eq!(
            answer.json()["details"],
            json!({ "entity": entity }),
            "{path}"
        );
    }
    let answer = app.get_as(&ada, "/api/unknown").await;
    assert_eq!(answer.outline(), "404 NOT_FOUND");
    assert_eq!(answer.json()["details"], Value::Null);
}
