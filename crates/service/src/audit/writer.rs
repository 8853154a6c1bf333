//! Audit log entries, written in the transaction of the change itself.

mod size;

use db::audit::Audited;
use domain::action::{Action, TargetKind};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{Error, access::Actor, idempotency};

/// Change of one account.
pub(crate) struct Change<'a> {
    /// Audited action.
    pub(crate) action: Action,
    /// Id and username of the target.
    pub(crate) user: (Uuid, &'a str),
    /// Changed fields.
    pub(crate) changes: Changes,
    /// Reason that the actor entered, if there is one.
    pub(crate) reason: Option<&'a str>,
}

/// Values before and after the change, by field.
#[derive(Default)]
pub(crate) struct Changes(Map<String, Value>);

impl Changes {
    /// Adds a field, if its values differ.
    pub(crate) fn note(&mut self, field: &str, before: impl Into<Value>, after: impl Into<Value>) {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.0.insert(field.to_owned(), json!([before, after]));
        }
    }

    /// Adds a field by the names of its values, if the values differ. Their names can be equal all the same.
    pub(crate) fn note_named<T: PartialEq, N: Into<Value>>(
        &mut self,
        field: &str,
        (before, after): (T, T),
        name: impl Fn(T) -> N,
    ) {
        if before != after {
            let (before, after): (Value, Value) = (name(before).into(), name(after).into());
            self.0.insert(field.to_owned(), json!([before, after]));
        }
    }

    /// Adds the id of owned data before and after the change, so that the entry identifies it even if nothing differs.
    pub(crate) fn about(mut self, kind: &str, before: Option<Uuid>, after: Option<Uuid>) -> Self {
        self.0.insert(kind.to_owned(), json!([before, after]));
        self
    }

    /// Adds the number of the target, which identifies it beside its label.
    pub(crate) fn with_id(mut self, id: i32) -> Self {
        self.0.insert("id".to_owned(), json!([id, id]));
        self
    }

    /// Returns whether no field has changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a field as [`Self::note`] does, as part of an expression.
    pub(crate) fn with(
        mut self,
        field: &str,
        before: impl Into<Value>,
        after: impl Into<Value>,
    ) -> Self {
        self.note(field, before, after);
        self
    }
}

/// Writes the audit event of a change of one account.
pub(crate) async fn write(
    connection: &mut db::PgConnection,
    actor: &Actor,
    change: Change<'_>,
) -> Result<Audited, Error> {
    let entry = db::audit::Entry {
        action: change.action,
        target_kind: TargetKind::User,
        target_id: Some(change.user.0),
        target_label: change.user.1,
        changes: Value::Object(change.changes.0),
        reason: change.reason,
    };
    let (_, audited) = insert(connection, actor, &entry).await?;
    Ok(audited)
}

/// Bulk action.
pub(crate) struct Batch<'a> {
    /// Audited action, with [`TargetKind::Users`].
    pub(crate) action: Action,
    /// Number of affected users.
    pub(crate) users: u64,
    /// Label of the target, which stands for all affected users.
    pub(crate) label: &'a str,
    /// Changed fields, apart from the number of users.
    pub(crate) changes: Changes,
    /// Reason that the actor entered, if there is one.
    pub(crate) reason: Option<&'a str>,
}

/// Writes the parent event of a bulk action. Returns the actor for the events of the single users, which refer to it.
pub(crate) async fn write_batch(
    connection: &mut db::PgConnection,
    actor: &Actor,
    batch: Batch<'_>,
) -> Result<Actor, Error> {
    let changes = batch.changes.with("users", Value::Null, batch.users);
    let entry = db::audit::Entry {
        action: batch.action,
        target_kind: batch.action.target(),
        target_id: None,
        target_label: batch.label,
        changes: Value::Object(changes.0),
        reason: batch.reason,
    };
    // The entries of the single users are the proof for the commit: a bulk action without any has changed nothing.
    let (id, _) = insert_bounded(connection, actor, &entry).await?;
    Ok(part_of(actor, id))
}

/// Writes an audit event for each user whose sessions were revoked together, with their number. `is_last` marks the last
/// call of a request, which completes its idempotency key.
pub(crate) async fn write_sessions_ended(
    connection: &mut db::PgConnection,
    actor: &Actor,
    ended: &[(Uuid, i64)],
    reason: &str,
    is_last: bool,
) -> Result<Audited, Error> {
    let reason = size::cut(reason);
    let audited =
        db::audit::insert_sessions_ended(connection, &db_actor(actor), ended, &reason).await?;
    if is_last {
        idempotency::note_done(connection, &actor.origin).await?;
    }
    Ok(audited)
}

/// Writes an audit event of a target other than a user: the action, the id of the target if it has one, and its label.
pub(crate) async fn write_about(
    connection: &mut db::PgConnection,
    actor: &Actor,
    about: (Action, Option<Uuid>, &str),
    changes: Changes,
) -> Result<Audited, Error> {
    write_with_reason(connection, actor, about, (changes, None)).await
}

/// Writes an audit event as [`write_about`] does, with the reason that the actor entered.
pub(crate) async fn write_with_reason(
    connection: &mut db::PgConnection,
    actor: &Actor,
    about: (Action, Option<Uuid>, &str),
    (changes, reason): (Changes, Option<&str>),
) -> Result<Audited, Error> {
    let (_, audited) = insert_about(connection, actor, about, (changes, reason)).await?;
    Ok(audited)
}

/// Writes an audit event as [`write_about`] does, of a change that has events of its parts. Returns the actor for these.
pub(crate) async fn write_whole(
    connection: &mut db::PgConnection,
    actor: &Actor,
    about: (Action, Option<Uuid>, &str),
    changes: Changes,
) -> Result<(Actor, Audited), Error> {
    let (id, audited) = insert_about(connection, actor, about, (changes, None)).await?;
    Ok((part_of(actor, id), audited))
}

/// Writes an entry about a target other than a user. Returns its id, and the proof of it.
async fn insert_about(
    connection: &mut db::PgConnection,
    actor: &Actor,
    (action, id, label): (Action, Option<Uuid>, &str),
    (changes, reason): (Changes, Option<&str>),
) -> Result<(i64, Audited), Error> {
    let entry = db::audit::Entry {
        action,
        target_kind: action.target(),
        target_id: id,
        target_label: label,
        changes: Value::Object(changes.0),
        reason,
    };
    insert(connection, actor, &entry).await
}

/// Writes an audit event for each part of a change: a user or an object, by its id and name. `actor` is that of the parts.
pub(crate) async fn write_parts(
    connection: &mut db::PgConnection,
    actor: &Actor,
    action: Action,
    targets: &[(Uuid, String)],
    changes: Changes,
) -> Result<(), Error> {
    let Some(label) = targets.iter().map(|(_, label)| label.len()).max() else {
        return Ok(());
    };
    let db_actor = db_actor(actor);
    let changes = bounded(actor, changes.0, label + origin_size(&db_actor));
    Ok(db::audit::insert_parts(connection, &db_actor, action, targets, changes).await?)
}

/// Returns the actor of the parts of an entry.
fn part_of(actor: &Actor, entry: i64) -> Actor {
    Actor {
        part_of: Some(entry),
        ..actor.clone()
    }
}

/// Writes an entry of limited size, and completes the idempotency key of the request: both are committed with the change or
/// not at all.
async fn insert(
    connection: &mut db::PgConnection,
    actor: &Actor,
    entry: &db::audit::Entry<'_>,
) -> Result<(i64, Audited), Error> {
    let inserted = insert_bounded(connection, actor, entry).await?;
    idempotency::note_done(connection, &actor.origin).await?;
    Ok(inserted)
}

/// Writes an entry of limited size. Returns its id, and the proof of it.
async fn insert_bounded(
    connection: &mut db::PgConnection,
    actor: &Actor,
    entry: &db::audit::Entry<'_>,
) -> Result<(i64, Audited), Error> {
    let db_actor = db_actor(actor);
    let reason = entry.reason.map(size::cut);
    let beside = entry.target_label.len()
        + origin_size(&db_actor)
        + reason.as_ref().map_or(0, |reason| reason.len());
    let mut entry = db::audit::Entry {
        reason: reason.as_deref(),
        ..entry.clone()
    };
    entry.changes = match entry.changes {
        Value::Object(changes) => bounded(actor, changes, beside),
        other => other,
    };
    Ok(db::audit::insert(connection, &db_actor, &entry).await?)
}

/// Returns the changes of limited size, with the name that the client of another system has sent for its user. `beside` is the number of
/// bytes of the other texts of the entry.
fn bounded(actor: &Actor, mut changes: Map<String, Value>, beside: usize) -> Value {
    if let Some(changed_by) = &actor.origin.changed_by {
        changes.insert("changedBy".to_owned(), json!([null, changed_by]));
    }
    Value::Object(size::fit(changes, beside))
}

/// Returns the number of bytes of the names of an actor and of its token.
fn origin_size(actor: &db::audit::Actor) -> usize {
    let token = actor.token.as_ref().map_or(0, |(_, label)| label.len());
    actor.label.len() + token
}

fn db_actor(actor: &Actor) -> db::audit::Actor {
    db::audit::Actor {
        id: actor.id(),
        label: actor.label.clone(),
        via: actor.via.as_str(),
        token: actor
            .token()
            .map(|grant| (grant.token, grant.label.clone())),
        ip: actor.origin.ip,
        request_id: actor.origin.request_id,
        parent_id: actor.part_of,
    }
}
