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
use service::{Error, Services, access::Actor};
use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset, macros::format_description};
use uuid::Uuid;

use crate::api::bulk::{self, BulkDeed};

fn fault(field: &str, message: impl Into<String>) -> Error {
    let mut faults = FieldErrors::default();
    faults.add(field, message);
    Error::Invalid(faults)
}

/// Converts a local time to a timestamp. Returns `None` if the field is empty.
pub(in crate::api) fn moment(local: &str, offset: i32) -> Result<Option<OffsetDateTime>, Error> {
    if local.is_empty() {
        return Ok(None);
    }
    let form = format_description!(
        version = 2,
        "[year]-[month]-[day]T[hour]:[minute][optional [:[second]]]"
    );
    let moment = PrimitiveDateTime::parse(local, form)
        .ok()
        .and_then(|local| local.checked_sub(Duration::minutes(offset.into())));
    moment
        .map(|moment| Some(moment.assume_utc()))
        .ok_or_else(|| fault("until", "Enter a date and time, or leave it empty."))
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
    actor: &Actor,
    id: Uuid,
) -> Result<UserSummary, Error> {
    let user = service::users::get(services, &actor.require()?, &UserRef::Id(id)).await?;
    Ok(user.summary)
}

/// Returns the user with an id if the typed name matches their username.
pub(super) async fn confirmed(
    services: &Services,
    actor: &Actor,
    id: Uuid,
    typed: &str,
) -> Result<UserSummary, Error> {
    let user = named(services, actor, id).await?;
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
        ("tell_reason", suspension.tell_reason.to_string()),
    ];
    let user = Selected {
        version,
        ..seen(&before.summary)
    };
    Some(bulk::read::undo(BulkDeed::Suspend, &[user], back, &fields))
}

/// Checks that a typed name matches a username.
pub(in crate::api) fn same_name(username: &str, typed: &str) -> Result<(), Error> {
    if name_key(typed.trim()) == name_key(username) {
        return Ok(());
    }
    Err(fault("confirm", format!("Type {username} to confirm.")))
}

/// Returns the user who receives the transferred data.
pub(super) async fn taker(
    services: &Services,
    actor: &Actor,
    typed: &str,
) -> Result<UserSummary, Error> {
    let user = UserRef::parse(typed.trim());
    match service::users::get(services, &actor.require()?, &user).await {
        Ok(user) => Ok(user.summary),
        Err(Error::NotFound(_)) => Err(fault("to", "User not found.")),
        Err(error) => Err(error),
    }
}

/// Returns whether a user has this name, deleted or not.
pub(super) async fn exists(
    services: &Services,
    actor: &Actor,
    username: String,
) -> Result<bool, Error> {
    let user = UserRef::Name(username.trim().to_owned());
    match service::users::get(services, &actor.require()?, &user).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
