//! Throttling after wrong passwords: which clients have to wait.

use domain::client_address::ClientAddress;
use secrecy::ExposeSecret;
use service::{known_device::Device, passwords::Asker};
use testing::crowd::crowd;

use super::*;

/// Returns a client of a network that no other client comes from.
fn unknown_client(number: usize) -> Origin {
    from(&format!("2001:db8:{number:x}::{number:x}"))
}

/// Returns a client at an address, with the device cookie of a browser.
fn browser_from(address: &str, cookie: Option<&str>) -> Origin {
    Origin {
        device: Device::read(cookie),
        ..from(address)
    }
}

async fn try_from(
    services: &Services,
    username: &str,
    password: &str,
    origin: Origin,
) -> Result<String, u16> {
    let session = browser(&services.pool, None);
    let tried = sign_in(services, &session, username, password, origin).await;
    tried.map_err(|problem| problem.error.status())
}

/// Signs in with a browser. Returns the device cookie that it has afterwards.
async fn known_browser(services: &Services, username: &str, cookie: Option<&str>) -> String {
    let origin = browser_from("192.0.2.99", cookie);
    let device = origin.device.clone();
    try_from(services, username, RIGHT, origin).await.unwrap();
    let issued = device
        .issued()
        .map(|token| token.expose_secret().to_owned());
    issued.or(cookie.map(str::to_owned)).unwrap()
}

/// Creates active users with a password, named `user1` and so on.
async fn add_crowd(services: &Services, number: i32) {
    let hash = services
        .hasher
        .hash(Asker::Operator, RIGHT.into())
        .await
        .unwrap();
    crowd(number, "user", "P")
        .password_hash(&hash)
        .insert(&services.pool)
        .await;
}

/// Extends running delays beyond the time that a slow machine needs for a test.
async fn hold(pool: &PgPool) {
    run(
        pool,
        "update login_attempts set blocked_until = now() + interval '60 seconds'
        where blocked_until > last_failed_at",
    )
    .await;
}

/// Fails on a username from several networks until all unknown clients have to wait, for longer than the test takes. Most
/// of the failures are inserted without hashing.
async fn fail_until_blocked(services: &Services, username: &str) {
    let failed = try_from(services, username, WRONG, unknown_client(1)).await;
    assert_eq!(failed, Err(401));
    sqlx::query(
        "update login_attempts set failures = 29
        where scope = 'account' and subject = sha256(convert_to(name_key($1), 'UTF8'))",
    )
    .bind(username)
    .execute(&services.pool)
    .await
    .unwrap();
    let failed = try_from(services, username, WRONG, unknown_client(2)).await;
    assert_eq!(failed, Err(401));
    hold(&services.pool).await;
    let unknown = try_from(services, username, RIGHT, from("192.0.2.50")).await;
    assert_eq!(
        unknown,
        Err(429),
        "an unknown browser is throttled with all unknown clients"
    );
}

#[testing::test]
async fn owner_signs_in_from_a_known_browser_during_an_attack(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 2).await;
    let cookie = known_browser(&services, "user1", None).await;
    let others = known_browser(&services, "user2", None).await;
    fail_until_blocked(&services, "user1").await;
    for address in ["192.0.2.99", "198.51.100.1"] {
        let owner = browser_from(address, Some(&cookie));
        assert_eq!(
            try_from(&services, "USER1", RIGHT, owner).await.as_deref(),
            Ok("user1")
        );
    }
    // A made-up cookie, or one of another account, makes no browser known.
    for cookie in ["made-up", "", others.as_str()] {
        let unknown = browser_from("192.0.2.99", Some(cookie));
        assert_eq!(try_from(&services, "user1", RIGHT, unknown).await, Err(429));
    }
    // The owner's sign-in does not reset the counter of the unknown clients.
    let unknown = try_from(&services, "user1", WRONG, unknown_client(77)).await;
    assert_eq!(unknown, Err(429));
}

#[testing::test]
async fn known_browser_is_delayed_by_its_own_failures_only(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 1).await;
    let first = known_browser(&services, "user1", None).await;
    let second = known_browser(&services, "user1", None).await;
    for _ in 0..5 {
        let own = browser_from("192.0.2.1", Some(&first));
        assert_eq!(try_from(&services, "user1", WRONG, own).await, Err(401));
    }
    hold(&pool).await;
    let own = browser_from("192.0.2.2", Some(&first));
    assert_eq!(try_from(&services, "user1", RIGHT, own).await, Err(429));
    let other = browser_from("192.0.2.1", Some(&second));
    assert!(try_from(&services, "user1", RIGHT, other).await.is_ok());
    assert!(
        try_from(&services, "user1", RIGHT, from("192.0.2.1"))
            .await
            .is_ok()
    );
}

#[testing::test]
async fn browser_is_remembered_per_account(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 2).await;
    let first = known_browser(&services, "user1", None).await;
    assert_eq!(known_browser(&services, "user1", Some(&first)).await, first);
    let both = known_browser(&services, "user2", Some(&first)).await;
    assert_ne!(both, first, "a new account requires a new cookie");
    for username in ["user1", "user2"] {
        fail_until_blocked(&services, username).await;
        let known = browser_from("192.0.2.1", Some(&both));
        assert!(try_from(&services, username, RIGHT, known).await.is_ok());
        let old = browser_from("192.0.2.1", Some(&first));
        assert_eq!(try_from(&services, username, RIGHT, old).await, Err(429));
    }
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from known_devices")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert!(
        stored
            .iter()
            .all(|hash| hash.len() == 32 && hash != both.as_bytes())
    );
}

#[testing::test]
async fn programs_without_cookies_do_not_evict_a_known_browser(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 1).await;
    let cookie = known_browser(&services, "user1", None).await;
    known_browser(&services, "user1", Some(&cookie)).await;
    run(
        &pool,
        "insert into known_devices (token_hash, user_id, created_at, used_at)
        select sha256(n::text::bytea), u.id, now(), now() from users u, generate_series(1, 150) n",
    )
    .await;
    known_browser(&services, "user1", None).await;
    assert_eq!(
        count(&pool, "select count(*) from known_devices").await,
        100
    );
    fail_until_blocked(&services, "user1").await;
    let owner = browser_from("192.0.2.1", Some(&cookie));
    assert!(try_from(&services, "user1", RIGHT, owner).await.is_ok());
}

#[testing::test]
async fn office_of_fifty_with_thirty_typos_is_not_blocked(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 50).await;
    for number in 1..=30 {
        let name = format!("user{number}");
        let mistyped = try_from(&services, &name, WRONG, from("192.0.2.1")).await;
        assert_eq!(mistyped, Err(401), "{name}");
    }
    for number in 1..=50 {
        let name = format!("user{number}");
        let right = try_from(&services, &name, RIGHT, from("192.0.2.1")).await;
        assert_eq!(right, Ok(name));
    }
    // A success deletes the failures of the client, also from the shared counters.
    let failures = "select coalesce(sum(failures + pending), 0)::bigint from login_attempts";
    assert_eq!(count(&pool, failures).await, 0);
}

#[testing::test]
async fn address_is_delayed_per_account(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 2).await;
    // All addresses of a network share one counter.
    for number in 1..=5 {
        let origin = from(&format!("2001:db8::{number}"));
        assert_eq!(try_from(&services, "user1", WRONG, origin).await, Err(401));
    }
    hold(&pool).await;
    let there = || from("2001:db8::ffff");
    assert_eq!(try_from(&services, "user1", RIGHT, there()).await, Err(429));
    assert!(try_from(&services, "user2", RIGHT, there()).await.is_ok());
    let elsewhere = from("2001:db8:0:1::1");
    assert!(try_from(&services, "user1", RIGHT, elsewhere).await.is_ok());
}

#[testing::test]
async fn address_with_very_many_failures_is_delayed(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 1).await;
    run(
        &pool,
        "insert into login_attempts (scope, subject, failures, last_failed_at, blocked_until, created_at)
        values ('address', sha256('192.0.2.1'), 99, now(), '-infinity', now())",
    )
    .await;
    assert_eq!(
        try_from(&services, "unknown", WRONG, from("192.0.2.1")).await,
        Err(401)
    );
    hold(&pool).await;
    assert_eq!(
        try_from(&services, "user1", RIGHT, from("192.0.2.1")).await,
        Err(429)
    );
    assert!(
        try_from(&services, "user1", RIGHT, from("192.0.2.2"))
            .await
            .is_ok()
    );
    // Counters that were incremented before the denial are decremented again.
    let left = "select count(*) from login_attempts where scope <> 'address' and failures > 1";
    assert_eq!(count(&pool, left).await, 0);
}

#[testing::test]
async fn an_attempt_that_one_counter_denies_counts_in_no_other(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 1).await;
    // Denied by the last counter: those before it have counted already.
    run(
        &pool,
        "insert into login_attempts (scope, subject, failures, last_failed_at, blocked_until, created_at)
        values ('address', sha256('192.0.2.1'), 100, now(), now() + interval '60 seconds', now())",
    )
    .await;
    for _ in 0..3 {
        let denied = try_from(&services, "user1", RIGHT, from("192.0.2.1")).await;
        assert_eq!(denied, Err(429));
    }
    let of_account = "select coalesce(sum(failures + pending), 0)::bigint from login_attempts
        where scope <> 'address'";
    assert_eq!(count(&pool, of_account).await, 0);
    // Denied by the first counter: those after it do not count.
    for _ in 0..5 {
        let failed = try_from(&services, "user1", WRONG, from("192.0.2.2")).await;
        assert_eq!(failed, Err(401));
    }
    hold(&pool).await;
    for _ in 0..30 {
        let denied = try_from(&services, "user1", RIGHT, from("192.0.2.2")).await;
        assert_eq!(denied, Err(429));
    }
    let of_all = "select failures::bigint from login_attempts where scope = 'account'";
    assert_eq!(count(&pool, of_all).await, 5);
    let elsewhere = try_from(&services, "user1", RIGHT, from("192.0.2.3")).await;
    assert!(elsewhere.is_ok(), "{elsewhere:?}");
}

#[testing::test]
async fn few_of_three_hundred_concurrent_attempts_are_hashed(pool: PgPool) {
    let services = services(&pool);
    let tries = (0..300).map(|number| {
        let services = services.clone();
        let name = format!("guess-{number}");
        tokio::spawn(async move { try_from(&services, &name, WRONG, from("192.0.2.1")).await })
    });
    let tries: Vec<_> = tries.collect();
    let mut hashed = 0;
    for tried in tries {
        match tried.await.unwrap() {
            Err(401) => hashed += 1,
            Err(429) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!((1..=20).contains(&hashed), "{hashed}");
}

#[testing::test]
async fn throttle_and_database_fold_names_alike(pool: PgPool) {
    let services = services(&pool);
    let names = [
        "istanbul",
        "ISTANBUL",
        "İstanbul",
        "ıstanbul",
        "kelvin",
        "\u{212A}elvin",
        "straße",
        "STRASSE",
        "STRAẞE",
        "ΣΑΣ",
        "σασ",
        "σας",
        "ǆ",
        "ǅ",
        "Ǆ",
        "ﬁn",
        "FIN",
        " fin ",
        "É",
        "é",
        "e\u{301}",
        "Ⓐ",
        "ⓐ",
        "ꭰ",
        "Ꭰ",
        "Ა",
        "ა",
    ];
    for name in names {
        let tried = try_from(&services, name, WRONG, from("192.0.2.1")).await;
        assert!(tried.is_err(), "{name}");
    }
    let counted = "select count(*) from login_attempts where scope = 'account'";
    let trimmed: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    let accounts: i64 =
        sqlx::query_scalar("select count(distinct name_key(n)) from unnest($1::text[]) n")
            .bind(trimmed)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(count(&pool, counted).await, accounts);
}

#[testing::test]
async fn addresses_are_stored_in_one_form(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 1).await;
    let origin = from("::ffff:192.0.2.7");
    assert_eq!(origin.ip, "192.0.2.7".parse::<ClientAddress>().ok());
    try_from(&services, "user1", RIGHT, origin).await.unwrap();
    for (table, column) in [("sessions", "ip"), ("audit_events", "ip")] {
        let sql = format!("select host({column}) from {table}");
        let stored: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(stored, "192.0.2.7", "{table}");
    }
}

#[testing::test]
async fn identifier_counts_as_its_username(pool: PgPool) {
    let services = services(&pool);
    add_crowd(&services, 1).await;
    identify(&pool, "user1", "ada-1").await;
    let sign_in = async |name: &str, password: &str| {
        let draft = SignInDraft {
            username: name.to_owned(),
            password: password.to_owned(),
            remember: false,
        };
        let namespace = "maeser.github".parse().unwrap();
        let (session, origin) = (browser(&pool, None), from("192.0.2.1"));
        let tried = auth::sign_in_identified(&services, &session, &namespace, draft, origin).await;
        tried.map_err(|error| error.into_problem().error.status())
    };
    for name in ["ada-1", "user1", "ada-1", "USER1", "ada-1"] {
        assert_eq!(sign_in(name, WRONG).await.err(), Some(401));
    }
    hold(&pool).await;
    for name in ["ada-1", "user1"] {
        assert_eq!(sign_in(name, RIGHT).await.err(), Some(429));
    }
}
