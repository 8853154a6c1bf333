//! Assignment of roles.

use db::{
    links::{self, Kind},
    roles::FoundRoles,
    users::{
        account::{self, Account},
        password,
    },
};
use domain::{
    access::BuiltinRole, action::Action, audit::Via, fields::FieldErrors, messages, policy,
    users::action::UserAction,
};
use serde_json::Value;

use crate::{
    Error,
    access::Actor,
    audit::{self, Changes},
    guard,
    lasting_passwords::{self, Gain},
};

/// Checks that roles exist and that the actor can assign them. A built-in role has the name of its kind too, whatever it is
/// called. For the operator missing roles are created, as guide 001 describes. A role that is being deleted can only stay: `held` are the
/// roles that the user has.
pub(crate) async fn grantable(
    transaction: &mut db::Transaction,
    actor: &Actor,
    wanted: &[String],
    held: &[String],
) -> Result<FoundRoles, Error> {
    let wanted = &with_current_names(transaction, wanted).await?;
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
    let added = known.names.iter().filter(|name| !held.contains(name));
    let added: Vec<String> = added.cloned().collect();
    if let Some(name) = db::deletions::find_role(&mut **transaction, &added).await? {
        let mut errors = FieldErrors::default();
        errors.add("roles", messages::role_being_deleted(format!("{name:?}")));
        return Err(Error::Invalid(errors));
    }
    Ok(known)
}

/// Assigns roles to a locked account and revokes its others, if they differ from the current ones.
pub(crate) async fn replace(
    transaction: &mut db::Transaction,
    actor: &Actor,
    account: &Account,
    wanted: &FoundRoles,
    changes: &mut Changes,
) -> Result<(), Error> {
    let roles = &wanted.names;
    if roles.len() == account.roles.len() && roles.iter().all(|role| account.roles.contains(role)) {
        return Ok(());
    }
    let mut target = account::find_target(&mut **transaction, account.id)
        .await?
        .ok_or(guard::NOT_FOUND)?;
    // The last administrator can get other roles, as long as that of administrators is among them.
    target.is_last_admin &= !wanted.is_admin;
    guard::authorize(actor, UserAction::SetRoles, &target)?;
    db::roles::revoke_others(transaction, account.id, roles).await?;
    db::roles::grant(transaction, account.id, roles, actor.id()).await?;
    if roles.iter().any(|role| !account.roles.contains(role)) {
        // The reset links and the temporary password were issued for an account with fewer permissions.
        let revoked = links::revoke_unused_of(transaction, Kind::PasswordReset, account.id).await?;
        changes.note("links", revoked, 0);
        if password::clear_temporary_password(transaction, account.id).await? {
            changes.note("password", "temporary", Value::Null);
        } else if !account.permissions.include_all(&wanted.permissions) {
            let gain = (account.id, Gain::Rights);
            lasting_passwords::clear(transaction, actor, gain, changes).await?;
        }
    }
    changes.note("roles", account.roles.clone(), roles.clone());
    Ok(())
}

/// Replaces the kinds of built-in roles by the names that the roles have now. No other role can have the name of a kind.
async fn with_current_names(
    transaction: &mut db::Transaction,
    wanted: &[String],
) -> Result<Vec<String>, Error> {
    let kind = |name: &String| name.parse::<BuiltinRole>().ok();
    let kinds: Vec<BuiltinRole> = wanted.iter().filter_map(kind).collect();
    if kinds.is_empty() {
        return Ok(wanted.to_vec());
    }
    let mut names = db::roles::list_builtin(&mut **transaction, &kinds).await?;
    names.extend(wanted.iter().filter(|name| kind(name).is_none()).cloned());
    Ok(names)
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
