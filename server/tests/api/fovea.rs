//! FOVEA's own interface, unmodified: each request as its frontend sends it, with the status and the fields that it reads.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::crowd::crowd;

use crate::support::{Answer, App, Ask, PASSWORD, add_password, add_user, app, id_of, session};

/// A server that can store API keys, an admin `root` and a user `ada`, each with a session.
struct World {
    app: App,
    root: String,
    ada: String,
}

impl World {
    async fn create(pool: &PgPool) -> Self {
        add_user(pool, "root", &["admin", "user"]).await;
        add_user(pool, "ada", &["user"]).await;
        let app = app(pool).storing_keys();
        add_password(pool, &app.services.hasher).await;
        Self {
            root: session(pool, "root").await,
            ada: session(pool, "ada").await,
            app,
        }
    }

    /// Sends a request as a user, and returns the response after a check of its status.
    async fn expect(&self, session: &str, request: (Method, &str, Value), status: u16) -> Answer {
        let (method, path, body) = request;
        let ask = Ask::new(method.clone(), path).by(session);
        let ask = if body.is_null() { ask } else { ask.json(&body) };
        let answer = self.app.send(ask).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        answer
    }

    async fn get(&self, session: &str, path: &str) -> Value {
        self.expect(session, (Method::GET, path, Value::Null), 200)
            .await
            .json()
    }
}

/// Asserts that an object has these fields, with any values.
fn assert_has(object: &Value, fields: &[&str]) {
    for field in fields {
        assert!(object.get(field).is_some(), "{field}: {object}");
    }
}

const USER: [&str; 7] = [
    "id",
    "username",
    "email",
    "displayName",
    "isAdmin",
    "createdAt",
    "updatedAt",
];

#[testing::test]
async fn list_without_parameters_returns_all_users(pool: PgPool) {
    let world = World::create(&pool).await;
    crowd(1100, "crowd", "Crowd ").insert(&pool).await;
    world
        .app
        .run(
            "insert into sessions (
                id, token_hash, user_id, data, device, created_at, last_seen_at, idle_expires_at, expires_at
            )
            select uuid_v7(now()), sha256(id::text::bytea), id, '{}', 'Test', now(), now(), now() + interval '1 day',
                now() + interval '7 days'
            from users where username like 'crowd%'",
        )
        .await;
    for (path, all) in [
        ("/api/admin/users", "1102"),
        ("/api/admin/sessions", "1102"),
    ] {
        let request = (Method::GET, path, Value::Null);
        let whole = world.expect(&world.root, request, 200).await;
        assert_eq!(whole.json().as_array().unwrap().len(), 1_000, "{path}");
        assert_eq!(whole.header("x-total-count"), all, "{path}");
        let next = whole.header("link");
        let next = next
            .strip_prefix('<')
            .and_then(|link| link.split('>').next());
        let rest = world.get(&world.root, next.unwrap()).await;
        assert_eq!(rest.as_array().unwrap().len(), 102, "{path}");
        let page = world.get(&world.root, &format!("{path}?limit=20")).await;
        assert_eq!(page.as_array().unwrap().len(), 20, "{path}");
    }
}

#[testing::test]
async fn unchanged_fields_in_bodies_are_accepted(pool: PgPool) {
    let world = World::create(&pool).await;
    let users = world.get(&world.root, "/api/admin/users").await;
    assert_has(&users[0], &USER);
    assert_has(&users[0]["_count"], &["personas", "sessions", "apiKeys"]);
    let draft = json!({
        "username": "cyd", "password": "sixsix", "displayName": "Cyd", "email": "cyd@example.org", "isAdmin": false
    });
    let request = (Method::POST, "/api/admin/users", draft.clone());
    let created = world.expect(&world.root, request.clone(), 201).await.json();
    assert_has(&created, &USER);
    let again = world.expect(&world.root, request, 409).await;
    assert_eq!(again.message(), "Username already exists");
    let path = format!("/api/admin/users/{}", created["id"].as_str().unwrap());
    let same = json!({ "email": "cyd@example.org", "displayName": "Cyd", "isAdmin": false });
    let request = (Method::PUT, path.as_str(), same.clone());
    let unchanged = world.expect(&world.root, request, 200).await.json();
    assert_eq!(unchanged["version"], created["version"]);
    // A body with the unchanged email address and a password raises the version once.
    let with_password =
        json!({ "email": "cyd@example.org", "displayName": "Cyd B.", "password": "sixsix" });
    let request = (Method::PUT, path.as_str(), with_password);
    let changed = world.expect(&world.root, request, 200).await.json();
    assert_eq!(
        changed["version"].as_i64().unwrap(),
        created["version"].as_i64().unwrap() + 1
    );
    // The same holds for one's own account, by both routes, without the current password.
    let root = id_of(&pool, "root").await;
    let own = format!("/api/admin/users/{root}");
    let now = world.get(&world.root, &own).await;
    let same = json!({ "email": now["email"], "displayName": "The Root", "isAdmin": true });
    let request = (Method::PUT, own.as_str(), same);
    world.expect(&world.root, request, 200).await;
    let same = json!({ "email": now["email"], "displayName": "Root again" });
    let request = (Method::PUT, "/api/user/profile", same);
    let profile = world.expect(&world.root, request, 200).await.json();
    assert_eq!(profile["displayName"], "Root again");
    let request = (Method::DELETE, own.as_str(), Value::Null);
    let own = world.expect(&world.root, request, 403).await;
    assert_eq!(own.message(), "Cannot delete yourself");
    let request = (Method::DELETE, path.as_str(), Value::Null);
    world.expect(&world.root, request, 200).await;
    // The username stays reserved for as long as the user can be restored.
    let request = (Method::POST, "/api/admin/users", draft);
    let taken = world.expect(&world.root, request, 409).await.message();
    assert!(
        taken.contains("Username already exists: reserved for a deleted user until 2"),
        "{taken}"
    );
}

#[testing::test]
async fn sessions_and_keys_have_both_field_names(pool: PgPool) {
    let world = World::create(&pool).await;
    for path in ["/api/admin/sessions", "/api/sessions"] {
        let list = world.get(&world.root, path).await;
        let fields = [
            "id",
            "token",
            "expiresAt",
            "idleExpiresAt",
            "ipAddress",
            "userAgent",
            "createdAt",
        ];
        assert_has(&list[0], &fields);
    }
    let key = json!({ "provider": "anthropic", "keyName": "Mine", "apiKey": "sk-ant-0123456789" });
    let request = (Method::POST, "/api/api-keys", key.clone());
    let created = world.expect(&world.ada, request.clone(), 201).await.json();
    let fields = [
        "id",
        "userId",
        "provider",
        "keyName",
        "keyMask",
        "isActive",
        "usageCount",
        "lastUsed",
        "lastUsedAt",
        "createdAt",
        "updatedAt",
    ];
    assert_has(&created, &fields);
    let twice = world.expect(&world.ada, request, 409).await;
    assert_eq!(twice.message(), "API key for this provider already exists");
    let path = format!("/api/api-keys/{}", created["id"].as_str().unwrap());
    let request = (
        Method::PUT,
        path.as_str(),
        json!({ "keyName": "Mine", "isActive": false }),
    );
    let edited = world.expect(&world.ada, request, 200).await.json();
    assert_eq!(edited["isActive"], json!(false));
    let request = (Method::DELETE, path.as_str(), Value::Null);
    world.expect(&world.ada, request, 200).await;
    let request = (Method::POST, "/api/admin/api-keys", key);
    world.expect(&world.root, request, 201).await;
}

#[testing::test]
async fn session_end_is_the_earlier_limit(pool: PgPool) {
    let world = World::create(&pool).await;
    let credentials = json!({ "username": "ada", "password": PASSWORD, "rememberMe": true });
    let request = (Method::POST, "/api/auth/login", credentials);
    world.expect("", request, 200).await;
    let days: Vec<i32> = sqlx::query_scalar(
        "select extract(day from expires_at - created_at)::int from sessions order by created_at desc limit 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(days, [30]);
    let path = "/api/admin/sessions?user=ada&sort=-created&limit=1";
    let listed = world.get(&world.root, path).await;
    let expected: (String, String) = sqlx::query_as(
        r#"select to_char(expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI'),
            to_char(least(idle_expires_at, expires_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI')
        from sessions order by created_at desc limit 1"#,
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let message = |field: &str| listed[0][field].as_str().unwrap()[..16].to_owned();
    assert_eq!((message("expiresAt"), message("idleExpiresAt")), expected);
}

#[testing::test]
async fn personas_have_the_fields_of_the_interface(pool: PgPool) {
    let world = World::create(&pool).await;
    let draft = |name: &str| {
        json!({
            "name": name, "role": "Analyst", "informationNeed": "Boats", "details": null, "isSystemGenerated": true,
            "hidden": false
        })
    };
    for name in ["First", "Second"] {
        let request = (Method::POST, "/api/personas", draft(name));
        world.expect(&world.ada, request, 201).await;
    }
    let list = world.get(&world.ada, "/api/personas").await;
    assert_eq!(
        (&list[0]["name"], &list[1]["name"]),
        (&json!("Second"), &json!("First"))
    );
    let persona = &list[0];
    assert_has(
        persona,
        &[
            "id",
            "userId",
            "role",
            "informationNeed",
            "createdAt",
            "updatedAt",
        ],
    );
    assert_eq!(
        (&persona["details"], &persona["isSystemGenerated"]),
        (&Value::Null, &json!(true))
    );
    let path = format!("/api/personas/{}", persona["id"].as_str().unwrap());
    let ontology = format!("{path}/ontology");
    let lists = ["entities", "roles", "events", "relationTypes", "relations"];
    let empty = world.get(&world.ada, &ontology).await;
    assert_has(&empty, &["id", "personaId", "createdAt", "updatedAt"]);
    for list in lists {
        assert_eq!(empty[list], json!([]), "{list}");
    }
    let body = json!({
        "entities": [{ "name": "Boat" }], "roles": [], "events": [1, "x"], "relationTypes": [], "relations": [{}]
    });
    let request = (Method::PUT, ontology.as_str(), body.clone());
    let set = world.expect(&world.ada, request, 200).await.json();
    for list in lists {
        assert_eq!(set[list], body[list], "{list}");
    }
    let request = (
        Method::PUT,
        ontology.as_str(),
        json!({ "roles": [{ "name": "Crew" }] }),
    );
    let set = world.expect(&world.ada, request, 200).await.json();
    assert_eq!(
        (&set["roles"][0]["name"], &set["entities"]),
        (&json!("Crew"), &body["entities"])
    );
    for bad in [
        json!({ "role": "" }),
        json!({ "informationNeed": " " }),
        json!({ "name": "" }),
    ] {
        let request = (Method::PUT, path.as_str(), bad);
        world.expect(&world.ada, request, 400).await;
    }
    let request = (Method::DELETE, path.as_str(), Value::Null);
    let deleted = world.expect(&world.ada, request, 200).await.json();
    assert_eq!(deleted["message"], "Persona deleted successfully");
}

#[testing::test]
async fn error_message_contains_everything(pool: PgPool) {
    let world = World::create(&pool).await;
    let users = "/api/admin/users";
    for (path, body, message, fields) in [
        (
            users,
            json!({ "username": "cyd", "displayName": "", "password": "sixsix" }),
            "name",
            &["displayName"][..],
        ),
        (
            users,
            json!({ "username": "", "displayName": "", "password": "x" }),
            "",
            &["username", "displayName", "password"],
        ),
        (
            users,
            json!({ "username": "cyd" }),
            "displayName is missing.",
            &["displayName"],
        ),
        (
            users,
            json!({ "username": 7, "displayName": "Cyd", "password": "sixsix" }),
            "username: invalid type: integer `7`, expected a string.",
            &["username"],
        ),
        (
            users,
            json!({ "username": "cyd", "displayName": "Cyd", "admin": true }),
            "admin: unknown field `admin`",
            &["admin"],
        ),
    ] {
        let request = (Method::POST, path, body.clone());
        let denied = world.expect(&world.root, request, 400).await.json();
        let said = denied["message"].as_str().unwrap();
        assert!(said.contains(message), "{body}: {said}");
        assert!(!said.contains("line"), "{said}");
        let errors = denied["details"]["fields"].as_array().unwrap();
        let names: Vec<&str> = errors
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        assert_eq!(names, fields, "{body}");
        for error in errors {
            assert!(
                said.contains(error["message"].as_str().unwrap()),
                "{denied}"
            );
        }
    }
    let login = (
        Method::POST,
        "/api/auth/login",
        json!({ "username": "ada" }),
    );
    let denied = world.expect("", login, 400).await;
    assert_eq!(denied.message(), "password is missing.");
}

#[testing::test]
async fn password_is_chosen_by_api(pool: PgPool) {
    let world = World::create(&pool).await;
    let path = "/api/auth/password";
    let ada = id_of(&pool, "ada").await;
    let signs_in = async |password: &str| {
        let credentials = json!({ "username": "ada", "password": password });
        let ask = Ask::post("/api/auth/login").json(&credentials);
        world.app.send(ask).await.status
    };
    // With a link.
    let request = (
        Method::POST,
        &*format!("/api/admin/users/{ada}/reset-link"),
        Value::Null,
    );
    let link = world.expect(&world.root, request, 201).await.json();
    let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let chosen = "copper lantern under rain";
    for (body, status) in [
        (json!({ "token": token, "password": "short" }), 400),
        (
            json!({ "token": token, "username": "ada", "password": chosen }),
            400,
        ),
        (json!({ "password": chosen }), 400),
        (json!({ "token": token, "password": chosen }), 200),
        (json!({ "token": token, "password": chosen }), 404),
    ] {
        world.expect("", (Method::POST, path, body), status).await;
    }
    assert_eq!(signs_in(chosen).await, 200);
    // In place of a temporary password.
    let user = format!("/api/admin/users/{ada}");
    let temporary = json!({ "password": "temporary" });
    world
        .expect(&world.root, (Method::PUT, user.as_str(), temporary), 200)
        .await;
    assert_eq!(signs_in("temporary").await, 403);
    let other = "copper lantern under snow";
    for (password, new, status) in [
        ("wrong", other, 401),
        ("temporary", "short", 400),
        ("temporary", "temporary", 400),
        ("temporary", other, 200),
        ("temporary", other, 401),
        (other, "copper lantern under hail", 409),
    ] {
        let body = json!({ "username": "ada", "password": password, "newPassword": new });
        world.expect("", (Method::POST, path, body), status).await;
    }
    assert_eq!(signs_in(other).await, 200);
}

#[testing::test]
async fn admin_password_is_permanent_where_configured(pool: PgPool) {
    let mut world = World::create(&pool).await;
    world.app = world.app.with_lasting_passwords();
    let draft = json!({ "username": "cyd", "password": "sixsix", "displayName": "Cyd" });
    let request = (Method::POST, "/api/admin/users", draft);
    let created = world.expect(&world.root, request, 201).await.json();
    let signs_in = async |password: &str| {
        let credentials = json!({ "username": "cyd", "password": password });
        world
            .expect("", (Method::POST, "/api/auth/login", credentials), 200)
            .await;
    };
    signs_in("sixsix").await;
    let path = format!("/api/admin/users/{}", created["id"].as_str().unwrap());
    let body = json!({ "password": "seven77" });
    world
        .expect(&world.root, (Method::PUT, path.as_str(), body), 200)
        .await;
    signs_in("seven77").await;
    let audited =
        "select count(*) from audit_events where action in ('user.created', 'user.updated')
        and changes -> 'password' ->> 1 = 'permanent, set by an administrator'";
    assert_eq!(world.app.count(audited).await, 2);
}
