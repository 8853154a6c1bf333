//! Creation of a resource.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::flash::{Flash, FlashEvent, ResourceEvent};
use domain::resources::ResourceDraft;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{Error, access::ResourcesWrite};

#[cfg(feature = "ssr")]
use super::{path, read};
#[cfg(feature = "ssr")]
use crate::api::ssr;
use crate::api::{error::ApiError, form_success::FormSuccess, wire::Post};

/// Creates a resource, or returns the errors of all fields. Redirects to its page, where access is granted.
#[server(endpoint = "create-resource", protocol = Post)]
pub async fn create_resource(
    #[server(default)] kind: String,
    #[server(default)] external_id: String,
    #[server(default)] name: String,
    #[server(default)] owner: String,
    #[server(default)] client: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<ResourcesWrite>()?;
        let found_owner = if owner.trim().is_empty() {
            Ok(None)
        } else {
            let owner = read::user(&services, &caller, ("owner", &owner)).await;
            owner.map(|owner| Some(owner.id.0))
        };
        let found_client = read::client(&services, &caller, &client).await;
        let draft = draft(CreateResource {
            kind,
            external_id,
            name,
            owner,
            client,
        });
        let mut errors = draft.clone().check().err().unwrap_or_default();
        let owner_id = read::found(&mut errors, found_owner)?;
        let client_id = read::found(&mut errors, found_client)?;
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        let draft = ResourceDraft {
            owner_id: owner_id.flatten(),
            client_id,
            ..draft
        };
        let created = service::resources::create(&services, &authorized, draft).await?;
        let flash = Flash::of(
            FlashEvent::Resource(ResourceEvent::ResourceCreated),
            [created.name],
        );
        Ok(FormSuccess::flash(&path(created.id), flash, None).await)
    })
    .await
}

/// Converts the form to a draft without owner and client, which the form names.
#[must_use]
pub fn draft(form: CreateResource) -> ResourceDraft {
    ResourceDraft {
        kind: form.kind.trim().to_owned(),
        external_id: form.external_id,
        name: form.name,
        ..ResourceDraft::default()
    }
}
