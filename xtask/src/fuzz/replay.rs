//! Recorded requests of the clients of dialects, unaltered: a server in the state of the recorded one gives each the recorded response.

use anyhow::{Context, Result, bail};
use recordings::{Recording, dialect_of};

use super::conversation::Conversation;
use crate::{database::Sibling, dialects, http1, program::Program};

/// Starts a server as for a recording, and repeats the conversation of a client with it.
pub(super) fn run(
    program: &Program,
    database: &Sibling<'_>,
    client: &str,
    recording: &Recording,
) -> Result<()> {
    let scopes = recording.scopes.join(",");
    let (server, access) = dialects::start_alone(program, database, dialect_of(client), &scopes)?;
    let conversation = Conversation::begin(&access, server.address, client)?;
    let repeated = repeat(conversation, client, recording);
    server.stop_after(program, repeated)?;
    println!("{client}: {} recorded responses", recording.exchanges.len());
    Ok(())
}

/// Sends all requests, one after the other.
///
/// # Errors
/// The first difference of a response from the recorded one. Those after it can be its consequences.
fn repeat(mut conversation: Conversation, client: &str, recording: &Recording) -> Result<()> {
    for (index, exchange) in recording.exchanges.iter().enumerate() {
        let place = || exchange.place(client, index);
        let (to, request) = conversation.request(exchange);
        let response = http1::exchange(to, &request).with_context(place)?;
        if let Err(difference) = conversation.compare(exchange, &response) {
            bail!("{}: {difference}", place());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufReader, Write},
        net::{SocketAddr, TcpListener},
        thread,
    };

    use recordings::{Address, Bindings, Exchange, Request, Response};

    use super::*;
    use crate::http1::Message;

    /// Accepts a number of requests, and answers each with its target. Returns the address.
    fn serve(requests: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().take(requests) {
                let mut stream = stream.unwrap();
                let request = Message::read_request(&mut BufReader::new(&stream)).unwrap();
                let request = request.unwrap();
                let target = request.word(1);
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n{target}"
                )
                .unwrap();
            }
        });
        address
    }

    /// Returns a recording of requests to these targets, with these bodies of the responses.
    fn recording(exchanges: &[(&str, &str)]) -> Recording {
        let text = [("content-type".to_owned(), "text/plain".to_owned())];
        let exchange = |(target, body): &(&str, &str)| Exchange {
            request: Request::read(Address::Dialect, "GET", target, &[], b""),
            response: Response::read(200, &text, body.as_bytes()),
        };
        Recording {
            scopes: Vec::new(),
            exchanges: exchanges.iter().map(exchange).collect(),
        }
    }

    fn repeated(exchanges: &[(&str, &str)]) -> Result<()> {
        let address = serve(exchanges.len());
        let conversation = Conversation {
            dialect: address,
            panel: address,
            bindings: Bindings::new(&[]),
        };
        repeat(conversation, "echo", &recording(exchanges))
    }

    #[test]
    fn every_response_must_be_the_recorded_one() {
        repeated(&[("/a", "/{{id:1}}"), ("/{{id:1}}", "/a")]).unwrap();
        for (exchanges, place) in [
            (
                [("/a", "/a"), ("/b", "/c")],
                "echo/recording.json: exchange 1, GET /b: ",
            ),
            (
                [("/a", ""), ("/b", "/b")],
                "echo/recording.json: exchange 0, GET /a: ",
            ),
        ] {
            let difference = repeated(&exchanges).unwrap_err().to_string();
            assert!(difference.starts_with(place), "{difference}");
        }
    }
}
