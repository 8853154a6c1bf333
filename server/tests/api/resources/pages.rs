//! Screens of resources.

use sqlx::PgPool;
use testing::{
    groups::group,
    resources::{client, resource},
    roles::role,
};

use super::{RESOURCES, post, prepare};
use crate::support::{Ask, add_user, session};

#[testing::test]
async fn creation_leads_to_the_page_of_the_resource(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let form = [
        ("kind", "models"),
        ("external_id", "gpt"),
        ("name", "GPT"),
        ("owner", ""),
        ("client", ""),
    ];
    let created = app
        .send(Ask::post("/resources/new").form(&form).by(&ada))
        .await;
    let id: uuid::Uuid = sqlx::query_scalar("select id from resources where external_id = 'gpt'")
        .fetch_one(&pool)
        .await
        .unwrap();
    let path = format!("/resources/{id}");
    assert_eq!(created.outline(), format!("303 to {path}"));
    let page = app.get_as(&ada, &path).await;
    assert!(page.body.contains("Created resource GPT"), "{}", page.body);
}

#[testing::test]
async fn transfer_of_all_resources_of_a_user_is_offered_to_those_who_can(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let curating = ["users:read", "resources:read", "resources:write"];
    role("curator").permissions(&curating).insert(&pool).await;
    add_user(&pool, "cleo", &["curator"]).await;
    let cleo = session(&pool, "cleo").await;
    for (by, can_transfer) in [(&ada, true), (&cleo, false)] {
        let list = app.get_as(by, "/resources").await;
        assert!(list.body.contains("/resources/new"), "{}", list.body);
        let is_offered = list.body.contains("/resources/transfer");
        assert_eq!(is_offered, can_transfer, "{}", list.body);
        let dialog = app.get_as(by, "/resources/transfer").await;
        let has_form = dialog.body.contains("name=\"from\"");
        assert_eq!(has_form, can_transfer, "{}", dialog.body);
        let says_why = dialog.body.contains("You have read-only access to users.");
        assert_eq!(says_why, !can_transfer, "{}", dialog.body);
    }
}

#[testing::test]
async fn filters_of_the_address_are_shown(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let editors = group("Editors").insert(&pool).await;
    for (query, field) in [
        ("external_id=gpt".to_owned(), "external_id"),
        (format!("group={editors}"), "group"),
    ] {
        let is_hidden = |body: &str| {
            let field = format!("type=\"hidden\" name=\"{field}\"");
            body.contains(&field)
        };
        let filtered = app.get_as(&ada, &format!("/resources?{query}")).await;
        assert!(!is_hidden(&filtered.body), "{query}: {}", filtered.body);
        let all = app.get_as(&ada, "/resources").await;
        assert!(is_hidden(&all.body), "{query}: {}", all.body);
    }
}

#[testing::test]
async fn everyone_of_a_client_is_not_everyone(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let acme = client(&pool, "ACME").await;
    let everyone = serde_json::json!({ "grants": [{ "subject": "everyone", "level": "read" }] });
    for (name, client, is_limited) in [("gpt", Some(acme), true), ("llama", None, false)] {
        let id = resource("models", name).client(client).insert(&pool).await;
        post(&app, &ada, &format!("{RESOURCES}/{id}/grants"), &everyone).await;
        for path in [format!("/resources/{id}"), format!("/resources?q={name}")] {
            let page = app.get_as(&ada, &path).await;
            let says = page.body.contains("Everyone of client ACME");
            assert_eq!(says, is_limited, "{path}: {}", page.body);
        }
    }
}

#[testing::test]
async fn access_of_a_user_lists_kinds_without_a_reachable_resource(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    resource("tracker", "jira").insert(&pool).await;
    let page = app.get_as(&ada, "/users/bob/access").await;
    assert!(page.body.contains("0 of 1"), "{}", page.body);
}

#[testing::test]
async fn all_errors_of_a_new_resource_are_shown_at_once(pool: PgPool) {
    let (app, ada) = prepare(&pool).await;
    let form = [
        ("kind", "BAD kind"),
        ("external_id", ""),
        ("name", "GPT"),
        ("owner", "no-such-user"),
        ("client", "no-such-client"),
    ];
    let denied = app
        .send(Ask::post("/resources/new").form(&form).by(&ada))
        .await;
    assert_eq!(denied.status, 422, "{}", denied.body);
    for text in [
        "lower-case letters, digits, _ and - for a kind",
        "There is no user with this name.",
    ] {
        assert!(denied.body.contains(text), "{text}: {}", denied.body);
    }
    let invalid = denied.body.matches("aria-invalid=\"true\"").count();
    assert_eq!(invalid, 4, "{}", denied.body);
}
