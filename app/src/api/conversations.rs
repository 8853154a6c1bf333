//! Conversations of users with the host application.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::{conversations::message_page, list::Limits};
use domain::{
    conversations::{ConversationListing, ConversationParams, OpenedConversation},
    list::{ListError, UnfilteredParams},
    money::Money,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::access::ConversationsRead;
use uuid::Uuid;

use super::{error::ApiError, listed::ListResult, wire::Get};
#[cfg(feature = "ssr")]
use super::{site, ssr};
use crate::text::typed;

/// Path of the list.
pub const CONVERSATIONS: &str = "/conversations";

/// Returns the path of the page of a conversation.
#[must_use]
pub fn path(id: Uuid) -> String {
    format!("{CONVERSATIONS}/{id}")
}

/// Returns the parameters with amounts and days as programs write them. In a URL of the list they are as the user has typed them.
///
/// # Errors
/// Returns the first amount that is none in the language of the page.
pub(crate) fn normalized(params: ConversationParams) -> Result<ConversationParams, ListError> {
    let day = |day: Option<String>| day.map(|day| typed::day(&day));
    Ok(ConversationParams {
        from: day(params.from),
        to: day(params.to),
        min_cost: amount("min_cost", params.min_cost)?,
        max_cost: amount("max_cost", params.max_cost)?,
        ..params
    })
}

fn amount(parameter: &'static str, text: Option<String>) -> Result<Option<String>, ListError> {
    let text = text.filter(|text| !text.trim().is_empty());
    let written = |text: String| {
        let number = typed::number(&text);
        let amount = number.filter(|number| number.parse::<Money>().is_ok());
        amount.ok_or_else(|| ListError::cost(parameter, &text))
    };
    text.map(written).transpose()
}

/// Lists one page of the conversations, with the sums of all that match. A search for words of messages is audited, so another site must
/// not cause it.
#[server(endpoint = "conversations", protocol = Get)]
pub async fn list_conversations(
    #[server(default)] params: ConversationParams,
) -> Result<ListResult<ConversationListing>, ApiError> {
    let query = normalized(params).and_then(|params| params.parse(Limits::PANEL));
    ssr::call_list::<ConversationsRead, _, _>(query, async |services, authorized, query| {
        if query.filter.words.is_some() {
            site::require_own(&services.settings)?;
        }
        service::conversations::list_with_totals(&services, &authorized, &query).await
    })
    .await
}

/// Returns a conversation with one page of its messages. The look is audited, so another site must not cause it.
#[server(endpoint = "conversation", protocol = Get)]
pub async fn open_conversation(
    id: Uuid,
    #[server(default)] params: UnfilteredParams,
) -> Result<ListResult<OpenedConversation>, ApiError> {
    let query = message_page(&params, Limits::PANEL);
    ssr::call_list::<ConversationsRead, _, _>(query, async |services, authorized, query| {
        site::require_own(&services.settings)?;
        service::conversations::open(&services, &authorized, id, &query).await
    })
    .await
}
