//! Accepting clients, also where the process has no descriptor left.

use std::{fs::File, io, net::SocketAddr, time::Duration};

use futures_util::FutureExt;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// Pause after a connection could not be accepted.
const PAUSE: Duration = Duration::from_millis(20);
/// File that is held open as a spare descriptor. It is closed when no descriptor is left: then the next client, which may be a
/// health check, still gets one.
const SPARE: &str = "/dev/null";

/// Listener with a spare descriptor, for one more client when the process has none left.
pub(crate) struct Listener {
    tcp: TcpListener,
    spare: Option<File>,
}

impl Listener {
    /// Binds an address.
    ///
    /// # Errors
    /// Fails if the address cannot be bound.
    pub(crate) async fn bind(address: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            tcp: TcpListener::bind(address).await?,
            spare: File::open(SPARE).ok(),
        })
    }

    /// Accepts the next client. Calls `make_room` if a client waits and no descriptor is left.
    pub(super) async fn accept(&mut self, make_room: impl Fn()) -> (TcpStream, SocketAddr) {
        loop {
            // A descriptor may be free again: the client that had the last one may have disconnected.
            self.spare = self.spare.take().or_else(|| File::open(SPARE).ok());
            let error = match self.tcp.accept().await {
                Ok(accepted) => return accepted,
                // A client that has disconnected before it was accepted is not worth a log line.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => error,
            };
            // Linux allocates a descriptor before it looks for a client, so this fails also if no client waits. Making room then
            // would disconnect the client that has just received the last descriptor.
            let is_waited_for = has_client(&self.tcp);
            if is_waited_for {
                tracing::warn!(%error, "cannot accept a connection");
            }
            if let Some(spare) = self.spare.take() {
                drop(spare);
                // Without awaiting: any other task that opens a descriptor would take this one.
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

/// Returns whether a client waits to be accepted.
fn has_client(listener: &TcpListener) -> bool {
    let mut listener = [PollFd::new(listener, PollFlags::IN)];
    poll(&mut listener, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
}
