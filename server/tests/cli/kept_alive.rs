//! Connections that clients use for several requests.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use sqlx::PgPool;

use crate::{server::Server, support::cli};

/// Maximum time until a response.
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns the head of a request with a body of JSON.
fn head(path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Reads a response with a known length. Returns its head, in lower case.
fn read(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    head
}

fn closes(head: &str) -> bool {
    head.lines().any(|line| line == "connection: close")
}

#[testing::test]
async fn response_before_the_body_announces_the_end_of_the_connection(pool: PgPool) {
    let server = Server::start(&cli(&pool));
    // The body is not read: there is no credential.
    let mut early = connect(&server);
    let body = "{\"name\":\"Editors\"}";
    early
        .write_all(head("/api/admin/groups", body).as_bytes())
        .unwrap();
    let answer = read(&mut early);
    assert!(answer.starts_with("http/1.1 401"), "{answer}");
    assert!(closes(&answer), "{answer}");
    assert_eq!(early.read(&mut [0]).unwrap(), 0, "the connection is closed");
    // This one is read before the response.
    let mut read_first = connect(&server);
    let sign_in = "{\"username\":\"ada\",\"password\":\"wrong\"}";
    for _ in 0..2 {
        read_first
            .write_all(head("/api/auth/login", sign_in).as_bytes())
            .unwrap();
        read_first.write_all(sign_in.as_bytes()).unwrap();
        let answer = read(&mut read_first);
        assert!(answer.starts_with("http/1.1 401"), "{answer}");
        assert!(!closes(&answer), "{answer}");
    }
    // A request without a body.
    for _ in 0..2 {
        read_first
            .write_all(b"GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        assert!(!closes(&read(&mut read_first)));
    }
}
