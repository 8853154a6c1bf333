//! Assignment of roles.

use domain::{
    action::Action, audit::Via, fields::FieldErrors, messages, permission::Permissions, policy,
    users::names::RoleName,
};
use serde_json::Value;

use crate::{
    Error,
    access::Actor,
    audit::{self, Changes},
};

/// Checks that roles exist and that the actor can assign them. For the operator missing roles are created, as guide 001
/// describes.
pub(crate) async fn grantable(
    transaction: &mut db::Transaction,
    actor: &Actor,
    names: &[RoleName],
) -> Result<Vec<String>, Error> {
    let wanted: Vec<String> = names.iter().map(|name| name.as_str().to_owned()).collect();
    if actor.via == Via::Cli {
        for name in db::roles::ensure(transaction, &wanted).await? {
            let created = (Action::RoleCreated, None, name.as_str());
            // A new role has no permissions yet.
            let changes = Changes::default()
                .with("name", Value::Null, name.as_str())
                .with("permissions", Value::Null, Vec::<String>::new());
            audit::write_about(transaction, actor, created, changes).await?;
        }
    }
    let (known, permissions): (_, Permissions) =
        db::roles::find(&mut **transaction, &wanted).await?;
    if let Some(denied) = policy::assign_denied(&actor.subject, &permissions) {
        return Err(denied.into());
    }
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        let mut errors = FieldErrors::default();
        errors.add("roles", messages::role_unknown(format!("{unknown:?}")));
        return Err(Error::Invalid(errors));
    }
    Ok(known)
}
