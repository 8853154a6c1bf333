//! What constraints say about facts that people type.

use domain::fields::FieldErrors;

use crate::Error;

/// FOVEA's text for a name that somebody else has.
pub(crate) const USERNAME_TAKEN: &str = "Username already exists";
const EMAIL_TAKEN: &str = "Another account has this address.";

/// Which field is at fault when a name or an address is taken.
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
