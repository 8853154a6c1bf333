//! Resources of the host application, and grants of access to them.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

pub mod changes;
pub mod create;
pub mod grants;
#[cfg(feature = "ssr")]
mod read;

use domain::{
    access_check::AccessPath,
    resources::{OpenedResource, ResourceDeletion, ResourceListParams, ResourceListing},
};
#[cfg(feature = "ssr")]
use domain::{
    access_check::{AccessObject, AccessQuestion, AccessReasons},
    list::Limits,
    resources::GrantLevel,
    users::detail::UserRef,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{Error, access::ResourcesRead};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{error::ApiError, listed::ListResult, wire::Get};

/// Path of the list.
pub const RESOURCES: &str = "/resources";

/// Answer to the question about the access of a user to a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachAnswer {
    /// Username as stored; `None` if there is no such user.
    pub username: Option<String>,
    /// Whether the user can read the resource.
    pub allowed: bool,
    /// Ways in which the user reaches the resource, or would reach it.
    pub paths: Vec<AccessPath>,
}

/// Kind of the subject of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// All users.
    Everyone,
}

impl SubjectKind {
    /// All kinds, in the order of the form.
    pub const ALL: [Self; 3] = [Self::User, Self::Group, Self::Everyone];

    /// Name of the kind in form fields.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Everyone => "everyone",
        }
    }

    /// Returns the kind with a name in form fields.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Returns the path of the page of a resource.
#[must_use]
pub fn path(id: Uuid) -> String {
    format!("{RESOURCES}/{id}")
}

/// Lists one page of the resources.
#[server(endpoint = "resources", protocol = Get)]
pub async fn list_resources(
    #[server(default)] params: ResourceListParams,
) -> Result<ListResult<ResourceListing>, ApiError> {
    let query = params.parse(Limits::PANEL);
    ssr::call_list::<ResourcesRead, _, _>(query, async |services, authorized, query| {
        service::resources::list_with_grants(&services, &authorized, &query).await
    })
    .await
}

/// Returns a resource with its grants.
#[server(endpoint = "resource", protocol = Get)]
pub async fn open_resource(id: Uuid) -> Result<OpenedResource, ApiError> {
    ssr::call::<ResourcesRead, _>(async |services, authorized| {
        service::resources::open(&services, &authorized, id).await
    })
    .await
}

/// Counts the users and groups that lose access when a resource is deleted.
#[server(endpoint = "resource-deletion", protocol = Get)]
pub async fn preview_resource_deletion(id: Uuid) -> Result<ResourceDeletion, ApiError> {
    ssr::call::<ResourcesRead, _>(async |services, authorized| {
        service::resources::preview_deletion(&services, &authorized, id).await
    })
    .await
}

/// Answers whether a user can reach a resource. Returns `None` if no user is named.
#[server(endpoint = "resource-check", protocol = Get)]
pub async fn check_resource(
    id: Uuid,
    #[server(default)] user: String,
) -> Result<Option<ReachAnswer>, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require()?;
        let users = caller.require()?;
        let resources = caller.require()?;
        let typed = user.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        // Denied for a resource of a client that the caller does not see.
        service::resources::find(&services, &resources, id).await?;
        let user = match service::users::get(&services, &users, &UserRef::parse(typed)).await {
            Ok(user) => user.summary,
            Err(Error::NotFound(_)) => {
                return Ok(Some(ReachAnswer {
                    username: None,
                    allowed: false,
                    paths: Vec::new(),
                }));
            }
            Err(error) => return Err(error),
        };
        let level = GrantLevel::Read;
        let question = AccessQuestion {
            user: user.id.0,
            object: AccessObject::Resource { id, level },
        };
        let answers = service::access_check::check(&services, &authorized, &[question]).await?;
        let answer = answers.into_iter().next();
        let (allowed, paths) = match answer.map(|answer| (answer.allowed, answer.because)) {
            Some((allowed, AccessReasons::Resource(paths))) => (allowed, paths),
            Some((_, AccessReasons::Feature(_))) | None => (false, Vec::new()),
        };
        Ok(Some(ReachAnswer {
            username: Some(user.username),
            allowed,
            paths,
        }))
    })
    .await
}
