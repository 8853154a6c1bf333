//! Which entries, as SQL over `audit_events e`.

use domain::audit::list::AuditFilter;
use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

/// Whom or what a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// What has this id, whatever it was called at the time.
    Id(Uuid),
    /// What was called so at the time: no account is called so now. Without regard to case.
    Label(String),
}

/// A filter with what its names stand for.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The filter.
    pub filter: &'a AuditFilter,
    /// Who its actor is.
    pub actor: Option<Meant>,
    /// What its target is.
    pub target: Option<Meant>,
    /// Whether entries that are part of another are left out.
    pub folded: bool,
    /// The moment from which ages are counted.
    pub now: OffsetDateTime,
}

impl Asked<'_> {
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
        push_meant(sql, "actor", self.actor.as_ref());
        push_meant(sql, "target", self.target.as_ref());
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
                // Names the index of the list without an actor: each of the others has one of its own.
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

fn push_meant(sql: &mut QueryBuilder<Postgres>, column: &str, meant: Option<&Meant>) {
    match meant {
        Some(Meant::Id(id)) => {
            sql.push(format!(" and e.{column}_id = ")).push_bind(*id);
        }
        Some(Meant::Label(label)) => {
            sql.push(format!(" and name_key(e.{column}_label) = name_key("))
                .push_bind(label.clone())
                .push(")");
        }
        None => {}
    }
}
