//! Tokens of sessions, for programs that send them in a header. The sessions are as those of the panel: in the same lists, with the same
//! end. But no token is the value of a cookie of the panel, and no such value is a token. A token can have short-lived children, which
//! end with it.

use std::{sync::Arc, time::Duration};

use db::{
    session_store::{PgSessionStore, token_hash},
    sessions::{LiveSession, children, set_token},
};
use domain::{audit::Via, credentials::SignInDraft, error::Unauthenticated, users::UserBrief};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use tower_sessions::Session;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Caller, Credential, Origin},
    sign_in_check, tokens,
};

/// Error for any token that is not accepted. The text gives no reason, so that an attacker learns nothing from attempts.
const INVALID: Error = Error::Unauthenticated(Unauthenticated::TokenInvalid);
/// Beginning of a token.
const TOKEN: &str = "rs_";
/// Beginning of a child.
const CHILD: &str = "rt_";
/// Number of random characters after it.
const RANDOM: usize = 43;
/// Longest lifetime of a child, in minutes.
const CHILD_MINUTES_MAX: i64 = 24 * 60;

/// A token, shown once, and its session.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The token, in plain text.
    pub token: SecretString,
    /// The user who signed in.
    pub user: UserBrief,
    /// Public id of the session.
    pub session_id: Uuid,
    /// Time at which the token expires at the latest.
    pub expires_at: OffsetDateTime,
}

/// Signs a user in and returns the token of the new session. The username can be an email address that belongs to exactly one user.
///
/// # Errors
/// As [`auth::sign_in`](crate::auth::sign_in).
pub async fn sign_in(
    services: &Services,
    draft: SignInDraft,
    origin: Origin,
) -> Result<Bearer, Error> {
    draft.check().map_err(Error::Invalid)?;
    let username = db::users::find_sign_in_name(&services.pool, draft.username.trim()).await?;
    let draft = SignInDraft {
        username: username.unwrap_or(draft.username),
        ..draft
    };
    let remember = draft.remember;
    let account = sign_in_check::verify(services, draft, &origin).await?;
    let session = without_cookie(services);
    super::start(services, &session, &account, remember, origin).await?;
    let (token, session_id, expires_at) = replace_cookie(services, &session).await?;
    Ok(Bearer {
        token,
        user: sign_in_check::brief(account),
        session_id,
        expires_at,
    })
}

/// Returns a session to start for a client without cookies.
pub(crate) fn without_cookie(services: &Services) -> Session {
    let store = Arc::new(PgSessionStore::new(services.pool.clone()));
    Session::new(None, store, None)
}

/// Gives a session that has just started a token in place of its cookie, which no client has. Returns the token, the public id of the
/// session, and the time at which both expire at the latest.
///
/// # Errors
/// [`Error::Unauthenticated`] when the session has not started, or has ended already.
pub(crate) async fn replace_cookie(
    services: &Services,
    session: &Session,
) -> Result<(SecretString, Uuid, OffsetDateTime), Error> {
    let cookie = token_hash(&session.id().ok_or(INVALID)?);
    let (token, hash) = generate(TOKEN);
    let replaced = set_token(&services.pool, &cookie, &hash).await?;
    let (session_id, expires_at) = replaced.ok_or(INVALID)?;
    Ok((token, session_id, expires_at))
}

/// Returns the actor of a token or of a child, with the current permissions.
///
/// # Errors
/// [`Error::Unauthenticated`] when the token is unknown, or its session has ended or expired.
pub async fn find_caller(
    services: &Services,
    token: &str,
    origin: &Origin,
) -> Result<Caller, Error> {
    let hash = session_hash(services, token).await?.ok_or(INVALID)?;
    let live = find_live(services, &hash).await?;
    Ok(caller(services, live, origin.clone()))
}

/// Creates a short-lived token of the session of another one. It ends with that session, whatever ends it.
///
/// # Errors
/// [`Error::Unauthenticated`] when `parent_token` is itself a child, or its session has ended or expired.
pub async fn start_child(
    services: &Services,
    parent_token: &str,
    minutes: i64,
    origin: Origin,
) -> Result<Bearer, Error> {
    let parent = hash_of(parent_token, TOKEN).ok_or(INVALID)?;
    let live = find_live(services, &parent).await?;
    let caller = caller(services, live, origin);
    let minutes = minutes.clamp(1, CHILD_MINUTES_MAX).unsigned_abs();
    let lifetime = Duration::from_secs(minutes * 60);
    let (token, hash) = generate(CHILD);
    let mut connection = db::acquire(&services.pool).await?;
    let inserted = children::insert(&mut connection, &parent, &hash, lifetime).await?;
    Ok(Bearer {
        token,
        user: caller.principal.brief(),
        session_id: caller.session()?,
        expires_at: inserted.ok_or(INVALID)?,
    })
}

/// Signs out the session of a token or of a child. Does nothing for one that has ended already.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn end(services: &Services, token: &str) -> Result<(), Error> {
    if let Some(hash) = session_hash(services, token).await? {
        db::sessions::set_logged_out(&services.pool, &hash).await?;
    }
    Ok(())
}

/// Returns whether a text has the beginning of a token or of a child.
#[must_use]
pub fn is_token(text: &str) -> bool {
    text.starts_with(TOKEN) || is_child(text)
}

/// Returns whether a text has the beginning of a child.
#[must_use]
pub fn is_child(text: &str) -> bool {
    text.starts_with(CHILD)
}

/// Returns the hash of the session that a token belongs to. None for an unknown or expired child, and for any text that is no token.
async fn session_hash(services: &Services, token: &str) -> Result<Option<Vec<u8>>, Error> {
    if let Some(hash) = hash_of(token, TOKEN) {
        return Ok(Some(hash.to_vec()));
    }
    match hash_of(token, CHILD) {
        Some(hash) => Ok(children::find_parent(&services.pool, &hash).await?),
        None => Ok(None),
    }
}

/// Generates a token with a beginning, and the hash under which it is stored.
fn generate(mark: &str) -> (SecretString, [u8; 32]) {
    let text = format!("{mark}{}", tokens::generate().expose_secret());
    let hash = tokens::hash(&text);
    (text.into(), hash)
}

/// Returns the hash of a text with the form of a token. Any other text is rejected without a query.
fn hash_of(text: &str, mark: &str) -> Option<[u8; 32]> {
    let random = text.strip_prefix(mark)?;
    (random.len() == RANDOM).then(|| tokens::hash(text))
}

async fn find_live(services: &Services, hash: &[u8]) -> Result<LiveSession, Error> {
    let live = db::sessions::find_live(&services.pool, hash).await?;
    live.ok_or(INVALID)
}

/// Returns the actor of a session, whose use is noted.
fn caller(services: &Services, live: LiveSession, origin: Origin) -> Caller {
    services.last_seen.note_session(live.id, (services.clock)());
    Caller {
        principal: live.principal,
        credential: Credential::Session(live.id),
        via: Via::Api,
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_recognised_by_their_beginnings() {
        for (text, expected) in [
            ("rs_x", (true, false)),
            ("rt_x", (true, true)),
            ("rc_x", (false, false)),
            ("sk-x", (false, false)),
            ("eyJhbGciOiJIUzI1NiJ9.e30.x", (false, false)),
            ("", (false, false)),
        ] {
            assert_eq!((is_token(text), is_child(text)), expected, "{text}");
        }
        for mark in [TOKEN, CHILD] {
            let (token, hash) = generate(mark);
            assert_eq!(hash_of(token.expose_secret(), mark), Some(hash));
        }
    }
}
