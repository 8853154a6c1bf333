//! Identifiers of users in other systems. A user has at most one in each namespace, and none is that of two users.

mod list;

use db::identifiers as rows;
use domain::{
    action::Action,
    identifiers::{Identifier, Namespace},
    users::{action::UserAction, detail::UserDetail},
};

use crate::{
    Error, Services,
    access::{Authorized, Caller, UsersRead, UsersWrite},
    audit::{self, Change, Changes},
    guard::{self, TargetRef},
    users::{
        detail,
        identified::{label, taken},
    },
};

pub use list::list_users;

/// Returns the user with an identifier. A deleted user is not found.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn find_user(
    services: &Services,
    _: &Authorized<UsersRead>,
    namespace: &Namespace,
    identifier: &Identifier,
) -> Result<UserDetail, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let found = rows::find_user(&mut *connection, namespace.as_str(), identifier.as_str()).await?;
    detail::find(&mut connection, found.ok_or(guard::NOT_FOUND)?).await
}

/// Returns the identifier of the caller. The id stands for one who has none there.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_own(
    services: &Services,
    caller: &Caller,
    namespace: &Namespace,
) -> Result<String, Error> {
    let id = caller.principal.id.0;
    let found = rows::find(&services.pool, id, namespace.as_str()).await?;
    Ok(found.unwrap_or_else(|| id.to_string()))
}

/// Sets the identifier of a user in a namespace. An earlier one of the user is replaced.
///
/// # Errors
/// [`Error::Taken`] with the error of the field when another user has it, also a deleted one; [`Error::Denied`] when the policy
/// denies it, [`Error::NotFound`] when there is no such user.
pub async fn set(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
    namespace: &Namespace,
    identifier: &Identifier,
) -> Result<(), Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let actor = authorized.actor();
    let account = guard::open(&mut transaction, actor, UserAction::Edit, target).await?;
    let before = rows::find(&mut *transaction, account.id, namespace.as_str()).await?;
    if before.as_deref() == Some(identifier.as_str()) {
        return Ok(());
    }
    rows::set(
        &mut transaction,
        account.id,
        namespace.as_str(),
        identifier.as_str(),
    )
    .await
    .map_err(taken)?;
    let before = before.map(|before| label(namespace, &before));
    let change = Change {
        action: Action::UserUpdated,
        user: (account.id, &account.username),
        changes: Changes::default().with(
            "identifier",
            before,
            label(namespace, identifier.as_str()),
        ),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    Ok(db::commit(transaction, audited).await?)
}
