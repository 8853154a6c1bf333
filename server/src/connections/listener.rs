//! Accepting clients, also where the process has no descriptor left.

use std::{fs::File, io, net::SocketAddr, time::Duration};

use futures_util::FutureExt;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// How long to wait where no connection can be accepted.
const PAUSE: Duration = Duration::from_millis(20);
/// What is opened only to be closed when there is no descriptor left: then the next client, who may ask for the server's
/// health, still gets one.
const SPARE: &str = "/dev/null";

/// A listener with a descriptor for one client more than the process has descriptors for.
pub(crate) struct Listener {
    tcp: TcpListener,
    spare: Option<File>,
}

impl Listener {
    /// Listens at an address.
    ///
    /// # Errors
    /// When the address cannot be listened at.
    pub(crate) async fn bind(address: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            tcp: TcpListener::bind(address).await?,
            spare: File::open(SPARE).ok(),
        })
    }

    /// Accepts the next client. Calls `make_room` where a client waits that there is no descriptor for.
    pub(super) async fn accept(&mut self, make_room: impl Fn()) -> (TcpStream, SocketAddr) {
        loop {
            // The client that had the descriptor of the last one may have left.
            self.spare = self.spare.take().or_else(|| File::open(SPARE).ok());
            let error = match self.tcp.accept().await {
                Ok(accepted) => return accepted,
                // A client that has left already is not worth a line.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => error,
            };
            // Linux takes a descriptor before it looks for a client: after the client that got the last one this fails at
            // once. To make room then, where no other client waits, would cut off that very client.
            let is_waited_for = has_client(&self.tcp);
            if is_waited_for {
                tracing::warn!(%error, "a connection could not be accepted");
            }
            if let Some(spare) = self.spare.take() {
                drop(spare);
                // At once: anything else that opens a descriptor would take this one.
                match self.tcp.accept().now_or_never() {
                    Some(Ok(accepted)) => return accepted,
                    Some(Err(_)) => {}
                    // No client waits.
                    None => continue,
                }
            } else if is_waited_for {
                make_room();
            }
            sleep(PAUSE).await;
        }
    }
}

/// Whether a client waits to be accepted.
fn has_client(listener: &TcpListener) -> bool {
    let mut listener = [PollFd::new(listener, PollFlags::IN)];
    poll(&mut listener, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
}
