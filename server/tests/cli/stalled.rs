//! A PostgreSQL that accepts statements and does not answer them: a proxy in front of it stops forwarding.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, PgPool};

use crate::{
    server::Server,
    support::{cli, cli_at},
};

/// Time within which a probe is answered.
const PROBE: Duration = Duration::from_secs(8);
/// Time within which any request is answered, and the server works again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Time within which a file that has begun ends.
const FILE: Duration = Duration::from_secs(60);
/// Resources that are several times what the connections to a client and to PostgreSQL hold.
const RESOURCES: &str = "
    insert into resources (id, kind, external_id, name, data, created_at, updated_at)
    select uuid_v7(now()), 'models', n::text, 'Model ' || n, jsonb_build_object('notes', repeat('x', 4000)), now(), now()
    from generate_series(1, 8000) n";

/// Whether a proxy forwards.
#[derive(Default)]
struct Gate {
    is_closed: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    fn set_closed(&self, is_closed: bool) {
        *self.is_closed.lock().unwrap() = is_closed;
        self.changed.notify_all();
    }

    /// Waits until the proxy forwards.
    fn pass(&self) {
        let closed = self.is_closed.lock().unwrap();
        drop(self.changed.wait_while(closed, |closed| *closed).unwrap());
    }

    /// Forwards what arrives, and closes the other side with this one.
    fn forward(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            self.pass();
            if to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Both));
    }
}

/// Starts a proxy in front of the PostgreSQL of a test. Returns its gate and the URL of the database behind it.
fn start_proxy(pool: &PgPool) -> (Arc<Gate>, String) {
    let options = pool.connect_options();
    let (host, port) = (options.get_host().to_owned(), options.get_port());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut url = options.to_url_lossy();
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port()))
        .unwrap();
    let gate = Arc::new(Gate::default());
    let proxy = Arc::clone(&gate);
    thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            proxy.pass();
            let server = TcpStream::connect((host.as_str(), port)).unwrap();
            for (from, to) in [(&client, &server), (&server, &client)] {
                let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                let gate = Arc::clone(&proxy);
                thread::spawn(move || gate.forward(from, to));
            }
        }
    });
    (gate, url.to_string())
}

/// Requests a page with the headers `more`. A read from the returned connection waits for some time at most.
fn ask(server: &Server, path: &str, more: &str, within: Duration) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(within)).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// Returns the status of a page, or an empty text if there is none within some time.
fn get(server: &Server, path: &str, more: &str, within: Duration) -> String {
    let mut stream = ask(server, path, more, within);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Creates an admin with an access token. Returns the header with the token.
async fn authorization(pool: &PgPool, scope: &str) -> String {
    let direct = cli(pool);
    direct.create_admin("root");
    let ready = "update users set must_change_password = false";
    direct.prepare(ready).await;
    let token = direct.create_token("root", scope);
    format!("Authorization: Bearer {token}\r\n")
}

#[testing::test]
async fn requests_end_while_the_database_is_stalled(pool: PgPool) {
    let token = authorization(&pool, "users:read").await;
    let (gate, url) = start_proxy(&pool);
    let server = Server::start(&cli_at(&pool, &url));
    let ask = || get(&server, "/api/admin/users", &token, PATIENCE);
    assert_eq!((ask(), ask()), ("200".to_owned(), "200".to_owned()));
    gate.set_closed(true);
    let slow = thread::scope(|scope| {
        let asks = [(); 3].map(|()| scope.spawn(ask));
        for path in ["/readyz", "/api/health", "/readyz"] {
            assert_eq!(get(&server, path, "", PROBE), "503", "{path}");
        }
        assert_eq!(get(&server, "/healthz", "", PROBE), "200");
        asks.map(|ask| ask.join().unwrap())
    });
    assert_eq!(slow, ["503"; 3]);
    gate.set_closed(false);
    let opened = Instant::now();
    while ask() != "200" || get(&server, "/readyz", "", PATIENCE) != "200" {
        assert!(opened.elapsed() < PATIENCE, "the server does not recover");
    }
}

#[testing::test]
async fn file_that_has_begun_breaks_off_while_the_database_is_stalled(pool: PgPool) {
    let token = authorization(&pool, "resources:read").await;
    cli(&pool).prepare(RESOURCES).await;
    let (gate, url) = start_proxy(&pool);
    let log = std::env::temp_dir().join(format!("rollcall-stalled-{}", std::process::id()));
    let server = Server::start_with(&cli_at(&pool, &url), |command| {
        command.stderr(File::create(&log).unwrap());
    });
    let path = "/api/admin/resources/export?format=ndjson";
    let mut stream = ask(&server, path, &token, FILE);
    let mut file = vec![0; 4096];
    stream.read_exact(&mut file).unwrap();
    // The rest waits for this client, and then for the database.
    gate.set_closed(true);
    let closed = Instant::now();
    // A connection that is reset ends with an error.
    drop(stream.read_to_end(&mut file));
    assert!(closed.elapsed() < FILE, "the file does not end");
    gate.set_closed(false);
    drop(server);
    let file = String::from_utf8_lossy(&file);
    assert!(file.starts_with("HTTP/1.1 200 "), "{file:.200}");
    assert!(file.contains("\"externalId\":\""), "{file:.2000}");
    assert!(!file.ends_with("\r\n0\r\n\r\n"), "the file is complete");
    let logged = fs::read_to_string(&log).unwrap();
    fs::remove_file(&log).unwrap();
    assert!(logged.contains("an export failed"), "{logged}");
}
