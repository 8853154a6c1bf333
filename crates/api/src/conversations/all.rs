//! Conversations of all users.

use axum::{Json, extract::State};
use domain::{
    conversations::{
        Conversation, ConversationMessage, ConversationParams, ConversationTotals, message_page,
    },
    list::{Limits, UnfilteredParams},
};
use serde::Deserialize;
use service::{
    Error, Services,
    access::ConversationsRead,
    conversations::{self, ConversationExport, ConversationFormat},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::messages_path;
use crate::{
    error::ApiError,
    extract::{Allowed, IdPath, Params},
    file::Download,
    page::PageResponse,
    site::FromThisSite,
    state::ApiState,
};

/// Path of the list.
pub(super) const PATH: &str = "/api/admin/conversations";

/// Returns the routes of conversations of all users.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_conversations))
        .routes(routes!(get_conversation_totals))
        .routes(routes!(export_conversations))
        .routes(routes!(get_conversation))
        .routes(routes!(list_conversation_messages))
        .routes(routes!(export_conversation))
}

/// Parameters that filter conversations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ConversationTotalsParams {
    /// Words that one message has, without regard to case and accents. Only if the operator has enabled it.
    q: Option<String>,
    /// Part of the branch, without regard to case and accents.
    branch: Option<String>,
    /// User: a username, number or id. Digits alone are a username first; `username:112` and `number:112` are explicit.
    user: Option<String>,
    /// Feedback: `true` or `false`, `likes` or `dislikes`.
    feedback: Option<String>,
    /// Start of the period of the latest message: a year, month or day, or an age such as `7d`.
    from: Option<String>,
    /// End of the period. The whole year, month or day is included.
    to: Option<String>,
    /// Lowest cost in dollars.
    min_cost: Option<String>,
    /// Highest cost in dollars.
    max_cost: Option<String>,
    /// The id in the host application.
    external_id: Option<String>,
}

/// Format of an export of one conversation.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ConversationExportParams {
    /// Format of the file: `json`, `yaml` or `csv`.
    #[serde(default)]
    #[param(required = true, pattern = "^(json|yaml|csv)$")]
    format: String,
}

/// Filter, order and format of an export of conversations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ConversationsExportParams {
    /// Format of the file: `json`, `yaml` or `csv`.
    #[serde(default)]
    #[param(required = true, pattern = "^(json|yaml|csv)$")]
    format: String,
    /// Words that one message has, without regard to case and accents. Only if the operator has enabled it.
    q: Option<String>,
    /// Part of the branch, without regard to case and accents.
    branch: Option<String>,
    /// User: a username, number or id. Digits alone are a username first; `username:112` and `number:112` are explicit.
    user: Option<String>,
    /// Feedback: `true` or `false`, `likes` or `dislikes`.
    feedback: Option<String>,
    /// Start of the period of the latest message: a year, month or day, or an age such as `7d`.
    from: Option<String>,
    /// End of the period. The whole year, month or day is included.
    to: Option<String>,
    /// Lowest cost in dollars.
    min_cost: Option<String>,
    /// Highest cost in dollars.
    max_cost: Option<String>,
    /// The id in the host application.
    external_id: Option<String>,
    /// Sort order: `modified`, `created`, `tokens` or `cost`, or with `-` before it for descending.
    sort: Option<String>,
}

/// List conversations
///
/// Without their messages; the one with the latest message first. Each search with `q` is audited.
#[utoipa::path(
    get,
    path = "/api/admin/conversations",
    tag = "Conversations",
    params(ConversationParams),
    responses((status = OK, body = [Conversation])),
    security(("token" = ["conversations:read"]))
)]
async fn list_conversations(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ConversationsRead>,
    site: Result<FromThisSite, ApiError>,
    Params(params): Params<ConversationParams>,
) -> Result<PageResponse<Conversation>, ApiError> {
    if params.q.is_some() {
        site?;
    }
    let query = params.parse(Limits::API).map_err(Error::from)?;
    let listed = conversations::list(&services, &authorized, &query).await?;
    Ok(PageResponse::new(listed.page, PATH, &params))
}

/// Get the totals of conversations
///
/// Sums of the matching conversations. With more than 10,000, `orMore` is true, and the sums are those of 10,000 of them.
#[utoipa::path(
    get,
    path = "/api/admin/conversations/totals",
    tag = "Conversations",
    params(ConversationTotalsParams),
    responses((status = OK, body = ConversationTotals)),
    security(("token" = ["conversations:read"]))
)]
async fn get_conversation_totals(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ConversationsRead>,
    site: Result<FromThisSite, ApiError>,
    Params(asked): Params<ConversationTotalsParams>,
) -> Result<Json<ConversationTotals>, ApiError> {
    let params = ConversationParams {
        q: asked.q,
        branch: asked.branch,
        user: asked.user,
        feedback: asked.feedback,
        from: asked.from,
        to: asked.to,
        min_cost: asked.min_cost,
        max_cost: asked.max_cost,
        external_id: asked.external_id,
        ..ConversationParams::default()
    };
    if params.q.is_some() {
        site?;
    }
    let totals = conversations::totals(&services, &authorized, &params).await?;
    Ok(Json(totals))
}

/// Download conversations
///
/// All matching conversations with their messages, as a list in JSON, a YAML document each, or CSV with a row for each message. Each
/// download is audited.
#[utoipa::path(
    get,
    path = "/api/admin/conversations/export",
    tag = "Conversations",
    params(ConversationsExportParams),
    responses((
        status = OK,
        content((serde_json::Value = "application/json"), (serde_json::Value = "application/yaml"), (String = "text/csv"))
    )),
    security(("token" = ["conversations:read"]))
)]
async fn export_conversations(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ConversationsRead>,
    _: FromThisSite,
    Params(asked): Params<ConversationsExportParams>,
) -> Result<Download, ApiError> {
    let format = format(&asked.format)?;
    let params = ConversationParams {
        q: asked.q,
        branch: asked.branch,
        user: asked.user,
        feedback: asked.feedback,
        from: asked.from,
        to: asked.to,
        min_cost: asked.min_cost,
        max_cost: asked.max_cost,
        external_id: asked.external_id,
        sort: asked.sort,
        ..ConversationParams::default()
    };
    let export = conversations::export(&services, &authorized, &params, format).await?;
    Ok(export.into())
}

/// Get a conversation
///
/// Without its messages. Looks at conversations of other users are audited.
#[utoipa::path(
    get,
    path = "/api/admin/conversations/{id}",
    tag = "Conversations",
    responses((status = OK, body = Conversation)),
    security(("token" = ["conversations:read"]))
)]
async fn get_conversation(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ConversationsRead>,
    _: FromThisSite,
    IdPath(id): IdPath,
) -> Result<Json<Conversation>, ApiError> {
    let conversation = conversations::find(&services, &authorized, id).await?;
    Ok(Json(conversation))
}

/// List the messages of a conversation
///
/// The first one first. A page ends earlier if its texts are longer than 1 MiB. Looks at conversations of other users are audited.
#[utoipa::path(
    get,
    path = "/api/admin/conversations/{id}/messages",
    tag = "Conversations",
    params(UnfilteredParams),
    responses((status = OK, body = [ConversationMessage])),
    security(("token" = ["conversations:read"]))
)]
async fn list_conversation_messages(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ConversationsRead>,
    _: FromThisSite,
    IdPath(id): IdPath,
    Params(params): Params<UnfilteredParams>,
) -> Result<PageResponse<ConversationMessage>, ApiError> {
    let query = message_page(&params, Limits::API).map_err(Error::from)?;
    let (_, messages) = conversations::list_messages(&services, &authorized, id, &query).await?;
    let path = messages_path(PATH, id);
    Ok(PageResponse::new(messages.page, &path, &params))
}

/// Download a conversation
///
/// With its messages, as an object in JSON, a YAML document, or CSV with a row for each message. Each download is audited.
#[utoipa::path(
    get,
    path = "/api/admin/conversations/{id}/export",
    tag = "Conversations",
    params(ConversationExportParams),
    responses((
        status = OK,
        content((serde_json::Value = "application/json"), (serde_json::Value = "application/yaml"), (String = "text/csv"))
    )),
    security(("token" = ["conversations:read"]))
)]
async fn export_conversation(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ConversationsRead>,
    _: FromThisSite,
    IdPath(id): IdPath,
    Params(asked): Params<ConversationExportParams>,
) -> Result<Download, ApiError> {
    let format = format(&asked.format)?;
    let export = conversations::export_one(&services, &authorized, id, format).await?;
    Ok(export.into())
}

/// Parses the format of an export.
fn format(text: &str) -> Result<ConversationFormat, ApiError> {
    let known = ConversationFormat::ALL
        .into_iter()
        .find(|known| known.as_str() == text);
    known.ok_or_else(|| ApiError::of_parameter("format", "`format` must be json, yaml or csv."))
}

impl From<ConversationExport> for Download {
    fn from(export: ConversationExport) -> Self {
        Self {
            pieces: export.pieces,
            kind: export.format.media_type(),
            name: export.name,
        }
    }
}
