//! Messages that the page after a change shows once.
//!
//! They are stored with the session and not in the address: an address comes from anywhere, and reload, Back and history
//! would repeat it. To take a message is the one write that a GET does.

use std::time::Duration;

use db::{
    flashes::{self, NewFlash},
    session_store::{OWNER, Owner, token_hash},
};
use domain::flash::{Flash, Undo};
use tower_sessions::Session;
use uuid::Uuid;

use crate::{Error, Services, access::Actor};

/// How long a message waits for its page.
pub const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// How long a change can be undone once its page is shown. Without scripts the message stays until the next page.
pub const UNDO_LIFETIME: Duration = Duration::from_secs(15 * 60);
/// Longest path of a page that shows messages.
const PATH_MAX: usize = 500;

/// A message that is shown now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownFlash {
    /// Its id, by which the change is undone.
    pub id: Uuid,
    /// The message.
    pub flash: Flash,
    /// What undoes the change.
    pub undo: Option<Undo>,
}

/// Stores a message for the page at an address, which the session sees next. The change has happened, so a message that
/// cannot be stored fails nothing.
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
        tracing::warn!(%error, "a message is not shown");
    }
}

/// Takes the messages of a page. They are not shown again. Whether there are any, the session has been read with.
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
    // One that another version of the server has written is left out.
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

/// Takes what undoes a change. Nothing when it was taken before, is too old, or belongs to another session.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn take_undo(
    services: &Services,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<Undo>, Error> {
    let undo = flashes::delete_undo(&services.pool, actor.session()?, id).await?;
    Ok(undo.and_then(|undo| serde_json::from_value(undo).ok()))
}

/// The path of an address.
fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}
