//! The caller's own account: operations that every signed-in user can do. They act on the caller, so they require no
//! permission. Operations for which a stolen session must not be enough require the password as well.

mod delete;
mod edit;
mod keys;
mod proof;
mod sessions;
mod tokens;

pub use delete::{delete, deletion_denied, preview};
pub use edit::{edit, edit_by_token, edit_renewing};
pub use keys::{create_key, delete_key, edit_key, keys};
pub use sessions::{revoke_other_sessions, revoke_session, sessions};
pub use tokens::{create_token, create_virtual_key, revoke_token, tokens};

use db::{
    export::Kind,
    users::account::{self, Account},
};
use domain::{
    error::Unauthenticated,
    users::{Status, detail::UserDetail},
};

use crate::{
    Error, Services,
    access::{Actor, Caller, Credential},
    guard::TargetRef,
    users::{
        detail,
        export::{self, Export},
    },
};

/// Error for a caller whose session or account has ended in the meantime.
const SIGNED_OUT: Error = Error::Unauthenticated(Unauthenticated::SessionExpired);

/// Returns the caller's own account.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::OutOfScope`] for an access token without the scope.
pub async fn get(services: &Services, caller: &Caller) -> Result<UserDetail, Error> {
    caller.require_account()?;
    let mut connection = db::acquire(&services.pool).await?;
    find(&mut connection, caller).await
}

/// Returns the account as its user sees it: with the email address that the user entered, verified or not. Whether another
/// account has that address is not shown.
async fn find(connection: &mut db::PgConnection, caller: &Caller) -> Result<UserDetail, Error> {
    let found = detail::find(connection, caller.principal.id.0).await?;
    Ok(own_view(found))
}

fn own_view(mut user: UserDetail) -> UserDetail {
    user.summary.email = user.unverified_email.take().or(user.summary.email);
    user.unverified_email_of = None;
    user
}

/// Lists the names of the time zones that can be chosen, in alphabetical order.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn time_zones(services: &Services, _: &Caller) -> Result<Vec<String>, Error> {
    let zones = services.time_zones.get(&services.pool).await?;
    Ok(zones.to_vec())
}

/// Starts an export of all data that the caller owns. The export is audited before the first byte.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::TokenNotAllowed`] for an access token.
pub async fn export(services: &Services, caller: &Caller) -> Result<Export, Error> {
    caller.session()?;
    let id = caller.principal.id.0;
    let kinds = Kind::ALL.to_vec();
    export::begin(services, &actor(caller), id, (kinds, own_view)).await
}

/// Returns the caller as the actor of changes to the own account.
pub(crate) fn actor(caller: &Caller) -> Actor {
    let user = &caller.principal;
    Actor {
        credential: Some(caller.credential.clone()),
        ..Actor::by_link(user.id, &user.username, caller.origin.clone())
    }
}

/// Locks the caller's account and checks that the account is active and the session valid: both can have ended while the
/// change waited for the lock.
pub(crate) async fn open(
    transaction: &mut db::Transaction,
    caller: &Caller,
) -> Result<Account, Error> {
    let session = caller.session()?;
    let account = lock(transaction, caller).await?;
    let session = db::account::find_session(&mut **transaction, session).await?;
    session
        .filter(|session| session.is_live && session.user_id == Some(account.id))
        .ok_or(SIGNED_OUT)?;
    Ok(account)
}

/// Locks the caller's account as [`open`] does, but accepts an access token too.
pub(crate) async fn open_by_any(
    transaction: &mut db::Transaction,
    caller: &Caller,
) -> Result<Account, Error> {
    let Credential::Token(grant) = &caller.credential else {
        return open(transaction, caller).await;
    };
    let account = lock(transaction, caller).await?;
    let token = db::access_tokens::find(&mut **transaction, grant.token).await?;
    token.map(|_| account).ok_or(SIGNED_OUT)
}

/// Checks that the caller's locked account has the version that was shown, if one was.
///
/// # Errors
/// [`Error::Stale`] with the current account if it has another one.
async fn check_version(
    transaction: &mut db::Transaction,
    caller: &Caller,
    account: &Account,
    shown: Option<i32>,
) -> Result<(), Error> {
    if TargetRef::from(account.id)
        .at_version(shown)
        .is_at(account.version)
    {
        return Ok(());
    }
    let current = find(transaction, caller).await?;
    Err(Error::Stale(Box::new(current)))
}

/// Locks the caller's account and checks that it is active.
async fn lock(transaction: &mut db::Transaction, caller: &Caller) -> Result<Account, Error> {
    let account = account::lock(transaction, caller.principal.id.0).await?;
    account
        .filter(|account| account.status == Status::Active && account.deleted_at.is_none())
        .ok_or(SIGNED_OUT)
}
