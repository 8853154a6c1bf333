//! Details of one account.

use domain::{
    json::read_object,
    users::{
        Status, UserId, UserSummary,
        detail::{UserDetail, UserRef},
        names::is_deceptive,
        spend::MonthSpend,
        suspension::Suspension,
    },
};
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::{Error, error::read_word};

/// Returns the id of a user, deleted or not. Digits alone are tried as a username first, then as a number.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_id(executor: impl PgExecutor<'_>, user: &UserRef) -> Result<Option<Uuid>, Error> {
    // No account has such a name, and PostgreSQL rejects a NUL.
    if matches!(user, UserRef::Name(name) if name.chars().any(is_deceptive)) {
        return Ok(None);
    }
    let (id, number, name) = match user {
        UserRef::Id(id) => (Some(*id), None, None),
        UserRef::Number(number) => (None, Some(*number), None),
        UserRef::Name(name) => (None, None, Some(name.as_str())),
        UserRef::Digits { text, number } => (None, Some(*number), Some(text.as_str())),
    };
    let row = sqlx::query!(
        "select coalesce(
            (select id from users where id = $1),
            (select id from users where name_key(username) = name_key($2)),
            (select id from users where number = $3)
        ) as id",
        id,
        name,
        number,
    )
    .fetch_one(executor)
    .await?;
    Ok(row.id)
}

/// Returns an account, deleted or not.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_detail(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<UserDetail>, Error> {
    let row = sqlx::query!(
        r#"select
            u.id, u.number, u.username, u.display_name, u.email, u.status, u.suspended_until, u.suspended_reason,
            u.suspended_reason_visible, u.version, u.created_at, u.updated_at, u.last_login_at, u.last_active_at,
            u.password_hash is not null as "has_password!", u.must_change_password, u.password_changed_at,
            u.created_via, u.deleted_at, u.purge_after, u.profile::text as "profile!",
            u.notification_preferences::text as "notification_preferences!", u.settings::text as "settings!",
            u.client_list,
            s.personas, s.ontologies, s.annotations, s.sessions, s.api_keys, s.role_ids,
            array(
                select r.name from user_roles ur join roles r on r.id = ur.role_id
                where ur.user_id = u.id order by r.rank, r.name
            ) as "roles!",
            exists (select from admins where user_id = u.id) as "is_admin!",
            u.unverified_email,
            (
                select o.username from users o
                where o.email is not null and name_key(o.email) = name_key(u.unverified_email) and o.id <> u.id
            ) as unverified_email_of,
            (select c.username from users c where c.id = u.created_by) as created_by,
            (select c.username from users c where c.id = u.suspended_by) as suspended_by,
            (
                select count(*) from access_tokens t where t.user_id = u.id and t.kind = 'token' and t.revoked_at is null
            ) as "token_count!",
            (
                select count(*) from access_tokens t where t.user_id = u.id and t.kind = 'key' and t.revoked_at is null
            ) as "virtual_key_count!",
            (select count(*) from conversations c where c.user_id = u.id) as "conversation_count!"
        from users u join user_stats s on s.user_id = u.id
        where u.id = $1"#,
        id,
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let status: Status = read_word(&row.status)?;
    Ok(Some(UserDetail {
        suspension: (status == Status::Suspended).then_some(Suspension {
            reason: row.suspended_reason,
            until: row.suspended_until,
            show_reason: row.suspended_reason_visible,
            by: row.suspended_by,
        }),
        summary: UserSummary {
            id: UserId(row.id),
            number: row.number,
            username: row.username,
            display_name: row.display_name,
            email: row.email,
            is_admin: row.is_admin,
            roles: row.roles,
            role_ids: row.role_ids,
            status,
            suspended_until: row.suspended_until,
            persona_count: row.personas,
            ontology_count: row.ontologies,
            annotation_count: row.annotations,
            session_count: row.sessions,
            api_key_count: row.api_keys,
            // Only the list has it.
            spend: MonthSpend::default(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_login_at: row.last_login_at,
            last_active_at: row.last_active_at,
        },
        unverified_email: row.unverified_email,
        unverified_email_of: row.unverified_email_of,
        has_password: row.has_password,
        must_change_password: row.must_change_password,
        password_changed_at: row.password_changed_at,
        created_via: read_word(&row.created_via)?,
        created_by: row.created_by,
        deleted_at: row.deleted_at,
        purge_after: row.purge_after,
        token_count: row.token_count,
        virtual_key_count: row.virtual_key_count,
        conversation_count: row.conversation_count,
        profile: read_object(&row.profile),
        notification_preferences: read_object(&row.notification_preferences),
        settings: read_object(&row.settings),
        client_list: row.client_list,
    }))
}
