//! Failed sign-ins, by every route.

use super::*;

const FAILED: &str = "/api/admin/sessions/failed";

async fn failed(app: &App, session: &str, query: &str) -> Vec<Value> {
    service::failed_sign_ins::write(&app.services)
        .await
        .unwrap();
    let answer = app.get_as(session, &format!("{FAILED}?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    rows(&answer)
}

#[testing::test]
async fn every_sign_in_endpoint_reports_failures(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    add_password(&pool, &app.services.hasher).await;
    assert_eq!(failed(&app, &ada, "").await, [] as [Value; 0]);
    let address = "203.0.113.7".parse().unwrap();
    let wrong = [("username", "bob"), ("password", "wrong")];
    let login = json!({ "username": "bob", "password": "wrong" });
    let choice = json!({ "username": "bob", "password": "wrong", "newPassword": "copper lantern" });
    for (tries, ask) in [
        Ask::post("/login").form(&wrong),
        Ask::post("/sfn/sign-in").form(&wrong),
        Ask::post("/api/auth/login").json(&login),
        Ask::post("/api/auth/password").json(&choice),
    ]
    .into_iter()
    .enumerate()
    {
        let label = ask.label();
        let answer = app.send(ask.from(address)).await;
        assert_eq!(answer.status, 401, "{label}: {}", answer.body);
        let rows = failed(&app, &ada, "").await;
        assert_eq!(
            (rows.len(), &rows[0]["tries"]),
            (1, &json!(tries + 1)),
            "{label}"
        );
    }
    let mut row = failed(&app, &ada, "by=address").await.remove(0);
    let row = row.as_object_mut().unwrap();
    let user = row.remove("user").unwrap();
    assert_eq!(user["username"], "bob");
    assert!(
        row.remove("lastAt")
            .unwrap()
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
    assert_eq!(
        Value::Object(row.clone()),
        json!({
            "reason": "wrong_password", "tries": 4, "accounts": 1, "ipAddress": "203.0.113.7", "addresses": 1,
        })
    );
}

#[testing::test]
async fn tab_links_to_the_user_and_the_sessions_of_the_address(pool: PgPool) {
    let (app, ada) = with_admin(&pool).await;
    add_password(&pool, &app.services.hasher).await;
    let page = app.get_as(&ada, "/sessions/failed").await;
    assert!(page.body.contains("No failed sign-ins"), "{}", page.body);
    for username in ["bob", "my secret password"] {
        let login = json!({ "username": username, "password": "wrong" });
        let ask = Ask::post("/api/auth/login").json(&login);
        app.send(ask.from("2001:db8::7".parse().unwrap())).await;
    }
    service::failed_sign_ins::write(&app.services)
        .await
        .unwrap();
    let page = app.get_as(&ada, "/sessions/failed").await;
    for part in [
        "href=\"/users/bob\"",
        "href=\"/sessions?address=2001%3Adb8%3A%3A7\"",
        "Wrong password",
        "Unknown username",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("my secret password"));
    let list = app.get_as(&ada, "/sessions").await;
    assert!(list.body.contains("href=\"/sessions/failed\""));
}
