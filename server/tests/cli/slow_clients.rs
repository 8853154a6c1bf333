//! Clients that keep the server waiting, and many of them.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use sqlx::PgPool;
use tokio::net::TcpSocket;

use crate::{
    server::Server,
    support::{Cli, cli},
};

/// Time within which a slow client is cut off.
const CUT: Duration = Duration::from_secs(30);
/// Time within which a client is cut off that reads a response more slowly than the pace allows.
const CUT_READER: Duration = Duration::from_secs(18);
/// Time within which the health of the server is answered.
const PROMPT: Duration = Duration::from_secs(1);

fn connect(server: &Server) -> TcpStream {
    patient(TcpStream::connect(server.address()).unwrap())
}

/// Connects from `127.0.0.` and a number: each counts as a network.
async fn connect_from(server: &Server, last: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::from(([127, 0, 0, last], 0)))
        .unwrap();
    let stream = socket.connect(server.address()).await.unwrap();
    let stream = stream.into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    patient(stream)
}

fn patient(stream: TcpStream) -> TcpStream {
    stream
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    stream
        .set_write_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    stream
}

fn is_wait(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Reads until the server closes the connection, and sends a byte of `drip` each time nothing arrives. Returns the text that was
/// read, and the time until the end, None if it did not come in time.
fn until_closed(mut stream: TcpStream, drip: &str) -> (String, Option<Duration>) {
    let (started, mut drip) = (Instant::now(), drip.bytes());
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    while started.elapsed() < CUT {
        match stream.read(&mut buffer) {
            Ok(0) => return (text(&read), Some(started.elapsed())),
            Ok(count) => read.extend_from_slice(&buffer[..count]),
            Err(error) if is_wait(error.kind()) => {
                if let Some(byte) = drip.next() {
                    drop(stream.write(&[byte]));
                }
            }
            Err(_) => return (text(&read), Some(started.elapsed())),
        }
    }
    (text(&read), None)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Sends request after request, and reads no response. Returns the time until the connection was closed, None if it was not in
/// time.
fn reading_nothing(mut stream: TcpStream) -> Option<Duration> {
    let started = Instant::now();
    while started.elapsed() < CUT {
        match stream.write(b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n") {
            Err(error) if !is_wait(error.kind()) => return Some(started.elapsed()),
            Ok(_) | Err(_) => {}
        }
    }
    None
}

/// Sends request after request, and reads a few bytes at a time. Returns the time until the connection was closed, None if it was
/// not in time.
fn reading_drops(mut stream: TcpStream) -> Option<Duration> {
    let started = Instant::now();
    let mut is_full = false;
    while started.elapsed() < CUT {
        match stream.write(b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n") {
            Err(error) if is_wait(error.kind()) => is_full = true,
            Err(_) => return Some(started.elapsed()),
            Ok(_) => {}
        }
        if !is_full {
            continue;
        }
        match stream.read(&mut [0; 64]) {
            Err(error) if !is_wait(error.kind()) => return Some(started.elapsed()),
            Ok(0) => return Some(started.elapsed()),
            Ok(_) | Err(_) => {}
        }
    }
    None
}

/// Reads a stream of events that is silent for most of the time. Returns its text and its duration.
fn watch(mut stream: TcpStream, session: &str) -> (String, Option<Duration>) {
    let ask =
        format!("GET /api/admin/sessions/events HTTP/1.1\r\nHost: x\r\nCookie: {session}\r\n\r\n");
    stream.write_all(ask.as_bytes()).unwrap();
    until_closed(stream, "")
}

/// Returns the status line of the server's health on a connection of its own, and the time that it took.
fn health(mut stream: TcpStream) -> (String, Duration) {
    let started = Instant::now();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let (answer, _) = until_closed(stream, "");
    let status = answer.lines().next().unwrap_or_default();
    (status.to_owned(), started.elapsed())
}

#[track_caller]
fn assert_healthy(server: &Server) {
    assert_healthy_over(connect(server));
}

#[track_caller]
fn assert_healthy_over(stream: TcpStream) {
    let (status, after) = health(stream);
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(after < PROMPT, "{after:?}");
}

/// Starts a session of an admin, and returns its cookie.
async fn session(cli: &Cli) -> &'static str {
    cli.create_admin("root");
    cli.prepare(
        "update users set must_change_password = false;
        insert into sessions (id, token_hash, user_id, created_at, last_seen_at, idle_expires_at, expires_at)
        select uuid_v7(now()), sha256('AAAAAAAAAAAAAAAAAAAAAQ'), id, now(), now(), now() + interval '1 hour',
            now() + interval '1 day'
        from users",
    )
    .await;
    "__Host-session_token=AAAAAAAAAAAAAAAAAAAAAQ"
}

#[testing::test]
async fn slow_clients_are_cut_and_watchers_are_not(pool: PgPool) {
    let cli = cli(&pool);
    let session = session(&cli).await;
    let server = Server::start(&cli);
    let post = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n";
    let get = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let endless = "x".repeat(1_000);
    thread::scope(|scope| {
        let slow: Vec<_> = [
            ("nothing", "", ""),
            ("half a request line", "GET /heal", ""),
            ("half a request line, dripping", "GET /", endless.as_str()),
            ("half of the headers", "GET / HTTP/1.1\r\nHost: x\r\n", ""),
            (
                "endless headers, dripping",
                "GET / HTTP/1.1\r\nX: ",
                &endless,
            ),
            ("half of the body", &[post, "{\"username\""].concat(), ""),
            ("a slow body, dripping", post, &endless),
            ("an idle connection", get, ""),
            (
                "a second request, dripping",
                &[get, "GET /"].concat(),
                &endless,
            ),
        ]
        .map(|(what, sent, drip)| {
            let (mut stream, sent, drip) = (connect(&server), sent.to_owned(), drip.to_owned());
            let waits = scope.spawn(move || {
                stream.write_all(sent.as_bytes()).unwrap();
                until_closed(stream, &drip)
            });
            (what, waits)
        })
        .into();
        let stream = connect(&server);
        let deaf = scope.spawn(move || reading_nothing(stream));
        let stream = connect(&server);
        let dripping = scope.spawn(move || reading_drops(stream));
        let stream = connect(&server);
        let watching = scope.spawn(move || watch(stream, session));
        for (what, waits) in slow {
            let (answer, closed) = waits.join().unwrap();
            assert!(closed.is_some(), "{what}: {answer}");
        }
        assert!(deaf.join().unwrap().is_some(), "an answer that is not read");
        let dripped = dripping.join().unwrap();
        assert!(
            dripped.is_some_and(|after| after < CUT_READER),
            "an answer that is read in drops: {dripped:?}"
        );
        let (events, closed) = watching.join().unwrap();
        assert!(events.starts_with("HTTP/1.1 200 OK"), "{events}");
        assert_eq!(closed, None, "{events}");
    });
    assert_healthy(&server);
}

#[testing::test]
async fn half_open_requests_leave_descriptors(pool: PgPool) {
    let server = Server::start_within(&cli(&pool), 256);
    let mut open = Vec::new();
    for _ in 0..300 {
        let mut stream = connect(&server);
        // A connection may have been closed to make room for another.
        drop(stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: "));
        open.push(stream);
    }
    assert_healthy(&server);
    drop(open);
    assert_healthy(&server);
}

/// Asks for the server's health over a connection that stays open. Returns whether it is answered.
fn is_answered(stream: &mut TcpStream) -> bool {
    let (started, mut read, mut buffer) = (Instant::now(), Vec::new(), [0; 4096]);
    if stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .is_err()
    {
        return false;
    }
    while started.elapsed() < PROMPT {
        match stream.read(&mut buffer) {
            Ok(0) => return false,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
            Err(error) if is_wait(error.kind()) => {}
            Err(_) => return false,
        }
        if read.ends_with(b"alive\n") {
            return true;
        }
    }
    false
}

/// A client that has been answered and keeps its connection.
fn idle_client(server: &Server) -> TcpStream {
    let mut stream = connect(server);
    assert!(is_answered(&mut stream));
    stream
}

/// Waits until the server has opened what it opens at its start: it listens to the database last.
async fn wait_until_started(cli: &Cli) {
    let listens = "select count(*) from pg_stat_activity
        where datname = current_database() and query ilike 'listen%'";
    let started = Instant::now();
    while cli.count(listens).await == 0 {
        assert!(started.elapsed() < CUT, "the server does not listen");
    }
}

/// Leaves the server no descriptor: forbids it the numbers from the first free one on, once clients have filled the gaps
/// between those that it has opened. Returns the clients, the longest idle one first.
fn leave_no_descriptor(server: &Server) -> Vec<TcpStream> {
    let mut clients = Vec::new();
    loop {
        clients.push(idle_client(server));
        let open = server.descriptors();
        let free = (0..).find(|number| !open.contains(number)).unwrap();
        if open
            .range(free..)
            .all(|number| server.has_inherited(*number))
        {
            server.limit_descriptors(free);
            return clients;
        }
        assert!(clients.len() < 100, "{open:?}");
    }
}

#[testing::test]
async fn without_a_free_descriptor_the_next_client_is_answered_and_no_other_is_cut_off(
    pool: PgPool,
) {
    let cli = cli(&pool);
    let server = Server::start(&cli);
    wait_until_started(&cli).await;
    let mut idle = leave_no_descriptor(&server);
    assert_healthy(&server);
    // One client came and the spare descriptor was for it: no other had to make room.
    assert!(is_answered(&mut idle[0]));
    for _ in 0..10 {
        assert_healthy(&server);
    }
}

#[testing::test]
async fn thousands_of_idle_connections_delay_nothing(pool: PgPool) {
    let server = Server::start(&cli(&pool));
    let mut idle = Vec::new();
    for number in 0..2_000 {
        // From several addresses. Each may have hundreds of connections.
        let from = SocketAddr::from(([127, 0, 0, 2 + u8::try_from(number % 8).unwrap()], 0));
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(from).unwrap();
        idle.push(socket.connect(server.address()).await.unwrap());
    }
    assert_healthy(&server);
    for number in 0..600 {
        idle.push(
            tokio::net::TcpStream::connect(server.address())
                .await
                .unwrap(),
        );
        if number % 100 == 0 {
            assert_healthy(&server);
        }
    }
    assert_healthy(&server);
}

/// Begins a request whose body does not come.
async fn begin_body(server: &Server, last: u8) -> TcpStream {
    let mut stream = connect_from(server, last).await;
    let post = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{";
    // A connection may have been closed to make room for another.
    drop(stream.write_all(post.as_bytes()));
    stream
}

#[testing::test]
async fn busy_slow_clients_leave_slots(pool: PgPool) {
    // The limit is 76 connections.
    let server = Server::start_within(&cli(&pool), 256);
    let mut open = Vec::new();
    for _ in 0..100 {
        open.push(begin_body(&server, 3).await);
    }
    thread::sleep(PROMPT);
    assert_healthy_over(connect_from(&server, 2).await);
    for last in 4..=8 {
        for _ in 0..25 {
            open.push(begin_body(&server, last).await);
        }
    }
    thread::sleep(PROMPT);
    for _ in 0..3 {
        assert_healthy_over(connect_from(&server, 2).await);
    }
    drop(open);
}

/// Sends a head of `bytes` bytes, and returns the status line of the response.
fn status_of_head(server: &Server, bytes: usize, end: &str) -> String {
    let begin = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: ";
    let filler = "x".repeat(bytes - begin.len() - end.len());
    let mut stream = connect(server);
    stream
        .write_all([begin, &filler, end].concat().as_bytes())
        .unwrap();
    let (answer, _) = until_closed(stream, "");
    answer.lines().next().unwrap_or_default().to_owned()
}

#[testing::test]
async fn request_head_is_limited_to_32_kib(pool: PgPool) {
    let server = Server::start(&cli(&pool));
    let most = 32 * 1024;
    for (bytes, end, status) in [
        (most, "\r\n\r\n", "200 OK"),
        (most + 1, "\r\n\r\n", "431 Request Header Fields Too Large"),
        // Within the last step of the buffer, which grows.
        (40_000, "\r\n\r\n", "431 Request Header Fields Too Large"),
        (most, "", "431 Request Header Fields Too Large"),
    ] {
        let expected = format!("HTTP/1.1 {status}");
        assert_eq!(status_of_head(&server, bytes, end), expected, "{bytes}");
    }
}
