//! Labels of conversations: conditions on feedback, and roles of senders.

use domain::conversations::{FeedbackFilter, MessageRole};

use crate::text;

/// Returns the label of a condition on the feedback.
pub(crate) fn feedback_filter(condition: FeedbackFilter) -> &'static str {
    match condition {
        FeedbackFilter::Any => text::conversations::with_feedback(),
        FeedbackFilter::None => text::conversations::without_feedback(),
        FeedbackFilter::Likes => text::conversations::with_likes(),
        FeedbackFilter::Dislikes => text::conversations::with_dislikes(),
    }
}

/// Returns the label of the role of a sender.
pub(crate) fn message_role(role: MessageRole) -> &'static str {
    match role {
        MessageRole::User => text::conversations::role_user(),
        MessageRole::Assistant => text::conversations::role_assistant(),
        MessageRole::System => text::conversations::role_system(),
        MessageRole::Tool => text::conversations::role_tool(),
    }
}
