//! Data that users own in the host application: their own, or that of any user for administrators. Each change is audited
//! with the owner as its target, so that it appears in the owner's history.

pub mod annotations;
pub mod extensions;
pub mod ontology;
pub mod personas;

use domain::{
    access_tokens::Scope, action::Action, error::Entity, owned::Persona, users::action::UserAction,
};
use uuid::Uuid;

use crate::{
    Error,
    access::{Actor, Authorized, Caller, UsersRead, UsersWrite},
    account,
    audit::{self, Audited, Change, Changes},
    guard,
};

const NO_PERSONA: Error = Error::NotFound(Entity::Persona);

/// Scope of read access to owned data.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Only owner whose data is readable; None for all.
    owner: Option<Uuid>,
    /// User whose clients limit the personas; None for the operator.
    viewer: Option<Uuid>,
}

impl Reader {
    /// Creates a reader of the caller's own data.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token without the scope.
    pub fn own(caller: &Caller) -> Result<Self, Error> {
        caller.require_own(Scope::DataRead)?;
        let own = Some(caller.principal.id.0);
        Ok(Self {
            owner: own,
            viewer: own,
        })
    }

    /// Creates a reader of the data of all users.
    #[must_use]
    pub fn all(authorized: &Authorized<UsersRead>) -> Self {
        Self {
            owner: None,
            viewer: authorized.actor().id(),
        }
    }

    /// Returns whether data of this owner is readable. Data that is not is reported as not found.
    fn sees(&self, owner: Uuid) -> bool {
        self.owner.is_none_or(|own| own == owner)
    }
}

/// Scope of write access to owned data.
#[derive(Debug)]
pub struct Writer(DataScope);

#[derive(Debug)]
enum DataScope {
    /// Access to the caller's own data.
    Own(Box<Caller>),
    /// Access to the data of any user, subject to the policy.
    Any(Box<Authorized<UsersWrite>>),
}

impl Writer {
    /// Creates a writer of the caller's own data.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token without the scope.
    pub fn own(caller: Caller) -> Result<Self, Error> {
        caller.require_own(Scope::DataWrite)?;
        Ok(Self(DataScope::Own(Box::new(caller))))
    }

    /// Creates a writer of the data of any user.
    #[must_use]
    pub fn all(authorized: Authorized<UsersWrite>) -> Self {
        Self(DataScope::Any(Box::new(authorized)))
    }

    /// Returns whether the writer can read the data as well, which neither the scope nor the permission to write includes.
    #[must_use]
    pub fn can_read(&self) -> bool {
        match &self.0 {
            DataScope::Own(caller) => Reader::own(caller).is_ok(),
            DataScope::Any(authorized) => authorized.can_read(),
        }
    }

    /// Returns the owner of new data: the caller, or for administrators the named user.
    fn owner(&self, named: Option<Uuid>) -> Result<Uuid, Error> {
        match (&self.0, named) {
            (DataScope::Own(caller), _) => Ok(caller.principal.id.0),
            (DataScope::Any(_), Some(owner)) => Ok(owner),
            (DataScope::Any(_), None) => Err(guard::NOT_FOUND),
        }
    }

    fn reader(&self) -> Reader {
        let (owner, viewer) = match &self.0 {
            DataScope::Own(caller) => {
                let own = Some(caller.principal.id.0);
                (own, own)
            }
            DataScope::Any(authorized) => (None, authorized.actor().id()),
        };
        Reader { owner, viewer }
    }

    /// Locks the account of an owner, and checks that the writer can change its data.
    async fn open(
        &self,
        transaction: &mut db::Transaction,
        owner: Uuid,
    ) -> Result<OpenedOwner, Error> {
        let (actor, account) = match &self.0 {
            DataScope::Own(caller) => {
                let account = account::open_by_any(transaction, caller).await?;
                (account::actor(caller), account)
            }
            DataScope::Any(authorized) => {
                let actor = authorized.actor();
                let account = guard::open(transaction, actor, UserAction::Edit, owner).await?;
                (actor.clone(), account)
            }
        };
        Ok(OpenedOwner {
            actor,
            owner: account.id,
            username: account.username,
        })
    }

    /// Locks the account of a persona's owner as [`Self::open`] does, then the persona until the end of the transaction.
    async fn open_persona(
        &self,
        transaction: &mut db::Transaction,
        id: Uuid,
    ) -> Result<(OpenedOwner, Persona), Error> {
        let found = personas::visible(transaction, &self.reader(), id).await?;
        let opened = self.open(transaction, found.user_id).await?;
        let persona = db::owned::personas::lock(transaction, id).await?;
        // It can have been transferred to another owner before the lock.
        let persona = persona.filter(|persona| persona.user_id == opened.owner);
        Ok((opened, persona.ok_or(NO_PERSONA)?))
    }
}

/// Locked account of an owner, with the actor who changes its data.
struct OpenedOwner {
    actor: Actor,
    owner: Uuid,
    username: String,
}

impl OpenedOwner {
    /// Audits a change, with the owner as its target.
    async fn write_entry(
        &self,
        transaction: &mut db::Transaction,
        action: Action,
        changes: Changes,
    ) -> Result<Audited, Error> {
        let change = Change {
            action,
            user: (self.owner, &self.username),
            changes,
            reason: None,
        };
        audit::write(transaction, &self.actor, change).await
    }
}
