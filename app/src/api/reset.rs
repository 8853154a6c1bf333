//! Choosing a password by a link.
#![expect(
    missing_docs,
    reason = "the macro makes the arguments fields of a struct"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    done::Done,
    error::ApiError,
    wire::{Get, Post},
};

/// Cookie that carries the token of a reset link from its address to the form, and out of the address.
pub const TOKEN_COOKIE: &str = "rollcall_reset";

/// The header that makes the browser forget the token once it is used.
#[must_use]
pub fn forget_token() -> String {
    format!("{TOKEN_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}

/// What the page behind a reset link shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetLink {
    /// Name to sign in with of whoever chooses a password.
    pub username: String,
    /// Fewest characters of the password.
    pub password_min: usize,
}

/// Whether the reset link that was followed works, and for whom.
#[server(endpoint = "reset-link", protocol = Get)]
pub async fn check_reset_link() -> Result<ResetLink, ApiError> {
    use super::ssr;
    // The form was refused for its link: that is the answer, and it counts as one try.
    if let Some(problem) = ssr::refused_link() {
        return Err(ApiError(problem));
    }
    let token = ssr::cookie(TOKEN_COOKIE).unwrap_or_default();
    let link = service::reset::open_link(&ssr::services()?, &token, &ssr::origin()?)
        .await
        .map_err(ssr::fail)?;
    Ok(ResetLink {
        username: link.username,
        password_min: link.password_min,
    })
}

/// Sets the password that was chosen. Returns where to go on to.
#[server(endpoint = "reset", protocol = Post)]
pub async fn choose_password(
    password: String,
    password_again: String,
    #[server(default)] next: String,
) -> Result<Done, ApiError> {
    use super::ssr;
    let token = ssr::cookie(TOKEN_COOKIE).unwrap_or_default();
    let (services, origin) = (ssr::services()?, ssr::origin()?);
    service::reset::choose_password(&services, &token, &password, &password_again, origin)
        .await
        .map_err(ssr::fail)?;
    ssr::set_cookie(&forget_token());
    Ok(Done::to(super::done::going_on("/reset/done", &next)))
}
