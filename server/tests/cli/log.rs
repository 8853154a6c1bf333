//! Logs of a server at the most verbose level.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
};

use sqlx::PgPool;

use crate::{server::Server, support::cli};

/// Text in place of every secret that a request can have.
const SECRET: &str = "zqSecretToken000000000000000000000000000000000";

/// Sends a request unchanged, and reads the response to its end.
fn send(url: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Returns a part of an address with its first letter encoded.
fn encoded(link: &str) -> String {
    let (first, rest) = link.split_at(1);
    format!("%{:x}{rest}", first.as_bytes()[0])
}

#[testing::test]
async fn no_log_level_contains_a_secret(pool: PgPool) {
    let cli = cli(&pool);
    for format in ["text", "json"] {
        let file =
            std::env::temp_dir().join(format!("rollcall-log-{}-{format}", std::process::id()));
        let server = Server::start_with(&cli, |command| {
            command
                .env("LOG_LEVEL", "trace")
                .env("LOG_FORMAT", format)
                .stderr(File::create(&file).unwrap());
        });
        let form = format!("username=ada&password={SECRET}&password_again={SECRET}&token={SECRET}");
        for link in ["setup", "reset", "invite"] {
            for target in [
                format!("/{link}/{SECRET}"),
                format!("/{link}/{SECRET}/"),
                format!("/{link}/{SECRET}/more"),
                format!("/{link}?token={SECRET}&next=%2F"),
                format!("//{link}/{SECRET}"),
                format!("/{}/{SECRET}", encoded(link)),
                format!("/{link}%2F{SECRET}"),
            ] {
                for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
                    for site in [
                        "",
                        "Sec-Fetch-Site: cross-site\r\n",
                        "Origin: http://evil.example\r\n",
                    ] {
                        let length = form.len();
                        let answer = send(
                            &server.url,
                            &format!(
                                "{method} {target} HTTP/1.1\r\nHost: panel.example\r\nConnection: close\r\n{site}\
                                Cookie: session_token={SECRET}; rollcall_setup={SECRET}; rollcall_reset={SECRET}; rollcall_invitation={SECRET}\r\n\
                                Authorization: Bearer {SECRET}\r\n\
                                Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
                            ),
                        );
                        assert!(
                            answer.starts_with("HTTP/1.1 "),
                            "{method} {target}: {answer}"
                        );
                    }
                }
            }
        }
        let plain = send(
            &server.url,
            &format!(
                "GET /reset/{SECRET} HTTP/1.1\r\nHost: panel.example\r\nConnection: close\r\n\r\n"
            ),
        );
        assert!(plain.starts_with("HTTP/1.1 "), "{plain}");
        drop(server);
        let log = fs::read_to_string(&file).unwrap();
        fs::remove_file(&file).unwrap();
        assert!(
            log.contains("/reset/…"),
            "{format}: the requests are logged: {log:.2000}"
        );
        let message = log.lines().find(|line| line.contains(SECRET));
        assert_eq!(message, None, "{format}");
    }
}
