//! Requests that are carried out once, however often they come: those with an idempotency key.
//!
//! An attempt is reserved before anything is done. The transaction of the change notes that it is done (see [`note_done`]),
//! so that neither can be there without the other; what is answered is kept afterwards. An attempt that takes too long loses
//! its reservation to the next one, and its change is then not committed.

use db::idempotency::{self as rows, Known, Reservation};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Actor, Credential, Origin},
    error::Done,
};

/// Longest key, in characters.
pub const KEY_MAX: usize = 255;
/// Longest body of an answer that is kept, in bytes.
const ANSWER_MAX: usize = 64 * 1024;
/// Most bytes that are kept for one user: of each request its answer, and [`ROW_BYTES`]. Beyond that only is kept that a
/// request was done.
const KEPT_MAX: i64 = 4 * 1024 * 1024;
/// Bytes that a request takes beside its answer.
const ROW_BYTES: i32 = 512;
/// How long an attempt may take, in seconds: longer than any request. A server that was killed holds a key up for so long.
const LEASE: f64 = 60.0;
/// How long it is known that a request was done, in seconds.
const KEPT: f64 = 24.0 * 60.0 * 60.0;

const OTHER_REQUEST: Error = Error::Conflict(
    "This Idempotency-Key was used for another request. Send each request under a key of its own.",
);
const OVERTAKEN: Error = Error::Conflict(
    "This took so long that another attempt with the same Idempotency-Key has begun. Nothing was done by this one.",
);

/// The text that names a request, chosen by whoever sends it.
#[derive(Debug, Clone)]
pub struct Key(String);

impl Key {
    /// From a header: 1 to [`KEY_MAX`] visible ASCII characters, as they stand. Nothing for anything else.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let is_short = (1..=KEY_MAX).contains(&text.len());
        let is_visible = text.iter().all(u8::is_ascii_graphic);
        let text = str::from_utf8(text).ok()?.to_owned();
        (is_short && is_visible).then_some(Self(text))
    }

    /// What it is found by.
    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// What tells a request from others. Under the key, which is kept nowhere, so that nobody who reads the table can try out
    /// what the body held.
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

/// A request, as far as it is compared with others.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its path and query.
    pub target: &'a str,
    /// Its body.
    pub body: &'a [u8],
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its `Content-Type`.
    pub content_type: Option<String>,
    /// Its `Location`.
    pub location: Option<String>,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

/// What is to be done about a request.
#[derive(Debug)]
pub enum Begun {
    /// To carry it out, as an attempt of this name.
    First(Uuid),
    /// To answer what was answered before.
    Again(Answer),
}

/// Begins to carry out a request, unless it was or is being carried out.
///
/// # Errors
/// [`Error::Conflict`] for another request under the key, [`Error::UnderWay`] while it is being carried out,
/// [`Error::DoneBefore`] when it was and the answer is not kept, or not for this access token.
pub async fn begin(
    services: &Services,
    actor: &Actor,
    key: &Key,
    request: &Request<'_>,
) -> Result<Begun, Error> {
    let (user_id, key_hash) = (actor.principal.id.0, key.hash());
    let attempt = Uuid::now_v7();
    let reservation = Reservation {
        user_id,
        key_hash: &key_hash,
        attempt,
        token_id: token(actor),
        request_hash: &key.seal(request)?,
        seconds: LEASE,
    };
    if rows::reserve(&services.pool, &reservation).await? {
        return Ok(Begun::First(attempt));
    }
    // Not there any more: it was freed at this very moment.
    let known = rows::find(&services.pool, &reservation).await?;
    again(known.ok_or(Error::UnderWay)?, &reservation).map(Begun::Again)
}

/// What is answered to a request that came before.
fn again(known: Known, now: &Reservation<'_>) -> Result<Answer, Error> {
    if known
        .request_hash
        .is_some_and(|hash| hash != now.request_hash)
    {
        return Err(OTHER_REQUEST);
    }
    let done_at = known.done_at.filter(|_| !known.is_open);
    let at = done_at.ok_or(Error::UnderWay)?;
    // An access token may do less than whatever got the answer. It is shown what it was answered itself.
    let may_see = now.token_id.is_none() || now.token_id == known.token_id;
    let answer = known.answer.filter(|_| may_see).ok_or({
        let is_shown_once = known.is_shown_once;
        Error::DoneBefore(Done { at, is_shown_once })
    })?;
    Ok(Answer {
        status: u16::try_from(answer.status).unwrap_or_default(),
        content_type: answer.content_type,
        location: answer.location,
        etag: answer.etag,
        body: answer.body,
    })
}

/// With which access token somebody asks, if with one.
fn token(actor: &Actor) -> Option<Uuid> {
    match &actor.credential {
        Credential::Token(lent) => Some(lent.token),
        Credential::Session(_) => None,
    }
}

/// Notes that what a request asked for is done, in the transaction that does it. Nothing for one without a key.
pub(crate) async fn note_done(
    connection: &mut db::PgConnection,
    origin: &Origin,
) -> Result<(), Error> {
    let Some(attempt) = origin.attempt else {
        return Ok(());
    };
    let is_current = rows::set_done(connection, attempt, KEPT).await?;
    is_current.then_some(()).ok_or(OVERTAKEN)
}

/// Keeps what was answered, unless it is too long, or much is kept for the user already: then only that the request was done.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn keep(services: &Services, attempt: Uuid, answer: Answer) -> Result<(), Error> {
    let kept = rows::sum_kept(&services.pool, attempt, ROW_BYTES, KEPT_MAX).await?;
    let is_short = answer.body.len() <= ANSWER_MAX;
    let answer = (is_short && kept < KEPT_MAX).then(|| rows::Answer {
        status: i32::from(answer.status),
        content_type: answer.content_type,
        location: answer.location,
        etag: answer.etag,
        body: answer.body,
    });
    Ok(rows::set_answer(&services.pool, attempt, answer.as_ref(), KEPT).await?)
}

/// Keeps only that a request was done: its answer has a secret in it that is shown once.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn keep_no_answer(services: &Services, attempt: Uuid) -> Result<(), Error> {
    Ok(rows::set_shown_once(&services.pool, attempt, KEPT).await?)
}

/// Frees the key of a request that was refused or has failed, if it has changed nothing.
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
    fn what_is_a_key() {
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
    fn a_request_is_told_from_others_by_all_of_it_and_only_under_its_key() {
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
