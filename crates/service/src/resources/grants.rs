//! Grants of access to resources.

use domain::{
    action::Action,
    fields::FieldErrors,
    messages,
    permission::Permission,
    resources::{GRANTS_AT_ONCE, Grant, GrantDraft, GrantTarget},
};
use serde_json::Value;
use uuid::Uuid;

use super::{NOT_FOUND, errors};
use crate::{
    Error, Services,
    access::{Actor, Authorized, ResourcesRead, ResourcesWrite},
    audit::{self, Audited, Changes},
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
/// [`Error::Invalid`] for too many grants and for a user or a group that does not exist, [`Error::NotFound`] when there is no such
/// resource.
pub async fn add(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    resource: impl Into<TargetRef>,
    mut grants: Vec<GrantDraft>,
) -> Result<u64, Error> {
    check_number(grants.len())?;
    // Stored in one order, so that two requests cannot wait for each other.
    grants.sort_by_key(|grant| grant.subject);
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, resource, name) = &open(&mut transaction, authorized, resource.into()).await?;
    let mut changed = Vec::new();
    for grant in &grants {
        let put = db::resources::grants::put(&mut transaction, *resource, grant, actor.id()).await;
        if put.map_err(errors::missing)? {
            changed.push(format!("{} {}", label(grant.subject), grant.level.as_str()));
        }
    }
    let number = changed.len() as u64;
    if number == 0 {
        return Ok(0);
    }
    let changes = Changes::default().with("grants", Value::Null, changed);
    let about = (Action::AccessGranted, Some(*resource), name.as_str());
    let audited = audit::write_about(&mut transaction, actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(number)
}

/// Revokes grants of a resource. Returns their number; subjects without a grant are left out.
///
/// # Errors
/// [`Error::Invalid`] for too many subjects, [`Error::NotFound`] when there is no such resource.
pub async fn revoke(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    resource: impl Into<TargetRef>,
    mut subjects: Vec<GrantTarget>,
) -> Result<u64, Error> {
    check_number(subjects.len())?;
    subjects.sort();
    let mut transaction = db::begin(&services.pool).await?;
    let (actor, resource, name) = &open(&mut transaction, authorized, resource.into()).await?;
    let mut revoked = Vec::new();
    for subject in subjects {
        if db::resources::grants::delete(&mut transaction, *resource, subject).await? {
            revoked.push(label(subject));
        }
    }
    let number = revoked.len() as u64;
    let audited = if revoked.is_empty() {
        Audited::not_needed("no subject has a grant")
    } else {
        let changes = Changes::default().with("grants", revoked, Value::Null);
        let about = (Action::AccessRevoked, Some(*resource), name.as_str());
        audit::write_about(&mut transaction, actor, about, changes).await?
    };
    db::commit(transaction, audited).await?;
    Ok(number)
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

/// Returns a subject as the audit log has it.
fn label(subject: GrantTarget) -> String {
    match subject {
        GrantTarget::User(id) => format!("user {id}"),
        GrantTarget::Group(id) => format!("group {id}"),
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
