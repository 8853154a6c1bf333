//! What goes on record, in the transaction of the change itself.

mod size;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{Error, access::Author, idempotency};

/// A change of one account.
pub(crate) struct Change<'a> {
    /// What was done, such as `user.created`.
    pub(crate) action: &'static str,
    /// To whom.
    pub(crate) user: (Uuid, &'a str),
    /// What is different.
    pub(crate) changes: Changes,
    /// Why, where a reason was given.
    pub(crate) reason: Option<&'a str>,
}

/// Before and after, by field.
#[derive(Default)]
pub(crate) struct Changes(Map<String, Value>);

impl Changes {
    /// Notes a field, if it is different at all.
    pub(crate) fn note(&mut self, field: &str, before: impl Into<Value>, after: impl Into<Value>) {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.0.insert(field.to_owned(), json!([before, after]));
        }
    }

    /// Notes which of the things that a person owns is spoken of: its id before and after.
    pub(crate) fn about(mut self, kind: &str, before: Option<Uuid>, after: Option<Uuid>) -> Self {
        self.0.insert(kind.to_owned(), json!([before, after]));
        self
    }

    /// Whether nothing is different.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes a field, as part of an expression.
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

/// Writes it down.
pub(crate) async fn write(
    connection: &mut db::PgConnection,
    author: &Author,
    change: Change<'_>,
) -> Result<(), Error> {
    let entry = db::audit::Entry {
        action: change.action,
        target_kind: "user",
        target_id: Some(change.user.0),
        target_label: change.user.1,
        changes: Value::Object(change.changes.0),
        reason: change.reason,
    };
    insert(connection, author, &entry).await
}

/// An action on many.
pub(crate) struct Batch<'a> {
    /// What was done, such as `users.suspended`.
    pub(crate) action: &'static str,
    /// How many users are affected.
    pub(crate) users: u64,
    /// What they are called together.
    pub(crate) label: &'a str,
    /// What is different, beside the number of users.
    pub(crate) changes: Changes,
    /// Why, where a reason was given.
    pub(crate) reason: Option<&'a str>,
}

/// Writes the one entry of an action on many. Returns the author of the entries beneath it, one for each user.
pub(crate) async fn write_batch(
    connection: &mut db::PgConnection,
    author: &Author,
    batch: Batch<'_>,
) -> Result<Author, Error> {
    let changes = batch.changes.with("users", Value::Null, batch.users);
    let entry = db::audit::Entry {
        action: batch.action,
        target_kind: "users",
        target_id: None,
        target_label: batch.label,
        changes: Value::Object(changes.0),
        reason: batch.reason,
    };
    Ok(Author {
        part_of: Some(insert_bounded(connection, author, &entry).await?),
        ..author.clone()
    })
}

/// Writes down whose sessions were ended together, and how many of each. `is_last` when the request is done with it.
pub(crate) async fn write_sessions_ended(
    connection: &mut db::PgConnection,
    author: &Author,
    ended: &[(Uuid, i64)],
    reason: &str,
    is_last: bool,
) -> Result<(), Error> {
    let reason = size::cut(reason);
    db::audit::insert_sessions_ended(connection, &actor(author), ended, &reason).await?;
    if is_last {
        idempotency::note_done(connection, &author.origin).await?;
    }
    Ok(())
}

/// Writes down what was done to an invitation: what, its id, what it is called.
pub(crate) async fn write_invitation(
    connection: &mut db::PgConnection,
    author: &Author,
    (action, id, label): (&'static str, Uuid, &str),
    changes: Changes,
) -> Result<(), Error> {
    let entry = db::audit::Entry {
        action,
        target_kind: "invitation",
        target_id: Some(id),
        target_label: label,
        changes: Value::Object(changes.0),
        reason: None,
    };
    insert(connection, author, &entry).await
}

/// Writes down what was done to keys that are nobody's own: what, the id of the key if it is one, what it is called.
pub(crate) async fn write_key(
    connection: &mut db::PgConnection,
    author: &Author,
    (action, id, label): (&'static str, Option<Uuid>, &str),
    changes: Changes,
) -> Result<(), Error> {
    let entry = db::audit::Entry {
        action,
        target_kind: "api_key",
        target_id: id,
        target_label: label,
        changes: Value::Object(changes.0),
        reason: None,
    };
    insert(connection, author, &entry).await
}

/// Writes down that there is a new role. It permits nothing.
pub(crate) async fn write_new_role(
    connection: &mut db::PgConnection,
    author: &Author,
    name: &str,
) -> Result<(), Error> {
    let entry = db::audit::Entry {
        action: "role.created",
        target_kind: "role",
        target_id: None,
        target_label: name,
        changes: json!({ "name": [null, name], "permissions": [null, []] }),
        reason: None,
    };
    insert(connection, author, &entry).await
}

/// Writes down that a part of the record was taken away: which.
pub(crate) async fn write_audit_export(
    connection: &mut db::PgConnection,
    author: &Author,
    changes: Value,
) -> Result<(), Error> {
    let entry = db::audit::Entry {
        action: "audit.exported",
        target_kind: "audit",
        target_id: None,
        target_label: "audit log",
        changes,
        reason: None,
    };
    insert(connection, author, &entry).await
}

/// Writes an entry of bounded size, and that what its request asked for is done: neither is ever there without the change.
async fn insert(
    connection: &mut db::PgConnection,
    author: &Author,
    entry: &db::audit::Entry<'_>,
) -> Result<(), Error> {
    insert_bounded(connection, author, entry).await?;
    idempotency::note_done(connection, &author.origin).await
}

/// Writes an entry of bounded size. Returns its id.
async fn insert_bounded(
    connection: &mut db::PgConnection,
    author: &Author,
    entry: &db::audit::Entry<'_>,
) -> Result<i64, Error> {
    let actor = actor(author);
    let token = actor.token.as_ref().map_or(0, |(_, label)| label.len());
    let reason = entry.reason.map(size::cut);
    let beside = [
        entry.target_label.len(),
        actor.label.len(),
        token,
        reason.as_ref().map_or(0, |reason| reason.len()),
    ];
    let mut entry = db::audit::Entry {
        reason: reason.as_deref(),
        ..entry.clone()
    };
    entry.changes = match entry.changes {
        Value::Object(changes) => Value::Object(size::fit(changes, beside.iter().sum())),
        other => other,
    };
    Ok(db::audit::insert(connection, &actor, &entry).await?)
}

fn actor(author: &Author) -> db::audit::Actor {
    db::audit::Actor {
        id: author.id(),
        label: author.label.clone(),
        via: author.via.as_str(),
        token: author.token().map(|lent| (lent.token, lent.label.clone())),
        ip: author.origin.ip,
        request_id: author.origin.request_id,
        parent_id: author.part_of,
    }
}
