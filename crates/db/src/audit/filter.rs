//! Conditions on audit log entries, as SQL over `audit_events e`.

use domain::audit::list::AuditFilter;
use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

/// Resolved reference to an actor or a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditName {
    /// Matches this id, regardless of the name at the time.
    Id(Uuid),
    /// Matches the name at the time, case-insensitively: no account has this name now.
    Label(String),
}

/// A filter with its references resolved.
#[derive(Debug, Clone)]
pub struct AuditQueryFilter<'a> {
    /// The filter as requested.
    pub filter: &'a AuditFilter,
    /// Resolved actor.
    pub actor: Option<AuditName>,
    /// Resolved target.
    pub target: Option<AuditName>,
    /// Whether entries within a bulk action are left out.
    pub folded: bool,
    /// Time from which ages are counted.
    pub now: OffsetDateTime,
}

impl AuditQueryFilter<'_> {
    /// Appends the conditions, each after an `and`.
    pub(super) fn push(&self, sql: &mut QueryBuilder<Postgres>) {
        let AuditFilter {
            actor: _,
            target: _,
            action,
            via,
            when,
            parent,
        } = self.filter;
        push_audit_name(sql, "actor", self.actor.as_ref());
        push_audit_name(sql, "target", self.target.as_ref());
        if let Some(action) = action {
            sql.push(" and e.action = ").push_bind(action.clone());
        }
        if let Some(via) = via {
            sql.push(" and e.via = ").push_bind(via.as_str());
        }
        if let Some(parent) = parent {
            sql.push(" and e.parent_id = ").push_bind(*parent);
        }
        if self.folded {
            sql.push(" and e.parent_id is null");
            if self.actor.is_none() && via.is_none() {
                // Selects the index of the list without an actor or a source: the other lists have an index each.
                sql.push(" and e.at > '-infinity'");
            }
        }
        let bounds = when.and_then(|when| when.bounds(self.now));
        if let Some(from) = bounds.and_then(|bounds| bounds.from) {
            sql.push(" and e.at >= ").push_bind(from);
        }
        if let Some(until) = bounds.and_then(|bounds| bounds.until) {
            sql.push(" and e.at < ").push_bind(until);
        }
    }
}

fn push_audit_name(sql: &mut QueryBuilder<Postgres>, column: &str, meant: Option<&AuditName>) {
    match meant {
        Some(AuditName::Id(id)) => {
            sql.push(format!(" and e.{column}_id = ")).push_bind(*id);
        }
        Some(AuditName::Label(label)) => {
            sql.push(format!(" and name_key(e.{column}_label) = name_key("))
                .push_bind(label.clone())
                .push(")");
        }
        None => {}
    }
}
