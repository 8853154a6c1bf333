//! Locked accounts and the policy on changes of them.

use db::{
    Backer,
    users::account::{self, Account},
};
use domain::{
    action::Action,
    audit::Via,
    error::{Conflict, Entity},
    messages,
    permission::{Permission, Permissions},
    policy::{self, Target},
    users::{action::UserAction, detail::UserRef, names::RoleName},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error,
    access::{self, Actor},
    audit::{self, Changes},
    target::TargetRef,
};

/// Response text of FOVEA.
pub(crate) const NOT_FOUND: Error = Error::NotFound(Entity::User);

const USER_DELETED: Error = Error::Conflict(Conflict::UserDeleted);

/// Returns the id of the account that a reference means, deleted or not.
pub(crate) async fn find(pool: &db::PgPool, user: &UserRef) -> Result<Uuid, Error> {
    db::users::find_id(pool, user).await?.ok_or(NOT_FOUND)
}

/// Conditions for a change of an account. An action alone stands for an account that is not deleted, and an actor with the
/// permission `users:write`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Access {
    action: UserAction,
    right: Permission,
    is_deleted_allowed: bool,
}

impl Access {
    /// Returns the conditions for an actor with the permission `right`.
    pub(crate) const fn by(right: Permission, action: UserAction) -> Self {
        Self {
            action,
            right,
            is_deleted_allowed: false,
        }
    }

    /// Allows an account that is deleted, too.
    pub(crate) const fn or_deleted(self) -> Self {
        Self {
            is_deleted_allowed: true,
            ..self
        }
    }
}

impl From<UserAction> for Access {
    fn from(action: UserAction) -> Self {
        Self::by(Permission::UsersWrite, action)
    }
}

/// Locks an account, if the policy allows the action.
pub(crate) async fn open(
    transaction: &mut db::Transaction,
    actor: &Actor,
    access: impl Into<Access>,
    target: impl Into<TargetRef>,
) -> Result<Account, Error> {
    let (access, target) = (access.into(), target.into());
    let account = lock(transaction, actor, access, &target).await?;
    if account.deleted_at.is_some() && !access.is_deleted_allowed {
        return Err(USER_DELETED);
    }
    check_version(transaction, &target, &account).await?;
    Ok(account)
}

/// Locks an account, deleted or not, if the policy allows the action. The caller checks the version.
pub(crate) async fn lock(
    transaction: &mut db::Transaction,
    actor: &Actor,
    access: Access,
    target: &TargetRef,
) -> Result<Account, Error> {
    let (action, id) = (access.action, target.id);
    if action.can_remove_admin() {
        // Lock order: before any row, so that two transactions that lock several rows each cannot deadlock.
        db::users::lock_admins(transaction).await?;
    }
    let actor = &confirm(transaction, actor, access.right).await?;
    let account = account::lock(transaction, id).await?.ok_or(NOT_FOUND)?;
    target.check_username(&account.username)?;
    if actor.token().is_some() && actor.id() == Some(id) && action != UserAction::RevokeSessions {
        // A leaked token must not be enough to take over the account that it belongs to, for example by a new password.
        return Err(Error::TokenNotAllowed);
    }
    let policy_target = account::find_target(&mut **transaction, id)
        .await?
        .ok_or(NOT_FOUND)?;
    authorize(actor, action, &policy_target)?;
    Ok(account)
}

/// Checks that a locked account has the version that was shown, if one was.
///
/// # Errors
/// [`Error::Stale`] with the current account if it has another one.
pub(crate) async fn check_version(
    transaction: &mut db::Transaction,
    target: &TargetRef,
    account: &Account,
) -> Result<(), Error> {
    if target.is_at(account.version) {
        return Ok(());
    }
    let current = db::users::find_detail(&mut **transaction, account.id).await?;
    Err(Error::Stale(Box::new(current.ok_or(NOT_FOUND)?)))
}

/// Returns the actor with the current permissions: a role can have been revoked while the change waited for its locks.
pub(crate) async fn confirm(
    transaction: &mut db::Transaction,
    actor: &Actor,
    right: Permission,
) -> Result<Actor, Error> {
    let mut actor = actor.clone();
    if let Some(id) = actor.id() {
        let permissions = account::find_permissions(&mut **transaction, id).await?;
        actor.subject.permissions = permissions
            .map(|permissions| grant(&actor, permissions))
            .filter(|permissions| permissions.include(right))
            .ok_or(crate::access::FORBIDDEN)?;
    }
    Ok(actor)
}

/// Returns whether a link or a temporary password is still valid, given its creator. None is the operator, whose links
/// always are.
pub(crate) async fn is_backed(
    connection: &mut db::PgConnection,
    backed_by: Option<Backer>,
    target: Uuid,
) -> Result<bool, Error> {
    let Some(creator) = backed_by else {
        return Ok(true);
    };
    let creator = rights_of(&mut *connection, creator).await?;
    let target = account::find_target(&mut *connection, target).await?;
    Ok(target
        .is_some_and(|target| policy::password_is_valid(creator.as_ref(), &target.permissions)))
}

/// Returns the current permissions of a creator: with an access token, those within its scopes. None if the user cannot
/// sign in any more, or if the token is revoked or expired.
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

/// Limits the permissions of an account to the scopes of the actor's access token, if there is one.
fn grant(actor: &Actor, rights: Permissions) -> Permissions {
    match actor.token() {
        Some(grant) => grant.within(&rights),
        None => rights,
    }
}

/// Checks the policy for an action on an account.
pub(crate) fn authorize(actor: &Actor, action: UserAction, target: &Target) -> Result<(), Error> {
    match policy::denied(&actor.subject, action, target) {
        Some(denied) => Err(denied.into()),
        None => Ok(()),
    }
}

/// Checks that roles exist and that the actor can assign them. For the operator missing roles are created, as guide 001
/// describes.
pub(crate) async fn grantable(
    transaction: &mut db::Transaction,
    actor: &Actor,
    names: &[RoleName],
) -> Result<Vec<String>, Error> {
    let wanted: Vec<String> = names.iter().map(|name| name.as_str().to_owned()).collect();
    if actor.via == Via::Cli {
        for name in db::roles::ensure(transaction, &wanted).await? {
            let created = (Action::RoleCreated, None, name.as_str());
            // A new role has no permissions yet.
            let changes = Changes::default()
                .with("name", Value::Null, name.as_str())
                .with("permissions", Value::Null, Vec::<String>::new());
            audit::write_about(transaction, actor, created, changes).await?;
        }
    }
    let (known, permissions): (_, Permissions) =
        db::roles::find(&mut **transaction, &wanted).await?;
    if let Some(denied) = policy::assign_denied(&actor.subject, &permissions) {
        return Err(denied.into());
    }
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        let mut errors = domain::fields::FieldErrors::default();
        errors.add("roles", messages::role_unknown(format!("{unknown:?}")));
        return Err(Error::Invalid(errors));
    }
    Ok(known)
}
