//! Callers, their credentials, and proofs of their permissions.

mod identity;
mod master_key;
mod readable;
mod token_grant;

use std::marker::PhantomData;

use db::Backer;
use domain::{
    access::Principal,
    access_tokens::Scope,
    audit::Via,
    client_address::ClientAddress,
    error::Forbidden,
    permission::{Permission, Permissions},
    policy::Subject,
};
use uuid::Uuid;

use crate::{Error, known_device::Device};

pub use domain::permission::{RequiredPermission, required::*};
pub use identity::{Identity, OperatorKey, operator};
pub use master_key::MasterKey;
pub use token_grant::TokenGrant;
pub(crate) use token_grant::{KEY_SCOPES, read_scopes, within};

/// Response text of FOVEA for a missing permission.
pub(crate) const FORBIDDEN: Error = Error::Forbidden(Forbidden::AdminRequired);

/// Returns the denial that names the missing permission. Its text is FOVEA's.
pub(crate) const fn lacking(permission: Permission) -> Error {
    Error::Forbidden(Forbidden::PermissionRequired(permission))
}

/// Denial for every role but `application`, administrators included: they can assign that role.
const NO_APPLICATION: Error = Error::Forbidden(Forbidden::ApplicationRoleRequired);

/// Network and client properties of a request.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// IP address of the client, if it is known.
    pub ip: Option<ClientAddress>,
    /// Value of the `User-Agent` header.
    pub user_agent: Option<String>,
    /// Id by which the log lines of the request are found.
    pub request_id: Option<Uuid>,
    /// Base URL taken from the request; used only where the configuration sets none.
    pub base_url: Option<String>,
    /// Device cookie of the browser.
    pub device: Device,
    /// Attempt at the operation that an idempotency key identifies. None for a request without such a key.
    pub attempt: Option<Uuid>,
    /// User that the caller acts for, as the caller names that user. It is not verified, and only the audit log shows it.
    pub changed_by: Option<String>,
}

/// Credential with which a caller is authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Session, by its public id.
    Session(Uuid),
    /// Access token, with which a program acts for its owner.
    Token(TokenGrant),
}

/// Authenticated caller: a signed-in user, or a program with the user's access token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// User with the current permissions; with an access token, only those within its scopes.
    pub principal: Principal,
    /// Credential of the request.
    pub credential: Credential,
    /// Interface through which the request came, as the audit log shows it.
    pub via: Via,
    /// Network and client properties of the request.
    pub origin: Origin,
}

/// Proof that a caller holds a permission, with the caller's identity. Only [`Caller::require`], [`operator`] and [`OperatorKey`]
/// create one, so a function that takes it cannot be called without the check.
#[derive(Debug, Clone)]
pub struct Authorized<R> {
    actor: Actor,
    right: PhantomData<R>,
}

impl<R> Authorized<R> {
    /// Returns the actor that holds the permission.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// Actor of a change, as the policy and the audit log see it.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Account of the actor, if there is one, and its permissions.
    pub subject: Subject,
    /// Name of the actor at the time of the change.
    pub label: String,
    /// Interface through which the change came.
    pub via: Via,
    /// Network and client properties of the request.
    pub origin: Origin,
    /// Credential of the request. None for the operator, for jobs and for links.
    pub credential: Option<Credential>,
    /// Time zone in the actor's settings.
    pub time_zone: Option<String>,
    /// Audit event of the bulk action that the change is part of.
    pub part_of: Option<i64>,
}

impl Actor {
    /// Returns the id of the actor's account. None for the operator and for jobs.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        self.subject.id.map(|id| id.0)
    }

    /// Returns the account and the token that answer for what is created now and used later. None without an account.
    #[must_use]
    pub(crate) fn backer(&self) -> Option<Backer> {
        let token = self.token().map(|grant| grant.token);
        self.id().map(|user| Backer { user, token })
    }

    /// Returns the public id of the session. None for any other credential.
    #[must_use]
    pub fn session(&self) -> Option<Uuid> {
        match self.credential {
            Some(Credential::Session(id)) => Some(id),
            Some(Credential::Token(_)) | None => None,
        }
    }

    /// Returns the access token. None for any other credential.
    #[must_use]
    pub fn token(&self) -> Option<&TokenGrant> {
        match &self.credential {
            Some(Credential::Token(grant)) => Some(grant),
            Some(Credential::Session(_)) | None => None,
        }
    }

    /// Returns the actor of changes by background jobs.
    #[must_use]
    pub(crate) fn job() -> Self {
        Self::without_account("Rollcall", Via::Job)
    }

    /// Returns a user as the actor of changes to the own account without a session, for example by a link.
    #[must_use]
    pub(crate) fn by_link(id: domain::users::UserId, username: &str, origin: Origin) -> Self {
        Self {
            subject: Subject {
                id: Some(id),
                permissions: Permissions::default(),
            },
            label: username.to_owned(),
            via: Via::Personal,
            origin,
            credential: None,
            time_zone: None,
            part_of: None,
        }
    }

    fn without_account(label: &str, via: Via) -> Self {
        Self {
            subject: Subject {
                id: None,
                permissions: Permissions::all(),
            },
            label: label.to_owned(),
            via,
            origin: Origin::default(),
            credential: None,
            time_zone: None,
            part_of: None,
        }
    }
}

impl Caller {
    /// Returns the session of the caller, for operations that no access token can do.
    ///
    /// # Errors
    /// [`Error::TokenNotAllowed`] for an access token.
    pub fn session(&self) -> Result<Uuid, Error> {
        match self.credential {
            Credential::Session(id) => Ok(id),
            Credential::Token(_) => Err(Error::TokenNotAllowed),
        }
    }

    /// Returns whether the credential can open a path of the API at all: a virtual key opens few.
    #[must_use]
    pub fn opens(&self, path: &str) -> bool {
        match &self.credential {
            Credential::Session(_) => true,
            Credential::Token(grant) => grant.kind.opens(path),
        }
    }

    /// Checks that the credential permits reading the caller's own account.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token without the scope.
    pub fn require_account(&self) -> Result<(), Error> {
        self.require_own(Scope::Account)
    }

    /// Checks that the credential permits access to the caller's own data. Every session does.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token without the scope.
    pub(crate) fn require_own(&self, scope: Scope) -> Result<(), Error> {
        match &self.credential {
            Credential::Token(grant) if !grant.scopes.contains(&scope) => Err(self.lacks(scope)),
            Credential::Session(_) | Credential::Token(_) => Ok(()),
        }
    }

    fn lacks(&self, scope: Scope) -> Error {
        match self.credential {
            Credential::Session(_) if scope == Scope::Permission(Permission::LimitsConsume) => {
                Error::Forbidden(Forbidden::ApplicationRequired)
            }
            Credential::Session(_) if scope == Scope::Permission(Permission::ApiKeysResolve) => {
                NO_APPLICATION
            }
            Credential::Session(_) => match scope {
                Scope::Permission(permission) => lacking(permission),
                Scope::Account | Scope::DataRead | Scope::DataWrite => FORBIDDEN,
            },
            Credential::Token(_) => Error::OutOfScope(scope),
        }
    }

    /// Returns the caller as an actor, whose permission the caller of this function checks.
    pub(crate) fn as_actor(&self) -> Actor {
        Actor {
            subject: Subject {
                id: Some(self.principal.id),
                permissions: self.principal.permissions.clone(),
            },
            label: self.principal.username.clone(),
            via: self.via,
            origin: self.origin.clone(),
            credential: Some(self.credential.clone()),
            time_zone: self.principal.time_zone.clone(),
            part_of: None,
        }
    }

    /// Checks a permission and returns the proof of it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the actor lacks the permission, [`Error::OutOfScope`] when the access token does.
    pub fn require<R: RequiredPermission>(&self) -> Result<Authorized<R>, Error> {
        if !self.principal.permissions.include(R::PERMISSION) {
            return Err(self.lacks(Scope::Permission(R::PERMISSION)));
        }
        Ok(Authorized {
            actor: self.as_actor(),
            right: PhantomData,
        })
    }
}
