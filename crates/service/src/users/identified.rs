//! Identifiers in other systems: that of a new account, and what all changes of one have in common.

use db::identifiers as rows;
use domain::{
    fields::FieldErrors,
    identifiers::{Identifier, Namespace},
    messages,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, audit::Changes};

/// Adds the identifier of a new account in a namespace to the transaction and to the audited changes.
pub(super) async fn add(
    transaction: &mut db::Transaction,
    user: Uuid,
    (namespace, identifier): (&Namespace, &Identifier),
    changes: &mut Changes,
) -> Result<(), Error> {
    let value = identifier.as_str();
    rows::set(transaction, user, namespace.as_str(), value)
        .await
        .map_err(taken)?;
    changes.note("identifier", Value::Null, label(namespace, value));
    Ok(())
}

/// Returns an identifier as the audit log shows it.
pub(crate) fn label(namespace: &Namespace, value: &str) -> String {
    format!("{}: {value}", namespace.as_str())
}

/// Translates a violated constraint into the error of the field.
pub(crate) fn taken(error: db::Error) -> Error {
    match &error {
        db::Error::Constraint { constraint } if constraint == "user_identifiers_value_key" => {
            let mut errors = FieldErrors::default();
            errors.add("identifier", messages::identifier_exists());
            Error::Taken(errors)
        }
        db::Error::Constraint { .. } | db::Error::Unavailable(_) | db::Error::Other(_) => {
            error.into()
        }
    }
}
