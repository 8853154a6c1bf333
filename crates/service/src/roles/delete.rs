//! Deletion of roles. A role of many users is revoked by a job in batches, so that no other change of roles waits for all of them.

use db::{deletions::Object, users::retain};
use domain::{
    action::Action,
    error::Conflict,
    roles::{Role, RoleDeletion, RolePatch},
};
use serde_json::Value;
use uuid::Uuid;

use super::{NOT_FOUND, lock, open};
use crate::{
    Error, Services,
    access::{Authorized, RolesRead, RolesWrite},
    audit::{self, Changes},
    guard::TargetRef,
};

/// Returns the effect that the deletion of a role would have.
///
/// # Errors
/// [`Error::NotFound`] when there is no such role.
pub async fn preview_deletion(
    services: &Services,
    _: &Authorized<RolesRead>,
    id: Uuid,
) -> Result<RoleDeletion, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let role = db::roles::edit::find(&mut *connection, id)
        .await?
        .ok_or(NOT_FOUND)?;
    deletion(&mut connection, &role).await
}

/// Deletes a role, and revokes it from its users. `users` is their number in the preview, if one was shown. A role of many users loses
/// its permissions at once, and is deleted by a job; until then it cannot be assigned or changed. Returns the id of this job.
///
/// # Errors
/// [`Error::Conflict`] for a built-in role, for one that is being deleted, and for another number of users, [`Error::Outdated`] when the
/// role was changed since the caller read it, [`Error::Denied`] for a role above the actor, [`Error::NotFound`] when there is no such role.
pub async fn delete(
    services: &Services,
    authorized: &Authorized<RolesWrite>,
    target: impl Into<TargetRef>,
    users: Option<u64>,
) -> Result<Option<Uuid>, Error> {
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, own_rank) = &open(&mut transaction, authorized).await?;
    let target = target.into();
    let retained = retain_users(&mut transaction, target.id).await?;
    let role = lock(&mut transaction, (actor, *own_rank), &target).await?;
    if role.builtin.is_some() {
        return Err(Error::Conflict(Conflict::RoleBuiltin));
    }
    let deletion = deletion(&mut transaction, &role).await?;
    if users.is_some_and(|users| users != deletion.users) {
        return Err(Error::Conflict(Conflict::PreviewChanged));
    }
    let job = match retained {
        Some(retained) if !deletion.is_job() => {
            db::roles::edit::delete(&mut transaction, role.id, &retained).await?;
            None
        }
        Some(_) | None => {
            disable(&mut transaction, role.id).await?;
            let object = Object::Role(role.id);
            let queued =
                db::deletions::queue(&mut transaction, &object, &role.name, deletion.users).await?;
            Some(queued)
        }
    };
    let changes = Changes::default()
        .with("name", role.name.as_str(), Value::Null)
        .with("label", role.label.clone(), Value::Null)
        .with("description", role.description.as_str(), Value::Null)
        .with("permissions", role.permissions.clone(), Value::Null)
        .with("rank", role.rank, Value::Null)
        .with("users", deletion.users, 0);
    let about = (Action::RoleDeleted, Some(role.id), role.name.as_str());
    let audited = audit::write_about(&mut transaction, actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    if job.is_some() {
        services.work.notify_one();
    }
    Ok(job)
}

/// Retains the users of a role before the role is locked. `None` if they are so many that a job revokes it from them.
async fn retain_users(
    connection: &mut db::PgConnection,
    id: Uuid,
) -> Result<Option<Vec<Uuid>>, Error> {
    let role = db::roles::edit::find(&mut *connection, id)
        .await?
        .ok_or(NOT_FOUND)?;
    if role.builtin.is_some() || deletion(connection, &role).await?.is_job() {
        return Ok(None);
    }
    Ok(Some(retain::users_of_role(connection, id, i64::MAX).await?))
}

/// Revokes all permissions of a role, for all its users at once.
async fn disable(transaction: &mut db::Transaction, role: Uuid) -> Result<(), Error> {
    let patch = RolePatch {
        permissions: Some(Vec::new()),
        ..RolePatch::default()
    };
    Ok(db::roles::edit::set(transaction, role, &patch).await?)
}

async fn deletion(connection: &mut db::PgConnection, role: &Role) -> Result<RoleDeletion, Error> {
    let roles = db::roles::edit::list(&mut *connection).await?;
    let holders = db::roles::edit::count_holders(&mut *connection, role.id).await?;
    Ok(RoleDeletion::of(role, &roles, &holders))
}
