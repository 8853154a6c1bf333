//! Errors of servers, and the protection of the token from other hosts.

use std::{fs, net::TcpListener, process::Command};

use serde_json::json;
use sqlx::PgPool;

use super::fake::{Fake, answer, fake, json};
use crate::support::{Cli, ROLLCALL, Ran, cli};

const TOKEN: &str = "rc_neverToBeSeen";
const LIST: &[&str] = &["user", "list"];
const CREATE: &[&str] = &["user", "create", "--name", "Ada", "--username", "ada"];

fn run(cli: &Cli, words: &[&str]) -> Ran {
    let ran = cli.run(Command::new(ROLLCALL).args(words), "");
    assert!(!format!("{ran:?}").contains(TOKEN), "{ran:?}");
    ran
}

fn at(cli: &Cli, fake: &Fake) -> Cli {
    cli.over(&fake.url(), TOKEN)
}

fn problem(status: &str, code: &str, message: &str, details: serde_json::Value) -> String {
    let body = json!({ "error": code, "message": message, "details": details, "requestId": "r-1" });
    json(status, &body.to_string())
}

#[sqlx::test(migrations = false)]
async fn remote_error_is_reported_like_a_local_one(pool: PgPool) {
    let cli = cli(&pool);
    let fields = json!({ "fields": [
        { "field": "displayName", "code": "enter_name", "message": "Enter a name." },
        { "field": "clientList", "code": "clients_max", "message": "Name\u{1b}[2J at most 1000 clients." },
    ] });
    for (status, code, says) in [
        ("403 Forbidden", "FORBIDDEN", "No."),
        ("403 Forbidden", "TOKEN_NOT_ALLOWED", "No."),
        ("409 Conflict", "CONFLICT", "No."),
        ("412 Precondition Failed", "PRECONDITION_FAILED", "No."),
        ("413 Payload Too Large", "PAYLOAD_TOO_LARGE", "No."),
        ("429 Too Many Requests", "TOO_MANY_REQUESTS", "No."),
        (
            "500 Internal Server Error",
            "INTERNAL_ERROR",
            "No. Request ID: r-1.",
        ),
        (
            "503 Service Unavailable",
            "UNAVAILABLE",
            "No. Request ID: r-1.",
        ),
        (
            "401 Unauthorized",
            "UNAUTHORIZED",
            "No. Create a new token in the panel under \"My account\", or with `rollcall token create` on the server.",
        ),
    ] {
        let fake = fake(&[problem(status, code, "No.", json!({}))]);
        assert_eq!(run(&at(&cli, &fake), CREATE).failure(), says, "{status}");
        assert_eq!(fake.asked().len(), 1, "{status}");
    }
    for status in ["400 Bad Request", "422 Unprocessable Content"] {
        let fake = fake(&[problem(
            status,
            "VALIDATION_ERROR",
            "Check the marked fields.",
            fields.clone(),
        )]);
        assert_eq!(
            run(&at(&cli, &fake), CREATE).failure(),
            "name: Enter a name.\nclient-list: Name\u{fffd}[2J at most 1000 clients.",
        );
    }
    let fake = fake(&[problem(
        "400 Bad Request",
        "VALIDATION_ERROR",
        "Cannot sort\u{1b}[2J.",
        json!({}),
    )]);
    assert_eq!(
        run(&at(&cli, &fake), LIST).misunderstanding(),
        "rollcall: Cannot sort\u{fffd}[2J.\n"
    );
}

#[sqlx::test(migrations = false)]
async fn remote_errors_without_codes_are_reported(pool: PgPool) {
    let cli = cli(&pool);
    let older = fake(&[problem(
        "400 Bad Request",
        "VALIDATION_ERROR",
        "Check the marked fields.",
        json!({ "fields": [
            { "field": "displayName", "message": "Enter a name." },
            { "field": "username", "message": "Enter a username." },
        ] }),
    )]);
    assert_eq!(
        run(&at(&cli, &older), CREATE).failure(),
        "name: Enter a name.\nusername: Enter a username."
    );
}

#[sqlx::test(migrations = false)]
async fn remote_error_says_what_is_missing(pool: PgPool) {
    let cli = cli(&pool);
    let user = "The user with this id does not exist in the system";
    for (details, says) in [
        (json!({ "entity": "user" }), user),
        (json!({ "entity": "access_token" }), "No."),
        (json!({ "entity": "invitation" }), "No."),
        (json!({ "entity": "job" }), "No."),
        (json!({ "entity": "of a newer server" }), "No."),
        (json!({}), "No."),
    ] {
        let fake = fake(&[problem(
            "404 Not Found",
            "NOT_FOUND",
            "No.",
            details.clone(),
        )]);
        assert_eq!(run(&at(&cli, &fake), CREATE).failure(), says, "{details}");
        assert_eq!(fake.asked().len(), 1, "{details}");
    }
}

#[sqlx::test(migrations = false)]
async fn foreign_server_is_reported(pool: PgPool) {
    let cli = cli(&pool);
    let html = &["content-type: text/html; charset=utf-8"][..];
    let strange = "did not return a Rollcall response";
    for (given, says) in [
        (
            answer("200 OK", html, "<html>"),
            format!("{strange} (200 OK, text/html; charset=utf-8)."),
        ),
        (
            answer("404 Not Found", html, "<html>"),
            format!("{strange} (404 Not Found, text/html"),
        ),
        (
            answer("200 OK", &[], "[]"),
            format!("{strange} (200 OK, no content type)"),
        ),
        (
            json("502 Bad Gateway", "{}"),
            format!("{strange} (502 Bad Gateway, application/json)"),
        ),
        (
            answer("503 Service Unavailable", &["retry-after: 7"], "busy"),
            "Try again in 7 s.".to_owned(),
        ),
        (
            answer("429 Too Many Requests", &["retry-after: 61"], "busy"),
            "Try again in 61 s.".to_owned(),
        ),
        (json("200 OK", "[{}]"), "another version".to_owned()),
        (json("200 OK", "[{"), "another version".to_owned()),
        (json("200 OK", "{}"), "another version".to_owned()),
        ("SSH-2.0-OpenSSH_9.2\r\n".to_owned(), strange.to_owned()),
        (
            answer("200 OK", &[&format!("x-long: {}", "x".repeat(100_000))], ""),
            strange.to_owned(),
        ),
    ] {
        let fake = fake(&[given.clone(), given]);
        let message = run(&at(&cli, &fake), LIST).failure();
        assert!(message.contains(&says), "{says}: {message}");
        assert!(
            message.starts_with(&fake.url())
                || message.starts_with("Cannot read the response of http://127"),
            "{message}"
        );
        assert_eq!(fake.asked().len(), 1, "{says}");
    }
}

#[sqlx::test(migrations = false)]
async fn redirects_are_not_followed(pool: PgPool) {
    let cli = cli(&pool);
    let elsewhere = fake(&[json("200 OK", "[]")]);
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let place = format!("location: {}/api/admin/users", elsewhere.url());
        for words in [LIST, CREATE, &["audit", "export"]] {
            let fake = fake(&[answer(status, &[&place], "")]);
            let message = run(&at(&cli, &fake), words).failure();
            assert!(
                message.contains(&format!(
                    "redirects to {}/api/admin/users. The access token was not sent there",
                    elsewhere.url()
                )),
                "{message}"
            );
        }
    }
    // The link to the next page is not followed to another host either.
    let next = format!(
        "link: <{}/evil?after=a%20b&q=x>; rel=\"next\"",
        elsewhere.url()
    );
    let full = answer("200 OK", &["content-type: application/json", &next], "[]");
    let fake = fake(&[full, json("200 OK", "[]")]);
    run(&at(&cli, &fake), LIST);
    let asked = fake.asked();
    assert!(
        asked[1].starts_with("GET /api/admin/users?sort=created&limit=100&after=a+b HTTP/1.1\r\n"),
        "{asked:?}"
    );
    assert_eq!(elsewhere.asked(), [""; 0]);
}

#[sqlx::test(migrations = false)]
async fn proxy_sees_no_plain_text(pool: PgPool) {
    let cli = cli(&pool);
    let (proxy, server) = (fake(&[String::new()]), fake(&[json("200 OK", "[]")]));
    let mut command = Command::new(ROLLCALL);
    for name in ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy"] {
        command.env(name, proxy.url());
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    let ran = at(&cli, &server).run(command.args(LIST), "");
    assert_eq!((ran.code, server.asked().len()), (0, 1), "{ran:?}");
    assert_eq!(proxy.asked(), [""; 0]);
    // Over https a proxy learns only the destination.
    let mut command = Command::new(ROLLCALL);
    command.env("HTTPS_PROXY", proxy.url());
    command.env_remove("ALL_PROXY").env_remove("NO_PROXY");
    let away = cli.over("https://users.example.org", TOKEN);
    assert_eq!(away.run(command.args(LIST), "").code, 1);
    let asked = proxy.asked();
    assert!(
        asked[0].starts_with("CONNECT users.example.org:443 "),
        "{asked:?}"
    );
    assert!(!asked[0].contains(TOKEN), "{asked:?}");
}

fn keys(asked: &[String]) -> Vec<&str> {
    let lines = asked.iter().flat_map(|request| request.lines());
    lines
        .filter_map(|line| line.strip_prefix("idempotency-key: "))
        .collect()
}

#[sqlx::test(migrations = false)]
async fn interrupted_request_is_retried_where_safe(pool: PgPool) {
    let cli = cli(&pool);
    let (cut, half) = (
        String::new(),
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n["
            .to_owned(),
    );
    for broken in [&cut, &half] {
        let fake = fake(&[broken.clone(), json("200 OK", "[]")]);
        assert_eq!(run(&at(&cli, &fake), LIST).code, 0);
        assert_eq!((fake.asked().len(), keys(&fake.asked()).len()), (2, 0));
    }
    let again = fake(&[
        cut.clone(),
        problem("409 Conflict", "CONFLICT", "No.", json!({})),
    ]);
    assert_eq!(run(&at(&cli, &again), CREATE).failure(), "No.");
    let asked = again.asked();
    let (keys, bodies) = (
        keys(&asked),
        asked.iter().map(|request| request.rsplit("\r\n").next()),
    );
    assert!(
        keys.len() == 2 && keys[0] == keys[1] && keys[0].len() == 36,
        "{asked:?}"
    );
    assert_eq!(
        bodies.collect::<std::collections::BTreeSet<_>>().len(),
        1,
        "{asked:?}"
    );

    // The first attempt continues without its client: the request is repeated until there is a response.
    let unfinished = answer(
        "409 Conflict",
        &["content-type: application/json", "retry-after: 0"],
        r#"{"error":"CONFLICT","message":"In progress."}"#,
    );
    let done = problem("409 Conflict", "CONFLICT", "Done.", json!({}));
    let slow = fake(&[cut.clone(), unfinished.clone(), unfinished, done]);
    assert_eq!(run(&at(&cli, &slow), CREATE).failure(), "Done.");
    let asked = slow.asked();
    let same: std::collections::BTreeSet<_> = self::keys(&asked).into_iter().collect();
    assert_eq!((asked.len(), same.len()), (4, 1));

    let twice = fake(&[cut.clone(), cut.clone(), json("200 OK", "[]")]);
    let message = run(&at(&cli, &twice), LIST).failure();
    assert!(
        message.ends_with("closed before the response was complete. Try again."),
        "{message}"
    );
    assert_eq!(twice.asked().len(), 2);
    let created = fake(&[cut.clone(), cut.clone()]);
    let message = run(&at(&cli, &created), CREATE).failure();
    assert!(
        message.ends_with("The change may have been applied. Check before you try again."),
        "{message}"
    );
    // A deletion has no key: it is not sent twice.
    let unsafe_twice = fake(&[cut.clone(), cut]);
    let id = "0198c2a4-0000-7000-8000-000000000001";
    let message = run(&at(&cli, &unsafe_twice), &["token", "revoke", id]).failure();
    assert!(
        message.contains("The change may have been applied"),
        "{message}"
    );
    assert_eq!(unsafe_twice.asked().len(), 1);
}

#[sqlx::test(migrations = false)]
async fn read_waits_once_for_retry_after(pool: PgPool) {
    let cli = cli(&pool);
    let busy = |seconds| {
        let wait = format!("retry-after: {seconds}");
        let body = r#"{"error":"TOO_MANY_REQUESTS","message":"Too many."}"#;
        answer(
            "429 Too Many Requests",
            &["content-type: application/json", &wait],
            body,
        )
    };
    let patient = fake(&[busy(0), json("200 OK", "[]")]);
    let ran = run(&at(&cli, &patient), LIST);
    assert_eq!((ran.code, ran.err.lines().count()), (0, 2), "{ran:?}");
    assert!(
        ran.err.contains("limits requests. Retrying in 0 s."),
        "{ran:?}"
    );
    let twice = fake(&[busy(0), busy(0), json("200 OK", "[]")]);
    assert!(
        run(&at(&cli, &twice), LIST)
            .err
            .ends_with("rollcall: Too many.\n")
    );
    let long = fake(&[busy(61), json("200 OK", "[]")]);
    assert_eq!(run(&at(&cli, &long), LIST).failure(), "Too many.");
    let file = answer("200 OK", &["content-type: text/csv"], "id\r\n");
    let export = fake(&[busy(0), file]);
    let ran = run(&at(&cli, &export), &["audit", "export"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "id\r\n"), "{ran:?}");
    let creator = fake(&[busy(0), json("200 OK", "[]")]);
    assert_eq!(run(&at(&cli, &creator), CREATE).failure(), "Too many.");
}

#[sqlx::test(migrations = false)]
async fn unreachable_server_is_reported(pool: PgPool) {
    let cli = cli(&pool);
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let message = run(&cli.over(&format!("http://{address}"), TOKEN), LIST).failure();
    assert!(
        message.starts_with(&format!("http://{address} cannot be reached: ")),
        "{message}"
    );
    let message = run(&cli.over("https://unknown.invalid", TOKEN), LIST).failure();
    assert!(
        message.starts_with("https://unknown.invalid cannot be reached: "),
        "{message}"
    );
}

#[sqlx::test(migrations = false)]
async fn token_is_read_from_private_sources(pool: PgPool) {
    let cli = cli(&pool);
    let file = std::env::temp_dir().join(format!("rollcall-token-{}", std::process::id()));
    fs::write(&file, format!("{TOKEN}\nmore\n")).unwrap();
    let file_name = file.to_str().unwrap();
    for (words, from_env, input) in [
        (&["--token-file", file_name][..], "", ""),
        (&["--token-file", file_name], "rc_other", ""),
        (&["--token-file", "-"], "", "rc_neverToBeSeen\r\nnext"),
        (&["--token", TOKEN], "rc_other", ""),
        (&[], TOKEN, ""),
    ] {
        let fake = fake(&[json("200 OK", "[]")]);
        let mut command = Command::new(ROLLCALL);
        command
            .args(words)
            .args(["user", "list", "--url", &fake.url()]);
        let ran = cli.over("", from_env).run(&mut command, input);
        assert_eq!(ran.code, 0, "{words:?}: {ran:?}");
        let asked = fake.asked();
        assert!(
            asked[0].contains(&format!("\r\nauthorization: Bearer {TOKEN}\r\n")),
            "{words:?}: {asked:?}"
        );
    }
    fs::remove_file(file).unwrap();
}

#[sqlx::test(migrations = false)]
async fn invalid_address_or_token_is_reported_before_sending(pool: PgPool) {
    let cli = cli(&pool);
    let fake = fake(&[]);
    let message = |url: &str, token: &str, words: &[&str]| {
        run(&cli.over(url, token), &[LIST, words].concat()).failure()
    };
    for (url, says) in [
        (
            "http://users.example.org",
            "Over http the access token can be intercepted.",
        ),
        (
            "http://10.0.0.1:3000",
            "Over http the access token can be intercepted.",
        ),
        (
            "users.example.org",
            "--url must be a URL such as https://users.example.org",
        ),
        ("https://users.example.org/panel", "--url must have no path"),
        (
            "https://ada:secret@users.example.org",
            "--url must have no username or password",
        ),
    ] {
        let message = message(url, TOKEN, &[]);
        assert!(message.starts_with(says), "{url}: {message}");
    }
    assert!(message(&fake.url(), "", &[]).starts_with("No access token. "));
    assert!(
        message(&fake.url(), "rc_a\u{e9}", &[])
            .starts_with("The access token contains invalid characters")
    );
    assert!(
        message(&fake.url(), "", &["--token-file", "/nonexistent"])
            .starts_with("Cannot read the token file /nonexistent: ")
    );
    assert!(message("", TOKEN, &[]).starts_with("An access token needs a server. "));
    // With the option it is sent over http, here to a host that does not exist.
    let message = message("http://unknown.invalid", TOKEN, &["--insecure-http"]);
    assert!(
        message.starts_with("http://unknown.invalid cannot be reached: "),
        "{message}"
    );
}
