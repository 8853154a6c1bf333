//! Access tokens, on either backend.

use domain::{
    access_tokens::{
        AccessToken, IssuedKey, KeyDraft, RotationDraft, VirtualKeyEdit, list::TokenParams,
    },
    list::{Limits, PageParams},
};
use serde_json::Value;
use service::{Error, access::operator, access_tokens};
use uuid::Uuid;

use super::Backend;
use crate::cli::error::CliError;

/// Path of all users' access tokens in the API.
const TOKENS: &str = "/api/admin/tokens";
/// Path of virtual keys in the API.
const KEYS: &str = "/api/admin/virtual-keys";

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
            Self::Database(services) => {
                access_tokens::revoke(services, &operator(), id).await?;
                Ok(())
            }
            Self::Server(remote) => {
                let revoked = remote.delete::<Value>(&format!("{TOKENS}/{id}"), &[]);
                revoked.map(drop)
            }
        }
    }

    /// Creates a virtual key for a user.
    pub(in crate::cli) async fn create_key(
        &self,
        user: Uuid,
        draft: &KeyDraft,
    ) -> Result<IssuedKey, CliError> {
        match self {
            Self::Database(services) => {
                Ok(access_tokens::create_key(services, &operator(), user, draft).await?)
            }
            Self::Server(remote) => {
                remote.post(&format!("{}/virtual-keys", Self::user_path(user)), draft)
            }
        }
    }

    /// Changes a virtual key.
    pub(in crate::cli) async fn edit_key(
        &self,
        id: Uuid,
        edit: &VirtualKeyEdit,
    ) -> Result<AccessToken, CliError> {
        match self {
            Self::Database(services) => {
                Ok(access_tokens::edit_key(services, &operator(), id, edit).await?)
            }
            Self::Server(remote) => remote.patch(&format!("{KEYS}/{id}"), edit),
        }
    }

    /// Blocks a virtual key.
    pub(in crate::cli) async fn block_key(&self, id: Uuid) -> Result<(), CliError> {
        match self {
            Self::Database(services) => Ok(access_tokens::block(services, &operator(), id).await?),
            Self::Server(remote) => {
                let blocked = remote.act::<Value>(&format!("{KEYS}/{id}/block"));
                blocked.map(drop)
            }
        }
    }

    /// Unblocks a virtual key.
    pub(in crate::cli) async fn unblock_key(&self, id: Uuid) -> Result<(), CliError> {
        match self {
            Self::Database(services) => {
                Ok(access_tokens::unblock(services, &operator(), id).await?)
            }
            Self::Server(remote) => {
                let unblocked = remote.act::<Value>(&format!("{KEYS}/{id}/unblock"));
                unblocked.map(drop)
            }
        }
    }

    /// Replaces the secret of a virtual key.
    pub(in crate::cli) async fn rotate_key(
        &self,
        id: Uuid,
        draft: &RotationDraft,
    ) -> Result<IssuedKey, CliError> {
        match self {
            Self::Database(services) => {
                Ok(access_tokens::rotate(services, &operator(), id, draft).await?)
            }
            Self::Server(remote) => remote.post(&format!("{KEYS}/{id}/rotate"), draft),
        }
    }
}
