//! A server that commands work on over its API, with an access token.
//!
//! Requests block, because a command has nothing else to do while it waits.

pub(super) mod address;
mod answer;
mod error;
mod request;
#[cfg(test)]
mod tests;

use std::{io, thread, time::Duration};

use axum::http::{HeaderValue, Method, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use ureq::{
    Agent, Body, BodyReader, Proxy,
    http::Response,
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::{error::CliError, user::print::note};
use crate::failure::BoxError;
use address::Address;
use answer::{Answer, Begun};
use request::Request;

/// Timeout of a connection, and of each part of a response.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest wait that a server can ask for before a request is sent again; also the limit of all waits for a request in progress.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Least that each wait counts against `LONGEST_WAIT`, which limits their number.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
/// User agent, by which the server's log shows this program.
const AGENT: &str = concat!("rollcall/", env!("CARGO_PKG_VERSION"));

/// A server, and the credentials for it.
pub(super) struct Remote {
    agent: Agent,
    address: Address,
    authorization: HeaderValue,
}

impl Remote {
    /// Creates a client for a server. Nothing is sent yet.
    pub(super) fn new(address: Address, token: &SecretString) -> Result<Self, BoxError> {
        Self::with_patience(address, token, PATIENCE)
    }

    fn with_patience(
        address: Address,
        token: &SecretString,
        patience: Duration,
    ) -> Result<Self, BoxError> {
        let bearer = format!("Bearer {}", token.expose_secret());
        let visible = bearer.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let authorization = HeaderValue::try_from(bearer).ok().filter(|_| visible);
        let mut authorization =
            authorization.ok_or("The access token contains invalid characters.")?;
        authorization.set_sensitive(true);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A redirect must not carry the token to another server.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Without encryption a proxy could read the token.
            .proxy(Proxy::try_from_env().filter(|_| address.https))
            .tls_config(trust(&address)?)
            .user_agent(AGENT)
            .timeout_resolve(Some(patience))
            .timeout_connect(Some(patience))
            .timeout_recv_response(Some(patience))
            .timeout_per_read(Some(patience))
            .timeout_per_write(Some(patience))
            .build();
        Ok(Self {
            agent: config.into(),
            address,
            authorization,
        })
    }

    /// Reads a resource.
    pub(super) fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, CliError> {
        self.ask(&Request::new(Method::GET, path, query))
    }

    /// Reads a page of a list, and the cursor of the next page.
    pub(super) fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<(Vec<T>, Option<String>), CliError> {
        let answer = self.answer(&Request::new(Method::GET, path, query))?;
        Ok((answer.json(&self.address)?, answer.next()))
    }

    /// Sends a `POST` request with a JSON body.
    pub(super) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CliError> {
        self.ask(&Request::new(Method::POST, path, &[]).with_body(body)?)
    }

    /// Sends a `POST` request without a body.
    pub(super) fn act<T: DeserializeOwned>(&self, path: &str) -> Result<T, CliError> {
        self.ask(&Request::new(Method::POST, path, &[]))
    }

    /// Sends a `PATCH` request with a JSON body.
    pub(super) fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CliError> {
        self.ask(&Request::new(Method::PATCH, path, &[]).with_body(body)?)
    }

    /// Sends a `PUT` request with a JSON body.
    pub(super) fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CliError> {
        self.ask(&Request::new(Method::PUT, path, &[]).with_body(body)?)
    }

    /// Sends a `DELETE` request.
    pub(super) fn delete<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, CliError> {
        self.ask(&Request::new(Method::DELETE, path, query))
    }

    /// Starts to read a file, which may be larger than memory.
    pub(super) fn file(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<BodyReader<'static>, CliError> {
        let request = Request::new(Method::GET, path, query);
        let begin = || self.attempt(&request, Begun::read);
        let begun = match begin()? {
            Begun::Answer(answer) if self.waits(&request, &answer) => begin()?,
            begun => begun,
        };
        match begun {
            Begun::File(body) => Ok(body),
            Begun::Answer(answer) => Err(answer.error(&self.address)),
        }
    }

    /// Returns the error of a file that ends early.
    pub(super) fn broken(&self, error: &io::Error) -> CliError {
        CliError::Failed(format!(
            "The download from {} is incomplete: {error}.",
            self.address
        ))
    }

    fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, CliError> {
        self.answer(request)?.json(&self.address)
    }

    /// Sends a request and reads the response. Sends it again after a wait that the server asks for.
    fn answer(&self, request: &Request) -> Result<Answer, CliError> {
        let answer = self.finished(request)?;
        if self.waits(request, &answer) {
            return self.attempt(request, Answer::read);
        }
        Ok(answer)
    }

    /// Waits as long as a server asks for after too many requests. Returns whether the request is worth another attempt: only
    /// reads are.
    fn waits(&self, request: &Request, answer: &Answer) -> bool {
        let wait = answer.wait().filter(|wait| *wait <= LONGEST_WAIT);
        let Some(wait) = wait.filter(|_| request.is_get()) else {
            return false;
        };
        let seconds = wait.as_secs();
        note(&format!(
            "{} limits requests. Retrying in {seconds} s.",
            self.address
        ));
        thread::sleep(wait);
        true
    }

    /// Sends a request and reads the response. While the server still processes an earlier attempt whose connection was cut, the
    /// request is repeated with the same key until its response is available.
    fn finished(&self, request: &Request) -> Result<Answer, CliError> {
        let mut waited = Duration::ZERO;
        loop {
            let answer = self.attempt(request, Answer::read)?;
            let wait = answer.in_progress().filter(|_| request.key.is_some());
            let Some(wait) = wait.filter(|_| waited < LONGEST_WAIT) else {
                return Ok(answer);
            };
            waited += wait.max(SHORTEST_WAIT);
            thread::sleep(wait);
        }
    }

    /// Sends a request, and once more if the connection was cut and a repetition is safe.
    fn attempt<T>(
        &self,
        request: &Request,
        read: impl Fn(Response<Body>) -> Result<T, ureq::Error>,
    ) -> Result<T, CliError> {
        let once = || self.send(request).and_then(&read);
        let done = match once() {
            Err(error) if request.is_repeatable() && error::is_cut(&error) => once(),
            done => done,
        };
        done.map_err(|error| self.message(request, &error))
    }

    fn send(&self, request: &Request) -> Result<Response<Body>, ureq::Error> {
        let mut asked = ureq::http::Request::builder()
            .method(&request.method)
            .uri(format!("{}{}", self.address, request.path))
            .header(header::AUTHORIZATION, &self.authorization);
        if let Some(key) = request.key {
            asked = asked.header("idempotency-key", key.to_string());
        }
        match &request.body {
            Some(body) => {
                let asked = asked.header(header::CONTENT_TYPE, "application/json");
                self.agent.run(asked.body(body.as_slice())?)
            }
            None => self.agent.run(asked.body(())?),
        }
    }

    fn message(&self, request: &Request, error: &ureq::Error) -> CliError {
        error::report(&self.address, request.is_get(), error)
    }
}

/// Returns the TLS configuration: the certificates that this machine trusts.
fn trust(address: &Address) -> Result<TlsConfig, BoxError> {
    if !address.https {
        return Ok(TlsConfig::default());
    }
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err("No CA certificates found. Install them (package ca-certificates), or set SSL_CERT_FILE to a file of \
                    certificates."
            .into());
    }
    let known: Vec<_> = found
        .certs
        .iter()
        .map(|known| Certificate::from_der(known).to_owned())
        .collect();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&known))
        .build())
}
