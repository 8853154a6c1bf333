//! Changes of a user account by an administrator.

use db::{
    links::{self, Kind},
    sessions::EndReason,
    users::{
        NameClaim,
        account::{self, Account, UserChanges},
        password,
    },
};
use domain::{
    access::BuiltinRole,
    action::Action,
    permission::Permission,
    policy::Target,
    users::{
        action::UserAction,
        detail::UserDetail,
        edit::{RoleChange, UserEdit, UserPatch},
        names::{DisplayName, Email, RoleName},
    },
};
use secrecy::SecretString;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{conflicts, detail};
use crate::{
    Error, Services,
    access::{Actor, Authorized, UsersWrite},
    assignment,
    audit::{self, Change, Changes},
    client_lists,
    guard::{self, TargetRef},
    lasting_passwords::{self, Gain, LASTING_PASSWORD, revoke_access},
    passwords::Asker,
};

/// Changes an account. Fields that the edit leaves out keep their values.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Taken`] with the field errors, [`Error::Stale`] when the account was changed since the
/// caller read it, [`Error::Denied`] when the policy denies it, [`Error::NotFound`] when there is no such account.
pub async fn edit(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
    edit: UserEdit,
) -> Result<UserDetail, Error> {
    let mut patch = edit.check().map_err(Error::Invalid)?;
    let target: TargetRef = target.into();
    let target = target.at_version(patch.version);
    let id = target.id;
    let hash = match patch.temporary_password.take() {
        Some(password) => {
            let asker = Asker::actor(authorized.actor());
            let hasher = &services.hasher;
            Some(hasher.hash(asker, SecretString::from(password)).await?)
        }
        None => None,
    };
    let mut transaction = db::begin(&services.pool).await?;
    let action = if hash.is_some() {
        UserAction::Reset
    } else {
        UserAction::Edit
    };
    // Lock order: the lock of administrators comes before any row. Only a change of roles can remove the last one.
    if patch.roles.is_some() {
        db::users::lock_admins(&mut transaction).await?;
    }
    let actor =
        &guard::confirm(&mut transaction, authorized.actor(), Permission::UsersWrite).await?;
    let account = guard::open(&mut transaction, actor, action, target).await?;
    let before = detail::find(&mut transaction, id).await?;
    check_email(actor, &account, &before, &patch)?;
    let mut changes = Changes::default();
    if patch.revoke_sessions {
        let reason = match hash {
            Some(_) => EndReason::PasswordReset,
            None => EndReason::Revoked,
        };
        revoke_access(&mut transaction, actor, (id, reason), &mut changes).await?;
    }
    if let Some(wanted) = &patch.roles {
        let wanted = (wanted, patch.is_admin);
        set_roles(&mut transaction, actor, &account, wanted, &mut changes).await?;
    }
    if let Some(clients) = &patch.client_list {
        let known = before.client_list.as_slice();
        client_lists::check_added(&mut transaction, actor, known, clients).await?;
        client_lists::note(
            &mut transaction,
            (Some(known), clients.as_slice()),
            &mut changes,
        )
        .await?;
    }
    note_fields(&before, &patch, &mut changes);
    if let Some(hash) = &hash {
        let is_lasting = services.settings.lasting_admin_passwords;
        let password = (id, hash.as_str());
        let kind = set_password(&mut transaction, actor, password, is_lasting).await?;
        changes.note("password", Value::Null, kind);
    }
    if changes.is_empty() {
        return Ok(before);
    }
    if let Err(error) = set_fields(&mut transaction, id, &patch).await {
        // The transaction has failed: the owner of the address is looked up outside it.
        drop(transaction);
        let email = patch.email.as_ref().and_then(Option::as_ref);
        let claim = NameClaim {
            username: None,
            email: email.map(Email::as_str),
        };
        return Err(conflicts::name_deleted(services, authorized, error, claim).await);
    }
    if gains_clients(&before, &patch) {
        lasting_passwords::clear(&mut transaction, actor, (id, Gain::Rights), &mut changes).await?;
    }
    let change = Change {
        action: Action::UserUpdated,
        user: (id, &account.username),
        changes,
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    let after = detail::find(&mut transaction, id).await?;
    db::commit(transaction, audited).await?;
    Ok(after)
}

/// Sets a password, and revokes unused links to choose one. Returns its kind, for the audit log.
async fn set_password(
    transaction: &mut db::Transaction,
    actor: &Actor,
    (id, hash): (Uuid, &str),
    is_lasting: bool,
) -> Result<&'static str, Error> {
    let kind = if is_lasting {
        password::set_lasting_password(transaction, id, hash, actor.backer()).await?;
        LASTING_PASSWORD
    } else {
        password::set_temporary_password(transaction, id, hash, actor.backer()).await?;
        "temporary"
    };
    links::revoke_unused_of(transaction, Kind::PasswordReset, id).await?;
    Ok(kind)
}

/// Returns whether the user sees the data of more clients after the change.
fn gains_clients(before: &UserDetail, patch: &UserPatch) -> bool {
    let mut after = patch.client_list.iter().flatten();
    after.any(|client| !before.client_list.contains(client))
}

/// Checks that the actor can change the email address of the account, if the patch does that.
fn check_email(
    actor: &Actor,
    account: &Account,
    before: &UserDetail,
    patch: &UserPatch,
) -> Result<(), Error> {
    if !Email::is_changed(patch.email.as_ref(), before.summary.email.as_deref()) {
        return Ok(());
    }
    let target = Target {
        id: before.summary.id,
        permissions: account.permissions.clone(),
        is_last_admin: false,
    };
    guard::authorize(actor, UserAction::SetEmail, &target)
}

/// Returns the names of the roles that a user should have.
async fn wanted_roles(
    transaction: &mut db::Transaction,
    account: &Account,
    change: &RoleChange,
) -> Result<Vec<String>, Error> {
    let names: Vec<String> = match change {
        RoleChange::Exactly(names) => {
            let names = names.iter().map(RoleName::as_str);
            names.map(str::to_owned).collect()
        }
        RoleChange::Admin(is_admin) => {
            let admin = [BuiltinRole::Admin];
            let admin = db::roles::list_builtin(&mut **transaction, &admin).await?;
            let others = account.roles.iter().filter(|name| !admin.contains(name));
            let mut names: Vec<String> = others.cloned().collect();
            if *is_admin {
                names.extend(admin);
            }
            names
        }
    };
    if names.is_empty() {
        return Ok(db::roles::list_builtin(&mut **transaction, &[BuiltinRole::User]).await?);
    }
    Ok(names)
}

/// Assigns and revokes roles, if they differ from the current ones.
async fn set_roles(
    transaction: &mut db::Transaction,
    actor: &Actor,
    account: &Account,
    (change, is_admin): (&RoleChange, Option<bool>),
    changes: &mut Changes,
) -> Result<(), Error> {
    let wanted = wanted_roles(transaction, account, change).await?;
    let wanted = assignment::grantable(transaction, actor, &wanted, &account.roles).await?;
    assignment::check_is_admin(&wanted, is_admin)?;
    assignment::replace(transaction, actor, account, &wanted, changes).await
}

async fn set_fields(
    transaction: &mut db::Transaction,
    id: Uuid,
    patch: &UserPatch,
) -> Result<(), Error> {
    let object = |map: &Option<Map<String, Value>>| map.clone().map(Value::Object);
    let fields = UserChanges {
        display_name: patch.display_name.as_ref().map(DisplayName::as_str),
        email: patch
            .email
            .as_ref()
            .map(|email| email.as_ref().map(Email::as_str)),
        profile: object(&patch.profile),
        notification_preferences: object(&patch.notification_preferences),
        client_list: patch.client_list.as_deref(),
        ..UserChanges::default()
    };
    account::set_fields(transaction, id, &fields)
        .await
        .map_err(conflicts::taken)
}

/// Adds the changed profile fields to the audited changes.
fn note_fields(before: &UserDetail, patch: &UserPatch, changes: &mut Changes) {
    let known = &before.summary;
    if let Some(name) = &patch.display_name {
        changes.note("displayName", known.display_name.as_str(), name.as_str());
    }
    if let Some(email) = &patch.email {
        let email = email.as_ref().map(Email::as_str);
        changes.note("email", known.email.as_deref(), email);
    }
    if let Some(profile) = &patch.profile {
        changes.note("profile", before.profile.clone(), profile.clone());
    }
    if let Some(preferences) = &patch.notification_preferences {
        let known = before.notification_preferences.clone();
        changes.note("notificationPreferences", known, preferences.clone());
    }
}
