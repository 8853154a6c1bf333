//! Screens of conversations.

use domain::permission::Permission;

use super::Screen;
use crate::{components::icon::Icon, parts::Metering, text};

/// List of conversations.
pub(super) const CONVERSATIONS: Screen = Screen::panel("/conversations", &Metering::Conversations)
    .in_sidebar(
        text::conversations::title,
        Icon::Chat,
        Permission::ConversationsRead,
    );

/// Page of a conversation. Its name is as private as its messages, so it is not in the title of the document.
pub(super) const CONVERSATION: Screen =
    Screen::panel("/conversations/:id", &Metering::Conversation).titled(text::conversations::one);
