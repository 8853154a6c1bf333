//! What access tokens and virtual keys permit.

use domain::{
    access_tokens::{Scope, TokenKind},
    error::Forbidden,
    permission::{Permission, Permissions},
};
use uuid::Uuid;

use super::Actor;
use crate::Error;

/// Scopes of every virtual key: what the paths that it opens require. See [`TokenKind::opens`].
pub(crate) const KEY_SCOPES: [Scope; 4] = [
    Scope::Account,
    Scope::DataRead,
    Scope::Permission(Permission::AccessRead),
    Scope::Permission(Permission::LimitsConsume),
];

/// Share of its owner's permissions that an access token carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenGrant {
    /// Public id of the token.
    pub token: Uuid,
    /// Kind of the token.
    pub kind: TokenKind,
    /// Name and prefix of the token, as the audit log shows it.
    pub label: String,
    /// Upper limit of what the token permits.
    pub scopes: Vec<Scope>,
}

impl TokenGrant {
    /// Returns the owner's permissions that are within the scopes of the token. A virtual key has those of its scopes for its owner alone,
    /// whatever roles the owner has.
    #[must_use]
    pub fn within(&self, rights: &Permissions) -> Permissions {
        match self.kind {
            TokenKind::Token => within(&self.scopes, rights),
            TokenKind::Key => {
                let names = permissions(&self.scopes);
                let names = names.map(|permission| permission.as_str().to_owned());
                Permissions::new(names.collect())
            }
        }
    }
}

/// Parses stored scopes. An unknown scope, of an older version, permits nothing and is skipped.
pub(crate) fn read_scopes(words: &[String]) -> Vec<Scope> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

/// Returns the permissions that are within the scopes of an access token.
pub(crate) fn within(scopes: &[Scope], rights: &Permissions) -> Permissions {
    let allowed: Vec<Permission> = permissions(scopes).collect();
    rights.within(&allowed)
}

/// Lists the permissions among scopes. Those for the caller's own data are checked by `require_own` and grant no permission.
fn permissions(scopes: &[Scope]) -> impl Iterator<Item = Permission> {
    scopes.iter().filter_map(|scope| match scope {
        Scope::Account | Scope::DataRead | Scope::DataWrite => None,
        Scope::Permission(permission) => Some(*permission),
    })
}

impl Actor {
    /// Returns the id of the virtual key of the request. None for any other credential.
    #[must_use]
    pub(crate) fn key(&self) -> Option<Uuid> {
        let grant = self.token()?;
        (grant.kind == TokenKind::Key).then_some(grant.token)
    }

    /// Checks that the actor can ask for and count what a user does: with a virtual key the owner only.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a virtual key of another user.
    pub(crate) fn require_for(&self, user: Uuid) -> Result<(), Error> {
        if self.key().is_none() || self.id() == Some(user) {
            Ok(())
        } else {
            Err(Error::Forbidden(Forbidden::KeyOwnerRequired))
        }
    }
}
