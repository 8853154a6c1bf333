//! Creation of one resource, as a form does it.

use db::resources::Stored;
use domain::{
    action::Action,
    fields::FieldErrors,
    messages,
    resources::{Resource, ResourceDraft, StoreOutcome},
};
use serde_json::Value;

use super::{NOT_FOUND, errors, viewer};
use crate::{
    Error, Services,
    access::{Authorized, ResourcesWrite},
    audit::{self, Changes},
    guard,
};

/// Creates a resource. Unlike [`store`](super::store), it does not change one that exists.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::Taken`] when there is a resource of the kind with the id in the host application.
pub async fn create(
    services: &Services,
    authorized: &Authorized<ResourcesWrite>,
    draft: ResourceDraft,
) -> Result<Resource, Error> {
    let resource = draft.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let resources = std::slice::from_ref(&resource);
    let stored = db::resources::store(&mut transaction, resources, viewer(&actor))
        .await
        .map_err(errors::missing)?;
    if !matches!(stored, Stored::All(StoreOutcome { created: 1, .. })) {
        // The transaction is rolled back with the change of the other resource.
        let mut errors = FieldErrors::default();
        errors.add("external_id", messages::resource_exists());
        return Err(Error::Taken(errors));
    }
    let name = format!("{}/{}", resource.kind, resource.external_id);
    let changes =
        Changes::default()
            .with("created", 0, 1)
            .with("resources", Value::Null, vec![name]);
    let about = (Action::ResourceStored, None, resource.kind.as_str());
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    let (kind, external_id) = (&resource.kind, &resource.external_id);
    let id = db::resources::find_id(&mut *transaction, kind, external_id).await?;
    let id = id.ok_or(NOT_FOUND)?;
    // Found even if it has a client that the actor does not see.
    let created = db::resources::find(&mut *transaction, id, None).await?;
    db::commit(transaction, audited).await?;
    created.ok_or(NOT_FOUND)
}
