//! Errors of unique constraints on profile fields.

use db::users::NameClaim;
use domain::{
    fields::{FieldError, FieldErrors},
    messages,
};

use crate::{
    Error, Services,
    access::{Authorized, UsersWrite},
};

/// Translates a violated constraint into the error of its field.
pub(crate) fn taken(error: db::Error) -> Error {
    let mut errors = FieldErrors::default();
    match &error {
        db::Error::Constraint { constraint } if constraint == "users_username_key" => {
            errors.add("username", messages::username_exists());
        }
        db::Error::Constraint { constraint } if constraint == "users_email_key" => {
            errors.add("email", messages::email_exists());
        }
        db::Error::Constraint { .. } | db::Error::Unavailable(_) | db::Error::Other(_) => {
            return error.into();
        }
    }
    Error::Taken(errors)
}

/// Adds to the error of a taken username or email address that a deleted user has it, until when, and how to free it. Only
/// for administrators who can read users: other callers must not learn who was deleted. Any other error, or one whose owner
/// cannot be found, is returned unchanged.
pub(super) async fn name_deleted(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    error: Error,
    claim: NameClaim<'_>,
) -> Error {
    if !authorized.can_read() {
        return error;
    }
    let Error::Taken(errors) = error else {
        return error;
    };
    let Ok(owners) = db::users::find_deleted_owners(&services.pool, claim).await else {
        return Error::Taken(errors);
    };
    let mut taken_errors = FieldErrors::default();
    for taken in errors.iter() {
        let owner = owners.iter().find(|owner| match taken.field.as_str() {
            "username" => owner.has_username,
            _ => owner.has_email,
        });
        let mut error = taken.clone();
        if let Some(owner) = owner {
            let until = owner.purge_after.date().to_string();
            let message = match taken.field.as_str() {
                "username" => messages::username_reserved(until, owner.number),
                _ => messages::email_reserved(until, owner.number),
            };
            error = FieldError {
                deleted_user: Some(owner.number),
                ..FieldError::new(&taken.field, message)
            };
        }
        taken_errors.push(error);
    }
    Error::Taken(taken_errors)
}
