//! HTTP/1.1 messages on plain connections, one exchange per connection: for requests that no HTTP client builds, and for passing on
//! those of others as they are.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, bail};

/// Timeout of reading and writing.
const PATIENCE: Duration = Duration::from_secs(60);
/// Headers of a connection, which are written again.
const OF_CONNECTION: [&str; 6] = [
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
];

/// A request or a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// First line.
    pub(crate) start: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Length of a body without a header that names it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unnamed {
    /// There is no body, as in requests.
    Empty,
    /// The body ends with the connection, as in responses.
    Rest,
}

impl Message {
    /// Reads a request; None if the connection ends before one.
    pub(crate) fn read_request(input: &mut impl BufRead) -> Result<Option<Self>> {
        Self::read(input, Unnamed::Empty)
    }

    fn read(input: &mut impl BufRead, unnamed: Unnamed) -> Result<Option<Self>> {
        let start = line(input)?;
        if start.is_empty() {
            return Ok(None);
        }
        let mut message = Self {
            start,
            headers: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let line = line(input)?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').context("a header without a colon")?;
            let value = value.trim().to_owned();
            message.headers.push((name.to_owned(), value));
        }
        message.read_body(input, unnamed)?;
        Ok(Some(message))
    }

    fn read_body(&mut self, input: &mut impl BufRead, unnamed: Unnamed) -> Result<()> {
        let length = self.header("content-length").map(str::parse).transpose()?;
        if self.header("transfer-encoding").is_some() {
            while let Some(chunk) = chunk(input)? {
                self.body.extend(chunk);
            }
        } else if let Some(length) = length {
            self.body = exactly(input, length)?;
        } else if unnamed == Unnamed::Rest {
            input.read_to_end(&mut self.body)?;
        }
        Ok(())
    }

    /// Returns the value of a header, whose name is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Replaces a header.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Removes a header.
    pub(crate) fn remove(&mut self, name: &str) {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }

    /// Returns a word of the first line: method, target and version of a request, version and status of a response.
    pub(crate) fn word(&self, index: usize) -> &str {
        self.start.split(' ').nth(index).unwrap_or_default()
    }

    /// Returns the status of a response; 0 if it is none.
    pub(crate) fn status(&self) -> u16 {
        self.word(1).parse().unwrap_or_default()
    }

    /// Writes the message. The connection ends with it.
    pub(crate) fn write(&self, output: &mut impl Write) -> Result<()> {
        let mut head = format!("{}\r\n", self.start);
        for (name, value) in &self.headers {
            if !OF_CONNECTION.contains(&name.to_ascii_lowercase().as_str()) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        let length = self.body.len();
        head.push_str(&format!(
            "content-length: {length}\r\nconnection: close\r\n\r\n"
        ));
        output.write_all(head.as_bytes())?;
        output.write_all(&self.body)?;
        Ok(output.flush()?)
    }
}

/// Sends a request to a server, and returns the response.
pub(crate) fn exchange(address: SocketAddr, request: &Message) -> Result<Message> {
    let stream = open(TcpStream::connect(address)?)?;
    request.write(&mut &stream)?;
    let response = Message::read(&mut BufReader::new(&stream), Unnamed::Rest)?;
    response.context("the connection ended without a response")
}

/// Limits the time that a connection waits.
pub(crate) fn open(stream: TcpStream) -> Result<TcpStream> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Reads a line without its end; an empty one at the end of the input.
fn line(input: &mut impl BufRead) -> Result<String> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line)?;
    let line = String::from_utf8_lossy(&line);
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Reads a chunk of a body; None after the last one, with the trailers.
fn chunk(input: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let size = line(input)?;
    let size = size.split(';').next().unwrap_or_default().trim();
    let size = usize::from_str_radix(size, 16).context("a chunk without a size")?;
    if size == 0 {
        while !line(input)?.is_empty() {}
        return Ok(None);
    }
    let bytes = exactly(input, size)?;
    if !line(input)?.is_empty() {
        bail!("a chunk is longer than its size");
    }
    Ok(Some(bytes))
}

fn exactly(input: &mut impl BufRead, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Message {
        let read = Message::read_request(&mut text.as_bytes()).unwrap();
        read.unwrap()
    }

    #[test]
    fn messages_are_read_by_length_and_by_chunks() {
        let by_length = "PUT /a?b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcdef";
        let by_chunks = "PUT /a?b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: 1\r\n\r\n";
        for text in [by_length, by_chunks] {
            let read = request(text);
            assert_eq!((read.word(0), read.word(1)), ("PUT", "/a?b"));
            assert_eq!(read.body, b"abc");
        }
        assert_eq!(request("GET / HTTP/1.1\r\n\r\nabc").body, b"");
        assert_eq!(Message::read_request(&mut "".as_bytes()).unwrap(), None);
        let answer = &mut "HTTP/1.1 404 Not Found\r\n\r\nabc".as_bytes();
        let answer = Message::read(answer, Unnamed::Rest).unwrap().unwrap();
        assert_eq!((answer.status(), &*answer.body), (404, &b"abc"[..]));
        for broken in [
            "PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\na",
            "x\r\ny\r\n\r\n",
        ] {
            assert!(Message::read_request(&mut broken.as_bytes()).is_err());
        }
    }

    #[test]
    fn written_message_has_its_own_length_and_closes() {
        let mut message = request("POST / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
        message.body = b"{}".to_vec();
        message.set("host", "b");
        let mut written = Vec::new();
        message.write(&mut written).unwrap();
        let text = String::from_utf8(written).unwrap();
        let expected =
            "POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
        assert_eq!(text, expected);
    }
}
