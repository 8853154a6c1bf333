//! One account, locked, and whether it may be done to.

use db::{
    Backer,
    users::account::{self, Account},
};
use domain::{
    access::{Permission, Permissions},
    audit::Via,
    rules::{self, Deed, Standing},
    users::{detail::UserRef, names::RoleName},
};
use uuid::Uuid;

use super::detail;
use crate::{
    Error,
    access::{self, Author},
    record,
    target::TargetRef,
};

/// FOVEA's text.
pub(crate) const NOT_FOUND: Error = Error::NotFound("User not found");

const IN_BIN: Error = Error::Conflict("This account is deleted. Restore it first.");

/// The id of whom a reference means, in the bin or not.
pub(crate) async fn find(pool: &db::PgPool, user: &UserRef) -> Result<Uuid, Error> {
    db::users::find_id(pool, user).await?.ok_or(NOT_FOUND)
}

/// Locks an account that is not in the bin, if the deed may be done to it.
pub(crate) async fn open(
    transaction: &mut db::Transaction,
    author: &Author,
    deed: Deed,
    target: impl Into<TargetRef>,
) -> Result<Account, Error> {
    open_by(transaction, author, Permission::UsersWrite, deed, target).await
}

/// The same for whoever has another right to the deed.
pub(crate) async fn open_by(
    transaction: &mut db::Transaction,
    author: &Author,
    right: Permission,
    deed: Deed,
    target: impl Into<TargetRef>,
) -> Result<Account, Error> {
    let account = open_any_by(transaction, author, right, deed, target).await?;
    if account.deleted_at.is_some() {
        return Err(IN_BIN);
    }
    Ok(account)
}

/// Locks an account, in the bin or not, if the deed may be done to it.
pub(super) async fn open_any(
    transaction: &mut db::Transaction,
    author: &Author,
    deed: Deed,
    target: impl Into<TargetRef>,
) -> Result<Account, Error> {
    open_any_by(transaction, author, Permission::UsersWrite, deed, target).await
}

/// The same of an account in the bin or not.
pub(crate) async fn open_any_by(
    transaction: &mut db::Transaction,
    author: &Author,
    right: Permission,
    deed: Deed,
    target: impl Into<TargetRef>,
) -> Result<Account, Error> {
    let target = target.into();
    let id = target.id;
    if may_leave_no_admin(deed) {
        // Before any row, so that two who lock several rows each cannot wait for each other.
        db::users::lock_admins(transaction).await?;
    }
    let author = &confirm(transaction, author, right).await?;
    let account = account::lock(transaction, id).await?.ok_or(NOT_FOUND)?;
    target.check_username(&account.username)?;
    if author.token().is_some() && author.id() == Some(id) && deed != Deed::EndSessions {
        // Whoever has found a token must not get the whole account by it, be it with a new password.
        return Err(Error::TokenNotAllowed);
    }
    let standing = account::find_standing(&mut **transaction, id)
        .await?
        .ok_or(NOT_FOUND)?;
    refuse(author, deed, &standing)?;
    if !target.is_at(account.version) {
        let current = detail::find(transaction, id).await?;
        return Err(Error::Stale(Box::new(current)));
    }
    Ok(account)
}

/// The author with the rights of this moment: they may have been taken while the change was waiting for its turn.
pub(crate) async fn confirm(
    transaction: &mut db::Transaction,
    author: &Author,
    right: Permission,
) -> Result<Author, Error> {
    let mut author = author.clone();
    if let Some(id) = author.id() {
        let permissions = account::find_permissions(&mut **transaction, id).await?;
        author.doer.permissions = permissions
            .map(|permissions| lent(&author, permissions))
            .filter(|permissions| permissions.include(right))
            .ok_or(crate::access::FORBIDDEN)?;
    }
    Ok(author)
}

/// Whether a link or a temporary password still stands, by who answers for it; none for the operator.
pub(crate) async fn is_backed(
    connection: &mut db::PgConnection,
    backed_by: Option<Backer>,
    target: Uuid,
) -> Result<bool, Error> {
    let Some(creator) = backed_by else {
        return Ok(true);
    };
    let creator = rights_of(&mut *connection, creator).await?;
    let target = account::find_standing(&mut *connection, target).await?;
    Ok(target.is_some_and(|target| rules::backs_password(creator.as_ref(), &target.permissions)))
}

/// What the one who answers for something may do as of now: with an access token, what the token lends. None if they cannot
/// sign in any more, or if the token is over.
pub(crate) async fn rights_of(
    connection: &mut db::PgConnection,
    backer: Backer,
) -> Result<Option<Permissions>, Error> {
    let Some(rights) = account::find_permissions(&mut *connection, backer.user).await? else {
        return Ok(None);
    };
    let Some(token) = backer.token else {
        return Ok(Some(rights));
    };
    let words = db::access_tokens::find_scopes(connection, token).await?;
    Ok(words.map(|words| access::within(&access::read_scopes(&words), &rights)))
}

/// What an author may do of what their account permits: with an access token, what it was made for.
fn lent(author: &Author, rights: Permissions) -> Permissions {
    match author.token() {
        Some(lent) => lent.within(&rights),
        None => rights,
    }
}

/// Whether a deed can take the last administrator away, so that one at a time is decided.
const fn may_leave_no_admin(deed: Deed) -> bool {
    match deed {
        Deed::SetRoles | Deed::Suspend | Deed::Delete => true,
        Deed::Edit
        | Deed::SetEmail
        | Deed::Reset
        | Deed::Unsuspend
        | Deed::Restore
        | Deed::EndSessions
        | Deed::Admit => false,
    }
}

/// Why a deed is refused.
pub(crate) fn refuse(author: &Author, deed: Deed, target: &Standing) -> Result<(), Error> {
    match rules::refusal(&author.doer, deed, target) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

/// Roles that exist, if the author may give them. The operator's are made if they do not exist, as guide 001 has it.
pub(crate) async fn grantable(
    transaction: &mut db::Transaction,
    author: &Author,
    names: &[RoleName],
) -> Result<Vec<String>, Error> {
    let wanted: Vec<String> = names.iter().map(|name| name.as_str().to_owned()).collect();
    if author.via == Via::Cli {
        for name in db::roles::ensure(transaction, &wanted).await? {
            record::write_new_role(transaction, author, &name).await?;
        }
    }
    let (known, permissions): (_, Permissions) =
        db::roles::find(&mut **transaction, &wanted).await?;
    if let Some(refusal) = rules::grant_refusal(&author.doer, &permissions) {
        return Err(refusal.into());
    }
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        let mut faults = domain::fields::FieldErrors::default();
        faults.add("roles", format!("There is no role {unknown:?}."));
        return Err(Error::Invalid(faults));
    }
    Ok(known)
}
