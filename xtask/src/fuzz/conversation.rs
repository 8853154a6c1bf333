//! Recorded conversations with a running server.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use recordings::{Address, Bindings, COOKIE, Exchange, Response, dialect_of, renamed};

use crate::{
    dialects::{Access, MASTER_KEY},
    http1::Message,
};

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

    /// Returns a request as it is sent, and its address. The names of cookies have the port of the panel.
    pub(super) fn request(&self, exchange: &Exchange) -> (SocketAddr, Message) {
        let request = self.bindings.fill(&exchange.request);
        let to = match request.to {
            Address::Dialect => self.dialect,
            Address::Panel => self.panel,
        };
        let port = self.panel.port();
        let mut headers = request.headers;
        for (_, value) in headers.iter_mut().filter(|(name, _)| name == COOKIE) {
            *value = renamed(value, |name| format!("{name}_{port}"));
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
