//! Rate limits of the API.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::Method;
use serde_json::json;
use sqlx::PgPool;

use crate::support::{
    Answer, App, Ask, PASSWORD, add_password, add_user, app, limited_app, session, token,
};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

async fn config(app: &App, from: IpAddr) -> Answer {
    app.send(Ask::get("/api/config").from(from)).await
}

/// Returns the number of requests that are left according to a response.
fn left(answer: &Answer) -> Option<u32> {
    let state = answer.header("ratelimit").strip_prefix("\"api\";r=")?;
    state.split_once(';')?.0.parse().ok()
}

#[testing::test]
async fn exceeding_the_limit_returns_retry_after(pool: PgPool) {
    let app = limited_app(&pool, 2);
    let first = config(&app, HERE).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("ratelimit-policy"), "\"api\";q=2;w=60");
    assert_eq!(first.header("ratelimit"), "\"api\";r=1;t=30");
    assert_eq!(left(&config(&app, HERE).await), Some(0));

    let denied = config(&app, HERE).await;
    assert_eq!(denied.outline(), "429 TOO_MANY_REQUESTS");
    let seconds: u64 = denied.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    assert_eq!(denied.header("ratelimit-policy"), "\"api\";q=2;w=60");
    let state = format!("\"api\";r=0;t={seconds}");
    assert_eq!(denied.header("ratelimit"), state);
    let body = denied.json();
    assert_eq!(body["details"]["retryAfter"], seconds);
    let plural = if seconds == 1 { "" } else { "s" };
    let message = format!(
        "Too many requests. The limit is 2 per minute. Try again in {seconds} second{plural}."
    );
    assert_eq!(body["message"], message);

    assert_eq!(config(&app, THERE).await.status, 200);
}

#[testing::test]
async fn only_api_requests_count(pool: PgPool) {
    let app = limited_app(&pool, 1);
    assert_eq!(config(&app, HERE).await.status, 200);
    assert_eq!(config(&app, HERE).await.status, 429);
    for path in ["/api/health", "/healthz", "/readyz", "/login"] {
        for _ in 0..3 {
            let answer = app.send(Ask::get(path).from(HERE)).await;
            assert_eq!(
                (answer.status, answer.header("ratelimit")),
                (200, ""),
                "{path}"
            );
        }
    }
}

#[testing::test]
async fn sessions_and_tokens_of_a_user_count_together(pool: PgPool) {
    let app = limited_app(&pool, 3);
    add_user(&pool, "ada", &["user"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let (ada, bob) = (session(&pool, "ada").await, session(&pool, "bob").await);
    let token = token(&app.services, "ada", &["account"]).await;
    let me = || Ask::get("/api/auth/me");
    // At first the credential is not known yet, so it counts against the address, separately from requests without a credential.
    assert_eq!(left(&app.send(me().by(&ada).from(HERE)).await), Some(2));
    assert_eq!(
        left(&app.send(me().bearer(&token).from(HERE)).await),
        Some(1)
    );
    for expected in [2, 1, 0] {
        assert_eq!(left(&config(&app, HERE).await), Some(expected));
    }
    assert_eq!(config(&app, HERE).await.status, 429);

    assert_eq!(left(&app.send(me().by(&ada).from(HERE)).await), Some(2));
    assert_eq!(
        left(&app.send(me().bearer(&token).from(THERE)).await),
        Some(1)
    );
    assert_eq!(left(&app.send(me().by(&ada).from(THERE)).await), Some(0));
    assert_eq!(app.send(me().by(&ada).from(HERE)).await.status, 429);
    assert_eq!(app.send(me().bearer(&token).from(THERE)).await.status, 429);
    // Cookies beside a token are ignored.
    let both = me().by(&bob).bearer(&token).from(THERE);
    assert_eq!(app.send(both).await.status, 429);

    assert_eq!(left(&app.send(me().by(&bob).from(THERE)).await), Some(2));
}

#[testing::test]
async fn forged_credentials_count_against_the_address(pool: PgPool) {
    let app = limited_app(&pool, 2);
    add_user(&pool, "ada", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let me = || Ask::get("/api/auth/me");
    let asked = [
        me().by("AAAAAAAAAAAAAAAAAAAAAA").from(HERE),
        me().bearer("rc_nothing").from(HERE),
    ];
    for ask in asked {
        assert_eq!(app.send(ask).await.status, 401);
    }
    assert_eq!(app.send(me().by("another").from(HERE)).await.status, 429);

    // A session that has ended counts like one that does not exist.
    assert_eq!(app.send(me().by(&ada).from(THERE)).await.status, 200);
    app.run("update sessions set ended_at = now(), ended_reason = 'revoked'")
        .await;
    assert_eq!(app.send(me().by(&ada).from(THERE)).await.status, 401);
    assert_eq!(left(&app.send(me().by(&ada).from(THERE)).await), Some(0));
    assert_eq!(app.send(me().by(&ada).from(THERE)).await.status, 429);
}

#[testing::test]
async fn addresses_of_one_network_share_a_limit(pool: PgPool) {
    let app = limited_app(&pool, 1);
    for (network, ask) in [
        ("2001:db8:0:1", Ask::get("/api/config")),
        (
            "2001:db8:0:2",
            Ask::get("/api/auth/me").bearer("rc_nothing"),
        ),
        (
            "2001:db8:0:3",
            Ask::post("/api/auth/login").json(&json!({})),
        ),
    ] {
        let label = ask.label();
        let status = async |last: &str| {
            let address = format!("{network}::{last}").parse().unwrap();
            app.send(ask.clone().from(address)).await.status
        };
        assert_ne!(status("1").await, 429, "{label}");
        assert_eq!(status("ffff:1").await, 429, "{label}");
    }
}

/// Signs in with a browser, with the device cookie that it has.
async fn sign_in(app: &App, device: Option<&str>) -> Answer {
    let login = json!({ "username": "ada", "password": PASSWORD });
    let ask = Ask::post("/api/auth/login").json(&login).from(HERE);
    app.send(match device {
        Some(device) => ask.cookie("rollcall_device", device),
        None => ask,
    })
    .await
}

#[testing::test]
async fn anonymous_requests_do_not_block_sign_in(pool: PgPool) {
    let app = limited_app(&pool, 3);
    add_user(&pool, "ada", &["user"]).await;
    add_password(&pool, &app.services.hasher).await;
    let ada = session(&pool, "ada").await;
    while config(&app, HERE).await.status == 200 {}
    assert_eq!(left(&sign_in(&app, None).await), Some(2));
    let me = Ask::get("/api/auth/me").by(&ada).from(HERE);
    assert_eq!(left(&app.send(me).await), Some(1));
    let token = token(&app.services, "ada", &["account"]).await;
    let me = Ask::get("/api/auth/me").bearer(&token).from(HERE);
    assert_eq!(left(&app.send(me).await), Some(0));
}

#[testing::test]
async fn signed_in_browser_is_counted_separately(pool: PgPool) {
    let app = limited_app(&pool, 3);
    add_user(&pool, "ada", &["user"]).await;
    add_password(&pool, &app.services.hasher).await;
    let first = sign_in(&app, None).await;
    let device = first.cookie("rollcall_device").unwrap().0.to_owned();
    for _ in 0..2 {
        let invented = Ask::get("/api/auth/me").bearer("rc_nothing").from(HERE);
        assert_eq!(app.send(invented).await.status, 401);
    }
    for other in [None, Some("made-up"), Some("")] {
        assert_eq!(sign_in(&app, other).await.status, 429, "{other:?}");
    }
    for expected in [2, 1, 0] {
        let again = sign_in(&app, Some(&device)).await;
        assert_eq!((again.status, left(&again)), (200, Some(expected)));
    }
    assert_eq!(sign_in(&app, Some(&device)).await.status, 429);
}

#[testing::test]
async fn session_counts_however_its_cookie_is_encoded(pool: PgPool) {
    let app = limited_app(&pool, 4);
    add_user(&pool, "ada", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let me = || Ask::get("/api/auth/me").from(HERE);
    assert_eq!(left(&config(&app, HERE).await), Some(3));
    assert_eq!(left(&app.send(me().by(&ada)).await), Some(3));
    // From now on the session counts against the account, also behind another cookie of its name.
    assert_eq!(left(&app.send(me().by(&ada)).await), Some(3));
    let second = me().by("made-up").by(&ada);
    assert_eq!(left(&app.send(second).await), Some(2));
    // Under an encoded name the cookie is not a session: the request counts as one without a credential.
    let encoded = me().cookie("session%5Ftoken", &ada);
    let encoded = app.send(encoded).await;
    assert_eq!((encoded.status, left(&encoded)), (401, Some(2)));
}

#[testing::test]
async fn session_stays_known_between_lookups(pool: PgPool) {
    let app = limited_app(&pool, 9);
    add_user(&pool, "ada", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let ask = |path: &str| Ask::get(path).by(&ada).from(HERE);
    assert_eq!(left(&app.send(ask("/api/auth/me")).await), Some(8));
    for (number, path) in ["/api/openapi.json", "/api/nothing", "/api/auth/me"]
        .into_iter()
        .enumerate()
    {
        let expected = 8 - u32::try_from(number).unwrap();
        assert_eq!(left(&app.send(ask(path)).await), Some(expected), "{path}");
    }
}

#[testing::test]
async fn limited_request_does_not_query_the_database(pool: PgPool) {
    let app = limited_app(&pool, 2);
    add_user(&pool, "ada", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let me = || Ask::get("/api/auth/me");
    for _ in 0..3 {
        assert_eq!(app.send(me().by(&ada).from(HERE)).await.status, 200);
    }
    let unknown = me().by("AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(app.send(unknown.clone().from(HERE)).await.status, 401);
    for _ in 0..2 {
        assert_eq!(config(&app, HERE).await.status, 200);
    }
    pool.close().await;
    assert_eq!(app.send(unknown.clone().from(THERE)).await.status, 503);
    for ask in [me().by(&ada), unknown, me().bearer("rc_nothing"), me()] {
        assert_eq!(app.send(ask.from(HERE)).await.status, 429);
    }
}

#[testing::test]
async fn every_response_reports_the_remaining_requests(pool: PgPool) {
    let app = limited_app(&pool, 100);
    add_user(&pool, "ada", &["user"]).await;
    let ada = session(&pool, "ada").await;
    let long = "x".repeat(70_000);
    for (ask, status) in [
        (Ask::get("/api/config"), 200),
        (Ask::get("/api/anything"), 404),
        (Ask::get("/api/user/profile"), 401),
        (Ask::get("/api/admin/users").by(&ada), 403),
        (Ask::new(Method::PATCH, "/api/config"), 405),
        (Ask::post("/api/auth/login").json(&json!({})), 400),
        (
            Ask::post("/api/auth/login").json(&json!({ "username": long })),
            413,
        ),
        (
            Ask::post("/api/auth/logout").header("sec-fetch-site", "cross-site"),
            403,
        ),
    ] {
        let label = ask.label();
        let answer = app.send(ask).await;
        assert_eq!(answer.status, status, "{label}: {}", answer.body);
        assert!(left(&answer).is_some(), "{label}");
        assert_eq!(
            answer.header("ratelimit-policy"),
            "\"api\";q=100;w=60",
            "{label}"
        );
    }
}

#[testing::test]
async fn without_a_limit_no_headers_are_sent(pool: PgPool) {
    let app = app(&pool);
    for _ in 0..3 {
        let answer = config(&app, HERE).await;
        assert_eq!((answer.status, answer.header("ratelimit")), (200, ""));
        assert_eq!(answer.header("ratelimit-policy"), "");
    }
}
