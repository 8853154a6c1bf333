//! Data of a user beside the main response, and requests for users that do not exist.

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use crate::support::{
    App, Ask, add_user, app,
    html::{Element, elements},
    id_of, session,
};

/// Returns an app with the admin Ada, her session, and the id of Bea.
async fn prepare(pool: &PgPool) -> (App, String, String) {
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "bea", &["user"]).await;
    let bea = id_of(pool, "bea").await;
    (app(pool), session(pool, "ada").await, bea)
}

#[testing::test]
async fn sections_of_a_user_are_listed(pool: PgPool) {
    let (app, ada, bea) = prepare(&pool).await;
    let get = |path: String| app.send(Ask::get(&path).by(&ada));
    let of = |what: &str| format!("/api/admin/users/{bea}/{what}");
    session(&pool, "bea").await;
    let sessions = get(of("sessions")).await.json();
    assert_eq!(sessions.as_array().unwrap().len(), 1, "{sessions}");
    assert_eq!(get(of("reset-link")).await.json(), json!([]));
    let created = app.send(Ask::post(&of("reset-link")).by(&ada)).await.json();
    let links = get(of("reset-link")).await;
    assert_eq!(links.json()[0]["createdBy"], "ada");
    let link = created["url"].as_str().unwrap();
    let token = link.rsplit('/').next().unwrap();
    assert!(!links.body.contains(token), "{}", links.body);
    let roles = get("/api/admin/roles/assignable".to_owned()).await.json();
    assert_eq!(
        roles[0],
        json!({ "name": "admin", "label": null, "description": "", "denied": null })
    );
}

#[testing::test]
async fn history_is_paginated_to_its_end(pool: PgPool) {
    let (app, ada, bea) = prepare(&pool).await;
    let user = format!("/api/admin/users/{bea}");
    for n in 0..60 {
        let name = json!({ "displayName": format!("Bea {n}") });
        let renamed = Ask::new(Method::PATCH, &user).by(&ada).json(&name);
        assert_eq!(app.send(renamed).await.status, 200);
    }
    let mut names = Vec::new();
    let mut next = Some(format!("{user}/history"));
    while let Some(path) = next {
        let part = app.send(Ask::get(&path).by(&ada)).await;
        for entry in part.json().as_array().unwrap() {
            assert_eq!(entry["actor"]["label"], "ada");
            names.push(
                entry["changes"]["displayName"][1]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        let link = part.header("link").strip_suffix(">; rel=\"next\"");
        next = link.map(|link| link.trim_start_matches('<').to_owned());
    }
    let expected: Vec<String> = (0..60).rev().map(|n| format!("Bea {n}")).collect();
    assert_eq!(names, expected);
}

#[testing::test]
async fn unknown_parameters_are_rejected(pool: PgPool) {
    let (app, ada, bea) = prepare(&pool).await;
    for action in [
        json!({ "action": "suspend", "reason": "spam" }),
        json!({ "action": "unsuspend" }),
        json!({ "action": "revokeSessions" }),
        json!({ "action": "delete" }),
        json!({ "action": "restore" }),
    ] {
        let ask = |action: &serde_json::Value| {
            let body = json!({ "action": action, "users": [{ "id": bea, "version": 1 }] });
            Ask::post("/api/admin/users/bulk").by(&ada).json(&body)
        };
        let previewed = app.send(ask(&action)).await;
        assert_eq!(previewed.status, 200, "{action}: {}", previewed.body);
        let mut odd = action.clone();
        odd["permanent"] = json!(true);
        let denied = app.send(ask(&odd)).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{odd}");
        assert!(denied.message().contains("unknown field `permanent`"));
    }
    for path in [
        "/api/admin/users?role=admin",
        "/api/admin/users/find?user=bea&deleted=true",
        "/api/admin/sessions?users=bea",
        "/api/admin/tokens?sort=name",
        "/api/admin/audit?actr=bea",
        "/api/admin/audit/export?format=csv&actr=bea",
        "/api/admin/jobs?kind=purge",
        &format!("/api/admin/users/{bea}/history?after=1"),
    ] {
        let denied = app.send(Ask::get(path).by(&ada)).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{path}");
    }
    let spelt_wrong = Ask::new(
        Method::DELETE,
        &format!("/api/admin/users/{bea}?permanant=true"),
    );
    let denied = app.send(spelt_wrong.by(&ada)).await;
    assert_eq!(denied.outline(), "400 VALIDATION_ERROR");
    assert_eq!(
        app.count("select count(*) from users where deleted_at is null")
            .await,
        2
    );
}

#[testing::test]
async fn user_page_lists_every_role(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    add_user(&pool, "cyd", &["auditor", "application", "user"]).await;
    let page = app.get_as(&ada, "/users/cyd").await;
    let elements = elements(&page.body);
    let badges = elements.iter().filter(|element| {
        let class = element.attribute("class").unwrap_or_default();
        element.name == "span" && ["badge", "badge tone-info"].contains(&class)
    });
    // In the header and among the profile fields.
    assert_eq!(badges.count(), 6, "{}", page.body);
    for role in ["Auditor", "Application", "User"] {
        assert!(
            page.body.contains(&format!("{role}<!>")),
            "{role}: {}",
            page.body
        );
    }
    let hidden = |element: &Element| element.attribute("class") == Some("more");
    assert!(!elements.iter().any(hidden), "{}", page.body);
}

#[testing::test]
async fn only_a_user_with_a_password_must_change_it(pool: PgPool) {
    let (app, ada, _) = prepare(&pool).await;
    app.run("update users set must_change_password = true where username = 'bea'")
        .await;
    for (change, is_shown) in [
        (
            "update users set password_hash = null where username = 'bea'",
            false,
        ),
        (
            "update users set password_hash = 'x' where username = 'bea'",
            true,
        ),
    ] {
        app.run(change).await;
        let page = app.get_as(&ada, "/users/bea").await;
        let says = page.body.contains("Must change password");
        assert_eq!(says, is_shown, "{change}: {}", page.body);
    }
}
