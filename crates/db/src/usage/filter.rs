//! Conditions on usage.

use domain::usage::UsageRange;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// Conditions on usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageFilter {
    /// Days in UTC.
    pub days: UsageRange,
    /// The id of the user.
    pub user: Option<Uuid>,
    /// The id of a group whose members are meant.
    pub group: Option<Uuid>,
    /// Name of the model.
    pub model: Option<String>,
}

impl UsageFilter {
    /// Returns the table with the sums by day and model: of single users only if the filter needs them.
    pub(super) const fn table(&self) -> &'static str {
        if self.user.is_none() && self.group.is_none() {
            "usage_daily_totals"
        } else {
            "usage_daily"
        }
    }

    /// Appends the conditions on the rows `d`, without that on the time.
    pub(super) fn push_rest(&self, sql: &mut QueryBuilder<Postgres>) {
        if let Some(user) = self.user {
            sql.push(" and d.user_id = ").push_bind(user);
        }
        if let Some(group) = self.group {
            sql.push(
                " and d.user_id in (select m.user_id from group_members m where m.group_id = ",
            )
            .push_bind(group)
            .push(")");
        }
        if let Some(model) = &self.model {
            sql.push(" and d.model = ").push_bind(model.clone());
        }
    }

    /// Appends all conditions on the rows `d` of the sums.
    pub(super) fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push(" where d.day >= ")
            .push_bind(self.days.from)
            .push(" and d.day <= ")
            .push_bind(self.days.to);
        self.push_rest(sql);
    }
}
