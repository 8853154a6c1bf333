//! Recovery of administrator access from the command line.

use db::{
    links::{self, Kind},
    users::{
        account::{self, UserChanges},
        set_restored,
    },
};
use domain::{
    access::BuiltinRole,
    action::Action,
    error::Conflict,
    users::{
        Status,
        action::UserAction,
        create::UserDraft,
        detail::{CreatedUser, UserRef},
    },
};
use serde_json::Value;
use uuid::Uuid;

use super::{create, delete::note_lost, detail};
use crate::{
    Error, Services,
    access::{Actor, Authorized, UsersWrite},
    assignment,
    audit::{self, Change, Changes},
    guard::{self, Access},
    reset,
};

/// Makes a user an administrator who can sign in. The account is created, restored or activated as needed, and gets a link
/// to choose a password. A password that it has stays valid until then.
///
/// # Errors
/// [`Error::Invalid`] for an invalid username, [`Error::Conflict`] when the purge of the account has started,
/// [`Error::NotFound`] for an unknown number or id, or for digits that are no username.
pub async fn recover_admin(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    user: &UserRef,
) -> Result<CreatedUser, Error> {
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    // Lock order: the lock of administrators comes before any row.
    db::users::lock_admins(&mut transaction).await?;
    let (id, changes) = match (db::users::find_id(&mut *transaction, user).await?, user) {
        (Some(id), _) => (id, readmit(&mut transaction, actor, id).await?),
        (None, UserRef::Name(name)) => insert_account(&mut transaction, actor, name).await?,
        (None, UserRef::Id(_) | UserRef::Number(_) | UserRef::Digits { .. }) => {
            return Err(guard::NOT_FOUND);
        }
    };
    links::revoke_unused_of(&mut transaction, Kind::PasswordReset, id).await?;
    let lifetime = reset::LINK_LIFETIME;
    let link = reset::issue(services, &mut transaction, actor, id, lifetime).await?;
    let user = detail::find(&mut transaction, id).await?;
    let change = Change {
        action: Action::AdminRecovered,
        user: (id, &user.summary.username),
        changes: changes.with("link", Value::Null, format!("until {}", link.expires_at)),
        reason: None,
    };
    let audited = audit::write(&mut transaction, actor, change).await?;
    db::commit(transaction, audited).await?;
    Ok(CreatedUser {
        user,
        link: Some(link),
    })
}

/// Creates the account.
async fn insert_account(
    transaction: &mut db::Transaction,
    actor: &Actor,
    name: &str,
) -> Result<(Uuid, Changes), Error> {
    let draft = UserDraft {
        username: name.to_owned(),
        display_name: name.to_owned(),
        is_admin: Some(true),
        ..UserDraft::default()
    };
    let user = draft.check().map_err(Error::Invalid)?;
    let (id, roles) = create::insert(transaction, actor, &user, None).await?;
    let changes = Changes::default()
        .with("username", Value::Null, user.username.as_str())
        .with("roles", Value::Null, roles);
    Ok((id, changes))
}

/// Restores and activates an existing account, and makes it an administrator.
async fn readmit(
    transaction: &mut db::Transaction,
    actor: &Actor,
    id: Uuid,
) -> Result<Changes, Error> {
    let access = Access::from(UserAction::Restore).or_deleted();
    let account = guard::open(transaction, actor, access, id).await?;
    let mut changes = Changes::default();
    if account.deleted_at.is_some() {
        if db::purge::find_progress(&mut **transaction, id)
            .await?
            .is_some()
        {
            return Err(Error::Conflict(Conflict::RecoveryOfUserBeingDeleted));
        }
        let lost = set_restored(transaction, id).await?;
        changes.note("deleted", true, false);
        note_lost(&mut changes, &lost);
    }
    if account.status != Status::Active {
        account::set_active(transaction, id).await?;
        changes.note("status", account.status.as_str(), Status::Active.as_str());
    }
    if !account.is_admin {
        let admin = [BuiltinRole::Admin];
        let admin = db::roles::list_builtin(&mut **transaction, &admin).await?;
        let admin = assignment::grantable(transaction, actor, &admin, &[])
            .await?
            .names;
        db::roles::grant(transaction, id, &admin, actor.id()).await?;
        // Increments the version: an edit that was started with the old roles must conflict.
        account::set_fields(transaction, id, &UserChanges::default()).await?;
        let after = [admin, account.roles.clone()].concat();
        changes.note("roles", account.roles, after);
    }
    Ok(changes)
}
