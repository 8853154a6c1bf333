//! Authority over groups: the permission for all of them, or the management of one.

use domain::{
    error::Forbidden,
    groups::{GroupAction, GroupAuthority, group_denied},
    permission::Permission,
};
use uuid::Uuid;

use crate::{
    Error,
    access::{Actor, Authorized, Caller, GroupsRead, GroupsWrite},
    guard,
};

/// Denial that names both ways to act on a group.
pub(super) const FORBIDDEN: Error = Error::Forbidden(Forbidden::GroupManagerRequired);

/// Actor on groups. The authority over a group is confirmed when the group is opened.
#[derive(Debug, Clone)]
pub struct GroupActor {
    actor: Actor,
    permission: Option<Permission>,
}

impl From<&Authorized<GroupsRead>> for GroupActor {
    fn from(authorized: &Authorized<GroupsRead>) -> Self {
        Self {
            actor: authorized.actor().clone(),
            permission: Some(Permission::GroupsRead),
        }
    }
}

impl From<&Authorized<GroupsWrite>> for GroupActor {
    fn from(authorized: &Authorized<GroupsWrite>) -> Self {
        Self {
            actor: authorized.actor().clone(),
            permission: Some(Permission::GroupsWrite),
        }
    }
}

impl GroupActor {
    /// Returns a caller as an actor who reads: by the permission, or as a manager.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token without the permission.
    pub fn reader(caller: &Caller) -> Result<Self, Error> {
        caller
            .require::<GroupsRead>()
            .map(|authorized| Self::from(&authorized))
            .or_else(|error| Self::manager(caller, error))
    }

    /// Returns a caller as an actor who changes members: by the permission, or as a manager.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] for an access token without the permission.
    pub fn writer(caller: &Caller) -> Result<Self, Error> {
        caller
            .require::<GroupsWrite>()
            .map(|authorized| Self::from(&authorized))
            .or_else(|error| Self::manager(caller, error))
    }

    /// Returns a caller as a manager, for actions that no permission on groups stands for.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for an access token.
    pub(super) fn of_manager(caller: &Caller) -> Result<Self, Error> {
        Self::manager(caller, FORBIDDEN)
    }

    /// Returns whether the actor can read the members of the group: by the permission, or as its manager.
    #[must_use]
    pub fn can_read(&self) -> bool {
        let permissions = &self.actor.subject.permissions;
        self.permission.is_none() || permissions.include(Permission::GroupsRead)
    }

    /// Returns whether the actor can see all users, with their email addresses.
    pub(super) fn can_read_users(&self) -> bool {
        let permissions = &self.actor.subject.permissions;
        permissions.include(Permission::UsersRead)
    }

    /// Returns a caller without the permission. No scope of an access token stands for the management of a group.
    fn manager(caller: &Caller, error: Error) -> Result<Self, Error> {
        caller.session().map_err(|_| error)?;
        Ok(Self {
            actor: caller.as_actor(),
            permission: None,
        })
    }

    /// Confirms the authority for an action on a group until the transaction ends. Returns the actor with the current permissions. A
    /// group that does not exist is one that the actor does not manage.
    pub(super) async fn open(
        &self,
        transaction: &mut db::Transaction,
        group: Uuid,
        action: GroupAction,
    ) -> Result<(Actor, GroupAuthority), Error> {
        if let Some(permission) = self.permission {
            let actor = guard::confirm(transaction, &self.actor, permission).await?;
            return Ok((actor, GroupAuthority::Permission));
        }
        let id = self.actor.id().ok_or(FORBIDDEN)?;
        let permissions = db::users::account::find_permissions(&mut **transaction, id).await?;
        let mut actor = self.actor.clone();
        actor.subject.permissions = permissions.ok_or(FORBIDDEN)?;
        let manages = db::groups::members::lock_manager(transaction, group, id).await?;
        if !manages || group_denied(GroupAuthority::Manager, action) {
            return Err(FORBIDDEN);
        }
        Ok((actor, GroupAuthority::Manager))
    }
}
