//! Addresses, which are decoded once, as a browser has encoded them once.

use sqlx::PgPool;

use crate::support::{Answer, add_user, app, html::elements, session};

/// Returns the value of a field of a page.
fn value(page: &Answer, field: &str) -> Option<String> {
    let inputs = elements(&page.body);
    let mut inputs = inputs.iter().filter(|element| element.name == "input");
    let input = inputs.find(|input| input.attribute("name") == Some(field))?;
    input.attribute("value").map(str::to_owned)
}

/// Returns whether a page links to a user.
fn lists(page: &Answer, username: &str) -> bool {
    let address = format!("/users/{username}");
    elements(&page.body)
        .iter()
        .any(|element| element.attribute("href") == Some(address.as_str()))
}

#[testing::test]
async fn percent_sign_in_a_search_is_kept(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    add_user(&pool, "adam", &["user"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    for (query, typed, is_listed) in [
        ("%61dam", "adam", true),
        ("%2561dam", "%61dam", false),
        ("100%2525", "100%25", false),
    ] {
        let page = app.get_as(&ada, &format!("/users?q={query}")).await;
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(value(&page, "q").as_deref(), Some(typed), "{query}");
        assert_eq!(lists(&page, "adam"), is_listed, "{query}");
    }
}

#[testing::test]
async fn other_lists_decode_filters_once(pool: PgPool) {
    add_user(&pool, "ada", &["admin", "user"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    for (path, field) in [("/audit", "actor"), ("/sessions", "user")] {
        for (query, typed) in [("%61da", "ada"), ("%2561da", "%61da")] {
            let page = app.get_as(&ada, &format!("{path}?{field}={query}")).await;
            assert_eq!(
                value(&page, field).as_deref(),
                Some(typed),
                "{path}: {query}"
            );
        }
    }
}
