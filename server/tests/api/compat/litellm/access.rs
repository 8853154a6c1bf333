//! Who can call which route.

use axum::http::{Method, StatusCode};
use domain::{
    access_tokens::KeyDraft, identifiers::Identifier, users::suspension::SuspensionDraft,
};
use serde_json::{Value, json};
use service::{access::operator, access_tokens, identifiers, users};
use sqlx::PgPool;
use uuid::Uuid;

use super::{MASTER, ask, assert_own, assert_plain, done, get, post, with_litellm};
use crate::support::{App, add_user, token};

/// Routes that need a credential, with a body. None of these requests can succeed, so that each caller gets the same state.
fn routes() -> Vec<(Method, &'static str, Value)> {
    let get = [
        "/user/info?user_id=none",
        "/v2/user/info?user_id=none",
        "/user/list?page=0",
        "/user/get_users?page=0",
        "/user/filter/ui?page=0",
        "/key/info?key=none",
        "/key/list?page=0",
        "/team/info?team_id=none",
        "/team/list?user_id=none",
        "/invitation/info?invitation_id=none",
    ];
    let post = [
        ("/user/new", json!({ "password": "x" })),
        ("/user/update", json!({ "user_id": "none" })),
        ("/user/bulk_update", json!({})),
        ("/user/delete", json!({ "user_ids": ["none"] })),
        ("/key/generate", json!({})),
        ("/key/update", json!({ "key": "none" })),
        ("/key/delete", json!({ "keys": ["none"] })),
        ("/key/block", json!({ "key": "none" })),
        ("/key/unblock", json!({ "key": "none" })),
        ("/team/new", json!({ "team_id": 1 })),
        ("/team/update", json!({ "team_id": "none" })),
        ("/team/delete", json!({ "team_ids": ["none"] })),
        (
            "/team/member_add",
            json!({ "team_id": "none", "member": [] }),
        ),
        ("/team/member_delete", json!({ "team_id": "none" })),
        ("/invitation/new", json!({ "user_id": "none" })),
        ("/invitation/update", json!({ "invitation_id": "none" })),
        ("/invitation/delete", json!({ "invitation_id": "none" })),
    ];
    let get = get.map(|path| (Method::GET, path, Value::Null));
    let post = post.map(|(path, body)| (Method::POST, path, body));
    get.into_iter().chain(post).collect()
}

async fn status(app: &App, key: &str, (method, path, body): &(Method, &str, Value)) -> u16 {
    let mut request = ask(method.clone(), path, key);
    if !body.is_null() {
        request = request.json(body);
    }
    let answer = app.send(request).await;
    assert!(answer.status < 500, "{method} {path}: {}", answer.body);
    assert!(
        answer.json()["error"].is_object()
            || answer.json()["detail"].is_string()
            || answer.json()["detail"].is_object()
            || answer.json()["detail"].is_array(),
        "{method} {path}: {}",
        answer.body
    );
    answer.status
}

async fn key_of(app: &App, username: &str) -> String {
    let id = testing::users::id_of(&app.pool, username).await;
    let draft: KeyDraft = serde_json::from_value(json!({ "name": "key" })).unwrap();
    let issued = access_tokens::create_key(&app.services, &operator(), id, &draft).await;
    issued.unwrap().token
}

async fn suspend_user(app: &App, id: Uuid) {
    let draft = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    users::suspend(&app.services, &operator(), id, draft)
        .await
        .unwrap();
}

#[testing::test]
async fn only_administrators_reach_the_routes(pool: PgPool) {
    let app = with_litellm(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "eve", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let all = ["users:read", "users:write", "tokens:read", "tokens:write"];
    let suspended = token(&app.services, "eve", &all).await;
    let suspended_key = key_of(&app, "eve").await;
    suspend_user(&app, testing::users::id_of(&pool, "eve").await).await;
    let plain = token(&app.services, "bob", &["account"]).await;
    let key = key_of(&app, "ada").await;
    for route in routes() {
        for unknown in ["", "sk-unknown", &suspended, &suspended_key] {
            assert_eq!(status(&app, unknown, &route).await, 401, "{route:?}");
        }
        for limited in [&plain, &key] {
            let denied = status(&app, limited, &route).await;
            assert!(matches!(denied, 401 | 403), "{denied} {route:?}");
        }
        let master = status(&app, MASTER, &route).await;
        assert!(!matches!(master, 401 | 403), "{master} {route:?}");
    }
}

#[testing::test]
async fn reading_does_not_permit_writing(pool: PgPool) {
    let app = with_litellm(&pool);
    add_user(&pool, "vera", &["auditor"]).await;
    let scopes = ["users:read", "groups:read", "tokens:read", "limits:read"];
    let reader = token(&app.services, "vera", &scopes).await;
    for (method, path, body) in routes() {
        let status = status(&app, &reader, &(method.clone(), path, body)).await;
        if method == Method::POST {
            assert!(matches!(status, 401 | 403), "{status} {path}");
        } else {
            assert!(!matches!(status, 401 | 403), "{status} {path}");
        }
    }
    let list = app.send(ask(Method::GET, "/user/list", &reader)).await;
    assert_eq!(list.status, StatusCode::OK.as_u16(), "{}", list.body);
}

#[testing::test]
async fn users_see_themselves_only(pool: PgPool) {
    let app = with_litellm(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let bob = testing::users::id_of(&pool, "bob").await;
    let identifier: Identifier = "bob+1".parse().unwrap();
    let namespace = "litellm".parse().unwrap();
    identifiers::set(&app.services, &operator(), bob, &namespace, &identifier)
        .await
        .unwrap();
    let plain = token(&app.services, "bob", &["account"]).await;
    let key = key_of(&app, "bob").await;
    for (credential, email) in [(&plain, json!("bob@example.org")), (&key, Value::Null)] {
        for path in ["/user/info", "/user/info?user_id=bob%2B1"] {
            let own = app.send(ask(Method::GET, path, credential)).await;
            assert_eq!(own.json()["user_id"], "bob+1", "{}", own.body);
            assert_eq!(own.json()["user_info"]["user_email"], email);
        }
        let other = app
            .send(ask(Method::GET, "/user/info?user_id=ada", credential))
            .await;
        assert_own(
            &other,
            403,
            "key not allowed to access this user's info. user_id=ada, key's user_id=bob+1",
        );
        let days = "/user/daily/activity?start_date=2026-01-01&end_date=2026-01-02";
        assert_eq!(
            app.send(ask(Method::GET, days, credential)).await.status,
            200
        );
        let list = app.send(ask(Method::GET, "/user/list", credential)).await;
        assert_plain(
            &list,
            403,
            "Only proxy admins and organization admins can list users.",
        );
        let body = json!({ "user_ids": ["bob+1"] });
        let delete = ask(Method::POST, "/user/delete", credential).json(&body);
        assert_plain(
            &app.send(delete).await,
            403,
            "Only PROXY_ADMIN or ORG_ADMIN users may delete users.",
        );
        let role = json!({ "user_id": "bob+1", "user_role": "proxy_admin" });
        let update = ask(Method::POST, "/user/update", credential).json(&role);
        assert_own(
            &app.send(update).await,
            403,
            "Only proxy admins can modify user roles.",
        );
        let new = ask(Method::POST, "/user/new", credential).json(&json!({}));
        assert_own(
            &app.send(new).await,
            401,
            "Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. \
             Route=/user/new. Your role=internal_user.",
        );
    }
    let own_key = app.send(ask(Method::GET, "/key/info", &key)).await;
    assert_eq!(own_key.json()["info"]["user_id"], "bob+1");
    // From the suspension on, nothing works.
    suspend_user(&app, bob).await;
    for credential in [&plain, &key] {
        let denied = app.send(ask(Method::GET, "/user/info", credential)).await;
        assert_own(&denied, 401, "Authentication Error, ");
    }
    users::unsuspend(&app.services, &operator(), bob)
        .await
        .unwrap();
    assert_eq!(
        app.send(ask(Method::GET, "/user/info", &plain))
            .await
            .status,
        200
    );
}

#[testing::test]
async fn kept_data_needs_the_scope_of_data(pool: PgPool) {
    let app = with_litellm(&pool);
    let body = json!({ "user_email": "bob@example.org", "metadata": { "a": 1 }, "auto_create_key": false });
    done(&app, "/user/new", &body).await;
    for (scopes, metadata) in [
        (&["account"][..], json!({})),
        (&["account", "data:read"], json!({ "a": 1 })),
    ] {
        let token = token(&app.services, "bob", scopes).await;
        let own = app.send(ask(Method::GET, "/user/info", &token)).await;
        let kept = &own.json()["user_info"]["metadata"];
        assert_eq!(*kept, metadata, "{scopes:?}: {}", own.body);
    }
}

#[testing::test]
async fn update_that_is_denied_in_part_changes_nothing(pool: PgPool) {
    let app = with_litellm(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    let body = json!({ "user_id": "u", "user_alias": "Before", "max_budget": 5, "auto_create_key": false });
    done(&app, "/user/new", &body).await;
    let users = ["users:read", "users:write"];
    let limits = ["users:read", "users:write", "limits:read", "limits:write"];
    // Without the right to read the budget a new period would make it unlimited.
    let blind = ["users:read", "users:write", "limits:write"];
    for (scopes, field, value) in [
        (&users[..], "max_budget", json!(9)),
        (&users[..], "models", json!(["gpt"])),
        (&users[..], "spend", json!(1)),
        (&limits[..], "spend", json!(1)),
        (&blind[..], "budget_duration", json!("30d")),
    ] {
        let token = token(&app.services, "ada", scopes).await;
        let mut body = json!({ "user_id": "u", "user_alias": "After" });
        body[field] = value;
        let update = ask(Method::POST, "/user/update", &token).json(&body);
        assert_own(
            &app.send(update).await,
            401,
            "Authentication Error, Only proxy admin",
        );
        let user = get(&app, "/user/info?user_id=u").await.json();
        assert_eq!(user["user_info"]["user_alias"], "Before", "{body}");
        assert_eq!(user["user_info"]["max_budget"], 5.0, "{body}");
    }
    let other = json!({ "user_id": "v", "user_alias": "Before", "auto_create_key": false });
    done(&app, "/user/new", &other).await;
    for (field, value, status) in [
        ("spend", json!(1), 400),
        ("budget_duration", json!("30d"), 422),
    ] {
        let mut body = json!({ "user_id": "v", "user_alias": "After" });
        body[field] = value;
        let answer = post(&app, "/user/update", &body).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let user = get(&app, "/user/info?user_id=v").await.json();
        assert_eq!(user["user_info"]["user_alias"], "Before", "{body}");
    }
}

#[testing::test]
async fn denial_has_the_id_that_the_client_knows(pool: PgPool) {
    let app = with_litellm(&pool);
    let new = json!({ "user_id": "u-1", "user_email": "bob@example.org" });
    let created = done(&app, "/user/new", &new).await;
    let key = created["key"].as_str().unwrap();
    let token = token(&app.services, "bob", &["account"]).await;
    for credential in [key, token.as_str()] {
        let denied = app.send(ask(Method::GET, "/team/list", credential)).await;
        assert_own(&denied, 401, "Authentication Error, Only proxy admin");
        let end = "Route=/team/list. Your role=internal_user. Your user_id=u-1";
        let message = denied.json()["error"]["message"].clone();
        assert!(message.as_str().unwrap().ends_with(end), "{message}");
    }
}

#[testing::test]
async fn expired_credentials_open_nothing(pool: PgPool) {
    let app = with_litellm(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    let token = token(&app.services, "ada", &["account", "users:read"]).await;
    let key = key_of(&app, "ada").await;
    let info = |credential: &str| ask(Method::GET, "/user/info", credential);
    for credential in [&token, &key] {
        assert_eq!(app.send(info(credential)).await.status, 200);
    }
    app.run("update access_tokens set expires_at = now() - interval '1 second'")
        .await;
    for credential in [&token, &key] {
        let denied = app.send(info(credential)).await;
        assert_own(&denied, 401, "Authentication Error, Invalid proxy");
    }
}

#[testing::test]
async fn missing_and_malformed_keys_are_named(pool: PgPool) {
    let app = with_litellm(&pool);
    let path = "/compat/litellm/user/info";
    let none = app.send(crate::support::Ask::get(path)).await;
    assert_own(&none, 401, "Authentication Error, No api key passed in.");
    for value in ["sk-without-a-scheme", "Basic abc", "Bearer ", "Bearer"] {
        let ask = crate::support::Ask::get(path).header("authorization", value);
        assert_own(
            &app.send(ask).await,
            401,
            "Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` prefix.",
        );
    }
    for wrong in [
        "sk-master-key-of-the-test",
        "sk-master-key-of-the-tests2",
        "rc_x",
    ] {
        let ask = ask(Method::GET, "/user/info", wrong);
        assert_own(
            &app.send(ask).await,
            401,
            "Authentication Error, Invalid proxy",
        );
    }
    // The master key has no session of the panel and opens nothing but the dialect.
    let panel = crate::support::Ask::get("/api/admin/users").bearer(MASTER);
    assert_eq!(app.send(panel).await.status, 401);
}
