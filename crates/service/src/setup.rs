//! Initial setup: creation of the first admin by a one-time link, which only the operator sees.

use std::time::Duration;

use db::links::{self, Kind, NewLink};
use domain::{
    access::BuiltinRole,
    action::Action,
    audit::Via,
    credentials::{AccountDraft, OwnAccount},
    error::{Conflict, Entity},
    users::{CreatedVia, UserId},
};
use secrecy::SecretString;
use serde_json::Value;
use tower_sessions::Session;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Origin, UsersWrite, operator},
    audit::{self, Audited, Change, Changes},
    known_device, own_account,
    passwords::Asker,
    sessions, tokens,
    users::{conflicts, lookalike},
};

/// Validity of a setup link: one hour.
pub const LINK_LIFETIME: Duration = Duration::from_secs(60 * 60);

const DONE: Error = Error::Conflict(Conflict::SetupComplete);
const DEAD_LINK: Error = Error::NotFound(Entity::SetupLink);

/// Creates the token of a setup link, if there is no admin yet. Every replica can create one: the use of one invalidates
/// all.
///
/// # Errors
/// [`Error::Conflict`] when there is an admin already.
pub async fn create_link(services: &Services) -> Result<SecretString, Error> {
    if db::users::admin_exists(&services.pool).await? {
        return Err(DONE);
    }
    let token = tokens::generate();
    let hash = tokens::hash(secrecy::ExposeSecret::expose_secret(&token));
    let link = NewLink {
        kind: Kind::Setup,
        token_hash: &hash,
        user_id: None,
        created_by: None,
        lifetime: LINK_LIFETIME,
    };
    links::insert(&services.pool, &link).await?;
    Ok(token)
}

/// Checks that a setup link is valid, without using it up.
///
/// # Errors
/// [`Error::Conflict`] when there is an admin already, [`Error::NotFound`] when the link is not valid.
pub async fn open_link(services: &Services, token: &str) -> Result<(), Error> {
    if db::users::admin_exists(&services.pool).await? {
        return Err(DONE);
    }
    let works = links::set_opened(&services.pool, Kind::Setup, &tokens::hash(token)).await?;
    works.map(|_| ()).ok_or(DEAD_LINK)
}

/// Creates the first admin and starts a session. Of concurrent requests one succeeds.
///
/// # Errors
/// [`Error::Invalid`] with the field errors (the link remains usable), [`Error::Conflict`] and [`Error::NotFound`] as
/// [`open_link`].
pub async fn claim(
    services: &Services,
    session: &Session,
    token: &str,
    draft: AccountDraft,
    origin: Origin,
) -> Result<(), Error> {
    // Checked before the password, so that an invalid link costs nothing; decided below, under the lock.
    open_link(services, token).await?;
    let strength = own_account::estimate(services, &draft, &origin).await?;
    let admin = draft
        .check(services.settings.password_min, strength)
        .map_err(Error::Invalid)?;
    let hash = own_account::hash(services, &admin, &origin).await?;
    let mut transaction = db::begin(&services.pool).await?;
    // Serializes concurrent claims: the check below must see the admin of another one.
    db::users::lock_admins(&mut transaction).await?;
    if db::users::admin_exists(&mut *transaction).await? {
        return Err(DONE);
    }
    if links::consume(&mut transaction, Kind::Setup, &tokens::hash(token))
        .await?
        .is_none()
    {
        return Err(DEAD_LINK);
    }
    let (id, roles) = insert_admin(&mut transaction, &admin, &hash, CreatedVia::Setup).await?;
    links::revoke_unused(&mut transaction, Kind::Setup).await?;
    let actor = Actor {
        via: Via::Ui,
        ..Actor::by_link(UserId(id), admin.username.as_str(), origin.clone())
    };
    let audited = write_entry(&mut transaction, (id, roles), &admin, &actor).await?;
    let account = db::users::find_credentials(&mut *transaction, admin.username.as_str()).await?;
    db::commit(transaction, audited).await?;
    match account {
        Some(account) => {
            known_device::remember(services, account.id, &origin.device).await?;
            sessions::start(services, session, &account, false, origin).await
        }
        // Not expected: the account was created in this transaction.
        None => Ok(()),
    }
}

/// Inserts the account. Returns its id and the names of its roles.
async fn insert_admin(
    transaction: &mut db::PgConnection,
    admin: &OwnAccount,
    hash: &str,
    created_via: CreatedVia,
) -> Result<(Uuid, Vec<String>), Error> {
    // Users can exist before there is an admin, so the username can look like another one.
    let skeleton = lookalike::new_skeleton(transaction, &admin.username).await?;
    let user = db::users::NewUser {
        username: admin.username.as_str(),
        display_name: admin.display_name.as_str(),
        email: admin.email.as_ref().map(|email| email.as_str()),
        password_hash: Some(hash),
        must_change_password: false,
        created_via,
        created_by: None,
        skeleton: skeleton.as_deref(),
    };
    let id = db::users::insert(transaction, &user)
        .await
        .map_err(conflicts::taken)?;
    let roles = [BuiltinRole::Admin, BuiltinRole::User];
    let roles = db::roles::list_builtin(&mut *transaction, &roles).await?;
    db::roles::grant(transaction, id, &roles, None).await?;
    Ok((id, roles))
}

async fn write_entry(
    transaction: &mut db::PgConnection,
    (id, roles): (Uuid, Vec<String>),
    admin: &OwnAccount,
    actor: &Actor,
) -> Result<Audited, Error> {
    let username = admin.username.as_str();
    let change = Change {
        action: Action::UserCreated,
        user: (id, username),
        changes: Changes::default()
            .with("username", Value::Null, username)
            .with("displayName", Value::Null, admin.display_name.as_str())
            .with(
                "email",
                Value::Null,
                admin.email.as_ref().map(|email| email.as_str()),
            )
            .with("roles", Value::Null, roles),
        reason: None,
    };
    audit::write(transaction, actor, change).await
}

/// Creates the admin of a demo installation. Returns false if there is an admin already.
///
/// # Errors
/// [`Error::Taken`] when a user `admin` exists who cannot sign in, [`Error::Unavailable`] when the database cannot be
/// reached.
pub async fn create_demo_admin(
    services: &Services,
    password: &SecretString,
) -> Result<bool, Error> {
    let hash = services
        .hasher
        .hash(Asker::Operator, password.clone())
        .await?;
    let mut transaction = db::begin(&services.pool).await?;
    db::users::lock_admins(&mut transaction).await?;
    if db::users::admin_exists(&mut *transaction).await? {
        return Ok(false);
    }
    let draft = AccountDraft {
        username: "admin".to_owned(),
        display_name: "Administrator".to_owned(),
        password: secrecy::ExposeSecret::expose_secret(password).to_owned(),
        password_again: secrecy::ExposeSecret::expose_secret(password).to_owned(),
        ..AccountDraft::default()
    };
    // The password is random, so its strength is not estimated.
    let admin = draft
        .check(services.settings.password_min, Ok(()))
        .map_err(Error::Invalid)?;
    let inserted = insert_admin(&mut transaction, &admin, &hash, CreatedVia::Cli).await?;
    let actor = operator::<UsersWrite>();
    let audited = write_entry(&mut transaction, inserted, &admin, actor.actor()).await?;
    db::commit(transaction, audited).await?;
    Ok(true)
}
