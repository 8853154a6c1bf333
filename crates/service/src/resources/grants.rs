//! Grants of access to resources.

use std::collections::HashMap;

use domain::{
    action::Action,
    error::Entity,
    fields::FieldErrors,
    messages,
    permission::Permission,
    resources::{GRANTS_AT_ONCE, Grant, GrantDraft, GrantLevel, GrantTarget},
};
use serde_json::Value;
use uuid::Uuid;

use super::{NOT_FOUND, errors};
use crate::{
    Error, Services,
    access::{Actor, Authorized, ResourcesRead, ResourcesWrite},
    audit::{self, Audited, Changes},
    deletions,
    guard::{self, TargetRef},
};

/// Maximum number of grants that a list contains.
const LISTED_MAX: i64 = 1_000;

/// Lists the grants of a resource: to everyone, then to groups, then to users. A resource with more than 1,000 grants is listed in part.
///
/// # Errors
/// [`Error::NotFound`] when there is no such resource.
pub async fn list(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    resource: Uuid,
) -> Result<Vec<Grant>, Error> {
    super::find(services, authorized, resource).await?;
    Ok(db::resources::grants::list(&services.pool, resource, LISTED_MAX).await?)
}

/// Grants access to a resource, or changes its level. Returns the number of grants that have changed.
///
/// # Errors
/// [`Error::Invalid`] for too many grants and for a user or a group that does not exist, [`Error::Conflict`] for a group that is being
/// deleted, [`Error::NotFound`] when there is no such resource.
pub async fn add(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    resource: impl Into<TargetRef>,
    grants: Vec<GrantDraft>,
) -> Result<u64, Error> {
    put_all(services, authorized, (resource.into(), None), grants).await
}

/// Grants a group access to a resource at a level, or revokes it without a level. Both were shown with their names. Returns whether
/// a grant has changed.
///
/// # Errors
/// [`Error::TargetMismatch`] when one of them has another name, [`Error::Conflict`] for a grant to a group that is being deleted,
/// [`Error::NotFound`] when there is no such resource or group.
pub async fn set_of_group(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    (resource, group): (TargetRef, TargetRef),
    level: Option<GrantLevel>,
) -> Result<bool, Error> {
    let subject = GrantTarget::Group(group.id);
    let shown = (resource, Some(group));
    let number = match level {
        Some(level) => {
            let grant = GrantDraft { subject, level };
            put_all(services, authorized, shown, vec![grant]).await?
        }
        None => delete_all(services, authorized, shown, vec![subject]).await?,
    };
    Ok(number > 0)
}

async fn put_all(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    (resource, group): (TargetRef, Option<TargetRef>),
    mut grants: Vec<GrantDraft>,
) -> Result<u64, Error> {
    check_number(grants.len())?;
    // Stored in one order, so that two requests cannot wait for each other.
    grants.sort_by_key(|grant| grant.subject);
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, resource, name) = &open(&mut transaction, authorized, resource).await?;
    check_group(&mut transaction, group.as_ref()).await?;
    let mut changed = Vec::new();
    for grant in &grants {
        if let GrantTarget::Group(id) = grant.subject {
            deletions::check_stays(&mut transaction, &id.to_string()).await?;
        }
        let put = db::resources::grants::put(&mut transaction, *resource, grant, actor.id()).await;
        if put.map_err(errors::missing)? {
            changed.push(*grant);
        }
    }
    let number = changed.len() as u64;
    if number == 0 {
        return Ok(0);
    }
    let audited = audit_granted(
        &mut transaction,
        actor,
        (*resource, name.as_str()),
        &changed,
    )
    .await?;
    db::commit(transaction, audited).await?;
    Ok(number)
}

/// Writes the audit event of grants, and beneath it one of each user who has one.
async fn audit_granted(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (resource, name): (Uuid, &str),
    grants: &[GrantDraft],
) -> Result<Audited, Error> {
    let subjects: Vec<GrantTarget> = grants.iter().map(|grant| grant.subject).collect();
    let names = names(transaction, &subjects).await?;
    let labels: Vec<String> = grants
        .iter()
        .map(|grant| format!("{} {}", label(grant.subject, &names), grant.level.as_str()))
        .collect();
    let changes = Changes::default().with("grants", Value::Null, labels);
    let about = (Action::ResourceAccessGranted, Some(resource), name);
    let (actor, audited) = audit::write_whole(transaction, actor, about, changes).await?;
    for level in GrantLevel::ALL {
        let of_level = grants.iter().filter(|grant| grant.level == *level);
        let users = users(of_level.map(|grant| grant.subject), &names);
        let changes = Changes::default().with("resource", Value::Null, name).with(
            "level",
            Value::Null,
            level.as_str(),
        );
        audit::write_parts(transaction, &actor, Action::AccessGranted, &users, changes).await?;
    }
    Ok(audited)
}

/// Revokes grants of a resource. Returns their number; subjects without a grant are left out.
///
/// # Errors
/// [`Error::Invalid`] for too many subjects, [`Error::NotFound`] when there is no such resource.
pub async fn revoke(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    resource: impl Into<TargetRef>,
    subjects: Vec<GrantTarget>,
) -> Result<u64, Error> {
    delete_all(services, authorized, (resource.into(), None), subjects).await
}

async fn delete_all(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    (resource, group): (TargetRef, Option<TargetRef>),
    mut subjects: Vec<GrantTarget>,
) -> Result<u64, Error> {
    check_number(subjects.len())?;
    subjects.sort();
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, resource, name) = &open(&mut transaction, authorized, resource).await?;
    check_group(&mut transaction, group.as_ref()).await?;
    let mut revoked = Vec::new();
    for subject in subjects {
        if db::resources::grants::delete(&mut transaction, *resource, subject).await? {
            revoked.push(subject);
        }
    }
    let number = revoked.len() as u64;
    let audited = if revoked.is_empty() {
        Audited::not_needed("no subject has a grant")
    } else {
        audit_revoked(
            &mut transaction,
            actor,
            (*resource, name.as_str()),
            &revoked,
        )
        .await?
    };
    db::commit(transaction, audited).await?;
    Ok(number)
}

/// Writes the audit event of revoked grants, and beneath it one of each user who had one.
async fn audit_revoked(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (resource, name): (Uuid, &str),
    subjects: &[GrantTarget],
) -> Result<Audited, Error> {
    let names = names(transaction, subjects).await?;
    let labels: Vec<String> = subjects
        .iter()
        .map(|subject| label(*subject, &names))
        .collect();
    let changes = Changes::default().with("grants", labels, Value::Null);
    let about = (Action::ResourceAccessRevoked, Some(resource), name);
    let (actor, audited) = audit::write_whole(transaction, actor, about, changes).await?;
    let users = users(subjects.iter().copied(), &names);
    let changes = Changes::default().with("resource", name, Value::Null);
    audit::write_parts(transaction, &actor, Action::AccessRevoked, &users, changes).await?;
    Ok(audited)
}

/// Confirms the permission and locks the resource. Returns the actor, and the id and the name of the resource.
async fn open(
    transaction: &mut db::Transaction,
    authorized: &Authorized<ResourcesWrite>,
    target: TargetRef,
) -> Result<(Actor, Uuid, String), Error> {
    let actor = guard::confirm(transaction, authorized.actor(), Permission::ResourcesWrite).await?;
    let resource = db::resources::lock(transaction, target.id, actor.id())
        .await?
        .ok_or(NOT_FOUND)?;
    target.check_name(&resource.name)?;
    Ok((actor, resource.id, resource.name))
}

/// Checks that the group of a grant has the name that was shown, if one was.
async fn check_group(
    transaction: &mut db::Transaction,
    shown: Option<&TargetRef>,
) -> Result<(), Error> {
    let Some(shown) = shown else { return Ok(()) };
    let group = db::groups::find(&mut **transaction, shown.id).await?;
    let group = group.ok_or(Error::NotFound(Entity::Group))?;
    shown.check_name(&group.name)
}

/// Returns the names of users and groups by their ids.
async fn names(
    transaction: &mut db::Transaction,
    subjects: &[GrantTarget],
) -> Result<HashMap<Uuid, String>, Error> {
    let id = |subject: &GrantTarget| {
        let (user, group) = subject.ids();
        user.or(group)
    };
    let ids: Vec<Uuid> = subjects.iter().filter_map(id).collect();
    Ok(db::resources::grants::find_names(&mut **transaction, &ids).await?)
}

/// Returns the users among subjects, with their names.
fn users(
    subjects: impl Iterator<Item = GrantTarget>,
    names: &HashMap<Uuid, String>,
) -> Vec<(Uuid, String)> {
    let user = |subject| match subject {
        GrantTarget::User(id) => names.get(&id).map(|name| (id, name.clone())),
        GrantTarget::Group(_) | GrantTarget::Everyone => None,
    };
    subjects.filter_map(user).collect()
}

/// Returns a subject as the audit log has it.
fn label(subject: GrantTarget, names: &HashMap<Uuid, String>) -> String {
    let named = |kind: &str, id: Uuid| match names.get(&id) {
        Some(name) => format!("{kind} {name}"),
        None => format!("{kind} {id}"),
    };
    match subject {
        GrantTarget::User(id) => named("user", id),
        GrantTarget::Group(id) => named("group", id),
        GrantTarget::Everyone => "everyone".to_owned(),
    }
}

fn check_number(number: usize) -> Result<(), Error> {
    if (1..=GRANTS_AT_ONCE).contains(&number) {
        return Ok(());
    }
    let mut errors = FieldErrors::default();
    errors.add("grants", messages::grants_max(GRANTS_AT_ONCE));
    Err(Error::Invalid(errors))
}
