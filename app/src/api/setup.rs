//! Creation of the first administrator.
#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

use leptos::prelude::*;

use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};
#[cfg(feature = "ssr")]
use super::{links::SETUP, ssr};

/// Checks the setup link of a handle.
#[server(endpoint = "setup-link", protocol = Get)]
pub async fn check_setup_link(#[server(default)] link: String) -> Result<(), ApiError> {
    ssr::call_public(async |services, _| {
        let token = SETUP.token(&services, &link);
        service::setup::open_link(&services, &token).await
    })
    .await
}

/// Creates the first administrator by the setup link of a handle and signs them in. Returns the path of the next page.
#[server(endpoint = "setup", protocol = Post)]
pub async fn claim_setup(
    username: String,
    display_name: String,
    #[server(default)] email: String,
    password: String,
    password_again: String,
    #[server(default)] link: String,
) -> Result<FormSuccess, ApiError> {
    let draft = domain::credentials::AccountDraft {
        username,
        display_name,
        email,
        password,
        password_again,
    };
    let session = ssr::session()?;
    ssr::call_public(async |services, origin| {
        let token = SETUP.token(&services, &link);
        service::setup::claim(&services, &session, &token, draft, origin).await?;
        if let Some(forget) = SETUP.forget(&services.settings, &link) {
            ssr::set_cookie(&forget);
        }
        Ok(FormSuccess::to("/users"))
    })
    .await
}
