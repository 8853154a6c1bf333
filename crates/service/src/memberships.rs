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
    audit::{self, Changes},
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
/// [`Error::Invalid`] for a name or an id that no group has.
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
    let changes = Changes::default()
        .with("members", Value::Null, vec![username.to_owned()])
        .with("users", Value::Null, 1);
    let about = (
        Action::GroupMembersAdded,
        Some(group.id),
        group.name.as_str(),
    );
    audit::write_about(transaction, actor, about, changes).await?;
    Ok(())
}

fn unknown(name: &str) -> Error {
    let mut errors = FieldErrors::default();
    errors.add("groups", messages::group_unknown(name));
    Error::Invalid(errors)
}
