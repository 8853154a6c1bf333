//! Attempts of an attacker.

use serde_json::json;
use sqlx::PgPool;

use crate::support::{
    App, Ask, PASSWORD, add_password, add_user, app, app_at, https_app, id_of, session,
};

async fn prepare(app: &App) {
    add_user(&app.pool, "ada", &["admin", "user"]).await;
    add_user(&app.pool, "eve", &["user"]).await;
    add_password(&app.pool, &app.services.hasher).await;
}

fn login() -> Ask {
    Ask::post("/api/auth/login").json(&json!({ "username": "ada", "password": PASSWORD }))
}

#[testing::test]
async fn cookie_attributes_match_the_address(pool: PgPool) {
    for (app, name, secure) in [
        (app(&pool), "session_token", false),
        (https_app(&pool), "__Host-session_token", true),
    ] {
        if app.count("select count(*) from users").await == 0 {
            prepare(&app).await;
        }
        let answer = app.send(login()).await;
        let (value, attributes) = answer.cookie(name).unwrap();
        assert_eq!(value.len(), 22, "128 bits");
        let mut attributes: Vec<&str> = attributes.split(';').map(str::trim).collect();
        attributes.retain(|attribute| !attribute.starts_with("Max-Age="));
        attributes.sort_unstable();
        let expected = ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"];
        assert_eq!(
            attributes,
            if secure {
                &expected[..]
            } else {
                &expected[..3]
            }
        );
        assert_eq!(answer.cookies().len(), 2, "and that of the browser");
        let device = if secure {
            "__Host-rollcall_device"
        } else {
            "rollcall_device"
        };
        let (device, rest) = answer.cookie(device).unwrap();
        assert_eq!(device.len(), 43, "256 bits");
        let mut rest: Vec<&str> = rest.split(';').map(str::trim).collect();
        rest.retain(|attribute| *attribute != "Max-Age=34560000");
        rest.sort_unstable();
        assert_eq!(rest, attributes);
        let me = app.send(Ask::get("/api/auth/me").cookie(name, value)).await;
        assert_eq!(me.status, 200, "{name}");
        // Over https, a cookie that a plain http page or another host of the domain could have set is ignored.
        let others = if secure {
            ["session_token", "__%48ost-session_token"]
        } else {
            ["__Host-session_token", "session%5Ftoken"]
        };
        for other in others {
            let among = Ask::get("/api/auth/me").cookie("a", "1");
            let me = app.send(among.cookie(other, value)).await;
            assert_eq!(me.status, 401, "{other}");
        }
        // Such a cookie beside the valid one does no harm.
        let both = Ask::get("/api/auth/me").cookie(others[1], "made-up");
        let me = app.send(both.cookie(name, value)).await;
        assert_eq!(me.status, 200, "{name}");
    }
}

#[testing::test]
async fn two_servers_on_one_host_have_separate_sessions(pool: PgPool) {
    let (first, second) = (
        app_at(&pool, "http://panel.example:8081"),
        app_at(&pool, "http://panel.example:8082"),
    );
    prepare(&first).await;
    // A browser sends the cookies of a host to each of its ports, and replaces those of the same name.
    let mut jar = std::collections::BTreeMap::new();
    for app in [&first, &second] {
        let ask = jar
            .iter()
            .fold(login(), |ask, (name, value): (&String, &String)| {
                ask.cookie(name, value)
            });
        let answer = app.send(ask).await;
        for cookie in answer.cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
    let with_jar = |ask: Ask| {
        jar.iter()
            .fold(ask, |ask, (name, value)| ask.cookie(name, value))
    };
    for app in [&first, &second] {
        let me = app.send(with_jar(Ask::get("/api/auth/me"))).await;
        assert_eq!(me.status, 200);
    }
    // Signing out of one panel removes no cookie of the other.
    let over = first.send(with_jar(Ask::post("/api/auth/logout"))).await;
    let forgotten = over.cookies();
    assert!(
        forgotten
            .iter()
            .all(|cookie| cookie.starts_with("session_token_8081=")),
        "{forgotten:?}"
    );
    let me = second.send(with_jar(Ask::get("/api/auth/me"))).await;
    assert_eq!(me.status, 200);
    let me = first.send(with_jar(Ask::get("/api/auth/me"))).await;
    assert_eq!(me.status, 401);
}

#[testing::test]
async fn cross_site_requests_are_denied(pool: PgPool) {
    let app = app(&pool);
    prepare(&app).await;
    let form = [("username", "ada"), ("password", PASSWORD)];
    let posts = || {
        vec![
            login(),
            Ask::post("/api/auth/logout"),
            Ask::post("/login").form(&form),
            Ask::post("/logout"),
            Ask::post("/setup").form(&form),
            Ask::post("/preferences").form(&[("theme", "dark")]),
            Ask::post("/sfn/sign-in").form(&form),
            Ask::post("/sfn/setup").form(&form),
        ]
    };
    for (headers, passes) in [
        (&[("sec-fetch-site", "cross-site")][..], false),
        (&[("sec-fetch-site", "same-site")], false),
        (
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "http://panel.example"),
            ],
            false,
        ),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "http://panel.example.evil.example")], false),
        (&[("origin", "http://panel.example:8080")], false),
        (&[("origin", "null")], false),
        (
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "http://panel.example"),
            ],
            true,
        ),
        (&[("sec-fetch-site", "none")], true),
        (&[("origin", "http://panel.example")], true),
        (&[], true),
    ] {
        for post in posts() {
            let ada = session(&pool, "ada").await;
            let label = format!("{} {headers:?}", post.label());
            let post = headers.iter().fold(post.by(&ada), |post, (name, value)| {
                post.header(name, value)
            });
            let answer = app.send(post).await;
            assert_eq!(
                answer.status == 403,
                !passes,
                "{label}: {}",
                answer.outline()
            );
            if !passes {
                assert!(answer.cookies().is_empty(), "{label}");
                assert_eq!(
                    app.send(Ask::get("/api/auth/me").by(&ada)).await.status,
                    200,
                    "{label}"
                );
            }
        }
    }
}

#[testing::test]
async fn non_utf8_bytes_disable_no_guard(pool: PgPool) {
    let app = https_app(&pool);
    prepare(&app).await;
    let signed_in = app.send(login()).await;
    let (value, _) = signed_in.cookie("__Host-session_token").unwrap();
    let me = async |before: &[u8], name: &str| {
        let line = [before, format!("{name}={value}").as_bytes()].concat();
        let answer = app
            .send(Ask::get("/api/auth/me").bytes("cookie", &line))
            .await;
        answer.status
    };
    for before in [
        &b""[..],
        "x=é; ".as_bytes(),
        b"x=\xFF; ",
        b"\xFF=x; ",
        b"x=\"\xC3\"; ",
        b"x; ",
    ] {
        let label = before.escape_ascii();
        assert_eq!(me(before, "__%48ost-session_token").await, 401, "{label}");
        assert_eq!(me(before, "__Host-session_token").await, 200, "{label}");
    }
}

#[testing::test]
async fn cookie_set_before_sign_in_is_replaced(pool: PgPool) {
    let app = app(&pool);
    prepare(&app).await;
    let eves_own = session(&pool, "eve").await;
    for planted in ["AAAAAAAAAAAAAAAAAAAAAA", eves_own.as_str(), "nonsense"] {
        for sign_in in [
            login(),
            Ask::post("/login").form(&[("username", "ada"), ("password", PASSWORD)]),
        ] {
            let answer = app.send(sign_in.by(planted)).await;
            let (fresh, _) = answer.cookie("session_token").unwrap();
            assert_ne!(fresh, planted);
            let me = app.send(Ask::get("/api/auth/me").by(fresh)).await;
            assert_eq!(me.json()["user"]["username"], "ada");
            let attacker = app.send(Ask::get("/api/auth/me").by(planted)).await;
            assert_eq!(attacker.status, 401, "{planted}");
        }
    }
}

#[testing::test]
async fn forms_do_not_redirect_to_other_sites(pool: PgPool) {
    let app = app(&pool);
    prepare(&app).await;
    for next in [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r\nSet-Cookie: session_token=x",
        " //evil.example",
        "evil.example",
        "",
    ] {
        let sign_in = [("username", "ada"), ("password", PASSWORD), ("next", next)];
        for form in [
            Ask::post("/login").form(&sign_in),
            Ask::post("/preferences").form(&[("theme", "dark"), ("next", next)]),
        ] {
            let label = form.label();
            assert_eq!(
                app.send(form).await.outline(),
                "303 to /",
                "{label} {next:?}"
            );
        }
        let called = app.send(Ask::post("/sfn/sign-in").form(&sign_in)).await;
        assert_eq!(
            (called.status, &called.json()["next"]),
            (200, &json!("/")),
            "{next:?}"
        );
    }
}

#[testing::test]
async fn server_functions_check_permissions(pool: PgPool) {
    let app = app(&pool);
    prepare(&app).await;
    let (ada, eve) = (session(&pool, "ada").await, session(&pool, "eve").await);
    let path = "/sfn/users?params[limit]=25";
    assert_eq!(app.get(path).await.outline(), "401 UNAUTHORIZED");
    let denied = app.send(Ask::get(path).by(&eve)).await;
    assert_eq!(denied.outline(), "403 FORBIDDEN");
    assert!(!denied.body.contains("ada@example.org"));
    let list = app.send(Ask::get(path).by(&ada)).await;
    assert_eq!(
        (
            list.status,
            list.json()["list"]["page"]["list"]["users"]["rows"]
                .as_array()
                .map(Vec::len)
        ),
        (200, Some(2))
    );
    // A page of an earlier version, or an attacker, must never cause a failure of the server.
    for (path, body) in [
        ("/sfn/sign-in", ""),
        ("/sfn/sign-in", "username=ada"),
        ("/sfn/sign-in", "username[a]=b&password=x"),
        ("/sfn/setup", "username=x"),
    ] {
        let answer = app
            .send(Ask::post(path).body("application/x-www-form-urlencoded", body))
            .await;
        assert!(
            (400..500).contains(&answer.status),
            "{path} {body}: {}",
            answer.status
        );
        assert!(!answer.code().is_empty(), "{path} {body}: {}", answer.body);
    }
    for path in [
        "/sfn/nothing",
        "/sfn/users?params=x",
        "/sfn/users?params[limit][a]=1",
    ] {
        let answer = app.send(Ask::get(path).by(&ada)).await;
        assert!(
            (400..500).contains(&answer.status),
            "{path}: {}",
            answer.status
        );
    }
}

#[testing::test]
async fn audit_log_and_throttle_contain_no_secret(pool: PgPool) {
    let app = app(&pool);
    prepare(&app).await;
    let cookie = app
        .send(login())
        .await
        .cookie("session_token")
        .unwrap()
        .0
        .to_owned();
    let mistyped = json!({ "username": PASSWORD, "password": "ada" });
    assert_eq!(
        app.send(Ask::post("/api/auth/login").json(&mistyped))
            .await
            .status,
        401
    );
    let stored: String = sqlx::query_scalar(
        "select concat(
            (select string_agg(a::text, '') from audit_events a),
            (select string_agg(l::text || encode(subject, 'escape'), '') from login_attempts l),
            (select string_agg(s::text, '') from sessions s)
        )",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    for secret in [PASSWORD, cookie.as_str(), "$argon2"] {
        assert!(!stored.contains(secret), "{secret} in {stored}");
    }
}

#[testing::test]
async fn page_of_another_user_changes_nothing(pool: PgPool) {
    let app = app(&pool);
    prepare(&app).await;
    let (ada, eve) = (session(&pool, "ada").await, session(&pool, "eve").await);
    let id = id_of(&pool, "ada").await;
    let path = format!("/sfn/edit-profile?as={id}");
    let fields = [
        ("version", "1"),
        ("display_name", "Another"),
        ("email", "ada@example.org"),
    ];
    for (session, status) in [(&eve, 401), (&ada, 200)] {
        let answer = app.send(Ask::post(&path).form(&fields).by(session)).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let named = "select count(*) from users where display_name = 'Another' and username = 'ada'";
    assert_eq!(app.count(named).await, 1);
    let named = "select count(*) from users where display_name = 'Another' and username = 'eve'";
    assert_eq!(app.count(named).await, 0);
}
