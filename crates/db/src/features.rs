//! Features of the host application, and those that a user has.

use domain::features::{EffectiveFeature, Feature, FeatureReason, NewFeature};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::Error;

/// Lists all features in their order.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list(executor: impl PgExecutor<'_>) -> Result<Vec<Feature>, Error> {
    Ok(sqlx::query_as!(
        Feature,
        "select key, label, description, default_value, position, version from features order by position, key",
    )
    .fetch_all(executor)
    .await?)
}

/// Returns the feature with a key and locks its row until the transaction ends.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn lock(connection: &mut PgConnection, key: &str) -> Result<Option<Feature>, Error> {
    Ok(sqlx::query_as!(
        Feature,
        "select key, label, description, default_value, position, version from features where key = $1 for update",
        key,
    )
    .fetch_optional(connection)
    .await?)
}

/// Returns the first of some keys that no feature has.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn find_unknown(
    executor: impl PgExecutor<'_>,
    keys: &[String],
) -> Result<Option<String>, Error> {
    let row = sqlx::query!(
        r#"select w.key as "key!" from unnest($1::text[]) as w (key)
        where not exists (select from features f where f.key = w.key)
        order by w.key limit 1"#,
        keys,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| row.key))
}

/// Inserts a feature. Returns false if there is one with its key.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn insert(connection: &mut PgConnection, feature: &NewFeature) -> Result<bool, Error> {
    let done = sqlx::query!(
        "insert into features (key, label, description, default_value, position, created_at, updated_at)
        values ($1, $2, $3, $4, $5, now(), now())
        on conflict do nothing",
        feature.key,
        feature.label,
        feature.description,
        feature.default_value,
        feature.position,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Replaces a feature, and increments its version.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn set(connection: &mut PgConnection, feature: &NewFeature) -> Result<(), Error> {
    sqlx::query!(
        "update features set
            label = $2, description = $3, default_value = $4, position = $5, version = version + 1, updated_at = now()
        where key = $1",
        feature.key,
        feature.label,
        feature.description,
        feature.default_value,
        feature.position,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes a feature, and removes it from all groups. Returns the number of these.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn delete(connection: &mut PgConnection, key: &str) -> Result<u64, Error> {
    let done = sqlx::query!(
        "update groups set features = features - $1::text, version = version + 1, updated_at = now()
        where features ? $1::text",
        key,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from features where key = $1", key)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// Lists all features with the reasons for which a user has them.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn list_effective(
    executor: impl PgExecutor<'_>,
    user_id: Uuid,
) -> Result<Vec<EffectiveFeature>, Error> {
    let rows = sqlx::query!(
        r#"select f.key as "key!", f.label as "label!", a.through as "through?", a.group_id as "group_id?", g.name as "group_name?", a.blocked_by as "blocked_by?"
        from features f
        left join feature_access a on a.key = f.key and a.user_id = $1
        left join groups g on g.id = a.group_id
        order by f.position, f.key, a.through, name_key(g.name)"#,
        user_id,
    )
    .fetch_all(executor)
    .await?;
    let mut features: Vec<EffectiveFeature> = Vec::new();
    for row in rows {
        if features.last().is_none_or(|last| last.key != row.key) {
            features.push(EffectiveFeature {
                key: row.key,
                label: row.label,
                value: false,
                because: Vec::new(),
            });
        }
        let reason = match row.through.as_deref() {
            Some("default") => Some(FeatureReason::Default),
            Some("admin") => Some(FeatureReason::Admin),
            _ => row.group_id.map(|id| FeatureReason::Group {
                id,
                name: row.group_name.unwrap_or_default(),
            }),
        };
        if let (Some(feature), Some(reason)) = (features.last_mut(), reason) {
            feature.value |= row.blocked_by.is_none();
            feature.because.push(reason);
        }
    }
    Ok(features)
}

/// Returns whether a user has a feature, by the same view as [`list_effective`].
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn has(executor: impl PgExecutor<'_>, user_id: Uuid, key: &str) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
            select from feature_access where user_id = $1 and key = $2 and blocked_by is null
        ) as "has!""#,
        user_id,
        key,
    )
    .fetch_one(executor)
    .await?)
}

/// Counts the groups that have a feature.
///
/// # Errors
/// Fails if the database cannot be reached.
pub async fn count_groups(executor: impl PgExecutor<'_>, key: &str) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from groups where features ? $1::text"#,
        key,
    )
    .fetch_one(executor)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}
