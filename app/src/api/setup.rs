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

/// Checks the setup link of a handle.
#[server(endpoint = "setup-link", protocol = Get)]
pub async fn check_setup_link(#[server(default)] link: String) -> Result<(), ApiError> {
    use super::{links::SETUP, ssr};
    let services = ssr::services()?;
    let token = SETUP.token(&services, &link);
    service::setup::open_link(&services, &token)
        .await
        .map_err(ssr::fail)
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
    use super::{links::SETUP, ssr};
    let draft = domain::credentials::AccountDraft {
        username,
        display_name,
        email,
        password,
        password_again,
    };
    let (services, session, origin) = (ssr::services()?, ssr::session()?, ssr::origin()?);
    let token = SETUP.token(&services, &link);
    service::setup::claim(&services, &session, &token, draft, origin)
        .await
        .map_err(ssr::fail)?;
    if let Some(forget) = SETUP.forget(&services.settings, &link) {
        ssr::set_cookie(&forget);
    }
    Ok(FormSuccess::to("/users"))
}
