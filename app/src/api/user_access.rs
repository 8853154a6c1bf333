//! Access of a user: groups, features and resources with the reasons, questions, and the items of the pickers.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

#[cfg(feature = "ssr")]
mod answer;

use domain::{
    access_check::{AccessAnswer, KindTotal},
    features::EffectiveFeature,
    resources::GrantLevel,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::access::{AccessRead, ClientsRead, GroupsRead, GroupsWrite, ResourcesRead, UsersRead};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};

/// Largest number of items that a picker lists. A search finds the others.
pub const PICKED_MAX: u16 = 500;

/// An object that users select by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickerItem {
    /// Value in a form.
    pub key: String,
    /// Name of the object.
    pub label: String,
}

impl PickerItem {
    /// Returns the item of a client. A number without a known client is shown as `#7`.
    #[must_use]
    pub fn of_client(id: i32, name: Option<&str>) -> Self {
        Self {
            key: id.to_string(),
            label: name.map_or_else(|| format!("#{id}"), str::to_owned),
        }
    }
}

/// First items that match a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickerPage {
    /// The items, by name.
    pub items: Vec<PickerItem>,
    /// Whether there are more.
    pub more: bool,
}

/// Access of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAccess {
    /// First groups by name, and the number of all; `None` if the caller cannot read groups.
    pub groups: Option<(Vec<PickerItem>, u64)>,
    /// All features, each with the reasons.
    pub features: Vec<EffectiveFeature>,
    /// Numbers of reachable resources by kind.
    pub resources: Vec<KindTotal>,
    /// Numbers of all resources by kind; `None` if the caller cannot read resources.
    pub all_resources: Option<Vec<KindTotal>>,
}

/// A resource that a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundResource {
    /// The id of the resource.
    pub id: Uuid,
    /// Kind of the resource.
    pub kind: String,
    /// Name of the resource.
    pub name: String,
    /// Client whose data it is, if it has one.
    pub client: Option<PickerItem>,
}

/// Reply to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccessReply {
    /// Nothing was asked.
    Nothing,
    /// Answer about a feature.
    Feature {
        /// Key of the feature.
        key: String,
        /// The answer.
        answer: AccessAnswer,
    },
    /// Answer about a resource.
    Resource {
        /// The resource.
        resource: FoundResource,
        /// Level that was asked for.
        level: GrantLevel,
        /// The answer.
        answer: AccessAnswer,
    },
    /// Several resources have the typed name.
    Several(Vec<FoundResource>),
    /// No resource has the typed id or name.
    NotFound(String),
}

/// Returns the access of a user.
#[server(endpoint = "user-access", protocol = Get)]
pub async fn get_access(id: Uuid) -> Result<UserAccess, ApiError> {
    let groups = ssr::permitted::<GroupsRead>();
    let resources = ssr::permitted::<ResourcesRead>();
    ssr::call::<AccessRead, _>(async |services, authorized| {
        let groups = match groups {
            Some(groups) => Some(answer::groups(&services, &groups, id).await?),
            None => None,
        };
        let all_resources = match resources {
            Some(resources) => Some(service::resources::count_kinds(&services, &resources).await?),
            None => None,
        };
        Ok(UserAccess {
            groups,
            all_resources,
            features: service::features::list_effective(&services, &authorized, id).await?,
            resources: service::access_check::count_by_kind(&services, &authorized, id).await?,
        })
    })
    .await
}

/// Answers a question about the access of a user: to a feature, or to a resource by its id, its id in the host application or its
/// name.
#[server(endpoint = "ask-access", protocol = Get)]
pub async fn ask_access(
    id: Uuid,
    #[server(default)] feature: String,
    #[server(default)] kind: String,
    #[server(default)] resource: String,
    #[server(default)] level: String,
) -> Result<AccessReply, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let feature = feature.trim();
        if !feature.is_empty() {
            return answer::about_feature(&services, &caller, id, feature).await;
        }
        let level = level.parse().unwrap_or(GrantLevel::Read);
        let typed = [kind, resource].map(Some);
        answer::about_resource(&services, &caller, (id, level), &typed).await
    })
    .await
}

/// Lists the groups of a user, for the dialog that changes them.
#[server(endpoint = "user-groups", protocol = Get)]
pub async fn user_groups(id: Uuid) -> Result<Vec<PickerItem>, ApiError> {
    ssr::call::<GroupsRead, _>(async |services, authorized| {
        let (groups, _) = answer::groups(&services, &authorized, id).await?;
        Ok(groups)
    })
    .await
}

/// Lists the first users whose names, addresses or numbers have a part. A field calls it while the user types.
#[server(endpoint = "pick-users", protocol = Get)]
pub async fn pick_users(#[server(default)] q: String, limit: u16) -> Result<PickerPage, ApiError> {
    ssr::call::<UsersRead, _>(async |services, authorized| {
        answer::users(&services, &authorized, &q, limit).await
    })
    .await
}

/// Lists the first groups whose names have a part. The picker calls it while the user types.
#[server(endpoint = "pick-groups", protocol = Get)]
pub async fn pick_groups(#[server(default)] q: String, limit: u16) -> Result<PickerPage, ApiError> {
    ssr::call::<GroupsRead, _>(async |services, authorized| {
        let query = answer::search(q, limit)?;
        let listed = service::groups::list(&services, &authorized, &query).await?;
        let more = listed.page.page_info.after.is_some();
        let items = listed.page.rows.into_iter().map(|group| PickerItem {
            key: group.id.to_string(),
            label: group.name,
        });
        Ok(PickerPage {
            items: items.collect(),
            more,
        })
    })
    .await
}

/// Lists the first clients whose names have a part. The picker calls it while the user types.
#[server(endpoint = "pick-clients", protocol = Get)]
pub async fn pick_clients(
    #[server(default)] q: String,
    limit: u16,
) -> Result<PickerPage, ApiError> {
    ssr::call::<ClientsRead, _>(async |services, authorized| {
        let query = answer::search(q, limit)?;
        let listed = service::clients::list(&services, &authorized, &query).await?;
        let more = listed.page.page_info.after.is_some();
        let clients = listed.page.rows.iter();
        let items = clients.map(|client| PickerItem::of_client(client.id, Some(&client.name)));
        Ok(PickerPage {
            items: items.collect(),
            more,
        })
    })
    .await
}

/// Adds a user to the checked groups, and removes the user from the `current` ones that are not checked. `more` has names of further
/// groups, separated by commas.
#[server(endpoint = "set-user-groups", protocol = Post)]
pub async fn set_user_groups(
    page: String,
    id: Uuid,
    username: String,
    #[server(default)] current: Vec<Uuid>,
    #[server(default)] groups: Vec<Uuid>,
    #[server(default)] more: String,
) -> Result<FormSuccess, ApiError> {
    use domain::{
        flash::{Flash, FlashEvent},
        users::action::UserAction,
    };
    let target = service::guard::TargetRef::of_user(id, username);
    ssr::call_with_read::<GroupsWrite, _>(async |services, authorized| {
        let names = more.split(',').map(str::trim);
        let change = service::groups::GroupsChange {
            shown: current,
            chosen: groups,
            named: names
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
        };
        let changed = service::groups::set_of_user(&services, &authorized, target, change);
        let flash = Flash::of(FlashEvent::User(UserAction::Edit), [changed.await?]);
        Ok(FormSuccess::flash(&page, flash, None).await)
    })
    .await
}
