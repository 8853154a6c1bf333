//! Lists of clients of users. They limit the data that a user sees, so nothing beyond the actor's own list can be added to them, and the
//! password of a user whose list goes beyond it cannot be set.

use std::collections::BTreeMap;

use domain::{fields::FieldErrors, messages, policy::Denied};
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, access::Actor, audit::Changes};

/// Returns the names of clients by their numbers, for the audit log; that of a number without a client is `#7`.
pub(crate) async fn names(
    connection: &mut db::PgConnection,
    ids: &[i32],
) -> Result<BTreeMap<i32, String>, Error> {
    let clients = db::clients::find(connection, ids).await?;
    let mut names: BTreeMap<i32, String> = ids.iter().map(|id| (*id, format!("#{id}"))).collect();
    names.extend(clients.into_iter().map(|client| (client.id, client.name)));
    Ok(names)
}

/// Adds a changed list to the audited changes, by the names of the clients. A new user has no list before.
pub(crate) async fn note(
    transaction: &mut db::Transaction,
    (before, after): (Option<&[i32]>, &[i32]),
    changes: &mut Changes,
) -> Result<(), Error> {
    if before.unwrap_or_default() == after {
        return Ok(());
    }
    let ids = [before.unwrap_or_default(), after].concat();
    let names = names(transaction, &ids).await?;
    let named = |list: &[i32]| -> Value {
        let names = list.iter().filter_map(|id| names.get(id));
        names.cloned().collect()
    };
    changes.note_named("clientList", (before, Some(after)), |list| list.map(named));
    Ok(())
}

/// Checks that the actor sees the data of the clients that a change adds to a user's list. Administrators and the operator see that of
/// all clients; others could otherwise extend what another user sees, or they themselves.
///
/// # Errors
/// [`Error::Invalid`] for a client outside of the actor's list.
pub(crate) async fn check_added(
    transaction: &mut db::Transaction,
    actor: &Actor,
    before: &[i32],
    after: &[i32],
) -> Result<(), Error> {
    let added = after.iter().filter(|client| !before.contains(client));
    let added: Vec<i32> = added.copied().collect();
    let Some(id) = actor.id().filter(|_| !added.is_empty()) else {
        return Ok(());
    };
    let Some(client) = db::clients::find_unseen(&mut **transaction, id, &added).await? else {
        return Ok(());
    };
    let mut errors = FieldErrors::default();
    errors.add(
        "client_list",
        messages::client_not_own(format!("#{client}")),
    );
    Err(Error::Invalid(errors))
}

/// Returns the reason why the actor cannot set the password of a user: with it the actor could act as the user, and see the data of
/// clients outside of the own list. None for administrators and the operator, who see that of all clients.
pub(crate) async fn password_denied(
    connection: &mut db::PgConnection,
    actor: &Actor,
    user: Uuid,
) -> Result<Option<Denied>, Error> {
    let Some(id) = actor.id() else {
        return Ok(None);
    };
    let is_within = db::clients::sees_all_of(connection, id, user).await?;
    Ok((!is_within).then_some(Denied::MoreClients))
}

/// Checks that the actor can set the password of a user.
///
/// # Errors
/// [`Error::Denied`] for a user with a client outside of the actor's list.
pub(crate) async fn check_password(
    connection: &mut db::PgConnection,
    actor: &Actor,
    user: Uuid,
) -> Result<(), Error> {
    match password_denied(connection, actor, user).await? {
        Some(denied) => Err(denied.into()),
        None => Ok(()),
    }
}
