//! Requests to a server.

use axum::http::Method;
use serde::Serialize;
use uuid::Uuid;

use crate::cli::error::CliError;

/// A request to a server.
pub(super) struct Request {
    pub(super) method: Method,
    /// Path and query.
    pub(super) path: String,
    pub(super) body: Option<Vec<u8>>,
    /// Idempotency key, by which a server recognises a repeated request; None for methods that need none.
    pub(super) key: Option<Uuid>,
}

impl Request {
    /// Creates a request without a body.
    pub(super) fn new(method: Method, path: &str, query: &[(&str, &str)]) -> Self {
        let mut path = path.to_owned();
        if !query.is_empty() {
            let mut pairs = form_urlencoded::Serializer::new(String::new());
            path.push('?');
            path.push_str(&pairs.extend_pairs(query).finish());
        }
        let key = (method == Method::POST).then(Uuid::now_v7);
        Self {
            method,
            path,
            body: None,
            key,
        }
    }

    /// Adds a JSON body.
    pub(super) fn with_body(self, body: &impl Serialize) -> Result<Self, CliError> {
        let body = serde_json::to_vec(body).map_err(|error| CliError::Failed(error.to_string()))?;
        Ok(Self {
            body: Some(body),
            ..self
        })
    }

    /// Returns whether the request only reads.
    pub(super) fn is_get(&self) -> bool {
        self.method == Method::GET
    }

    /// Returns whether sending the request twice has the same effect as sending it once.
    pub(super) fn is_repeatable(&self) -> bool {
        self.is_get() || self.key.is_some()
    }
}
