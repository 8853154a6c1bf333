//! Conversations of users with the host application, and their messages.

mod forms;
mod listed;
mod params;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    list::{Cursor, CursorValue, micros},
    money::Money,
    users::{Unknown, string_enum},
};

pub use forms::{
    ConversationDraft, ConversationMessageDraft, FeedbackDraft, FeedbackRating, NewConversation,
    StoredMessage, check_messages,
};
pub use listed::{ConversationListing, OpenedConversation};
pub use params::{
    ConversationFilter, ConversationParams, ConversationQuery, ConversationSort,
    ConversationSortKey, FeedbackFilter, SORT_KEYS, message_page,
};

/// Maximum number of messages that one request appends.
pub const MESSAGES_AT_ONCE: usize = 1_000;
/// Maximum number of messages of a conversation.
pub const MESSAGES_MAX: i32 = 100_000;
/// Maximum number of characters of a message.
pub const CONTENT_MAX: usize = 200_000;
/// Maximum number of characters of the comment of a feedback.
pub const COMMENT_MAX: usize = 2_000;
/// Name of the order of messages, stored in its cursors.
pub const MESSAGES_ORDER: &str = "messages";

string_enum! {
    /// Role of the sender of a message.
    MessageRole {
        /// The user.
        User = "user",
        /// The model.
        Assistant = "assistant",
        /// The host application.
        System = "system",
        /// A tool that the model has called.
        Tool = "tool",
    }
}

string_enum! {
    /// Opinion of a user about a message.
    Rating {
        /// The message is good.
        Like = "like",
        /// The message is bad.
        Dislike = "dislike",
    }
}

/// Feedback of a user on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FeedbackResponse)]
pub struct Feedback {
    /// Opinion of the user.
    pub rating: Rating,
    /// Comment of the user, which can be empty.
    #[serde(default)]
    pub comment: String,
}

/// A conversation without its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConversationResponse)]
pub struct Conversation {
    /// The id of the conversation.
    pub id: Uuid,
    /// The id of the user.
    pub user_id: Uuid,
    /// Username of the user.
    pub username: String,
    /// The id in the host application.
    pub external_id: Option<String>,
    /// Branch of the host application, such as a course.
    pub branch: String,
    /// Name of the conversation.
    pub name: String,
    /// Time of the start.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// Time of the latest message.
    #[serde(with = "time::serde::rfc3339")]
    pub modified_at: OffsetDateTime,
    /// Number of messages.
    pub messages: i32,
    /// Number of tokens of all messages but those of the model.
    pub tokens_in: i64,
    /// Number of tokens of the messages of the model.
    pub tokens_out: i64,
    /// Cost of all messages in dollars, as decimal text.
    #[schema(value_type = String)]
    pub cost: Money,
    /// Whether a message has feedback.
    pub has_feedback: bool,
    /// Number of messages that the user likes.
    pub likes: i32,
    /// Number of messages that the user dislikes.
    pub dislikes: i32,
}

impl Conversation {
    /// Returns the number of all tokens.
    #[must_use]
    pub const fn tokens(&self) -> i64 {
        self.tokens_in.saturating_add(self.tokens_out)
    }

    /// Returns the cursor at the conversation.
    #[must_use]
    pub fn cursor(&self, sort: ConversationSort, number: u64) -> Cursor {
        let value = match sort.key {
            ConversationSortKey::Modified => CursorValue::Time(micros(self.modified_at)),
            ConversationSortKey::Created => CursorValue::Time(micros(self.started_at)),
            ConversationSortKey::Tokens => CursorValue::Amount(self.tokens()),
            ConversationSortKey::Cost => CursorValue::Amount(self.cost.nanos()),
        };
        Cursor::new(sort.order(), value, self.id, number)
    }
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConversationMessageResponse)]
pub struct ConversationMessage {
    /// Number of the message in its conversation, from 1.
    pub seq: i32,
    /// Role of the sender.
    pub role: MessageRole,
    /// Text of the message.
    pub content: String,
    /// Number of tokens.
    pub tokens: i32,
    /// Cost in dollars, as decimal text.
    #[schema(value_type = String)]
    pub cost: Money,
    /// Feedback of the user.
    pub feedback: Option<Feedback>,
    /// Time of the message.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl ConversationMessage {
    /// Returns the cursor at the message of a conversation.
    #[must_use]
    pub fn cursor(&self, conversation: Uuid, number: u64) -> Cursor {
        Cursor::in_groups(MESSAGES_ORDER, self.seq, conversation, number)
    }
}

/// Numbers of the messages that were appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MessagesAppendResponse)]
pub struct AppendedMessages {
    /// Number of the first one in its conversation.
    pub first: i32,
    /// Number of the last one.
    pub last: i32,
}

/// Sums of the conversations that match a filter, counted up to a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConversationTotalsResponse)]
pub struct ConversationTotals {
    /// Number of conversations.
    pub conversations: u64,
    /// Whether more conversations match than were counted. All sums are then those of the counted ones.
    pub or_more: bool,
    /// Number of messages.
    pub messages: i64,
    /// Number of tokens of all messages but those of the model.
    pub tokens_in: i64,
    /// Number of tokens of the messages of the model.
    pub tokens_out: i64,
    /// Cost in dollars, as decimal text.
    #[schema(value_type = String)]
    pub cost: Money,
}
