//! Confirmation pages for users without a session: shown once, to the browser that has acted.

use sqlx::PgPool;

use crate::support::{Ask, add_user, https_app, open_app, session};

const PAGES: [(&str, &str, &str); 4] = [
    ("/account/deleted", "deleted", "Account deleted"),
    ("/reset/done", "reset", "Password set"),
    (
        "/register/done",
        "registered",
        "Your account is pending approval",
    ),
    ("/invite/done", "invited", "Account created"),
];

#[testing::test]
async fn page_requires_and_consumes_its_cookie(pool: PgPool) {
    let app = open_app(&pool);
    add_user(&pool, "ada", &["admin", "user"]).await;
    let ada = session(&pool, "ada").await;
    for (path, word, says) in PAGES {
        assert_eq!(app.get(path).await.outline(), "303 to /login", "{path}");
        assert_eq!(app.get_as(&ada, path).await.outline(), "303 to /", "{path}");
        for (_, other, _) in PAGES.into_iter().filter(|(_, other, _)| *other != word) {
            let page = app.send(Ask::get(path).cookie("rollcall_done", other));
            let page = page.await;
            assert_eq!(page.outline(), "303 to /login", "{path} with {other}");
            assert!(page.cookies().is_empty(), "{path} leaves {other}");
        }
        let fetched = Ask::get(path).cookie("rollcall_done", word);
        let fetched = app.send(fetched.header("sec-fetch-dest", "empty")).await;
        assert!(fetched.cookies().is_empty(), "{path} is not shown");
        let shown = app.send(Ask::get(path).cookie("rollcall_done", word)).await;
        assert_eq!(shown.status, 200, "{path}");
        assert!(shown.body.contains(says), "{path}: {}", shown.body);
        let (value, attributes) = shown.cookie("rollcall_done").unwrap();
        assert_eq!(value, "", "{path}");
        assert!(attributes.contains("Max-Age=0"), "{path}: {attributes}");
    }
}

/// Paths that register: the form, and the server function behind it.
const WAYS: [&str; 2] = ["/register", "/sfn/register"];

fn register(path: &str, username: &str, password: &str) -> Ask {
    Ask::post(path).form(&[
        ("username", username),
        ("display_name", "New User"),
        ("password", password),
        ("password_again", password),
    ])
}

#[testing::test]
async fn successful_form_sets_the_cookie(pool: PgPool) {
    let app = open_app(&pool);
    for (path, username) in WAYS.into_iter().zip(["ada", "bob"]) {
        let denied = app.send(register(path, username, "short")).await;
        assert!(denied.cookie("rollcall_done").is_none(), "{path}");
        let done = app
            .send(register(path, username, "copper lantern under rain"))
            .await;
        let (value, attributes) = done.cookie("rollcall_done").unwrap();
        assert_eq!(value, "registered", "{path}");
        assert_eq!(
            attributes.trim(),
            "Path=/; Max-Age=300; HttpOnly; SameSite=Lax",
            "{path}"
        );
    }
}

#[testing::test]
async fn https_cookie_uses_the_host_prefix(pool: PgPool) {
    let app = https_app(&pool);
    let page = |name| app.send(Ask::get("/reset/done").cookie(name, "reset"));
    assert_eq!(page("rollcall_done").await.outline(), "303 to /login");
    let shown = page("__Host-rollcall_done").await;
    assert_eq!(shown.status, 200);
    let (_, attributes) = shown.cookie("__Host-rollcall_done").unwrap();
    assert!(attributes.contains("Secure"), "{attributes}");
}
