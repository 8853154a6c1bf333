//! Proxy between a client and the server, which records their conversation.

use std::{
    io::BufReader,
    mem,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use anyhow::{Result, bail};
use recordings::{Address, Body, Exchange, Request, Response};

use crate::http1::{self, Message};

/// Records exchanges in the order of the requests: it passes on one after the other.
#[derive(Clone, Default)]
pub(super) struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    exchanges: Vec<Exchange>,
    errors: Vec<String>,
}

impl Recorder {
    /// Accepts connections at a free address until the program ends, and passes their requests on to `server`. Returns the address.
    pub(super) fn listen(&self, to: Address, server: SocketAddr) -> Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let recorder = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let recorder = recorder.clone();
                thread::spawn(move || {
                    let passed = stream
                        .map_err(Into::into)
                        .and_then(|stream| recorder.pass_on(to, server, stream));
                    if let Err(error) = passed {
                        recorder.lock().errors.push(format!("{error:#}"));
                    }
                });
            }
        });
        Ok(address)
    }

    /// Returns the exchanges.
    ///
    /// # Errors
    /// One of them could not be passed on or recorded.
    pub(super) fn take(&self) -> Result<Vec<Exchange>> {
        let recorded = mem::take(&mut *self.lock());
        if !recorded.errors.is_empty() {
            bail!("the proxy failed: {}", recorded.errors.join("; "));
        }
        Ok(recorded.exchanges)
    }

    fn pass_on(&self, to: Address, server: SocketAddr, stream: TcpStream) -> Result<()> {
        let stream = http1::open(stream)?;
        let Some(mut request) = Message::read_request(&mut BufReader::new(&stream))? else {
            return Ok(());
        };
        request.set("host", &server.to_string());
        // Recorded bodies are readable.
        request.remove("accept-encoding");
        let mut recorded = self.lock();
        let response = http1::exchange(server, &request)?;
        recorded.exchanges.push(read(to, &request, &response)?);
        drop(recorded);
        response.write(&mut &stream)
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(to: Address, request: &Message, response: &Message) -> Result<Exchange> {
    let (method, target) = (request.word(0), request.word(1));
    let request = Request::read(to, method, target, &request.headers, &request.body);
    if request.body == Body::Omitted {
        bail!("{method} {target} has a body that cannot be recorded");
    }
    let response = Response::read(response.status(), &response.headers, &response.body);
    Ok(Exchange { request, response })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn exchanges_are_passed_on_and_recorded_in_order() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let answering = thread::spawn(move || {
            for stream in server.incoming().take(2) {
                let mut stream = stream.unwrap();
                let request = Message::read_request(&mut BufReader::new(&stream)).unwrap();
                let request = request.unwrap();
                assert_eq!(request.header("accept-encoding"), None);
                let target = request.word(1);
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n{target}"
                )
                .unwrap();
            }
        });
        let recorder = Recorder::default();
        let proxy = recorder.listen(Address::Panel, address).unwrap();
        for target in ["/a", "/b?c=d"] {
            let request = Message {
                start: format!("GET {target} HTTP/1.1"),
                headers: vec![("Accept-Encoding".into(), "gzip".into())],
                body: Vec::new(),
            };
            let response = http1::exchange(proxy, &request).unwrap();
            assert_eq!(response.body, target.as_bytes());
        }
        answering.join().unwrap();
        let recorded = recorder.take().unwrap();
        let targets: Vec<&str> = recorded.iter().map(|one| &*one.request.target).collect();
        assert_eq!(targets, ["/a", "/b?c=d"]);
        assert_eq!(recorded[1].response.body, Body::Text("/b?c=d".into()));
        assert!(recorded.iter().all(|one| one.request.to == Address::Panel));
    }
}
