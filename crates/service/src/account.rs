//! One's own account: what people see and change of it themselves. Whoever is signed in may ask for any of it; they act on
//! themselves, so there is no right to prove. What a stolen session must not be enough for needs the password as well.

mod delete;
mod edit;
mod keys;
mod proof;
mod sessions;
mod tokens;

pub use delete::{delete, deletion_refusal, preview};
pub use edit::edit;
pub use keys::{create_key, delete_key, edit_key, keys};
pub use sessions::{end_others, end_session, sessions};
pub use tokens::{create_token, revoke_token, tokens};

use db::{
    export::Kind,
    users::account::{self, Account},
};
use domain::users::{Status, detail::UserDetail};

use crate::{
    Error, Services,
    access::{Actor, Author, Credential},
    users::{
        detail,
        export::{self, Export},
    },
};

/// Whoever asks is not signed in any more.
const SIGNED_OUT: Error = Error::Unauthenticated("Session expired");

/// One's own account.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::OutOfScope`] for an access token without the scope.
pub async fn get(services: &Services, actor: &Actor) -> Result<UserDetail, Error> {
    actor.require_account()?;
    let mut connection = db::acquire(&services.pool).await?;
    find(&mut connection, actor).await
}

/// The account as the person sees it: the address that they gave for themselves is theirs. Whether somebody else has it is not
/// told to them.
async fn find(connection: &mut db::PgConnection, actor: &Actor) -> Result<UserDetail, Error> {
    let found = detail::find(connection, actor.principal.id.0).await?;
    Ok(own_view(found))
}

fn own_view(mut user: UserDetail) -> UserDetail {
    user.summary.email = user.claimed_email.take().or(user.summary.email);
    user.claimed_email_of = None;
    user
}

/// Names of the time zones that can be chosen, in alphabetical order.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn time_zones(services: &Services, _: &Actor) -> Result<Vec<String>, Error> {
    let zones = services.time_zones.get(&services.pool).await?;
    Ok(zones.to_vec())
}

/// Begins to export all that one owns. That it was done goes on record first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::TokenNotAllowed`] for a program.
pub async fn export(services: &Services, actor: &Actor) -> Result<Export, Error> {
    actor.session()?;
    let id = actor.principal.id.0;
    let kinds = Kind::ALL.to_vec();
    export::begin(services, &author(actor), id, (kinds, own_view)).await
}

/// A person who acts on themselves, as the record sees them.
pub(crate) fn author(actor: &Actor) -> Author {
    let person = &actor.principal;
    Author {
        credential: Some(actor.credential.clone()),
        ..Author::person(person.id, &person.username, actor.origin.clone())
    }
}

/// Locks one's own account, if it can be used and the session still is one: both may have ended while the change waited.
pub(crate) async fn open(
    transaction: &mut db::Transaction,
    actor: &Actor,
) -> Result<Account, Error> {
    let session = actor.session()?;
    let account = lock(transaction, actor).await?;
    let session = db::account::find_session(&mut **transaction, session).await?;
    session
        .filter(|session| session.is_live && session.user_id == Some(account.id))
        .ok_or(SIGNED_OUT)?;
    Ok(account)
}

/// The same for what an access token is enough for too.
pub(crate) async fn open_by_any(
    transaction: &mut db::Transaction,
    actor: &Actor,
) -> Result<Account, Error> {
    let Credential::Token(lent) = &actor.credential else {
        return open(transaction, actor).await;
    };
    let account = lock(transaction, actor).await?;
    let token = db::access_tokens::find(&mut **transaction, lent.token).await?;
    token.map(|_| account).ok_or(SIGNED_OUT)
}

/// Locks one's own account, if it can be used.
async fn lock(transaction: &mut db::Transaction, actor: &Actor) -> Result<Account, Error> {
    let account = account::lock(transaction, actor.principal.id.0).await?;
    account
        .filter(|account| account.status == Status::Active && account.deleted_at.is_none())
        .ok_or(SIGNED_OUT)
}
