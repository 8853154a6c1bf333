//! Export of conversations with their messages, as a file that is streamed. Each export is audited.

use std::mem::take;

use domain::{
    action::Action,
    conversations::{Conversation, ConversationParams, ConversationQuery, MESSAGES_ORDER},
    list::{Cursor, PageParams, Position, UnfilteredQuery},
};
use serde_json::Value;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

use super::{Resolved, file, look, resolve};
use crate::{
    Error, Services,
    access::{Authorized, ConversationsRead},
    audit::{self, Changes},
    exports::{self, Pieces},
    guard,
};

/// Number of conversations, and of messages, that one query reads.
const PIECE: u16 = 500;

/// File format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationFormat {
    /// A JSON object for one conversation, a list of them for several.
    Json,
    /// A YAML document for each conversation.
    Yaml,
    /// CSV with a header row, and a row for each message.
    Csv,
}

impl ConversationFormat {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Json, Self::Yaml, Self::Csv];

    /// Returns the value in URLs, which is the file extension too.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Csv => "csv",
        }
    }

    /// Returns the media type of the file.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Yaml => "application/yaml",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// Running export. An error as the last piece means that the file is incomplete.
#[derive(Debug)]
pub struct ConversationExport {
    /// Format of the file.
    pub format: ConversationFormat,
    /// Name of the file.
    pub name: String,
    /// Pieces of the file, in order.
    pub pieces: Pieces,
}

/// Starts an export of one conversation.
///
/// # Errors
/// [`Error::NotFound`] when there is no such conversation, [`Error::TooManyAtOnce`] when too many exports are running.
pub async fn export_one(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    id: Uuid,
    format: ConversationFormat,
) -> Result<ConversationExport, Error> {
    let slot = services.exports.reserve(authorized.actor())?;
    let conversation = look(services, authorized, id, Action::ConversationExported).await?;
    let pool = services.pool.clone();
    let pieces = exports::spawn(slot, |sender| async move {
        let mut file = FileSender::new(format, sender);
        file.piece.push_str(file::head(format, false));
        if file.send_conversation(&pool, &conversation).await? {
            file.piece.push_str(file::tail(format, false));
            file.send().await;
        }
        Ok(())
    });
    Ok(ConversationExport {
        format,
        name: format!("conversation-{id}.{}", format.as_str()),
        pieces,
    })
}

/// Starts an export of the conversations that match the parameters, in the order of the list.
///
/// # Errors
/// [`Error::List`] when a parameter is not valid, [`Error::Conflict`] when the index of a search is not complete,
/// [`Error::TooManyAtOnce`] when too many exports are running.
pub async fn export(
    services: &Services,
    authorized: &Authorized<ConversationsRead>,
    params: &ConversationParams,
    format: ConversationFormat,
) -> Result<ConversationExport, Error> {
    let (filter, sort) = (params.filter()?, params.sort()?);
    let slot = services.exports.reserve(authorized.actor())?;
    let resolved = resolve(services, authorized, &filter).await?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let changes = Changes::default()
        .with(
            "filter",
            Value::Null,
            exports::written(params.only_filter().pairs()),
        )
        .with("format", Value::Null, format.as_str());
    let about = (Action::ConversationsExported, None, "conversations");
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    let pool = services.pool.clone();
    let query = ConversationQuery {
        filter,
        sort,
        limit: PIECE,
        position: Position::First,
    };
    let pieces = exports::spawn(slot, |sender| async move {
        let file = FileSender::new(format, sender);
        file.send_matching(&pool, query, &resolved).await
    });
    Ok(ConversationExport {
        format,
        name: format!("conversations.{}", format.as_str()),
        pieces,
    })
}

/// File that is sent piece by piece.
struct FileSender {
    format: ConversationFormat,
    sender: Sender<Result<String, Error>>,
    piece: String,
}

impl FileSender {
    fn new(format: ConversationFormat, sender: Sender<Result<String, Error>>) -> Self {
        let piece = String::new();
        Self {
            format,
            sender,
            piece,
        }
    }

    /// Sends the piece. Returns false if the reader is gone.
    async fn send(&mut self) -> bool {
        self.sender.send(Ok(take(&mut self.piece))).await.is_ok()
    }

    /// Sends a conversation with its messages. Returns false if the reader is gone.
    async fn send_conversation(
        &mut self,
        pool: &db::PgPool,
        conversation: &Conversation,
    ) -> Result<bool, Error> {
        let (id, format) = (conversation.id, self.format);
        file::begin(format, conversation, &mut self.piece)?;
        let mut position = Position::First;
        let mut number: u64 = 0;
        loop {
            let query = UnfilteredQuery {
                limit: PIECE,
                position,
            };
            let (messages, more) = db::conversations::messages::list_page(pool, id, &query).await?;
            for message in &messages {
                file::message(format, conversation, message, number == 0, &mut self.piece)?;
                number = number.saturating_add(1);
            }
            let last = messages.last().filter(|_| more);
            let Some(last) = last else { break };
            position = Position::After(Cursor::in_groups(MESSAGES_ORDER, last.seq, id, number));
            if !self.send().await {
                return Ok(false);
            }
        }
        file::end(format, number == 0, &mut self.piece);
        Ok(self.send().await)
    }

    /// Sends the matching conversations, and completes the file.
    async fn send_matching(
        mut self,
        pool: &db::PgPool,
        mut query: ConversationQuery,
        resolved: &Resolved,
    ) -> Result<(), Error> {
        self.piece.push_str(file::head(self.format, true));
        let mut number: u64 = 0;
        loop {
            let conditions = resolved.conditions();
            let (conversations, more) =
                db::conversations::list_page(pool, &query, conditions).await?;
            if !self.send().await {
                return Ok(());
            }
            for conversation in &conversations {
                if number > 0 {
                    self.piece.push_str(file::separator(self.format));
                }
                number = number.saturating_add(1);
                if !self.send_conversation(pool, conversation).await? {
                    return Ok(());
                }
            }
            let last = conversations.last().filter(|_| more);
            let Some(last) = last else { break };
            query.position = Position::After(last.cursor(query.sort, number));
        }
        self.piece.push_str(file::tail(self.format, true));
        self.send().await;
        Ok(())
    }
}
