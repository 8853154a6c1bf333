//! What is done to access tokens, wherever that is.

use domain::{
    access_tokens::{AccessToken, list::TokenParams},
    list::{Limits, PageParams},
};
use serde_json::Value;
use service::{Error, access::operator, access_tokens};
use uuid::Uuid;

use super::Place;
use crate::cli::fault::Fault;

/// Where everybody's tokens are.
const TOKENS: &str = "/api/admin/tokens";

impl Place {
    /// The newest tokens that are asked for.
    pub(in crate::cli) async fn tokens(
        &self,
        params: &TokenParams,
    ) -> Result<Vec<AccessToken>, Fault> {
        match self {
            Self::Database(services) => {
                let query = params.parse(Limits::API).map_err(Error::from)?;
                let page = access_tokens::list(services, &operator(), &query).await?;
                Ok(page.tokens)
            }
            Self::Server(remote) => remote.get(TOKENS, &params.pairs()),
        }
    }

    /// Revokes a token.
    pub(in crate::cli) async fn revoke_token(&self, id: Uuid) -> Result<(), Fault> {
        match self {
            Self::Database(services) => Ok(access_tokens::revoke(services, &operator(), id).await?),
            Self::Server(remote) => {
                let revoked = remote.delete::<Value>(&format!("{TOKENS}/{id}"), &[]);
                revoked.map(drop)
            }
        }
    }
}
