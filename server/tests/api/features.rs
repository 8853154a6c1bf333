//! Features of the host application over the API.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;
use testing::groups::group;

use crate::support::{Ask, add_user, app, html::elements, session};

const FEATURES: &str = "/api/admin/features";

#[testing::test]
async fn feature_is_created_replaced_and_deleted(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    let path = format!("{FEATURES}/tracker.export_all");
    let put = |body| Ask::new(Method::PUT, &path).json(&body).by(&ada);
    let created = app
        .send(put(json!({ "defaultValue": true, "position": 7 })))
        .await;
    assert_eq!(created.status, 200, "{}", created.body);
    assert_eq!(
        created.json(),
        json!({
            "key": "tracker.export_all", "label": "Export all", "description": "", "defaultValue": true, "position": 7,
            "version": 1
        })
    );
    assert_eq!(app.get_as(&ada, &path).await.json(), created.json());
    let replace = put(json!({ "label": "All" })).header("if-match", "\"1\"");
    let replaced = app.send(replace.clone()).await;
    assert_eq!(replaced.header("etag"), "\"2\"", "{}", replaced.body);
    assert_eq!(replaced.json()["defaultValue"], false);
    let outdated = app.send(put(json!({})).header("if-match", "\"1\"")).await;
    assert_eq!(outdated.outline(), "412 PRECONDITION_FAILED");
    assert_eq!(
        outdated.json()["details"]["object"]["feature"]["label"],
        "All"
    );

    let editors = group("Editors").features(&["tracker.export_all"]);
    let editors = editors.insert(&pool).await;
    let deleted = app.send(Ask::new(Method::DELETE, &path).by(&ada)).await;
    assert_eq!(deleted.status, 200, "{}", deleted.body);
    assert_eq!(app.get_as(&ada, &path).await.outline(), "404 NOT_FOUND");
    let group = app
        .get_as(&ada, &format!("/api/admin/groups/{editors}"))
        .await;
    assert_eq!(group.json()["features"], json!([]));
}

#[testing::test]
async fn set_of_features_is_added_once(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    let own = Ask::new(Method::PUT, &format!("{FEATURES}/chat.call")).by(&ada);
    app.send(own.json(&json!({ "label": "Calls" }))).await;
    let add = Ask::post(FEATURES)
        .json(&json!({ "set": "open_webui" }))
        .by(&ada);
    let added = app.send(add.clone()).await.json()["changed"]
        .as_u64()
        .unwrap();
    assert!(added > 50, "{added}");
    assert_eq!(app.send(add).await.json(), json!({ "changed": 0 }));
    let listed = app.get_as(&ada, FEATURES).await.json();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len() as u64, added + 1);
    let call = listed.iter().find(|feature| feature["key"] == "chat.call");
    assert_eq!(call.unwrap()["label"], "Calls");
}

#[testing::test]
async fn message_names_a_feature_in_the_language_of_the_request(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    let put = Ask::new(Method::PUT, &format!("{FEATURES}/chat.edit")).by(&ada);
    assert_eq!(app.send(put.json(&json!({}))).await.status, 200);
    let fields = [
        ("key", "chat.edit"),
        ("shown", "Edit"),
        ("version", "1"),
        ("groups", "0"),
    ];
    let delete = Ask::post("/features/chat.edit/delete")
        .form(&fields)
        .by(&ada);
    let deleted = app.send(delete.header("accept-language", "de")).await;
    assert_eq!(deleted.outline(), "303 to /features");
    let list = Ask::get("/features").by(&ada);
    let page = app.send(list.header("accept-language", "de")).await;
    assert!(
        page.body.contains("Funktion Bearbeiten gelöscht"),
        "{}",
        page.body
    );
}

#[testing::test]
async fn keys_of_features_are_checked(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    let long = "x".repeat(101);
    for key in [
        "Chat",
        "chat..call",
        ".chat",
        "ch%C3%A4t",
        "a%20b",
        "a%00b",
        "%FF",
        &long,
    ] {
        let path = format!("{FEATURES}/{key}");
        let put = Ask::new(Method::PUT, &path).json(&json!({})).by(&ada);
        assert_eq!(
            app.send(put).await.outline(),
            "400 VALIDATION_ERROR",
            "{key}"
        );
        let get = app.get_as(&ada, &path).await;
        assert!([400, 404].contains(&get.status), "{key}: {}", get.body);
        let delete = app.send(Ask::new(Method::DELETE, &path).by(&ada)).await;
        assert!(
            [400, 404].contains(&delete.status),
            "{key}: {}",
            delete.body
        );
    }
}

#[testing::test]
async fn branches_of_the_screen_have_labels(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    let put = Ask::new(
        Method::PUT,
        &format!("{FEATURES}/lab_tools.export.api_keys"),
    );
    let put = put.json(&json!({})).by(&ada);
    assert_eq!(app.send(put).await.json()["label"], "API keys");
    let page = app.get_as(&ada, "/features").await;
    assert!(page.body.contains("Lab tools › Export"), "{}", page.body);
    let access = app.get_as(&ada, "/users/ada/access").await;
    let group = "optgroup label=\"Lab tools › Export\"";
    assert!(access.body.contains(group), "{}", access.body);
}

#[testing::test]
async fn filters_can_be_cleared_if_there_are_some(pool: PgPool) {
    add_user(&pool, "ada", &["admin"]).await;
    let (app, ada) = (app(&pool), session(&pool, "ada").await);
    group("Lab").insert(&pool).await;
    for (path, is_hidden) in [
        ("/groups", true),
        ("/groups?limit=25", true),
        ("/groups?q=lab", false),
    ] {
        let page = app.get_as(&ada, path).await;
        let links = elements(&page.body).into_iter().filter(|element| {
            let is_clear = element
                .attribute("href")
                .is_some_and(|href| href.starts_with("/groups") && !href.starts_with("/groups/"));
            is_clear && element.attribute("class") == Some("button")
        });
        let hidden: Vec<bool> = links
            .map(|link| link.attribute("hidden").is_some())
            .collect();
        assert_eq!(hidden, [is_hidden], "{path}: {}", page.body);
    }
}
