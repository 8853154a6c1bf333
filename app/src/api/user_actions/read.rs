//! Parsing of user form fields that are more than plain text.

use domain::{
    error::Conflict,
    fields::FieldErrors,
    message::Message,
    messages,
    text::name_key,
    users::{UserSummary, deletion::OwnedCounts, detail::UserRef, edit::CLIENTS_MAX},
};
use service::{
    Error, Services,
    access::{Authorized, Caller, ClientsRead},
};
use uuid::Uuid;

fn field_error(field: &str, message: impl Into<Message>) -> Error {
    let mut errors = FieldErrors::default();
    errors.add(field, message);
    Error::Invalid(errors)
}

/// Parses the counts that a table showed, separated by commas.
pub(in crate::api) fn counts(text: &str) -> Result<OwnedCounts, Error> {
    let numbers: Vec<i64> = text.split(',').filter_map(|n| n.parse().ok()).collect();
    match numbers.as_slice() {
        &[
            sessions,
            personas,
            ontologies,
            annotations,
            conversations,
            messages,
            api_keys,
            tokens,
        ] => Ok(OwnedCounts {
            sessions,
            personas,
            ontologies,
            annotations,
            conversations,
            messages,
            api_keys,
            tokens,
        }),
        _ => Err(Error::Conflict(Conflict::PageOutdated)),
    }
}

/// Returns the user with an id.
pub(in crate::api) async fn named(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<UserSummary, Error> {
    let user = service::users::get(services, &caller.require()?, &UserRef::Id(id)).await?;
    Ok(user.summary)
}

/// Returns the user with an id if the typed name matches their username.
pub(super) async fn confirmed(
    services: &Services,
    caller: &Caller,
    id: Uuid,
    typed: &str,
) -> Result<UserSummary, Error> {
    let user = named(services, caller, id).await?;
    same_name(&user.username, typed)?;
    Ok(user)
}

/// Checks that a typed name matches a username.
pub(in crate::api) fn same_name(username: &str, typed: &str) -> Result<(), Error> {
    if name_key(typed.trim()) == name_key(username) {
        return Ok(());
    }
    Err(field_error("confirm", messages::type_username(username)))
}

/// Returns the user who receives the transferred data.
pub(super) async fn transfer_target(
    services: &Services,
    caller: &Caller,
    typed: &str,
) -> Result<UserSummary, Error> {
    let user = UserRef::parse(typed.trim());
    match service::users::get(services, &caller.require()?, &user).await {
        Ok(user) => Ok(user.summary),
        Err(Error::NotFound(_)) => Err(field_error("to", messages::new_owner_not_found())),
        Err(error) => Err(error),
    }
}

/// Replaces typed names of clients, separated by commas, by their numbers. Other texts stay, for the form to check them. More than a user
/// can have are not looked up.
pub(super) async fn numbered_clients(
    services: &Services,
    reader: Option<&Authorized<ClientsRead>>,
    typed: &str,
) -> Result<String, Error> {
    if typed.split(',').count() > CLIENTS_MAX {
        return Err(field_error(
            "client_list",
            messages::clients_max(CLIENTS_MAX),
        ));
    }
    let mut numbered = Vec::new();
    for part in typed.split(',').map(str::trim) {
        let found = match reader.filter(|_| !part.is_empty()) {
            Some(reader) => service::resources::find_client(services, reader, part).await?,
            None => None,
        };
        numbered.push(found.map_or_else(|| part.to_owned(), |number| number.to_string()));
    }
    Ok(numbered.join(","))
}

/// Returns whether a user has this name, deleted or not.
pub(super) async fn exists(
    services: &Services,
    caller: &Caller,
    username: String,
) -> Result<bool, Error> {
    let user = UserRef::Name(username.trim().to_owned());
    match service::users::get(services, &caller.require()?, &user).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
