//! Recorded conversations with a running server.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use recordings::{Address, Bindings, COOKIE, Exchange, Response, dialect_of, renamed};

use crate::{
    dialects::{Access, MASTER_KEY},
    http1::Message,
};

/// Cookies in the recordings that are not those of another system.
const OWN_COOKIES: [&str; 2] = ["session_token", "rollcall_device"];

/// A recorded conversation, in which the values of a server stand for the recorded ones.
pub(super) struct Conversation {
    pub(super) dialect: SocketAddr,
    pub(super) panel: SocketAddr,
    pub(super) bindings: Bindings,
}

impl Conversation {
    /// Begins the conversation of a client.
    pub(super) fn begin(access: &Access, panel: SocketAddr, client: &str) -> Result<Self> {
        let dialect = access.dialects.get(dialect_of(client));
        let bindings = Bindings::new(&[
            ("master_key", MASTER_KEY),
            ("admin_password", access.admin_password.as_str()),
            ("admin_token", access.admin_token.as_str()),
            ("panel_url", access.panel.as_str()),
        ]);
        Ok(Self {
            dialect: *dialect.context("a dialect without an address")?,
            panel,
            bindings,
        })
    }

    /// Returns a request as it is sent, and its address. The names of cookies have the port of the panel, apart from those of a dialect.
    pub(super) fn request(&self, exchange: &Exchange) -> (SocketAddr, Message) {
        let request = self.bindings.fill(&exchange.request);
        let to = match request.to {
            Address::Dialect => self.dialect,
            Address::Panel => self.panel,
        };
        let port = self.panel.port();
        let mut headers = request.headers;
        for (_, value) in headers.iter_mut().filter(|(name, _)| name == COOKIE) {
            *value = renamed(value, |name| {
                let has_port = OWN_COOKIES.contains(&name);
                if has_port {
                    format!("{name}_{port}")
                } else {
                    name.to_owned()
                }
            });
        }
        headers.push(("host".to_owned(), to.to_string()));
        let message = Message {
            start: format!("{} {} HTTP/1.1", request.method, request.target),
            headers,
            body: request.body.bytes(),
        };
        (to, message)
    }

    /// Compares a response with the recorded one, and learns the values of the server up to the first difference.
    ///
    /// # Errors
    /// The first difference.
    pub(super) fn compare(
        &mut self,
        exchange: &Exchange,
        response: &Message,
    ) -> Result<(), String> {
        let response = Response::read(response.status(), &response.headers, &response.body);
        self.bindings.compare(&exchange.response, &response)
    }
}

#[cfg(test)]
mod tests {
    use recordings::Request;

    use super::*;

    #[test]
    fn only_own_cookies_have_the_port() {
        let conversation = Conversation {
            dialect: ([127, 0, 0, 1], 1).into(),
            panel: ([127, 0, 0, 1], 2).into(),
            bindings: Bindings::new(&[]),
        };
        let cookies = [(
            COOKIE.to_owned(),
            "refresh_token=a; rollcall_device=b".to_owned(),
        )];
        let exchange = Exchange {
            request: Request::read(Address::Dialect, "GET", "/", &cookies, b""),
            response: Response::read(200, &[], b""),
        };
        let (_, message) = conversation.request(&exchange);
        let sent = message.headers.iter().find(|(name, _)| name == COOKIE);
        assert_eq!(sent.unwrap().1, "refresh_token=a; rollcall_device_2=b");
    }
}
