//! Responses to writes, which show stored data only to callers who can read it.

mod access;

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::roles::role;

use crate::{
    document,
    support::{App, Ask, add_user, app, id_of, session, token},
};

/// Values that are stored in every field of the users and of their data, as responses show them.
const MARKS: [&str; 3] = ["zzmark", "...mark", "770077"];
/// Id that nothing has.
const UNKNOWN_ID: &str = "00000000-0000-7000-8000-000000000000";

/// Ids of what is stored.
struct Ids {
    bob: String,
    pending: [String; 2],
    key: String,
    /// Persona and annotation of Ada.
    own: [String; 2],
    /// Persona and annotation of Bob.
    bobs: [String; 2],
    objects: access::Objects,
}

/// A write: its scopes, the request, the status, and the text that only a reader gets. The text is empty for responses without
/// stored data.
struct Case {
    scopes: [&'static str; 2],
    ask: Ask,
    status: u16,
    sees: &'static str,
}

const USERS: [&str; 2] = ["users:write", "users:read"];
const SESSIONS: [&str; 2] = ["sessions:write", "sessions:read"];
const KEYS: [&str; 2] = ["api-keys:write", "api-keys:read"];
/// The response to an approval is the user.
const APPROVALS: [&str; 2] = ["registrations:write", "users:read"];
const REGISTRATIONS: [&str; 2] = ["registrations:write", "registrations:read"];
const TOKENS: [&str; 2] = ["tokens:write", "tokens:read"];
const DATA: [&str; 2] = ["data:write", "data:read"];

fn case(scopes: [&'static str; 2], ask: Ask, status: u16, sees: &'static str) -> Case {
    Case {
        scopes,
        ask,
        status,
        sees,
    }
}

fn patch(path: &str, body: &Value) -> Ask {
    Ask::new(Method::PATCH, path).json(body)
}

fn put(path: &str, body: &Value) -> Ask {
    Ask::new(Method::PUT, path).json(body)
}

fn delete(path: &str) -> Ask {
    Ask::new(Method::DELETE, path)
}

fn persona() -> Value {
    json!({ "name": "zzmark", "role": "zzmark", "informationNeed": "zzmark", "details": "zzmark" })
}

fn annotation() -> Value {
    json!({ "videoId": "zzmark", "label": "zzmark", "content": { "at": "zzmark" } })
}

fn ontology() -> Value {
    json!({ "name": "zzmark", "content": { "at": "zzmark" }, "entities": [{ "name": "zzmark" }] })
}

/// Sends a request with a session, and returns the id in the response.
async fn created(app: &App, ask: Ask, session: &str) -> String {
    let label = ask.label();
    let answer = app.send(ask.by(session)).await;
    assert!(
        [200, 201].contains(&answer.status),
        "{label}: {}",
        answer.body
    );
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Creates a persona with an ontology and an annotation. `list` is the path of the owner's personas, `base` that of the data.
async fn add_data(app: &App, ada: &str, list: &str, base: &str) -> [String; 2] {
    let id = created(app, Ask::post(list).json(&persona()), ada).await;
    let path = format!("{base}/personas/{id}");
    created(app, put(&format!("{path}/ontology"), &ontology()), ada).await;
    let ask = Ask::post(&format!("{path}/annotations")).json(&annotation());
    let annotation = created(app, ask, ada).await;
    [id, annotation]
}

/// Adds Ada, an admin, and Bob with values in all fields, pending registrations, a deleted user, keys and owned data.
async fn prepare(pool: &PgPool) -> (App, Ids) {
    let app = app(pool).storing_keys();
    add_user(pool, "ada", &["admin", "user"]).await;
    for name in [
        "zzmark-bob",
        "zzmark-eve",
        "zzmark-pen",
        "zzmark-pia",
        "zzmark-gone",
    ] {
        add_user(pool, name, &["user"]).await;
    }
    app.run(
        r#"update users set
            profile = '{"note": "zzmark"}', notification_preferences = '{"zzmark": "zzmark"}', client_list = '{770077}'
        where username = 'zzmark-bob';
        update users set status = 'pending' where username in ('zzmark-pen', 'zzmark-pia');
        update users set deleted_at = now(), purge_after = now() + interval '9 days' where username = 'zzmark-gone'"#,
    )
    .await;
    let ada = session(pool, "ada").await;
    session(pool, "zzmark-bob").await;
    let bob = id_of(&app.pool, "zzmark-bob").await;
    let of_bob = format!("/api/admin/users/{bob}/personas");
    let ids = Ids {
        pending: [
            id_of(&app.pool, "zzmark-pen").await,
            id_of(&app.pool, "zzmark-pia").await,
        ],
        key: created(&app, add_key(), &ada).await,
        own: add_data(&app, &ada, "/api/personas", "/api").await,
        bobs: add_data(&app, &ada, &of_bob, "/api/admin").await,
        objects: access::add_objects(pool).await,
        bob,
    };
    (app, ids)
}

fn add_key() -> Ask {
    Ask::post("/api/admin/api-keys").json(&json!({
        "provider": "OPENAI", "keyName": "zzmark", "apiKey": "sk-12345678-mark"
    }))
}

/// Returns the writes of users. `pass` is a letter for names that are created in each pass.
fn writes_of_users(ids: &Ids, pass: char, eve: &str) -> Vec<Case> {
    let bob = format!("/api/admin/users/{}", ids.bob);
    let of_bob = |what: &str| format!("{bob}{what}");
    let stale = json!({ "displayName": "X", "version": 999 });
    let changed = json!({ "displayName": "X" });
    let taken = json!({ "email": "zzmark-gone@example.org" });
    let selected = json!([{ "id": ids.bob, "version": 999 }]);
    let bulk = |expected: Option<usize>| {
        let mut body = json!({ "action": { "action": "revokeSessions" }, "users": selected });
        if let Some(expected) = expected {
            body["expected"] = expected.into();
        }
        Ask::post("/api/admin/users/bulk").json(&body)
    };
    let create = |username: &str| {
        Ask::post("/api/admin/users").json(&json!({ "username": username, "displayName": "New" }))
    };
    let transfer = |from: &str, body: Value| {
        Ask::post(&format!("/api/admin/users/{from}/reassign")).json(&body)
    };
    let spam = json!({ "reason": "spam" });
    let job = format!("/api/admin/jobs/{UNKNOWN_ID}/retry");
    vec![
        case(USERS, patch(&bob, &json!({})), 200, "zzmark"),
        case(USERS, put(&bob, &json!({})), 200, "zzmark"),
        case(USERS, patch(&bob, &stale), 409, "zzmark"),
        case(
            USERS,
            patch(&bob, &changed).header("if-match", "\"999\""),
            412,
            "zzmark",
        ),
        case(USERS, patch(&bob, &taken), 409, "deletedUser"),
        case(USERS, create(&format!("zzmark-new-{pass}")), 201, "zzmark"),
        case(USERS, create("zzmark-gone"), 409, "deletedUser"),
        case(
            USERS,
            Ask::post(&of_bob("/suspend")).json(&spam),
            200,
            "zzmark",
        ),
        case(USERS, Ask::post(&of_bob("/unsuspend")), 200, "zzmark"),
        case(USERS, bulk(None), 200, "zzmark"),
        case(USERS, bulk(Some(0)), 200, "zzmark"),
        case(USERS, bulk(Some(7)), 409, "outcome"),
        case(
            USERS,
            transfer(&ids.bob, json!({ "to": eve, "personas": 99 })),
            409,
            "counts",
        ),
        case(USERS, transfer(eve, json!({ "to": ids.bob })), 200, ""),
        case(USERS, Ask::post(&of_bob("/reset-link")), 201, ""),
        case(USERS, delete(&of_bob("/reset-link")), 200, ""),
        case(USERS, delete(&of_bob("/sessions")), 200, ""),
        case(USERS, Ask::post(&job), 404, ""),
        case(USERS, delete(&bob), 200, ""),
        case(USERS, Ask::post(&of_bob("/restore")), 200, "zzmark"),
    ]
}

/// Returns the writes of sessions, keys, registrations and tokens.
fn other_writes(ids: &Ids, pass: usize) -> Vec<Case> {
    let unknown = |what: &str| format!("/api/admin/{what}/{UNKNOWN_ID}");
    let key = format!("/api/admin/api-keys/{}", ids.key);
    let users_key = format!("/api/admin/users/{}/api-keys/{UNKNOWN_ID}", ids.bob);
    let revoke = |body: Value| Ask::post("/api/admin/sessions/revoke").json(&body);
    let filter = json!({ "user": "zzmark-bob" });
    let pending = &ids.pending[pass];
    let approve = format!("/api/admin/registrations/{pending}/approve");
    let reopen = format!("/api/admin/registrations/{pending}/reopen");
    let reject = format!("{}/reject", unknown("registrations"));
    let restore = format!("{}/restore", unknown("registrations"));
    let resend = format!("{}/resend", unknown("invitations"));
    let named_key = json!({ "name": "zzmark" });
    let virtual_key = |what: &str| format!("{}/{what}", unknown("virtual-keys"));
    let invite = Ask::post("/api/admin/invitations").json(&json!({ "note": "zzmark" }));
    vec![
        case(
            SESSIONS,
            revoke(json!({ "filter": filter })),
            200,
            "outOfReach",
        ),
        case(
            SESSIONS,
            revoke(json!({ "filter": filter, "expected": 7 })),
            409,
            "revocation",
        ),
        case(SESSIONS, delete(&unknown("sessions")), 404, ""),
        case(KEYS, add_key(), 201, "...mark"),
        case(KEYS, patch(&key, &json!({})), 200, "...mark"),
        case(KEYS, put(&key, &json!({ "isActive": true })), 200, "zzmark"),
        case(KEYS, delete(&unknown("api-keys")), 404, ""),
        case(KEYS, delete(&users_key), 404, ""),
        case(APPROVALS, Ask::post(&approve), 200, "zzmark"),
        case(REGISTRATIONS, Ask::post(&approve), 409, ""),
        case(APPROVALS, Ask::post(&reopen), 200, "zzmark"),
        case(REGISTRATIONS, Ask::post(&reopen), 409, ""),
        case(REGISTRATIONS, Ask::post(&reject), 404, ""),
        case(REGISTRATIONS, Ask::post(&restore), 404, ""),
        case(REGISTRATIONS, invite, 201, ""),
        case(REGISTRATIONS, Ask::post(&resend), 404, ""),
        case(REGISTRATIONS, delete(&unknown("invitations")), 404, ""),
        case(TOKENS, delete(&unknown("tokens")), 404, ""),
        case(
            TOKENS,
            Ask::post(&format!("/api/admin/users/{}/virtual-keys", ids.bob)).json(&named_key),
            201,
            "zzmark",
        ),
        case(TOKENS, patch(&unknown("virtual-keys"), &json!({})), 404, ""),
        case(TOKENS, put(&unknown("virtual-keys"), &json!({})), 404, ""),
        case(TOKENS, Ask::post(&virtual_key("block")), 404, ""),
        case(TOKENS, Ask::post(&virtual_key("unblock")), 404, ""),
        case(TOKENS, Ask::post(&virtual_key("end-previous")), 404, ""),
        case(
            TOKENS,
            Ask::post(&virtual_key("rotate")).json(&json!({})),
            404,
            "",
        ),
    ]
}

/// Returns the writes of owned data below a path.
fn writes_of_data(
    scopes: [&'static str; 2],
    list: &str,
    base: &str,
    [persona_id, annotation_id]: &[String; 2],
) -> Vec<Case> {
    let one = format!("{base}/personas/{persona_id}");
    let note = format!("{base}/annotations/{annotation_id}");
    let of_persona = |what: &str| format!("{one}/{what}");
    let none = json!({});
    let sees = "zzmark";
    let add_note = Ask::post(&of_persona("annotations")).json(&annotation());
    let unknown = |what: &str| format!("{base}/{what}/{UNKNOWN_ID}");
    let unknown_ontology = format!("{}/ontology", unknown("personas"));
    vec![
        case(scopes, Ask::post(list).json(&persona()), 201, sees),
        case(scopes, patch(&one, &none), 200, sees),
        case(scopes, put(&one, &json!({ "hidden": true })), 200, sees),
        case(scopes, put(&of_persona("ontology"), &none), 200, sees),
        case(scopes, add_note, 201, sees),
        case(scopes, patch(&note, &none), 200, sees),
        case(scopes, put(&note, &none), 200, sees),
        case(scopes, delete(&unknown("personas")), 404, ""),
        case(scopes, delete(&unknown_ontology), 404, ""),
        case(scopes, delete(&unknown("annotations")), 404, ""),
    ]
}

/// Returns every write that accepts an access token.
fn writes(ids: &Ids, pass: usize, eve: &str) -> Vec<Case> {
    let letter = ['a', 'b'][pass];
    let mut writes = writes_of_data(DATA, "/api/personas", "/api", &ids.own);
    let of_bob = format!("/api/admin/users/{}/personas", ids.bob);
    writes.extend(writes_of_data(USERS, &of_bob, "/api/admin", &ids.bobs));
    writes.extend(other_writes(ids, pass));
    writes.extend(access::writes(ids, &ids.objects, letter, eve));
    writes.extend(writes_of_users(ids, letter, eve));
    writes
}

/// Asserts that a new route that writes cannot be left out of these tests.
async fn assert_complete(app: &App, writes: &[Case]) {
    let labels: Vec<String> = writes.iter().map(|case| case.ask.label()).collect();
    for (path, operations) in document::paths(app).await {
        for (method, operation) in operations {
            let mut ways = operation["security"].as_array().into_iter().flatten();
            let takes_token = ways.any(|way| way.get("token").is_some());
            let method = method.to_uppercase();
            let is_tried = labels.iter().any(|label| {
                let (tried, address) = label.split_once(' ').unwrap();
                tried == method && document::fits(&path, address)
            });
            assert!(
                method == "GET" || !takes_token || is_tried,
                "{method} {path}"
            );
        }
    }
}

#[testing::test]
async fn write_scope_alone_reads_nothing(pool: PgPool) {
    let (app, ids) = prepare(&pool).await;
    let eve = id_of(&app.pool, "zzmark-eve").await;
    assert_complete(&app, &writes(&ids, 0, &eve)).await;
    for (pass, number_of_scopes) in [1, 2].into_iter().enumerate() {
        // A user has a limited number of tokens.
        let mut tokens = BTreeMap::new();
        for case in writes(&ids, pass, &eve) {
            let label = format!("{} with {number_of_scopes} scopes", case.ask.label());
            let scopes = &case.scopes[..number_of_scopes];
            if !tokens.contains_key(scopes) {
                let text = token(&app.services, "ada", scopes).await;
                tokens.insert(scopes.to_vec(), text);
            }
            let answer = app.send(case.ask.bearer(&tokens[scopes])).await;
            assert_eq!(answer.status, case.status, "{label}: {}", answer.body);
            if number_of_scopes == 2 {
                assert!(answer.body.contains(case.sees), "{label}: {}", answer.body);
                continue;
            }
            // Metering answers with the limits that it applies, and with nothing else that is stored.
            let mut shown = answer.body.clone();
            if scopes == ["limits:consume"] {
                let mut answer: serde_json::Value = serde_json::from_str(&shown).unwrap();
                answer.as_object_mut().unwrap().remove("limits");
                shown = answer.to_string();
            }
            for stored in MARKS.into_iter().chain([case.sees]) {
                let is_shown = !stored.is_empty() && shown.contains(stored);
                assert!(!is_shown, "{label} shows {stored}: {shown}");
            }
        }
    }
}

/// Checks a role instead of a token: the panel has no forms for it, but its server functions can be called.
#[testing::test]
async fn role_that_can_only_write_reads_nothing(pool: PgPool) {
    let (app, ids) = prepare(&pool).await;
    role("writer")
        .permissions(&[
            "users:write",
            "sessions:write",
            "registrations:write",
            "tokens:write",
        ])
        .rank(5)
        .insert(&pool)
        .await;
    add_user(&pool, "sam", &["writer"]).await;
    let sam = session(&pool, "sam").await;
    let bob = &ids.bob;
    let path = format!("/api/admin/users/{bob}");
    let edited = app.send(patch(&path, &json!({})).by(&sam)).await.json();
    let keys: Vec<&String> = edited.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "version"]);
    let stale = patch(&path, &json!({ "displayName": "X", "version": 999 }));
    let denied = app.send(stale.by(&sam)).await;
    assert_eq!(denied.outline(), "409 CONFLICT");
    assert!(!denied.body.contains("zzmark"), "{}", denied.body);

    let seen = format!("{bob}:999:zzmark-bob");
    let pending = format!("{}:999:zzmark-pen", ids.pending[0]);
    let edit = [
        ("page", "/users"),
        ("id", bob.as_str()),
        ("username", "zzmark-bob"),
        ("version", "999"),
        ("display_name", "X"),
    ];
    let bulk = [
        ("operation", "sign-out"),
        ("selected", seen.as_str()),
        ("expected", "7"),
    ];
    let limits = [
        ("selected", seen.as_str()),
        ("expected", "7"),
        ("metric", "requests"),
        ("state", "unlimited"),
    ];
    let reset = [
        ("selected", seen.as_str()),
        ("expected", "7"),
        ("reason", "Exam"),
    ];
    let decide = [
        ("decision", "approve"),
        ("selected", pending.as_str()),
        ("expected", "7"),
    ];
    let revoke = [
        ("page", "/sessions"),
        ("user", "zzmark-bob"),
        ("username", "zzmark-bob"),
        ("expected", "7"),
    ];
    let rotate = [
        ("page", "/users"),
        ("id", UNKNOWN_ID),
        ("username", "zzmark-bob"),
        ("shown", "zzmark"),
    ];
    for ask in [
        Ask::get(&format!(
            "/sfn/preview-bulk?operation=suspend&selected={seen}"
        )),
        Ask::get(&format!(
            "/sfn/preview-decision?decision=approve&selected={pending}"
        )),
        Ask::get("/sfn/preview-revocation?params[user]=zzmark-bob"),
        Ask::get(&format!("/sfn/preview-user-limits?selected={seen}")),
        Ask::post("/sfn/set-user-limits").form(&limits),
        Ask::get(&format!("/sfn/preview-usage-reset?selected={seen}")),
        Ask::post("/sfn/reset-usage").form(&reset),
        Ask::post("/sfn/edit-user").form(&edit),
        Ask::post("/sfn/bulk-users").form(&bulk),
        Ask::post("/sfn/decide").form(&decide),
        Ask::post("/sfn/revoke-sessions").form(&revoke),
        Ask::post("/sfn/rotate-virtual-key").form(&rotate),
    ] {
        let label = ask.label();
        let answer = app.send(ask.by(&sam)).await;
        assert_eq!(answer.outline(), "403 FORBIDDEN", "{label}");
        assert!(!answer.body.contains("zzmark"), "{label}: {}", answer.body);
    }
}

/// Checks the own account, whose owner needs no permission to read it.
#[testing::test]
async fn conflict_on_the_own_account_shows_it(pool: PgPool) {
    let (app, _) = prepare(&pool).await;
    let eve = session(&pool, "zzmark-eve").await;
    let stale = json!({ "displayName": "X", "version": 999 });
    let denied = app.send(patch("/api/user/profile", &stale).by(&eve)).await;
    assert_eq!(denied.outline(), "409 CONFLICT");
    let current = &denied.json()["details"]["current"];
    assert_eq!(current["username"], "zzmark-eve");
}
