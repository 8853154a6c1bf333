//! Parsing of user form fields that are more than plain text.

use domain::{
    fields::FieldErrors,
    flash::Undo,
    text::name_key,
    users::{
        UserSummary,
        bulk::Selected,
        deletion::OwnedCounts,
        detail::{UserDetail, UserRef},
    },
};
use service::{Error, Services, access::Caller};
use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset, macros::format_description};
use uuid::Uuid;

use crate::api::bulk::{self, BulkOperation};

fn field_error(field: &str, message: impl Into<String>) -> Error {
    let mut errors = FieldErrors::default();
    errors.add(field, message);
    Error::Invalid(errors)
}

/// Converts a local time to a timestamp. Returns `None` if the field is empty.
pub(in crate::api) fn timestamp(local: &str, offset: i32) -> Result<Option<OffsetDateTime>, Error> {
    if local.is_empty() {
        return Ok(None);
    }
    let form = format_description!(
        version = 2,
        "[year]-[month]-[day]T[hour]:[minute][optional [:[second]]]"
    );
    let timestamp = PrimitiveDateTime::parse(local, form)
        .ok()
        .and_then(|local| local.checked_sub(Duration::minutes(offset.into())));
    timestamp
        .map(|timestamp| Some(timestamp.assume_utc()))
        .ok_or_else(|| field_error("until", "Enter a date and time, or leave it empty."))
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
            api_keys,
            tokens,
        ] => Ok(OwnedCounts {
            sessions,
            personas,
            ontologies,
            annotations,
            api_keys,
            tokens,
        }),
        _ => Err(Error::Conflict(
            "This page is out of date. Reload it and try again.",
        )),
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

/// Returns the selection of a user at the current version.
pub(super) fn seen(user: &UserSummary) -> Selected {
    Selected {
        id: user.id.0,
        version: user.version,
        username: Some(user.username.clone()),
    }
}

/// Returns the form that suspends a user again with the same reason and end, from the version after the suspension was lifted.
pub(super) fn suspend_again(before: UserDetail, version: i32, back: &str) -> Option<Undo> {
    let suspension = before.suspension?;
    let form = format_description!(version = 2, "[year]-[month]-[day]T[hour]:[minute]:[second]");
    let until = suspension
        .until
        .map(|until| until.to_offset(UtcOffset::UTC).format(form));
    let until = until.transpose().ok()?.unwrap_or_default();
    let fields = [
        ("reason", suspension.reason?),
        ("until", until),
        ("show_reason", suspension.show_reason.to_string()),
    ];
    let user = Selected {
        version,
        ..seen(&before.summary)
    };
    Some(bulk::read::undo(
        BulkOperation::Suspend,
        &[user],
        back,
        &fields,
    ))
}

/// Checks that a typed name matches a username.
pub(in crate::api) fn same_name(username: &str, typed: &str) -> Result<(), Error> {
    if name_key(typed.trim()) == name_key(username) {
        return Ok(());
    }
    Err(field_error(
        "confirm",
        format!("Type {username} to confirm."),
    ))
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
        Err(Error::NotFound(_)) => Err(field_error("to", "User not found.")),
        Err(error) => Err(error),
    }
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
