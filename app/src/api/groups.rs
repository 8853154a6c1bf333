//! Groups: the list, one group, and its changes. Its members, features, links and resources are in modules of their own.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

pub mod features;
pub mod links;
pub mod members;
pub mod resources;

#[cfg(feature = "ssr")]
use domain::{
    error::Entity,
    flash::{Flash, FlashEvent, GroupChange, ResourceEvent},
    groups::GROUPS_ORDER,
    limits::{LimitListParams, SubjectKind},
    list::Limits,
};
use domain::{
    groups::{GroupDeletion, GroupDraft, GroupEdit, GroupOverview},
    limits::Limit,
    list::{Listed, SearchParams},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    Error, Services,
    access::{Authorized, GroupsRead, GroupsWrite, LimitsRead},
    guard::TargetRef,
    limits::LimitFilter,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    error::ApiError,
    first_values::changed,
    form_success::FormSuccess,
    listed::ListResult,
    wire::{Get, Post},
};
#[cfg(feature = "ssr")]
use super::{ssr, user_actions::read};

/// Path of the list.
pub const GROUPS: &str = "/groups";

/// Returns the path of a group's page.
#[must_use]
pub fn path_of(id: Uuid) -> String {
    format!("{GROUPS}/{id}")
}

/// A group on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    /// The id of the group.
    pub id: Uuid,
    /// Name of the group.
    pub name: String,
    /// Purpose of the group.
    pub description: String,
    /// Keys of the features that its members have.
    pub features: Vec<String>,
    /// Number of members.
    pub members: u64,
    /// Version of the group, incremented by each change.
    pub version: i32,
    /// `true` if the viewer manages the group.
    pub is_managed: bool,
    /// `true` if the viewer can create password links for members, as a manager.
    pub can_create_links: bool,
    /// Time of creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Lists one page of the groups that the caller can see.
#[server(endpoint = "groups", protocol = Get)]
pub async fn list_groups(
    #[server(default)] params: SearchParams,
) -> Result<ListResult<Listed<GroupOverview>>, ApiError> {
    let query = params.parse(Limits::PANEL, GROUPS_ORDER);
    ssr::call_list_as_caller(query, async |services, caller, query| {
        service::groups::list_overviews(&services, &caller, &query).await
    })
    .await
}

/// Returns a group by its id.
#[server(endpoint = "group", protocol = Get)]
pub async fn find_group(group: String) -> Result<GroupView, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let (found, manager) = service::groups::open(&services, &caller, id_of(&group)?).await?;
        Ok(GroupView {
            id: found.id,
            name: found.name,
            description: found.description,
            features: found.features,
            members: found.members,
            version: found.version,
            is_managed: manager.is_some(),
            can_create_links: manager.unwrap_or_default(),
            created_at: found.created_at,
            now: (services.clock)(),
        })
    })
    .await
}

/// Parses the id of a group in a URL.
#[cfg(feature = "ssr")]
fn id_of(group: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(group).map_err(|_| Error::NotFound(Entity::Group))
}

/// Creates a group without members.
#[server(endpoint = "create-group", protocol = Post)]
pub async fn create_group(
    #[server(default)] name: String,
    #[server(default)] description: String,
) -> Result<FormSuccess, ApiError> {
    let draft = draft(CreateGroup { name, description });
    ssr::call::<GroupsWrite, _>(async |services, authorized| {
        let group = service::groups::create(&services, &authorized, draft).await?;
        let event = FlashEvent::Resource(ResourceEvent::GroupCreated);
        Ok(flash(&path_of(group.id), event, group.name).await)
    })
    .await
}

/// Converts the form to a draft.
#[must_use]
pub fn draft(form: CreateGroup) -> GroupDraft {
    GroupDraft {
        name: form.name,
        description: form.description,
        ..GroupDraft::default()
    }
}

/// Changes the name and the description of a group if it still has the name and the version that the form showed.
#[server(endpoint = "edit-group", protocol = Post)]
pub async fn edit_group(
    id: Uuid,
    shown: String,
    version: i32,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::named(id, shown.as_str()).at_version(version);
    let edit = edit(EditGroup {
        id,
        shown,
        version,
        name,
        description,
        first,
    });
    ssr::call_with_read::<GroupsWrite, _>(async |services, authorized| {
        let group = service::groups::edit(&services, &authorized, target, edit).await?;
        let event = FlashEvent::Resource(ResourceEvent::GroupSaved);
        Ok(flash(&path_of(id), event, group.name).await)
    })
    .await
}

/// Converts the form to an edit of the changed fields.
#[must_use]
pub fn edit(form: EditGroup) -> GroupEdit {
    GroupEdit {
        name: changed(&form.first, "name", form.name),
        description: changed(&form.first, "description", form.description),
        ..GroupEdit::default()
    }
}

/// Effect of the deletion of a group, with the limits that end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDeletionView {
    /// Numbers of what is lost.
    pub effect: GroupDeletion,
    /// The first limits that end, for viewers who can read limits.
    pub limits: Vec<Limit>,
}

/// Counts what the deletion of a group affects.
#[server(endpoint = "group-deletion", protocol = Get)]
pub async fn preview_group_deletion(id: Uuid) -> Result<GroupDeletionView, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require::<GroupsRead>()?;
        let effect = service::groups::preview_deletion(&services, &authorized, id).await?;
        let limits = match caller.require::<LimitsRead>() {
            Ok(authorized) => limits_of(&services, &authorized, id).await?,
            Err(_) => Vec::new(),
        };
        Ok(GroupDeletionView { effect, limits })
    })
    .await
}

/// Returns the first limits of a group.
#[cfg(feature = "ssr")]
async fn limits_of(
    services: &Services,
    authorized: &Authorized<LimitsRead>,
    id: Uuid,
) -> Result<Vec<Limit>, Error> {
    let query = LimitListParams::default().page(Limits::PANEL)?;
    let filter = LimitFilter {
        kind: Some(SubjectKind::Group),
        subject: Some(id),
        ..LimitFilter::default()
    };
    let listed = service::limits::list(services, authorized, &query, filter).await?;
    Ok(listed.page.rows)
}

/// Deletes a group. `shown` is the name, `confirm` the typed one, the numbers are the effect that the dialog showed.
#[server(endpoint = "delete-group", protocol = Post)]
pub async fn delete_group(
    id: Uuid,
    shown: String,
    #[server(default)] confirm: String,
    members: u64,
    features: u64,
    resources: u64,
    grants: u64,
    limits: u64,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::named(id, shown.clone());
    let preview = GroupDeletion {
        members,
        features,
        resources,
        grants,
        limits,
    };
    ssr::call_with_read::<GroupsWrite, _>(async |services, authorized| {
        read::same_name(&shown, &confirm)?;
        let job = service::groups::delete(&services, &authorized, target, Some(preview)).await?;
        let event = if job.is_some() {
            FlashEvent::Group(GroupChange::DeletionStarted)
        } else {
            FlashEvent::Resource(ResourceEvent::GroupDeleted)
        };
        Ok(flash(GROUPS, event, shown).await)
    })
    .await
}

/// Redirects to a page with a message about a group.
#[cfg(feature = "ssr")]
async fn flash(page: &str, event: FlashEvent, name: String) -> FormSuccess {
    FormSuccess::flash(page, Flash::of(event, [name]), None).await
}
