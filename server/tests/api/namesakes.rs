//! A user whose username is digits, beside the user who has them as a number.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{
    Answer, App, Ask, add_user, app,
    html::{Element, elements},
    id_of, session, token,
};

/// Returns an app with Ada, an admin, and a session of hers; Nora with the number 112; and a user named `112`. Both have a
/// session, a token and an entry in the audit log.
async fn with_namesakes(pool: &PgPool) -> (App, String) {
    add_user(pool, "ada", &["admin", "user"]).await;
    sqlx::query("select setval(pg_get_serial_sequence('users', 'number'), 111)")
        .execute(pool)
        .await
        .unwrap();
    let app = app(pool);
    let ada = session(pool, "ada").await;
    for name in ["nora", "112"] {
        add_user(pool, name, &["user"]).await;
        session(pool, name).await;
        token(&app.services, name, &["account"]).await;
    }
    (app, ada)
}

async fn value(app: &App, sql: &str) -> String {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    sqlx::query_scalar(sql).fetch_one(&app.pool).await.unwrap()
}

/// Returns the usernames of the users with a live session.
async fn signed_in(app: &App) -> String {
    value(
        app,
        "select string_agg(distinct username, ' ' order by username) from live_sessions",
    )
    .await
}

fn hidden(page: &Answer, name: &str) -> String {
    let inputs = elements(&page.body).into_iter();
    let found = inputs.filter(|input| input.attribute("name") == Some(name));
    let hidden = |input: &Element| input.attribute("type") == Some("hidden");
    let found: Vec<Element> = found.filter(hidden).collect();
    let value = found.first().and_then(|input| input.attribute("value"));
    value.unwrap_or_default().to_owned()
}

#[testing::test]
async fn every_reference_leads_to_one_user(pool: PgPool) {
    let (app, ada) = with_namesakes(&pool).await;
    let (named, nora) = (
        id_of(&app.pool, "112").await,
        id_of(&app.pool, "nora").await,
    );
    for (user, username) in [
        ("112", "112"),
        ("username:112", "112"),
        (&named, "112"),
        ("number:112", "nora"),
        ("nora", "nora"),
        ("username:NORA", "nora"),
        (&nora, "nora"),
        ("number:113", "112"),
        // No user has this as a username.
        ("113", "112"),
    ] {
        let get = async |path: &str| {
            let answer = app.get_as(&ada, &format!("{path}={user}")).await;
            assert_eq!(answer.status, 200, "{path}={user}");
            answer.json()
        };
        let found = get("/api/admin/users/find?user").await;
        assert_eq!(found["username"], username, "{user}");
        for list in ["/api/admin/sessions?user", "/api/admin/tokens?user"] {
            let rows = get(list).await;
            let names: Vec<&Value> = rows.as_array().unwrap().iter().collect();
            assert_eq!(names.len(), 1, "{list}={user}");
            assert_eq!(names[0]["user"]["username"], username, "{list}={user}");
        }
        let entries = get("/api/admin/audit?target").await;
        let entries = entries.as_array().unwrap();
        assert!(!entries.is_empty(), "{user}");
        assert!(
            entries
                .iter()
                .all(|entry| entry["target"]["label"] == username),
            "{user}: {entries:?}"
        );
        let own = if username == "112" { &named } else { &nora };
        let dialog = app.get_as(&ada, &format!("/users/{user}/edit")).await;
        assert_eq!(&hidden(&dialog, "id"), own, "/users/{user}");
    }
    for path in [
        "/api/admin/users/find?user=number:9000",
        "/api/admin/users/find?user=username:113",
        "/api/admin/users/find?user=9000",
    ] {
        assert_eq!(app.get_as(&ada, path).await.status, 404, "{path}");
    }
}

#[testing::test]
async fn links_of_a_user_page_lead_to_that_user(pool: PgPool) {
    let (app, ada) = with_namesakes(&pool).await;
    let id = id_of(&app.pool, "112").await;
    let list = app.get_as(&ada, "/users").await;
    let page = format!("/users/{id}");
    assert!(list.body.contains(&format!("href=\"{page}\"")));
    assert!(!list.body.contains("href=\"/users/112\""));
    let links = async |tab: &str, start: &str| {
        let answer = app.get_as(&ada, &format!("{page}/{tab}")).await;
        let links = elements(&answer.body).into_iter();
        let links = links.filter_map(|link| link.attribute("href").map(str::to_owned));
        let found: Vec<String> = links.filter(|href| href.starts_with(start)).collect();
        assert!(!found.is_empty(), "{tab}: {start}");
        found
    };
    for (tab, start) in [
        ("sessions", "/sessions?user="),
        ("sessions", "/sessions/revoke?user="),
        ("keys", "/tokens?user="),
    ] {
        for href in links(tab, start).await {
            assert!(href.ends_with("user=username%3A112"), "{href}");
        }
    }
}

#[testing::test]
async fn only_sessions_of_the_shown_user_are_revoked(pool: PgPool) {
    let (app, ada) = with_namesakes(&pool).await;
    let (named, nora) = (
        id_of(&app.pool, "112").await,
        id_of(&app.pool, "nora").await,
    );
    for (user, id, username) in [
        ("username%3A112", &named, "112"),
        ("112", &named, "112"),
        ("number:112", &nora, "nora"),
    ] {
        let path = format!("/sessions/revoke?user={user}");
        let dialog = app.get_as(&ada, &path).await;
        assert_eq!(&hidden(&dialog, "id"), id, "{path}");
        assert_eq!(hidden(&dialog, "username"), username, "{path}");
        assert!(dialog.body.contains(&format!("({username}) are revoked")));
    }
    let send = async |path: &str, id: &str, username: &str| {
        let fields = [
            ("page", "/sessions"),
            ("user", "112"),
            ("id", id),
            ("username", username),
            ("expected", "1"),
        ];
        app.send(Ask::post(path).form(&fields).by(&ada)).await
    };
    for path in ["/sessions/revoke", "/sfn/revoke-sessions"] {
        for (id, username) in [
            (&*nora, "112"),
            (&named, "nora"),
            (&named, ""),
            ("", "nora"),
        ] {
            let denied = send(path, id, username).await;
            assert_eq!(denied.status, 409, "{path} {id} {username}");
        }
    }
    assert_eq!(signed_in(&app).await, "112 ada nora");
    let done = send("/sessions/revoke", &named, "112").await;
    assert_eq!(done.outline(), "303 to /sessions");
    assert_eq!(signed_in(&app).await, "ada nora");
    let list = app.get_as(&ada, "/sessions").await;
    assert!(list.body.contains("Revoked 1 session of 112"));
    let reason = "select reason from audit_events where action = 'user.sessions_ended'";
    assert_eq!(value(&app, reason).await, "Sessions revoked: user 112.");
}

#[testing::test]
async fn api_can_state_whose_sessions_are_revoked(pool: PgPool) {
    let (app, ada) = with_namesakes(&pool).await;
    let revoke = async |body: Value| {
        let ask = Ask::post("/api/admin/sessions/revoke").json(&body);
        app.send(ask.by(&ada)).await
    };
    let filter = json!({ "user": "112" });
    for username in ["nora", "", "1"] {
        let body = json!({ "filter": filter, "expected": 1, "username": username });
        assert_eq!(revoke(body).await.outline(), "409 CONFLICT", "{username}");
    }
    let both = json!({ "filter": filter, "everyoneButMe": true, "expected": 2 });
    let denied = revoke(both).await;
    assert_eq!(denied.outline(), "400 VALIDATION_ERROR");
    assert!(denied.message().contains("revoking all other sessions"));
    assert_eq!(signed_in(&app).await, "112 ada nora");
    let body = json!({ "filter": filter, "expected": 1, "username": "112" });
    assert_eq!(revoke(body).await.json()["sessions"], 1);
    assert_eq!(signed_in(&app).await, "ada nora");
}

#[testing::test]
async fn everyone_else_excludes_a_filter(pool: PgPool) {
    let (app, ada) = with_namesakes(&pool).await;
    let page = app
        .get_as(&ada, "/sessions/revoke?others=true&user=nora")
        .await;
    assert!(page.body.contains("revoking all other sessions"));
    assert!(!page.body.contains("Everyone else is signed out"));
    let fields = [
        ("page", "/sessions"),
        ("others", "true"),
        ("user", "nora"),
        ("username", "nora"),
        ("expected", "1"),
    ];
    let form = Ask::post("/sfn/revoke-sessions").form(&fields).by(&ada);
    assert_eq!(app.send(form).await.status, 422);
    assert_eq!(signed_in(&app).await, "112 ada nora");
}

#[testing::test]
async fn sign_out_everywhere_checks_the_id(pool: PgPool) {
    let (app, ada) = with_namesakes(&pool).await;
    let (named, nora) = (
        id_of(&app.pool, "112").await,
        id_of(&app.pool, "nora").await,
    );
    let path = format!("/users/{named}/sign-out");
    let dialog = app.get_as(&ada, &path).await;
    assert!(dialog.body.contains("112 (112)"));
    assert_eq!(hidden(&dialog, "id"), named);
    let send = async |id: &str| {
        let fields = [
            ("path", path.as_str()),
            ("page", "/users"),
            ("id", id),
            ("username", "112"),
            ("shown", "112"),
        ];
        app.send(Ask::post(&path).form(&fields).by(&ada)).await
    };
    for id in ["", &nora] {
        assert_eq!(send(id).await.status, 409, "{id}");
    }
    assert_eq!(signed_in(&app).await, "112 ada nora");
    assert_eq!(send(&named).await.status, 303);
    assert_eq!(signed_in(&app).await, "ada nora");
}

#[testing::test]
async fn data_is_transferred_to_the_named_user_if_unchanged(pool: PgPool) {
    let (app, ada) = with_namesakes(&pool).await;
    app.run("insert into personas (id, user_id, name) select gen_random_uuid(), id, 'Analyst' from users where username = 'ada'")
        .await;
    let owner = "select u.username from personas p join users u on u.id = p.user_id";
    for (from, to, owns) in [
        ("ada", "112", "112"),
        ("112", "number:112", "nora"),
        ("nora", "username:112", "112"),
    ] {
        let id = id_of(&app.pool, from).await;
        let send = async |personas: &str| {
            let fields = [
                ("page", "/users"),
                ("id", id.as_str()),
                ("username", from),
                ("to", to),
                ("personas", personas),
            ];
            let form = Ask::post("/sfn/reassign-data").form(&fields);
            app.send(form.by(&ada)).await
        };
        let changed = send("2").await;
        assert_eq!(changed.outline(), "409 CONFLICT");
        assert_eq!(changed.json()["details"]["counts"]["personas"], 1);
        assert_eq!(value(&app, owner).await, from);
        assert_eq!(send("1").await.status, 200);
        assert_eq!(value(&app, owner).await, owns);
    }
    let (named, nora) = (
        id_of(&app.pool, "112").await,
        id_of(&app.pool, "nora").await,
    );
    for (personas, status) in [(json!(0), 409), (Value::Null, 400), (json!(1), 200)] {
        let path = format!("/api/admin/users/{named}/reassign");
        let body = json!({ "to": nora, "personas": personas });
        let answer = app.send(Ask::post(&path).json(&body).by(&ada)).await;
        assert_eq!(answer.status, status, "{personas}");
    }
    assert_eq!(value(&app, owner).await, "nora");
}
