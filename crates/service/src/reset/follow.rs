//! Following a link to choose a password.

use db::{
    links::{self, Kind, LiveLink},
    sessions::EndReason,
    users::{
        account::{self, Account},
        change,
    },
};
use domain::{
    credentials::check_new_password,
    fields::FieldErrors,
    users::{Status, UserSummary, detail::UserDetail},
};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Author, Origin},
    known_device,
    passwords::known,
    record::{self, Change, Changes},
    throttle::DeadLinks,
    tokens,
    users::guard,
};

const DEAD_LINK: Error = Error::NotFound(
    "This link is not valid any more: it was used, revoked, or is too old. Ask your administrator for a new one.",
);

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
    let (user, _) = follow(services, token, origin).await?;
    Ok(OpenLink {
        username: user.username,
        password_min: services.settings.password_min,
    })
}

/// The user of a link, if it works, and the link.
async fn follow(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<(UserSummary, LiveLink), Error> {
    let dead = DeadLinks::of(origin);
    dead.admit(services).await?;
    if let Some(found) = find_owner(services, token).await? {
        return Ok(found);
    }
    // Whoever comes without a token has not guessed one.
    if !token.is_empty() {
        dead.count(services).await?;
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
    let now = (services.clock)();
    let Some(user) = user.filter(|user| is_open(user, now)) else {
        return Ok(None);
    };
    if !guard::is_backed(&mut connection, link.backed_by, id).await? {
        return Ok(None);
    }
    // Theirs is the address that they gave, whoever else has it: otherwise the rules for a password would tell.
    let summary = UserSummary {
        email: user.claimed_email.or(user.summary.email),
        ..user.summary
    };
    Ok(Some((summary, link)))
}

/// Whether an account can get another password by a link.
fn is_open(user: &UserDetail, now: OffsetDateTime) -> bool {
    let until = user
        .suspension
        .as_ref()
        .and_then(|suspension| suspension.until);
    let is_over = until.is_some_and(|until| until <= now);
    user.deleted_at.is_none() && (user.summary.status != Status::Suspended || is_over)
}

/// Locks the account of a link, and the one of its creator, so that both stay what they are until the link is used. In the
/// order of ids, so that two who lock both cannot wait for each other.
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
    let is_open = |account: &Account| {
        account.deleted_at.is_none()
            && (account.status != Status::Suspended || account.suspension_over)
    };
    account.filter(is_open).ok_or(DEAD_LINK)
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
    let (user, link) = follow(services, token, &origin).await?;
    let id = user.id.0;
    check(services, &user, password, password_again).map_err(Error::Invalid)?;
    known::check(services, id, password).await?;
    let hash = services.hasher.hash_chosen(password, &names(&user)).await?;
    let mut transaction = db::begin(&services.pool).await?;
    // The accounts before the link, as everywhere, so that two who lock both cannot wait for each other.
    let account = lock(&mut transaction, id, link.backed_by).await?;
    let used = links::consume(&mut transaction, Kind::PasswordReset, &tokens::hash(token)).await?;
    used.filter(|used| *used == link).ok_or(DEAD_LINK)?;
    if !guard::is_backed(&mut transaction, link.backed_by, id).await? {
        return Err(DEAD_LINK);
    }
    let ended =
        db::sessions::set_ended_of(&mut transaction, id, EndReason::PasswordReset, Some(id))
            .await?;
    change::set_password(&mut transaction, id, &hash).await?;
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

/// What an attacker knows of a user.
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
    password: &str,
    password_again: &str,
) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    let min = services.settings.password_min;
    errors.take("password", check_new_password(password, min, &names(user)));
    if password != password_again {
        errors.add("password_again", "The two passwords differ.");
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
