//! Sign-in and sign-out.

mod attempts;
mod failed;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use domain::{
    audit::Via,
    credentials::SignInDraft,
    problem::{Code, Problem},
};
use service::{Services, access::Origin, auth, sessions};
use sqlx::PgPool;
use testing::users::user;
use tower_sessions::Session;

use crate::support::{browser::browser, services};

const RIGHT: &str = "correct horse ";
const WRONG: &str = "correct horse";
const INVALID: &str = "Unauthorized: Invalid credentials";

/// Returns a hash with little memory: quick to compute, and weaker than today's parameters.
fn weak_hash(password: &str) -> String {
    let params = Params::new(8_192, 1, 1, None).unwrap();
    let hash =
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(password.as_bytes());
    hash.unwrap().to_string()
}

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

/// Creates Ada, who can sign in, and users who cannot, each for another reason.
async fn add_users(pool: &PgPool, hash: &str) {
    let named = |username: &str| user(username).display_name(username);
    for user in [
        named("Ada").password_hash(hash),
        named("pending").password_hash(hash).status("pending"),
        named("suspended").password_hash(hash).status("suspended"),
        named("binned").password_hash(hash).deleted(true),
        named("passwordless"),
        named("damaged").password_hash("not a hash"),
    ] {
        user.insert(pool).await;
    }
}

fn from(address: &str) -> Origin {
    Origin {
        ip: Some(address.parse().unwrap()),
        user_agent: Some("Browser".to_owned()),
        ..Origin::default()
    }
}

async fn sign_in(
    services: &Services,
    session: &Session,
    username: &str,
    password: &str,
    origin: Origin,
) -> Result<String, Problem> {
    let draft = SignInDraft {
        username: username.to_owned(),
        password: password.to_owned(),
        remember: false,
    };
    let signed_in = auth::sign_in(services, session, draft, origin).await;
    signed_in
        .map(|brief| brief.username)
        .map_err(service::Error::into_problem)
}

/// Tries to sign in without an address. Returns the result in one line.
async fn outcome(services: &Services, username: &str, password: &str) -> String {
    let session = browser(&services.pool, None);
    match sign_in(services, &session, username, password, Origin::default()).await {
        Ok(name) => format!("welcome {name}"),
        Err(problem) => format!("{:?}: {}", problem.error, problem.message),
    }
}

#[testing::test]
async fn account_state_is_disclosed_only_with_the_right_password(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    let waits = "Forbidden: Your account is pending approval. You can sign in once an administrator approves it.";
    let suspended = "Forbidden: Your account is suspended. Contact your administrator.";
    for (username, password, expected) in [
        ("Ada", RIGHT, "welcome Ada"),
        ("  aDA ", RIGHT, "welcome Ada"),
        ("Ada", WRONG, INVALID),
        ("unknown", RIGHT, INVALID),
        ("pending", RIGHT, waits),
        ("pending", WRONG, INVALID),
        ("suspended", RIGHT, suspended),
        ("suspended", WRONG, INVALID),
        ("binned", RIGHT, INVALID),
        ("passwordless", RIGHT, INVALID),
        ("damaged", RIGHT, INVALID),
        ("damaged", "not a hash", INVALID),
        ("'; drop table users; --", WRONG, INVALID),
        ("", "", "ValidationError: Check the marked fields."),
        ("Ada", "", "ValidationError: Check the marked fields."),
    ] {
        assert_eq!(
            outcome(&services, username, password).await,
            expected,
            "{username:?} {password:?}"
        );
    }
    assert_eq!(count(&pool, "select count(*) from sessions").await, 2);
    let signed_in = "select count(*) from users where last_login_at is not null";
    assert_eq!(
        count(&pool, signed_in).await,
        1,
        "only Ada's sign-in is stored"
    );
}

#[testing::test]
async fn weak_hash_is_replaced_at_sign_in(pool: PgPool) {
    let services = services(&pool);
    let weak = weak_hash(RIGHT);
    add_users(&pool, &weak).await;
    let stored = || async {
        let hash = "select password_hash from users where username = 'Ada'";
        sqlx::query_scalar::<_, String>(hash)
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    outcome(&services, "Ada", WRONG).await;
    assert_eq!(stored().await, weak, "a wrong password changes nothing");
    outcome(&services, "Ada", RIGHT).await;
    let strong = stored().await;
    assert!(
        strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{strong}"
    );
    let parsed = PasswordHash::new(&strong).unwrap();
    assert!(
        Argon2::default()
            .verify_password(RIGHT.as_bytes(), &parsed)
            .is_ok()
    );
    assert_eq!(outcome(&services, "Ada", RIGHT).await, "welcome Ada");
    assert_eq!(stored().await, strong, "a strong hash is not replaced");
}

#[testing::test]
async fn too_many_failures_delay_the_right_password(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    for username in ["Ada", "unknown"] {
        for _ in 0..5 {
            assert_eq!(outcome(&services, username, WRONG).await, INVALID);
        }
        // Longer than the first delay of one second, which a slow machine can need for the test itself.
        run(
            &pool,
            "update login_attempts set blocked_until = now() + interval '30 seconds'
            where blocked_until > last_failed_at",
        )
        .await;
        let session = browser(&pool, None);
        let denied = sign_in(
            &services,
            &session,
            &username.to_uppercase(),
            RIGHT,
            Origin::default(),
        )
        .await;
        let denied = denied.unwrap_err();
        assert_eq!(denied.error.status(), 429, "{username}");
        let wait = denied.details.retry_after.unwrap();
        assert!((20..=30).contains(&wait), "{username}: {wait}");
        assert_eq!(
            denied.message,
            format!("Too many attempts. Try again in {wait} seconds.")
        );
    }
    run(&pool, "update login_attempts set blocked_until = now()").await;
    assert_eq!(
        outcome(&services, "Ada", RIGHT).await,
        "welcome Ada",
        "the delay is over"
    );
}

#[testing::test]
async fn success_resets_the_failures_of_the_account(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    // Twice as many failures as are free, but fewer in a row.
    for _ in 0..3 {
        for _ in 0..3 {
            assert_eq!(outcome(&services, "Ada", WRONG).await, INVALID);
        }
        assert_eq!(outcome(&services, "Ada", RIGHT).await, "welcome Ada");
    }
    let failures = "select count(*) from login_attempts where failures > 0";
    assert_eq!(count(&pool, failures).await, 0);
}

#[testing::test]
async fn office_can_sign_in_at_once(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    for _ in 0..25 {
        let session = browser(&pool, None);
        let welcome = sign_in(&services, &session, "Ada", RIGHT, from("192.0.2.1")).await;
        assert_eq!(welcome.as_deref(), Ok("Ada"));
    }
}

/// Gives a user an identifier in the namespace `maeser.github`.
async fn identify(pool: &PgPool, username: &str, identifier: &str) {
    sqlx::query(
        "insert into user_identifiers (id, user_id, namespace, value)
        select uuid_v7(now()), id, 'maeser.github', $2 from users where username = $1",
    )
    .bind(username)
    .bind(identifier)
    .execute(pool)
    .await
    .unwrap();
}

#[testing::test]
async fn identifier_stands_for_the_username(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    for (username, identifier) in [
        ("Ada", "passwordless"),
        ("suspended", "s-1"),
        ("binned", "b-1"),
    ] {
        identify(&pool, username, identifier).await;
    }
    let invalid = Err(INVALID);
    for (name, password, expected) in [
        // The identifier comes before the username of another user.
        ("passwordless", RIGHT, Ok("Ada")),
        ("passwordless", WRONG, invalid),
        // A name without an identifier is a username.
        ("ada", RIGHT, Ok("Ada")),
        ("Passwordless", RIGHT, invalid),
        ("b-1", RIGHT, invalid),
        ("s-1", WRONG, invalid),
        ("\u{1}", RIGHT, Err("ValidationError: username")),
        ("s-1", RIGHT, Err("Forbidden")),
    ] {
        let draft = SignInDraft {
            username: name.to_owned(),
            password: password.to_owned(),
            remember: false,
        };
        let namespace = "maeser.github".parse().unwrap();
        let (session, origin) = (browser(&pool, None), Origin::default());
        let signed_in =
            auth::sign_in_identified(&services, &session, &namespace, draft, origin).await;
        let found =
            signed_in
                .map(|brief| brief.username)
                .map_err(|error| match error.into_problem() {
                    problem if problem.error == Code::Unauthorized => INVALID.to_owned(),
                    problem if problem.error == Code::ValidationError => {
                        "ValidationError: username".to_owned()
                    }
                    problem => format!("{:?}", problem.error),
                });
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(found, expected, "{name:?}");
    }
}

#[testing::test]
async fn remembered_session_lasts_longer(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    for (remember, idle_days, days) in [(false, 3, 7), (true, 30, 30)] {
        let draft = SignInDraft {
            username: "Ada".to_owned(),
            password: RIGHT.to_owned(),
            remember,
        };
        auth::sign_in(&services, &browser(&pool, None), draft, from("2001:db8::7"))
            .await
            .unwrap();
        let stored: (i32, i32, String, String) = sqlx::query_as(
            "select extract(day from idle_expires_at - created_at)::int, extract(day from expires_at - created_at)::int,
                host(ip), user_agent
            from sessions order by created_at desc limit 1",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(
            stored,
            (idle_days, days, "2001:db8::7".into(), "Browser".into())
        );
    }
}

#[testing::test]
async fn sign_in_replaces_the_session_of_the_browser(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    let first = browser(&pool, None);
    sign_in(&services, &first, "Ada", RIGHT, Origin::default())
        .await
        .unwrap();
    let old = first.id().unwrap();

    let second = browser(&pool, Some(old));
    sign_in(&services, &second, "Ada", RIGHT, Origin::default())
        .await
        .unwrap();
    let new = second.id().unwrap();
    assert_ne!(old, new);
    let works = async |id| {
        sessions::find_caller(
            &services,
            &browser(&pool, Some(id)),
            Via::Ui,
            &Origin::default(),
        )
        .await
        .unwrap()
        .is_some()
    };
    assert!(!works(old).await && works(new).await);

    // A failed sign-in does not end the existing session.
    let third = browser(&pool, Some(new));
    assert!(
        sign_in(&services, &third, "Ada", WRONG, Origin::default())
            .await
            .is_err()
    );
    assert!(works(new).await);
}

#[testing::test]
async fn sign_out_is_idempotent(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    let session = browser(&pool, None);
    sign_in(&services, &session, "Ada", RIGHT, Origin::default())
        .await
        .unwrap();
    let id = session.id();
    for _ in 0..2 {
        sessions::end(&browser(&pool, id)).await.unwrap();
        assert!(
            sessions::find_caller(&services, &browser(&pool, id), Via::Ui, &Origin::default())
                .await
                .unwrap()
                .is_none()
        );
    }
    let ended =
        "select count(*) from sessions where ended_reason = 'logout' and ended_by = user_id";
    assert_eq!(count(&pool, ended).await, 1);
    sessions::end(&browser(&pool, None)).await.unwrap();
}

#[testing::test]
async fn last_seen_is_written_later_and_retried(pool: PgPool) {
    let services = services(&pool);
    add_users(&pool, &weak_hash(RIGHT)).await;
    let session = browser(&pool, None);
    sign_in(&services, &session, "Ada", RIGHT, Origin::default())
        .await
        .unwrap();
    run(
        &pool,
        "update sessions set last_seen_at = last_seen_at - interval '1 year'",
    )
    .await;
    sessions::find_caller(
        &services,
        &browser(&pool, session.id()),
        Via::Ui,
        &Origin::default(),
    )
    .await
    .unwrap()
    .unwrap();
    let seen = "select count(*) from sessions where last_seen_at > now() - interval '1 month'";

    run(&pool, "alter table sessions rename to hidden").await;
    service::last_seen::write(&services).await.unwrap_err();
    run(&pool, "alter table hidden rename to sessions").await;
    assert_eq!(count(&pool, seen).await, 0);
    service::last_seen::write(&services).await.unwrap();
    assert_eq!(count(&pool, seen).await, 1);
}
