//! Reset links that managers create for the members of their groups.

use std::collections::BTreeSet;

use db::{groups::members, users::account};
use domain::{
    groups::GroupAction,
    policy::Target,
    users::{UserId, action::UserAction, detail::IssuedLink},
};
use uuid::Uuid;

use super::{GroupActor, authority::FORBIDDEN};
use crate::{
    Error, Services,
    access::Caller,
    client_lists,
    guard::{self, TargetRef},
    reset,
};

/// Creates a link with which a member of a group chooses a new password, for a manager of the group. Unused earlier links are revoked.
/// The permission to change groups is not enough: who can set passwords can act as the user. Nor is an existing user a member for this
/// that a manager has added, or managers could act as any user.
///
/// # Errors
/// [`Error::Forbidden`] for a caller who does not manage the group and for a user who is not a member, manages the group too
/// or was added by a manager, [`Error::Denied`] when the policy denies it or the user has a client outside of the manager's list,
/// [`Error::Stale`] when the account was shown at another version.
pub async fn create_reset_link(
    services: &Services,
    caller: &Caller,
    group: Uuid,
    member: impl Into<TargetRef>,
) -> Result<IssuedLink, Error> {
    let member = member.into();
    let manager = GroupActor::of_manager(caller)?;
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, _) = &manager
        .open(&mut transaction, group, GroupAction::ResetMember)
        .await?;
    if !members::lock_member(&mut transaction, group, member.id).await? {
        return Err(FORBIDDEN);
    }
    let account = account::lock(&mut transaction, member.id)
        .await?
        .ok_or(FORBIDDEN)?;
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

/// Returns the members among some ids for whom [`create_reset_link`] is allowed to the caller.
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
