//! Pages after an undo.

use app::api::registrations::PENDING_LIST;
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
    match path.strip_prefix(PENDING_LIST) {
        Some(decision) if decision.starts_with('/') => PENDING_LIST,
        _ => path.split("/bulk/").next().unwrap_or("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::list_of_undo;

    #[test]
    fn undo_leads_to_the_list() {
        for (path, page) in [
            ("/users/bulk/restore", "/users"),
            ("/users/ada", "/users/ada"),
            ("/keys", "/keys"),
            ("/registrations/reopen", "/registrations"),
            ("/registrations", "/registrations"),
        ] {
            assert_eq!(list_of_undo(path), page, "{path}");
        }
    }
}
