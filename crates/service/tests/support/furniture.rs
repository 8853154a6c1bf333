//! Owned data of test users.

use sqlx::PgPool;
use testing::sessions::sessions;
use uuid::Uuid;

/// Inserts two personas with three ontologies and five annotations, two live sessions, a provider API key and an access
/// token.
pub(crate) async fn furnish(pool: &PgPool, id: Uuid) {
    for sql in [
        "insert into personas (id, user_id, name) select gen_random_uuid(), $1, 'p' || n from generate_series(1, 2) n",
        "insert into ontologies (id, persona_id, name)
        select gen_random_uuid(), id, 'o' from (select id from personas where user_id = $1 order by id limit 1) p,
            generate_series(1, 3)",
        "insert into annotations (id, persona_id, user_id, video_id, label)
        select gen_random_uuid(), id, $1, 'v', 'l'
        from (select id from personas where user_id = $1 order by id limit 1) p, generate_series(1, 5)",
        "insert into api_keys (id, user_id, provider, name, ciphertext, nonce, key_version, last4, created_at, updated_at)
        values (gen_random_uuid(), $1, 'OPENAI', 'mine', '', '', 1, 'abcd', now(), now())",
        "insert into access_tokens (id, user_id, name, prefix, token_hash, created_at)
        values (gen_random_uuid(), $1, 't', 'rc_x', uuid_send(gen_random_uuid()), now())",
    ] {
        sqlx::query(sql).bind(id).execute(pool).await.unwrap();
    }
    sessions(id, 2).insert(pool).await;
}
