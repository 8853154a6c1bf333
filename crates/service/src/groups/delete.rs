//! Deletion of groups. A group with many members or grants is deleted by a job in batches.

use db::{deletions::Object, users::retain};
use domain::{action::Action, error::Conflict, groups::GroupDeletion};
use serde_json::Value;
use uuid::Uuid;

use super::{NOT_FOUND, lock};
use crate::{
    Error, Services,
    access::{Authorized, GroupsRead, GroupsWrite},
    audit::{self, Changes},
    guard::{self, TargetRef},
};

/// Returns the effect that the deletion of a group would have.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group.
pub async fn preview_deletion(
    services: &Services,
    _: &Authorized<GroupsRead>,
    id: Uuid,
) -> Result<GroupDeletion, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let group = db::groups::find(&mut *connection, id).await?;
    group.ok_or(NOT_FOUND)?;
    Ok(db::groups::count_deletion(&mut *connection, id).await?)
}

/// Deletes a group with its memberships and grants, and revokes the virtual keys that are for it. `preview` is the effect that was shown, if
/// one was. A group with many members and grants loses its features and keys at once, and is deleted by a job; until then it cannot be
/// changed. Returns the id of this job.
///
/// # Errors
/// [`Error::Conflict`] when the effect differs from the preview and when the group is being deleted, [`Error::Outdated`] when the group was
/// changed since the caller read it, [`Error::NotFound`] when there is no such group.
pub async fn delete(
    services: &Services,
    authorized: &Authorized<GroupsWrite>,
    target: impl Into<TargetRef>,
    preview: Option<GroupDeletion>,
) -> Result<Option<Uuid>, Error> {
    let target = target.into();
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let expected = db::groups::count_deletion(&mut *transaction, target.id).await?;
    // Lock order: the accounts before the group. The job locks those of a group with many members.
    let members = if expected.is_job() {
        Vec::new()
    } else {
        retain::members(&mut transaction, target.id, i64::MAX).await?
    };
    let group = lock(&mut transaction, &target).await?;
    let deletion = db::groups::count_deletion(&mut *transaction, group.id).await?;
    if preview.is_some_and(|preview| preview != deletion) {
        return Err(Error::Conflict(Conflict::PreviewChanged));
    }
    let keys =
        db::access_tokens::group::set_revoked(&mut transaction, group.id, actor.id()).await?;
    let job = if deletion.is_job() || expected.is_job() {
        db::deletions::remove_features(&mut transaction, group.id).await?;
        let object = Object::Group(group.id);
        let rows = deletion.members.saturating_add(deletion.resources);
        Some(db::deletions::queue(&mut transaction, &object, &group.name, rows).await?)
    } else {
        db::groups::delete(&mut transaction, group.id, &members).await?;
        None
    };
    let changes = Changes::default()
        .with("name", group.name.as_str(), Value::Null)
        .with("description", group.description.as_str(), Value::Null)
        .with("features", group.features.clone(), Value::Null)
        .with("externalId", group.external_id.clone(), Value::Null)
        .with("members", deletion.members, 0)
        .with("resources", deletion.resources, 0)
        .with("keys", keys, 0);
    let about = (Action::GroupDeleted, Some(group.id), group.name.as_str());
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    if job.is_some() {
        services.work.notify_one();
    }
    Ok(job)
}
