//! Conversations of the caller.

use domain::{
    access_tokens::Scope,
    conversations::{
        Conversation, ConversationFilter, ConversationMessage, ConversationQuery, ConversationSort,
    },
    list::{Listed, UnfilteredQuery},
};
use uuid::Uuid;

use super::{ConversationConditions, NOT_FOUND, messages, page};
use crate::{Error, Services, access::Caller};

/// Lists the conversations of the caller, that with the latest message first.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn list_own(
    services: &Services,
    caller: &Caller,
    query: &UnfilteredQuery,
) -> Result<Listed<Conversation>, Error> {
    caller.require_own(Scope::DataRead)?;
    let filter = ConversationFilter::default();
    let conditions = ConversationConditions {
        filter: &filter,
        user: Some(caller.principal.id.0),
        branches: None,
        ids: None,
        now: (services.clock)(),
    };
    let query = ConversationQuery {
        filter: ConversationFilter::default(),
        sort: ConversationSort::default(),
        limit: query.limit,
        position: query.position.clone(),
    };
    page(services, &query, conditions).await
}

/// Returns a conversation of the caller without its messages.
///
/// # Errors
/// [`Error::NotFound`] when there is no such conversation, or it is another user's; [`Error::OutOfScope`] for an access token without the
/// scope.
pub async fn find_own(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<Conversation, Error> {
    caller.require_own(Scope::DataRead)?;
    let found = db::conversations::find(&services.pool, id).await?;
    let own = found.filter(|found| found.user_id == caller.principal.id.0);
    own.ok_or(NOT_FOUND)
}

/// Lists messages of a conversation of the caller, the first one first.
///
/// # Errors
/// As [`find_own`].
pub async fn list_own_messages(
    services: &Services,
    caller: &Caller,
    id: Uuid,
    query: &UnfilteredQuery,
) -> Result<(Conversation, Listed<ConversationMessage>), Error> {
    let conversation = find_own(services, caller, id).await?;
    let messages = messages(services, &conversation, query).await?;
    Ok((conversation, messages))
}
