//! Password resets by one-time link.
#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

use domain::access_tokens::OpenToken;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};
#[cfg(feature = "ssr")]
use super::{links::RESET, ssr, success_page::SuccessPage};

/// Data of the page behind a reset link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetLink {
    /// Username of the account whose password is reset.
    pub username: String,
    /// Minimum number of characters of the password.
    pub password_min: usize,
    /// Access tokens that stay valid unless they are revoked with the reset.
    pub tokens: Vec<OpenToken>,
    /// Server time, from which the page computes "2 hours ago".
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// Checks the reset link of a handle. Returns the data of its page.
#[server(endpoint = "reset-link", protocol = Get)]
pub async fn check_reset_link(#[server(default)] link: String) -> Result<ResetLink, ApiError> {
    // The submitted form already failed because of its link. Its error is the answer: opening the link again would count as
    // a second attempt.
    if let Some(problem) = ssr::link_problem() {
        return Err(ApiError(problem));
    }
    ssr::call_public(async |services, origin| {
        let token = RESET.token(&services, &link);
        let link = service::reset::open_link(&services, &token, &origin).await?;
        Ok(ResetLink {
            username: link.username,
            password_min: link.password_min,
            tokens: link.tokens,
            now: (services.clock)(),
        })
    })
    .await
}

/// Sets the password by the reset link of a handle. Returns the path of the next page.
#[server(endpoint = "reset", protocol = Post)]
pub async fn choose_password(
    password: String,
    password_again: String,
    #[server(default)] revoke_tokens: bool,
    #[server(default)] next: String,
    #[server(default)] link: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_public(async |services, origin| {
        let token = RESET.token(&services, &link);
        let choice = service::reset::Choice {
            password: &password,
            password_again: &password_again,
            revoke_tokens,
        };
        service::reset::choose_password(&services, &token, choice, origin).await?;
        if let Some(forget) = RESET.forget(&services.settings, &link) {
            ssr::set_cookie(&forget);
        }
        let done = SuccessPage::PasswordChosen.show(&services.settings);
        Ok(FormSuccess::to(super::form_success::with_next(done, &next)))
    })
    .await
}
