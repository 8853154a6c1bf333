//! Choosing a password by a link.
#![expect(
    missing_docs,
    reason = "the macro makes the arguments fields of a struct"
)]

use domain::access_tokens::OpenToken;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    done::Done,
    error::ApiError,
    wire::{Get, Post},
};

/// What the page behind a reset link shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetLink {
    /// Name to sign in with of whoever chooses a password.
    pub username: String,
    /// Fewest characters of the password.
    pub password_min: usize,
    /// Access tokens that still open the account.
    pub tokens: Vec<OpenToken>,
    /// The server's time, from which "2 hours ago" is told.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Whether the reset link that was followed works, and for whom. `link` is its handle.
#[server(endpoint = "reset-link", protocol = Get)]
pub async fn check_reset_link(#[server(default)] link: String) -> Result<ResetLink, ApiError> {
    use super::{links::RESET, ssr};
    // The form was refused for its link: that is the answer, and it counts as one try.
    if let Some(problem) = ssr::refused_link() {
        return Err(ApiError(problem));
    }
    let services = ssr::services()?;
    let token = RESET.token(&services, &link);
    let link = service::reset::open_link(&services, &token, &ssr::origin()?)
        .await
        .map_err(ssr::fail)?;
    Ok(ResetLink {
        username: link.username,
        password_min: link.password_min,
        tokens: link.tokens,
        now: (services.clock)(),
    })
}

/// Sets the password that was chosen, by the link of a handle. Returns where to go on to.
#[server(endpoint = "reset", protocol = Post)]
pub async fn choose_password(
    password: String,
    password_again: String,
    #[server(default)] revoke_tokens: bool,
    #[server(default)] next: String,
    #[server(default)] link: String,
) -> Result<Done, ApiError> {
    use super::{links::RESET, ssr};
    let (services, origin) = (ssr::services()?, ssr::origin()?);
    let token = RESET.token(&services, &link);
    let choice = service::reset::Choice {
        password: &password,
        password_again: &password_again,
        revoke_tokens,
    };
    service::reset::choose_password(&services, &token, choice, origin)
        .await
        .map_err(ssr::fail)?;
    if let Some(forget) = RESET.forget(&services.settings, &link) {
        ssr::set_cookie(&forget);
    }
    let done = super::done_page::DonePage::PasswordChosen.show()?;
    Ok(Done::to(super::done::going_on(done, &next)))
}
