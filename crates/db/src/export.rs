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
    /// Access tokens, without what they are proved by.
    Tokens,
}

impl Kind {
    /// All kinds, in the order of the file.
    pub const ALL: [Self; 6] = [
        Self::Personas,
        Self::Ontologies,
        Self::Annotations,
        Self::Sessions,
        Self::ApiKeys,
        Self::Tokens,
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
            Self::Tokens => "tokens",
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
    // Each column by its name, so that one that is to stay secret is not exported for being new.
    let sql = match kind {
        Kind::Personas => {
            "select id, jsonb_build_object(
                'id', id, 'name', name, 'role', role, 'informationNeed', information_need, 'details', details,
                'hidden', hidden, 'createdAt', created_at
            ) as value
            from personas where user_id = $1 and id > $2 order by id limit $3"
        }
        Kind::Ontologies => {
            "select o.id, jsonb_build_object(
                'id', o.id, 'personaId', o.persona_id, 'name', o.name, 'content', o.content, 'createdAt', o.created_at
            ) as value
            from personas p join ontologies o on o.persona_id = p.id
            where p.user_id = $1 and o.id > $2 order by o.id limit $3"
        }
        // Those that others have made under the person's personas too: they go with them.
        Kind::Annotations => {
            "select id, jsonb_build_object(
                'id', id, 'personaId', persona_id, 'userId', user_id, 'videoId', video_id, 'label', label,
                'content', content, 'createdAt', created_at
            ) as value
            from (
                (select * from annotations where user_id = $1 and id > $2 order by id limit $3)
                union all
                (
                    select a.* from personas p join annotations a on a.persona_id = p.id
                    where p.user_id = $1 and a.user_id <> $1 and a.id > $2 order by a.id limit $3
                )
            ) a
            order by id limit $3"
        }
        Kind::Sessions => {
            "select id, jsonb_build_object(
                'id', id, 'ipAddress', host(ip), 'userAgent', user_agent, 'createdAt', created_at,
                'lastSeenAt', last_seen_at, 'expiresAt', least(idle_expires_at, expires_at), 'endedAt', ended_at,
                'endedReason', ended_reason
            ) as value
            from sessions where user_id = $1 and id > $2 order by id limit $3"
        }
        Kind::ApiKeys => {
            "select id, jsonb_build_object(
                'id', id, 'provider', provider, 'keyName', name, 'last4', last4, 'isActive', is_active,
                'usageCount', usage_count, 'lastUsed', last_used_at, 'createdAt', created_at, 'updatedAt', updated_at
            ) as value
            from api_keys where user_id = $1 and id > $2 order by id limit $3"
        }
        Kind::Tokens => {
            "select id, jsonb_build_object(
                'id', id, 'name', name, 'prefix', prefix, 'scopes', scopes, 'expiresAt', expires_at,
                'lastUsed', last_used_at, 'revokedAt', revoked_at, 'createdAt', created_at
            ) as value
            from access_tokens where user_id = $1 and id > $2 order by id limit $3"
        }
    };
    Ok(sqlx::query_as(sql)
        .bind(user_id)
        .bind(after)
        .bind(most)
        .fetch_all(executor)
        .await?)
}
