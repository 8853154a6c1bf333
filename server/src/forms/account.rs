//! The forms of one's own account.

use app::api::account::{ChangePassword, DeleteAccount, EditProfile, EndSessions, SetPreferences};
use axum::{Router, routing::post};

use super::people::send;
use crate::router::AppState;

/// Each at the address of its page.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/account", post(send::<EditProfile>))
        .route("/account/password", post(send::<ChangePassword>))
        .route("/account/sessions", post(send::<EndSessions>))
        .route("/account/preferences", post(send::<SetPreferences>))
        .route("/account/delete", post(send::<DeleteAccount>))
}
