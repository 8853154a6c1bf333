//! Strength of passwords: an easily guessed one is denied wherever a user chooses a password.

use std::sync::Arc;

use domain::{account::OwnEdit, credentials::AccountDraft, invitations::InvitationDraft};
use secrecy::ExposeSecret;
use service::{
    Error, Services,
    access::{Origin, operator},
    account, invitations, registrations,
    reset::{self, Choice},
    settings::Settings,
    setup,
};
use sqlx::PgPool;

use crate::support::{
    browser, chosen,
    own::{Own, set_password},
    services,
    users::{add, count},
};

const PASSWORD: &str = "correct horse";

/// Common; common with digits; guessed by its pattern; the user's names with digits; the name of the product.
const WEAK: [&str; 8] = [
    "password123",
    "12345678",
    "sunshine1",
    "football2024",
    "aaabbbccc",
    "Grace1906",
    "gracehopper7",
    "rollcall2026",
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

/// Returns services that accept common passwords.
fn unchecked(pool: &PgPool) -> Services {
    let settings = Settings {
        allow_registration: true,
        denies_common_passwords: false,
        ..Settings::default()
    };
    Services {
        settings: Arc::new(settings),
        ..services(pool)
    }
}

fn draft(password: &str) -> AccountDraft {
    AccountDraft {
        username: "grace".to_owned(),
        display_name: "Grace Hopper".to_owned(),
        password: password.to_owned(),
        password_again: password.to_owned(),
        ..AccountDraft::default()
    }
}

#[track_caller]
fn assert_denied<T>(done: Result<T, Error>, way: &str, password: &str) {
    match done {
        Err(Error::Invalid(errors)) => {
            assert!(errors.get("password").is_some(), "{way} {password}");
        }
        Err(other) => panic!("{way} {password}: {other}"),
        Ok(_) => panic!("{way} accepted {password}"),
    }
}

/// Returns the fields of a denied form, in their order.
#[track_caller]
fn denied_fields<T>(done: Result<T, Error>) -> Vec<String> {
    match done {
        Err(Error::Invalid(errors)) => errors.iter().map(|error| error.field.clone()).collect(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("accepted"),
    }
}

fn token(url: &str) -> String {
    url.rsplit('/').next().unwrap().to_owned()
}

#[testing::test]
async fn weak_password_is_denied_everywhere(pool: PgPool) {
    let services = open(&pool);
    let setup = setup::create_link(&services).await.unwrap();
    let setup = token(setup.expose_secret());
    for password in WEAK {
        let session = browser::browser(&pool, None);
        let claimed = setup::claim(
            &services,
            &session,
            &setup,
            draft(password),
            Origin::default(),
        );
        assert_denied(claimed.await, "setup", password);
        let registered = registrations::register(&services, draft(password), "", Origin::default());
        assert_denied(registered.await, "registration", password);
        let invitation = invitations::create(&services, &operator(), InvitationDraft::default())
            .await
            .unwrap();
        let invitation = token(&invitation.link.url);
        let invited =
            invitations::accept(&services, &invitation, draft(password), Origin::default());
        assert_denied(invited.await, "invitation", password);
    }
    assert_eq!(count(&pool, "select count(*) from users").await, 0);
    let grace = add(&pool, "grace", &["user"]).await;
    sqlx::query("update users set display_name = 'Grace Hopper'")
        .execute(&pool)
        .await
        .unwrap();
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "grace", PASSWORD).await;
    let link = reset::create_link(&services, &operator(), grace)
        .await
        .unwrap();
    let link = token(&link.url);
    for password in WEAK {
        let chosen = reset::choose_password(&services, &link, chosen(password), Origin::default());
        assert_denied(chosen.await, "link", password);
        let edit = OwnEdit {
            password: Some(password.to_owned()),
            current_password: Some(PASSWORD.to_owned()),
            ..OwnEdit::default()
        };
        let edited = account::edit(&services, &own.caller, &own.session, edit);
        assert_denied(edited.await, "account", password);
    }
    let good = "tangerine otter 41";
    reset::choose_password(&services, &link, chosen(good), Origin::default())
        .await
        .unwrap();
}

#[testing::test]
async fn common_passwords_are_accepted_where_configured(pool: PgPool) {
    let services = unchecked(&pool);
    let register = async |username: &str, password: &str| {
        let draft = AccountDraft {
            username: username.to_owned(),
            ..draft(password)
        };
        registrations::register(&services, draft, "", Origin::default()).await
    };
    for password in ["short1", "Grace1906", "rollcall2026"] {
        assert_denied(register("grace", password).await, "registration", password);
    }
    let accepted = ["eatmyshorts", "password123", "12345678", "aaaaaaaa"];
    for (number, password) in accepted.into_iter().enumerate() {
        let username = format!("user-{number}");
        register(&username, password).await.unwrap();
    }
    let stored = "select count(*) from users where password_hash is not null";
    assert_eq!(count(&pool, stored).await, 4);
}

#[testing::test]
async fn common_password_is_reported_with_the_other_errors(pool: PgPool) {
    const COMMON: &str = "password";
    let grace = add(&pool, "grace", &["user"]).await;
    set_password(&open(&pool), PASSWORD).await;
    let own = Own::sign_in(&open(&pool), "grace", PASSWORD).await;
    for (services, password) in [(open(&pool), Some("password")), (unchecked(&pool), None)] {
        let expected = |before: Option<&'static str>, after: Option<&'static str>| {
            let fields = [before, password, Some("password_again"), after];
            fields.into_iter().flatten().collect::<Vec<_>>()
        };
        let draft = || AccountDraft {
            username: "x".to_owned(),
            password_again: "passwort".to_owned(),
            ..draft(COMMON)
        };
        let of_account = expected(Some("username"), None);

        let link = setup::create_link(&services).await.unwrap();
        let session = browser::browser(&pool, None);
        let setup = link.expose_secret();
        let claimed = setup::claim(&services, &session, setup, draft(), Origin::default());
        assert_eq!(denied_fields(claimed.await), of_account, "setup");

        let registered = registrations::register(&services, draft(), "", Origin::default());
        assert_eq!(denied_fields(registered.await), of_account, "registration");

        let invitation = invitations::create(&services, &operator(), InvitationDraft::default())
            .await
            .unwrap();
        let invitation = token(&invitation.link.url);
        let invited = invitations::accept(&services, &invitation, draft(), Origin::default());
        assert_eq!(denied_fields(invited.await), of_account, "invitation");

        let link = reset::create_link(&services, &operator(), grace)
            .await
            .unwrap();
        let link = token(&link.url);
        let choice = Choice {
            password_again: "passwort",
            ..chosen(COMMON)
        };
        let reset = reset::choose_password(&services, &link, choice, Origin::default());
        assert_eq!(denied_fields(reset.await), expected(None, None), "link");

        let edit = OwnEdit {
            display_name: Some(String::new()),
            password: Some(COMMON.to_owned()),
            password_again: Some("passwort".to_owned()),
            current_password: Some(PASSWORD.to_owned()),
            ..OwnEdit::default()
        };
        let edited = account::edit(&services, &own.caller, &own.session, edit);
        assert_eq!(
            denied_fields(edited.await),
            expected(None, Some("display_name")),
            "account"
        );
    }
    let unchanged = "select count(*) from users where password_hash is not null";
    assert_eq!(count(&pool, unchanged).await, 1);
}

/// Checks that a session alone does not cost an estimate, which is slow.
#[testing::test]
async fn own_password_is_estimated_after_the_current_one(pool: PgPool) {
    let services = open(&pool);
    add(&pool, "grace", &["user"]).await;
    set_password(&services, PASSWORD).await;
    let own = Own::sign_in(&services, "grace", PASSWORD).await;
    let edit = async |password: &str, current: &str| {
        let edit = OwnEdit {
            password: Some(password.to_owned()),
            current_password: Some(current.to_owned()),
            ..OwnEdit::default()
        };
        account::edit(&services, &own.caller, &own.session, edit).await
    };
    let guessable = "lovelylovelylovely";
    let wrong = edit(guessable, "wrong horse").await;
    assert!(matches!(wrong, Err(Error::CurrentPasswordWrong)));
    assert_denied(edit(guessable, PASSWORD).await, "account", guessable);
    // What is known without an estimate is reported at once.
    for password in ["football2024", "grace1906", "rollcall2026"] {
        let common = edit(password, "wrong horse").await;
        assert_denied(common, "account", password);
    }
}
