//! Lists of clients of users. They limit the data that a user sees, so nothing beyond the actor's own list can be added to them.

use domain::{fields::FieldErrors, messages};

use crate::{Error, access::Actor};

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
