//! Storing conversations, messages and feedback for a host application. The creation of a conversation is audited; its messages and their
//! feedback are not, because they are the content of the conversation.

use db::conversations::{self as rows, write};
use domain::{
    action::Action,
    conversations::{
        AppendedMessages, Conversation, ConversationDraft, ConversationMessageDraft, FeedbackDraft,
        MESSAGES_MAX, check_messages,
    },
    error::{Conflict, Entity},
    fields::FieldErrors,
    messages,
};
use uuid::Uuid;

use super::{NOT_FOUND, write_entry};
use crate::{
    Error, Services,
    access::{Authorized, ConversationsWrite},
    audit::Audited,
    guard, idempotency,
};

/// Creates a conversation of a user, with its first messages.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::Taken`] when another conversation has the id in the host application.
pub async fn create(
    services: &Services,
    authorized: &Authorized<ConversationsWrite>,
    draft: ConversationDraft,
) -> Result<Conversation, Error> {
    let new = draft.check((services.clock)()).map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let id = write::insert(&mut transaction, &new).await.map_err(taken)?;
    let id = id.ok_or_else(unknown_user)?;
    write::append(&mut transaction, id, 0, &new.messages).await?;
    let created = rows::find(&mut *transaction, id).await?.ok_or(NOT_FOUND)?;
    let action = Action::ConversationCreated;
    let audited = write_entry(&mut transaction, &actor, action, &created).await?;
    db::commit(transaction, audited).await?;
    Ok(created)
}

/// Appends messages to a conversation, whose user is not deleted. Returns their numbers.
///
/// # Errors
/// [`Error::Invalid`] with the errors of all messages, [`Error::Conflict`] when the conversation would have too many messages,
/// [`Error::NotFound`] when there is no such conversation.
pub async fn append(
    services: &Services,
    authorized: &Authorized<ConversationsWrite>,
    id: Uuid,
    drafts: Vec<ConversationMessageDraft>,
) -> Result<AppendedMessages, Error> {
    let new = check_messages(drafts, (services.clock)()).map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let conversation = rows::lock(&mut transaction, id).await?.ok_or(NOT_FOUND)?;
    let before = conversation.messages;
    let last = i32::try_from(new.len())
        .ok()
        .and_then(|number| before.checked_add(number))
        .filter(|last| *last <= MESSAGES_MAX);
    let last = last.ok_or(Error::Conflict(Conflict::ConversationFull))?;
    write::append(&mut transaction, id, before, &new).await?;
    // Without an audit log entry, which would note it.
    idempotency::note_done(&mut transaction, &actor.origin).await?;
    let audited = Audited::not_needed("messages are the content of a conversation");
    db::commit(transaction, audited).await?;
    let first = before.saturating_add(1);
    Ok(AppendedMessages { first, last })
}

/// Sets the feedback of the user on a message, or removes it.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::NotFound`] when there is no such conversation or message.
pub async fn set_feedback(
    services: &Services,
    authorized: &Authorized<ConversationsWrite>,
    id: Uuid,
    draft: FeedbackDraft,
) -> Result<(), Error> {
    let seq = draft.seq;
    let feedback = draft.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    rows::lock(&mut transaction, id).await?.ok_or(NOT_FOUND)?;
    if !write::set_feedback(&mut transaction, id, seq, feedback.as_ref()).await? {
        return Err(Error::NotFound(Entity::ConversationMessage));
    }
    idempotency::note_done(&mut transaction, &actor.origin).await?;
    let audited = Audited::not_needed("feedback is part of the content of a conversation");
    Ok(db::commit(transaction, audited).await?)
}

fn unknown_user() -> Error {
    let mut errors = FieldErrors::default();
    errors.add("user_id", messages::owner_unknown());
    Error::Invalid(errors)
}

/// Translates the error for an id that another conversation has.
fn taken(error: db::Error) -> Error {
    match &error {
        db::Error::Constraint { constraint } if constraint == "conversations_external_id_key" => {
            let mut errors = FieldErrors::default();
            errors.add("external_id", messages::external_id_exists());
            Error::Taken(errors)
        }
        db::Error::Constraint { .. } | db::Error::Unavailable(_) | db::Error::Other(_) => {
            error.into()
        }
    }
}
