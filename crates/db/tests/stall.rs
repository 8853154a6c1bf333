//! The watch of a database that stops answering, through a proxy that holds back what arrives.

use sqlx::{
    PgPool,
    postgres::{PgPoolOptions, PgSslMode},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{
        mpsc::{UnboundedSender, unbounded_channel},
        watch,
    },
};

/// Message of the protocol that a check consists of.
const SYNC: [u8; 5] = [b'S', 0, 0, 0, 4];

/// Event that a proxy notes.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    Checked,
    Dropped,
}

/// A proxy in front of a database.
#[derive(Clone)]
struct Proxy {
    is_open: watch::Receiver<bool>,
    events: UnboundedSender<Event>,
}

impl Proxy {
    /// Forwards what arrives, as soon as the proxy is open.
    async fn forward(mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let bytes = &buffer[..count];
            if bytes == SYNC {
                drop(self.events.send(Event::Checked));
            }
            let is_open = self.is_open.wait_for(|is_open| *is_open).await.is_ok();
            if !is_open || to.write_all(bytes).await.is_err() {
                return;
            }
        }
    }

    /// Accepts connections, and drops them while it is closed.
    async fn serve(self, listener: TcpListener, (host, port): (String, u16)) {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let is_open = *self.is_open.borrow();
            if !is_open {
                drop(client);
                drop(self.events.send(Event::Dropped));
                continue;
            }
            let server = TcpStream::connect((host.as_str(), port)).await.unwrap();
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::spawn(self.clone().forward(from_client, to_server));
            tokio::spawn(self.clone().forward(from_server, to_client));
        }
    }
}

#[testing::test]
async fn failed_connections_do_not_end_a_stall(pool: PgPool) {
    let direct = pool.connect_options();
    let server = (direct.get_host().to_owned(), direct.get_port());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (gate, is_open) = watch::channel(true);
    let (events, mut noted) = unbounded_channel();
    let proxy = Proxy { is_open, events };
    let proxying = tokio::spawn(proxy.serve(listener, server));
    let options = (*direct).clone().host("127.0.0.1").port(port);
    let options = options.ssl_mode(PgSslMode::Disable);
    let proxied = PgPoolOptions::new().connect_lazy_with(options);
    let (reports, mut reported) = unbounded_channel();
    let report = move |answers: bool| reports.send(answers).unwrap();
    let watching = tokio::spawn(async move { db::watch_database(&proxied, report).await });
    assert_eq!(noted.recv().await, Some(Event::Checked));
    gate.send_replace(false);
    // The second attempt to connect comes after what the first one has led to.
    let mut dropped = 0;
    while dropped < 2 {
        dropped += usize::from(noted.recv().await == Some(Event::Dropped));
    }
    assert_eq!(reported.try_recv(), Ok(false));
    assert!(reported.try_recv().is_err(), "the database is silent");
    gate.send_replace(true);
    assert_eq!(reported.recv().await, Some(true));
    proxying.abort();
    watching.abort();
    assert!(watching.await.is_err_and(|end| end.is_cancelled()));
}
