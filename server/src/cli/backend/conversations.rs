//! Conversations, on either backend.

use std::io::Write;

use domain::{
    conversations::{
        AppendedMessages, Conversation, ConversationDraft, ConversationMessage,
        ConversationMessageDraft, ConversationParams, ConversationTotals, FeedbackDraft,
        message_page,
    },
    list::{Limits, PageParams, UnfilteredParams},
};
use serde::Deserialize;
use serde_json::{Value, json};
use service::{
    Error,
    access::operator,
    conversations::{self, ConversationFormat},
};
use uuid::Uuid;

use super::{Backend, files};
use crate::{
    cli::{error::CliError, pages::Fetched},
    failure::BoxError,
};

/// Path of the conversations of all users in the API.
const ALL: &str = "/api/admin/conversations";
/// Path at which conversations are stored in the API.
const STORED: &str = "/api/conversations";

/// Id of a conversation that was created. The rest of the response depends on the permissions.
#[derive(Deserialize)]
struct Created {
    id: Uuid,
}

impl Backend {
    /// Returns a page of conversations, and the cursor of the next page.
    pub(in crate::cli) async fn conversations(
        &self,
        params: &ConversationParams,
    ) -> Fetched<Conversation> {
        match self {
            Self::Database(services) => {
                let query = params.parse(Limits::API).map_err(Error::from)?;
                let listed = conversations::list(services, &operator(), &query).await?;
                Ok((listed.page.rows, listed.page.page_info.after))
            }
            Self::Server(remote) => remote.page(ALL, &params.pairs()),
        }
    }

    /// Returns the sums of the matching conversations.
    pub(in crate::cli) async fn conversation_totals(
        &self,
        params: &ConversationParams,
    ) -> Result<ConversationTotals, CliError> {
        let params = params.only_filter();
        match self {
            Self::Database(services) => {
                Ok(conversations::totals(services, &operator(), &params).await?)
            }
            Self::Server(remote) => remote.get(&format!("{ALL}/totals"), &params.pairs()),
        }
    }

    /// Returns a page of the messages of a conversation, and the cursor of the next page.
    pub(in crate::cli) async fn conversation_messages(
        &self,
        id: Uuid,
        params: &UnfilteredParams,
    ) -> Fetched<ConversationMessage> {
        match self {
            Self::Database(services) => {
                let query = message_page(params, Limits::API).map_err(Error::from)?;
                let found = conversations::list_messages(services, &operator(), id, &query).await;
                let (_, listed) = found?;
                Ok((listed.page.rows, listed.page.page_info.after))
            }
            Self::Server(remote) => remote.page(&format!("{ALL}/{id}/messages"), &params.pairs()),
        }
    }

    /// Writes conversations with their messages as a file, chunk by chunk: the one with an id, or those that match.
    pub(in crate::cli) async fn export_conversations(
        &self,
        id: Option<Uuid>,
        params: &ConversationParams,
        format: ConversationFormat,
        mut out: impl Write,
    ) -> Result<(), BoxError> {
        match self {
            Self::Database(services) => {
                let export = match id {
                    Some(id) => conversations::export_one(services, &operator(), id, format).await,
                    None => conversations::export(services, &operator(), params, format).await,
                };
                let mut export = export.map_err(CliError::from)?;
                files::write_pieces(&mut export.pieces, &mut out).await?;
            }
            Self::Server(remote) => {
                let path = match id {
                    Some(id) => format!("{ALL}/{id}/export"),
                    None => format!("{ALL}/export"),
                };
                let mut query = if id.is_some() {
                    Vec::new()
                } else {
                    params.pairs()
                };
                query.push(("format", format.as_str()));
                files::download(remote, &path, &query, &mut out)?;
            }
        }
        Ok(out.flush()?)
    }

    /// Creates a conversation. Returns its id.
    pub(in crate::cli) async fn create_conversation(
        &self,
        draft: ConversationDraft,
    ) -> Result<Uuid, CliError> {
        match self {
            Self::Database(services) => {
                let created = conversations::create(services, &operator(), draft).await?;
                Ok(created.id)
            }
            Self::Server(remote) => {
                let created: Created = remote.post(STORED, &draft)?;
                Ok(created.id)
            }
        }
    }

    /// Appends messages to a conversation.
    pub(in crate::cli) async fn append_messages(
        &self,
        id: Uuid,
        messages: Vec<ConversationMessageDraft>,
    ) -> Result<AppendedMessages, CliError> {
        match self {
            Self::Database(services) => {
                Ok(conversations::append(services, &operator(), id, messages).await?)
            }
            Self::Server(remote) => {
                let body = json!({ "messages": messages });
                remote.post(&format!("{STORED}/{id}/messages"), &body)
            }
        }
    }

    /// Sets the feedback on a message.
    pub(in crate::cli) async fn set_feedback(
        &self,
        id: Uuid,
        draft: FeedbackDraft,
    ) -> Result<(), CliError> {
        match self {
            Self::Database(services) => {
                Ok(conversations::set_feedback(services, &operator(), id, draft).await?)
            }
            Self::Server(remote) => {
                let path = format!("{STORED}/{id}/feedback");
                remote.post::<Value>(&path, &draft).map(drop)
            }
        }
    }
}
