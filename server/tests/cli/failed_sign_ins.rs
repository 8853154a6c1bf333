//! Log lines of failed sign-ins, parsed as fail2ban parses them.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
};

use regex::Regex;
use serde_json::json;
use sqlx::PgPool;
use testing::users::user;

use crate::{
    server::Server,
    support::{Cli, cli, root},
};

/// Text that an attacker would put into a log line, so that another address is banned.
const FORGED: &str = " sign-in failed username=\\\"\\\" address=192.0.2.66 reason=throttled";

/// Returns the expressions of the filter, with a pattern for addresses in place of `<ADDR>`.
fn filter() -> Vec<Regex> {
    let file = root().join("deploy/fail2ban/rollcall.conf");
    let text = fs::read_to_string(file).unwrap();
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with("failregex"));
    let lines = lines.take_while(|line| !line.starts_with("ignoreregex"));
    lines
        .map(|line| {
            let expression = line.trim_start_matches("failregex =").trim();
            Regex::new(&expression.replace("<ADDR>", "([0-9a-fA-F.:]+)")).unwrap()
        })
        .collect()
}

fn sign_in(server: &Server, username: &str, address: &str) {
    let body = json!({ "username": username, "password": "wrong" }).to_string();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let length = body.len();
    let request = format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: panel.example\r\nConnection: close\r\nX-Forwarded-For: {address}\r\n\
        Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

/// Returns the log of a server on which sign-ins have failed.
fn log(cli: &Cli, format: &str, tries: &[(&str, &str)]) -> String {
    let name = format!("rollcall-failed-{}-{format}", std::process::id());
    let file = std::env::temp_dir().join(name);
    let server = Server::start_with(cli, |command| {
        command
            .env("LOG_FORMAT", format)
            .env("TRUSTED_PROXIES", "127.0.0.1")
            .stderr(File::create(&file).unwrap());
    });
    for (username, address) in tries {
        sign_in(&server, username, address);
    }
    drop(server);
    let log = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();
    log
}

#[testing::test]
async fn fail2ban_matches_failed_sign_ins_only(pool: PgPool) {
    let cli = cli(&pool);
    let named = format!("x{FORGED}").chars().take(50).collect::<String>();
    for (username, display_name) in [("donna.king", "Donna"), (&*named, "Forger")] {
        user(username)
            .display_name(display_name)
            .insert(&pool)
            .await;
    }
    let tries = [
        ("donna.king", "203.0.113.7"),
        ("zqSecretPassword", "2001:db8::7"),
        (&*named, "203.0.113.8"),
        (FORGED, "203.0.113.9"),
    ];
    let filter = filter();
    assert_eq!(filter.len(), 2);
    for (format, expression) in ["text", "json"].into_iter().zip(&filter) {
        let log = log(&cli, format, &tries);
        let found: Vec<&str> = log
            .lines()
            .filter_map(|line| Some(expression.captures(line)?.get(1)?.as_str()))
            .collect();
        let addresses: Vec<&str> = tries.iter().map(|(_, address)| *address).collect();
        assert_eq!(found, addresses, "{log}");
        assert!(!log.contains("zqSecretPassword"), "{log}");
        if format == "text" {
            let line =
                "sign-in failed username=\"donna.king\" address=203.0.113.7 reason=wrong_password";
            assert!(log.contains(line), "{log}");
        }
    }
}
