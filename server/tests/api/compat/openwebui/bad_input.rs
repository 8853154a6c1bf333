//! Input that no client sends on purpose.

use axum::http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{API, Got, OpenWebUi};
use crate::support::Ask;

/// Routes with a body, without those that end the tokens of the test.
const ROUTES: &[&str] = &[
    "/auths/signin",
    "/auths/signup",
    "/auths/add",
    "/auths/ldap",
    "/auths/update/profile",
    "/auths/update/password",
    "/auths/update/timezone",
    "/auths/api_key",
    "/auths/admin/config",
    "/auths/admin/config/ldap",
    "/auths/admin/config/ldap/server",
    "/auths/admin/config/oauth",
    "/users/default/permissions",
    "/users/user/settings/update",
    "/users/user/status/update",
    "/users/user/info/update",
    "/users/user/variables/update",
    "/users/{user}/update",
    "/groups/create",
    "/groups/id/{group}/update",
    "/groups/id/{group}/users/add",
    "/groups/id/{group}/users/remove",
];

/// Names of all members that a body can have.
const MEMBERS: &[&str] = &[
    "name",
    "email",
    "role",
    "password",
    "new_password",
    "timezone",
    "profile_image_url",
    "bio",
    "gender",
    "date_of_birth",
    "ui",
    "status_emoji",
    "status_message",
    "status_expires_at",
    "variables",
    "description",
    "permissions",
    "chat",
    "data",
    "meta",
    "user_ids",
    "enable_ldap",
    "port",
    "OAUTH_SCOPES",
    "ENABLE_NOTES",
    "ADMIN_EMAIL",
];

/// Asserts that an error is one of the system, and that it is the client's.
#[track_caller]
fn assert_sound(got: &Got, label: &str) {
    assert!(got.status < 500, "{label}: {} {}", got.status, got.body);
    if got.status >= 400 {
        let detail = &got.body["detail"];
        assert!(
            detail.is_string() || detail.is_array(),
            "{label}: {}",
            got.body
        );
        assert_eq!(
            got.body.as_object().map(serde_json::Map::len),
            Some(1),
            "{label}"
        );
    }
}

#[testing::test]
async fn wrong_values_are_errors_of_the_client(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let (user, group) = (served.id("bob").await, served.group("Writers").await);
    let values = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("\0"),
        json!("\u{202e}a\u{85}"),
        json!("x".repeat(2_000)),
        json!([]),
        json!([null, {}, "\0"]),
        json!({}),
        json!({ "\0": "\0" }),
        json!({ "call": [] }),
    ];
    for route in ROUTES {
        let path = route.replace("{user}", &user).replace("{group}", &group);
        for value in &values {
            let members = MEMBERS
                .iter()
                .map(|name| ((*name).to_owned(), value.clone()));
            let whole: Value = Value::Object(members.collect());
            for body in [value, &whole] {
                let got = served.post(&served.ada, &path, body).await;
                assert_sound(&got, &format!("{path} {value:.60}"));
            }
        }
    }
}

#[testing::test]
async fn bodies_that_are_no_json_are_malformed(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    let (user, group) = (served.id("bob").await, served.group("Writers").await);
    let deep = format!("{}{}", "{\"a\":".repeat(200), "}".repeat(200));
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(64 * 1024));
    for route in ROUTES {
        let path = route.replace("{user}", &user).replace("{group}", &group);
        for body in [
            "",
            "{",
            "null",
            "\u{feff}{}",
            "{\"a\":\"\\ud800\"}",
            &deep,
            &large,
        ] {
            let ask = Ask::new(Method::POST, &format!("{API}{path}")).bearer(&served.ada);
            let ask = ask.body("application/json", body);
            let got = served.send(ask).await;
            let label = format!("{path} {body:.20}");
            assert_sound(&got, &label);
            assert!(got.status >= 400, "{label}: {}", got.status);
            // This one does not read the body.
            if body == large && path != "/auths/ldap" {
                assert_eq!(got.status, 413, "{label}");
            }
        }
        let ask = Ask::new(Method::POST, &format!("{API}{path}")).bearer(&served.ada);
        let got = served.send(ask.body("text/plain", vec![0xff, 0xfe])).await;
        assert_sound(&got, &path);
    }
}

#[testing::test]
async fn odd_parameters_and_headers_are_no_failures(pool: PgPool) {
    let served = OpenWebUi::new(&pool).await;
    for query in [
        "query=%00",
        "query=%FF",
        "query=(((((",
        "query=%22",
        "query=a%20OR%20b",
        "order_by=group_id:x&direction=%00",
        "page=9223372036854775808",
        "page=%2B1",
        "query=a&query=b",
        "x=y",
    ] {
        for path in ["/users/", "/users/search", "/groups/"] {
            let got = served.get(&served.ada, &format!("{path}?{query}")).await;
            assert_sound(&got, &format!("{path}?{query}"));
        }
    }
    for header in ["Bearer", "Bearer  ", "Basic YTpi", "bearer", ""] {
        let ask = Ask::get(&format!("{API}/auths/")).header("authorization", header);
        let got = served.send(ask).await;
        assert_eq!(got.status, 401, "{header:?}");
        assert_sound(&got, header);
    }
    let ask = Ask::get(&format!("{API}/auths/")).bytes("authorization", b"Bearer \xff\xfe");
    assert_eq!(served.send(ask).await.status, 401);
}
