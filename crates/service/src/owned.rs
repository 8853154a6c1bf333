//! Data that users own in the host application: their own, or that of any user for administrators. Each change is audited
//! with the owner as its target, so that it appears in the owner's history.

pub mod annotations;
pub mod ontology;
pub mod personas;

use domain::{access_tokens::Scope, owned::Persona, rules::Deed};
use uuid::Uuid;

use crate::{
    Error,
    access::{Actor, Author, Granted, ReadUsers, WriteUsers},
    account, guard,
    record::{self, Change, Changes},
};

const NO_PERSONA: Error = Error::NotFound("Persona not found");

/// Scope of read access to owned data.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Only owner whose data is readable; None for all.
    owner: Option<Uuid>,
}

impl Reader {
    /// Creates a reader of the caller's own data.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token without the scope.
    pub fn own(actor: &Actor) -> Result<Self, Error> {
        actor.require_own(Scope::DataRead)?;
        Ok(Self {
            owner: Some(actor.principal.id.0),
        })
    }

    /// Creates a reader of the data of all users.
    #[must_use]
    pub fn all(_: &Granted<ReadUsers>) -> Self {
        Self { owner: None }
    }

    /// Returns whether data of this owner is readable. Data that is not is reported as not found.
    fn sees(&self, owner: Uuid) -> bool {
        self.owner.is_none_or(|own| own == owner)
    }
}

/// Scope of write access to owned data.
#[derive(Debug)]
pub struct Writer(Who);

#[derive(Debug)]
enum Who {
    /// Access to the caller's own data.
    Own(Box<Actor>),
    /// Access to the data of any user, subject to the policy.
    All(Box<Granted<WriteUsers>>),
}

impl Writer {
    /// Creates a writer of the caller's own data.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token without the scope.
    pub fn own(actor: Actor) -> Result<Self, Error> {
        actor.require_own(Scope::DataWrite)?;
        Ok(Self(Who::Own(Box::new(actor))))
    }

    /// Creates a writer of the data of any user.
    #[must_use]
    pub fn all(granted: Granted<WriteUsers>) -> Self {
        Self(Who::All(Box::new(granted)))
    }

    /// Returns the owner of new data: the caller, or for administrators the named user.
    fn owner(&self, named: Option<Uuid>) -> Result<Uuid, Error> {
        match (&self.0, named) {
            (Who::Own(actor), _) => Ok(actor.principal.id.0),
            (Who::All(_), Some(owner)) => Ok(owner),
            (Who::All(_), None) => Err(guard::NOT_FOUND),
        }
    }

    fn reader(&self) -> Reader {
        let owner = match &self.0 {
            Who::Own(actor) => Some(actor.principal.id.0),
            Who::All(_) => None,
        };
        Reader { owner }
    }

    /// Locks the account of an owner, and checks that the writer can change its data.
    async fn open(&self, transaction: &mut db::Transaction, owner: Uuid) -> Result<Opened, Error> {
        let (author, account) = match &self.0 {
            Who::Own(actor) => {
                let account = account::open_by_any(transaction, actor).await?;
                (account::author(actor), account)
            }
            Who::All(granted) => {
                let author = granted.author();
                let account = guard::open(transaction, author, Deed::Edit, owner).await?;
                (author.clone(), account)
            }
        };
        Ok(Opened {
            author,
            owner: account.id,
            username: account.username,
        })
    }

    /// Locks the account of a persona's owner as [`Self::open`] does, then the persona until the end of the transaction.
    async fn open_persona(
        &self,
        transaction: &mut db::Transaction,
        id: Uuid,
    ) -> Result<(Opened, Persona), Error> {
        let found = personas::visible(transaction, &self.reader(), id).await?;
        let opened = self.open(transaction, found.user_id).await?;
        let persona = db::owned::personas::lock(transaction, id).await?;
        // It can have been transferred to another owner before the lock.
        let persona = persona.filter(|persona| persona.user_id == opened.owner);
        Ok((opened, persona.ok_or(NO_PERSONA)?))
    }
}

/// Locked account of an owner, with the actor who changes its data.
struct Opened {
    author: Author,
    owner: Uuid,
    username: String,
}

impl Opened {
    /// Audits a change, with the owner as its target.
    async fn record(
        &self,
        transaction: &mut db::Transaction,
        action: &'static str,
        changes: Changes,
    ) -> Result<(), Error> {
        let change = Change {
            action,
            user: (self.owner, &self.username),
            changes,
            reason: None,
        };
        record::write(transaction, &self.author, change).await
    }
}
