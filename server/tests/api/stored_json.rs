//! JSON of any form that Rollcall stores: accepted values can be read back everywhere, and the others are rejected in one line.

use axum::http::Method;
use domain::json::{DEPTH_MAX, JsonLimits};
use serde_json::{Map, Value, json};
use server::router::SCREENS;
use sqlx::PgPool;

use crate::{
    document::paths,
    support::{App, Ask, add_user, app, id_of, session},
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
    async fn create(pool: &PgPool) -> Self {
        add_user(pool, "ada", &["user"]).await;
        add_user(pool, "root", &["admin", "user"]).await;
        let app = app(pool).storing_keys();
        let (ada, admin) = (session(pool, "ada").await, session(pool, "root").await);
        let ada_id = id_of(pool, "ada").await;
        let mut world = Self {
            app,
            ada,
            admin,
            ada_id,
            persona: String::new(),
            annotation: String::new(),
        };
        world.persona = world
            .create_object(
                "/api/personas",
                &json!({ "name": "Analyst", "role": "Analyst", "informationNeed": "Boats" }),
            )
            .await;
        let marks = format!("/api/personas/{}/annotations", world.persona);
        let mark = json!({ "videoId": "v1", "label": "A boat" });
        world.annotation = world.create_object(&marks, &mark).await;
        world
    }

    async fn create_object(&self, path: &str, body: &Value) -> String {
        let created = self
            .app
            .send(Ask::post(path).json(body).by(&self.ada))
            .await;
        assert_eq!(created.status, 201, "{}", created.body);
        created.json()["id"].as_str().unwrap().to_owned()
    }

    /// Puts an object into each JSON field that there is, as a user with the permission. Returns the statuses.
    async fn put_everywhere(&self, profile: &Value, content: &Value) -> Vec<u16> {
        let user = format!("/api/admin/users/{}", self.ada_id);
        let ontology = format!("/api/personas/{}/ontology", self.persona);
        let annotation = format!("/api/annotations/{}", self.annotation);
        let preferences = json!({ "notificationPreferences": profile });
        let created = json!({
            "username": "grace", "displayName": "Grace", "notificationPreferences": profile
        });
        let mut statuses = Vec::new();
        for (session, method, path, body) in [
            (&self.ada, Method::PATCH, "/api/user/profile", &preferences),
            (&self.admin, Method::PATCH, &user, &preferences),
            (
                &self.admin,
                Method::PATCH,
                &user,
                &json!({ "profile": profile }),
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
            (
                &self.admin,
                Method::POST,
                "/api/admin/resources",
                &json!({ "resources": [
                    { "kind": "models", "externalId": "gpt", "name": "GPT", "data": profile }
                ] }),
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

#[testing::test]
async fn deepest_and_widest_json_is_readable_everywhere(pool: PgPool) {
    let world = World::create(&pool).await;
    let (profile, content) = (JsonLimits::PROFILE, JsonLimits::CONTENT);
    for (profile, content) in [
        (nested(DEPTH_MAX + 1), nested(DEPTH_MAX + 1)),
        (nested(100), nested(100)),
        (wide(profile.values + 1), wide(content.values + 1)),
    ] {
        let statuses = world.put_everywhere(&profile, &content).await;
        assert_eq!(statuses, [400; 7], "{profile:.50}");
    }
    let statuses = world
        .put_everywhere(&nested(DEPTH_MAX), &nested(DEPTH_MAX))
        .await;
    assert_eq!(statuses, [200, 200, 200, 201, 200, 200, 200]);
    world.read_everything().await;
    let statuses = world
        .put_everywhere(&wide(profile.values), &wide(content.values))
        .await;
    // A user named Grace exists already.
    assert_eq!(statuses, [200, 200, 200, 409, 200, 200, 200]);
    world.read_everything().await;
}

#[testing::test]
async fn too_deep_json_of_other_programs_is_one_line(pool: PgPool) {
    let world = World::create(&pool).await;
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
