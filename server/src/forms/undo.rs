//! Pages after an undo.

use axum::response::{IntoResponse, Redirect, Response};
use domain::flash::{Flash, FlashEvent};
use service::flash;
use tower_sessions::Session;

use crate::state::AppState;

/// Redirects to the page of a change that was not undone, with a message about it.
pub(super) async fn undo_expired(state: &AppState, session: &Session, path: &str) -> Response {
    let page = list_of_undo(path);
    let expired = Flash::of(FlashEvent::UndoExpired, [""; 0]);
    flash::set(&state.services, session, page, &expired, None).await;
    Redirect::to(page).into_response()
}

/// Returns the page that shows the effect of an undo: the path of the form itself, or for a bulk action the list.
pub(super) fn list_of_undo(path: &str) -> &str {
    path.split("/bulk/").next().unwrap_or("/")
}
