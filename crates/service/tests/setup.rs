//! Initial setup of the first admin.

use domain::{audit::Via, credentials::AccountDraft, problem::Problem, users::CreatedVia};
use secrecy::{ExposeSecret, SecretString};
use service::{Error, Services, access::Origin, sessions, setup};
use sqlx::PgPool;
use testing::users::user;

use crate::support::{browser::browser, services};

fn draft(username: &str) -> AccountDraft {
    AccountDraft {
        username: username.to_owned(),
        display_name: "The First".to_owned(),
        email: format!("{username}@example.org"),
        password: "correct horse".to_owned(),
        password_again: "correct horse".to_owned(),
    }
}

async fn link(services: &Services) -> String {
    setup::create_link(services)
        .await
        .unwrap()
        .expose_secret()
        .to_owned()
}

async fn claim(services: &Services, token: &str, draft: AccountDraft) -> Result<(), Problem> {
    let session = browser(&services.pool, None);
    let claimed = setup::claim(services, &session, token, draft, Origin::default()).await;
    claimed.map_err(Error::into_problem)
}

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

/// Starts a hundred claims with different usernames, spread over some setup links.
async fn hundred_claims(pool: &PgPool, links: usize) {
    let services = services(pool);
    let mut tokens = Vec::new();
    for _ in 0..links {
        tokens.push(link(&services).await);
    }
    let claims: Vec<_> = (0..100)
        .map(|number| {
            let (services, token) = (services.clone(), tokens[number % links].clone());
            tokio::spawn(async move {
                claim(&services, &token, draft(&format!("claim-{number}"))).await
            })
        })
        .collect();
    let mut created = 0;
    for claim in claims {
        match claim.await.unwrap() {
            Ok(()) => created += 1,
            // 429: one network can have few jobs in the hashing queue.
            Err(problem) => assert!(
                [404, 409, 429].contains(&problem.error.status()),
                "{problem:?}"
            ),
        }
    }
    assert_eq!(created, 1);
    for (what, expected) in [
        ("select count(*) from users", 1),
        (
            "select count(*) from user_roles ur join roles r on r.id = role_id where name = 'admin'",
            1,
        ),
        ("select count(*) from sessions", 1),
        (
            "select count(*) from one_time_links where used_at is not null",
            1,
        ),
        (
            "select count(*) from one_time_links where used_at is null and revoked_at is null",
            0,
        ),
        (
            "select count(*) from audit_events where action = 'user.created'",
            1,
        ),
        (
            "select count(*) from audit_events where action = 'session.started'",
            1,
        ),
    ] {
        assert_eq!(count(pool, what).await, expected, "{what}");
    }
}

#[testing::test]
async fn hundred_claims_of_one_link_create_one_admin(pool: PgPool) {
    hundred_claims(&pool, 1).await;
}

#[testing::test]
async fn hundred_claims_of_several_links_create_one_admin(pool: PgPool) {
    hundred_claims(&pool, 7).await;
}

#[testing::test]
async fn admin_created_meanwhile_ends_a_claim(pool: PgPool) {
    let services = services(&pool);
    let token = link(&services).await;
    let mut other_way = db::begin(&pool).await.unwrap();
    db::users::lock_admins(&mut other_way).await.unwrap();
    let admin = db::users::NewUser {
        username: "first",
        display_name: "First",
        email: None,
        password_hash: Some("a hash"),
        must_change_password: false,
        created_by: None,
        created_via: CreatedVia::Cli,
        skeleton: None,
    };
    let id = db::users::insert(&mut other_way, &admin).await.unwrap();
    let roles = ["admin".to_owned()];
    db::roles::grant(&mut other_way, id, &roles, None)
        .await
        .unwrap();

    let late = tokio::spawn({
        let (services, token) = (services.clone(), token.clone());
        async move { claim(&services, &token, draft("late")).await }
    });
    let waits = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    while !late.is_finished() && count(&pool, waits).await == 0 {}
    other_way.commit().await.unwrap();
    assert_eq!(late.await.unwrap().unwrap_err().error.status(), 409);
    assert_eq!(count(&pool, "select count(*) from users").await, 1);
}

#[testing::test]
async fn first_admin_is_signed_in_at_once(pool: PgPool) {
    let services = services(&pool);
    let session = browser(&pool, None);
    let token = link(&services).await;
    setup::claim(&services, &session, &token, draft("ada"), Origin::default())
        .await
        .unwrap();
    let caller = sessions::find_caller(
        &services,
        &browser(&pool, session.id()),
        Via::Ui,
        &Origin::default(),
    )
    .await
    .unwrap()
    .unwrap();
    assert_eq!(caller.principal.username, "ada");
    assert_eq!(caller.principal.roles, ["admin", "user"]);
    assert!(caller.principal.may_open_panel());
    let stored: (String, String, bool) =
        sqlx::query_as("select created_via, status, password_hash like '$argon2id$%' from users")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(stored, ("setup".into(), "active".into(), true));
}

#[testing::test]
async fn dead_link_creates_no_admin(pool: PgPool) {
    let services = services(&pool);
    for end in [
        "update one_time_links set expires_at = now()",
        "update one_time_links set used_at = now()",
        "update one_time_links set revoked_at = now()",
        "update one_time_links set kind = 'invitation'",
        "delete from one_time_links",
    ] {
        let token = link(&services).await;
        setup::open_link(&services, &token).await.unwrap();
        run(&pool, end).await;
        assert_eq!(
            setup::open_link(&services, &token)
                .await
                .unwrap_err()
                .code()
                .status(),
            404,
            "{end}"
        );
        assert_eq!(
            claim(&services, &token, draft("ada"))
                .await
                .unwrap_err()
                .error
                .status(),
            404,
            "{end}"
        );
    }
    for token in ["", "guess", "\0", &"x".repeat(100_000)] {
        assert_eq!(
            claim(&services, token, draft("ada"))
                .await
                .unwrap_err()
                .error
                .status(),
            404
        );
    }
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
}

#[testing::test]
async fn link_lasts_an_hour_and_survives_opening(pool: PgPool) {
    let services = services(&pool);
    let token = link(&services).await;
    let minutes =
        "select (extract(epoch from expires_at - created_at) / 60)::int8 from one_time_links";
    assert_eq!(count(&pool, minutes).await, 60);
    for _ in 0..3 {
        setup::open_link(&services, &token).await.unwrap();
    }
    assert_eq!(
        count(
            &pool,
            "select count(*) from one_time_links where used_at is not null"
        )
        .await,
        0
    );
    assert_eq!(
        count(&pool, "select count(opened_at) from one_time_links").await,
        1
    );
    claim(&services, &token, draft("ada")).await.unwrap();
}

#[testing::test]
async fn only_the_hash_of_a_link_is_stored(pool: PgPool) {
    let services = services(&pool);
    let token = link(&services).await;
    assert_eq!(token.len(), 43, "256 bits");
    let row: String =
        sqlx::query_scalar("select l::text || encode(token_hash, 'escape') from one_time_links l")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert!(!row.contains(&token));
    assert_ne!(token, link(&services).await);
}

#[testing::test]
async fn form_errors_do_not_consume_the_link(pool: PgPool) {
    let services = services(&pool);
    user("Taken")
        .display_name("A User")
        .email("Taken.Too@example.org")
        .created_via("import")
        .insert(&pool)
        .await;
    let token = link(&services).await;
    let with = |change: fn(&mut AccountDraft)| {
        let mut draft = draft("ada");
        change(&mut draft);
        draft
    };
    for (draft, field, status, message) in [
        (
            with(|d| d.username = "ab".into()),
            "username",
            422,
            "Use 3 to 50 characters.",
        ),
        (
            with(|d| d.username = "tAKEN".into()),
            "username",
            409,
            "Username already exists",
        ),
        (
            with(|d| d.email = "taken.TOO@example.org".into()),
            "email",
            409,
            "Email already exists",
        ),
        (
            with(|d| d.password = "short".into()),
            "password",
            422,
            "Use at least 8 characters.",
        ),
        (
            with(|d| d.password_again = "other".into()),
            "password_again",
            422,
            "Passwords don't match.",
        ),
        (
            with(|d| d.display_name = "\u{202e}Ada".into()),
            "display_name",
            422,
            "Remove the invisible control characters.",
        ),
    ] {
        let problem = claim(&services, &token, draft).await.unwrap_err();
        assert_eq!(problem.error.status(), status, "{field}: {message}");
        assert_eq!(problem.details.fields.get(field), Some(message));
    }
    assert_eq!(count(&pool, "select count(*) from users").await, 1);
    claim(&services, &token, draft("ada")).await.unwrap();
}

#[testing::test]
async fn existing_admin_disables_setup(pool: PgPool) {
    let services = services(&pool);
    let (used, unused) = (link(&services).await, link(&services).await);
    claim(&services, &used, draft("ada")).await.unwrap();
    for token in [used.as_str(), &unused, "guess"] {
        assert_eq!(
            setup::open_link(&services, token)
                .await
                .unwrap_err()
                .code()
                .status(),
            409
        );
        assert_eq!(
            claim(&services, token, draft("eve"))
                .await
                .unwrap_err()
                .error
                .status(),
            409
        );
    }
    assert!(matches!(
        setup::create_link(&services).await,
        Err(Error::Conflict(_))
    ));

    // An admin who cannot sign in does not count.
    for change in [
        "status = 'suspended'",
        "deleted_at = now()",
        "password_hash = null",
    ] {
        let sql = sqlx::AssertSqlSafe(format!("update users set {change}"));
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        assert!(setup::create_link(&services).await.is_ok(), "{change}");
        let unused = setup::open_link(&services, &unused).await.unwrap_err();
        assert_eq!(
            unused.code().status(),
            404,
            "{change}: the claim revokes the other links"
        );
        run(
            &pool,
            "update users set status = 'active', deleted_at = null, password_hash = 'x'",
        )
        .await;
    }
}

#[testing::test]
async fn demo_has_one_admin_with_a_known_password(pool: PgPool) {
    let services = services(&pool);
    let password = SecretString::from("printed once");
    assert!(
        setup::create_demo_admin(&services, &password)
            .await
            .unwrap()
    );
    assert!(
        !setup::create_demo_admin(&services, &password)
            .await
            .unwrap()
    );
    let via = "select count(*) from audit_events where action = 'user.created' and via = 'cli'";
    assert_eq!(count(&pool, via).await, 1);
    let secrets = "select count(*) from audit_events a where a::text like '%printed%' or a::text like '%argon2%'";
    assert_eq!(count(&pool, secrets).await, 0);
}
