//! Creation of users without a username.

use domain::users::{Status, create::UserDraft};
use service::{Error, Services, access::operator, users};
use sqlx::PgPool;
use testing::users::user;

use crate::support::{services, users::count};

fn draft(email: &str) -> UserDraft {
    UserDraft {
        display_name: "New".into(),
        email: email.into(),
        ..UserDraft::default()
    }
}

async fn created(services: &Services, email: &str) -> Result<String, Error> {
    let created =
        users::create_unnamed(services, &operator(), draft(email), Status::Active, None).await;
    created.map(|created| created.user.summary.username)
}

#[testing::test]
async fn username_comes_from_the_address_and_is_no_other_users(pool: PgPool) {
    let services = services(&pool);
    user("ADA").insert(&pool).await;
    user("ada-2").deleted(true).insert(&pool).await;
    for (email, username) in [
        ("ada@example.org", "ada-3"),
        ("Ada@example.com", "ada-4"),
        ("ada@localhost", "ada-5"),
        ("é@example.org", "user"),
        ("ü@example.org", "user-2"),
        ("bo@example.org", "user-bo"),
        ("112@example.org", "112"),
    ] {
        assert_eq!(
            created(&services, email).await.unwrap(),
            username,
            "{email}"
        );
    }
}

#[testing::test]
async fn username_that_looks_like_another_is_skipped(pool: PgPool) {
    let services = services(&pool);
    // All letters are Cyrillic.
    let other = UserDraft {
        username: "сосо".into(),
        display_name: "Other".into(),
        ..UserDraft::default()
    };
    users::create(&services, &operator(), other).await.unwrap();
    let username = created(&services, "coco@example.org").await.unwrap();
    assert_eq!(username, "coco-2");
}

#[testing::test]
async fn errors_are_those_of_any_creation(pool: PgPool) {
    let services = services(&pool);
    created(&services, "ada@example.org").await.unwrap();
    let taken = created(&services, "ADA@example.org").await;
    assert!(
        matches!(&taken, Err(Error::Taken(errors)) if errors.get("email").is_some()),
        "{taken:?}"
    );
    let invalid = created(&services, "not an address").await;
    assert!(
        matches!(&invalid, Err(Error::Invalid(errors)) if errors.get("email").is_some()),
        "{invalid:?}"
    );
    let nameless = UserDraft {
        display_name: " ".into(),
        ..draft("bob@example.org")
    };
    let nameless =
        users::create_unnamed(&services, &operator(), nameless, Status::Active, None).await;
    let Err(Error::Invalid(errors)) = nameless else {
        panic!("a user has a name");
    };
    assert!(errors.get("display_name").is_some());
    assert_eq!(count(&pool, "select count(*) from users").await, 1);
}

#[testing::test]
async fn name_of_many_users_gets_a_random_end(pool: PgPool) {
    let services = services(&pool);
    for number in 1..=200 {
        let name = if number == 1 {
            "info".to_owned()
        } else {
            format!("info-{number}")
        };
        user(&name).insert(&pool).await;
    }
    for email in ["info@example.org", "info@example.com"] {
        let username = created(&services, email).await.unwrap();
        let end = username.strip_prefix("info-").unwrap();
        assert_eq!(end.len(), 8, "{username}");
    }
}

#[testing::test]
async fn username_without_an_address_comes_from_the_identifier(pool: PgPool) {
    let services = services(&pool);
    let namespace = "litellm".parse().unwrap();
    let uuid = "0198c2a4-0000-7000-8000-000000000001";
    let (of_uuid, long) = (format!("user-{uuid}"), "x".repeat(512));
    for (email, identifier, username) in [
        ("", "bob/7", "bob7"),
        ("ada@example.org", "eve", "ada"),
        ("", uuid, of_uuid.as_str()),
        ("", long.as_str(), &long[..40]),
    ] {
        let identifier = identifier.parse().unwrap();
        let identified = Some((&namespace, &identifier));
        let draft = draft(email);
        let created =
            users::create_unnamed(&services, &operator(), draft, Status::Active, identified).await;
        assert_eq!(created.unwrap().user.summary.username, username);
    }
}
