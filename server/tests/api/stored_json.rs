//! JSON of any form that Rollcall stores: accepted values can be read back everywhere, and the others are rejected in one line.

use axum::http::Method;
use domain::json::{DEPTH_MAX, JsonLimits};
use serde_json::{Map, Value, json};
use server::router::SCREENS;
use sqlx::PgPool;

use crate::{
    document::paths,
    support::{App, Ask, add_person, app, session},
};

/// Ada, who owns data, and an admin.
struct World {
    app: App,
    ada: String,
    admin: String,
    ada_id: String,
    persona: String,
    annotation: String,
}

impl World {
    async fn make(pool: &PgPool) -> Self {
        add_person(pool, "ada", &["user"]).await;
        add_person(pool, "root", &["admin", "user"]).await;
        let app = app(pool).keeping_keys();
        let (ada, admin) = (session(pool, "ada").await, session(pool, "root").await);
        let ada_id: String =
            sqlx::query_scalar("select id::text from users where username = 'ada'")
                .fetch_one(pool)
                .await
                .unwrap();
        let mut world = Self {
            app,
            ada,
            admin,
            ada_id,
            persona: String::new(),
            annotation: String::new(),
        };
        world.persona = world
            .create(
                "/api/personas",
                &json!({ "name": "Analyst", "role": "Analyst", "informationNeed": "Boats" }),
            )
            .await;
        let marks = format!("/api/personas/{}/annotations", world.persona);
        let mark = json!({ "videoId": "v1", "label": "A boat" });
        world.annotation = world.create(&marks, &mark).await;
        world
    }

    async fn create(&self, path: &str, body: &Value) -> String {
        let made = self
            .app
            .send(Ask::post(path).json(body).by(&self.ada))
            .await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// Puts an object into each JSON field that there is, as a user with the permission. Returns the statuses.
    async fn put_everywhere(&self, facts: &Value, content: &Value) -> Vec<u16> {
        let user = format!("/api/admin/users/{}", self.ada_id);
        let ontology = format!("/api/personas/{}/ontology", self.persona);
        let annotation = format!("/api/annotations/{}", self.annotation);
        let preferences = json!({ "notificationPreferences": facts });
        let created = json!({
            "username": "grace", "displayName": "Grace", "notificationPreferences": facts
        });
        let mut statuses = Vec::new();
        for (session, method, path, body) in [
            (&self.ada, Method::PATCH, "/api/user/profile", &preferences),
            (&self.admin, Method::PATCH, &user, &preferences),
            (
                &self.admin,
                Method::PATCH,
                &user,
                &json!({ "profile": facts }),
            ),
            (&self.admin, Method::POST, "/api/admin/users", &created),
            (
                &self.ada,
                Method::PUT,
                &ontology,
                &json!({ "content": content }),
            ),
            (
                &self.ada,
                Method::PUT,
                &annotation,
                &json!({ "content": content }),
            ),
        ] {
            let ask = Ask::new(method, path).json(body).by(session);
            statuses.push(self.app.send(ask).await.status);
        }
        statuses
    }

    /// Requests everything that can be read, as the admin and as Ada.
    async fn read_everything(&self) {
        let mut addresses: Vec<String> = paths(&self.app)
            .await
            .into_iter()
            .filter(|(_, operations)| operations.contains_key("get"))
            .map(|(path, _)| path)
            .chain(SCREENS.iter().map(|screen| screen.path().to_owned()))
            .collect();
        addresses.push("/api/admin/audit/export?format=csv".to_owned());
        addresses.push("/api/admin/audit/export?format=ndjson".to_owned());
        addresses.push("/api/admin/audit?limit=1000".to_owned());
        // Event streams do not end.
        addresses.retain(|path| !path.ends_with("/events"));
        let mut read = 0;
        for path in &addresses {
            let path = self.address(path);
            for session in [&self.admin, &self.ada] {
                let answer = self.app.get_as(session, &path).await;
                assert!(
                    answer.status < 500,
                    "{path}: {} {}",
                    answer.status,
                    answer.body
                );
                read += usize::from(answer.status == 200);
                let is_json = answer.header("content-type") == "application/json";
                if is_json && answer.status == 200 {
                    answer.json();
                }
            }
        }
        assert!(read > 40, "{read}");
    }

    /// Returns a path with the ids of Ada's objects in place of its parameters.
    fn address(&self, path: &str) -> String {
        let parts = path.split('/').map(|part| match part {
            part if !part.starts_with('{') && !part.starts_with(':') => part,
            _ if path.contains("/personas/") => self.persona.as_str(),
            _ if path.contains("/annotations/") => self.annotation.as_str(),
            _ if path.starts_with("/users/") => "ada",
            _ => self.ada_id.as_str(),
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

fn nested(depth: usize) -> Value {
    (1..depth).fold(json!({}), |inner, _| json!({ "a": inner }))
}

fn wide(values: usize) -> Value {
    json!({ "a": vec![json!(1); values - 1] })
}

#[sqlx::test(migrations = "../migrations")]
async fn the_deepest_and_widest_json_can_be_read_everywhere(pool: PgPool) {
    let world = World::make(&pool).await;
    let (facts, content) = (JsonLimits::FACTS, JsonLimits::CONTENT);
    for (facts, content) in [
        (nested(DEPTH_MAX + 1), nested(DEPTH_MAX + 1)),
        (nested(100), nested(100)),
        (wide(facts.values + 1), wide(content.values + 1)),
    ] {
        let statuses = world.put_everywhere(&facts, &content).await;
        assert_eq!(statuses, [400; 6], "{facts:.50}");
    }
    let statuses = world
        .put_everywhere(&nested(DEPTH_MAX), &nested(DEPTH_MAX))
        .await;
    assert_eq!(statuses, [200, 200, 200, 201, 200, 200]);
    world.read_everything().await;
    let statuses = world
        .put_everywhere(&wide(facts.values), &wide(content.values))
        .await;
    // A user named Grace exists already.
    assert_eq!(statuses, [200, 200, 200, 409, 200, 200]);
    world.read_everything().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_another_program_stored_too_deep_is_one_line(pool: PgPool) {
    let world = World::make(&pool).await;
    world
        .app
        .run(
            "create function deep() returns jsonb language sql return
                (repeat('{\"a\":', 300) || '1' || repeat('}', 300))::jsonb;
            update users set profile = deep(), notification_preferences = deep(), settings = deep() where username = 'ada';
            insert into ontologies (id, persona_id, user_id, name, content)
            select uuid_v7(now()), id, user_id, 'Deep', deep() from personas;
            update annotations set content = deep();
            insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes)
            select now(), id, 'ada', 'api', 'user.updated', 'user', id, 'ada', jsonb_build_object('profile', jsonb_build_array(null, deep()))
            from users where username = 'ada'",
        )
        .await;
    world.read_everything().await;
    let list = world
        .app
        .get_as(&world.admin, "/api/admin/audit")
        .await
        .json();
    let entry = list
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["action"] == "user.updated")
        .unwrap();
    assert_eq!(entry["target"]["label"], "ada");
    let changes: &Map<String, Value> = entry["changes"].as_object().unwrap();
    let said = changes["unreadable"][1].as_str().unwrap();
    assert!(
        changes.len() == 1 && said.ends_with("bytes can't be displayed."),
        "{said}"
    );
    let page = world.app.get_as(&world.admin, "/audit").await;
    assert!(page.body.contains(said), "{}", page.body);
    for format in ["csv", "ndjson"] {
        let path = format!("/api/admin/audit/export?format={format}");
        let file = world.app.get_as(&world.admin, &path).await;
        assert!(file.body.contains(said), "{}", file.body);
    }
    let file = world
        .app
        .get_as(&world.ada, "/api/user/export")
        .await
        .json();
    assert!(file["annotations"][0]["unreadable"].is_string(), "{file}");
    assert!(file["user"]["profile"]["unreadable"].is_string(), "{file}");
}
