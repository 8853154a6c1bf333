//! What people own in the host application: each their own, and everybody's for whoever looks after people. Each change is an
//! entry about the owner, so that it is found in their history.

pub mod annotations;
pub mod ontology;
pub mod personas;
pub(crate) mod quota;

use domain::{access_tokens::Scope, owned::Persona, rules::Deed};
use uuid::Uuid;

use crate::{
    Error,
    access::{Actor, Author, Granted, ReadUsers, WriteUsers},
    account,
    record::{self, Change, Changes},
    users::guard,
};

const NO_PERSONA: Error = Error::NotFound("Persona not found");

/// Who looks at what people own.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Theirs alone; otherwise everybody's.
    owner: Option<Uuid>,
}

impl Reader {
    /// Somebody who looks at their own.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token that was not made for it.
    pub fn own(actor: &Actor) -> Result<Self, Error> {
        actor.require_own(Scope::DataRead)?;
        Ok(Self {
            owner: Some(actor.principal.id.0),
        })
    }

    /// Somebody who looks after people.
    #[must_use]
    pub fn all(_: &Granted<ReadUsers>) -> Self {
        Self { owner: None }
    }

    /// What is somebody else's is not there.
    fn sees(&self, owner: Uuid) -> bool {
        self.owner.is_none_or(|own| own == owner)
    }
}

/// Who changes what people own.
#[derive(Debug)]
pub struct Writer(Who);

#[derive(Debug)]
enum Who {
    /// Somebody who changes their own.
    Own(Box<Actor>),
    /// Somebody who looks after people.
    All(Box<Granted<WriteUsers>>),
}

impl Writer {
    /// Somebody who changes their own.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token that was not made for it.
    pub fn own(actor: Actor) -> Result<Self, Error> {
        actor.require_own(Scope::DataWrite)?;
        Ok(Self(Who::Own(Box::new(actor))))
    }

    /// Somebody who looks after people.
    #[must_use]
    pub fn all(granted: Granted<WriteUsers>) -> Self {
        Self(Who::All(Box::new(granted)))
    }

    /// Whose a new thing is: their own, or that of whom they name.
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

    /// Locks the account of an owner, if what it owns may be changed.
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

    /// The same for whoever owns a persona, and the persona itself, kept as it is until the transaction ends.
    async fn open_persona(
        &self,
        transaction: &mut db::Transaction,
        id: Uuid,
    ) -> Result<(Opened, Persona), Error> {
        let found = personas::visible(transaction, &self.reader(), id).await?;
        let opened = self.open(transaction, found.user_id).await?;
        let persona = db::owned::personas::lock(transaction, id).await?;
        // It may have gone to somebody else meanwhile.
        let persona = persona.filter(|persona| persona.user_id == opened.owner);
        Ok((opened, persona.ok_or(NO_PERSONA)?))
    }
}

/// An owner whose account is locked, and who changes what they own.
struct Opened {
    author: Author,
    owner: Uuid,
    username: String,
}

impl Opened {
    /// Writes down what was done.
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
