//! Access tokens, on either backend.

use domain::{
    access_tokens::{AccessToken, list::TokenParams},
    list::{Limits, PageParams},
};
use serde_json::Value;
use service::{Error, access::operator, access_tokens};
use uuid::Uuid;

use super::Backend;
use crate::cli::error::CliError;

/// Path of all users' access tokens in the API.
const TOKENS: &str = "/api/admin/tokens";

impl Backend {
    /// Returns the first page of matching access tokens, newest first.
    pub(in crate::cli) async fn tokens(
        &self,
        params: &TokenParams,
    ) -> Result<Vec<AccessToken>, CliError> {
        match self {
            Self::Database(services) => {
                let query = params.parse(Limits::API).map_err(Error::from)?;
                let tokens = access_tokens::list(services, &operator(), &query).await?;
                Ok(tokens.page.rows)
            }
            Self::Server(remote) => remote.get(TOKENS, &params.pairs()),
        }
    }

    /// Revokes an access token.
    pub(in crate::cli) async fn revoke_token(&self, id: Uuid) -> Result<(), CliError> {
        match self {
            Self::Database(services) => Ok(access_tokens::revoke(services, &operator(), id).await?),
            Self::Server(remote) => {
                let revoked = remote.delete::<Value>(&format!("{TOKENS}/{id}"), &[]);
                revoked.map(drop)
            }
        }
    }
}
