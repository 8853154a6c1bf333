//! Groups that users join, for callers whose permission is checked.

use std::collections::BTreeMap;

use domain::{
    action::Action, fields::FieldErrors, groups::Group, messages, users::names::is_deceptive,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error,
    access::Actor,
    audit::{self, Audited, Changes},
    deletions,
};

/// Returns the ids of the groups with some names or ids, in the order of these. An id can be that of no group.
///
/// # Errors
/// [`Error::Invalid`] for a name that no group has.
pub(crate) async fn find_ids(
    transaction: &mut db::Transaction,
    named: &[String],
) -> Result<Vec<Uuid>, Error> {
    let names = named.iter().filter(|name| Uuid::try_parse(name).is_err());
    let names: Vec<String> = names.cloned().collect();
    // No group has such a name, and PostgreSQL rejects a NUL.
    if let Some(name) = names.iter().find(|name| name.chars().any(is_deceptive)) {
        return Err(unknown(name));
    }
    let found = if names.is_empty() {
        Vec::new()
    } else {
        db::groups::named::find_ids(&mut **transaction, &names).await?
    };
    let mut found = found.into_iter();
    let ids = named.iter().map(|name| match Uuid::try_parse(name) {
        Ok(id) => Ok(id),
        Err(_) => found.next().flatten().ok_or_else(|| unknown(name)),
    });
    ids.collect()
}

/// Returns the groups with some names or ids, each once, and locks their rows until the transaction ends.
///
/// # Errors
/// [`Error::Invalid`] for a name or an id that no group has, [`Error::Conflict`] for a group that is being deleted.
pub(crate) async fn lock(
    transaction: &mut db::Transaction,
    named: &[String],
) -> Result<Vec<Group>, Error> {
    let ids = find_ids(transaction, named).await?;
    // In the order of ids, so that two requests cannot wait for each other.
    let names: BTreeMap<Uuid, &String> = ids.into_iter().zip(named).collect();
    let mut groups = Vec::with_capacity(names.len());
    for (id, name) in names {
        let group = db::groups::lock(transaction, id).await?;
        groups.push(group.ok_or_else(|| unknown(name))?);
        deletions::check_stays(transaction, &id.to_string()).await?;
    }
    Ok(groups)
}

/// Adds a new user to a locked group, whose managers can create password links for the user: one who was invited, or whose creator could
/// set the password. `added_by` is the user who has decided it.
pub(crate) async fn join(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (id, username): (Uuid, &str),
    (group, added_by): (&Group, Option<Uuid>),
) -> Result<(), Error> {
    let ids = [id];
    let users = (ids.as_slice(), ids.as_slice());
    db::groups::members::insert(transaction, group.id, users, added_by).await?;
    let user = (id, username.to_owned());
    let about = (group.id, group.name.as_str());
    write_change(transaction, actor, about, MembersChange::Added, &[user]).await?;
    Ok(())
}

/// Change of members of a group.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MembersChange {
    /// Users became members.
    Added,
    /// Members left the group.
    Removed,
    /// Members became managers.
    Promoted,
    /// Managers became members without further permissions.
    Demoted,
}

/// Writes the audit event of changed members of a group, and beneath it one of each of these users.
pub(crate) async fn write_change(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (group, name): (Uuid, &str),
    change: MembersChange,
    users: &[(Uuid, String)],
) -> Result<Audited, Error> {
    let (action, field, part) = match change {
        MembersChange::Added => (Action::GroupMembersAdded, "members", Action::GroupJoined),
        MembersChange::Removed => (Action::GroupMembersRemoved, "members", Action::GroupLeft),
        MembersChange::Promoted | MembersChange::Demoted => (
            Action::GroupManagersChanged,
            "managers",
            Action::GroupManagerSet,
        ),
    };
    let of = |field: &str, value: Value| match change {
        MembersChange::Added | MembersChange::Promoted => {
            Changes::default().with(field, Value::Null, value)
        }
        MembersChange::Removed | MembersChange::Demoted => {
            Changes::default().with(field, value, Value::Null)
        }
    };
    let names: Vec<&str> = users
        .iter()
        .map(|(_, username)| username.as_str())
        .collect();
    let changes = match field {
        "members" => of(field, names.into()).with("users", Value::Null, users.len()),
        _ => of(field, names.into()),
    };
    let about = (action, Some(group), name);
    let (actor, audited) = audit::write_whole(transaction, actor, about, changes).await?;
    audit::write_parts(transaction, &actor, part, users, of("group", name.into())).await?;
    Ok(audited)
}

fn unknown(name: &str) -> Error {
    let mut errors = FieldErrors::default();
    errors.add("groups", messages::group_unknown(name));
    Error::Invalid(errors)
}
