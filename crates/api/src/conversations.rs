//! Conversations: those of the caller, and storing them for a host application. Those of all users are in [`all`].

mod all;

use axum::{Json, extract::State};
use domain::{
    conversations::{
        AppendedMessages, Conversation, ConversationDraft, ConversationMessage,
        ConversationMessageDraft, ConversationSort, FeedbackDraft, message_page,
    },
    list::{Limits, UnfilteredParams},
    object::objects,
};
use serde::Deserialize;
use service::{Error, Services, access::ConversationsWrite, conversations};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, IdPath, Params, SignedIn},
    page::PageResponse,
    response::{Created, IdResponse, Stored, SuccessResponse, Written, success},
    state::ApiState,
};

/// Path of the caller's conversations.
const PATH: &str = "/api/conversations";

/// Returns the routes of conversations.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_own_conversations, create_conversation))
        .routes(routes!(get_own_conversation))
        .routes(routes!(
            list_own_conversation_messages,
            append_conversation_messages
        ))
        .routes(routes!(set_conversation_feedback))
        .merge(all::routes())
}

impl Stored for Conversation {
    type Written = IdResponse;

    fn written(self) -> IdResponse {
        IdResponse::new(self.id)
    }
}

/// List your conversations
///
/// The one with the latest message first.
#[utoipa::path(
    get,
    path = "/api/conversations",
    tag = "Conversations",
    params(UnfilteredParams),
    responses((status = OK, body = [Conversation])),
    security(("token" = ["data:read"]))
)]
async fn list_own_conversations(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Params(params): Params<UnfilteredParams>,
) -> Result<PageResponse<Conversation>, ApiError> {
    let order = ConversationSort::default().order();
    let query = params.parse(Limits::API, &order).map_err(Error::from)?;
    let listed = conversations::list_own(&services, &caller, &query).await?;
    Ok(PageResponse::new(listed.page, PATH, &params))
}

/// Create a conversation
///
/// With up to 1,000 first messages. `externalId` is the id in the host application, which no other conversation has. Without
/// `conversations:read` the response has only the id.
#[utoipa::path(
    post,
    path = "/api/conversations",
    tag = "Conversations",
    request_body = ConversationDraft,
    responses((
        status = CREATED,
        body = Conversation,
        headers(("Location" = String, description = "URL of the conversation"))
    )),
    security(("token" = ["conversations:write"]))
)]
async fn create_conversation(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ConversationsWrite>,
    Body(draft): Body<ConversationDraft>,
) -> Result<Created<Written<Conversation>>, ApiError> {
    let created = conversations::create(&services, &authorized, draft).await?;
    let location = format!("{}/{}", all::PATH, created.id);
    Ok(Created::new(Written::new(created, authorized.can_read())).at(location))
}

/// Get one of your conversations
#[utoipa::path(
    get,
    path = "/api/conversations/{id}",
    tag = "Conversations",
    responses((status = OK, body = Conversation)),
    security(("token" = ["data:read"]))
)]
async fn get_own_conversation(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    IdPath(id): IdPath,
) -> Result<Json<Conversation>, ApiError> {
    let conversation = conversations::find_own(&services, &caller, id).await?;
    Ok(Json(conversation))
}

/// List the messages of one of your conversations
///
/// The first one first. A page ends earlier if its texts are longer than 1 MiB.
#[utoipa::path(
    get,
    path = "/api/conversations/{id}/messages",
    tag = "Conversations",
    params(UnfilteredParams),
    responses((status = OK, body = [ConversationMessage])),
    security(("token" = ["data:read"]))
)]
async fn list_own_conversation_messages(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    IdPath(id): IdPath,
    Params(params): Params<UnfilteredParams>,
) -> Result<PageResponse<ConversationMessage>, ApiError> {
    let query = message_page(&params, Limits::API).map_err(Error::from)?;
    let (_, messages) = conversations::list_own_messages(&services, &caller, id, &query).await?;
    let path = messages_path(PATH, id);
    Ok(PageResponse::new(messages.page, &path, &params))
}

/// Returns the path of the messages of a conversation.
fn messages_path(list: &str, id: Uuid) -> String {
    format!("{list}/{id}/messages")
}

/// Body that appends messages to a conversation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessagesAppendRequest {
    /// Messages, in order.
    #[serde(deserialize_with = "objects")]
    messages: Vec<ConversationMessageDraft>,
}

/// Append messages to a conversation
///
/// Up to 1,000 at once; all of them, or none. The response has the numbers of the first and the last one.
#[utoipa::path(
    post,
    path = "/api/conversations/{id}/messages",
    tag = "Conversations",
    request_body = MessagesAppendRequest,
    responses((status = OK, body = AppendedMessages)),
    security(("token" = ["conversations:write"]))
)]
async fn append_conversation_messages(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ConversationsWrite>,
    IdPath(id): IdPath,
    Body(MessagesAppendRequest { messages }): Body<MessagesAppendRequest>,
) -> Result<Json<AppendedMessages>, ApiError> {
    let appended = conversations::append(&services, &authorized, id, messages).await?;
    Ok(Json(appended))
}

/// Set the feedback on a message
///
/// `seq` is the number of the message in its conversation; the rating `none` removes the feedback.
#[utoipa::path(
    post,
    path = "/api/conversations/{id}/feedback",
    tag = "Conversations",
    request_body = FeedbackDraft,
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["conversations:write"]))
)]
async fn set_conversation_feedback(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ConversationsWrite>,
    IdPath(id): IdPath,
    Body(draft): Body<FeedbackDraft>,
) -> Result<Json<SuccessResponse>, ApiError> {
    conversations::set_feedback(&services, &authorized, id, draft).await?;
    Ok(success())
}
