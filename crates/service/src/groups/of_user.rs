//! Groups of one user.

use domain::{
    error::Conflict,
    fields::FieldErrors,
    groups::{MemberSelection, MembersOutcome},
    messages,
    policy::Denied,
    users::names::is_deceptive,
};
use uuid::Uuid;

use super::{GroupActor, members};
use crate::{
    Error, Services,
    access::{Authorized, GroupsWrite},
    guard::{self, TargetRef},
};

/// Change of a user's groups, as a difference to the groups that were shown: the membership in others stays, such as one that was added
/// since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupsChange {
    /// The ids of the groups that were shown for the user.
    pub shown: Vec<Uuid>,
    /// The ids of the groups that were chosen.
    pub chosen: Vec<Uuid>,
    /// Names of further groups, as typed.
    pub named: Vec<String>,
}

/// Adds a user to groups, and removes the user from others. Returns the username. Each group is a change of its own; a denied user and an
/// unknown name prevent all of them.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user or group, [`Error::Invalid`] for a name that no group has, [`Error::Denied`] for a user
/// with more permissions than the actor.
pub async fn set_of_user(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    user: impl Into<TargetRef>,
    change: GroupsChange,
) -> Result<String, Error> {
    let user = user.into();
    let found = db::users::find_detail(&services.pool, user.id).await?;
    let found = found.ok_or(guard::NOT_FOUND)?;
    user.check_username(&found.summary.username)?;
    if found.deleted_at.is_some() {
        return Err(Error::Conflict(Conflict::UserDeleted));
    }
    let mut chosen = change.chosen;
    chosen.extend(find_named(services, change.named).await?);
    let actor = GroupActor::from(authorized);
    let selection = || MemberSelection::Ids(vec![user.id]);
    for group in chosen.iter().filter(|group| !change.shown.contains(group)) {
        let outcome = members::add(services, &actor, *group, selection(), false).await?;
        check_skipped(&outcome)?;
    }
    for group in change.shown.iter().filter(|group| !chosen.contains(group)) {
        let outcome = members::remove(services, &actor, *group, selection(), false).await?;
        check_skipped(&outcome)?;
    }
    Ok(found.summary.username)
}

/// Returns the ids of the groups with some names.
async fn find_named(services: &Services, names: Vec<String>) -> Result<Vec<Uuid>, Error> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    // No group has such a name, and PostgreSQL rejects a NUL.
    if let Some(name) = names.iter().find(|name| name.chars().any(is_deceptive)) {
        return Err(unknown(name));
    }
    let found = db::groups::named::find_ids(&services.pool, &names).await?;
    let ids = names.iter().zip(found);
    ids.map(|(name, id)| id.ok_or_else(|| unknown(name)))
        .collect()
}

fn unknown(name: &str) -> Error {
    let mut errors = FieldErrors::default();
    errors.add("groups", messages::group_unknown(name));
    Error::Invalid(errors)
}

/// Returns an error if the user was skipped, because of more permissions than the actor has.
fn check_skipped(outcome: &MembersOutcome) -> Result<(), Error> {
    if outcome.skipped.is_empty() {
        Ok(())
    } else {
        Err(Error::Denied(Denied::MoreRights))
    }
}
