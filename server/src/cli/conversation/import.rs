//! `rollcall conversation import`.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use domain::{
    conversations::{
        ConversationDraft, ConversationMessageDraft, ConversationParams, FeedbackDraft,
        MESSAGES_AT_ONCE, check_messages,
    },
    identifiers::{Identifier, Namespace},
    users::detail::UserRef,
};
use serde::Serialize;
use service::{Error, access::operator, identifiers};
use uuid::Uuid;

use super::maeser::{self, Log};
use crate::{
    cli::{
        backend::Backend,
        confirm::counted,
        error::CliError,
        user::{
            print::{Output, note},
            user_arg::reference,
        },
    },
    config::clock,
    failure::BoxError,
};

/// Namespace of the identifiers of Maeser's users.
const NAMESPACE: &str = "maeser";
/// Maximum number of bytes of messages in one request, below the limit of a body.
const BYTES_AT_ONCE: usize = 700 * 1024;

/// Import a folder of chat logs of Maeser. Logs that were imported before get their new messages.
///
/// The user of a log is the one with its full id as the identifier `maeser`, or with this username, or with the username after the dot:
/// alice123 for github.alice123. Logs of other users are named and left out. Times in logs count as UTC.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// Folder of the logs, with a folder for each branch.
    folder: PathBuf,
    /// Number, id or username of the user who gets the logs of unknown users.
    #[arg(long, value_parser = reference)]
    unknown_to: Option<UserRef>,
    /// Only read the logs, without importing them.
    #[arg(long)]
    dry_run: bool,
}

/// Result of an import.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Imported {
    /// Number of conversations that were created.
    created: u64,
    /// Number of conversations that got new messages.
    extended: u64,
    /// Number of conversations that have all messages already.
    unchanged: u64,
    /// Number of messages that were added.
    messages: u64,
    /// Number of logs that were left out, each with a note.
    skipped: u64,
}

/// Users of the logs by their full ids; `None` for an unknown one.
type Users = BTreeMap<String, Option<Uuid>>;

impl ImportArgs {
    pub(super) async fn run(self, backend: &Backend, output: Output) -> Result<ExitCode, BoxError> {
        let paths = maeser::list(&self.folder)?;
        if paths.is_empty() {
            return Err(format!("{} has no files *.log.", self.folder.display()).into());
        }
        let unknown_to = match &self.unknown_to {
            Some(user) => Some(backend.find(user).await?.summary.id.0),
            None => None,
        };
        let mut users = Users::new();
        let mut imported = Imported::default();
        for path in paths {
            let log = match maeser::read(&path) {
                Ok(log) => log,
                Err(error) => {
                    note(&error);
                    imported.skipped += 1;
                    continue;
                }
            };
            let user = match users.get(&log.user) {
                Some(known) => *known,
                None => {
                    let found = find_user(backend, &log.user).await?;
                    users.insert(log.user.clone(), found);
                    found
                }
            };
            let Some(user) = user.or(unknown_to) else {
                note(&format!("{}: unknown user {}.", path.display(), log.user));
                imported.skipped += 1;
                continue;
            };
            match self.import(backend, log, user, &mut imported).await {
                Ok(()) => {}
                // The log is not valid; the next one can be.
                Err(CliError::Problem(problem)) if !problem.details.fields.is_empty() => {
                    let error = CliError::Problem(problem);
                    note(&format!("{}: {error}", path.display()));
                    imported.skipped += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        output.print(&imported, || text(&imported, self.dry_run))?;
        Ok(if imported.skipped == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// Imports a log: creates its conversation, or appends the messages that it does not have yet.
    async fn import(
        &self,
        backend: &Backend,
        log: Log,
        user: Uuid,
        imported: &mut Imported,
    ) -> Result<(), CliError> {
        let Log {
            mut draft,
            feedback,
            ..
        } = log;
        let params = ConversationParams {
            external_id: draft.external_id.clone(),
            ..ConversationParams::default()
        };
        let (found, _) = backend.conversations(&params).await?;
        let known = found.first().map(|found| (found.id, found.messages));
        let before = known.map_or(0, |(_, messages)| messages);
        let mut messages = std::mem::take(&mut draft.messages);
        let skipped = usize::try_from(before).unwrap_or_default();
        let new = messages.split_off(skipped.min(messages.len()));
        let count = u64::try_from(new.len()).unwrap_or_default();
        let new = chunks(new);
        // Before anything is stored, so that an invalid message leaves no conversation without messages.
        for messages in &new {
            check_messages(messages.clone(), clock()).map_err(Error::Invalid)?;
        }
        if known.is_some() && new.is_empty() {
            imported.unchanged += 1;
            return Ok(());
        }
        if !self.dry_run {
            draft.user_id = user;
            let id = known.map(|(id, _)| id);
            let feedback = feedback
                .into_iter()
                .filter(|feedback| feedback.seq > before);
            store(backend, id, draft, new, feedback).await?;
        }
        match known {
            Some(_) => imported.extended += 1,
            None => imported.created += 1,
        }
        imported.messages += count;
        Ok(())
    }
}

/// Stores messages with the feedback on them, in a new conversation if there is none yet.
async fn store(
    backend: &Backend,
    known: Option<Uuid>,
    draft: ConversationDraft,
    messages: Vec<Vec<ConversationMessageDraft>>,
    feedback: impl Iterator<Item = FeedbackDraft>,
) -> Result<(), CliError> {
    let id = match known {
        Some(id) => id,
        None => backend.create_conversation(draft).await?,
    };
    for messages in messages {
        backend.append_messages(id, messages).await?;
    }
    for feedback in feedback {
        backend.set_feedback(id, feedback).await?;
    }
    Ok(())
}

/// Divides messages into requests that are not too long.
fn chunks(messages: Vec<ConversationMessageDraft>) -> Vec<Vec<ConversationMessageDraft>> {
    let mut chunks: Vec<Vec<ConversationMessageDraft>> = Vec::new();
    let mut bytes = 0_usize;
    for message in messages {
        let length = serde_json::to_string(&message).map_or(0, |json| json.len());
        bytes = bytes.saturating_add(length);
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < MESSAGES_AT_ONCE && bytes <= BYTES_AT_ONCE => {
                chunk.push(message);
            }
            _ => {
                bytes = length;
                chunks.push(vec![message]);
            }
        }
    }
    chunks
}

/// Returns the id of the user with the full id of a log; `None` if there is none.
async fn find_user(backend: &Backend, name: &str) -> Result<Option<Uuid>, CliError> {
    if let Some(id) = backend.find_identifier(name).await? {
        return Ok(Some(id));
    }
    let short = name.split_once('.').map(|(_, short)| short);
    for name in [Some(name), short].into_iter().flatten() {
        match backend.find(&UserRef::Name(name.to_owned())).await {
            Ok(user) if user.deleted_at.is_none() => return Ok(Some(user.summary.id.0)),
            Ok(_) => {}
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

impl Backend {
    /// Returns the id of the user with an identifier of Maeser; `None` if there is none. A server is asked for usernames only.
    async fn find_identifier(&self, name: &str) -> Result<Option<Uuid>, CliError> {
        let Self::Database(services) = self else {
            return Ok(None);
        };
        let parsed = (NAMESPACE.parse::<Namespace>(), name.parse::<Identifier>());
        let (Ok(namespace), Ok(identifier)) = parsed else {
            return Ok(None);
        };
        match identifiers::find_user(services, &operator(), &namespace, &identifier).await {
            Ok(user) => Ok(Some(user.summary.id.0)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn text(imported: &Imported, is_dry_run: bool) -> String {
    let verb = if is_dry_run { "Read" } else { "Imported" };
    format!(
        "{verb} {}: {} new, {} extended, {} unchanged. Added {}. Skipped {}.",
        counted(
            imported.created + imported.extended + imported.unchanged,
            "conversation"
        ),
        imported.created,
        imported.extended,
        imported.unchanged,
        counted(imported.messages, "message"),
        counted(imported.skipped, "log"),
    )
}

#[cfg(test)]
mod tests {
    use domain::{conversations::MessageRole, money::Money};

    use super::*;

    #[test]
    fn requests_have_limited_messages_and_bytes() {
        let message = |length: usize| ConversationMessageDraft {
            role: MessageRole::User,
            content: "x".repeat(length),
            tokens: 0,
            cost: Money::default(),
            at: None,
        };
        let lengths =
            |messages: Vec<_>| -> Vec<usize> { chunks(messages).iter().map(Vec::len).collect() };
        assert!(lengths(Vec::new()).is_empty());
        assert_eq!(lengths(vec![message(1); 1_001]), [1_000, 1]);
        assert_eq!(lengths(vec![message(400_000); 3]), [1, 1, 1]);
        assert_eq!(lengths(vec![message(300_000); 3]), [2, 1]);
    }
}
