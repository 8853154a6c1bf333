//! Resources that the members of a group reach through grants to it.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::{
    flash::{Flash, FlashEvent, GroupChange, Undo},
    groups::GROUP_RESOURCES_ORDER,
    list::Limits,
};
use domain::{
    groups::GroupResource,
    list::{Listed, UnfilteredParams},
    resources::GrantLevel,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{
    access::{ResourcesRead, ResourcesWrite},
    guard::TargetRef,
    resources::grants,
};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::{id_of, path_of};
#[cfg(feature = "ssr")]
use crate::api::ssr;
use crate::api::{
    error::ApiError,
    form_success::FormSuccess,
    listed::ListResult,
    resources::grants::GrantOperation,
    wire::{Get, Post},
};

/// Lists one page of the resources that are granted to a group.
#[server(endpoint = "group-resources", protocol = Get)]
pub async fn list_group_resources(
    group: String,
    #[server(default)] params: UnfilteredParams,
) -> Result<ListResult<Listed<GroupResource>>, ApiError> {
    let query = params.parse(Limits::PANEL, GROUP_RESOURCES_ORDER);
    ssr::call_list::<ResourcesRead, _, _>(query, async |services, authorized, query| {
        let group = id_of(&group)?;
        service::groups::list_resources(&services, &authorized, group, &query).await
    })
    .await
}

/// Revokes the access of a group to a resource, or grants it at a level. `shown` and `shown_group` are the names that
/// the page showed.
#[server(endpoint = "group-grant", protocol = Post)]
pub async fn run_grant_operation(
    group: Uuid,
    id: Uuid,
    shown: String,
    shown_group: String,
    level: GrantLevel,
    operation: GrantOperation,
) -> Result<FormSuccess, ApiError> {
    let shown_refs = (
        TargetRef::named(id, shown.as_str()),
        TargetRef::named(group, shown_group.as_str()),
    );
    ssr::call::<ResourcesWrite, _>(async |services, authorized| {
        let (set_level, change, reverse) = match operation {
            GrantOperation::Grant => {
                let change = GroupChange::AccessGranted;
                (Some(level), change, GrantOperation::Revoke)
            }
            GrantOperation::Revoke => (None, GroupChange::AccessRevoked, GrantOperation::Grant),
        };
        let is_changed =
            grants::set_of_group(&services, &authorized, shown_refs, set_level).await?;
        let page = format!("{}/resources", path_of(group));
        if !is_changed {
            return Ok(FormSuccess::to(page));
        }
        let (group, id) = (group.to_string(), id.to_string());
        let undo = [
            ("group", group.as_str()),
            ("id", &id),
            ("shown", &shown),
            ("shown_group", &shown_group),
            ("level", level.as_str()),
            ("operation", reverse.as_str()),
        ];
        let undo = Undo {
            path: page.clone(),
            form: form_urlencoded::Serializer::new(String::new())
                .extend_pairs(undo)
                .finish(),
        };
        let flash = Flash::of(FlashEvent::Group(change), [shown]);
        Ok(FormSuccess::flash(&page, flash, Some(undo)).await)
    })
    .await
}
