//! Forms for storing conversations, messages and feedback.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{COMMENT_MAX, CONTENT_MAX, Feedback, MESSAGES_AT_ONCE, MessageRole, Rating};
use crate::{
    fields::{FieldErrors, field_path},
    label::{NAME_MAX, parse_description, parse_label, parse_optional_label},
    message::Message,
    messages,
    money::Money,
    object::{objects, present, variant},
    users::{Unknown, string_enum},
};

/// Maximum cost of a message in nano-dollars. The cost of a conversation with the maximum number of messages is within the range.
const COST_MAX: i64 = 10_000_000_000_000;
/// Maximum number of tokens of a message.
const TOKENS_MAX: i32 = 1_000_000_000;
/// First year of a time.
const YEAR_MIN: i32 = 1970;
/// Time by which the clock of the host application can be ahead.
const CLOCK_SKEW: Duration = Duration::DAY;

/// A conversation to create, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ConversationCreateRequest)]
pub struct ConversationDraft {
    /// The id of the user.
    pub user_id: Uuid,
    /// Branch of the host application, such as a course.
    pub branch: String,
    /// Name of the conversation.
    pub name: String,
    /// The id in the host application, which no other conversation has.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub external_id: Option<String>,
    /// Time of the start; `null` for now.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    /// First messages, in order.
    #[serde(default, deserialize_with = "objects")]
    pub messages: Vec<ConversationMessageDraft>,
}

/// A message to append, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConversationMessageDraft {
    /// Role of the sender.
    #[serde(deserialize_with = "variant")]
    pub role: MessageRole,
    /// Text of the message.
    pub content: String,
    /// Number of tokens.
    #[serde(default)]
    pub tokens: i32,
    /// Cost in dollars, as decimal text with at most nine decimals.
    #[serde(default)]
    #[schema(value_type = String)]
    pub cost: Money,
    /// Time of the message; `null` for now.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub at: Option<OffsetDateTime>,
}

string_enum! {
    /// Opinion about a message in a request.
    FeedbackRating {
        /// The message is good.
        Like = "like",
        /// The message is bad.
        Dislike = "dislike",
        /// No opinion: removes the feedback.
        None = "none",
    }
}

/// Feedback on a message, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = FeedbackSetRequest)]
pub struct FeedbackDraft {
    /// Number of the message in its conversation, from 1.
    pub seq: i32,
    /// Opinion of the user; `none` removes the feedback.
    #[serde(deserialize_with = "variant")]
    pub rating: FeedbackRating,
    /// Comment of the user.
    #[serde(default)]
    pub comment: String,
}

/// A checked conversation to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConversation {
    /// The id of the user.
    pub user_id: Uuid,
    /// Branch of the host application.
    pub branch: String,
    /// Name of the conversation.
    pub name: String,
    /// The id in the host application.
    pub external_id: Option<String>,
    /// Time of the start; `None` for now.
    pub started_at: Option<OffsetDateTime>,
    /// First messages.
    pub messages: Vec<StoredMessage>,
}

/// A checked message to append. Its form in JSON is the one that the database reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredMessage {
    /// Number of the message among those of the request, from 1.
    pub ordinal: i32,
    /// Role of the sender.
    pub role: MessageRole,
    /// Text of the message.
    pub content: String,
    /// Number of tokens.
    pub tokens: i32,
    /// Cost in nano-dollars.
    pub cost_nanos: i64,
    /// Time of the message; `None` for now.
    #[serde(with = "time::serde::rfc3339::option")]
    pub at: Option<OffsetDateTime>,
}

impl ConversationDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// The errors of all fields at once, those of messages named as `messages.3.content`.
    pub fn check(self, now: OffsetDateTime) -> Result<NewConversation, FieldErrors> {
        let mut errors = FieldErrors::default();
        let branch = errors.take("branch", parse_label(&self.branch, NAME_MAX));
        let name = errors.take("name", parse_label(&self.name, NAME_MAX));
        let external_id = parse_optional_label(self.external_id.as_deref(), NAME_MAX);
        let external_id = errors.take("external_id", external_id);
        errors.take("started_at", check_time(self.started_at, now));
        let messages = if self.messages.is_empty() {
            Vec::new()
        } else {
            read_messages(self.messages, now, &mut errors)
        };
        match (branch, name, external_id) {
            (Some(branch), Some(name), Some(external_id)) if errors.is_empty() => {
                Ok(NewConversation {
                    user_id: self.user_id,
                    branch,
                    name,
                    external_id,
                    started_at: self.started_at,
                    messages,
                })
            }
            _ => Err(errors),
        }
    }
}

/// Checks messages to append. There has to be at least one.
///
/// # Errors
/// The errors of all messages at once, named as `messages.3.content`.
pub fn check_messages(
    drafts: Vec<ConversationMessageDraft>,
    now: OffsetDateTime,
) -> Result<Vec<StoredMessage>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let messages = read_messages(drafts, now, &mut errors);
    if errors.is_empty() {
        Ok(messages)
    } else {
        Err(errors)
    }
}

fn read_messages(
    drafts: Vec<ConversationMessageDraft>,
    now: OffsetDateTime,
    errors: &mut FieldErrors,
) -> Vec<StoredMessage> {
    if drafts.is_empty() || drafts.len() > MESSAGES_AT_ONCE {
        errors.add("messages", messages::messages_at_once(MESSAGES_AT_ONCE));
        return Vec::new();
    }
    let mut stored = Vec::with_capacity(drafts.len());
    for (ordinal, draft) in (1_i32..).zip(drafts) {
        let name = |field: &str| field_path(["messages", &(ordinal - 1).to_string(), field]);
        errors.take(&name("content"), check_content(&draft.content));
        if !(0..=TOKENS_MAX).contains(&draft.tokens) {
            errors.add(&name("tokens"), messages::tokens_range(TOKENS_MAX));
        }
        if !(0..=COST_MAX).contains(&draft.cost.nanos()) {
            let max = Money::from_nanos(COST_MAX).to_string();
            errors.add(&name("cost"), messages::cost_range(max));
        }
        errors.take(&name("at"), check_time(draft.at, now));
        stored.push(StoredMessage {
            ordinal,
            role: draft.role,
            content: draft.content,
            tokens: draft.tokens,
            cost_nanos: draft.cost.nanos(),
            at: draft.at,
        });
    }
    stored
}

impl FeedbackDraft {
    /// Checks every field. `None` removes the feedback.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self) -> Result<Option<Feedback>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let comment = errors.take("comment", parse_description(&self.comment, COMMENT_MAX));
        let Some(comment) = comment else {
            return Err(errors);
        };
        let rating = match self.rating {
            FeedbackRating::Like => Rating::Like,
            FeedbackRating::Dislike => Rating::Dislike,
            FeedbackRating::None => return Ok(None),
        };
        Ok(Some(Feedback { rating, comment }))
    }
}

/// Checks a text of a message. PostgreSQL stores no NUL.
fn check_content(content: &str) -> Result<(), Message> {
    if content.contains('\0') {
        return Err(messages::json_nul());
    }
    if content.chars().count() > CONTENT_MAX {
        return Err(messages::characters_max(CONTENT_MAX));
    }
    Ok(())
}

/// Checks a time of the host application, whose clock can be ahead a little.
fn check_time(at: Option<OffsetDateTime>, now: OffsetDateTime) -> Result<(), Message> {
    match at {
        Some(at) if at.year() < YEAR_MIN || at > now + CLOCK_SKEW => Err(messages::time_range()),
        Some(_) | None => Ok(()),
    }
}
