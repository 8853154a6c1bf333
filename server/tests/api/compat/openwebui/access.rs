//! Who can use which route.

use domain::users::suspension::SuspensionDraft;
use serde_json::json;
use service::{access::operator, users};
use sqlx::PgPool;

use super::{ACCESS_PROHIBITED, API, INVALID_TOKEN, NOT_AUTHENTICATED, OpenWebUi};
use crate::support::{Ask, PASSWORD, add_password, add_user, session, token};

/// Who can use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// A token of any user.
    User,
    /// A session, and not a token of a program.
    Session,
    /// The permission to read.
    Read,
    /// The permission to write.
    Write,
}
use Needs::{Read, Session, User, Write};

/// All routes that need a token. `{user}` and `{group}` stand for ids that exist. Those that end something are last.
const ROUTES: &[(&str, &str, Needs)] = &[
    ("GET", "/auths/", User),
    ("POST", "/auths/update/profile", Session),
    ("POST", "/auths/update/password", Session),
    ("POST", "/auths/update/timezone", Session),
    ("GET", "/auths/admin/details", User),
    ("GET", "/auths/admin/config", Read),
    ("POST", "/auths/admin/config", Write),
    ("GET", "/auths/admin/config/ldap", Read),
    ("POST", "/auths/admin/config/ldap", Write),
    ("GET", "/auths/admin/config/ldap/server", Read),
    ("POST", "/auths/admin/config/ldap/server", Write),
    ("GET", "/auths/admin/config/oauth", Read),
    ("POST", "/auths/admin/config/oauth", Write),
    ("GET", "/auths/api_key", Session),
    ("POST", "/auths/api_key", Session),
    ("DELETE", "/auths/api_key", Session),
    ("DELETE", "/auths/oauth/sessions/google", User),
    ("POST", "/auths/add", Write),
    ("GET", "/users/", Read),
    ("GET", "/users/all", Read),
    ("GET", "/users/search", Read),
    ("GET", "/users/groups", User),
    ("GET", "/users/permissions", User),
    ("GET", "/users/default/permissions", Read),
    ("GET", "/users/default/permissions/defaults", Read),
    ("POST", "/users/default/permissions", Write),
    ("GET", "/users/user/settings", User),
    ("GET", "/users/user/status", User),
    ("GET", "/users/user/info", User),
    ("GET", "/users/user/variables", User),
    ("POST", "/users/user/settings/update", User),
    ("POST", "/users/user/status/update", User),
    ("POST", "/users/user/info/update", User),
    ("POST", "/users/user/variables/update", User),
    ("GET", "/users/{user}", Read),
    ("GET", "/users/{user}/info", Read),
    ("GET", "/users/{user}/active", Read),
    ("GET", "/users/{user}/profile/image", Read),
    ("GET", "/users/{user}/groups", Read),
    ("GET", "/users/{user}/oauth/sessions", Read),
    ("GET", "/users/{user}/preview", Read),
    ("POST", "/users/{user}/update", Write),
    ("POST", "/users/{user}/sessions/revoke", Write),
    ("GET", "/groups/", User),
    ("POST", "/groups/create", Write),
    ("GET", "/groups/id/{group}", Read),
    ("GET", "/groups/id/{group}/export", Read),
    ("GET", "/groups/id/{group}/members", Read),
    ("GET", "/groups/id/{group}/preview", Read),
    ("POST", "/groups/id/{group}/users", Read),
    ("POST", "/groups/id/{group}/users/add", Write),
    ("POST", "/groups/id/{group}/users/remove", Write),
    ("POST", "/groups/id/{group}/update", Write),
    ("DELETE", "/groups/id/{group}/delete", Write),
    ("DELETE", "/users/{user}", Write),
];

/// Scopes of a token that can read everything and change nothing.
const READING: &[&str] = &[
    "account",
    "data:read",
    "users:read",
    "groups:read",
    "features:read",
    "resources:read",
    "access:read",
];

#[testing::test]
async fn routes_are_open_to_those_who_may_use_them(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for name in ["eve", "sam"] {
        add_user(&pool, name, &[if name == "sam" { "admin" } else { "user" }]).await;
    }
    add_password(&pool, &served.app.services.hasher).await;
    let (user, group) = (served.id("eve").await, served.group("Writers").await);
    let sam = served.sign_in("sam@example.org", PASSWORD).await;
    let suspended = testing::users::id_of(&pool, "sam").await;
    let draft = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    users::suspend(&served.app.services, &operator(), suspended, draft)
        .await
        .unwrap();
    let reading = token(&served.app.services, "ada", READING).await;
    let cookie = session(&pool, "ada").await;
    let before = served.last_entry().await;
    for (method, path, needs) in ROUTES {
        let path = path.replace("{user}", &user).replace("{group}", &group);
        let label = format!("{method} {path}");
        let ask = || {
            let ask = Ask::new(method.parse().unwrap(), &format!("{API}{path}"));
            if *method == "GET" {
                ask
            } else {
                ask.json(&json!({}))
            }
        };
        // The session of the panel is no credential here.
        for anonymous in [
            ask(),
            ask().by(&cookie),
            ask().header("x-api-key", &served.ada),
        ] {
            let got = served.send(anonymous).await;
            assert_eq!(got.status, 401, "{label}");
            got.assert_denied(401, NOT_AUTHENTICATED);
        }
        for credential in [sam.as_str(), "wrong", "sk-wrong", &"x".repeat(43)] {
            let got = served.send(ask().bearer(credential)).await;
            assert_eq!(got.status, 401, "{label}");
            got.assert_denied(401, INVALID_TOKEN);
        }
        if matches!(needs, Read | Write) {
            let got = served.send(ask().bearer(&served.bob)).await;
            assert_eq!(got.status, 401, "{label}: {}", got.body);
            got.assert_denied(401, ACCESS_PROHIBITED);
        }
        if *needs == Write {
            let got = served.send(ask().bearer(&reading)).await;
            assert_eq!(got.status, 401, "{label}: {}", got.body);
            got.assert_denied(401, ACCESS_PROHIBITED);
        }
    }
    // Nothing has changed.
    let written = served.entries(before).await;
    assert!(written.is_empty(), "{written:?}");
    for (method, path, needs) in ROUTES {
        let path = path.replace("{user}", &user).replace("{group}", &group);
        let label = format!("{method} {path}");
        let ask = || {
            let ask = Ask::new(method.parse().unwrap(), &format!("{API}{path}"));
            ask.json(&json!({}))
        };
        let got = served.send(ask().bearer(&reading)).await;
        match needs {
            Read => assert!(matches!(got.status, 200 | 400), "{label}: {}", got.body),
            Session if path.ends_with("/api_key") => assert_eq!(got.status, 403, "{label}"),
            User | Session | Write => assert_ne!(got.status, 500, "{label}"),
        }
        let got = served.send(ask().bearer(&served.ada)).await;
        let is_well = matches!(got.status, 200 | 400 | 422) || path.ends_with("/api_key");
        assert!(is_well, "{label}: {} {}", got.status, got.body);
        if *needs == User {
            let got = served.send(ask().bearer(&served.bob)).await;
            assert_eq!(got.status, 200, "{label}: {}", got.body);
        }
    }
}

#[testing::test]
async fn unknown_paths_and_methods_have_the_errors_of_the_system(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for path in [
        "/none",
        "/users/usage/x",
        "/scim/v2/Users",
        "/auths/none",
        "/",
    ] {
        let got = served.get(&served.ada, path).await;
        got.assert_denied(404, "Not Found");
    }
    for path in ["/users/", "/groups/", "/auths/add"] {
        let got = served.delete(&served.ada, path).await;
        got.assert_denied(405, "Method Not Allowed");
    }
}
