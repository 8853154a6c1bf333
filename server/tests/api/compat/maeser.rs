//! The Maeser dialect, as its own script and browsers use it.

mod access;
mod bad_input;
mod changes;
mod login;
mod logs;
mod requests;

use std::sync::Arc;

use axum::http::Method;
use dialects::{Dialect, Dialects, Maeser};
use serde_json::{Value, json};
use server::router::{Site, build_dialect};
use service::settings::Settings;
use sqlx::PgPool;
use testing::users::{id_of, user};

use super::Mounted;
use crate::support::{Answer, add_user, session, with_site};

/// The dialect at one of its addresses, with an admin.
struct World {
    at: Mounted,
    /// Session of `root`, an admin.
    root: String,
}

/// Returns the dialect below `/compat/` and at an address of its own. Both have the same users: the admin `root`, `alice` with the identity
/// `github.alice123`, and `bob` with the identity `old.b.1` of an authenticator that is not registered.
async fn both(pool: &PgPool) -> [World; 2] {
    add_user(pool, "root", &["admin"]).await;
    user("alice")
        .display_name("Alice <b>&\"'")
        .roles(&["user"])
        .insert(pool)
        .await;
    add_user(pool, "bob", &["user"]).await;
    identify(pool, "alice", "maeser.github", "alice123").await;
    identify(pool, "bob", "maeser.old", "b.1").await;
    let root = session(pool, "root").await;
    mounted(pool).map(|at| World {
        at,
        root: root.clone(),
    })
}

fn mounted(pool: &PgPool) -> [Mounted; 2] {
    let maeser: Arc<dyn Dialect> = Arc::new(Maeser);
    let site = Site {
        dialects: Dialects::new(vec![Arc::clone(&maeser)]),
        ..Site::default()
    };
    let below = with_site(pool, &site, Settings::default());
    let router = build_dialect(&Site::default(), &below.services, &maeser);
    let own = below.clone().with_router(router);
    [(below, "/compat/maeser"), (own, "")].map(|(app, path)| Mounted { app, path })
}

async fn identify(pool: &PgPool, username: &str, namespace: &str, value: &str) {
    sqlx::query(
        "insert into user_identifiers (id, user_id, namespace, value) values (uuid_v7(now()), $1, $2, $3)",
    )
    .bind(id_of(pool, username).await)
    .bind(namespace)
    .bind(value)
    .execute(pool)
    .await
    .unwrap();
}

impl World {
    async fn command_by(&self, session: &str, body: &Value) -> Answer {
        let ask = self.at.ask(Method::POST, "/users/api");
        self.at.app.send(ask.by(session).json(body)).await
    }

    async fn command(&self, body: &Value) -> Answer {
        self.command_by(&self.root, body).await
    }

    /// Runs a command, and returns its response.
    async fn run(&self, body: &Value) -> Value {
        let answer = self.command(body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        answer.json()
    }

    /// Runs a command about a user, and asserts the text of its response.
    async fn change(&self, kind: &str, name: &str, more: &Value, says: &str) {
        let answer = self.run(&about(kind, name, more)).await;
        assert_eq!(answer, json!({ "response": says }));
    }

    async fn user(&self, name: &str) -> Value {
        self.run(&about("get-user", name, &json!({}))).await
    }

    /// Lists the identities that match filters.
    async fn names(&self, filters: &Value) -> Vec<String> {
        let mut body = json!({ "type": "list-users" });
        extend(&mut body, filters);
        let users = self.run(&body).await;
        let users = users.as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut names: Vec<String> = users
            .map(|user| format!("{}.{}", text(&user["auth_method"]), text(&user["ident"])))
            .collect();
        names.sort();
        names
    }

    async fn get(&self, session: &str, path: &str) -> Answer {
        let ask = self.at.ask(Method::GET, path);
        self.at.app.send(ask.by(session)).await
    }
}

/// Builds a command about a user.
fn about(kind: &str, name: &str, more: &Value) -> Value {
    let (auth, id) = name.split_once('.').unwrap();
    let mut body = json!({ "type": kind, "user_auth": auth, "user_id": id });
    extend(&mut body, more);
    body
}

fn extend(body: &mut Value, more: &Value) {
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
}

/// Asserts that an answer is a page of Maeser about an error, which is no JSON.
fn assert_page(answer: &Answer, status: u16, text: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.header("content-type").starts_with("text/html"));
    let says = format!("<p>{text}</p>");
    assert!(answer.body.contains(&says), "{says}: {}", answer.body);
}

#[testing::test]
async fn users_are_listed_by_their_identities(pool: PgPool) {
    for world in both(&pool).await {
        let all = ["github.alice123", "old.b.1", "rollcall.root"];
        for (filters, expected) in [
            (json!({}), &all[..]),
            (
                json!({ "auth-filter": "all", "admin-filter": "all", "banned-filter": "all" }),
                &all,
            ),
            (json!({ "auth-filter": "github" }), &["github.alice123"]),
            (json!({ "auth-filter": "old" }), &["old.b.1"]),
            (json!({ "auth-filter": "none" }), &[]),
            (json!({ "admin-filter": "admin" }), &["rollcall.root"]),
            (
                json!({ "admin-filter": "non-admin" }),
                &["github.alice123", "old.b.1"],
            ),
            (json!({ "banned-filter": "banned" }), &[]),
            (json!({ "banned-filter": "non-banned" }), &all),
        ] {
            assert_eq!(world.names(&filters).await, expected, "{filters}");
        }
        // The script writes the name into a page as it is.
        let alice = json!({
            "ident": "alice123", "is_active": true, "admin": false, "realname": "Alice &lt;b&gt;&amp;&#34;&#39;",
            "usergroup": "user", "auth_method": "github", "requests_remaining": 2_147_483_647,
            "max_requests": 2_147_483_647, "aka": ["alice"],
        });
        assert_eq!(world.user("github.alice123").await, alice);
        let listed = json!({ "type": "list-users", "auth-filter": "github" });
        assert_eq!(world.run(&listed).await, json!([alice]));
        // The account is the same by its username.
        let by_name = world.user("rollcall.alice").await;
        assert_eq!(
            (&by_name["ident"], &by_name["aka"]),
            (&json!("alice"), &json!([]))
        );
        for (auth, is_registered) in [
            ("github", true),
            ("ldap", true),
            ("rollcall", true),
            ("old", false),
            ("", false),
        ] {
            let asked = json!({ "type": "check-user-auth", "user_auth": auth });
            let registered = json!({ "is_auth_registered": is_registered });
            assert_eq!(world.run(&asked).await, registered, "{auth}");
        }
    }
}

#[testing::test]
async fn identifier_with_html_is_no_identity(pool: PgPool) {
    let [below, _] = both(&pool).await;
    add_user(&pool, "eve", &["user"]).await;
    identify(&pool, "eve", "maeser.github", "<img src=x>").await;
    let names = below.names(&json!({})).await;
    assert!(names.contains(&"rollcall.eve".to_owned()), "{names:?}");
    let asked = about("get-user", "github.<img src=x>", &json!({}));
    assert_page(
        &below.command(&asked).await,
        404,
        "No user github.&lt;img src=x&gt;",
    );
}

#[testing::test]
async fn page_has_what_the_script_needs(pool: PgPool) {
    for world in both(&pool).await {
        let page = world.get(&world.root, "/users").await;
        assert_eq!(page.status, 200);
        for part in [
            "id=\"user-grid\"",
            "class=\"auth-filters\"",
            "class=\"admin-filters\"",
            "class=\"ban-filters\"",
            "class=\"tab-button active\" filter=\"all\"",
            "filter=\"non-banned\"",
            "<p>Identifer: alice123</p>",
            "Alice &lt;b&gt;&amp;&#34;&#39;",
        ] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        assert!(!page.body.contains("<b>"), "{}", page.body);
        let mount = world.at.path;
        let scripts = [
            format!("<script src=\"{mount}/users/manageUserAPI.js\"></script>"),
            format!("<script src=\"{mount}/static/user-management.js\" defer></script>"),
        ];
        for script in scripts {
            assert!(page.body.contains(&script), "{}", page.body);
        }
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self';"), "{policy}");
        let variable = world.get(&world.root, "/users/manageUserAPI.js").await;
        let expected = format!("var manageUserAPI = \"{mount}/users/api\";\n");
        assert_eq!(variable.body, expected);
        assert!(
            variable
                .header("content-type")
                .starts_with("text/javascript")
        );
        let admins = world.get(&world.root, "/users?admin-filter=admin").await;
        assert!(!admins.body.contains("alice123"), "{}", admins.body);
        let wrong = world.get(&world.root, "/users?admin-filter=Admin").await;
        assert_page(&wrong, 400, "Invalid admin_filter value: Admin");
    }
}
