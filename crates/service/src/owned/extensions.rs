//! Extensions: data of users in other systems that has no field here, one object for each namespace.

use db::extensions as rows;
use domain::{
    action::Action,
    error::Entity,
    fields::FieldErrors,
    identifiers::Namespace,
    json::{JsonLimits, check_object, extend_member, read_object},
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Reader, Writer};
use crate::{Error, Services, audit::Changes};

/// Response for a user whose data the reader cannot see, as for one who does not exist.
const NO_USER: Error = Error::NotFound(Entity::User);

/// Returns the data of a user in a namespace. It is empty if nothing is stored.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user, or the reader sees only another one.
pub async fn get(
    services: &Services,
    reader: &Reader,
    owner: Uuid,
    namespace: &Namespace,
) -> Result<Map<String, Value>, Error> {
    if !reader.sees(owner) {
        return Err(NO_USER);
    }
    let found = rows::find(&services.pool, owner, namespace.as_str()).await?;
    Ok(read_object(&found.ok_or(NO_USER)?))
}

/// Replaces the data of a user in a namespace: the caller's own, or for administrators that of the named user.
///
/// # Errors
/// [`Error::Invalid`] when the data exceeds the limits, [`Error::Denied`] when the policy denies it, [`Error::NotFound`] when there
/// is no such user.
pub async fn replace(
    services: &Services,
    writer: &Writer,
    owner: Option<Uuid>,
    namespace: &Namespace,
    data: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    write(services, writer, owner, namespace, |_| data).await
}

/// Adds members to the data of a user in a namespace: the caller's own, or for administrators that of the named user. A member that
/// exists is replaced, and not merged.
///
/// # Errors
/// As [`replace`].
pub async fn merge(
    services: &Services,
    writer: &Writer,
    owner: Option<Uuid>,
    namespace: &Namespace,
    members: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let merged = |mut data: Map<String, Value>| {
        data.extend(members);
        data
    };
    write(services, writer, owner, namespace, merged).await
}

/// Adds members to an object in the data of a user in a namespace, as [`merge`] adds them to the data itself. Returns all data.
///
/// # Errors
/// As [`replace`].
pub async fn merge_into(
    services: &Services,
    writer: &Writer,
    owner: Option<Uuid>,
    namespace: &Namespace,
    name: &str,
    members: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let merged = |mut data: Map<String, Value>| {
        extend_member(&mut data, name, members);
        data
    };
    write(services, writer, owner, namespace, merged).await
}

/// Changes the data under the lock of its owner, so that no concurrent change is lost.
async fn write(
    services: &Services,
    writer: &Writer,
    owner: Option<Uuid>,
    namespace: &Namespace,
    change: impl FnOnce(Map<String, Value>) -> Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let owner = writer.owner(owner)?;
    let mut transaction = db::begin(&services.pool).await?;
    let opened = writer.open(&mut transaction, owner).await?;
    let found = rows::find(&mut *transaction, owner, namespace.as_str()).await?;
    let before = read_object(&found.ok_or(NO_USER)?);
    let after = change(before.clone());
    check_object(&after, JsonLimits::EXTENSION).map_err(|error| {
        let mut errors = FieldErrors::default();
        errors.add("extension", error);
        Error::Invalid(errors)
    })?;
    if after == before {
        return Ok(after);
    }
    let text = serde_json::to_string(&after).map_err(|error| Error::Internal(error.into()))?;
    rows::set(&mut transaction, owner, namespace.as_str(), &text).await?;
    let changes = Changes::default().with("extension", Value::Null, namespace.as_str());
    let audited = opened
        .write_entry(&mut transaction, Action::UserUpdated, changes)
        .await?;
    db::commit(transaction, audited).await?;
    Ok(after)
}
