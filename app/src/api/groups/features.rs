//! Features of a group.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::features::Feature;
#[cfg(feature = "ssr")]
use domain::{
    flash::{FlashEvent, ResourceEvent},
    groups::GroupEdit,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{
    access::{FeaturesRead, GroupsWrite},
    guard::TargetRef,
};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::{flash, path_of};
use crate::api::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};
#[cfg(feature = "ssr")]
use crate::api::{first_values::merged, ssr};

/// Lists all features that a group can have.
#[server(endpoint = "group-features", protocol = Get)]
pub async fn list_features() -> Result<Vec<Feature>, ApiError> {
    ssr::call::<FeaturesRead, _>(async |services, authorized| {
        service::features::list(&services, &authorized).await
    })
    .await
}

/// Adds and removes the changed features of a group if it still has the name and the version that the form showed.
#[server(endpoint = "save-group-features", protocol = Post)]
pub async fn save_group_features(
    id: Uuid,
    shown: String,
    version: i32,
    #[server(default)] features: Vec<String>,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::named(id, shown).at_version(version);
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require_with_read::<GroupsWrite>()?;
        let (stored, _) = service::groups::open(&services, &caller, id).await?;
        let edit = GroupEdit {
            features: Some(merged(&first, "features", features, stored.features)),
            ..GroupEdit::default()
        };
        let group = service::groups::edit(&services, &authorized, target, edit).await?;
        let page = format!("{}/features", path_of(id));
        let event = FlashEvent::Resource(ResourceEvent::GroupSaved);
        Ok(flash(&page, event, group.name).await)
    })
    .await
}
