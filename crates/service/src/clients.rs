//! Clients: listing, creation, changes and deletion. Users see the data of those in their lists of clients.

mod export;

use domain::{
    action::Action,
    clients::{Client, ClientDraft, ClientEdit, ClientUse, ListedClient},
    error::{Conflict, Entity},
    fields::FieldErrors,
    list::{Listed, Page, SearchQuery, Total},
    messages,
    stored::StoredObject,
};
use serde_json::Value;

use crate::{
    Error, Services,
    access::{Authorized, ClientsRead, ClientsWrite},
    audit::{self, Changes},
    guard,
};

pub use export::export;

const NOT_FOUND: Error = Error::NotFound(Entity::Client);

/// Number of a client to change, with the name and the version that were shown for it. The API and the command line show
/// no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRef {
    id: i32,
    name: Option<String>,
    version: Option<i32>,
}

impl ClientRef {
    /// Creates a reference to a client that was shown with a name, in a version.
    #[must_use]
    pub fn shown(id: i32, name: impl Into<String>, version: i32) -> Self {
        Self {
            id,
            name: Some(name.into()),
            version: Some(version),
        }
    }
}

impl From<(i32, Option<i32>)> for ClientRef {
    fn from((id, version): (i32, Option<i32>)) -> Self {
        Self {
            id,
            name: None,
            version,
        }
    }
}

/// Lists clients by name.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<ClientsRead>,
    query: &SearchQuery,
) -> Result<Listed<Client>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let (clients, more) = db::clients::list_page(&mut *connection, query).await?;
    let counted = db::clients::count(&mut *connection, query).await?;
    let total = Total::up_to_limit(counted);
    let page = Page::of(clients, more, total, &query.position, Client::cursor);
    Ok(page.at((services.clock)()))
}

/// Lists clients by name, with the numbers of users and resources that refer to them.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_counted(
    services: &Services,
    authorized: &Authorized<ClientsRead>,
    query: &SearchQuery,
) -> Result<Listed<ListedClient>, Error> {
    let Listed { page, now } = list(services, authorized, query).await?;
    let Page { rows, page_info } = page;
    let rows = db::clients::with_counts(&services.pool, rows).await?;
    Ok(Page { rows, page_info }.at(now))
}

/// Returns a client by its number.
///
/// # Errors
/// [`Error::NotFound`] when there is no such client.
pub async fn find(
    services: &Services,
    _: &Authorized<ClientsRead>,
    id: i32,
) -> Result<Client, Error> {
    let found = db::clients::find(&services.pool, &[id]).await?.pop();
    found.ok_or(NOT_FOUND)
}

/// Returns the clients in a list of clients, by number. A number without a client is left out.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list_named(
    services: &Services,
    _: &Authorized<ClientsRead>,
    ids: &[i32],
) -> Result<Vec<Client>, Error> {
    Ok(db::clients::find(&services.pool, ids).await?)
}

/// Creates a client.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Taken`] with the field errors.
pub async fn create(
    services: &Services,
    authorized: &Authorized<ClientsWrite>,
    draft: ClientDraft,
) -> Result<Client, Error> {
    let new = draft.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let client = db::clients::insert(&mut transaction, &new)
        .await
        .map_err(taken)?;
    let changes = Changes::default()
        .with("id", Value::Null, client.id)
        .with("name", Value::Null, client.name.as_str())
        .with("logoUrl", Value::Null, client.logo_url.clone());
    let about = (Action::ClientCreated, None, client.name.as_str());
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(client)
}

/// Changes a client. Fields that the edit leaves out stay.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Taken`] with the field errors, [`Error::Outdated`] when the client was changed since the caller read
/// it, [`Error::TargetMismatch`] when it was shown with another name, [`Error::NotFound`] when there is no such client.
pub async fn edit(
    services: &Services,
    authorized: &Authorized<ClientsWrite>,
    target: impl Into<ClientRef>,
    edit: ClientEdit,
) -> Result<Client, Error> {
    let target: ClientRef = target.into();
    let id = target.id;
    let patch = edit.check().map_err(Error::Invalid)?;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let before = lock(&mut transaction, &target).await?;
    let mut changes = Changes::default();
    if let Some(name) = &patch.name {
        changes.note("name", before.name.as_str(), name.as_str());
    }
    if let Some(url) = &patch.logo_url {
        changes.note("logoUrl", before.logo_url.clone(), url.clone());
    }
    if changes.is_empty() {
        return Ok(before);
    }
    let changes = changes.with_id(id);
    let after = db::clients::set(&mut transaction, id, &patch)
        .await
        .map_err(taken)?;
    let about = (Action::ClientUpdated, None, before.name.as_str());
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(after)
}

/// Counts the objects that refer to a client.
///
/// # Errors
/// [`Error::NotFound`] when there is no such client.
pub async fn preview_deletion(
    services: &Services,
    authorized: &Authorized<ClientsRead>,
    id: i32,
) -> Result<ClientUse, Error> {
    find(services, authorized, id).await?;
    Ok(db::clients::count_use(&services.pool, id).await?)
}

/// Deletes a client that has no resources and personas: they would be visible to all users. Its number stays in lists of clients, and no
/// other client gets it. `users` is the number of users with the client in the preview, if one was shown.
///
/// # Errors
/// [`Error::Conflict`] when the client has resources or personas, and for another number of users, [`Error::Outdated`] when it was changed
/// since the caller read it, [`Error::TargetMismatch`] when it was shown with another name, [`Error::NotFound`] when there is no such
/// client.
pub async fn delete(
    services: &Services,
    authorized: &Authorized<ClientsWrite>,
    target: impl Into<ClientRef>,
    users: Option<u64>,
) -> Result<ClientUse, Error> {
    let target: ClientRef = target.into();
    let id = target.id;
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let client = lock(&mut transaction, &target).await?;
    let used = db::clients::count_use(&mut *transaction, id).await?;
    if used.resources > 0 || used.personas > 0 {
        return Err(Error::Conflict(Conflict::ClientInUse));
    }
    if users.is_some_and(|users| users != used.users) {
        return Err(Error::Conflict(Conflict::PreviewChanged));
    }
    db::clients::delete(&mut transaction, id).await?;
    let changes = Changes::default()
        .with("id", id, Value::Null)
        .with("name", client.name.as_str(), Value::Null)
        .with("logoUrl", client.logo_url.clone(), Value::Null)
        .with("users", used.users, 0);
    let about = (Action::ClientDeleted, None, client.name.as_str());
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(used)
}

/// Locks a client in the version and with the name that were shown. Resources and personas of it are not inserted meanwhile.
async fn lock(transaction: &mut db::Transaction, target: &ClientRef) -> Result<Client, Error> {
    let client = db::clients::lock(transaction, target.id)
        .await?
        .ok_or(NOT_FOUND)?;
    // First, so that a form for a client that was renamed since shows its new name.
    if target.version.is_some_and(|shown| shown != client.version) {
        return Err(Error::Outdated(Box::new(StoredObject::Client(client))));
    }
    guard::check(target.name.as_deref(), &client.name)?;
    Ok(client)
}

/// Translates a violated constraint into the error of the name.
fn taken(error: db::Error) -> Error {
    match &error {
        db::Error::Constraint { constraint } if constraint == "clients_name_key" => {
            let mut errors = FieldErrors::default();
            errors.add("name", messages::client_exists());
            Error::Taken(errors)
        }
        db::Error::Constraint { .. } | db::Error::Unavailable(_) | db::Error::Other(_) => {
            error.into()
        }
    }
}
