//! Resources of the host application: storing, changes, transfer and deletion. Grants to them are in [`grants`].

mod audited;
mod create;
mod errors;
mod export;
pub mod grants;
mod listing;
mod names;
mod transfer;

use std::collections::BTreeSet;

use db::resources::Stored;
pub use db::{access::Reach, resources::ResourceFilter};
use domain::{
    action::Action,
    error::{Conflict, Entity},
    fields::{FieldErrors, field_path},
    list::{Listed, Page, Total, UnfilteredQuery},
    messages, policy,
    resources::{
        RESOURCES_AT_ONCE, Resource, ResourceDeletion, ResourceDraft, ResourceEdit, StoreOutcome,
        StoredResource,
    },
    stored::StoredObject,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Authorized, ResourcesRead, ResourcesWrite},
    audit::{self, Audited, Changes},
    guard::{self, TargetRef},
};

pub use create::create;
pub use export::export;
pub use listing::{count_kinds, list_matching, list_with_grants, open};
pub use names::{find_client, find_group, find_reach};
pub use transfer::transfer;

const NOT_FOUND: Error = Error::NotFound(Entity::Resource);

/// Lists resources, the first created first. Those of clients that the actor does not see are left out.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    query: &UnfilteredQuery,
    filter: ResourceFilter<'_>,
) -> Result<Listed<Resource>, Error> {
    let filter = ResourceFilter {
        viewer: authorized.actor().id(),
        ..filter
    };
    page(services, query, filter).await
}

/// Lists resources that match a filter, for callers whose permission is checked.
pub(crate) async fn page(
    services: &Services,
    query: &UnfilteredQuery,
    filter: ResourceFilter<'_>,
) -> Result<Listed<Resource>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (resources, more) = db::resources::list_page(&mut *connection, query, filter).await?;
    let counted = db::resources::count(&mut *connection, filter).await?;
    let total = Total::up_to_limit(counted);
    let page = Page::of(resources, more, total, &query.position, Resource::cursor);
    Ok(page.at((services.clock)()))
}

/// Returns a resource by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such resource, and for one of a client that the actor does not see.
pub async fn find(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    id: Uuid,
) -> Result<Resource, Error> {
    let viewer = authorized.actor().id();
    let found = db::resources::find(&services.pool, id, viewer).await?;
    found.ok_or(NOT_FOUND)
}

/// Creates and changes resources by their kinds and their ids in the host application. Either all of them are stored or none.
///
/// # Errors
/// [`Error::Invalid`] with the errors of all resources, named as `resources.3.name`, [`Error::Taken`] for those that exist with a client
/// that the actor does not see.
pub async fn store(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    drafts: Vec<ResourceDraft>,
) -> Result<StoreOutcome, Error> {
    let resources = check(drafts)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let stored = db::resources::store(&mut transaction, &resources, viewer(&actor))
        .await
        .map_err(errors::missing)?;
    let outcome = match stored {
        Stored::All(outcome) => outcome,
        Stored::Unseen(positions) => return Err(errors::unseen(&positions)),
    };
    let audited = if outcome.created + outcome.updated == 0 {
        Audited::not_needed("every resource is stored like this already")
    } else {
        let names = resources
            .iter()
            .map(|resource| format!("{}/{}", resource.kind, resource.external_id));
        let changes = Changes::default()
            .with("created", 0, outcome.created)
            .with("updated", 0, outcome.updated)
            .with("resources", Value::Null, names.collect::<Vec<_>>());
        let label = resources.first().map_or("", |first| first.kind.as_str());
        let about = (Action::ResourceStored, None, label);
        audit::write_about(&mut transaction, &actor, about, changes).await?
    };
    db::commit(transaction, audited).await?;
    Ok(outcome)
}

/// Returns the user whose clients limit what the actor stores and transfers. None for the operator, and for a host application, which
/// stores the resources of all clients.
fn viewer(actor: &Actor) -> Option<Uuid> {
    let is_host = policy::is_host(&actor.subject.permissions);
    actor.id().filter(|_| !is_host)
}

/// Checks resources. None can be there twice.
fn check(drafts: Vec<ResourceDraft>) -> Result<Vec<StoredResource>, Error> {
    let mut errors = FieldErrors::default();
    if drafts.is_empty() || drafts.len() > RESOURCES_AT_ONCE {
        errors.add("resources", messages::resources_max(RESOURCES_AT_ONCE));
        return Err(Error::Invalid(errors));
    }
    let mut seen = BTreeSet::new();
    let mut resources = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let name = |field: &str| field_path(["resources", &index.to_string(), field]);
        match draft.check() {
            Ok(resource) => {
                if !seen.insert((resource.kind.clone(), resource.external_id.clone())) {
                    errors.add(&name("external_id"), messages::resource_repeated());
                }
                resources.push(resource);
            }
            Err(found) => errors.append(found.renamed(name)),
        }
    }
    if errors.is_empty() {
        Ok(resources)
    } else {
        Err(Error::Invalid(errors))
    }
}

/// Changes a resource. Fields that the edit leaves out stay.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::Outdated`] when the resource was changed since the caller read it,
/// [`Error::NotFound`] when there is no such resource.
pub async fn edit(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    target: impl Into<TargetRef>,
    edit: ResourceEdit,
) -> Result<Resource, Error> {
    let patch = edit.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let before = lock(&mut transaction, &actor, &target.into()).await?;
    let changes = audited::changes(&mut transaction, &before, &patch).await?;
    if changes.is_empty() {
        return Ok(before);
    }
    db::resources::set(&mut transaction, before.id, &patch)
        .await
        .map_err(errors::missing)?;
    let about = (
        Action::ResourceUpdated,
        Some(before.id),
        before.name.as_str(),
    );
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    // Found even if it now has a client that the actor does not see.
    let after = db::resources::find(&mut *transaction, before.id, None).await?;
    db::commit(transaction, audited).await?;
    after.ok_or(NOT_FOUND)
}

/// Counts the users and groups that lose access when a resource is deleted.
///
/// # Errors
/// [`Error::NotFound`] when there is no such resource.
pub async fn preview_deletion(
    services: &Services,
    authorized: &Authorized<ResourcesRead>,
    id: Uuid,
) -> Result<ResourceDeletion, Error> {
    find(services, authorized, id).await?;
    Ok(db::resources::grants::count_deletion(&services.pool, id).await?)
}

/// Deletes a resource with its grants. `preview` is the effect that was shown, if one was.
///
/// # Errors
/// [`Error::Conflict`] when the effect differs from the preview, [`Error::Outdated`] when the resource was changed since the caller read
/// it, [`Error::NotFound`] when there is no such resource.
pub async fn delete(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    target: impl Into<TargetRef>,
    preview: Option<ResourceDeletion>,
) -> Result<ResourceDeletion, Error> {
    let target = target.into();
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    // Lock order: the accounts before the resource.
    let users = db::users::retain::users_of_resource(&mut transaction, target.id).await?;
    let resource = lock(&mut transaction, &actor, &target).await?;
    let deletion = db::resources::grants::count_deletion(&mut *transaction, resource.id).await?;
    if preview.is_some_and(|preview| preview != deletion) {
        return Err(Error::Conflict(Conflict::PreviewChanged));
    }
    db::resources::delete(&mut transaction, resource.id, &users).await?;
    let changes = audited::deleted(&mut transaction, &resource, &deletion).await?;
    let about = (
        Action::ResourceDeleted,
        Some(resource.id),
        resource.name.as_str(),
    );
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(deletion)
}

/// Locks a resource in the version that was shown, if the actor sees it.
async fn lock(
    transaction: &mut db::Transaction,
    actor: &Actor,
    target: &TargetRef,
) -> Result<Resource, Error> {
    let resource = db::resources::lock(transaction, target.id, actor.id())
        .await?
        .ok_or(NOT_FOUND)?;
    // First, so that a form for a resource that was renamed since shows its new name.
    if !target.is_at(resource.version) {
        return Err(Error::Outdated(Box::new(StoredObject::Resource(resource))));
    }
    target.check_name(&resource.name)?;
    Ok(resource)
}
