//! Errors of unique constraints on profile fields.

use db::users::Claim;
use domain::fields::{FieldError, FieldErrors};

use crate::{Error, Services};

/// Response text of FOVEA for a username that another account has.
pub(crate) const USERNAME_TAKEN: &str = "Username already exists";
const EMAIL_TAKEN: &str = "Email already exists";

/// Translates a violated constraint into the error of its field.
pub(crate) fn taken(error: db::Error) -> Error {
    let mut faults = FieldErrors::default();
    match &error {
        db::Error::Constraint { constraint } if constraint == "users_username_key" => {
            faults.add("username", USERNAME_TAKEN);
        }
        db::Error::Constraint { constraint } if constraint == "users_email_key" => {
            faults.add("email", EMAIL_TAKEN);
        }
        db::Error::Constraint { .. } | db::Error::Unavailable(_) | db::Error::Other(_) => {
            return error.into();
        }
    }
    Error::Taken(faults)
}

/// Adds to the error of a taken username or email address that a deleted user has it, until when, and how to free it. Only
/// for administrators: other callers must not learn who was deleted. Any other error, or one whose owner cannot be found,
/// is returned unchanged.
pub(super) async fn name_deleted(services: &Services, error: Error, claim: Claim<'_>) -> Error {
    let Error::Taken(faults) = error else {
        return error;
    };
    let Ok(owners) = db::users::find_deleted_owners(&services.pool, claim).await else {
        return Error::Taken(faults);
    };
    let mut told = FieldErrors::default();
    for taken in faults.iter() {
        let owner = owners.iter().find(|owner| match taken.field.as_str() {
            "username" => owner.has_username,
            _ => owner.has_email,
        });
        let mut error = taken.clone();
        if let Some(owner) = owner {
            error = FieldError {
                message: format!(
                    "{}: reserved for a deleted user until {}. Restore No. {} under Deleted users, or delete it permanently.",
                    taken.message,
                    owner.purge_after.date(),
                    owner.number
                ),
                deleted_user: Some(owner.number),
                ..error
            };
        }
        told.push(error);
    }
    Error::Taken(told)
}
