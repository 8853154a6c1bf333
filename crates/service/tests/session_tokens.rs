//! Tokens of sessions for programs, and their short-lived children.

use domain::{audit::Via, credentials::SignInDraft, users::suspension::SuspensionDraft};
use secrecy::ExposeSecret;
use service::{
    Error, Services,
    access::{Caller, Credential, Origin, operator},
    sessions::{
        bearer::{self, Bearer},
        revoke_one,
    },
    users,
};
use sqlx::PgPool;
use testing::users::user;
use tower_sessions::session::Id;
use uuid::Uuid;

use crate::support::{
    browser::browser,
    callers::admin,
    own::{Own, set_password},
    services,
    users::{add, count},
};

const PASSWORD: &str = "correct horse battery";

fn draft(username: &str, password: &str) -> SignInDraft {
    SignInDraft {
        username: username.to_owned(),
        password: password.to_owned(),
        remember: false,
    }
}

async fn sign_in(services: &Services, username: &str) -> Result<Bearer, Error> {
    bearer::sign_in(services, draft(username, PASSWORD), Origin::default()).await
}

async fn find(services: &Services, token: &str) -> Option<Caller> {
    match bearer::find_caller(services, token, &Origin::default()).await {
        Ok(caller) => Some(caller),
        Err(Error::Unauthenticated(_)) => None,
        Err(error) => panic!("{error:?}"),
    }
}

async fn child(services: &Services, parent: &str, minutes: i64) -> Result<Bearer, Error> {
    bearer::start_child(services, parent, minutes, Origin::default()).await
}

/// Adds Ada and signs her in. Returns her id, her session and a child of it.
async fn prepare(services: &Services) -> (Uuid, Bearer, Bearer) {
    let ada = add(&services.pool, "ada", &["user"]).await;
    set_password(services, PASSWORD).await;
    let parent = sign_in(services, "ada").await.unwrap();
    let child = child(services, parent.token.expose_secret(), 30).await;
    (ada, parent, child.unwrap())
}

#[testing::test]
async fn token_is_a_session_in_the_lists(pool: PgPool) {
    let services = services(&pool);
    let (ada, parent, child) = prepare(&services).await;
    assert_eq!(child.session_id, parent.session_id);
    assert!(child.expires_at < parent.expires_at);
    assert_eq!((parent.user.id.0, child.user.id.0), (ada, ada));
    for bearer in [&parent, &child] {
        let caller = find(&services, bearer.token.expose_secret()).await.unwrap();
        assert_eq!(caller.credential, Credential::Session(parent.session_id));
        assert_eq!((caller.principal.id.0, caller.via), (ada, Via::Api));
    }
    // The child is no session of its own.
    assert_eq!(count(&pool, "select count(*) from live_sessions").await, 1);
    let started = "select count(*) from audit_events where action = 'session.started'";
    assert_eq!(count(&pool, started).await, 1);
    let clear = "select count(*) from sessions where data::text like '%token%'";
    assert_eq!(count(&pool, clear).await, 0);
}

#[testing::test]
async fn other_texts_are_no_tokens(pool: PgPool) {
    let services = services(&pool);
    let (_, parent, child) = prepare(&services).await;
    let text = parent.token.expose_secret();
    let of_child = child.token.expose_secret();
    for other in [
        "",
        "\0",
        &text[1..],
        &format!("{text}A"),
        &text.to_lowercase(),
        &of_child[1..],
        &of_child.to_uppercase(),
        &Id::default().to_string(),
        &parent.session_id.to_string(),
        &"é".repeat(40),
        &"A".repeat(43),
        &format!("rs_{}", "A".repeat(43)),
        &format!("rt_{}", "A".repeat(43)),
        &text.replacen("rs_", "rt_", 1),
        &of_child.replacen("rt_", "rs_", 1),
        &"A".repeat(100_000),
    ] {
        assert!(find(&services, other).await.is_none(), "{other:.80}");
        bearer::end(&services, other).await.unwrap();
    }
    assert!(find(&services, text).await.is_some());
    // No children of children.
    let denied = self::child(&services, of_child, 30).await;
    assert!(
        matches!(denied, Err(Error::Unauthenticated(_))),
        "{denied:?}"
    );
}

#[testing::test]
async fn child_ends_with_its_session(pool: PgPool) {
    let services = services(&pool);
    let (ada, parent, child) = prepare(&services).await;
    let root = add(&pool, "root", &["admin"]).await;
    let suspend = async || {
        let draft = SuspensionDraft {
            reason: "test".into(),
            ..SuspensionDraft::default()
        };
        users::suspend(&services, &operator(), ada, draft)
            .await
            .unwrap();
    };
    let run = async |sql: &'static str| {
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    };
    let mut tokens = vec![parent, child];
    for way in ["revoked", "signed out", "expired", "idle", "suspended"] {
        let texts: Vec<String> = tokens
            .iter()
            .map(|bearer| bearer.token.expose_secret().to_owned())
            .collect();
        for text in &texts {
            assert!(find(&services, text).await.is_some(), "{way}");
        }
        match way {
            "revoked" => revoke_one(&services, &admin(root), tokens[0].session_id)
                .await
                .unwrap(),
            "signed out" => bearer::end(&services, &texts[1]).await.unwrap(),
            "expired" => run("update sessions set expires_at = now()").await,
            "idle" => run("update sessions set idle_expires_at = now()").await,
            _ => suspend().await,
        }
        for text in &texts {
            assert!(find(&services, text).await.is_none(), "{way}");
            let denied = self::child(&services, text, 30).await;
            assert!(matches!(denied, Err(Error::Unauthenticated(_))), "{way}");
        }
        if way != "suspended" {
            let parent = sign_in(&services, "ada").await.unwrap();
            let child = self::child(&services, parent.token.expose_secret(), 30).await;
            tokens = vec![parent, child.unwrap()];
        }
    }
    let denied = sign_in(&services, "ada").await;
    assert!(matches!(denied, Err(Error::Suspended(_))), "{denied:?}");
}

#[testing::test]
async fn children_expire_and_are_limited(pool: PgPool) {
    let services = services(&pool);
    let (_, parent, first) = prepare(&services).await;
    let parent = parent.token.expose_secret();
    for minutes in [i64::MIN, 0, i64::MAX] {
        let child = child(&services, parent, minutes).await.unwrap();
        let found = find(&services, child.token.expose_secret()).await;
        assert!(found.is_some(), "{minutes}");
    }
    let longest = "select count(*) from session_children c join sessions s on s.id = c.session_id
        where c.expires_at > s.expires_at or c.expires_at > now() + interval '1 day'";
    assert_eq!(count(&pool, longest).await, 0);
    sqlx::raw_sql("update session_children set expires_at = now()")
        .execute(&pool)
        .await
        .unwrap();
    assert!(find(&services, first.token.expose_secret()).await.is_none());
    assert!(find(&services, parent).await.is_some());
    let mut last = None;
    for _ in 0..25 {
        last = Some(child(&services, parent, 30).await.unwrap());
    }
    assert_eq!(
        count(&pool, "select count(*) from session_children").await,
        20
    );
    let last = last.unwrap();
    assert!(find(&services, last.token.expose_secret()).await.is_some());
}

#[testing::test]
async fn no_cookie_is_a_token_and_no_token_a_cookie(pool: PgPool) {
    let services = services(&pool);
    let (_, parent, child) = prepare(&services).await;
    let own = Own::sign_in(&services, "ada", PASSWORD).await;
    let cookie = own.session.id().unwrap().to_string();
    for text in [&cookie, &format!("rs_{cookie}"), &format!("rt_{cookie}")] {
        assert!(find(&services, text).await.is_none(), "{text}");
    }
    for bearer in [&parent, &child] {
        let token = bearer.token.expose_secret();
        for text in [token, &token[3..], &token[3..25]] {
            let session = browser(&pool, text.parse().ok());
            assert!(Own::find(&services, &session).await.is_none(), "{text}");
        }
    }
}

#[testing::test]
async fn email_address_of_one_user_signs_in(pool: PgPool) {
    let services = services(&pool);
    for (name, email) in [("ada", "ada@example.com"), ("bob", "bob@example.com")] {
        user(name).email(email).insert(&pool).await;
    }
    user("cat@example.com")
        .email("dan@example.com")
        .insert(&pool)
        .await;
    for name in ["eve", "fay", "gus"] {
        user(name).insert(&pool).await;
    }
    user("gone")
        .email("gone@example.com")
        .deleted(true)
        .insert(&pool)
        .await;
    set_password(&services, PASSWORD).await;
    sqlx::raw_sql(
        "update users set unverified_email = 'both@example.com' where username in ('eve', 'fay');
        update users set unverified_email = 'Gus@example.com' where username = 'gus'",
    )
    .execute(&pool)
    .await
    .unwrap();
    for (name, expected) in [
        ("ada", Some("ada")),
        (" ADA@example.com ", Some("ada")),
        ("bob@example.com", Some("bob")),
        ("cat@example.com", Some("cat@example.com")),
        ("dan@example.com", Some("cat@example.com")),
        ("gus@EXAMPLE.com", Some("gus")),
        ("both@example.com", None),
        ("gone@example.com", None),
        ("none@example.com", None),
        ("@", None),
    ] {
        let signed_in = sign_in(&services, name).await;
        let username = match &signed_in {
            Ok(bearer) => Some(bearer.user.username.as_str()),
            Err(Error::Unauthenticated(_)) => None,
            Err(error) => panic!("{name}: {error:?}"),
        };
        assert_eq!(username, expected, "{name}");
    }
    // An address that someone else has only entered takes none away from its owner.
    sqlx::raw_sql("update users set unverified_email = 'ada@example.com' where username = 'eve'")
        .execute(&pool)
        .await
        .unwrap();
    let signed_in = sign_in(&services, "ada@example.com").await.unwrap();
    assert_eq!(signed_in.user.username, "ada");
    // Nor does a username that was stored before it was denied.
    sqlx::raw_sql(
        "alter table users disable trigger claim_names;
        update users set username = 'ada@example.com' where username = 'fay'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let signed_in = sign_in(&services, "ada@example.com").await.unwrap();
    assert_eq!(signed_in.user.username, "ada");
}

#[testing::test]
async fn temporary_passwords_and_wrong_ones_start_no_session(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "ada", &["user"]).await;
    set_password(&services, PASSWORD).await;
    for wrong in [
        draft("ada", "wrong"),
        draft("", PASSWORD),
        draft("a\0", PASSWORD),
    ] {
        let denied = bearer::sign_in(&services, wrong, Origin::default()).await;
        let denied = denied.unwrap_err();
        assert!(
            matches!(denied, Error::Unauthenticated(_) | Error::Invalid(_)),
            "{denied:?}"
        );
    }
    sqlx::raw_sql("update users set must_change_password = true")
        .execute(&pool)
        .await
        .unwrap();
    let denied = sign_in(&services, "ada").await;
    assert!(
        matches!(denied, Err(Error::PasswordChangeRequired(_))),
        "{denied:?}"
    );
    assert_eq!(count(&pool, "select count(*) from sessions").await, 0);
}
