//! Current state of an object that was changed since a caller read it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    clients::Client, features::Feature, groups::Group, limits::Limit, permission::Permission,
    resources::Resource, roles::Role,
};

/// An object as it is stored now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoredObject {
    /// A role.
    Role(Role),
    /// A group.
    Group(Group),
    /// A feature.
    Feature(Feature),
    /// A client.
    Client(Client),
    /// A resource.
    Resource(Resource),
    /// A limit.
    Limit(Limit),
}

impl StoredObject {
    /// Returns the permission to read the object.
    #[must_use]
    pub const fn to_read(&self) -> Permission {
        match self {
            Self::Role(_) => Permission::RolesRead,
            Self::Group(_) => Permission::GroupsRead,
            Self::Feature(_) => Permission::FeaturesRead,
            Self::Client(_) => Permission::ClientsRead,
            Self::Resource(_) => Permission::ResourcesRead,
            Self::Limit(_) => Permission::LimitsRead,
        }
    }
}
