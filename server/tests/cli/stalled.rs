//! A PostgreSQL that accepts statements and does not answer them: a proxy in front of it stops forwarding.

use std::{
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

/// Requests a page with the headers `more`. Returns the status, or an empty text if there is none within some time.
fn get(server: &Server, path: &str, more: &str, within: Duration) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(within)).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[testing::test]
async fn requests_end_while_the_database_is_stalled(pool: PgPool) {
    let direct = cli(&pool);
    direct.create_admin("root");
    sqlx::raw_sql("update users set must_change_password = false")
        .execute(&pool)
        .await
        .unwrap();
    let token = direct.create_token("root", "users:read");
    let (gate, url) = start_proxy(&pool);
    let server = Server::start(&cli_at(&pool, &url));
    let token = format!("Authorization: Bearer {token}\r\n");
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
