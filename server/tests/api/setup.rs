//! The setup link, from its address to the panel.

use secrecy::ExposeSecret;
use service::link_handle;
use sqlx::PgPool;

use crate::support::{App, Ask, app, https_app};

const COOKIE: &str = "rollcall_setup";

async fn link(app: &App) -> String {
    service::setup::create_link(&app.services)
        .await
        .unwrap()
        .expose_secret()
        .to_owned()
}

fn form(change: (&'static str, &'static str)) -> Ask {
    let fields = [
        ("username", "ada"),
        ("display_name", "Ada Lovelace"),
        ("email", "ada@example.org"),
        ("password", "correct horse battery"),
        ("password_again", "correct horse battery"),
    ];
    Ask::post("/setup").form(&fields.map(|field| if field.0 == change.0 { change } else { field }))
}

const AS_IT_IS: (&str, &str) = ("", "");

#[testing::test]
async fn token_leaves_the_address_at_once(pool: PgPool) {
    let kinds = [
        (app(&pool), COOKIE.to_owned(), ""),
        (https_app(&pool), format!("__Host-{COOKIE}"), "; Secure"),
    ];
    for (app, kind, secure) in kinds {
        let token = link(&app).await;
        let answer = app.get(&format!("/setup/{token}")).await;
        let handle = link_handle(&token);
        assert_eq!(answer.outline(), format!("303 to /setup?link={handle}"));
        let (value, attributes) = answer.cookie(&format!("{kind}_{handle}")).unwrap();
        assert_eq!(value, token);
        assert!(
            attributes.contains("HttpOnly") && attributes.contains("Max-Age=3600"),
            "{attributes}"
        );
        assert!(
            attributes.contains("SameSite=") && attributes.ends_with(secure),
            "{attributes}"
        );
        let page = app.send(Ask::get("/setup").link(&kind, &token)).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Create the first administrator"));
        // A prefetch of the link does not use it up.
        assert_eq!(
            app.count("select count(*) from one_time_links where used_at is not null")
                .await,
            0
        );
    }
}

#[testing::test]
async fn invalid_token_sets_no_cookie(pool: PgPool) {
    let app = app(&pool);
    for token in [
        "a%3B%20Domain=evil.example",
        "%0d%0aSet-Cookie:x=y",
        &"x".repeat(5_000),
        "%C3%A4",
        "%ff",
    ] {
        let answer = app.get(&format!("/setup/{token}")).await;
        assert_eq!(answer.outline(), "303 to /setup", "{token:.40}");
        assert!(answer.cookies().is_empty(), "{token:.40}");
    }
    for cookie in ["", "guess", &"x".repeat(5_000)] {
        let page = app.send(Ask::get("/setup").link(COOKIE, cookie)).await;
        assert_eq!(page.status, 404, "{cookie:.40}");
        assert!(page.body.contains("This setup link is no longer valid"));
        let claim = app.send(form(AS_IT_IS).link(COOKIE, cookie)).await;
        assert_eq!(claim.status, 404, "{cookie:.40}");
    }
}

#[testing::test]
async fn rejected_form_explains_and_can_be_sent_again(pool: PgPool) {
    let app = app(&pool);
    let token = link(&app).await;
    for (change, says) in [
        (("username", "a"), "Use 3 to 50 characters."),
        (
            ("username", "ad\u{0}a"),
            "Remove the invisible control characters.",
        ),
        (("username", "two words"), "start with a letter or digit"),
        (
            ("email", "unknown"),
            "Enter an email address such as name@example.org.",
        ),
        (("password", "short"), "Use at least 8 characters."),
        (
            ("password_again", "something else"),
            "Passwords don't match.",
        ),
    ] {
        let page = app.send(form(change).link(COOKIE, &token)).await;
        assert_eq!(page.status, 422, "{change:?}");
        assert!(page.body.contains(says), "{change:?}: {}", page.body);
        assert!(
            page.body.contains("value=\"Ada Lovelace\""),
            "{change:?}: the input is retained"
        );
        for password in ["correct horse battery", "something else"] {
            assert!(!page.body.contains(password), "{change:?}");
        }
    }
    assert_eq!(app.count("select count(*) from users").await, 0);
    assert_eq!(
        app.send(form(AS_IT_IS).link(COOKIE, &token))
            .await
            .outline(),
        "303 to /users"
    );
}

#[testing::test]
async fn claim_creates_the_admin_and_opens_the_panel(pool: PgPool) {
    let app = app(&pool);
    let token = link(&app).await;
    let answer = app.send(form(AS_IT_IS).link(COOKIE, &token)).await;
    assert_eq!(answer.outline(), "303 to /users");
    let (session, _) = answer.cookie("session_token").unwrap();
    let panel = app.send(Ask::get("/users").by(session)).await;
    assert_eq!(panel.status, 200);
    assert!(panel.body.contains("Ada Lovelace"));

    let again = app
        .send(form(("username", "eve")).link(COOKIE, &token))
        .await;
    assert_eq!(again.status, 409);
    let page = app.send(Ask::get("/setup").link(COOKIE, &token)).await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("Rollcall is already set up"));
    assert_eq!(app.count("select count(*) from users").await, 1);
}
