//! The list of users as a page: its size, its columns, and the menu of a row without scripts.

use std::collections::BTreeSet;

use sqlx::PgPool;

use crate::support::{
    App, Ask, add_user, app,
    html::{Element, elements},
    session,
};

/// Maximum size of a page with 50 users, in bytes before compression.
const PAGE: usize = 90_000;
/// Maximum size of a row on average, in bytes before compression.
const ROW: usize = 1_400;

/// Adds 60 users with a role, an email address, and all times.
async fn add_team(pool: &PgPool) {
    sqlx::query(
        "with team as (
            insert into users (
                id, username, display_name, email, created_via, created_at, updated_at, last_login_at, last_active_at
            )
            select
                uuid_v7(created), 'user-' || 1000 + n, 'User ' || 1000 + n, 'user-' || 1000 + n || '@example.org',
                'import', created, created, created, created
            from generate_series(1, 60) n, lateral (select now() - n * interval '11 days' as created) t
            returning id
        )
        insert into user_roles (user_id, role_id, granted_at)
        select team.id, roles.id, now() from team, roles where name = 'user'",
    )
    .execute(pool)
    .await
    .unwrap();
}

/// Returns the HTML of the rows.
fn rows(page: &str) -> Vec<&str> {
    let body = page.split("<tbody>").nth(1).unwrap();
    let body = body.split("</tbody>").next().unwrap();
    body.split_inclusive("</tr>")
        .filter(|row| row.contains("<tr>"))
        .collect()
}

#[testing::test]
async fn a_page_of_50_users_is_small(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    add_team(&pool).await;
    let app = app(&pool);
    let ada = session(&pool, "ada").await;
    let page = app.get_as(&ada, "/users").await;
    assert_eq!(page.status, 200, "{}", page.body);
    let rows = rows(&page.body);
    assert_eq!(rows.len(), 50);
    let all: usize = rows.iter().map(|row| row.len()).sum();
    assert!(all <= 50 * ROW, "{all} bytes, such as {:?}", rows.last());
    let bytes = page.body.len();
    assert!(bytes <= PAGE, "{bytes} bytes, {all} of them are rows");
}

/// Returns the classes of the columns of a page, for a browser with these preferences.
async fn columns(app: &App, session: &str, preferences: &str, path: &str) -> BTreeSet<String> {
    let page = Ask::get(path)
        .by(session)
        .cookie("rollcall_preferences", preferences);
    let page = app.send(page).await;
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    let cells = elements(&page.body)
        .into_iter()
        .filter(|element| element.name == "th" || element.name == "td");
    cells
        .filter_map(|cell| cell.attribute("class").map(str::to_owned))
        .collect()
}

#[testing::test]
async fn hidden_columns_are_not_in_the_page(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let app = app(&pool);
    let ada = session(&pool, "ada").await;
    let hide = [("users-email", "hide"), ("next", "/users?limit=25")];
    let answer = app
        .send(Ask::post("/preferences").form(&hide).by(&ada))
        .await;
    assert_eq!(answer.outline(), "303 to /users?limit=25");
    let (hidden, _) = answer.cookie("rollcall_preferences").unwrap();
    assert_eq!(hidden, "system.comfortable.open.auto.hide-users-email");

    // The cookie can have a column that this version does not have.
    let hidden = format!("{hidden}.hide-users-shoe-size");
    for (preferences, path, is_visible) in [
        ("", "/users", true),
        (hidden.as_str(), "/users", false),
        (hidden.as_str(), "/users?sort=email", true),
        (hidden.as_str(), "/users?sort=name", false),
    ] {
        let classes = columns(&app, &ada, preferences, path).await;
        assert_eq!(classes.contains("cell-email"), is_visible, "{path}");
        assert!(classes.contains("cell-user"), "{path}");
    }
}

#[testing::test]
async fn a_chosen_count_is_visible_in_every_window(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let app = app(&pool);
    let ada = session(&pool, "ada").await;
    let shown = "system.comfortable.open.auto.show-users-personas";
    for (preferences, path, is_certain) in [
        ("", "/users", false),
        ("", "/users?sort=-sessions", true),
        (shown, "/users", true),
    ] {
        let classes = columns(&app, &ada, preferences, path).await;
        assert_eq!(classes.contains("cell-num"), is_certain, "{path}");
        assert!(classes.contains("auto-num"), "{path}");
    }
}

#[testing::test]
async fn a_row_has_a_button_and_the_page_one_menu(pool: PgPool) {
    let (app, ada) = with_uma(&pool).await;
    let page = elements(&app.get_as(&ada, "/users?q=username%3Auma").await.body);
    let buttons: Vec<&Element> = page
        .iter()
        .filter(|element| element.attribute("form") == Some("rows"))
        .collect();
    let [button] = buttons.as_slice() else {
        panic!("{buttons:?}")
    };
    assert_eq!(button.attribute("value"), Some("uma"));
    assert_eq!(button.attribute("title"), Some("More actions for uma"));
    let form = page.iter().find(|one| one.attribute("id") == Some("rows"));
    assert_eq!(form.unwrap().attribute("action"), Some("/users"));
    assert_eq!(menu(&page).len(), 0, "a closed menu shows no user");
}

#[testing::test]
async fn the_url_opens_the_menu_of_a_user_of_the_page(pool: PgPool) {
    let (app, ada) = with_uma(&pool).await;
    let id: String = sqlx::query_scalar("select id::text from users where username = 'uma'")
        .fetch_one(&pool)
        .await
        .unwrap();
    let page = app
        .get_as(&ada, "/users?q=username%3Auma&limit=25&menu=uma")
        .await;
    let page = elements(&page.body);
    assert_eq!(
        menu(&page),
        [
            "/users/uma/edit",
            "/users/uma/reset",
            "/users/uma/sign-out",
            "/users/uma/delete",
        ]
    );
    let is_menu = |one: &Element| one.attribute("id") == Some("row-menu");
    let opened = page.iter().position(is_menu).unwrap();
    let field = |name: &str| {
        let mut fields = page.iter().skip(opened);
        let field = fields.find(|one| one.attribute("name") == Some(name));
        field.and_then(|field| field.attribute("value"))
    };
    assert_eq!(field("id"), Some(id.as_str()));
    assert_eq!(field("username"), Some("uma"));
    assert_eq!(field("operation"), Some("unsuspend"));
    assert_eq!(field("page"), Some("/users?q=username%3Auma&limit=25"));
    let popover = page.get(opened).unwrap().attribute("popover");
    assert_eq!(popover, None, "without scripts it is visible");
    let button = page
        .iter()
        .find(|one| one.attribute("form") == Some("rows"));
    assert_eq!(button.unwrap().attribute("aria-expanded"), Some("true"));

    // Users of other pages, and viewers who cannot change users, have no menu.
    for path in [
        "/users?q=username%3Auma&menu=ada",
        "/users?menu=zoe",
        "/users?menu=",
    ] {
        let page = app.get_as(&ada, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(menu(&elements(&page.body)).len(), 0, "{path}");
    }
    add_user(&pool, "otto", &["auditor", "user"]).await;
    let otto = session(&pool, "otto").await;
    let page = app.get_as(&otto, "/users?menu=uma").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("row-menu"), "{}", page.body);
}

/// Returns an app with Ada, who is signed in, and Uma, who is suspended.
async fn with_uma(pool: &PgPool) -> (App, String) {
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "uma", &["user"]).await;
    let app = app(pool);
    app.run(
        "update users set status = 'suspended', suspended_reason = 'Left' where username = 'uma'",
    )
    .await;
    (app, session(pool, "ada").await)
}

/// Returns the links to the dialogs of a user.
fn menu(page: &[Element]) -> Vec<&str> {
    let items = page
        .iter()
        .filter(|element| element.attribute("class") == Some("menu-item"));
    items
        .filter_map(|item| item.attribute("href"))
        .filter(|href| href.starts_with("/users/"))
        .collect()
}
