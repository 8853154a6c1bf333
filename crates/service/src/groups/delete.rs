//! Deletion of groups. A group with many members or grants is deleted by a job in batches.

use db::{
    deletions::Object,
    groups::deletion::{self as effect, GroupGrant, Member},
    users::retain,
};
use domain::{
    action::Action,
    error::Conflict,
    groups::{Group, GroupDeletion},
    jobs::ROWS_AT_ONCE,
    limits::Limit,
    resources::GrantLevel,
};
use serde_json::Value;
use uuid::Uuid;

use super::{NOT_FOUND, lock};
use crate::{
    Error, Services,
    access::{Actor, Authorized, GroupsRead, GroupsWrite},
    audit::{self, Audited, Changes},
    guard::{self, TargetRef},
    limits,
};

/// Maximum number of limits of a group that the audit log names.
const LIMITS_NAMED: i64 = 1_000;

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
    Ok(effect::count(&mut connection, id).await?)
}

/// Deletes a group with its memberships, grants and limits, and revokes the virtual keys that are for it. `preview` is the effect that was
/// shown, if one was. A group with many members and grants loses its features and keys at once, and is deleted by a job; until then it
/// cannot be changed. Returns the id of this job.
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
    let expected = effect::count(&mut transaction, target.id).await?;
    // Lock order: the accounts before the group. The job locks those of a group with many members.
    let members = if expected.is_job() {
        Vec::new()
    } else {
        retain::members(&mut transaction, target.id, i64::MAX).await?
    };
    let group = lock(&mut transaction, &target).await?;
    let deletion = effect::count(&mut transaction, group.id).await?;
    if preview.is_some_and(|preview| preview != deletion) {
        return Err(Error::Conflict(Conflict::PreviewChanged));
    }
    let is_job = deletion.is_job() || expected.is_job();
    let parts = Parts::find(&mut transaction, group.id, is_job).await?;
    let keys =
        db::access_tokens::group::set_revoked(&mut transaction, group.id, actor.id()).await?;
    let job = if is_job {
        db::deletions::remove_features(&mut transaction, group.id).await?;
        let object = Object::Group(group.id);
        let rows = deletion.rows();
        Some(db::deletions::queue(&mut transaction, &object, &group.name, rows).await?)
    } else {
        db::groups::delete(&mut transaction, group.id, &members).await?;
        None
    };
    let audited = write(&mut transaction, &actor, (&group, deletion, keys), &parts).await?;
    db::commit(transaction, audited).await?;
    if job.is_some() {
        services.work.notify_one();
    }
    Ok(job)
}

/// Parts of a deleted group that have an entry of their own in the audit log, with which the group can be created again.
struct Parts {
    members: Vec<Member>,
    grants: Vec<GroupGrant>,
    limits: Vec<Limit>,
}

impl Parts {
    /// Returns the limits of a group, and its members and grants unless a job deletes them.
    async fn find(
        transaction: &mut db::Transaction,
        group: Uuid,
        is_job: bool,
    ) -> Result<Self, Error> {
        let most = if is_job { 0 } else { ROWS_AT_ONCE };
        let limits = db::limits::subjects::list_of_group(&mut **transaction, group, LIMITS_NAMED);
        Ok(Self {
            limits: limits.await?,
            members: effect::list_members(&mut **transaction, group, most).await?,
            grants: effect::list_grants(&mut **transaction, group, most).await?,
        })
    }

    fn len(&self) -> usize {
        self.members.len() + self.grants.len() + self.limits.len()
    }
}

/// Writes the entry of the deletion, and beneath it one of each part.
async fn write(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (group, deletion, keys): (&Group, GroupDeletion, u64),
    parts: &Parts,
) -> Result<Audited, Error> {
    let limits: Vec<String> = parts.limits.iter().map(limits::audited_text).collect();
    let mut changes = Changes::default()
        .with("name", group.name.as_str(), Value::Null)
        .with("description", group.description.as_str(), Value::Null)
        .with("features", group.features.clone(), Value::Null)
        .with("data", group.data.clone(), Value::Null)
        .with("meta", group.meta.clone(), Value::Null)
        .with("externalId", group.external_id.clone(), Value::Null)
        .with("members", deletion.members, 0)
        .with("resources", deletion.grants, 0)
        .with("keys", keys, 0);
    if !limits.is_empty() {
        changes.note("limits", limits, Value::Null);
    }
    if parts.len() > 0 {
        changes.note("entries", Value::Null, parts.len());
    }
    let about = (Action::GroupDeleted, Some(group.id), group.name.as_str());
    let (actor, audited) = audit::write_whole(transaction, actor, about, changes).await?;
    write_members(transaction, &actor, &group.name, &parts.members).await?;
    write_grants(transaction, &actor, &group.name, &parts.grants).await?;
    for limit in &parts.limits {
        limits::audit_deleted(transaction, &actor, limit).await?;
    }
    Ok(audited)
}

/// Writes an entry of each member, which says whether the user managed the group.
async fn write_members(
    transaction: &mut db::Transaction,
    actor: &Actor,
    group: &str,
    members: &[Member],
) -> Result<(), Error> {
    for is_manager in [true, false] {
        let users: Vec<(Uuid, String)> = members
            .iter()
            .filter(|member| member.is_manager == is_manager)
            .map(|member| (member.id, member.username.clone()))
            .collect();
        let mut changes = Changes::default().with("group", group, Value::Null);
        if is_manager {
            changes.note("manager", true, Value::Null);
        }
        audit::write_parts(transaction, actor, Action::GroupLeft, &users, changes).await?;
    }
    Ok(())
}

/// Writes an entry of each resource that was granted to the group.
async fn write_grants(
    transaction: &mut db::Transaction,
    actor: &Actor,
    group: &str,
    grants: &[GroupGrant],
) -> Result<(), Error> {
    for level in GrantLevel::ALL {
        let resources: Vec<(Uuid, String)> = grants
            .iter()
            .filter(|grant| grant.level == *level)
            .map(|grant| (grant.id, grant.name.clone()))
            .collect();
        let revoked = vec![format!("group {group} {}", level.as_str())];
        let changes = Changes::default().with("grants", revoked, Value::Null);
        let action = Action::ResourceAccessRevoked;
        audit::write_parts(transaction, actor, action, &resources, changes).await?;
    }
    Ok(())
}
