//! Assignment of roles.

use db::roles::FoundRoles;
use domain::{action::Action, audit::Via, fields::FieldErrors, messages, policy};
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
    wanted: &[String],
) -> Result<FoundRoles, Error> {
    if actor.via == Via::Cli {
        for name in db::roles::ensure(transaction, wanted).await? {
            let created = (Action::RoleCreated, None, name.as_str());
            // A new role has no permissions yet.
            let changes = Changes::default()
                .with("name", Value::Null, name.as_str())
                .with("permissions", Value::Null, Vec::<String>::new());
            audit::write_about(transaction, actor, created, changes).await?;
        }
    }
    let known = db::roles::find(&mut **transaction, wanted).await?;
    if let Some(denied) = policy::assign_denied(&actor.subject, &known.permissions) {
        return Err(denied.into());
    }
    if let Some(unknown) = wanted.iter().find(|name| !known.names.contains(name)) {
        let mut errors = FieldErrors::default();
        errors.add("roles", messages::role_unknown(format!("{unknown:?}")));
        return Err(Error::Invalid(errors));
    }
    Ok(known)
}

/// Checks that roles do not contradict what a request says about the user: whether it is an administrator.
pub(crate) fn check_is_admin(roles: &FoundRoles, is_admin: Option<bool>) -> Result<(), Error> {
    if is_admin.is_some_and(|is_admin| is_admin != roles.is_admin) {
        let mut errors = FieldErrors::default();
        errors.add("roles", messages::roles_contradict_admin());
        return Err(Error::Invalid(errors));
    }
    Ok(())
}
