//! Use of a reset link by its user.

use db::{
    access_tokens,
    links::{self, Kind, LiveLink},
    sessions::EndReason,
    users::{
        account::{self, Account, UserChanges},
        password,
    },
};
use domain::{
    access_tokens::OpenToken,
    action::Action,
    credentials::{Strength, check_new_password},
    error::{Entity, Forbidden},
    fields::FieldErrors,
    messages,
    users::{Status, UserSummary, detail::UserDetail},
};
use secrecy::SecretString;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Origin},
    audit::{self, Change, Changes},
    backing, known_device,
    passwords::{self, Asker, Guesses, known},
    throttle, tokens,
};

const DEAD_LINK: Error = Error::NotFound(Entity::PasswordLink);

/// Error of a link whose account is suspended: the link works again when the suspension ends. Only the holder of the link learns of it.
const SUSPENDED: Error = Error::Forbidden(Forbidden::AccountSuspended);

/// Data of the page behind a valid link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLink {
    /// Username of the account whose password the link sets.
    pub username: String,
    /// Minimum number of characters of the password.
    pub password_min: usize,
    /// Valid access tokens of the account: they outlive the password unless they are revoked with it.
    pub tokens: Vec<OpenToken>,
}

/// Input of the page behind a link.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    /// New password.
    pub password: &'a str,
    /// Repetition of the new password.
    pub password_again: &'a str,
    /// Revokes the access tokens of the account too.
    pub revoke_tokens: bool,
}

/// Returns the account of a valid link, without using the link up. An invalid token counts against the IP address that sent
/// it.
///
/// # Errors
/// [`Error::NotFound`] for an invalid token, [`Error::TooMany`] after too many invalid ones from the same address,
/// [`Error::Forbidden`] while the account is suspended.
pub async fn open_link(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<OpenLink, Error> {
    let (user, _) = follow(services, token, origin).await?;
    let tokens = access_tokens::list_open(&services.pool, user.id.0).await?;
    Ok(OpenLink {
        username: user.username,
        password_min: services.settings.password_min,
        tokens,
    })
}

/// Returns a valid link with its user.
async fn follow(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<(UserSummary, LiveLink), Error> {
    if let Some(found) = find_owner(services, token).await? {
        return Ok(found);
    }
    // A request without a token is no attempt to guess one.
    if !token.is_empty() {
        throttle::count_dead_link(services, origin).await?;
    }
    Err(DEAD_LINK)
}

async fn find_owner(
    services: &Services,
    token: &str,
) -> Result<Option<(UserSummary, LiveLink)>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let hash = tokens::hash(token);
    let link = links::set_opened(&mut *connection, Kind::PasswordReset, &hash).await?;
    let Some((link, id)) = link.and_then(|link| Some((link, link.user_id?))) else {
        return Ok(None);
    };
    let user = db::users::find_detail(&mut *connection, id).await?;
    let Some(user) = user.filter(|user| user.deleted_at.is_none()) else {
        return Ok(None);
    };
    if !backing::is_backed(&mut connection, link.backer(), id).await? {
        return Ok(None);
    }
    if is_suspended(&user, (services.clock)()) {
        return Err(SUSPENDED);
    }
    // The address that the user entered, even if another account has it: otherwise the password rules would disclose that.
    let summary = UserSummary {
        email: user.unverified_email.or(user.summary.email),
        ..user.summary
    };
    Ok(Some((summary, link)))
}

/// Returns whether the suspension of a user is in force.
fn is_suspended(user: &UserDetail, now: OffsetDateTime) -> bool {
    let until = user
        .suspension
        .as_ref()
        .and_then(|suspension| suspension.until);
    let is_over = until.is_some_and(|until| until <= now);
    user.summary.status == Status::Suspended && !is_over
}

/// Locks the account of a link and that of the link's creator, so that neither changes until the link is used. Locks are
/// taken in the order of ids, so that two transactions that lock both cannot deadlock.
async fn lock(
    transaction: &mut db::Transaction,
    id: Uuid,
    backed_by: Option<Uuid>,
) -> Result<Account, Error> {
    let creator = backed_by.filter(|creator| *creator != id);
    if let Some(creator) = creator.filter(|creator| *creator < id) {
        account::lock(transaction, creator).await?;
    }
    let account = account::lock(transaction, id).await?;
    if let Some(creator) = creator.filter(|creator| *creator > id) {
        account::lock(transaction, creator).await?;
    }
    let account = account.filter(|account| account.deleted_at.is_none());
    let account = account.ok_or(DEAD_LINK)?;
    if account.status == Status::Suspended && !account.suspension_over {
        return Err(SUSPENDED);
    }
    Ok(account)
}

/// Sets the password that a user has chosen. It revokes all sessions and, if requested, all access tokens of the account.
/// No new session starts.
///
/// # Errors
/// [`Error::Invalid`] for a password that is not accepted (the link remains usable), otherwise as [`open_link`].
pub async fn choose_password(
    services: &Services,
    token: &str,
    choice: Choice<'_>,
    origin: Origin,
) -> Result<(), Error> {
    let password = choice.password;
    let (user, link) = follow(services, token, &origin).await?;
    let id = user.id.0;
    // A password that an administrator knows is denied as such, even if it is easily guessed too.
    if check(services, &user, choice, Ok(())).is_ok() {
        known::check(services, id, password).await?;
    }
    let asker = Asker::Account(id);
    let guesses = Guesses::new(services, &names(&user));
    let strength = passwords::estimate(services, asker, password, guesses).await?;
    check(services, &user, choice, strength).map_err(Error::Invalid)?;
    let password = SecretString::from(password);
    let hash = services.hasher.hash(asker, password).await?;
    let mut transaction = db::begin(&services.pool).await?;
    // Lock order: accounts before the link, as everywhere, so that two transactions that lock both cannot deadlock.
    let account = lock(&mut transaction, id, link.backed_by).await?;
    let used = links::consume(&mut transaction, Kind::PasswordReset, &tokens::hash(token)).await?;
    // The accounts were locked for the link as it was read: it must not have changed since.
    used.filter(|used| *used == link).ok_or(DEAD_LINK)?;
    if !backing::is_backed(&mut transaction, link.backer(), id).await? {
        return Err(DEAD_LINK);
    }
    let ended =
        db::sessions::set_ended_of(&mut transaction, id, EndReason::PasswordReset, Some(id))
            .await?;
    password::set_password(&mut transaction, id, &hash).await?;
    account::set_fields(&mut transaction, id, &UserChanges::default()).await?;
    links::revoke_unused_of(&mut transaction, Kind::PasswordReset, id).await?;
    let revoked = if choice.revoke_tokens {
        access_tokens::set_revoked_of(&mut transaction, id, Some(id)).await?
    } else {
        0
    };
    let device = origin.device.clone();
    let actor = Actor::by_link(user.id, &account.username, origin);
    let password = match link.is_own {
        true => "set by the user",
        false => "set with a link",
    };
    let change = Change {
        action: Action::PasswordSet,
        user: (id, &account.username),
        changes: Changes::default()
            .with("password", Value::Null, password)
            .with("sessions", ended, 0)
            .with("tokens", revoked, 0),
        reason: None,
    };
    let audited = audit::write(&mut transaction, &actor, change).await?;
    db::commit(transaction, audited).await?;
    // The browser becomes a known one: failed attempts of attackers on the username cannot lock its user out.
    known_device::remember(services, id, &device).await
}

/// Returns the texts that an attacker knows of a user.
fn names(user: &UserSummary) -> [&str; 3] {
    [
        &user.username,
        &user.display_name,
        user.email.as_deref().unwrap_or_default(),
    ]
}

fn check(
    services: &Services,
    user: &UserSummary,
    choice: Choice<'_>,
    strength: Strength,
) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    let min = services.settings.password_min;
    errors.take(
        "password",
        check_new_password(choice.password, min, &names(user), strength),
    );
    if choice.password != choice.password_again {
        errors.add("password_again", messages::passwords_differ());
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
