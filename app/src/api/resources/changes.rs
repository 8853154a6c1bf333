//! Changes, transfer and deletion of resources. `shown` is the name that the page showed.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::{
    error::Conflict,
    flash::{Flash, FlashEvent, ResourceEvent},
    resources::ResourceEdit,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{Error, access::ResourcesWrite, guard::TargetRef};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::{RESOURCES, path, read};
use crate::api::{error::ApiError, form_success::FormSuccess, wire::Post};
#[cfg(feature = "ssr")]
use crate::api::{
    first_values::{changed, is_changed},
    ssr,
};

/// Changes a resource if it still has the version that the form showed. `first` has the values of the fields: an
/// unchanged client stays, whether or not it exists.
#[server(endpoint = "edit-resource", protocol = Post)]
pub async fn edit_resource(
    id: Uuid,
    shown: String,
    version: i32,
    #[server(default)] name: String,
    #[server(default)] client: String,
    #[server(default)] active: bool,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::named(id, shown).at_version(version);
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<ResourcesWrite>()?;
        let client_id = match changed(&first, "client", client.trim().to_owned()) {
            Some(client) => Some(read::client(&services, &caller, &client).await?),
            None => None,
        };
        let edit = ResourceEdit {
            name: changed(&first, "name", name),
            client_id,
            active: is_changed(&first, "active", &active.to_string()).then_some(active),
            owner_id: None,
        };
        let edited = service::resources::edit(&services, &authorized, target, edit).await?;
        let flash = Flash::of(
            FlashEvent::Resource(ResourceEvent::ResourceSaved),
            [edited.name],
        );
        Ok(FormSuccess::flash(&path(id), flash, None).await)
    })
    .await
}

/// Transfers a resource to another owner if it still has the version that the form showed.
#[server(endpoint = "transfer-resource", protocol = Post)]
pub async fn transfer_resource(
    id: Uuid,
    shown: String,
    version: i32,
    #[server(default)] owner: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::named(id, shown).at_version(version);
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<ResourcesWrite>()?;
        let owner = read::user(&services, &caller, ("owner", &owner)).await?;
        let edit = ResourceEdit {
            owner_id: Some(Some(owner.id.0)),
            ..ResourceEdit::default()
        };
        let edited = service::resources::edit(&services, &authorized, target, edit).await?;
        let names = [edited.name, owner.username];
        let flash = Flash::of(FlashEvent::ResourceTransferred, names);
        Ok(FormSuccess::flash(&path(id), flash, None).await)
    })
    .await
}

/// Transfers all resources of a user to another one.
#[server(endpoint = "transfer-resources", protocol = Post)]
pub async fn transfer_resources(
    #[server(default)] from: String,
    #[server(default)] to: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<ResourcesWrite>()?;
        let from = read::user(&services, &caller, ("from", &from)).await?;
        let to = read::user(&services, &caller, ("to", &to)).await?;
        let owners = (from.id.0, to.id.0);
        let moved = service::resources::transfer(&services, &authorized, owners, None).await?;
        let names = [from.username, to.username];
        let flash = Flash::of(FlashEvent::ResourcesTransferred, names).counting(moved);
        Ok(FormSuccess::flash(RESOURCES, flash, None).await)
    })
    .await
}

/// Deletes a resource with its grants. `counts` is the effect that the dialog showed.
#[server(endpoint = "delete-resource", protocol = Post)]
pub async fn delete_resource(
    id: Uuid,
    shown: String,
    version: i32,
    counts: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::named(id, shown.as_str()).at_version(version);
    ssr::call_with_read::<ResourcesWrite, _>(async |services, authorized| {
        let preview = read::deletion(&counts);
        let preview = preview.ok_or(Error::Conflict(Conflict::PageOutdated))?;
        service::resources::delete(&services, &authorized, target, Some(preview)).await?;
        let flash = Flash::of(
            FlashEvent::Resource(ResourceEvent::ResourceDeleted),
            [shown],
        );
        Ok(FormSuccess::flash(RESOURCES, flash, None).await)
    })
    .await
}
