//! Requests while the database does not answer. They would wait for it without an end.

use std::future::pending;

use api::error::ApiError;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use dialects::DialectError;
use service::Error;
use tokio::sync::watch;

/// Whether the database answers. By default it does.
#[derive(Debug, Clone, Default)]
pub struct DatabaseState(Option<watch::Receiver<bool>>);

impl DatabaseState {
    /// Returns the state that the sender of a channel reports, true while the database answers.
    pub(crate) fn new(answers: watch::Receiver<bool>) -> Self {
        Self(Some(answers))
    }

    /// Waits for a response, but no longer than until the database is stalled.
    async fn limit(self, response: impl Future<Output = Response>) -> Result<Response, Error> {
        let stalled = async {
            let Some(mut answers) = self.0 else {
                return pending().await;
            };
            let is_stalled = answers.wait_for(|answers| !answers).await.is_ok();
            if !is_stalled {
                // The server is stopping, and its requests have time to finish.
                pending::<()>().await;
            }
        };
        tokio::select! {
            // A response without the database is complete at once.
            biased;
            response = response => Ok(response),
            () = stalled => Err(Error::Unavailable("the database does not answer".into())),
        }
    }
}

/// Answers 503 to a request of the panel or its API while the database is stalled.
pub(crate) async fn limit(
    State(database): State<DatabaseState>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    Ok(database.limit(next.run(request)).await?)
}

/// Answers 503 to a request of a dialect while the database is stalled.
pub(crate) async fn limit_dialect(
    State(database): State<DatabaseState>,
    request: Request,
    next: Next,
) -> Result<Response, DialectError> {
    Ok(database.limit(next.run(request)).await?)
}
