//! Conversations as the panel shows them.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Conversation, ConversationMessage, ConversationTotals};
use crate::list::Page;

/// A page of the list, with the sums of all conversations that match the filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationListing {
    /// The conversations, and the position of the page in the list.
    pub page: Page<Conversation>,
    /// Sums of the matching conversations.
    pub totals: ConversationTotals,
    /// Time of the query, to which relative times refer.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// A conversation on its page, with a page of its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// The messages, and the position of the page in the conversation.
    pub messages: Page<ConversationMessage>,
    /// Time of the query, to which relative times refer.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}
