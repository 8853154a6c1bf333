//! Conditions on groups and features.

use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::users::named::NamedFeature;

/// Appends the condition that users are members of a group. No user is a member of an unknown one.
pub(super) fn push_group(sql: &mut QueryBuilder<Postgres>, group: Option<Uuid>) {
    match group {
        Some(id) => {
            sql.push("s.user_id in (select m.user_id from group_members m where m.group_id = ")
                .push_bind(id)
                .push(")");
        }
        None => {
            sql.push("false");
        }
    }
}

/// Appends the condition that users have a feature, for the same reasons as in the view `feature_access`.
pub(super) fn push_feature(sql: &mut QueryBuilder<Postgres>, feature: Option<&NamedFeature>) {
    let Some(feature) = feature else {
        sql.push("false");
        return;
    };
    sql.push("(u.deleted_at is null and u.status = 'active'");
    if !feature.is_default {
        sql.push(" and u.id in (select m.user_id from group_members m where m.group_id = any(")
            .push_bind(feature.groups.clone())
            .push(") union all select a.user_id from admins a)");
    }
    sql.push(")");
}
