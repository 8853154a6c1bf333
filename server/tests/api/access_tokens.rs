//! Access tokens over the API: what they give access to, what not, and for how long.

use std::{collections::BTreeMap, fmt::Write};

use axum::http::Method;
use domain::access_tokens::Scope;
use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{
    roles::{assign, role},
    users,
};

use crate::{
    access::endpoints,
    document,
    support::{Answer, App, Ask, PASSWORD, add_password, add_user, app, id_of, session, token},
};

const ALL: &[&str] = &["users:read", "users:write", "sessions:read", "account"];

/// Returns an app with an admin, Ada, who has a password, and Bob.
async fn prepare(pool: &PgPool) -> App {
    let app = app(pool);
    add_user(pool, "ada", &["admin", "user"]).await;
    add_user(pool, "bob", &["user"]).await;
    add_password(pool, &app.services.hasher).await;
    app
}

async fn me(app: &App, token: &str) -> Answer {
    app.send(Ask::get("/api/auth/me").bearer(token)).await
}

fn draft() -> Value {
    json!({ "name": "nightly", "scopes": ["account", "users:read"], "currentPassword": PASSWORD })
}

/// Asserts that the scopes that give access to a route are those that its description names.
fn assert_opened_by(operation: &Value, outcomes: &BTreeMap<String, Vec<&str>>, label: &str) {
    let ways = operation["security"].as_array().unwrap();
    let named = ways.iter().find_map(|way| way.get("token"));
    let named: Vec<&str> = named
        .and_then(Value::as_array)
        .map(|scopes| scopes.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let is_for_anyone = ways.iter().any(|way| *way == json!({}));
    let denied = |outcome: &str| outcome.starts_with("403");
    let opening: Vec<&str> = outcomes
        .iter()
        .filter(|(outcome, _)| !denied(outcome))
        .flat_map(|(_, scopes)| scopes.iter().copied())
        .collect();
    if !is_for_anyone {
        assert_eq!(opening, named, "{label}");
    }
}

/// Compares the response of every route to a token with each scope with a snapshot. The owner has all permissions, including
/// those for secrets, so that a denial is due to the token alone.
#[testing::test]
async fn every_address_answers_each_scope_as_agreed(pool: PgPool) {
    let app = prepare(&pool).await;
    add_user(&pool, "visitor", &["user"]).await;
    role("host")
        .permissions(&["api-keys:resolve", "limits:consume"])
        .rank(5)
        .insert(&pool)
        .await;
    assign(&pool, users::id_of(&pool, "ada").await, &["host"]).await;
    let mut tokens = Vec::new();
    for scope in Scope::all() {
        let text = token(&app.services, "ada", &[scope.as_str()]).await;
        tokens.push((scope, text));
    }
    let paths = document::paths(&app).await;
    let mut table = Vec::new();
    for endpoint in endpoints() {
        let label = endpoint.label();
        let mut entry = format!("{label}\n");
        let mut outcomes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (scope, text) in &tokens {
            let outcome = app.send(endpoint.clone().bearer(text)).await.outline();
            outcomes.entry(outcome).or_default().push(scope.as_str());
        }
        if let Some(operation) = document::described(&paths, &label) {
            assert_opened_by(operation, &outcomes, &label);
        }
        for (outcome, scopes) in outcomes {
            let scopes = if scopes.len() == tokens.len() {
                "every scope".to_owned()
            } else if scopes.len() > tokens.len() / 2 {
                "others".to_owned()
            } else {
                scopes.join(", ")
            };
            writeln!(entry, "    {scopes}: {outcome}").unwrap();
        }
        table.push(entry);
    }
    table.sort();
    let table = table.concat();
    insta::assert_snapshot!(table);
    assert_eq!(app.count("select count(*) from sessions").await, 0);
}

#[testing::test]
async fn token_is_shown_once_and_not_stored(pool: PgPool) {
    let app = prepare(&pool).await;
    let ada = session(&pool, "ada").await;
    let created = app
        .send(Ask::post("/api/tokens").json(&draft()).by(&ada))
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    let created = created.json();
    let text = created["token"].as_str().unwrap();
    assert!(text.starts_with("rc_") && text.len() == 41);
    assert_eq!(created["prefix"], text[..11]);
    assert_eq!(created["scopes"], json!(["account", "users:read"]));
    let days: f64 = sqlx::query_scalar(
        "select (extract(epoch from expires_at - now()) / 86400)::float8 from access_tokens",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert!((days - 90.0).abs() < 0.01, "{days}");
    assert_eq!(me(&app, text).await.json()["user"]["username"], "ada");

    let listed = app.get_as(&ada, "/api/tokens").await;
    let (first, all) = (
        listed.json()[0].clone(),
        listed.json().as_array().unwrap().len(),
    );
    assert_eq!((all, &first["id"]), (1, &created["id"]));
    assert_eq!(
        (&first["state"], &first["name"]),
        (&json!("live"), &json!("nightly"))
    );
    for stored in ["access_tokens", "audit_events"] {
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select row_to_json(t)::text from {stored} t"
        )))
        .fetch_all(&pool)
        .await
        .unwrap();
        assert!(
            !rows.is_empty() && !rows.iter().any(|row| row.contains(text)),
            "{stored}"
        );
    }

    let path = format!("/api/tokens/{}", created["id"].as_str().unwrap());
    let bob = session(&pool, "bob").await;
    let delete = |session: &str| Ask::new(Method::DELETE, &path).by(session);
    assert_eq!(app.send(delete(&bob)).await.outline(), "404 NOT_FOUND");
    assert_eq!(me(&app, text).await.status, 200);
    assert_eq!(app.send(delete(&ada)).await.status, 200);
    assert_eq!(me(&app, text).await.status, 401);
    assert_eq!(app.send(delete(&ada)).await.outline(), "404 NOT_FOUND");
    assert_eq!(
        app.get_as(&ada, "/api/tokens").await.json()[0]["state"],
        "revoked"
    );
}

#[testing::test]
async fn creating_a_token_requires_the_password(pool: PgPool) {
    let app = prepare(&pool).await;
    let bob = session(&pool, "bob").await;
    for (field, value, outline, says) in [
        (
            "scopes",
            json!(["users:read"]),
            "400 VALIDATION_ERROR",
            "The owner doesn't have the permission users:read.",
        ),
        (
            "scopes",
            json!([]),
            "400 VALIDATION_ERROR",
            "Select at least one scope.",
        ),
        (
            "days",
            json!(366),
            "400 VALIDATION_ERROR",
            "Enter a number of days from 1 to 365",
        ),
        (
            "days",
            json!(null),
            "400 VALIDATION_ERROR",
            "Enter a number of days from 1 to 365",
        ),
        (
            "name",
            json!("a\u{202e}b"),
            "400 VALIDATION_ERROR",
            "Remove the invisible control characters.",
        ),
        (
            "currentPassword",
            json!(""),
            "403 CURRENT_PASSWORD_REQUIRED",
            "Enter your current password",
        ),
        (
            "currentPassword",
            json!("wrong"),
            "403 CURRENT_PASSWORD_WRONG",
            "Wrong current password",
        ),
        (
            "owner",
            json!("ada"),
            "400 VALIDATION_ERROR",
            "unknown field",
        ),
    ] {
        let mut body = draft();
        body["scopes"] = json!(["account"]);
        body[field] = value;
        let answer = app
            .send(Ask::post("/api/tokens").json(&body).by(&bob))
            .await;
        assert_eq!(answer.outline(), outline, "{body}");
        assert!(answer.body.contains(says), "{}", answer.body);
    }
    assert_eq!(app.count("select count(*) from access_tokens").await, 0);
}

#[testing::test]
async fn invalid_tokens_are_rejected_alike(pool: PgPool) {
    let app = prepare(&pool).await;
    let cookie = session(&pool, "ada").await;
    let good = token(&app.services, "ada", ALL).await;
    let revoked = token(&app.services, "ada", ALL).await;
    app.run("update access_tokens set revoked_at = now() where id = (select max(id::text)::uuid from access_tokens)")
        .await;
    let expired = token(&app.services, "ada", ALL).await;
    app.run("update access_tokens set expires_at = now() where id = (select max(id::text)::uuid from access_tokens)")
        .await;
    let swapped = format!("{}{}", &good[..20], &revoked[20..]);
    let hash: String =
        sqlx::query_scalar("select encode(token_hash, 'hex') from access_tokens limit 1")
            .fetch_one(&pool)
            .await
            .unwrap();
    let long = format!("Bearer {}", "rc_".repeat(100_000));
    let mut headers: Vec<Vec<u8>> = [
        revoked,
        expired,
        swapped,
        hash,
        cookie.clone(),
        good.to_lowercase(),
    ]
    .iter()
    .map(|text| format!("Bearer {text}").into_bytes())
    .collect();
    headers.extend([
        b"Bearer".to_vec(),
        b"Bearer ".to_vec(),
        b"bearer x".to_vec(),
        b"BEARER \xff\xfe".to_vec(),
        format!("Bearer {good} {good}").into_bytes(),
        format!("Bearer {good},{good}").into_bytes(),
        long.into_bytes(),
    ]);
    for header in headers {
        for ask in [
            Ask::get("/api/admin/users"),
            Ask::get("/api/health"),
            Ask::get("/users"),
            Ask::post("/sfn/revoke-sessions"),
        ] {
            // A cookie that gives access does not make up for a bad token.
            let ask = ask.by(&cookie).bytes("authorization", &header);
            let label = format!("{}: {:.60?}", ask.label(), String::from_utf8_lossy(&header));
            let answer = app.send(ask).await;
            assert_eq!(answer.outline(), "401 UNAUTHORIZED", "{label}");
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{label}");
            assert!(answer.cookies().is_empty(), "{label}");
        }
    }
    // Another scheme is for a proxy in front.
    let basic = Ask::get("/api/auth/me").by(&cookie);
    let basic = basic.header("authorization", "Basic YTpi");
    assert_eq!(app.send(basic).await.status, 200);
    assert_eq!(me(&app, &good).await.status, 200);
}

#[testing::test]
async fn token_takes_precedence_over_a_cookie(pool: PgPool) {
    let app = prepare(&pool).await;
    let ada = session(&pool, "ada").await;
    let bobs = token(&app.services, "bob", &["account"]).await;
    let both = |path: &str| Ask::get(path).by(&ada).bearer(&bobs);
    let me = app.send(both("/api/auth/me")).await;
    assert_eq!(me.json()["user"]["username"], "bob");
    assert!(me.cookies().is_empty());
    assert_eq!(
        app.send(both("/api/admin/users")).await.outline(),
        "403 FORBIDDEN"
    );
    let sessions = app.send(both("/api/sessions")).await;
    assert_eq!(
        sessions.json(),
        json!([]),
        "none of Bob's, and none of Ada's"
    );
    let active = "select count(*) from users where username = 'bob' and last_active_at is not null";
    assert_eq!(app.count(active).await, 0);
    // Neither session was noted as seen. The use of the token is an activity of Bob.
    service::last_seen::write(&app.services).await.unwrap();
    assert_eq!(app.count(active).await, 1);
    let seen = "select count(*) from sessions where last_seen_at > created_at";
    assert_eq!(app.count(seen).await, 0);
    assert_eq!(app.count("select count(*) from sessions").await, 1);
}

#[testing::test]
async fn cross_site_requests_cannot_send_a_token(pool: PgPool) {
    let app = prepare(&pool).await;
    let text = token(&app.services, "ada", &["sessions:write"]).await;
    let cookie = session(&pool, "ada").await;
    let body = json!({ "filter": { "user": "bob" }, "expected": 0 });
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://other.example"),
    ] {
        let ask = || {
            Ask::post("/api/admin/sessions/revoke")
                .json(&body)
                .header(name, value)
        };
        assert_eq!(app.send(ask().bearer(&text)).await.status, 200, "{name}");
        assert_eq!(app.send(ask().by(&cookie)).await.outline(), "403 FORBIDDEN");
        let wrong = ask().by(&cookie).bearer("rc_wrong");
        assert_eq!(app.send(wrong).await.outline(), "401 UNAUTHORIZED");
    }
}

#[testing::test]
async fn token_follows_its_owner_on_every_server(pool: PgPool) {
    let one = prepare(&pool).await;
    let other = app(&pool);
    let text = token(&one.services, "ada", ALL).await;
    let back =
        "update users set status = 'active', deleted_at = null, must_change_password = false";
    for (change, outline) in [
        (
            "update users set status = 'suspended' where username = 'ada'",
            "401 UNAUTHORIZED",
        ),
        (
            "update users set deleted_at = now() where username = 'ada'",
            "401 UNAUTHORIZED",
        ),
        (
            "update users set must_change_password = true where username = 'ada'",
            "401 UNAUTHORIZED",
        ),
        (
            "delete from user_roles where user_id = (select id from users where username = 'ada')",
            "403 FORBIDDEN",
        ),
    ] {
        let ask = || Ask::get("/api/admin/users").bearer(&text);
        for app in [&one, &other] {
            assert_eq!(app.send(ask()).await.status, 200, "before: {change}");
        }
        one.run(change).await;
        for app in [&one, &other] {
            assert_eq!(app.send(ask()).await.outline(), outline, "{change}");
        }
        one.run(back).await;
    }
    let answer = other.send(Ask::get("/api/admin/users").bearer(&text)).await;
    assert_eq!(
        answer.message(),
        "This access token lacks the scope users:read, or its owner lacks the permission."
    );
    assert_eq!(
        me(&other, &text).await.status,
        200,
        "its own account stays visible"
    );
}

#[testing::test]
async fn stolen_token_cannot_take_over_the_account(pool: PgPool) {
    let app = prepare(&pool).await;
    // The token has these permissions in full, so that only the rule about its owner is left to deny the request.
    role("helpdesk")
        .permissions(&["users:read", "users:write", "tokens:read", "tokens:write"])
        .rank(5)
        .insert(&pool)
        .await;
    assign(&pool, users::id_of(&pool, "bob").await, &["helpdesk"]).await;
    let scopes = &[
        "users:read",
        "users:write",
        "tokens:read",
        "tokens:write",
        "account",
    ];
    let text = token(&app.services, "bob", scopes).await;
    let bob = id_of(&app.pool, "bob").await;
    let own = |what: &str| format!("/api/admin/users/{bob}{what}");
    let password = json!({ "password": "copper lantern", "currentPassword": PASSWORD });
    let asks = [
        Ask::new(Method::PUT, "/api/user/profile").json(&password),
        Ask::new(Method::PATCH, "/api/user/profile").json(&json!({ "displayName": "Eve" })),
        Ask::new(Method::DELETE, "/api/user").json(&json!({ "currentPassword": PASSWORD })),
        Ask::get("/api/user/export"),
        Ask::new(Method::DELETE, "/api/sessions"),
        Ask::get("/api/tokens"),
        Ask::post("/api/tokens").json(&draft()),
        Ask::new(Method::DELETE, &format!("/api/tokens/{bob}")),
        Ask::post("/api/auth/login").json(&json!({ "username": "bob", "password": PASSWORD })),
        Ask::post("/api/auth/logout"),
        Ask::new(Method::PATCH, &own("")).json(&json!({ "password": "temporary" })),
        Ask::new(Method::PATCH, &own("")).json(&json!({ "email": "eve@example.org" })),
        Ask::new(Method::DELETE, &own("")),
        Ask::post(&own("/reset-link")),
        Ask::post(&own("/suspend")).json(&json!({ "reason": "x" })),
        Ask::get("/users"),
        Ask::get("/account"),
        Ask::post("/sfn/change-password").form(&[("password", "copper lantern")]),
        Ask::get("/sfn/account"),
    ];
    for ask in asks {
        let label = ask.label();
        let answer = app.send(ask.bearer(&text)).await;
        assert_eq!(
            answer.outline(),
            "403 TOKEN_NOT_ALLOWED",
            "{label}: {}",
            answer.body
        );
        assert!(answer.cookies().is_empty(), "{label}");
    }
    let unchanged =
        "select count(*) from users where username = 'bob' and version = 1 and status = 'active'
        and deleted_at is null and not must_change_password";
    assert_eq!(app.count(unchanged).await, 1);
    assert_eq!(app.count("select count(*) from one_time_links").await, 0);
}

#[testing::test]
async fn write_only_token_reads_no_account(pool: PgPool) {
    let app = app(&pool);
    add_user(&pool, "ada", &["admin"]).await;
    add_user(&pool, "bob", &["user"]).await;
    let writer = token(&app.services, "ada", &["users:write"]).await;
    let both = token(&app.services, "ada", &["users:read", "users:write"]).await;
    let bob = id_of(&app.pool, "bob").await;
    let path = format!("/api/admin/users/{bob}");
    let asks = || {
        [
            Ask::new(Method::PATCH, &path).json(&json!({})),
            Ask::new(Method::PUT, &path).json(&json!({ "displayName": "Bob" })),
            Ask::post(&format!("{path}/suspend")).json(&json!({ "reason": "spam" })),
            Ask::post(&format!("{path}/unsuspend")),
        ]
    };
    for ask in asks() {
        let label = ask.label();
        let answer = app.send(ask.bearer(&writer)).await;
        assert_eq!(answer.status, 200, "{label}: {}", answer.body);
        let shown = answer.json();
        let keys: Vec<&String> = shown.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "version"], "{label}");
        let tag = format!("\"{}\"", shown["version"]);
        assert_eq!(answer.header("etag"), tag, "{label}");
    }
    let stale =
        || Ask::new(Method::PATCH, &path).json(&json!({ "displayName": "B", "version": 1 }));
    let denied = app.send(stale().bearer(&writer)).await;
    assert_eq!(denied.outline(), "409 CONFLICT");
    assert!(!denied.body.contains("bob"), "{}", denied.body);
    for ask in asks() {
        let answer = app.send(ask.bearer(&both)).await;
        assert_eq!(answer.json()["username"], "bob");
    }
    let denied = app.send(stale().bearer(&both)).await;
    assert_eq!(denied.json()["details"]["current"]["username"], "bob");
}

#[testing::test]
async fn token_cannot_manage_users_with_more_permissions(pool: PgPool) {
    let app = prepare(&pool).await;
    add_user(&pool, "cleo", &["admin"]).await;
    let text = token(&app.services, "ada", &["users:read", "users:write"]).await;
    let path = |id: &str, what: &str| format!("/api/admin/users/{id}{what}");
    let (bob, cleo) = (
        id_of(&app.pool, "bob").await,
        id_of(&app.pool, "cleo").await,
    );
    let suspend = json!({ "reason": "spam" });
    for (id, outline) in [(&cleo, "403 FORBIDDEN"), (&bob, "200")] {
        let ask = Ask::post(&path(id, "/suspend"))
            .json(&suspend)
            .bearer(&text);
        assert_eq!(app.send(ask).await.outline(), outline);
    }
    let unsuspend = Ask::post(&path(&bob, "/unsuspend")).bearer(&text);
    assert_eq!(app.send(unsuspend).await.status, 200);
    let promote = Ask::new(Method::PATCH, &path(&bob, "")).json(&json!({ "isAdmin": true }));
    let denied = app.send(promote.bearer(&text)).await;
    assert_eq!(
        denied.message(),
        "You can't assign a role with more permissions than you."
    );
    let create = json!({ "username": "eve", "displayName": "Eve", "roles": ["admin"] });
    let denied = app
        .send(Ask::post("/api/admin/users").json(&create).bearer(&text))
        .await;
    assert_eq!(denied.outline(), "403 FORBIDDEN");

    // Actions with the token are audited with its label.
    let label = "select count(*) from audit_events e join access_tokens t on t.id = e.token_id
        where e.action in ('user.suspended', 'user.unsuspended') and e.via = 'api' and e.actor_label = 'ada'
            and e.token_label = t.name || ' (' || t.prefix || '…)'";
    assert_eq!(app.count(label).await, 2);
    assert_eq!(
        app.count("select count(*) from audit_events where token_id is not null")
            .await,
        2
    );
    let ada = session(&pool, "ada").await;
    let history = app.get_as(&ada, "/users/bob/history").await;
    assert!(
        history.body.contains("ada, via API with token script (rc_"),
        "{}",
        history.body
    );
}

#[testing::test]
async fn all_tokens_are_listed_and_revoked(pool: PgPool) {
    let app = prepare(&pool).await;
    for _ in 0..4 {
        token(&app.services, "bob", &["account"]).await;
    }
    token(&app.services, "ada", &["tokens:read"]).await;
    let ada = session(&pool, "ada").await;
    let list = async |query: &str| {
        app.get_as(&ada, &format!("/api/admin/tokens?{query}"))
            .await
    };
    let rows = |answer: &Answer| answer.json().as_array().unwrap().clone();
    let all = list("").await;
    assert_eq!((rows(&all).len(), all.header("x-total-count")), (5, "5"));
    assert_eq!(rows(&all)[0]["user"]["username"], "ada", "the newest first");
    let first = list("user=bob&limit=3").await;
    assert_eq!(
        (rows(&first).len(), first.header("x-total-count")),
        (3, "4")
    );
    let next = first
        .header("link")
        .split(['<', '>'])
        .nth(1)
        .unwrap()
        .to_owned();
    let second = app.get_as(&ada, &next).await;
    assert_eq!(rows(&second).len(), 1);
    assert!(second.header("link").ends_with("rel=\"prev\""));
    let prev = second
        .header("link")
        .split(['<', '>'])
        .nth(1)
        .unwrap()
        .to_owned();
    assert_eq!(app.get_as(&ada, &prev).await.json(), first.json());
    assert_eq!(list("state=dead").await.outline(), "400 VALIDATION_ERROR");
    assert_eq!(rows(&list("user=unknown-user").await).len(), 0);

    let id = rows(&second)[0]["id"].as_str().unwrap().to_owned();
    let delete = |id: &str| Ask::new(Method::DELETE, &format!("/api/admin/tokens/{id}"));
    let bob = session(&pool, "bob").await;
    assert_eq!(
        app.send(delete(&id).by(&bob)).await.outline(),
        "403 FORBIDDEN"
    );
    assert_eq!(
        app.send(delete("x").by(&ada)).await.outline(),
        "400 VALIDATION_ERROR"
    );
    assert_eq!(
        app.send(delete(&id).by(&ada)).await.json(),
        json!({ "success": true })
    );
    assert_eq!(
        app.send(delete(&id).by(&ada)).await.outline(),
        "404 NOT_FOUND"
    );
    let revoked = rows(&list("state=revoked").await);
    assert_eq!(
        (revoked.len(), &revoked[0]["revokedBy"]),
        (1, &json!("ada"))
    );
    assert_eq!(rows(&list("state=expiring").await).len(), 4);
}

#[testing::test]
async fn last_use_is_written_once_for_many_uses(pool: PgPool) {
    let app = prepare(&pool).await;
    let text = token(&app.services, "ada", &["account"]).await;
    app.run(
        "create table writes (at timestamptz);
        create function note_write() returns trigger language plpgsql as $$
        begin insert into writes values (now()); return null; end $$;
        create trigger note_write after update on access_tokens for each row execute function note_write()",
    )
    .await;
    let uses = (0..100).map(|_| {
        let ask = Ask::get("/api/auth/me").bearer(&text);
        app.send(ask.from([192, 0, 2, 7].into()))
    });
    for answer in join_all(uses).await {
        assert_eq!(answer.status, 200);
    }
    assert_eq!(
        app.count("select count(*) from writes").await,
        0,
        "no request waits for it"
    );
    service::last_seen::write(&app.services).await.unwrap();
    service::last_seen::write(&app.services).await.unwrap();
    assert_eq!(app.count("select count(*) from writes").await, 1);
    let used = "select count(*) from access_tokens
        where last_used_ip = '192.0.2.7' and last_used_at between now() - interval '1 minute' and now()";
    assert_eq!(app.count(used).await, 1);
}
