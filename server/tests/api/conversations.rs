//! Conversations over the API, as a host application stores them and as users and administrators read them.

use axum::http::Method;
use serde_json::{Value, json};
use server::router::Site;
use service::settings::Settings;
use sqlx::PgPool;
use testing::{conversations::conversation, roles::role, users::id_of};

use crate::support::{
    Answer, App, Ask, add_user, app,
    html::{elements, text_of},
    session, with_site,
};

const STORED: &str = "/api/conversations";
const ALL: &str = "/api/admin/conversations";

/// An app with a host application, an admin and Ada, and their sessions.
struct World {
    app: App,
    host: String,
    admin: String,
    ada: String,
    ada_id: uuid::Uuid,
}

impl World {
    async fn create(pool: &PgPool) -> Self {
        add_user(pool, "root", &["admin"]).await;
        add_user(pool, "host", &["application"]).await;
        add_user(pool, "ada", &["user"]).await;
        Self {
            app: app(pool),
            host: session(pool, "host").await,
            admin: session(pool, "root").await,
            ada: session(pool, "ada").await,
            ada_id: id_of(pool, "ada").await,
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.app
            .send(Ask::post(path).json(body).by(&self.host))
            .await
    }

    async fn start(&self, more: &Value) -> Answer {
        let mut body = json!({ "userId": self.ada_id, "branch": "physics", "name": "Light" });
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        self.post(STORED, &body).await
    }
}

#[testing::test]
async fn host_application_stores_a_conversation(pool: PgPool) {
    let world = World::create(&pool).await;
    let question = json!({ "role": "user", "content": "What is light?", "tokens": 4 });
    let started = world
        .start(&json!({ "externalId": "chat-1", "messages": [question] }))
        .await;
    assert_eq!(started.status, 201, "{}", started.body);
    // The role of an application writes, and reads nothing.
    let id = started.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(started.json(), json!({ "id": id }));
    assert_eq!(started.header("location"), format!("{ALL}/{id}"));
    let answer = json!({
        "role": "assistant", "content": "A wave.", "tokens": 3, "cost": "0.0012", "at": "2026-01-02T03:04:05Z"
    });
    let path = format!("{STORED}/{id}/messages");
    let appended = world.post(&path, &json!({ "messages": [answer] })).await;
    assert_eq!(appended.json(), json!({ "first": 2, "last": 2 }));
    let feedback = json!({ "seq": 2, "rating": "like", "comment": "Clear" });
    let path = format!("{STORED}/{id}/feedback");
    assert_eq!(world.post(&path, &feedback).await.status, 200);
    for (session, list) in [(&world.ada, STORED), (&world.admin, ALL)] {
        let found = world.app.get_as(session, list).await.json()[0].clone();
        assert_eq!(
            (&found["id"], &found["cost"]),
            (&json!(id), &json!("0.0012"))
        );
        assert_eq!(
            (&found["tokensIn"], &found["likes"]),
            (&json!(4), &json!(1))
        );
        let path = format!("{list}/{id}/messages");
        let messages = world.app.get_as(session, &path).await.json();
        assert_eq!(messages[1]["feedback"]["comment"], "Clear", "{messages}");
        assert_eq!(messages[1]["at"], "2026-01-02T03:04:05Z");
    }
    let totals = format!("{ALL}/totals?user=ada&feedback=likes");
    let totals = world.app.get_as(&world.admin, &totals).await.json();
    assert_eq!(
        totals,
        json!({
            "conversations": 1, "orMore": false, "messages": 2, "tokensIn": 4, "tokensOut": 3, "cost": "0.0012"
        })
    );
    let again = world.start(&json!({ "externalId": "chat-1" })).await;
    assert_eq!(again.outline(), "409 CONFLICT", "{}", again.body);
}

#[testing::test]
async fn invalid_bodies_are_rejected_in_words(pool: PgPool) {
    let world = World::create(&pool).await;
    let id = conversation(&pool, world.ada_id, "physics", "Light").await;
    let path = format!("{STORED}/{id}/messages");
    for message in [
        json!({}),
        json!({ "role": "robot", "content": "x" }),
        json!({ "role": "user", "content": "\0" }),
        json!({ "role": "user", "content": 7 }),
        json!({ "role": "user", "content": "x", "cost": 0.1 }),
        json!({ "role": "user", "content": "x", "cost": "1e400" }),
        json!({ "role": "user", "content": "x", "cost": "NaN" }),
        json!({ "role": "user", "content": "x", "cost": "-0.1" }),
        json!({ "role": "user", "content": "x", "cost": "0.00000000000000000001" }),
        json!({ "role": "user", "content": "x", "cost": "99999999999999999999" }),
        json!({ "role": "user", "content": "x", "tokens": -1 }),
        json!({ "role": "user", "content": "x", "tokens": 1.5 }),
        json!({ "role": "user", "content": "x", "at": "yesterday" }),
        json!({ "role": "user", "content": "x", "at": "2999-01-01T00:00:00Z" }),
        json!({ "role": "user", "content": "x", "model": "gpt" }),
        json!(["user", "x"]),
    ] {
        let denied = world.post(&path, &json!({ "messages": [message] })).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{message}");
        assert!(!denied.body.contains("i32"), "{}", denied.body);
    }
    let message = json!({ "role": "user", "content": "x" });
    let many = json!({ "messages": vec![message; 1_001] });
    assert_eq!(
        world.post(&path, &many).await.outline(),
        "400 VALIDATION_ERROR"
    );
    let long = json!({ "messages": [{ "role": "user", "content": "x".repeat(1_100_000) }] });
    assert_eq!(
        world.post(&path, &long).await.outline(),
        "413 PAYLOAD_TOO_LARGE"
    );
    let feedback = format!("{STORED}/{id}/feedback");
    for (body, outline) in [
        (
            json!({ "seq": 1, "rating": "great" }),
            "400 VALIDATION_ERROR",
        ),
        (json!({ "seq": 1 }), "400 VALIDATION_ERROR"),
        (json!({ "seq": 3, "rating": "like" }), "404 NOT_FOUND"),
        (json!({ "seq": -1, "rating": "none" }), "404 NOT_FOUND"),
    ] {
        assert_eq!(
            world.post(&feedback, &body).await.outline(),
            outline,
            "{body}"
        );
    }
    let stored = "select count(*) from conversation_messages";
    assert_eq!(world.app.count(stored).await, 2);
}

#[testing::test]
async fn only_the_permission_reads_conversations_of_others(pool: PgPool) {
    let world = World::create(&pool).await;
    add_user(&pool, "audrey", &["auditor"]).await;
    let audrey = session(&pool, "audrey").await;
    let id = conversation(&pool, world.ada_id, "physics", "Light").await;
    for path in [
        ALL.to_owned(),
        format!("{ALL}/totals"),
        format!("{ALL}/export?format=json"),
        format!("{ALL}/{id}"),
        format!("{ALL}/{id}/messages"),
        format!("{ALL}/{id}/export?format=yaml"),
    ] {
        for session in [&audrey, &world.host, &world.ada] {
            let denied = world.app.get_as(session, &path).await;
            assert_eq!(denied.outline(), "403 FORBIDDEN", "{path}");
        }
        let read = world.app.get_as(&world.admin, &path).await;
        assert_eq!(read.status, 200, "{path}");
    }
    let other = world.app.get_as(&audrey, &format!("{STORED}/{id}")).await;
    assert_eq!(other.status, 404);
    let started = Ask::new(Method::POST, STORED)
        .json(&json!({}))
        .by(&world.ada);
    assert_eq!(world.app.send(started).await.status, 403);
}

#[testing::test]
async fn exports_have_three_formats(pool: PgPool) {
    let world = World::create(&pool).await;
    let id = conversation(&pool, world.ada_id, "physics", "Light").await;
    for (format, kind, start) in [
        ("json", "application/json", "{"),
        ("yaml", "application/yaml", "---\n"),
        ("csv", "text/csv; charset=utf-8", "conversationId,userId,"),
    ] {
        let path = format!("{ALL}/{id}/export?format={format}");
        let file = world.app.get_as(&world.admin, &path).await;
        assert_eq!(file.header("content-type"), kind);
        let name = format!("attachment; filename=\"conversation-{id}.{format}\"");
        assert_eq!(file.header("content-disposition"), name);
        assert!(file.body.contains("A wave."), "{}", file.body);
        assert!(file.body.starts_with(start), "{}", file.body);
        let path = format!("{ALL}/export?format={format}&user=ada");
        let file = world.app.get_as(&world.admin, &path).await;
        assert!(file.body.contains("A wave."), "{}", file.body);
        let path = format!("{ALL}/export?format={format}&user=root");
        let file = world.app.get_as(&world.admin, &path).await;
        assert!(!file.body.contains("A wave."), "{}", file.body);
    }
    let path = format!("{ALL}/{id}/export?format=xml");
    let unknown = world.app.get_as(&world.admin, &path).await;
    assert_eq!(unknown.outline(), "400 VALIDATION_ERROR");
}

#[testing::test]
async fn invalid_parameters_are_named(pool: PgPool) {
    let world = World::create(&pool).await;
    for (name, value) in [
        ("sort", "name"),
        ("feedback", "perhaps"),
        ("from", "yesterday"),
        ("min_cost", "1e400"),
        ("max_cost", "-"),
        ("limit", "1001"),
        ("after", "x"),
    ] {
        let path = format!("{ALL}?{name}={value}");
        let denied = world.app.get_as(&world.admin, &path).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{path}");
        assert_eq!(denied.json()["details"]["parameter"], name, "{path}");
    }
}

#[testing::test]
async fn list_of_the_panel_has_the_totals_of_its_filter(pool: PgPool) {
    let world = World::create(&pool).await;
    for (branch, name) in [
        ("physics", "Light"),
        ("physics", "Heat"),
        ("chemistry", "Acids"),
    ] {
        conversation(&pool, world.ada_id, branch, name).await;
    }
    let shown = async |query: &str| {
        let page = world
            .app
            .get_as(&world.admin, &format!("/conversations{query}"))
            .await;
        assert_eq!(page.status, 200, "{query}: {}", page.body);
        page.body
    };
    let all = shown("").await;
    for words in [
        "3 conversations",
        "6 messages",
        "30 input tokens",
        "60 output tokens",
        "$0.000003",
    ] {
        assert!(all.contains(words), "{words}: {all}");
    }
    let physics = shown("?branch=PHYSICS&user=ada").await;
    for words in [
        "2 conversations",
        "Branch contains",
        "Light",
        "Heat",
        "format=yaml&amp;branch=PHYSICS&amp;user=ada",
    ] {
        assert!(physics.contains(words), "{words}: {physics}");
    }
    assert!(!physics.contains("Acids"), "{physics}");
    let none = shown("?feedback=dislikes").await;
    assert!(none.contains("No conversations match"), "{none}");
}

#[testing::test]
async fn page_of_a_conversation_shows_messages_as_text_and_is_one_look(pool: PgPool) {
    let world = World::create(&pool).await;
    let id = conversation(&pool, world.ada_id, "physics", "Light").await;
    let content = "<img src=x onerror=alert(1)>\n  **bold** [link](https://evil.example)";
    sqlx::query("update conversation_messages set content = $1 where seq = 2")
        .bind(content)
        .execute(&pool)
        .await
        .unwrap();
    let looks = "select count(*) from audit_events where action = 'conversation.viewed' and actor_label = 'root'";
    let path = format!("/conversations/{id}");
    let page = world.app.get_as(&world.admin, &path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(world.app.count(looks).await, 1);
    let elements = elements(&page.body);
    assert!(
        elements.iter().all(|element| element.name != "img"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains(
            "&lt;img src=x onerror=alert(1)&gt;\n  **bold** [link](https://evil.example)"
        ),
        "{}",
        page.body
    );
    assert!(page.body.contains("/users/ada"), "{}", page.body);
    let title = text_of(&page.body, "title");
    assert_eq!(title.as_deref(), Some("Conversation · Rollcall"));
    let limited = world
        .app
        .get_as(&world.admin, &format!("{path}?limit=25"))
        .await;
    assert_eq!(limited.status, 200);
    assert_eq!(world.app.count(looks).await, 2);
    for (query, status) in [("?after=x", 422), ("?q=light", 422)] {
        let denied = world
            .app
            .get_as(&world.admin, &format!("{path}{query}"))
            .await;
        assert_eq!(denied.status, status, "{query}: {}", denied.body);
    }
    assert_eq!(world.app.count(looks).await, 2);
}

#[testing::test]
async fn messages_are_searched_only_where_that_is_on(pool: PgPool) {
    let mut world = World::create(&pool).await;
    conversation(&pool, world.ada_id, "physics", "Light").await;
    let paths = [
        format!("{ALL}?q=wave"),
        format!("{ALL}/totals?q=wave"),
        format!("{ALL}/export?format=json&q=wave"),
    ];
    for path in &paths {
        let denied = world.app.get_as(&world.admin, path).await;
        assert_eq!(denied.outline(), "400 VALIDATION_ERROR", "{path}");
        assert_eq!(denied.json()["details"]["parameter"], "q", "{path}");
        assert!(
            denied.message().contains("CONVERSATION_SEARCH"),
            "{}",
            denied.body
        );
    }
    let off = world.app.get_as(&world.admin, "/conversations").await;
    let field = "Words of a message";
    assert!(!off.body.contains(field), "{}", off.body);
    let exports = format!("{ALL}/export?");
    assert!(off.body.contains(&exports), "{}", off.body);
    // A list that is not shown has no exports, which would fail too.
    let failed = world
        .app
        .get_as(&world.admin, "/conversations?q=wave")
        .await;
    assert!(!failed.body.contains(&exports), "{}", failed.body);
    let settings = Settings {
        conversation_search: true,
        ..Settings::default()
    };
    world.app = with_site(&pool, &Site::default(), settings);
    for path in &paths {
        let denied = world.app.get_as(&world.admin, path).await;
        assert_eq!(denied.outline(), "409 CONFLICT", "{path}");
        assert!(denied.message().contains("being built"), "{}", denied.body);
    }
    service::conversations::prepare_search(&world.app.services)
        .await
        .unwrap();
    let searches = "select count(*) from audit_events where action = 'conversation.searched'";
    for (number, path) in (1..).zip(&paths) {
        let denied = world.app.get_as(&world.ada, path).await;
        assert_eq!(denied.outline(), "403 FORBIDDEN", "{path}");
        let elsewhere = Ask::get(path).by(&world.admin);
        let elsewhere = elsewhere.header("sec-fetch-site", "cross-site");
        let denied = world.app.send(elsewhere).await;
        assert_eq!(denied.outline(), "403 FORBIDDEN", "{path}");
        assert_eq!(world.app.count(searches).await, number - 1, "{path}");
        let found = world.app.get_as(&world.admin, path).await;
        assert_eq!(found.status, 200, "{path}: {}", found.body);
        assert_eq!(world.app.count(searches).await, number, "{path}");
    }
    let found = world.app.get_as(&world.admin, &paths[0]).await;
    assert_eq!(found.json()[0]["name"], "Light", "{}", found.body);
    let none = world
        .app
        .get_as(&world.admin, &format!("{ALL}?q=particle"))
        .await;
    assert_eq!(none.json(), json!([]));
    let before = world.app.count(searches).await;
    let page = "/conversations?q=wave";
    let shown = world.app.get_as(&world.admin, page).await;
    for text in [field, "A message has the words", "Light"] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
    assert_eq!(world.app.count(searches).await, before + 1);
    let elsewhere = Ask::get(page).by(&world.admin);
    let elsewhere = elsewhere.header("sec-fetch-site", "cross-site");
    assert_eq!(world.app.send(elsewhere).await.status, 403);
    assert_eq!(world.app.count(searches).await, before + 1);
}

#[testing::test]
async fn counts_of_a_user_include_conversations(pool: PgPool) {
    let world = World::create(&pool).await;
    add_user(&pool, "reader", &["auditor"]).await;
    let reader = session(&pool, "reader").await;
    for name in ["Light", "Heat"] {
        conversation(&pool, world.ada_id, "physics", name).await;
    }
    let user = world
        .app
        .get_as(&world.admin, &format!("/api/admin/users/{}", world.ada_id))
        .await;
    assert_eq!(user.json()["conversationCount"], 2, "{}", user.body);
    let own = world.app.get_as(&world.ada, "/account/data").await;
    let counts = own.body.split("Conversations").nth(1).unwrap_or_default();
    let count = counts.split("<dd dir=\"auto\">").nth(1).unwrap_or_default();
    assert!(count.starts_with('2'), "{}", own.body);
    let link = "href=\"/conversations?user=ada\"";
    let shown = world.app.get_as(&world.admin, "/users/ada/data").await;
    assert!(shown.body.contains(link), "{}", shown.body);
    // A link to data that the viewer cannot read would lead to an error.
    let shown = world.app.get_as(&reader, "/users/ada/data").await;
    assert_eq!(shown.status, 200);
    assert!(!shown.body.contains(link), "{}", shown.body);
    // A user without personas has data to transfer.
    let shown = world.app.get_as(&world.admin, "/users/ada/reassign").await;
    let button = "Transfer data (personas: 0, conversations: 2)";
    assert!(shown.body.contains(button), "{}", shown.body);
    // Who chooses the owner of conversations can read them.
    role("keeper")
        .permissions(&["users:read", "users:write"])
        .insert(&pool)
        .await;
    add_user(&pool, "keeper", &["keeper"]).await;
    let keeper = session(&pool, "keeper").await;
    let shown = world.app.get_as(&keeper, "/users/ada/reassign").await;
    let denied = "transfer conversations without the permission to read them";
    assert!(shown.body.contains(denied), "{}", shown.body);
    let path = format!("/api/admin/users/{}/reassign", world.ada_id);
    let body = json!({ "to": id_of(&pool, "reader").await });
    let transferred = Ask::post(&path).json(&body).by(&world.admin);
    assert_eq!(
        world.app.send(transferred).await.json(),
        json!({ "success": true, "personas": 0, "conversations": 2 })
    );
}
