//! Screens about access: groups, roles, resources and features.

use domain::permission::Permission;

use super::{Node, Screen};
use crate::{
    components::icon::Icon,
    parts::{Access, Groups},
    text,
};

/// Screens of groups and roles, in the order in which their paths are matched.
pub(super) static GROUPS_AND_ROLES: &[Screen] = &[
    // List of groups.
    Screen::of_groups("/groups", &Groups::List)
        .in_sidebar(text::groups::title, Icon::Group, Permission::GroupsRead)
        .with(&[Node::new("new", &Groups::New)]),
    // Page of a group. The title is the name of the group.
    Screen::of_groups("/groups/:group", &Groups::Page).with(&[
        Node::new("", &Groups::Members).with(&[
            Node::new("edit", &Groups::Edit),
            Node::new("delete", &Groups::Delete),
            Node::new("add", &Groups::AddMembers),
            Node::new("invite", &Groups::Invite),
            Node::new("members/:id/reset", &Groups::ResetMember),
        ]),
        Node::new("features", &Groups::GroupFeatures),
        Node::new("resources", &Groups::Resources),
        Node::new("activity", &Groups::Activity),
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
    Screen::panel("/features", &Groups::Features)
        .in_sidebar(
            text::features::title,
            Icon::Toggle,
            Permission::FeaturesRead,
        )
        .with(&[
            Node::new("new", &Groups::NewFeature),
            Node::new("set", &Groups::AddFeatureSet),
            Node::new(":key/edit", &Groups::EditFeature),
            Node::new(":key/delete", &Groups::DeleteFeature),
        ]),
];
