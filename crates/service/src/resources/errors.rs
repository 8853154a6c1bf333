//! Errors of resources and grants.

use domain::{
    fields::{FieldErrors, field_path},
    messages,
};

use crate::Error;

/// Translates the error for a user, a group or a client that does not exist, or no longer.
pub(super) fn missing(error: db::Error) -> Error {
    let db::Error::Constraint { constraint } = &error else {
        return error.into();
    };
    let mut errors = FieldErrors::default();
    match constraint.as_str() {
        "resources_owner_id_fkey" => errors.add("owner_id", messages::owner_unknown()),
        "resources_client_id_fkey" => errors.add("client_id", messages::client_unknown()),
        "resource_grants_user_id_fkey" | "resource_grants_group_id_fkey" => {
            errors.add("subject", messages::subject_unknown());
        }
        _ => return error.into(),
    }
    Error::Invalid(errors)
}

/// Returns the error for resources that exist, but not for the actor.
pub(super) fn unseen(positions: &[usize]) -> Error {
    let mut errors = FieldErrors::default();
    for index in positions {
        let field = field_path(["resources", &index.to_string(), "external_id"]);
        errors.add(&field, messages::resource_exists());
    }
    Error::Taken(errors)
}
