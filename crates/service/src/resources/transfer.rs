//! Transfer of resources to another owner.

use domain::{
    action::Action, error::Conflict, permission::Permission, policy, users::action::UserAction,
};
use serde_json::Value;
use uuid::Uuid;

use super::viewer;
use crate::{
    Error, Services,
    access::{Actor, Authorized, ResourcesWrite, lacking},
    audit::{self, Changes},
    guard,
};

/// Transfers the resources of a user to another one, without those of clients that the actor does not see. Returns their number. `count`
/// is that of the preview, if one was shown. An actor who is no host application must be able to edit both
/// accounts, or the other one if one is the own account.
///
/// # Errors
/// [`Error::Conflict`] when both users are the same and for another number of resources, [`Error::NotFound`] when there is no such user,
/// [`Error::Forbidden`] and [`Error::Denied`] for an account that the actor cannot edit.
pub async fn transfer(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    (from, to): (Uuid, Uuid),
    count: Option<u64>,
) -> Result<u64, Error> {
    if from == to {
        return Err(Error::Conflict(Conflict::OwnerIsTarget));
    }
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    if !policy::can_transfer_resources(&actor.subject.permissions) {
        return Err(lacking(Permission::UsersWrite));
    }
    let viewer = viewer(&actor);
    let owner = db::users::account::lock(&mut transaction, from.min(to)).await?;
    let other = db::users::account::lock(&mut transaction, from.max(to)).await?;
    let (Some(owner), Some(other)) = (owner, other) else {
        return Err(guard::NOT_FOUND);
    };
    let (owner, receiver) = if from < to {
        (owner, other)
    } else {
        (other, owner)
    };
    if viewer.is_some() {
        check_both(&mut transaction, &actor, [from, to]).await?;
    }
    if receiver.deleted_at.is_some() {
        return Err(Error::Conflict(Conflict::UserDeleted));
    }
    let moved = db::resources::transfer(&mut transaction, (from, to), viewer).await?;
    if count.is_some_and(|count| count != moved) {
        return Err(Error::Conflict(Conflict::PreviewChanged));
    }
    if moved == 0 {
        return Ok(0);
    }
    let changes = Changes::default()
        .with("owner", owner.username.as_str(), receiver.username.as_str())
        .with("resources", Value::Null, moved);
    let about = (Action::ResourceTransferred, None, owner.username.as_str());
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(moved)
}

/// Checks that the actor can edit two locked accounts, unless one is the own account.
async fn check_both(
    transaction: &mut db::Transaction,
    actor: &Actor,
    users: [Uuid; 2],
) -> Result<(), Error> {
    let others = users.into_iter().filter(|user| actor.id() != Some(*user));
    for user in others {
        let target = db::users::account::find_target(&mut **transaction, user).await?;
        guard::authorize(actor, UserAction::Edit, &target.ok_or(guard::NOT_FOUND)?)?;
    }
    Ok(())
}
