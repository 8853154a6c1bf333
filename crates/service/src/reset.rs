//! A new password without anybody else knowing it: a link that works once, made by an admin, followed by the person.

use std::time::Duration;

use db::{
    links::{self, Kind, NewLink},
    sessions::EndReason,
    users::{Credentials, account, change},
};
use domain::{
    credentials::check_new_password,
    fields::FieldErrors,
    rules::Deed,
    users::{UserId, UserSummary, detail::IssuedLink},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Author, Granted, Origin, WriteUsers},
    known_device,
    record::{self, Change, Changes},
    throttle::DeadLinks,
    tokens,
    users::guard,
};

/// How long a link works.
pub const LINK_LIFETIME: Duration = Duration::from_secs(60 * 60);

const DEAD_LINK: Error = Error::NotFound(
    "This link is not valid any more: it was used, revoked, or is too old. Ask your administrator for a new one.",
);

/// Makes a link with which a person chooses a new password. One that was made before ceases to work.
///
/// # Errors
/// [`Error::Refused`] when it may not be done, [`Error::NotFound`] when there is no such account.
pub async fn create_link(
    services: &Services,
    granted: &Granted<WriteUsers>,
    id: Uuid,
) -> Result<IssuedLink, Error> {
    let author = granted.author();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, author, Deed::Reset, id).await?;
    links::revoke_unused_of(&mut transaction, Kind::PasswordReset, id).await?;
    let link = issue(services, &mut transaction, author, id, LINK_LIFETIME).await?;
    record_created(&mut transaction, author, (id, &account.username), &link).await?;
    db::commit(transaction).await?;
    Ok(link)
}

/// Makes a link for somebody who has just shown that they know their password, because somebody else has chosen it. One that
/// was made before ceases to work.
///
/// # Errors
/// [`Error::Unauthenticated`] when the account was changed since it was read.
pub(crate) async fn create_own_link(
    services: &Services,
    known: &Credentials,
    origin: Origin,
) -> Result<IssuedLink, Error> {
    const OVERTAKEN: Error = Error::Unauthenticated("Invalid credentials");
    let mut transaction = db::begin(&services.pool).await?;
    account::lock(&mut transaction, known.id)
        .await?
        .ok_or(OVERTAKEN)?;
    let now = db::users::find_credentials(&mut *transaction, &known.username).await?;
    now.filter(|now| now.id == known.id && now.password_hash == known.password_hash)
        .ok_or(OVERTAKEN)?;
    let author = Author::person(UserId(known.id), &known.username, origin);
    links::revoke_unused_of(&mut transaction, Kind::PasswordReset, known.id).await?;
    let link = issue(services, &mut transaction, &author, known.id, LINK_LIFETIME).await?;
    record_created(
        &mut transaction,
        &author,
        (known.id, &known.username),
        &link,
    )
    .await?;
    db::commit(transaction).await?;
    Ok(link)
}

async fn record_created(
    transaction: &mut db::Transaction,
    author: &Author,
    user: (Uuid, &str),
    link: &IssuedLink,
) -> Result<(), Error> {
    let change = Change {
        action: "user.reset_link_created",
        user,
        changes: Changes::default().with("expires", Value::Null, link.expires_at.to_string()),
        reason: None,
    };
    record::write(transaction, author, change).await
}

/// Makes the link itself, as part of something that goes on record.
pub(crate) async fn issue(
    services: &Services,
    transaction: &mut db::Transaction,
    author: &Author,
    id: Uuid,
    lifetime: Duration,
) -> Result<IssuedLink, Error> {
    let token = tokens::generate();
    let hash = tokens::hash(token.expose_secret());
    let link = NewLink {
        kind: Kind::PasswordReset,
        token_hash: &hash,
        user_id: Some(id),
        created_by: author.id(),
        lifetime,
    };
    let expires_at = links::insert(&mut **transaction, &link).await?;
    let base = &services.settings.public_url;
    Ok(IssuedLink {
        url: format!("{base}/reset/{}", token.expose_secret()),
        expires_at,
    })
}

/// Revokes the links of a person that have not been used.
///
/// # Errors
/// [`Error::Conflict`] when there is none, [`Error::Refused`] when it may not be done.
pub async fn revoke_links(
    services: &Services,
    granted: &Granted<WriteUsers>,
    id: Uuid,
) -> Result<(), Error> {
    let author = granted.author();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, author, Deed::Reset, id).await?;
    let revoked = links::revoke_unused_of(&mut transaction, Kind::PasswordReset, id).await?;
    if revoked == 0 {
        return Err(Error::Conflict("No link of this person still works."));
    }
    let change = Change {
        action: "user.reset_link_revoked",
        user: (id, &account.username),
        changes: Changes::default().with("links", revoked, 0),
        reason: None,
    };
    record::write(&mut transaction, author, change).await?;
    db::commit(transaction).await?;
    Ok(())
}

/// What the page behind a link that works has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLink {
    /// Name to sign in with of the person whose password it sets.
    pub username: String,
    /// Fewest characters of the password.
    pub password_min: usize,
}

/// Whether a link would work, and for whom. Uses nothing up. A dead one counts against the address that tries it.
///
/// # Errors
/// [`Error::NotFound`] when it would not, [`Error::TooMany`] when too many tries from there were in vain lately.
pub async fn open_link(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<OpenLink, Error> {
    let user = follow(services, token, origin).await?;
    Ok(OpenLink {
        username: user.username,
        password_min: services.settings.password_min,
    })
}

/// Whose link it is, if it works.
async fn follow(services: &Services, token: &str, origin: &Origin) -> Result<UserSummary, Error> {
    let dead = DeadLinks::of(origin);
    dead.admit(services).await?;
    if let Some(user) = find_owner(services, token).await? {
        return Ok(user);
    }
    // Whoever comes without a token has not guessed one.
    if !token.is_empty() {
        dead.count(services).await?;
    }
    Err(DEAD_LINK)
}

async fn find_owner(services: &Services, token: &str) -> Result<Option<UserSummary>, Error> {
    let link = links::set_opened(&services.pool, Kind::PasswordReset, &tokens::hash(token)).await?;
    let Some(id) = link.and_then(|link| link.user_id) else {
        return Ok(None);
    };
    let user = db::users::find_detail(&services.pool, id).await?;
    let user = user.filter(|user| user.deleted_at.is_none());
    // Theirs is the address that they gave, whoever else has it: otherwise the rules for a password would tell.
    Ok(user.map(|user| UserSummary {
        email: user.claimed_email.or(user.summary.email),
        ..user.summary
    }))
}

/// Sets the password that a person has chosen. All their sessions end, and nobody is signed in by it.
///
/// # Errors
/// [`Error::Invalid`] for a password that is refused (the link remains usable), otherwise as [`open_link`].
pub async fn choose_password(
    services: &Services,
    token: &str,
    password: &str,
    password_again: &str,
    origin: Origin,
) -> Result<(), Error> {
    let user = follow(services, token, &origin).await?;
    check(services, &user, password, password_again).map_err(Error::Invalid)?;
    let hash = services.hasher.hash(SecretString::from(password)).await?;
    let id = user.id.0;
    let mut transaction = db::begin(&services.pool).await?;
    // The account before its links, as everywhere, so that two who lock both cannot wait for each other.
    let account = account::lock(&mut transaction, id).await?;
    let account = account
        .filter(|account| account.deleted_at.is_none())
        .ok_or(DEAD_LINK)?;
    let link = links::consume(&mut transaction, Kind::PasswordReset, &tokens::hash(token)).await?;
    link.ok_or(DEAD_LINK)?;
    let ended =
        db::sessions::set_ended_of(&mut transaction, id, EndReason::PasswordReset, Some(id))
            .await?;
    change::set_password(&mut transaction, id, &hash, false).await?;
    links::revoke_unused_of(&mut transaction, Kind::PasswordReset, id).await?;
    let device = origin.device.clone();
    let author = Author::person(user.id, &account.username, origin);
    let change = Change {
        action: "user.password_chosen",
        user: (id, &account.username),
        changes: Changes::default()
            .with("password", Value::Null, "chosen by a link")
            .with("sessions", ended, 0),
        reason: None,
    };
    record::write(&mut transaction, &author, change).await?;
    db::commit(transaction).await?;
    // Strangers who fail on the name do not keep out whoever has just chosen the password.
    known_device::remember(services, id, &device).await
}

fn check(
    services: &Services,
    user: &UserSummary,
    password: &str,
    password_again: &str,
) -> Result<(), FieldErrors> {
    let known = [
        user.username.as_str(),
        &user.display_name,
        user.email.as_deref().unwrap_or_default(),
    ];
    let mut faults = FieldErrors::default();
    let min = services.settings.password_min;
    faults.take("password", check_new_password(password, min, &known));
    if password != password_again {
        faults.add("password_again", "The two passwords differ.");
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}
