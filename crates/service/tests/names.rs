//! Confusable usernames, which no account can get.

use std::{sync::Arc, time::Duration};

use domain::{credentials::AccountDraft, invitations::InvitationDraft, users::create::UserDraft};
use secrecy::ExposeSecret;
use service::{
    Error, Services,
    access::{Origin, operator},
    invitations, registrations,
    settings::Settings,
    setup, users,
};
use sqlx::PgPool;
use tokio::{task::JoinSet, time::sleep};

use crate::support::{
    browser::browser,
    services,
    users::{add, count},
};

/// Usernames that look like `coco` or `admin`, or are invisible.
const LOOKALIKES: [&str; 5] = [
    "\u{441}\u{43e}\u{441}\u{43e}",
    "\u{430}dmin",
    "admi\u{578}",
    "\u{3164}\u{3164}\u{3164}",
    "admin\u{3164}",
];

fn open(pool: &PgPool) -> Services {
    let settings = Settings {
        allow_registration: true,
        ..Settings::default()
    };
    Services {
        settings: Arc::new(settings),
        ..services(pool)
    }
}

fn draft(username: &str) -> AccountDraft {
    AccountDraft {
        username: username.to_owned(),
        display_name: "A User".to_owned(),
        password: "copper lantern".to_owned(),
        password_again: "copper lantern".to_owned(),
        ..AccountDraft::default()
    }
}

fn is_denied<T>(done: Result<T, Error>) -> bool {
    match done {
        Err(Error::Invalid(errors) | Error::Taken(errors)) => errors.get("username").is_some(),
        Err(other) => panic!("{other}"),
        Ok(_) => false,
    }
}

#[testing::test]
async fn lookalike_name_is_denied_everywhere(pool: PgPool) {
    let services = open(&pool);
    add(&pool, "coco", &["user"]).await;
    add(&pool, "admin", &["admin"]).await;
    for name in LOOKALIKES {
        let user = UserDraft {
            username: name.to_owned(),
            display_name: "A User".to_owned(),
            ..UserDraft::default()
        };
        assert!(
            is_denied(users::create(&services, &operator(), user).await),
            "{name} created"
        );
        let registered = registrations::register(&services, draft(name), "", Origin::default());
        assert!(is_denied(registered.await), "{name} registered");
        let link = invitations::create(&services, &operator(), InvitationDraft::default())
            .await
            .unwrap();
        let token = link.link.url.rsplit('/').next().unwrap().to_owned();
        let invited = invitations::accept(&services, &token, draft(name), Origin::default());
        assert!(is_denied(invited.await), "{name} invited");
    }
    assert_eq!(count(&pool, "select count(*) from users").await, 2);
}

#[testing::test]
async fn first_administrator_gets_no_lookalike_name(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "coco", &["user"]).await;
    let token = setup::create_link(&services).await.unwrap();
    for name in LOOKALIKES {
        let session = browser(&pool, None);
        let (token, draft) = (token.expose_secret(), draft(name));
        let claimed = setup::claim(&services, &session, token, draft, Origin::default());
        assert!(is_denied(claimed.await), "{name} set up");
    }
    assert_eq!(count(&pool, "select count(*) from users").await, 1);
}

#[testing::test]
async fn names_of_any_single_script_are_accepted(pool: PgPool) {
    let services = open(&pool);
    add(&pool, "barn", &["user"]).await;
    for name in ["мария", "müller", "田中taro", "bam", "user1", "userl"] {
        let registered = registrations::register(&services, draft(name), "", Origin::default());
        registered
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    // The other direction: the existing username is the one outside ASCII.
    let created = registrations::register(&services, draft("сосо"), "", Origin::default()).await;
    assert!(created.is_ok());
    assert!(is_denied(
        registrations::register(&services, draft("coco"), "", Origin::default()).await
    ));
}

#[testing::test]
async fn names_of_scripts_with_vowel_signs_are_accepted(pool: PgPool) {
    let services = open(&pool);
    for name in ["สมชาย", "น้ำฝน", "प्रिया.शर्मा", "தமிழ்", "মিতা", "မောင်လှ"]
    {
        let registered = registrations::register(&services, draft(name), "", Origin::default());
        registered
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[testing::test]
async fn differently_composed_names_are_equal(pool: PgPool) {
    let services = open(&pool);
    for (name, other) in [
        ("josé", "Jose\u{301}"),
        ("straße", "STRASSE"),
        ("νίκος", "ΝΊΚΟΣ"),
        ("ışık", "IŞIK"),
        ("ёлкин", "ЁЛКИН"),
    ] {
        registrations::register(&services, draft(name), "", Origin::default())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = registrations::register(&services, draft(other), "", Origin::default());
        assert!(is_denied(again.await), "{other}");
        let found = db::users::find_credentials(&pool, other).await.unwrap();
        assert_eq!(found.unwrap().username, name);
    }
    // An accent makes a different username, although a search finds both.
    let created = registrations::register(&services, draft("jose"), "", Origin::default()).await;
    assert!(created.is_ok(), "{:?}", created.err());
}

#[testing::test]
async fn one_of_two_concurrent_lookalikes_is_accepted(pool: PgPool) {
    let services = open(&pool);
    // The lock keeps both from inserting until both have checked for lookalikes.
    let mut gate = pool.begin().await.unwrap();
    sqlx::query("lock table users in share mode")
        .execute(&mut *gate)
        .await
        .unwrap();
    let mut both = JoinSet::new();
    for name in ["coco", "\u{441}\u{43e}\u{441}\u{43e}"] {
        let services = services.clone();
        both.spawn(async move {
            registrations::register(&services, draft(name), "", Origin::default()).await
        });
    }
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    while count(&pool, waiting).await < 2 {
        sleep(Duration::from_millis(20)).await;
    }
    gate.rollback().await.unwrap();
    let done = both.join_all().await;
    let denied = done.into_iter().map(is_denied);
    assert_eq!(denied.filter(|denied| *denied).count(), 1);
    assert_eq!(count(&pool, "select count(*) from users").await, 1);
}
