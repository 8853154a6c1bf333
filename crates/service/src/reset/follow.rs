//! Following a link to choose a password.

use db::{
    access_tokens,
    links::{self, Kind, LiveLink},
    sessions::EndReason,
    users::{
        account::{self, Account},
        change::{self, Facts},
    },
};
use domain::{
    access_tokens::OpenToken,
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
    passwords::{Asker, known},
    record::{self, Change, Changes},
    throttle, tokens,
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
    /// Access tokens of the account: they outlive the password unless they are revoked with it.
    pub tokens: Vec<OpenToken>,
}

/// What is chosen behind a link.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    /// The password.
    pub password: &'a str,
    /// The same, typed again.
    pub password_again: &'a str,
    /// Whether the access tokens of the account are revoked.
    pub revoke_tokens: bool,
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
    let tokens = access_tokens::list_open(&services.pool, user.id.0).await?;
    Ok(OpenLink {
        username: user.username,
        password_min: services.settings.password_min,
        tokens,
    })
}

/// The user of a link, if it works, and the link.
async fn follow(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<(UserSummary, LiveLink), Error> {
    if let Some(found) = find_owner(services, token).await? {
        return Ok(found);
    }
    // Whoever comes without a token has not guessed one.
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
    let now = (services.clock)();
    let Some(user) = user.filter(|user| is_open(user, now)) else {
        return Ok(None);
    };
    if !guard::is_backed(&mut connection, link.backer(), id).await? {
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

/// Sets the password that a user has chosen. All their sessions end, their access tokens if they say so, and nobody is signed
/// in by it.
///
/// # Errors
/// [`Error::Invalid`] for a password that is refused (the link remains usable), otherwise as [`open_link`].
pub async fn choose_password(
    services: &Services,
    token: &str,
    choice: Choice<'_>,
    origin: Origin,
) -> Result<(), Error> {
    let password = choice.password;
    let (user, link) = follow(services, token, &origin).await?;
    let id = user.id.0;
    check(services, &user, choice).map_err(Error::Invalid)?;
    known::check(services, id, password).await?;
    let asker = Asker::Account(id);
    let hash = services
        .hasher
        .hash_chosen(asker, password, &names(&user))
        .await?;
    let mut transaction = db::begin(&services.pool).await?;
    // The accounts before the link, as everywhere, so that two who lock both cannot wait for each other.
    let account = lock(&mut transaction, id, link.backed_by).await?;
    let used = links::consume(&mut transaction, Kind::PasswordReset, &tokens::hash(token)).await?;
    used.filter(|used| *used == link).ok_or(DEAD_LINK)?;
    if !guard::is_backed(&mut transaction, link.backer(), id).await? {
        return Err(DEAD_LINK);
    }
    let ended =
        db::sessions::set_ended_of(&mut transaction, id, EndReason::PasswordReset, Some(id))
            .await?;
    change::set_password(&mut transaction, id, &hash).await?;
    change::set_facts(&mut transaction, id, &Facts::default()).await?;
    links::revoke_unused_of(&mut transaction, Kind::PasswordReset, id).await?;
    let revoked = if choice.revoke_tokens {
        access_tokens::set_revoked_of(&mut transaction, id, Some(id)).await?
    } else {
        0
    };
    let device = origin.device.clone();
    let author = Author::person(user.id, &account.username, origin);
    let change = Change {
        action: "user.password_chosen",
        user: (id, &account.username),
        changes: Changes::default()
            .with("password", Value::Null, "chosen by a link")
            .with("sessions", ended, 0)
            .with("tokens", revoked, 0),
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

fn check(services: &Services, user: &UserSummary, choice: Choice<'_>) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    let min = services.settings.password_min;
    errors.take(
        "password",
        check_new_password(choice.password, min, &names(user)),
    );
    if choice.password != choice.password_again {
        errors.add("password_again", "The two passwords differ.");
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
