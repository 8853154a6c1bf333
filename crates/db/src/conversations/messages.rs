//! Pages of messages, limited in bytes as well.

use domain::{
    conversations::{ConversationMessage, Feedback},
    list::UnfilteredQuery,
    money::Money,
};
use sqlx::{PgExecutor, Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Error,
    error::read_word,
    keyset::{Column, Keyset, Value},
};

/// Maximum number of bytes of texts that are read at once, after which a page ends with the message that exceeds it.
const BYTES_MAX: i64 = 1024 * 1024;

/// Lists the messages of a page, in the order of the conversation. The flag is true if there are more in the direction of reading.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_page(
    executor: impl PgExecutor<'_>,
    conversation: Uuid,
    query: &UnfilteredQuery,
) -> Result<(Vec<ConversationMessage>, bool), Error> {
    let seq = Column::new("m.seq", |cursor| {
        Value::Integer(cursor.group().unwrap_or_default())
    });
    let page = Keyset::new(seq, false, &query.position, query.limit);
    let mut sql = QueryBuilder::<Postgres>::new(
        "with page as (
            select m.seq, m.role, m.content, m.tokens, m.cost_nanos, m.feedback::text as feedback, m.at
            from conversation_messages m where m.conversation_id = ",
    );
    sql.push_bind(conversation);
    page.push(&mut sql);
    let order = format!("order by seq {}", page.direction());
    sql.push(format!(
        ") select * from (
            select *, count(*) over () as found,
                sum(octet_length(content)) over ({order}) - octet_length(content) as bytes_before
            from page
        ) p where bytes_before < {BYTES_MAX} {order}"
    ));
    let rows = sql.build().persistent(false).fetch_all(executor).await?;
    let found = rows.first().map(|row| row.try_get::<i64, _>("found"));
    let found = found.transpose()?.unwrap_or_default();
    let (messages, _) = page.read(&rows, read)?;
    let more = i64::try_from(messages.len()).is_ok_and(|shown| shown < found);
    Ok((messages, more))
}

fn read(row: &PgRow) -> Result<ConversationMessage, sqlx::Error> {
    let role: &str = row.try_get("role")?;
    let feedback: Option<&str> = row.try_get("feedback")?;
    Ok(ConversationMessage {
        seq: row.try_get("seq")?,
        role: read_word(role)?,
        content: row.try_get("content")?,
        tokens: row.try_get("tokens")?,
        cost: Money::from_nanos(row.try_get("cost_nanos")?),
        feedback: feedback.map(read_feedback).transpose()?,
        at: row.try_get("at")?,
    })
}

fn read_feedback(json: &str) -> Result<Feedback, sqlx::Error> {
    serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(error.into()))
}
