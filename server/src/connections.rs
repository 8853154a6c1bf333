//! Connections of clients: their maximum number, and how long a client can keep one waiting.
//!
//! A client has ten seconds to send the head of a request. After the first ten seconds it sends a body and reads a response at a
//! kibibyte per second or faster. It can hold a connection without a request for 25 seconds. The time that the server itself
//! takes, as for an event stream or a long export, is not limited here. Beyond the maximum number, connections that wait for
//! their clients are closed.

mod body;
mod head;
mod listener;
mod patience;
mod registry;
mod stream;

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{HeaderValue, header},
    response::Response,
};
use domain::client_address::ClientAddress;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    sync::{mpsc, watch},
};
use tower::Service;

pub(crate) use listener::Listener;
pub(crate) use registry::Capacity;

use crate::proxies::TrustedProxies;
use body::{Held, Paced};
use registry::{Connection, Registry};
use stream::Noted;

/// Serves connections until the server stops, then finishes the requests in progress.
pub(crate) async fn serve(
    mut listener: Listener,
    app: Router,
    capacity: Capacity,
    proxies: TrustedProxies,
    mut stopped: watch::Receiver<bool>,
) {
    let registry = Registry::new(capacity);
    // The channel closes when the last connection has ended.
    let (open, mut ended) = mpsc::channel::<Infallible>(1);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept(|| registry.make_room()) => accepted,
            () = end(&mut stopped) => break,
        };
        let address = ClientAddress::from(peer.ip());
        // A trusted proxy sends the connections of many clients: only the total limits them.
        let network = (!proxies.contain(address)).then(|| address.network());
        let Some(connection) = registry.register(network) else {
            continue;
        };
        let (app, open, stopped) = (app.clone(), open.clone(), stopped.clone());
        tokio::spawn(async move {
            answer(stream, peer, app, connection, stopped).await;
            drop(open);
        });
    }
    drop((listener, open));
    while ended.recv().await.is_some() {}
}

/// Serves the requests of one connection.
async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    connection: Arc<Connection>,
    mut stopped: watch::Receiver<bool>,
) {
    let io = TokioIo::new(Noted::new(stream, Arc::clone(&connection)));
    let service = {
        let connection = Arc::clone(&connection);
        service_fn(move |request| respond(app.clone(), request, peer, &connection))
    };
    let mut server = pin!(
        http1::Builder::new()
            // Also the maximum number of bytes of a response that waits to be written.
            .max_buf_size(head::HEAD_MAX)
            .serve_connection(io, service)
    );
    tokio::select! {
        // The end of a connection, or its error, concerns only its client.
        _ = server.as_mut() => return,
        () = connection.overdue() => return,
        () = connection.closed() => {}
        () = end(&mut stopped) => {}
    }
    // A request in progress gets its response before the connection closes.
    if connection.is_busy() {
        server.as_mut().graceful_shutdown();
        tokio::select! {
            _ = server => {}
            () = connection.overdue() => {}
        }
    }
}

/// Waits until the server stops.
async fn end(stopped: &mut watch::Receiver<bool>) {
    drop(stopped.wait_for(|stop| *stop).await);
}

fn respond(
    mut app: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    connection: &Arc<Connection>,
) -> impl Future<Output = Result<Response, Infallible>> + use<> {
    let busy = connection.begin();
    let is_too_long = head::is_too_long(&request);
    let (parts, body) = request.into_parts();
    let body = Paced::new(Body::new(body), Arc::clone(connection));
    let end = body.end();
    let mut request = Request::from_parts(parts, Body::new(body));
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = (!is_too_long).then(|| app.call(request));
    async move {
        let mut response = match answer {
            Some(answer) => answer.await?,
            None => head::too_long(),
        };
        // The rest of the body may still be on its way. Hyper closes the connection then, which the client must know before it sends
        // another request.
        if !end.is_reached() {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        Ok(response.map(|body| Body::new(Held::new(body, busy))))
    }
}
