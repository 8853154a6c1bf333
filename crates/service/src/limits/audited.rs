//! Limits in entries of the audit log.

use db::limits as rows;
use domain::{
    action::Action,
    limits::{Amount, Limit, LimitSubject, Metric},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error,
    access::Actor,
    audit::{self, Audited, Changes},
};

/// Returns the id of the target of an entry about a limit: that of its subject, whose history the entry belongs to. Of a token it is that of
/// the owner, who has a history, and of the default that of the limit.
pub(super) async fn audited_id(
    connection: &mut db::PgConnection,
    limit: &Limit,
) -> Result<Uuid, Error> {
    let subject = match limit.subject {
        LimitSubject::Token(token) => rows::subjects::find_owner(connection, token).await?,
        LimitSubject::Default
        | LimitSubject::Role(_)
        | LimitSubject::Group(_)
        | LimitSubject::User(_) => limit.subject.id(),
    };
    Ok(subject.unwrap_or(limit.id))
}

/// Writes the audit event of a deleted limit.
pub(crate) async fn audit_deleted(
    transaction: &mut db::Transaction,
    actor: &Actor,
    limit: &Limit,
) -> Result<Audited, Error> {
    let amount = amount_text(limit.metric, limit.amount.map(Amount::units));
    let period = limit.period.map(|period| period.to_string());
    let changes =
        Changes::default()
            .with("amount", amount, Value::Null)
            .with("period", period, Value::Null);
    let name = limit.label();
    let target = audited_id(transaction, limit).await?;
    let about = (Action::LimitDeleted, Some(target), name.as_str());
    audit::write_about(transaction, actor, about, changes).await
}

/// Returns the quantity, amount and period of a limit, as the entry of another object names it.
pub(crate) fn audited_text(limit: &Limit) -> String {
    let model = limit.model.as_deref().map(|model| format!(" of {model}"));
    let period = limit.period.map(|period| format!(" / {period}"));
    let shared = if limit.shared { ", shared" } else { "" };
    format!(
        "{}{}: {}{}{shared}",
        limit.metric.as_str(),
        model.unwrap_or_default(),
        amount_text(limit.metric, limit.amount.map(Amount::units)),
        period.unwrap_or_default(),
    )
}

/// Returns the audited amount of a limit. An unlimited one is a text, so that it is not taken for no limit.
pub(super) fn amount_text(metric: Metric, units: Option<i64>) -> String {
    units.map_or_else(
        || "unlimited".to_owned(),
        |units| Amount::of(metric, units).to_string(),
    )
}
