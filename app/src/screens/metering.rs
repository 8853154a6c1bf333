//! Screens about limits and what is left of them.

use domain::permission::Permission;

use super::{Node, Screen};
use crate::{components::icon::Icon, parts::Metering, text};

/// Limits.
pub(super) const LIMITS: Screen = Screen::panel("/limits", &Metering::Limits)
    .in_sidebar(text::limits::title, Icon::Levels, Permission::LimitsRead)
    .with(&[
        Node::new("new", &Metering::NewLimit),
        Node::new(":id/edit", &Metering::EditLimit),
        Node::new(":id/delete", &Metering::DeleteLimit),
    ]);

/// Tab of a user with the limits in force.
pub(super) const USER_LIMITS: Node = Node::new("limits", &Metering::UserLimits).with(&[
    Node::new(":metric/set", &Metering::SetUserLimit),
    Node::new(":id/top-up", &Metering::TopUp),
    Node::new(":id/adjust", &Metering::Adjust),
    Node::new(":id/reset", &Metering::ResetUsed),
]);

/// Tab of the own account with what is left of the limits.
pub(super) const OWN_USAGE: Node = Node::new("usage", &Metering::OwnUsage);
