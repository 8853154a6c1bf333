//! All that a person owns, a piece at a time.

use sqlx::{PgExecutor, Postgres, QueryBuilder};
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

/// Most bytes that are read at once.
const BYTES_MAX: i64 = 1024 * 1024;

/// Lists things of a kind as JSON text, each with its id, in the order of their ids, after one of them: up to `most` and a
/// mebibyte, but always one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    executor: impl PgExecutor<'_>,
    kind: Kind,
    user_id: Uuid,
    after: Uuid,
    most: i64,
) -> Result<Vec<(Uuid, String)>, Error> {
    let Source { object, rows } = source(kind);
    let mut sql = QueryBuilder::<Postgres>::new(format!(
        "select id, jsonb_build_object({object})::text from (
            select *, sum(bytes) over (order by id) - bytes as bytes_before from ("
    ));
    for (part, is_first) in rows.iter().zip([true, false]) {
        sql.push(if is_first { "" } else { " union all " });
        sql.push("select * from (");
        sql.push(*part).push(" = ").push_bind(user_id);
        sql.push(" and x.id > ").push_bind(after);
        sql.push(" order by x.id limit ")
            .push_bind(most)
            .push(") x");
    }
    sql.push(" order by id limit ").push_bind(most);
    sql.push(format!(
        ") x) x where bytes_before < {BYTES_MAX} order by id"
    ));
    Ok(sql.build_query_as().fetch_all(executor).await?)
}

/// The pairs of an exported object, and the rows that have them: each with its bytes, and ended by the column that a user's id
/// is compared with.
struct Source {
    object: &'static str,
    rows: &'static [&'static str],
}

/// Returns where a kind is read from. Each column stands by its name, so that one that is to stay secret is not exported for
/// being new.
const fn source(kind: Kind) -> Source {
    match kind {
        Kind::Personas => Source {
            object: "'id', id, 'name', name, 'role', role, 'informationNeed', information_need, 'details', nullif(details, ''),
            'isSystemGenerated', is_system_generated, 'hidden', hidden, 'createdAt', created_at, 'updatedAt', updated_at",
            rows: &["select x.*, octet_length(information_need) + octet_length(details) as bytes from personas x where x.user_id"],
        },
        Kind::Ontologies => Source {
            object: "'id', id, 'personaId', persona_id, 'name', name, 'content', content, 'createdAt', created_at,
            'updatedAt', updated_at",
            rows: &["select x.*, content_bytes as bytes from personas p join ontologies x on x.persona_id = p.id
            where p.user_id"],
        },
        // Those that others have made under the user's personas too: they go with them.
        Kind::Annotations => Source {
            object: "'id', id, 'personaId', persona_id, 'userId', user_id, 'videoId', video_id, 'label', label,
            'content', content, 'createdAt', created_at",
            rows: &[
                "select x.*, content_bytes as bytes from annotations x where x.user_id",
                "select x.*, content_bytes as bytes from personas p join annotations x on x.persona_id = p.id
                where x.user_id <> p.user_id and p.user_id",
            ],
        },
        Kind::Sessions => Source {
            object: "'id', id, 'ipAddress', host(ip), 'userAgent', user_agent, 'createdAt', created_at,
            'lastSeenAt', last_seen_at, 'expiresAt', expires_at,
            'idleExpiresAt', least(idle_expires_at, expires_at), 'endedAt', ended_at,
            'endedReason', ended_reason",
            rows: &["select x.*, coalesce(octet_length(user_agent), 0) as bytes from sessions x where x.user_id"],
        },
        Kind::ApiKeys => Source {
            object: "'id', id, 'provider', provider, 'keyName', name, 'last4', last4, 'isActive', is_active,
            'usageCount', usage_count, 'lastUsed', last_used_at, 'createdAt', created_at, 'updatedAt', updated_at",
            rows: &["select x.*, 0 as bytes from api_keys x where x.user_id"],
        },
        Kind::Tokens => Source {
            object: "'id', id, 'name', name, 'prefix', prefix, 'scopes', scopes, 'expiresAt', expires_at,
            'lastUsed', last_used_at, 'revokedAt', revoked_at, 'createdAt', created_at",
            rows: &["select x.*, 0 as bytes from access_tokens x where x.user_id"],
        },
    }
}
