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
    let name = permission.as_str();
    let resource = name.split_once(':').map_or(name, |(resource, _)| resource);
    text::roles::resource_of(resource).unwrap_or(resource)
}

/// Returns the description of a permission for administrators of roles.
pub(crate) fn description(permission: Permission) -> &'static str {
    let name = permission.as_str();
    text::roles::about_of(name).unwrap_or(name)
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
