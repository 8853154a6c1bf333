//! Who asks, and the proof that they may.

mod rights;

use std::marker::PhantomData;

use db::Backer;
use domain::{
    access::{Permission, Permissions, Principal},
    access_tokens::Scope,
    audit::Via,
    client_address::ClientAddress,
    rules::Doer,
};
use uuid::Uuid;

use crate::{Error, known_device::Device};

pub use rights::{
    ReadApiKeys, ReadAudit, ReadRegistrations, ReadSessions, ReadTokens, ReadUsers, ResolveApiKeys,
    Right, WriteApiKeys, WriteRegistrations, WriteSessions, WriteTokens, WriteUsers,
};

/// FOVEA's text.
pub(crate) const FORBIDDEN: Error = Error::Forbidden("Admin access required");
/// What an administrator is told too, who may give the role.
const NO_APPLICATION: Error =
    Error::Forbidden("Only an account with the role application is told the keys of people");

/// From where something is asked.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Address of the client.
    pub ip: Option<ClientAddress>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Names the log lines of the request.
    pub request_id: Option<Uuid>,
    /// The address under which the panel was asked, where none is set and the request says it.
    pub base_url: Option<String>,
    /// The device cookie of the browser.
    pub device: Device,
    /// The attempt that the request is at what its idempotency key stands for, if it came with one.
    pub attempt: Option<Uuid>,
}

/// By what somebody is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A session, by its public id.
    Session(Uuid),
    /// An access token, with which a program acts for them.
    Token(Lent),
}

/// What of its owner's rights an access token has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// Public id of the token.
    pub token: Uuid,
    /// What it is called on record.
    pub label: String,
    /// What it may do at most.
    pub scopes: Vec<Scope>,
}

impl Lent {
    /// What is left of its owner's rights.
    #[must_use]
    pub fn within(&self, rights: &Permissions) -> Permissions {
        within(&self.scopes, rights)
    }
}

/// Returns the scopes of stored words. A word of an older version permits nothing.
pub(crate) fn read_scopes(words: &[String]) -> Vec<Scope> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

/// Returns what is left of rights within the scopes of an access token.
pub(crate) fn within(scopes: &[Scope], rights: &Permissions) -> Permissions {
    let allowed: Vec<Permission> = scopes
        .iter()
        .filter_map(|scope| match scope {
            Scope::Account | Scope::DataRead | Scope::DataWrite => None,
            Scope::Permission(permission) => Some(*permission),
        })
        .collect();
    rights.within(&allowed)
}

/// Somebody who asks: a person who is signed in, or a program with their access token.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who, with the rights of this moment: with an access token, those of them that it has.
    pub principal: Principal,
    /// What they have shown of themselves.
    pub credential: Credential,
    /// By which door.
    pub via: Via,
    /// From where.
    pub origin: Origin,
}

/// Proof that somebody holds a right, and who. Only [`Actor::require`] and [`operator`] make one, so a function that takes
/// it cannot be called without asking.
#[derive(Debug, Clone)]
pub struct Granted<R> {
    author: Author,
    right: PhantomData<R>,
}

impl<R> Granted<R> {
    /// Who holds it.
    #[must_use]
    pub fn author(&self) -> &Author {
        &self.author
    }
}

/// Who makes a change, as rules and the record see them.
#[derive(Debug, Clone)]
pub struct Author {
    /// Their account, if they have one, and what they may do.
    pub doer: Doer,
    /// Their name at this time.
    pub label: String,
    /// By which door.
    pub via: Via,
    /// From where.
    pub origin: Origin,
    /// By what they are known, if they are signed in.
    pub credential: Option<Credential>,
    /// The time zone that they have set.
    pub time_zone: Option<String>,
    /// The entry of the action on many that the change is part of.
    pub part_of: Option<i64>,
}

impl Author {
    /// Their account, if they have one.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        self.doer.id.map(|id| id.0)
    }

    /// Who answers for what they make to be used later; none for the operator.
    #[must_use]
    pub(crate) fn backer(&self) -> Option<Backer> {
        let token = self.token().map(|lent| lent.token);
        self.id().map(|user| Backer { user, token })
    }

    /// In which session, if in one.
    #[must_use]
    pub fn session(&self) -> Option<Uuid> {
        match self.credential {
            Some(Credential::Session(id)) => Some(id),
            Some(Credential::Token(_)) | None => None,
        }
    }

    /// With which access token, if with one.
    #[must_use]
    pub fn token(&self) -> Option<&Lent> {
        match &self.credential {
            Some(Credential::Token(lent)) => Some(lent),
            Some(Credential::Session(_)) | None => None,
        }
    }

    /// Who makes a change that nobody asked for at this moment.
    #[must_use]
    pub(crate) fn job() -> Self {
        Self::without_account("Rollcall", Via::Job)
    }

    /// A person who does something for themselves, by a link and not by a session.
    #[must_use]
    pub(crate) fn person(id: domain::users::UserId, username: &str, origin: Origin) -> Self {
        Self {
            doer: Doer {
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
            doer: Doer {
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

/// The operator of the server, who may do everything: whoever can start `rollcall` there can read its database too.
#[must_use]
pub fn operator<R: Right>() -> Granted<R> {
    Granted {
        author: Author::without_account("command line", Via::Cli),
        right: PhantomData,
    }
}

impl Actor {
    /// The session in which a person asks: for what no access token is enough.
    ///
    /// # Errors
    /// [`Error::TokenNotAllowed`] when a program asks.
    pub fn session(&self) -> Result<Uuid, Error> {
        match self.credential {
            Credential::Session(id) => Ok(id),
            Credential::Token(_) => Err(Error::TokenNotAllowed),
        }
    }

    /// Proves that one's own account may be looked at.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token that was not made for it.
    pub fn require_account(&self) -> Result<(), Error> {
        self.require_own(Scope::Account)
    }

    /// Proves a right to what is one's own. Whoever is signed in has it.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token that was not made for it.
    pub(crate) fn require_own(&self, scope: Scope) -> Result<(), Error> {
        match &self.credential {
            Credential::Token(lent) if !lent.scopes.contains(&scope) => Err(self.lacks(scope)),
            Credential::Session(_) | Credential::Token(_) => Ok(()),
        }
    }

    fn lacks(&self, scope: Scope) -> Error {
        match self.credential {
            Credential::Session(_) if scope == Scope::Permission(Permission::ApiKeysResolve) => {
                NO_APPLICATION
            }
            Credential::Session(_) => FORBIDDEN,
            Credential::Token(_) => Error::OutOfScope(scope),
        }
    }

    /// Proves a right.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the actor lacks it, [`Error::OutOfScope`] when their access token does.
    pub fn require<R: Right>(&self) -> Result<Granted<R>, Error> {
        if !self.principal.permissions.include(R::PERMISSION) {
            return Err(self.lacks(Scope::Permission(R::PERMISSION)));
        }
        Ok(Granted {
            author: Author {
                doer: Doer {
                    id: Some(self.principal.id),
                    permissions: self.principal.permissions.clone(),
                },
                label: self.principal.username.clone(),
                via: self.via,
                origin: self.origin.clone(),
                credential: Some(self.credential.clone()),
                time_zone: self.principal.time_zone.clone(),
                part_of: None,
            },
            right: PhantomData,
        })
    }
}
