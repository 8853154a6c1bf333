//! Statements that store conversations, messages and feedback. Triggers maintain the sums of a conversation.

use domain::conversations::{Feedback, NewConversation, StoredMessage};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Error;

/// Inserts a conversation without messages. Returns its id; `None` if there is no such user, or the user is deleted.
///
/// # Errors
/// `conversations_external_id_key` if another conversation has the id in the host application.
pub async fn insert(
    connection: &mut PgConnection,
    new: &NewConversation,
) -> Result<Option<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "insert into conversations (id, user_id, external_id, branch, name, started_at, modified_at, created_at)
        select uuid_v7(now()), u.id, $2, $3, $4, coalesce($5, now()), coalesce($5, now()), now()
        from users u where u.id = $1 and u.deleted_at is null
        returning id",
        new.user_id,
        new.external_id,
        new.branch,
        new.name,
        new.started_at,
    )
    .fetch_optional(connection)
    .await?)
}

/// Appends messages to a locked conversation that has `before` messages.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn append(
    connection: &mut PgConnection,
    conversation: Uuid,
    before: i32,
    messages: &[StoredMessage],
) -> Result<(), Error> {
    // Texts and numbers that were checked always have a JSON form, so the default is never used.
    let messages = serde_json::to_value(messages).unwrap_or_default();
    sqlx::query!(
        "insert into conversation_messages (
            conversation_id, seq, id, role, content, tokens, cost_nanos, at, created_at
        )
        select $1, $2::int + w.ordinal, uuid_v7(now()), w.role, w.content, w.tokens, w.cost_nanos, coalesce(w.at, now()), now()
        from jsonb_to_recordset($3) as w (
            ordinal int, role text, content text, tokens int, cost_nanos bigint, at timestamptz
        )
        order by w.ordinal",
        conversation,
        before,
        messages,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets the feedback on a message, or removes it. Returns false if there is no such message.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set_feedback(
    connection: &mut PgConnection,
    conversation: Uuid,
    seq: i32,
    feedback: Option<&Feedback>,
) -> Result<bool, Error> {
    let feedback = feedback.map(|feedback| serde_json::to_value(feedback).unwrap_or_default());
    let done = sqlx::query!(
        "update conversation_messages set feedback = $3 where conversation_id = $1 and seq = $2",
        conversation,
        seq,
        feedback,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Transfers all conversations of a user to another one. Returns their number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn transfer(connection: &mut PgConnection, from: Uuid, to: Uuid) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update conversations set user_id = $2 where user_id = $1",
        from,
        to,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
