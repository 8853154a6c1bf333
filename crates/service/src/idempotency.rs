//! Idempotency: requests with an idempotency key are executed once, however often they are sent.
//!
//! An attempt reserves the key before it does anything. The transaction of the change marks the attempt as done (see
//! [`note_done`]), so that neither is committed without the other; the response is stored afterwards. An attempt that takes
//! too long loses its reservation to the next one, and its change is then not committed.

use db::idempotency::{self as rows, Known, Reservation};
use domain::{error::Conflict, permission::Permissions};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Caller, Credential, Origin},
    error::CompletedRequest,
};

/// Maximum length of a key, in characters.
pub const KEY_MAX: usize = 255;
/// Maximum length of a stored response body, in bytes.
const ANSWER_MAX: usize = 64 * 1024;
/// Maximum number of bytes stored per user: the response of each request and [`ROW_BYTES`]. Beyond it only the fact that a
/// request was done is stored.
const STORED_MAX: i64 = 4 * 1024 * 1024;
/// Size of a stored request without its response, in bytes.
const ROW_BYTES: i32 = 512;
/// Lease of a reservation in seconds: longer than any request takes. A server that was killed blocks the key for this time.
const LEASE: f64 = 60.0;
/// Retention of a request that was done, in seconds: 24 hours.
const RETENTION: f64 = 24.0 * 60.0 * 60.0;

const OTHER_REQUEST: Error = Error::Conflict(Conflict::IdempotencyKeyUsed);
const OVERTAKEN: Error = Error::Conflict(Conflict::IdempotencyOvertaken);

/// Idempotency key, chosen by the client.
#[derive(Debug, Clone)]
pub struct Key(String);

impl Key {
    /// Parses a header value: 1 to [`KEY_MAX`] visible ASCII characters, used as they are. None for anything else.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let is_short = (1..=KEY_MAX).contains(&text.len());
        let is_visible = text.iter().all(u8::is_ascii_graphic);
        let text = str::from_utf8(text).ok()?.to_owned();
        (is_short && is_visible).then_some(Self(text))
    }

    /// Returns the hash under which the key is stored.
    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// Returns a fingerprint that distinguishes the request from others. It is keyed with the idempotency key, which is
    /// stored nowhere, so that a reader of the table cannot find the body by trial.
    fn seal(&self, request: &Request<'_>) -> Result<[u8; 32], Error> {
        let mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes());
        let mut mac = mac.map_err(|error| Error::Internal(error.into()))?;
        for part in [request.method, " ", request.target, "\n"] {
            mac.update(part.as_bytes());
        }
        mac.update(request.body);
        Ok(mac.finalize().into_bytes().into())
    }
}

/// Parts of a request that identify it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Body, byte for byte.
    pub body: &'a [u8],
}

/// Response that is stored and repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type` header.
    pub content_type: Option<String>,
    /// `Location` header.
    pub location: Option<String>,
    /// `ETag` header.
    pub etag: Option<String>,
    /// Body. A long one is not stored.
    pub body: Vec<u8>,
}

/// Decision on a request.
#[derive(Debug)]
pub enum Begun {
    /// First request: it is to be executed as the attempt of this id.
    First(Uuid),
    /// Repeated request: the stored response is to be sent.
    Again(Answer),
}

/// Reserves the key for a request, unless the request was or is being executed.
///
/// # Errors
/// [`Error::Conflict`] for a different request under the key, [`Error::InProgress`] while the request is in progress,
/// [`Error::AlreadyCompleted`] when it is done and its response is not stored, or not for this access token or for these permissions.
pub async fn begin(
    services: &Services,
    caller: &Caller,
    key: &Key,
    request: &Request<'_>,
) -> Result<Begun, Error> {
    let (user_id, key_hash) = (caller.principal.id.0, key.hash());
    let attempt = Uuid::now_v7();
    let reservation = Reservation {
        user_id,
        key_hash: &key_hash,
        attempt,
        token_id: token(caller),
        permissions: caller.principal.permissions.assigned(),
        request_hash: &key.seal(request)?,
        seconds: LEASE,
    };
    if rows::reserve(&services.pool, &reservation).await? {
        return Ok(Begun::First(attempt));
    }
    // Not found: the other attempt released the key between the two statements. A retry can reserve it.
    let known = rows::find(&services.pool, &reservation).await?;
    let permissions = &caller.principal.permissions;
    again(known.ok_or(Error::InProgress)?, &reservation, permissions).map(Begun::Again)
}

/// Returns the stored response to a repeated request of a caller with some permissions.
fn again(known: Known, now: &Reservation<'_>, permissions: &Permissions) -> Result<Answer, Error> {
    if known
        .request_hash
        .is_some_and(|hash| hash != now.request_hash)
    {
        return Err(OTHER_REQUEST);
    }
    let done_at = known.done_at.filter(|_| !known.is_open);
    let at = done_at.ok_or(Error::InProgress)?;
    // A token can have fewer permissions than the credential of the first request: it gets only its own responses.
    let is_of_token = now.token_id.is_none() || now.token_id == known.token_id;
    // A caller who has lost a permission since could be denied now, or could not read all of the response.
    let before = known.permissions.map(Permissions::new);
    let may_see = is_of_token && before.is_some_and(|before| permissions.include_all(&before));
    let answer = known.answer.filter(|_| may_see).ok_or({
        let is_shown_once = known.is_shown_once;
        Error::AlreadyCompleted(CompletedRequest { at, is_shown_once })
    })?;
    Ok(Answer {
        status: u16::try_from(answer.status).unwrap_or_default(),
        content_type: answer.content_type,
        location: answer.location,
        etag: answer.etag,
        body: answer.body,
    })
}

/// Returns the id of the access token; none for a session.
fn token(caller: &Caller) -> Option<Uuid> {
    match &caller.credential {
        Credential::Token(grant) => Some(grant.token),
        Credential::Session(_) => None,
    }
}

/// Marks the attempt of a request as done, in the transaction of its change. Does nothing for a request without a key.
pub(crate) async fn note_done(
    connection: &mut db::PgConnection,
    origin: &Origin,
) -> Result<(), Error> {
    let Some(attempt) = origin.attempt else {
        return Ok(());
    };
    let is_current = rows::set_done(connection, attempt, RETENTION).await?;
    is_current.then_some(()).ok_or(OVERTAKEN)
}

/// Stores the response. If it is too long, or the user's limit is reached, stores only that the request was done.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn store(services: &Services, attempt: Uuid, answer: Answer) -> Result<(), Error> {
    let stored = rows::sum_stored(&services.pool, attempt, ROW_BYTES, STORED_MAX).await?;
    let is_short = answer.body.len() <= ANSWER_MAX;
    let answer = (is_short && stored < STORED_MAX).then(|| rows::Answer {
        status: i32::from(answer.status),
        content_type: answer.content_type,
        location: answer.location,
        etag: answer.etag,
        body: answer.body,
    });
    Ok(rows::set_answer(&services.pool, attempt, answer.as_ref(), RETENTION).await?)
}

/// Stores only that a request was done: its response has a secret that is shown once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn store_no_answer(services: &Services, attempt: Uuid) -> Result<(), Error> {
    Ok(rows::set_shown_once(&services.pool, attempt, RETENTION).await?)
}

/// Releases the key of a request that was denied or has failed, unless it has changed something.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn release(services: &Services, attempt: Uuid) -> Result<(), Error> {
    Ok(rows::delete_undone(&services.pool, attempt).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_format_is_checked() {
        let longest = "k".repeat(KEY_MAX);
        for text in ["0", "8e03978e-40d5", "\"quoted\"", "~!", longest.as_str()] {
            assert!(Key::parse(text.as_bytes()).is_some(), "{text}");
        }
        let longer = "k".repeat(KEY_MAX + 1);
        for text in ["", " ", "a b", "a\t", "ключ", "a\u{7f}", longer.as_str()] {
            assert!(Key::parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn request_hash_covers_the_whole_request() {
        let request = |method, target, body| Request {
            method,
            target,
            body,
        };
        let first = request("POST", "/api/a", b"{}".as_slice());
        let key = |text: &str| Key::parse(text.as_bytes()).unwrap();
        let seal = |text: &str, request: &Request<'_>| key(text).seal(request).unwrap();
        assert_eq!(seal("k", &first), seal("k", &first));
        for (text, other) in [
            ("k", request("PUT", "/api/a", b"{}")),
            ("k", request("POST", "/api/b", b"{}")),
            ("k", request("POST", "/api/a?x", b"{}")),
            ("k", request("POST", "/api/a", b"")),
            ("K", first),
        ] {
            assert_ne!(seal("k", &first), seal(text, &other), "{text} {other:?}");
        }
    }
}
