//! Settings of the host application that have no meaning here: its clients read and change them, one object for each namespace.

use db::host_settings as rows;
use domain::{
    action::Action,
    fields::FieldErrors,
    identifiers::Namespace,
    json::{JsonLimits, check_object, extend_member, read_object},
};
use serde_json::{Map, Value};

use crate::{
    Error, Services,
    access::{Authorized, Caller, FeaturesWrite},
    audit::{self, Changes},
    guard,
};

/// Returns the settings in a namespace. They are empty if nothing is stored. Every user can read them: secrets are not stored there.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope of the own account.
pub async fn get(
    services: &Services,
    caller: &Caller,
    namespace: &Namespace,
) -> Result<Map<String, Value>, Error> {
    caller.require_account()?;
    let found = rows::find(&services.pool, namespace.as_str()).await?;
    Ok(found.as_deref().map(read_object).unwrap_or_default())
}

/// Adds members to an object of the settings in a namespace, under the lock of the settings. A member that exists is replaced. Returns all
/// settings.
///
/// # Errors
/// [`Error::Invalid`] when the settings exceed the limits of an extension.
pub async fn merge_into(
    services: &Services,
    authorized: &Authorized<FeaturesWrite>,
    namespace: &Namespace,
    name: &str,
    members: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let before = read_object(&rows::lock(&mut transaction, namespace.as_str()).await?);
    let mut after = before.clone();
    extend_member(&mut after, name, members);
    check_object(&after, JsonLimits::EXTENSION).map_err(|error| {
        let mut errors = FieldErrors::default();
        errors.add("settings", error);
        Error::Invalid(errors)
    })?;
    if after == before {
        return Ok(after);
    }
    let text = serde_json::to_string(&after).map_err(|error| Error::Internal(error.into()))?;
    rows::set(&mut transaction, namespace.as_str(), &text).await?;
    let changes = Changes::default().with("data", Value::Null, name);
    let about = (Action::FeatureUpdated, None, namespace.as_str());
    let audited = audit::write_about(&mut transaction, &actor, about, changes).await?;
    db::commit(transaction, audited).await?;
    Ok(after)
}
