//! Groups with all fields, as the clients of other systems read them: without pages.

use db::groups::whole as rows;
use domain::groups::{Group, GroupAction};
use uuid::Uuid;

use super::GroupActor;
use crate::{
    Error, Services,
    access::{Authorized, Caller, GroupsRead},
};

/// Lists the groups by name: all, or those of a user.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<GroupsRead>,
    member: Option<Uuid>,
) -> Result<Vec<Group>, Error> {
    Ok(rows::list(&services.pool, member).await?)
}

/// Lists the groups of the caller by name, without the data that the host application has stored with them.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn list_own(services: &Services, caller: &Caller) -> Result<Vec<Group>, Error> {
    caller.require_account()?;
    let groups = rows::list(&services.pool, Some(caller.principal.id.0)).await?;
    let without_data = groups.into_iter().map(|mut group| {
        group.data.clear();
        group.meta.clear();
        group
    });
    Ok(without_data.collect())
}

/// Lists the ids of the members of a group.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group, [`Error::Forbidden`] for an actor who cannot see it.
pub async fn list_member_ids(
    services: &Services,
    actor: &GroupActor,
    group: Uuid,
) -> Result<Vec<Uuid>, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    actor
        .open(&mut transaction, group, GroupAction::Read)
        .await?;
    db::groups::find(&mut *transaction, group)
        .await?
        .ok_or(super::NOT_FOUND)?;
    Ok(rows::list_member_ids(&mut *transaction, group).await?)
}
