//! All that a person owns, a piece at a time.

use serde_json::Value;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::Error;

/// A kind of thing that is exported, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Personas.
    Personas,
    /// Ontologies.
    Ontologies,
    /// Annotations.
    Annotations,
    /// Sessions, ended ones too, without what opens them.
    Sessions,
    /// Provider keys, without the keys themselves.
    ApiKeys,
}

impl Kind {
    /// All kinds, in the order of the file.
    pub const ALL: [Self; 5] = [
        Self::Personas,
        Self::Ontologies,
        Self::Annotations,
        Self::Sessions,
        Self::ApiKeys,
    ];

    /// Its name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Personas => "personas",
            Self::Ontologies => "ontologies",
            Self::Annotations => "annotations",
            Self::Sessions => "sessions",
            Self::ApiKeys => "apiKeys",
        }
    }
}

/// Some things of a kind in the order of their ids, after one of them; each with its id.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    kind: Kind,
    user_id: Uuid,
    after: Uuid,
    most: i64,
) -> Result<Vec<(Uuid, Value)>, Error> {
    let sql = match kind {
        Kind::Personas => {
            "select id, to_jsonb(p) - 'user_id' as value from personas p
            where user_id = $1 and id > $2 order by id limit $3"
        }
        Kind::Ontologies => {
            "select o.id, to_jsonb(o) - 'user_id' as value
            from personas p join ontologies o on o.persona_id = p.id
            where p.user_id = $1 and o.id > $2 order by o.id limit $3"
        }
        Kind::Annotations => {
            "select id, to_jsonb(a) - 'user_id' as value from annotations a
            where user_id = $1 and id > $2 order by id limit $3"
        }
        Kind::Sessions => {
            "select id, to_jsonb(s) - 'user_id' - 'token_hash' - 'data' as value from sessions s
            where user_id = $1 and id > $2 order by id limit $3"
        }
        Kind::ApiKeys => {
            "select id, to_jsonb(k) - 'user_id' - 'ciphertext' - 'nonce' - 'key_version' as value from api_keys k
            where user_id = $1 and id > $2 order by id limit $3"
        }
    };
    Ok(sqlx::query_as(sql)
        .bind(user_id)
        .bind(after)
        .bind(most)
        .fetch_all(executor)
        .await?)
}
