//! Forms that are submitted after the session has ended: nothing is done, and no input is lost.

use sqlx::PgPool;

use crate::support::{
    Answer, App, Ask, PASSWORD, add_password, add_user, app, html::value, id_of, session,
};

/// Returns an app with two admins and a user.
async fn prepare(pool: &PgPool) -> App {
    let app = app(pool).storing_keys();
    for (name, roles) in [
        ("ada", &["admin", "user"][..]),
        ("eve", &["admin", "user"]),
        ("bob", &["user"]),
    ] {
        add_user(pool, name, roles).await;
    }
    add_password(pool, &app.services.hasher).await;
    app
}

/// Returns the form of the sign-in page, as a user fills it in.
fn sign_in(page: &Answer, username: &str, password: &str) -> Ask {
    let fields = ["next", "again", "again_fields"];
    let fields = fields.map(|name| (name, value(page, name).unwrap_or_default()));
    let mut all = vec![("username", username), ("password", password)];
    all.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
    Ask::post("/login").form(&all)
}

#[testing::test]
async fn typed_values_survive_a_new_sign_in(pool: PgPool) {
    let app = prepare(&pool).await;
    let (ada, bob) = (id_of(&app.pool, "ada").await, id_of(&app.pool, "bob").await);
    for (path, fields, typed) in [
        (
            "/account",
            &[("version", "1"), ("email", "a@example.org")][..],
            ("display_name", "Typed \"<b>"),
        ),
        (
            "/users/bob/edit",
            &[("version", "1"), ("id", &bob), ("username", "bob")],
            ("display_name", "Typed \"<b>"),
        ),
        (
            "/account/keys/new",
            &[
                ("owner", "own"),
                ("provider", "openai"),
                ("api_key", "sk-typed-secret"),
            ],
            ("key_name", "Typed \"<b>"),
        ),
    ] {
        let mut form = vec![
            ("as", ada.as_str()),
            ("current_password", "typed-secret"),
            typed,
        ];
        form.extend(fields);
        let asked = app.send(Ask::post(path).form(&form)).await;
        assert_eq!(asked.status, 401, "{path}: {}", asked.body);
        assert!(asked.body.contains("Your session has ended"), "{path}");
        assert_eq!(value(&asked, "again").as_deref(), Some(path));
        // A wrong password does not lose the form either.
        let wrong = app.send(sign_in(&asked, "ada", "not the password")).await;
        assert_eq!(wrong.status, 401, "{path}");
        assert!(wrong.body.contains("Wrong username or password"), "{path}");
        assert_eq!(value(&wrong, "again_fields"), value(&asked, "again_fields"));
        let drawn = app.send(sign_in(&wrong, "ada", PASSWORD)).await;
        assert_eq!(drawn.status, 200, "{path}: {}", drawn.outline());
        assert!(drawn.body.contains("You are signed in again"), "{path}");
        assert!(drawn.body.contains(&format!("data-address=\"{path}\"")));
        let (name, text) = typed;
        assert_eq!(value(&drawn, name).as_deref(), Some(text), "{path}");
        assert_eq!(value(&drawn, "as").as_ref(), Some(&ada), "{path}");
        for page in [&asked, &wrong, &drawn] {
            assert!(!page.body.contains("typed-secret"), "{path} has a secret");
        }
        let session = drawn.cookie("session_token").unwrap().0.to_owned();
        let me = app.get_as(&session, "/api/auth/me").await;
        assert_eq!(me.json()["user"]["username"], "ada");
    }
    let changed = "select count(*) from users where display_name like 'Typed%'";
    assert_eq!(app.count(changed).await, 0, "signing in changes nothing");
    assert_eq!(app.count("select count(*) from api_keys").await, 0);
}

#[testing::test]
async fn another_user_does_not_get_the_typed_values(pool: PgPool) {
    let app = prepare(&pool).await;
    let ada = id_of(&app.pool, "ada").await;
    for user in [Some(ada.as_str()), Some(""), None] {
        let mut form = vec![("reason", "Typed by ada")];
        form.extend(user.map(|user| ("as", user)));
        let asked = app.send(Ask::post("/users/bob/suspend").form(&form)).await;
        assert_eq!(asked.status, 401, "{user:?}");
        let led = app.send(sign_in(&asked, "eve", PASSWORD)).await;
        assert_eq!(led.outline(), "303 to /users/bob/suspend", "{user:?}");
        let session = led.cookie("session_token").unwrap().0.to_owned();
        let page = app.get_as(&session, "/users/bob/suspend").await;
        assert!(!page.body.contains("Typed by ada"), "{user:?}");
    }
    let suspended = "select count(*) from users where status = 'suspended'";
    assert_eq!(app.count(suspended).await, 0);
}

#[testing::test]
async fn only_pages_with_forms_are_rendered_again(pool: PgPool) {
    let app = prepare(&pool).await;
    let fields = format!("as={}&reason=typed", id_of(&app.pool, "ada").await);
    for path in [
        "https://evil.example/account",
        "//evil.example/account",
        "/\\evil.example",
        "/account/deleted",
        "/account/",
        "/users",
        "/users//edit",
        "/users/bob/suspend/more",
        "/login",
        "/logout",
        "/register",
        "/reset",
        "/sfn/edit-profile",
        "/api/user",
        "/made-up",
        "",
    ] {
        let form = [
            ("username", "ada"),
            ("password", PASSWORD),
            ("next", "/users?q=x"),
            ("again", path),
            ("again_fields", &fields),
        ];
        let led = app.send(Ask::post("/login").form(&form)).await;
        assert_eq!(led.outline(), "303 to /users?q=x", "{path}");
        let cross = Ask::post("/login").form(&form);
        let cross = app.send(cross.header("sec-fetch-site", "cross-site")).await;
        assert_eq!(cross.status, 403, "{path}");
    }
}

#[testing::test]
async fn oversized_forms_are_not_carried(pool: PgPool) {
    let app = prepare(&pool).await;
    let ada = id_of(&app.pool, "ada").await;
    for (length, outline) in [(40_000, "401"), (60_000, "303 to /login?next=%2Faccount")] {
        let name = "x".repeat(length);
        let form = [("as", ada.as_str()), ("display_name", &name)];
        let asked = app.send(Ask::post("/account").form(&form)).await;
        assert_eq!(asked.outline(), outline);
        if asked.status == 401 {
            let drawn = app.send(sign_in(&asked, "ada", PASSWORD)).await;
            assert_eq!(value(&drawn, "display_name"), Some(name));
        }
    }
}

#[testing::test]
async fn undo_after_the_session_ended_is_denied_with_a_message(pool: PgPool) {
    let app = prepare(&pool).await;
    let (bob, ada) = (id_of(&app.pool, "bob").await, session(&pool, "ada").await);
    app.run(
        "update users set status = 'suspended', suspended_reason = 'Spam' where username = 'bob'",
    )
    .await;
    let form = [
        ("page", "/users/bob"),
        ("id", bob.as_str()),
        ("username", "bob"),
        ("operation", "unsuspend"),
    ];
    let done = app.send(Ask::post("/users/bob").form(&form).by(&ada)).await;
    assert_eq!(done.outline(), "303 to /users/bob");
    let page = app.get_as(&ada, "/users/bob").await;
    let (undo, user) = (value(&page, "undo").unwrap(), value(&page, "as").unwrap());
    app.run("update sessions set ended_at = now(), ended_reason = 'revoked'")
        .await;
    let undo = Ask::post("/users/bob").form(&[("undo", &undo), ("as", &user)]);
    let asked = app.send(undo.by(&ada)).await;
    assert_eq!(asked.status, 401);
    let led = app.send(sign_in(&asked, "ada", PASSWORD)).await;
    assert_eq!(led.outline(), "303 to /users/bob");
    let session = led.cookie("session_token").unwrap().0.to_owned();
    let page = app.get_as(&session, "/users/bob").await;
    assert!(page.body.contains("This can no longer be undone"));
    let active = "select count(*) from users where username = 'bob' and status = 'active'";
    assert_eq!(app.count(active).await, 1);
}
