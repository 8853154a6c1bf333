//! Creation of user accounts by administrators.

use std::time::Duration;

use db::users::{
    NameClaim,
    account::{self, UserChanges},
    password,
};
use domain::{
    access::BuiltinRole,
    action::Action,
    audit::Via,
    groups::Group,
    identifiers::{Identifier, Namespace},
    permission::Permission,
    users::{
        CreatedVia, Status,
        create::{NewUser, UserDraft},
        detail::{CreatedUser, IssuedLink},
        names::{Email, RoleName},
    },
};
use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use super::{conflicts, detail, identified, lookalike};
use crate::{
    Error, Services,
    access::{Actor, Authorized, UsersWrite},
    assignment,
    audit::{self, Change, Changes},
    client_lists, guard,
    lasting_passwords::LASTING_PASSWORD,
    memberships,
    passwords::Asker,
    reset,
};

/// Validity of the link with which a new user chooses a password: seven days.
const LINK_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Creates an account. Without a temporary password it returns a link with which the user chooses one.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::Taken`] when the username or the email address is taken,
/// [`Error::Denied`] for a role that the actor cannot assign, [`Error::Forbidden`] for groups without the permission to add members,
/// [`Error::Conflict`] for a group that is being deleted.
pub async fn create(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    draft: UserDraft,
) -> Result<CreatedUser, Error> {
    create_as(services, authorized, draft, (Status::Active, None)).await
}

/// Creates an account with a status, and with its identifier in another system, both or neither. A pending account cannot be used before
/// it is approved, as a registration.
pub(super) async fn create_as(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    draft: UserDraft,
    (status, identifier): (Status, Option<(&Namespace, &Identifier)>),
) -> Result<CreatedUser, Error> {
    let mut user = draft.check().map_err(Error::Invalid)?;
    let hash = match user.temporary_password.take() {
        Some(password) => {
            let asker = Asker::actor(authorized.actor());
            let hasher = &services.hasher;
            Some(hasher.hash(asker, SecretString::from(password)).await?)
        }
        None => None,
    };
    let (mut transaction, actor) = guard::begin(services, authorized).await?;
    let groups = find_groups(&mut transaction, &actor, &user).await?;
    let password = hash
        .as_deref()
        .map(|hash| AdminPassword::of(services, hash));
    let inserted = insert(&mut transaction, &actor, &user, password).await;
    let (id, roles) = match inserted {
        Ok(inserted) => inserted,
        Err(error) => {
            // The transaction has failed: the owner of the name is looked up outside it.
            drop(transaction);
            let email = user.email.as_ref().map(Email::as_str);
            let claim = NameClaim {
                username: Some(user.username.as_str()),
                email,
            };
            return Err(conflicts::name_deleted(services, authorized, error, claim).await);
        }
    };
    let mut changes = Changes::default();
    if let Some(identifier) = identifier {
        identified::add(&mut transaction, id, identifier, &mut changes).await?;
    }
    let clients = (None, user.client_list.as_slice());
    client_lists::note(&mut transaction, clients, &mut changes).await?;
    let link = match hash {
        Some(_) => None,
        None => Some(reset::issue(services, &mut transaction, &actor, id, LINK_LIFETIME).await?),
    };
    let mut changes = created(changes, &user, roles, &groups, link.as_ref());
    if password.is_some_and(|password| !password.is_temporary) {
        changes.note("password", Value::Null, LASTING_PASSWORD);
    }
    if status == Status::Pending {
        db::users::pending::set_pending(&mut transaction, id).await?;
        changes.note("status", Value::Null, status.as_str());
    }
    let change = Change {
        action: Action::UserCreated,
        user: (id, user.username.as_str()),
        changes,
        reason: None,
    };
    let audited = audit::write(&mut transaction, &actor, change).await?;
    for group in &groups {
        let joined = (id, user.username.as_str());
        memberships::join(&mut transaction, &actor, joined, (group, actor.id())).await?;
    }
    let created = detail::find(&mut transaction, id).await?;
    db::commit(transaction, audited).await?;
    Ok(CreatedUser {
        user: created,
        link,
    })
}

/// Returns the groups that a user joins, locked, if the actor can add members.
async fn find_groups(
    transaction: &mut db::Transaction,
    actor: &Actor,
    user: &NewUser,
) -> Result<Vec<Group>, Error> {
    if user.groups.is_empty() {
        return Ok(Vec::new());
    }
    guard::confirm(transaction, actor, Permission::GroupsWrite).await?;
    memberships::lock(transaction, &user.groups).await
}

/// Password that an administrator sets.
#[derive(Clone, Copy)]
pub(super) struct AdminPassword<'a> {
    hash: &'a str,
    is_temporary: bool,
}

impl<'a> AdminPassword<'a> {
    fn of(services: &Services, hash: &'a str) -> Self {
        Self {
            hash,
            is_temporary: !services.settings.lasting_admin_passwords,
        }
    }
}

/// Inserts an account and assigns its roles. Returns its id and the names of the roles.
pub(super) async fn insert(
    transaction: &mut db::Transaction,
    actor: &Actor,
    user: &NewUser,
    password: Option<AdminPassword<'_>>,
) -> Result<(Uuid, Vec<String>), Error> {
    let skeleton = lookalike::new_skeleton(transaction, &user.username).await?;
    let new = db::users::NewUser {
        username: user.username.as_str(),
        display_name: user.display_name.as_str(),
        email: user.email.as_ref().map(Email::as_str),
        password_hash: password.map(|password| password.hash),
        must_change_password: password.is_some_and(|password| password.is_temporary),
        created_via: match actor.via {
            Via::Cli => CreatedVia::Cli,
            Via::Ui | Via::Api | Via::Job | Via::Personal => CreatedVia::Admin,
        },
        created_by: actor.backer(),
        skeleton: skeleton.as_deref(),
    };
    let wanted = wanted_roles(transaction, user).await?;
    let roles = assignment::grantable(transaction, actor, &wanted, &[]).await?;
    assignment::check_is_admin(&roles, user.is_admin)?;
    let roles = roles.names;
    client_lists::check_added(transaction, actor, &[], &user.client_list).await?;
    let id = db::users::insert(transaction, &new)
        .await
        .map_err(conflicts::taken)?;
    if let Some(AdminPassword {
        hash,
        is_temporary: false,
    }) = password
    {
        password::set_lasting_password(transaction, id, hash, actor.backer()).await?;
    }
    db::roles::grant(transaction, id, &roles, actor.id()).await?;
    set_fields(transaction, id, user).await?;
    Ok((id, roles))
}

/// Returns the names of the roles to assign. If none are named, they are those of an administrator or of a user.
async fn wanted_roles(
    transaction: &mut db::Transaction,
    user: &NewUser,
) -> Result<Vec<String>, Error> {
    if !user.roles.is_empty() {
        let named = user.roles.iter().map(RoleName::as_str);
        return Ok(named.map(str::to_owned).collect());
    }
    let kinds: &[BuiltinRole] = if user.is_admin == Some(true) {
        &[BuiltinRole::Admin, BuiltinRole::User]
    } else {
        &[BuiltinRole::User]
    };
    Ok(db::roles::list_builtin(&mut **transaction, kinds).await?)
}

/// Stores the optional profile fields, which most users leave empty.
async fn set_fields(
    transaction: &mut db::Transaction,
    id: Uuid,
    user: &NewUser,
) -> Result<(), Error> {
    if user.notification_preferences.is_empty() && user.client_list.is_empty() {
        return Ok(());
    }
    let fields = UserChanges {
        notification_preferences: Some(Value::Object(user.notification_preferences.clone())),
        client_list: Some(&user.client_list),
        ..UserChanges::default()
    };
    Ok(account::set_fields(transaction, id, &fields).await?)
}

fn created(
    mut changes: Changes,
    user: &NewUser,
    roles: Vec<String>,
    groups: &[Group],
    link: Option<&IssuedLink>,
) -> Changes {
    let nothing = Value::Null;
    if !groups.is_empty() {
        let names: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
        changes.note("groups", nothing.clone(), names);
    }
    if !user.notification_preferences.is_empty() {
        let preferences = user.notification_preferences.clone();
        changes.note("notificationPreferences", nothing.clone(), preferences);
    }
    changes
        .with("username", nothing.clone(), user.username.as_str())
        .with("displayName", nothing.clone(), user.display_name.as_str())
        .with(
            "email",
            nothing.clone(),
            user.email.as_ref().map(Email::as_str),
        )
        .with("roles", nothing.clone(), roles)
        .with(
            "link",
            nothing,
            link.map(|link| format!("until {}", link.expires_at)),
        )
}
