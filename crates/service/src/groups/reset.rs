//! Reset links that managers create for the members of their groups.

use std::collections::BTreeSet;

use db::{groups::members, users::account};
use domain::{
    groups::GroupAction,
    permission::Permission,
    policy::Target,
    users::{UserId, action::UserAction, detail::IssuedLink},
};
use uuid::Uuid;

use super::{GroupActor, authority::FORBIDDEN};
use crate::{
    Error, Services,
    access::{Actor, Caller},
    client_lists,
    guard::{self, TargetRef},
    reset,
};

/// Creates a link with which a member of a group chooses a new password, for a manager of the group. Unused earlier links are revoked.
/// The permission to change groups is not enough, because who can set passwords can act as the user: an actor who could set the
/// password of the manager made the manager one, and an actor who could set that of the member added the member, or the member was
/// invited.
///
/// # Errors
/// [`Error::Forbidden`] for any other caller and user, and for a user who manages a group, [`Error::Denied`] when the policy denies it or
/// the user has a client outside of the manager's list, [`Error::Stale`] when the account was shown at another version.
pub async fn create_reset_link(
    services: &Services,
    caller: &Caller,
    group: Uuid,
    member: impl Into<TargetRef>,
) -> Result<IssuedLink, Error> {
    let member = member.into();
    let manager = GroupActor::of_manager(caller)?;
    let mut transaction = db::begin(&services.pool).await?;
    // Lock order: the account before the memberships.
    let account = account::lock(&mut transaction, member.id)
        .await?
        .ok_or(FORBIDDEN)?;
    let (actor, _) = &manager
        .open(&mut transaction, group, GroupAction::ResetMember)
        .await?;
    let id = actor.id().ok_or(FORBIDDEN)?;
    let users = (id, member.id);
    if !members::lock_password_link(&mut transaction, group, users).await? {
        return Err(FORBIDDEN);
    }
    member.check_username(&account.username)?;
    let target = account::find_target(&mut *transaction, member.id)
        .await?
        .ok_or(FORBIDDEN)?;
    guard::authorize(actor, UserAction::Reset, &target)?;
    client_lists::check_password(&mut transaction, actor, member.id).await?;
    guard::check_version(&mut transaction, &member, &account).await?;
    let user = (account.id, account.username.as_str());
    let (link, audited) = reset::replace(services, &mut transaction, actor, user).await?;
    db::commit(transaction, audited).await?;
    Ok(link)
}

/// Returns the members among some ids for which the caller is allowed [`create_reset_link`].
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_resettable(
    services: &Services,
    caller: &Caller,
    group: Uuid,
    ids: &[Uuid],
) -> Result<BTreeSet<Uuid>, Error> {
    if caller.session().is_err() {
        return Ok(BTreeSet::new());
    }
    let (actor, manager) = (caller.as_actor(), caller.principal.id.0);
    let members = members::list_administered(&services.pool, group, manager, ids).await?;
    let allowed = members.into_iter().filter_map(|(id, permissions)| {
        let target = Target {
            id: UserId(id),
            permissions,
            is_last_admin: false,
        };
        let checked = guard::authorize(&actor, UserAction::Reset, &target);
        checked.is_ok().then_some(id)
    });
    Ok(allowed.collect())
}

/// Returns those of some users whose passwords the actor could set; users who outrank the actor are left out before. With a membership,
/// the actor lets managers create password links for such a user, or lets the user create them as a manager.
pub(super) async fn with_links(
    transaction: &mut db::Transaction,
    actor: &Actor,
    users: &[Uuid],
) -> Result<Vec<Uuid>, Error> {
    if !actor.subject.permissions.include(Permission::UsersWrite) {
        return Ok(Vec::new());
    }
    let Some(id) = actor.id() else {
        return Ok(users.to_vec());
    };
    let mut seen = db::clients::list_seen_users(&mut **transaction, id, users).await?;
    seen.retain(|user| *user != id);
    Ok(seen)
}
