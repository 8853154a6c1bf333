//! Users with their groups and their data in another system, as the clients of that system list them.

use std::collections::HashMap;

use db::users::linked as rows;
use domain::{access_tokens::Scope, identifiers::Namespace, json::read_object, users::UserSummary};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, Caller, GroupsRead, UsersRead},
};

/// Groups of a user, and data in another system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Linked {
    /// The id and the name of each group, by name.
    pub groups: Vec<(Uuid, String)>,
    /// Data in the other system.
    pub data: Map<String, Value>,
    /// Email address that a pending user has entered and that no other user has.
    pub entered_email: Option<String>,
}

/// Lists the groups, the data and the entered addresses of some users by their ids. A user without any is missing.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_linked(
    services: &Services,
    _: (&Authorized<UsersRead>, &Authorized<GroupsRead>),
    ids: &[Uuid],
    namespace: &Namespace,
) -> Result<HashMap<Uuid, Linked>, Error> {
    let mut linked = find(services, ids, namespace).await?;
    for entered in rows::list_entered_emails(&services.pool, ids).await? {
        linked.entry(entered.user_id).or_default().entered_email = Some(entered.email);
    }
    Ok(linked)
}

/// Returns the groups and the data of the caller. An access token without the scope of the caller's data gets none of it.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope of the account.
pub async fn find_own(
    services: &Services,
    caller: &Caller,
    namespace: &Namespace,
) -> Result<Linked, Error> {
    caller.require_account()?;
    let id = caller.principal.id.0;
    let mut found = find(services, &[id], namespace).await?;
    let mut own = found.remove(&id).unwrap_or_default();
    if caller.require_own(Scope::DataRead).is_err() {
        own.data.clear();
    }
    Ok(own)
}

/// Lists the users with some ids who are not deleted, the first created first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_by_ids(
    services: &Services,
    _: &Authorized<UsersRead>,
    ids: &[Uuid],
) -> Result<Vec<UserSummary>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    Ok(rows::list_by_ids(&mut connection, ids).await?)
}

async fn find(
    services: &Services,
    ids: &[Uuid],
    namespace: &Namespace,
) -> Result<HashMap<Uuid, Linked>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let mut linked: HashMap<Uuid, Linked> = HashMap::new();
    for group in rows::list_groups_of(&mut *connection, ids).await? {
        let of_user = linked.entry(group.user_id).or_default();
        of_user.groups.push((group.group_id, group.name));
    }
    for row in rows::list_data_of(&mut *connection, ids, namespace.as_str()).await? {
        linked.entry(row.user_id).or_default().data = read_object(&row.data);
    }
    Ok(linked)
}
