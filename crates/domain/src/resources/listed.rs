//! Resources as the panel shows them, with the names of their owners and clients, and the extent of their grants.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{Grant, Resource, ResourceDeletion};
use crate::list::Page;

/// A resource in the list of the panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedResource {
    /// The resource, without its data.
    pub resource: Resource,
    /// Username of the owner.
    pub owner: Option<String>,
    /// Name of the client.
    pub client: Option<String>,
    /// Numbers of users and groups with grants.
    pub granted: ResourceDeletion,
}

/// Number of resources of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KindTotal {
    /// Kind of the resources.
    pub kind: String,
    /// Number of them.
    pub count: u64,
}

/// A page of the list, with the number of matching resources of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceListing {
    /// The resources, and the position of the page in the list.
    pub page: Page<ListedResource>,
    /// Number of resources of each kind that match the other conditions.
    pub kinds: Vec<KindTotal>,
    /// Time of the query, to which relative times refer.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// A resource on its page, with its grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedResource {
    /// The resource with the names of its owner and client.
    pub listed: ListedResource,
    /// Grants of access: to everyone, then to groups, then to users.
    pub grants: Vec<Grant>,
    /// Time of the query, to which relative times refer.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}
