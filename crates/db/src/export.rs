//! Export of all data that a user owns, in batches.

use sqlx::{PgExecutor, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::Error;

/// Kinds of exported items, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Personas of the user.
    Personas,
    /// Ontologies of these personas.
    Ontologies,
    /// Annotations by the user, and those of other users under these personas.
    Annotations,
    /// Conversations with the host application.
    Conversations,
    /// Messages of these conversations.
    Messages,
    /// Sessions, also ended ones, without their secrets.
    Sessions,
    /// Provider API keys, without the keys themselves.
    ApiKeys,
    /// Access tokens, without their secrets.
    Tokens,
    /// Identifiers of the user in other systems.
    Identifiers,
    /// Data of the user in other systems.
    Extensions,
}

impl Kind {
    /// All kinds, in the order of the file.
    pub const ALL: [Self; 10] = [
        Self::Personas,
        Self::Ontologies,
        Self::Annotations,
        Self::Conversations,
        Self::Messages,
        Self::Sessions,
        Self::ApiKeys,
        Self::Tokens,
        Self::Identifiers,
        Self::Extensions,
    ];

    /// Returns its name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Personas => "personas",
            Self::Ontologies => "ontologies",
            Self::Annotations => "annotations",
            Self::Conversations => "conversations",
            Self::Messages => "messages",
            Self::Sessions => "sessions",
            Self::ApiKeys => "apiKeys",
            Self::Tokens => "tokens",
            Self::Identifiers => "identifiers",
            Self::Extensions => "extensions",
        }
    }
}

/// Maximum number of bytes that are read at once.
const BYTES_MAX: i64 = 1024 * 1024;

/// Lists items of a kind as JSON text, each with its id, in the order of their ids, after an id: up to `most` items and one MiB, but at
/// least one item.
///
/// # Errors
/// Fails if the database cannot be reached.
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

/// The key-value pairs of an exported object, and the statements for its rows. Each statement selects the bytes of a row as well and ends
/// with the column that is compared with the user's id.
struct Source {
    object: &'static str,
    rows: &'static [&'static str],
}

/// Returns the source of a kind. The columns are listed by name, so that a new column with a secret is not exported by accident.
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
        // Includes annotations of other users under the user's personas, which are deleted together with them.
        Kind::Annotations => Source {
            object: "'id', id, 'personaId', persona_id, 'userId', user_id, 'videoId', video_id, 'label', label,
            'content', content, 'createdAt', created_at",
            rows: &[
                "select x.*, content_bytes as bytes from annotations x where x.user_id",
                "select x.*, content_bytes as bytes from personas p join annotations x on x.persona_id = p.id
                where x.user_id <> p.user_id and p.user_id",
            ],
        },
        Kind::Conversations => Source {
            object: "'id', id, 'externalId', external_id, 'branch', branch, 'name', name, 'startedAt', started_at,
            'modifiedAt', modified_at, 'messages', messages, 'tokensIn', tokens_in, 'tokensOut', tokens_out,
            'cost', trim_scale(cost_nanos * 0.000000001)::text, 'likes', likes, 'dislikes', dislikes",
            rows: &["select x.*, octet_length(name) as bytes from conversations x where x.user_id"],
        },
        Kind::Messages => Source {
            object: "'id', id, 'conversationId', conversation_id, 'seq', seq, 'role', role, 'content', content,
            'tokens', tokens, 'cost', trim_scale(cost_nanos * 0.000000001)::text, 'feedback', feedback, 'at', at",
            rows: &["select x.*, octet_length(content) as bytes
            from conversations c join conversation_messages x on x.conversation_id = c.id
            where c.user_id"],
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
        Kind::Identifiers => Source {
            object: "'id', id, 'namespace', namespace, 'value', value, 'createdAt', created_at",
            rows: &["select x.*, octet_length(value) as bytes from user_identifiers x where x.user_id"],
        },
        Kind::Extensions => Source {
            object: "'id', id, 'namespace', namespace, 'data', data, 'createdAt', created_at, 'updatedAt', updated_at",
            rows: &["select x.*, octet_length(data::text) as bytes from user_extensions x where x.user_id"],
        },
    }
}
