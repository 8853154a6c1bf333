//! Screens about access: groups, roles, resources and features.

use domain::permission::Permission;

use super::{Node, Screen};
use crate::{components::icon::Icon, parts::Access, text};

/// Screens of groups and roles, in the order in which their paths are matched.
pub(super) static GROUPS_AND_ROLES: &[Screen] = &[
    // List of groups.
    Screen::of_groups("/groups", &Access::Groups)
        .in_sidebar(text::groups::title, Icon::Group, Permission::GroupsRead)
        .with(&[Node::new("new", &Access::NewGroup)]),
    // Page of a group. The title is the name of the group.
    Screen::of_groups("/groups/:group", &Access::GroupPage).with(&[
        Node::new("", &Access::GroupMembers).with(&[
            Node::new("edit", &Access::EditGroup),
            Node::new("delete", &Access::DeleteGroup),
            Node::new("add", &Access::AddMembers),
            Node::new("invite", &Access::InviteToGroup),
            Node::new("members/:id/reset", &Access::ResetMember),
        ]),
        Node::new("features", &Access::GroupFeatures),
        Node::new("resources", &Access::GroupResources),
        Node::new("activity", &Access::GroupActivity),
    ]),
    // Roles.
    Screen::panel("/roles", &Access::Roles)
        .in_sidebar(text::roles::title, Icon::ShieldCheck, Permission::RolesRead)
        .with(&[
            Node::new("new", &Access::NewRole),
            Node::new(":id/edit", &Access::EditRole),
            Node::new(":id/clone", &Access::CloneRole),
            Node::new(":id/delete", &Access::DeleteRole),
        ]),
];

/// Screens about what belongs to the host application, in the order in which their paths are matched.
pub(super) static HOST: &[Screen] = &[
    // List of resources.
    Screen::panel("/resources", &Access::Resources)
        .in_sidebar(
            text::resources::title,
            Icon::Cube,
            Permission::ResourcesRead,
        )
        .with(&[
            Node::new("new", &Access::NewResource),
            Node::new("transfer", &Access::TransferResources),
        ]),
    // Page of a resource.
    Screen::panel("/resources/:id", &Access::ResourcePage)
        .titled(text::resources::one)
        .with(&[
            Node::new("grant", &Access::GrantAccess),
            Node::new("transfer", &Access::TransferResource),
            Node::new("edit", &Access::EditResource),
            Node::new("delete", &Access::DeleteResource),
        ]),
    // Features.
    Screen::panel("/features", &Access::Features)
        .in_sidebar(
            text::features::title,
            Icon::Toggle,
            Permission::FeaturesRead,
        )
        .with(&[
            Node::new("new", &Access::NewFeature),
            Node::new("set", &Access::AddFeatureSet),
            Node::new(":key/edit", &Access::EditFeature),
            Node::new(":key/delete", &Access::DeleteFeature),
        ]),
];
