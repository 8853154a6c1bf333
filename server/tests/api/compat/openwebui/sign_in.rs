//! Sign-in, sign-up, sign-out and new users.

use domain::users::suspension::SuspensionDraft;
use serde_json::{Value, json};
use service::{access::operator, settings::Settings, users};
use sqlx::PgPool;

use super::{
    ACCESS_PROHIBITED, API, EMAIL_TAKEN, INVALID_CREDENTIALS, INVALID_TOKEN, OpenWebUi, members,
};
use crate::support::{Ask, PASSWORD, token};

const OTHER: &str = "copper lantern under rain";

#[testing::test]
async fn sign_in_returns_the_user_with_a_token(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let got = served.try_sign_in("ada@example.org", PASSWORD).await.ok();
    for name in [
        "token",
        "token_type",
        "expires_at",
        "id",
        "email",
        "name",
        "role",
        "profile_image_url",
        "permissions",
    ] {
        assert!(members(&got).contains(&name), "{name}: {got}");
    }
    assert_eq!(got["token_type"], "Bearer");
    assert_eq!(got["email"], "ada@example.org");
    assert_eq!(got["role"], "admin");
    assert_eq!(got["profile_image_url"], "/user.png");
    assert_eq!(got["id"], served.id("ada").await);
    assert!(got["expires_at"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(got["permissions"]["chat"]["import"], true);
    let token = got["token"].as_str().unwrap();
    for path in ["/auths/", "/auths"] {
        let user = served.get(token, path).await.ok();
        assert_eq!(user["token"], token);
        assert_eq!(user["expires_at"], got["expires_at"]);
        assert_eq!(user["id"], got["id"]);
    }
    // The session is one of the user's own, as any other.
    let sessions = served
        .app
        .count("select count(*) from sessions s join users u on u.id = s.user_id where u.username = 'ada' and s.ended_at is null")
        .await;
    assert_eq!(sessions, 2);
}

#[testing::test]
async fn wrong_credentials_are_denied_in_the_same_way(pool: PgPool) {
    let long = "x".repeat(300);
    let served = OpenWebUi::new(&pool).await;
    for (email, password) in [
        ("ada@example.org", "wrong"),
        ("unknown@example.org", PASSWORD),
        ("", PASSWORD),
        ("ada@example.org", ""),
        ("a\0b", PASSWORD),
        (long.as_str(), PASSWORD),
    ] {
        let denied = served.try_sign_in(email, password).await;
        denied.assert_denied(400, INVALID_CREDENTIALS);
    }
    for body in [
        json!({}),
        json!({ "email": 1, "password": "x" }),
        json!({ "email": "x" }),
    ] {
        let ask = Ask::post(&format!("{API}/auths/signin")).json(&body);
        served.send(ask).await.assert_malformed();
    }
    // A token that has expired does not matter where none is needed.
    let body = json!({ "email": "ada@example.org", "password": PASSWORD });
    let ask = Ask::post(&format!("{API}/auths/signin")).bearer("expired");
    served.send(ask.json(&body)).await.ok();
}

#[testing::test]
async fn too_many_attempts_are_slowed_down(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for _ in 0..30 {
        let denied = served.try_sign_in("bob@example.org", "wrong").await;
        if denied.status == 429 {
            denied.assert_denied(429, "API rate limit exceeded");
            assert!(denied.headers.contains_key("retry-after"));
            return;
        }
        denied.assert_denied(400, INVALID_CREDENTIALS);
    }
    panic!("no attempt was denied");
}

#[testing::test]
async fn expired_credentials_open_nothing(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let program = token(&served.app.services, "ada", &["account"]).await;
    for credential in [&served.ada, &program] {
        served.get(credential, "/auths/").await.ok();
    }
    for sql in [
        "update sessions set expires_at = now()",
        "update access_tokens set expires_at = now()",
    ] {
        served.app.run(sql).await;
    }
    for credential in [&served.ada, &program] {
        let denied = served.get(credential, "/auths/").await;
        denied.assert_denied(401, INVALID_TOKEN);
    }
}

#[testing::test]
async fn token_ends_with_its_session(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let token = served.sign_in("bob@example.org", PASSWORD).await;
    let out = served.post(&token, "/auths/signout", &json!({})).await;
    assert_eq!(out.ok(), json!({ "status": true }));
    let denied = served.get(&token, "/auths/").await;
    denied.assert_denied(401, INVALID_TOKEN);
    // Twice changes nothing, also without a token.
    served.post(&token, "/auths/signout", &json!({})).await.ok();
    let ask = Ask::post(&format!("{API}/auths/signout"));
    served.send(ask).await.ok();

    served.get(&served.bob, "/auths/").await.ok();
    let path = format!("/users/{}/sessions/revoke", served.id("bob").await);
    let revoked = served.post(&served.ada, &path, &json!({})).await;
    assert_eq!(revoked.ok(), true);
    let denied = served.get(&served.bob, "/auths/").await;
    denied.assert_denied(401, INVALID_TOKEN);
    let unknown = format!("/users/{}/sessions/revoke", super::UNKNOWN);
    let unknown = served.post(&served.ada, &unknown, &json!({})).await;
    unknown.assert_denied(404, "User not found.");
}

#[testing::test]
async fn suspension_ends_every_credential(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let key = token(&served.app.services, "bob", &["account"]).await;
    for token in [&served.bob, &key] {
        served.get(token, "/auths/").await.ok();
    }
    let draft = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    let id = testing::users::id_of(&pool, "bob").await;
    users::suspend(&served.app.services, &operator(), id, draft)
        .await
        .unwrap();
    for token in [&served.bob, &key] {
        let denied = served.get(token, "/auths/").await;
        denied.assert_denied(401, INVALID_TOKEN);
    }
    let denied = served.try_sign_in("bob@example.org", PASSWORD).await;
    denied.assert_denied(401, ACCESS_PROHIBITED);
}

#[testing::test]
async fn temporary_password_must_be_replaced(pool: PgPool) {
    let served = OpenWebUi::with(&pool, Settings::default()).await;
    served.add("Eve", "eve@example.org", "user").await;
    let denied = served.try_sign_in("eve@example.org", PASSWORD).await;
    assert_eq!(denied.status, 403, "{}", denied.body);
    let text = denied.body["detail"].as_str().unwrap();
    assert!(text.contains("http://127.0.0.1:3000/"), "{text}");
}

#[testing::test]
async fn added_user_signs_in(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let before = served.last_entry().await;
    let added = served.add("Eve E.", "Eve@example.org", "user").await;
    assert_eq!(
        members(&added),
        [
            "email",
            "expires_at",
            "id",
            "name",
            "profile_image_url",
            "role",
            "token",
            "token_type"
        ]
    );
    assert_eq!(
        (&added["name"], &added["role"]),
        (&json!("Eve E."), &json!("user"))
    );
    // No administrator gets a credential of another account.
    assert_eq!(added["token"], "");
    let expected = [("user.created".to_owned(), "ada".to_owned())];
    assert_eq!(served.entries(before).await, expected);
    assert_eq!(served.id("eve").await, added["id"].as_str().unwrap());
    served.sign_in("eve@example.org", PASSWORD).await;

    let body = json!({ "name": "E", "email": "eve@example.org", "password": PASSWORD });
    let taken = served.post(&served.ada, "/auths/add", &body).await;
    taken.assert_denied(400, EMAIL_TAKEN);
    // Another address with the same name gets another username.
    served.add("Eve", "eve@example.com", "user").await;
    served.id("eve-2").await;

    let pending = json!({ "name": "P", "email": "p@example.org", "password": PASSWORD });
    let pending = served.post(&served.ada, "/auths/add", &pending).await.ok();
    assert_eq!(pending["role"], "pending");
    let denied = served.try_sign_in("p@example.org", PASSWORD).await;
    denied.assert_denied(401, ACCESS_PROHIBITED);

    let admin = served.add("Root", "root@example.org", "admin").await;
    assert_eq!(admin["role"], "admin");
    let token = served.sign_in("root@example.org", PASSWORD).await;
    served.get(&token, "/users/").await.ok();
}

#[testing::test]
async fn new_users_are_checked(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let valid = json!({ "name": "E", "email": "e@example.org", "password": PASSWORD });
    for (name, value, status) in [
        ("name", json!(""), 400),
        ("name", json!("a\0"), 400),
        ("name", json!(1), 422),
        ("email", json!("x"), 400),
        ("email", json!(" "), 400),
        ("email", Value::Null, 422),
        ("password", json!("short"), 400),
        ("password", json!("x".repeat(300)), 400),
        ("role", json!("root"), 400),
        ("role", json!([]), 422),
        ("profile_image_url", json!("data:image/svg+xml,x"), 400),
        ("profile_image_url", json!("javascript:alert(1)"), 400),
    ] {
        let mut body = valid.clone();
        body[name] = value;
        let denied = served.post(&served.ada, "/auths/add", &body).await;
        assert_eq!(denied.status, status, "{body}: {}", denied.body);
    }
    let denied = served.post(&served.bob, "/auths/add", &valid).await;
    denied.assert_denied(401, ACCESS_PROHIBITED);
    assert_eq!(served.app.count("select count(*) from users").await, 2);
}

#[testing::test]
async fn sign_up_follows_the_settings(pool: PgPool) {
    let body = json!({ "name": "Eve", "email": "eve@example.org", "password": OTHER });
    let sign_up = || Ask::post(&format!("{API}/auths/signup")).json(&body);
    let closed = OpenWebUi::new(&pool).await;
    // Another user has the username of the address: the registration takes a second one.
    crate::support::add_user(&pool, "eve", &["user"]).await;
    let denied = closed.send(sign_up()).await;
    denied.assert_denied(403, ACCESS_PROHIBITED);

    let site = server::router::Site {
        dialects: dialects::Dialects::builtin().select("openwebui").unwrap(),
        ..server::router::Site::default()
    };
    for (approval, role) in [(true, "pending"), (false, "user")] {
        let settings = Settings {
            allow_registration: true,
            registration_approval: approval,
            ..Settings::default()
        };
        let open = OpenWebUi {
            app: crate::support::with_site(&pool, &site, settings),
            ada: String::new(),
            bob: String::new(),
        };
        let got = open.send(sign_up()).await.ok();
        assert_eq!(got["role"], role, "{got}");
        assert_eq!(got["email"], "eve@example.org");
        let token = got["token"].as_str().unwrap();
        assert_eq!(token.is_empty(), approval);
        if !approval {
            let user = open.get(token, "/auths/").await.ok();
            assert_eq!(user["id"], got["id"]);
        }
    }
}
