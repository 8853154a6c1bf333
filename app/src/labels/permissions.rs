//! Permissions by the resource that they grant access to, with descriptions.

use domain::permission::Permission;

use crate::text;

/// Permissions for one resource.
pub(crate) struct ResourcePermissions {
    /// Name of the resource.
    pub(crate) resource: &'static str,
    /// The permissions, in the order of the registry.
    pub(crate) permissions: Vec<Permission>,
}

/// Returns all permissions by resource, in the order of the registry.
pub(crate) fn by_resource() -> Vec<ResourcePermissions> {
    let mut groups: Vec<ResourcePermissions> = Vec::new();
    for permission in Permission::ALL {
        let resource = resource(permission);
        match groups.iter_mut().find(|group| group.resource == resource) {
            Some(group) => group.permissions.push(permission),
            None => groups.push(ResourcePermissions {
                resource,
                permissions: vec![permission],
            }),
        }
    }
    groups
}

/// Returns the name of the resource that a permission grants access to.
fn resource(permission: Permission) -> &'static str {
    match permission {
        Permission::UsersRead | Permission::UsersWrite => text::roles::of_users(),
        Permission::SessionsRead | Permission::SessionsWrite => text::roles::of_sessions(),
        Permission::RegistrationsRead | Permission::RegistrationsWrite => {
            text::roles::of_registrations()
        }
        Permission::ApiKeysRead | Permission::ApiKeysWrite | Permission::ApiKeysResolve => {
            text::roles::of_api_keys()
        }
        Permission::TokensRead | Permission::TokensWrite => text::roles::of_tokens(),
        Permission::AuditRead => text::roles::of_audit(),
        Permission::RolesRead | Permission::RolesWrite => text::roles::of_roles(),
        Permission::GroupsRead | Permission::GroupsWrite => text::roles::of_groups(),
        Permission::FeaturesRead | Permission::FeaturesWrite => text::roles::of_features(),
        Permission::ClientsRead | Permission::ClientsWrite => text::roles::of_clients(),
        Permission::ResourcesRead | Permission::ResourcesWrite => text::roles::of_resources(),
        Permission::AccessRead => text::roles::of_access(),
    }
}

/// Returns the description of a permission for administrators of roles.
pub(crate) fn description(permission: Permission) -> &'static str {
    match permission {
        Permission::UsersRead => text::roles::about_users_read(),
        Permission::UsersWrite => text::roles::about_users_write(),
        Permission::SessionsRead => text::roles::about_sessions_read(),
        Permission::SessionsWrite => text::roles::about_sessions_write(),
        Permission::RegistrationsRead => text::roles::about_registrations_read(),
        Permission::RegistrationsWrite => text::roles::about_registrations_write(),
        Permission::ApiKeysRead => text::roles::about_api_keys_read(),
        Permission::ApiKeysWrite => text::roles::about_api_keys_write(),
        Permission::ApiKeysResolve => text::roles::about_api_keys_resolve(),
        Permission::TokensRead => text::roles::about_tokens_read(),
        Permission::TokensWrite => text::roles::about_tokens_write(),
        Permission::AuditRead => text::roles::about_audit_read(),
        Permission::RolesRead => text::roles::about_roles_read(),
        Permission::RolesWrite => text::roles::about_roles_write(),
        Permission::GroupsRead => text::roles::about_groups_read(),
        Permission::GroupsWrite => text::roles::about_groups_write(),
        Permission::FeaturesRead => text::roles::about_features_read(),
        Permission::FeaturesWrite => text::roles::about_features_write(),
        Permission::ClientsRead => text::roles::about_clients_read(),
        Permission::ClientsWrite => text::roles::about_clients_write(),
        Permission::ResourcesRead => text::roles::about_resources_read(),
        Permission::ResourcesWrite => text::roles::about_resources_write(),
        Permission::AccessRead => text::roles::about_access_read(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn permissions_are_grouped_as_in_the_registry() {
        let groups = by_resource();
        let grouped: Vec<Permission> = groups
            .iter()
            .flat_map(|group| group.permissions.clone())
            .collect();
        assert_eq!(grouped, Permission::ALL);
        for group in groups {
            let read: BTreeSet<&str> = group
                .permissions
                .iter()
                .filter_map(|permission| permission.to_read())
                .map(Permission::as_str)
                .collect();
            assert_eq!(read.len(), 1, "{}", group.resource);
        }
    }

    #[test]
    fn each_permission_has_its_own_description() {
        let descriptions: BTreeSet<&str> = Permission::ALL.map(description).into();
        assert_eq!(descriptions.len(), Permission::ALL.len());
    }
}
