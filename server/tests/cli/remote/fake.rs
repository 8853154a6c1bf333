//! Fake servers.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A server that sends prepared responses, one per request, and stores the requests.
pub(super) struct Fake {
    pub(super) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

/// Starts a fake with these responses. For an empty one it disconnects.
pub(super) fn fake(answers: &[String]) -> Fake {
    fake_over(answers, Ok)
}

/// Starts a fake whose connections are prepared by `open`.
pub(super) fn fake_over<S: Read + Write>(
    answers: &[String],
    open: impl Fn(TcpStream) -> std::io::Result<S> + Send + 'static,
) -> Fake {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (answers, notes) = (answers.to_vec(), Arc::clone(&asked));
    thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            // A client that does not trust the server disconnects.
            let Ok(mut stream) = open(stream) else {
                continue;
            };
            let Some(request) = read(&mut stream) else {
                continue;
            };
            notes.lock().unwrap().push(request);
            drop(stream.write_all(answer.as_bytes()));
            drop(stream.flush());
        }
    });
    Fake { port, asked }
}

/// Reads a request with its body; None if it is incomplete.
fn read(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(String::from_utf8(bytes).unwrap());
            }
        }
        let mut byte = [0];
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.extend(byte);
    }
}

impl Fake {
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the requests so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Returns a response with these header lines and a body.
pub(super) fn answer(status: &str, head: &[&str], body: &str) -> String {
    let head: String = head.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{head}\r\n{body}"
    )
}

/// Returns a response with JSON.
pub(super) fn json(status: &str, body: &str) -> String {
    answer(status, &["content-type: application/json"], body)
}
