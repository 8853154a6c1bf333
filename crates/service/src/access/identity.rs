//! Identities of requests: users, and the operator of the server, who holds every permission without an account.

use std::marker::PhantomData;

use domain::{audit::Via, error::Unauthenticated};

use super::{Actor, Authorized, Caller, Origin, RequiredPermission};
use crate::Error;

/// Returns the proof for the operator of the server, who holds every permission: the account that can start `rollcall` can
/// read the database too.
#[must_use]
pub fn operator<R: RequiredPermission>() -> Authorized<R> {
    Authorized {
        actor: Actor::without_account("command line", Via::Cli),
        right: PhantomData,
    }
}

/// Key from the configuration, with which a program acts for the operator. The code that accepts the key has compared it.
#[derive(Debug, Clone)]
pub struct OperatorKey {
    /// Name of the key in the audit log, such as `litellm master key`.
    pub label: &'static str,
    /// Network and client properties of the request.
    pub origin: Origin,
}

impl OperatorKey {
    /// Returns the proof of a permission: the operator holds every one.
    #[must_use]
    pub fn require<R: RequiredPermission>(&self) -> Authorized<R> {
        Authorized {
            actor: Actor {
                origin: self.origin.clone(),
                ..Actor::without_account(self.label, Via::Api)
            },
            right: PhantomData,
        }
    }
}

/// Identity of a request: a user, or the operator by a key.
#[derive(Debug, Clone)]
pub enum Identity {
    /// A user, by a session, an access token or a credential of a dialect.
    User(Box<Caller>),
    /// The operator.
    Operator(OperatorKey),
}

impl Identity {
    /// Returns the user; None for the operator.
    #[must_use]
    pub fn into_caller(self) -> Option<Caller> {
        match self {
            Self::User(caller) => Some(*caller),
            Self::Operator(_) => None,
        }
    }

    /// Returns the user, for operations on the own account.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for the operator, who has no account.
    pub fn user(&self) -> Result<&Caller, Error> {
        match self {
            Self::User(caller) => Ok(caller),
            Self::Operator(_) => Err(Error::Unauthenticated(Unauthenticated::NotAuthenticated)),
        }
    }

    /// Checks a permission and returns the proof of it.
    ///
    /// # Errors
    /// As [`Caller::require`]. The operator holds every permission.
    pub fn require<R: RequiredPermission>(&self) -> Result<Authorized<R>, Error> {
        match self {
            Self::User(caller) => caller.require(),
            Self::Operator(key) => Ok(key.require()),
        }
    }
}

impl From<Caller> for Identity {
    fn from(caller: Caller) -> Self {
        Self::User(Box::new(caller))
    }
}
