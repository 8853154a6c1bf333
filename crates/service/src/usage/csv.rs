//! Rows of the export as CSV.

use domain::usage::StoredEvent;

use crate::{
    Error,
    audit::csv::{cell, line},
    row_exports::timestamp,
};

/// Names of the columns, in order.
pub(super) const COLUMNS: [&str; 14] = [
    "id",
    "at",
    "kind",
    "userId",
    "username",
    "tokenId",
    "model",
    "requests",
    "tokensIn",
    "tokensOut",
    "cost",
    "eventId",
    "conversationId",
    "note",
];

/// Returns the row of an event. The cost can be negative, which is no formula.
///
/// # Errors
/// [`Error::Internal`] when the time cannot be formatted, which does not happen for stored events.
pub(super) fn row(event: &StoredEvent) -> Result<String, Error> {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| cell(text.as_deref().unwrap_or_default());
    Ok(line([
        event.id.to_string(),
        timestamp(event.at)?,
        event.kind.clone(),
        id(event.user_id),
        text(&event.username),
        id(event.token_id),
        text(&event.model),
        event.requests.to_string(),
        event.tokens_in.to_string(),
        event.tokens_out.to_string(),
        event.cost.to_string(),
        text(&event.event_id),
        text(&event.conversation_id),
        text(&event.note),
    ]))
}
