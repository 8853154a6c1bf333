//! Flash messages: shown once, by the page after a change.
//!
//! They are stored with the session and not in the URL: a URL can come from any site, and reload, Back and the history
//! would repeat the message. Taking a message is the only write that a GET request does.

use std::time::Duration;

use db::{
    flashes::{self, NewFlash},
    session_store::{OWNER, Owner, token_hash},
};
use domain::flash::{Flash, Undo};
use tower_sessions::Session;
use uuid::Uuid;

use crate::{Error, Services, access::Caller};

/// Time for which a message waits for its page.
pub const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// Time for which a change can be undone after its page was shown. Without JavaScript the message stays until the next
/// page.
pub const UNDO_LIFETIME: Duration = Duration::from_secs(15 * 60);
/// Maximum length of the path of a page that shows messages, in bytes.
const PATH_MAX: usize = 500;

/// Message that is being shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownFlash {
    /// Id by which the change is undone.
    pub id: Uuid,
    /// Text and kind of the message.
    pub flash: Flash,
    /// Operation that undoes the change. None if it cannot be undone.
    pub undo: Option<Undo>,
}

/// Stores a message for the page at a URL, shown when the session next opens it. The change is committed by then, so a
/// message that cannot be stored is only logged.
pub async fn set(
    services: &Services,
    session: &Session,
    address: &str,
    flash: &Flash,
    undo: Option<&Undo>,
) {
    let path = path_of(address);
    let Some(id) = session.id().filter(|_| path.len() <= PATH_MAX) else {
        return;
    };
    let new = NewFlash {
        token_hash: &token_hash(&id),
        path,
        message: serde_json::json!(flash),
        undo: undo.map(|undo| serde_json::json!(undo)),
        seconds: LIFETIME.as_secs_f64(),
    };
    if let Err(error) = flashes::insert(&services.pool, &new).await {
        tracing::warn!(%error, "a flash message could not be shown");
    }
}

/// Takes the messages of a page; they are not shown again. The session's data tells whether there are any, so a page
/// without messages costs no query.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn take(
    services: &Services,
    session: &Session,
    address: &str,
) -> Result<Vec<ShownFlash>, Error> {
    let owner: Option<Owner> = session
        .get(OWNER)
        .await
        .map_err(|error| Error::Unavailable(error.into()))?;
    let Some(owner) = owner.filter(|owner| owner.has_flashes) else {
        return Ok(Vec::new());
    };
    let (id, seconds) = (owner.session_id, UNDO_LIFETIME.as_secs_f64());
    let shown = flashes::set_shown(&services.pool, id, path_of(address), seconds).await?;
    // A message in the format of another version of the server is skipped.
    let read = shown.into_iter().filter_map(|shown| {
        Some(ShownFlash {
            id: shown.id,
            flash: serde_json::from_value(shown.message).ok()?,
            undo: shown
                .undo
                .and_then(|undo| serde_json::from_value(undo).ok()),
        })
    });
    Ok(read.collect())
}

/// Takes the operation that undoes a change. None when it was taken before, has expired, or belongs to another session.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn take_undo(
    services: &Services,
    caller: &Caller,
    id: Uuid,
) -> Result<Option<Undo>, Error> {
    let undo = flashes::delete_undo(&services.pool, caller.session()?, id).await?;
    Ok(undo.and_then(|undo| serde_json::from_value(undo).ok()))
}

/// Returns the path of a URL.
fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}
