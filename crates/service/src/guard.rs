//! Target of a change: the reference with what the caller saw, the lock of the account, and the policy.
//!
//! A page sends the names that it showed with the id, so that a change never affects another object than the one that was
//! shown, whatever happened in between: a row that stood for another object, a manipulated form, a changed name. All
//! comparisons are in this module.

use std::collections::{BTreeMap, BTreeSet};

use db::users::account::{self, Account};
use domain::{
    error::{Conflict, Entity},
    permission::{Permission, Permissions},
    policy::{self, Target},
    users::{action::UserAction, bulk::Selected, detail::UserRef},
};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Authorized, RequiredPermission},
    client_lists,
};

/// Response text of FOVEA.
pub(crate) const NOT_FOUND: Error = Error::NotFound(Entity::User);

const USER_DELETED: Error = Error::Conflict(Conflict::UserDeleted);

/// Id of the target of a change, with the names and the version that were shown for it. A bare id is compared with nothing:
/// it comes from an API client or the command line, which show nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRef {
    /// Id of the target.
    pub id: Uuid,
    username: Option<String>,
    name: Option<String>,
    version: Option<i32>,
}

impl TargetRef {
    /// Creates a reference to a user, or to an object of a user, that was shown with the username.
    #[must_use]
    pub fn of_user(id: Uuid, username: impl Into<String>) -> Self {
        Self {
            username: Some(username.into()),
            ..Self::from(id)
        }
    }

    /// Creates a reference to an object that was shown with its own name, which is empty if it has none.
    #[must_use]
    pub fn named(id: Uuid, name: impl Into<String>) -> Self {
        Self::from(id).with_name(name)
    }

    /// Adds the object's own name that was shown.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..self
        }
    }

    /// Returns the reference without the object's own name, for a change that compares the version first.
    pub(crate) fn without_name(&self) -> Self {
        Self {
            name: None,
            ..self.clone()
        }
    }

    /// Adds the version of the account that was shown, if one was.
    #[must_use]
    pub fn at_version(self, version: impl Into<Option<i32>>) -> Self {
        Self {
            version: version.into().or(self.version),
            ..self
        }
    }

    /// Returns a reference to the owner of the object, with the username that was shown.
    #[must_use]
    pub(crate) fn owner(&self, id: Uuid) -> Self {
        Self {
            id,
            username: self.username.clone(),
            ..Self::from(id)
        }
    }

    /// Compares the username that was shown, if one was, with the actual one.
    ///
    /// # Errors
    /// [`Error::TargetMismatch`] when they differ.
    pub(crate) fn check_username(&self, username: &str) -> Result<(), Error> {
        check(self.username.as_deref(), username)
    }

    /// Compares the name that was shown, if one was, with the actual one.
    ///
    /// # Errors
    /// [`Error::TargetMismatch`] when they differ.
    pub(crate) fn check_name(&self, name: &str) -> Result<(), Error> {
        check(self.name.as_deref(), name)
    }

    /// Returns whether the version that was shown, if one was, is the actual one.
    pub(crate) fn is_at(&self, version: i32) -> bool {
        self.version.is_none_or(|shown| shown == version)
    }
}

/// Compares a name that was shown, if one was, with the actual one.
pub(crate) fn check(shown: Option<&str>, is: &str) -> Result<(), Error> {
    match shown {
        Some(shown) if shown != is => Err(Error::TargetMismatch(shown.to_owned())),
        Some(_) | None => Ok(()),
    }
}

impl From<Uuid> for TargetRef {
    fn from(id: Uuid) -> Self {
        Self {
            id,
            username: None,
            name: None,
            version: None,
        }
    }
}

impl From<&Selected> for TargetRef {
    fn from(selected: &Selected) -> Self {
        Self {
            username: selected.username.clone(),
            ..Self::from(selected.id)
        }
    }
}

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
    if action == UserAction::Reset {
        client_lists::check_password(transaction, actor, id).await?;
    }
    Ok(account)
}

/// Locks all accounts before the first one is changed, in the order of their ids, so that two transactions that lock
/// several cannot deadlock.
pub(crate) async fn lock_all(
    transaction: &mut db::Transaction,
    ids: BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Account>, Error> {
    let mut accounts = BTreeMap::new();
    for id in ids {
        if let Some(account) = account::lock(transaction, id).await? {
            accounts.insert(id, account);
        }
    }
    Ok(accounts)
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

/// Begins the transaction of a change, and returns it with the actor as [`confirm`] does.
pub(crate) async fn begin<R: RequiredPermission>(
    services: &Services,
    authorized: &Authorized<R>,
) -> Result<(db::Transaction, Actor), Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let actor = confirm(&mut transaction, authorized.actor(), R::PERMISSION).await?;
    Ok((transaction, actor))
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
            .ok_or(crate::access::lacking(right))?;
    }
    Ok(actor)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_names_are_compared() {
        let id = Uuid::from_u128(1);
        assert!(TargetRef::from(id).check_username("ada").is_ok());
        assert!(TargetRef::from(id).check_name("key").is_ok());
        let ada = TargetRef::of_user(id, "ada").with_name("key");
        assert!(ada.check_username("ada").is_ok() && ada.check_name("key").is_ok());
        assert!(ada.owner(Uuid::from_u128(2)).check_username("ada").is_ok());
        assert!(ada.is_at(3));
        let at_two = ada.clone().at_version(2);
        assert!(at_two.is_at(2) && !at_two.is_at(3));
        assert!(!at_two.at_version(None::<i32>).is_at(3));
        for wrong in ["Ada", "bob", "", "ada "] {
            assert!(ada.check_username(wrong).is_err(), "{wrong:?}");
            assert!(ada.check_name(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn mismatch_message_names_what_was_shown() {
        let message = |shown: &str| {
            TargetRef::named(Uuid::nil(), shown)
                .check_name("x")
                .unwrap_err()
                .to_string()
        };
        assert!(
            message("ada").contains("showed “ada”"),
            "{}",
            message("ada")
        );
        assert!(message("").contains("showed no name"), "{}", message(""));
        assert!(message(&"é".repeat(1_000)).chars().count() < 300);
    }
}
