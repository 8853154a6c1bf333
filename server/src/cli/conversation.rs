//! `rollcall conversation`: conversations of users with the host application, without the panel.

mod import;
mod maeser;
mod yaml;

use std::{io, process::ExitCode};

use clap::Subcommand;
use domain::{
    conversations::{Conversation, ConversationMessage, ConversationParams},
    list::UnfilteredParams,
};
use service::conversations::ConversationFormat;
use uuid::Uuid;

use super::{
    backend::{Backend, BackendArgs},
    filter_value::filled,
    pages,
    rows::Rows,
    user::print::{Output, note, timestamp},
};
use crate::failure::BoxError;

const HEADINGS: [&str; 8] = [
    "ID", "USER", "BRANCH", "NAME", "MODIFIED", "MESSAGES", "TOKENS", "COST",
];
const MESSAGE_HEADINGS: [&str; 4] = ["NO", "TIME", "ROLE", "TEXT"];

/// Read conversations of users with the host application, and import them.
///
/// Each look at a conversation, each search for words and each export is audited. Commands have all permissions on the database, and those of the access token on
/// a server.
#[derive(Debug, clap::Args)]
pub(super) struct ConversationArgs {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(ListArgs),
    Show(ShowArgs),
    Export(ExportArgs),
    Import(import::ImportArgs),
}

/// Filter of conversations, with the same values as in the API.
#[derive(Debug, clap::Args)]
struct Filter {
    /// Words that one message has. Only if CONVERSATION_SEARCH is on.
    #[arg(long, value_parser = filled)]
    words: Option<String>,
    /// Part of the branch.
    #[arg(long, value_parser = filled)]
    branch: Option<String>,
    /// Username, number or id of the user.
    #[arg(long, value_parser = filled)]
    user: Option<String>,
    /// Feedback: true, false, likes or dislikes.
    #[arg(long, value_parser = filled)]
    feedback: Option<String>,
    /// Start of the period of the latest message: 2026-11-21, 2026-11, or 7d for seven days ago.
    #[arg(long, value_parser = filled)]
    from: Option<String>,
    /// End of the period. The whole day or month is included.
    #[arg(long, value_parser = filled)]
    to: Option<String>,
    /// Lowest cost in dollars.
    #[arg(long, value_parser = filled)]
    min_cost: Option<String>,
    /// Highest cost in dollars.
    #[arg(long, value_parser = filled)]
    max_cost: Option<String>,
    /// Sort order: modified, created, tokens or cost; -cost for descending.
    #[arg(long, value_parser = filled, allow_hyphen_values = true)]
    sort: Option<String>,
}

impl From<Filter> for ConversationParams {
    fn from(filter: Filter) -> Self {
        Self {
            q: filter.words,
            branch: filter.branch,
            user: filter.user,
            feedback: filter.feedback,
            from: filter.from,
            to: filter.to,
            min_cost: filter.min_cost,
            max_cost: filter.max_cost,
            sort: filter.sort,
            ..Self::default()
        }
    }
}

/// List conversations, the one with the latest message first, and their totals.
#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    filter: Filter,
    /// Maximum number of conversations.
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

/// Print the messages of a conversation.
#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Id of the conversation.
    id: Uuid,
}

/// Write a conversation, or all matching ones, with their messages to standard output.
#[derive(Debug, clap::Args)]
struct ExportArgs {
    /// Id of the conversation; without it, all that match the filter.
    #[arg(conflicts_with_all = ["words", "branch", "user", "feedback", "from", "to", "min_cost", "max_cost", "sort"])]
    id: Option<Uuid>,
    #[command(flatten)]
    filter: Filter,
    /// Format of the output: json, yaml or csv.
    #[arg(long, default_value = "json", value_parser = format)]
    format: ConversationFormat,
}

fn format(text: &str) -> Result<ConversationFormat, String> {
    let known = ConversationFormat::ALL
        .into_iter()
        .find(|format| format.as_str() == text);
    known.ok_or_else(|| "use json, yaml or csv".to_owned())
}

/// Runs the subcommand.
pub(super) async fn run(
    backend: BackendArgs,
    arguments: ConversationArgs,
) -> Result<ExitCode, BoxError> {
    let backend = &backend.open().await?;
    let output = arguments.output;
    match arguments.command {
        Command::List(arguments) => arguments.run(backend, output).await?,
        Command::Show(arguments) => arguments.run(backend, output).await?,
        Command::Export(arguments) => {
            let (id, params) = (arguments.id, arguments.filter.into());
            let format = arguments.format;
            backend
                .export_conversations(id, &params, format, io::stdout())
                .await?;
        }
        Command::Import(arguments) => return arguments.run(backend, output).await,
    }
    Ok(ExitCode::SUCCESS)
}

impl ListArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let params = ConversationParams::from(self.filter);
        let rows = Rows::new(output, HEADINGS, "No conversations found.");
        let fetch = async |params: &ConversationParams| backend.conversations(params).await;
        pages::print(params.clone(), self.limit, rows, fetch, row).await?;
        let totals = backend.conversation_totals(&params).await?;
        let more = if totals.or_more { "more than " } else { "" };
        note(&format!(
            "Total: {more}{} conversations, {} messages, {} tokens, {} dollars.",
            totals.conversations,
            totals.messages,
            totals.tokens_in.saturating_add(totals.tokens_out),
            totals.cost
        ));
        Ok(())
    }
}

impl ShowArgs {
    async fn run(self, backend: &Backend, output: Output) -> Result<(), BoxError> {
        let rows = Rows::new(
            output,
            MESSAGE_HEADINGS,
            "This conversation has no messages.",
        );
        let fetch =
            async |params: &UnfilteredParams| backend.conversation_messages(self.id, params).await;
        let params = UnfilteredParams::default();
        pages::print(params, usize::MAX, rows, fetch, message_row).await
    }
}

fn row(conversation: &Conversation) -> [String; 8] {
    [
        conversation.id.to_string(),
        conversation.username.clone(),
        conversation.branch.clone(),
        conversation.name.clone(),
        timestamp(conversation.modified_at),
        conversation.messages.to_string(),
        conversation.tokens().to_string(),
        conversation.cost.to_string(),
    ]
}

fn message_row(message: &ConversationMessage) -> [String; 4] {
    [
        message.seq.to_string(),
        timestamp(message.at),
        message.role.as_str().to_owned(),
        // One line for each message: a table replaces control characters.
        message.content.replace('\n', " "),
    ]
}
