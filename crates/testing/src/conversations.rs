//! Conversations with the host application.

use sqlx::PgPool;
use uuid::Uuid;

/// Inserts a conversation of a user with a question and an answer of 10 and 20 tokens, which together cost a millionth of a dollar. Returns
/// its id. Its name is its id in the host application too.
pub async fn conversation(pool: &PgPool, user: Uuid, branch: &str, name: &str) -> Uuid {
    let id: Uuid = sqlx::query_scalar(
        "insert into conversations (id, user_id, external_id, branch, name, started_at, modified_at)
        values (uuid_v7(now()), $1, $3, $2, $3, now() - interval '1 hour', now() - interval '1 hour')
        returning id",
    )
    .bind(user)
    .bind(branch)
    .bind(name)
    .fetch_one(pool)
    .await
    .unwrap();
    sqlx::query(
        "insert into conversation_messages (conversation_id, seq, id, role, content, tokens, cost_nanos, at)
        values
            ($1, 1, uuid_v7(now()), 'user', 'What is light?', 10, 0, now() - interval '1 hour'),
            ($1, 2, uuid_v7(now()), 'assistant', 'A wave.', 20, 1000, now())",
    )
    .bind(id)
    .execute(pool)
    .await
    .unwrap();
    id
}
