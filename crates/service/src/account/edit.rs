//! Changes of the caller's own account.

use db::{
    account::Lifetimes,
    links::{self, Kind},
    sessions::EndReason,
    users::{
        Credentials,
        account::{self, UserChanges},
        find_credentials, password,
    },
};
use domain::{
    account::{OwnEdit, OwnPatch, TIME_ZONE, TimeZone, UnknownTimeZone},
    action::Action,
    fields::FieldErrors,
    users::{
        UserSummary,
        detail::UserDetail,
        names::{DisplayName, Email},
    },
};
use secrecy::SecretString;
use serde_json::{Map, Value};
use tower_sessions::Session;

use super::{SIGNED_OUT, actor, check_version, find, get, open, proof::Proof};
use crate::{
    Error, Services,
    access::Caller,
    audit::{self, Change, Changes},
    passwords::{self, Asker, Guesses, known},
    registrations,
    sessions::{self, bearer},
};

/// Changes the caller's own account. Fields that the edit leaves out keep their values. A new password ends all other
/// sessions, and the current session continues under a new id.
///
/// # Errors
/// [`Error::Invalid`] with the field errors, [`Error::CurrentPasswordRequired`], [`Error::CurrentPasswordWrong`] and
/// [`Error::TooMany`] where a new email address or password requires the current password, [`Error::Stale`] when the
/// account was changed since the caller read it.
pub async fn edit(
    services: &Services,
    caller: &Caller,
    session: &Session,
    edit: OwnEdit,
) -> Result<UserDetail, Error> {
    if let Some((account, lifetimes)) = change(services, caller, edit).await? {
        let origin = caller.origin.clone();
        sessions::start_for(services, session, &account, lifetimes, origin).await?;
    }
    get(services, caller).await
}

/// Changes the caller's own account as [`edit`] does, for a program with the token of a session. A new password ends that session too, so
/// that its token is not valid any more. Returns whether that is so.
///
/// # Errors
/// As [`edit`].
pub async fn edit_by_token(
    services: &Services,
    caller: &Caller,
    edit: OwnEdit,
) -> Result<bool, Error> {
    Ok(change(services, caller, edit).await?.is_some())
}

/// Changes the caller's own account as [`edit`] does, for a program with the token of a session. A new password replaces the session, and
/// the token of the new one is returned.
///
/// # Errors
/// As [`edit`].
pub async fn edit_renewing(
    services: &Services,
    caller: &Caller,
    own_edit: OwnEdit,
) -> Result<(UserDetail, Option<SecretString>), Error> {
    let session = bearer::without_cookie(services);
    let edited = edit(services, caller, &session, own_edit).await?;
    if session.id().is_none() {
        return Ok((edited, None));
    }
    let (token, ..) = bearer::replace_cookie(services, &session).await?;
    Ok((edited, Some(token)))
}

/// Changes the account. Returns the credentials and lifetimes with which the current session is started again, if it has ended.
async fn change(
    services: &Services,
    caller: &Caller,
    edit: OwnEdit,
) -> Result<Option<(Credentials, Lifetimes)>, Error> {
    let (patch, guesses) = check(services, caller, edit).await?;
    let (proof, hash) = prove(services, caller, &patch, guesses).await?;
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, caller).await?;
    let before = find(&mut transaction, caller).await?;
    match &proof {
        Some(proof) => proof.confirm(&mut transaction, caller).await?,
        // The address was changed by another request after the session was read: `patch` now differs from it.
        None if Email::is_changed(patch.email.as_ref(), before.summary.email.as_deref()) => {
            return Err(Error::CurrentPasswordRequired);
        }
        None => {}
    }
    check_version(&mut transaction, caller, &account, patch.version).await?;
    let settings = settings(&before, &patch);
    let mut changes = noted(&before, &patch, &settings);
    // The sessions are revoked in this transaction; the new one starts only after the commit.
    let renewed = match &hash {
        Some(hash) => Some(set_password(&mut transaction, caller, hash, &mut changes).await?),
        None => None,
    };
    if changes.is_empty() {
        return Ok(None);
    }
    let changes_email = Email::is_changed(patch.email.as_ref(), before.summary.email.as_deref());
    set_fields(&mut transaction, &before, &patch, settings).await?;
    let change = Change {
        action: Action::UserUpdated,
        user: (account.id, &account.username),
        changes,
        reason: None,
    };
    let audited = audit::write(&mut transaction, &actor(caller), change).await?;
    db::commit(transaction, audited).await?;
    if changes_email {
        registrations::resolve_own_email(services, account.id).await;
    }
    Ok(renewed)
}

/// Checks every field, and the time zone against those that the database knows. The strength of a new password is estimated later, by
/// [`prove`]: the estimate is slow. Returns also what an attacker would try first as the password.
async fn check(
    services: &Services,
    caller: &Caller,
    edit: OwnEdit,
) -> Result<(OwnPatch, Guesses), Error> {
    let user = &caller.principal;
    let known = [
        user.username.as_str(),
        &user.display_name,
        user.email.as_deref().unwrap_or_default(),
    ];
    let guesses = Guesses::new(services, &edit.names(&known));
    let password = edit.password.as_deref();
    let strength = password.map_or(Ok(()), |password| guesses.check(password));
    let patch = edit
        .check(services.settings.password_min, &known, strength)
        .map_err(Error::Invalid)?;
    if let Some(Some(zone)) = &patch.time_zone {
        let zones = services.time_zones.get(&services.pool).await?;
        if !zones.iter().any(|name| name == zone.as_str()) {
            let mut errors = FieldErrors::default();
            errors.add("time_zone", UnknownTimeZone);
            return Err(Error::Invalid(errors));
        }
    }
    Ok((patch, guesses))
}

/// Checks the current password where the change requires it, and hashes the new password, if it is strong enough.
async fn prove(
    services: &Services,
    caller: &Caller,
    patch: &OwnPatch,
    guesses: Guesses,
) -> Result<(Option<Proof>, Option<String>), Error> {
    let email = caller.principal.email.as_deref();
    if patch.password.is_none() && !Email::is_changed(patch.email.as_ref(), email) {
        return Ok((None, None));
    }
    let proof = Proof::of(services, caller, patch.current_password.as_deref()).await?;
    let hash = match &patch.password {
        Some(password) => Some(hash(services, caller, password, guesses).await?),
        None => None,
    };
    Ok((Some(proof), hash))
}

/// Hashes a new password, if it is strong enough and no other user knows it.
async fn hash(
    services: &Services,
    caller: &Caller,
    password: &str,
    guesses: Guesses,
) -> Result<String, Error> {
    let id = caller.principal.id.0;
    known::check(services, id, password).await?;
    let asker = Asker::Account(id);
    let strength = passwords::estimate(services, asker, password, guesses).await?;
    let mut errors = FieldErrors::default();
    errors.take("password", strength);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let password = SecretString::from(password);
    services.hasher.hash(asker, password).await
}

/// Returns the settings after the patch. None when the patch has no setting.
fn settings(before: &UserDetail, patch: &OwnPatch) -> Option<Map<String, Value>> {
    let zone = patch.time_zone.as_ref()?;
    let mut settings = before.settings.clone();
    match zone {
        Some(zone) => drop(settings.insert(TIME_ZONE.to_owned(), zone.as_str().into())),
        None => drop(settings.remove(TIME_ZONE)),
    }
    Some(settings)
}

/// Returns the audited changes, without the password.
fn noted(before: &UserDetail, patch: &OwnPatch, settings: &Option<Map<String, Value>>) -> Changes {
    let known: &UserSummary = &before.summary;
    let mut changes = Changes::default();
    if let Some(name) = &patch.display_name {
        changes.note("displayName", known.display_name.as_str(), name.as_str());
    }
    if let Some(email) = &patch.email {
        let email = email.as_ref().map(Email::as_str);
        changes.note("claimedEmail", known.email.as_deref(), email);
    }
    if let Some(preferences) = &patch.notification_preferences {
        let known = before.notification_preferences.clone();
        changes.note("notificationPreferences", known, preferences.clone());
    }
    if let (Some(settings), Some(zone)) = (settings, &patch.time_zone) {
        let known = before.settings.get(TIME_ZONE).cloned();
        if *settings != before.settings {
            let zone = zone.as_ref().map(TimeZone::as_str);
            changes.note(TIME_ZONE, known.unwrap_or_default(), zone);
        }
    }
    changes
}

/// Sets a password, ends every session and revokes every unused reset link. Returns the credentials and lifetimes with
/// which the current session is started again.
async fn set_password(
    transaction: &mut db::Transaction,
    caller: &Caller,
    hash: &str,
    changes: &mut Changes,
) -> Result<(Credentials, Lifetimes), Error> {
    let (id, session) = (caller.principal.id.0, caller.session()?);
    let lifetimes = db::account::find_lifetimes(&mut **transaction, session).await?;
    let reason = EndReason::PasswordReset;
    let ended = db::account::set_others_ended(transaction, id, session, reason).await?;
    db::account::set_ended(transaction, session, EndReason::Replaced, id).await?;
    password::set_password(transaction, id, hash).await?;
    links::revoke_unused_of(transaction, Kind::PasswordReset, id).await?;
    changes.note("password", Value::Null, "set by the user");
    changes.note("otherSessions", ended, 0);
    let account = find_credentials(&mut **transaction, &caller.principal.username).await?;
    account.zip(lifetimes).ok_or(SIGNED_OUT)
}

async fn set_fields(
    transaction: &mut db::Transaction,
    before: &UserDetail,
    patch: &OwnPatch,
    settings: Option<Map<String, Value>>,
) -> Result<(), Error> {
    let preferences = patch.notification_preferences.clone();
    let id = before.summary.id.0;
    if let Some(email) = &patch.email
        && Email::is_changed(patch.email.as_ref(), before.summary.email.as_deref())
    {
        // Whether another account has the address is not checked: an error would disclose it (decision 9).
        let email = email.as_ref().map(Email::as_str);
        db::account::set_unverified_email(transaction, id, email).await?;
    }
    let fields = UserChanges {
        display_name: patch.display_name.as_ref().map(DisplayName::as_str),
        notification_preferences: preferences.map(Value::Object),
        settings: settings.map(Value::Object),
        ..UserChanges::default()
    };
    Ok(account::set_fields(transaction, id, &fields).await?)
}
