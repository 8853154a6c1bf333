//! Screens about limits, usage and conversations.

use domain::permission::Permission;

use super::{Node, Screen};
use crate::{components::icon::Icon, parts::Metering, text};

/// Screens in the order in which their paths are matched.
pub(super) static SCREENS: &[Screen] = &[
    // Limits.
    Screen::panel("/limits", &Metering::Limits)
        .in_sidebar(text::limits::title, Icon::Levels, Permission::LimitsRead)
        .with(&[
            Node::new("new", &Metering::NewLimit),
            Node::new(":id/edit", &Metering::EditLimit),
            Node::new(":id/delete", &Metering::DeleteLimit),
            Node::new(":id/top-up", &Metering::TopUpShared),
            Node::new(":id/reset", &Metering::ResetShared),
        ]),
    // Usage of all users.
    Screen::panel("/usage", &Metering::Usage).in_sidebar(
        text::usage::title,
        Icon::Bars,
        Permission::UsageRead,
    ),
    // List of conversations.
    Screen::panel("/conversations", &Metering::Conversations).in_sidebar(
        text::conversations::title,
        Icon::Chat,
        Permission::ConversationsRead,
    ),
    // Page of a conversation. Its name is as private as its messages, so it is not in the title of the document.
    Screen::panel("/conversations/:id", &Metering::Conversation).titled(text::conversations::one),
];

/// Dialog that sets a limit of each of the selected users.
pub(super) const LIMIT_OF_USERS: Node = Node::new("bulk/limit", &Metering::SetLimitOfUsers);

/// Dialog that resets what the selected users have used.
pub(super) const USAGE_OF_USERS: Node = Node::new("bulk/reset-usage", &Metering::ResetUsageOfUsers);

/// Tab of a user with the limits in force.
pub(super) const USER_LIMITS: Node = Node::new("limits", &Metering::UserLimits).with(&[
    Node::new(":metric/set", &Metering::SetUserLimit),
    Node::new(":id/top-up", &Metering::TopUp),
    Node::new(":id/adjust", &Metering::Adjust),
    Node::new(":id/reset", &Metering::ResetUsed),
]);

/// Tab of the own account with what is left of the limits.
pub(super) const OWN_USAGE: Node = Node::new("usage", &Metering::OwnUsage);
