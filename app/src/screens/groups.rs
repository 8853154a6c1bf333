//! Tabs and dialogs of a group.

use super::Node;
use crate::parts::Access;

/// Tabs of the page of a group, with the dialogs above the first one.
pub(super) const GROUP: [Node; 4] = [
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
];
