//! The forms of one's own account.

use app::api::{
    access_tokens::CreateToken,
    account::{ChangePassword, DeleteAccount, EditProfile, SetPreferences},
    confirm::Confirm,
    keys::{AddKey, DoToKey, EditKey},
};
use axum::{Router, routing::post};

use super::people::send;
use crate::router::AppState;

/// Each at the address of its page.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/account", post(send::<EditProfile>))
        .route("/account/password", post(send::<ChangePassword>))
        .route("/account/sessions/others", post(send::<Confirm>))
        .route("/account/sessions/{id}/revoke", post(send::<Confirm>))
        .route("/account/keys", post(send::<DoToKey>))
        .route("/account/keys/new", post(send::<AddKey>))
        .route("/account/keys/{id}/edit", post(send::<EditKey>))
        .route("/account/keys/{id}/delete", post(send::<Confirm>))
        .route("/account/tokens/{id}/revoke", post(send::<Confirm>))
        .route("/account/tokens/new", post(send::<CreateToken>))
        .route("/account/preferences", post(send::<SetPreferences>))
        .route("/account/delete", post(send::<DeleteAccount>))
}
