//! Making the first admin.
#![expect(
    missing_docs,
    reason = "the macro makes the arguments fields of a struct"
)]

use leptos::prelude::*;

use super::{
    done::Done,
    error::ApiError,
    wire::{Get, Post},
};

/// Cookie that carries the token of the setup link from its address to the form, and out of the address.
pub const TOKEN_COOKIE: &str = "rollcall_setup";

/// Whether the setup link that was followed works.
#[server(endpoint = "setup-link", protocol = Get)]
pub async fn check_setup_link() -> Result<(), ApiError> {
    use super::ssr;
    let token = ssr::cookie(TOKEN_COOKIE).unwrap_or_default();
    service::setup::open_link(&ssr::services()?, &token)
        .await
        .map_err(ssr::fail)
}

/// Makes the first admin and signs them in. Returns where to go on to.
#[server(endpoint = "setup", protocol = Post)]
pub async fn claim_setup(
    username: String,
    display_name: String,
    #[server(default)] email: String,
    password: String,
    password_again: String,
) -> Result<Done, ApiError> {
    use super::ssr;
    let draft = domain::credentials::AccountDraft {
        username,
        display_name,
        email,
        password,
        password_again,
    };
    let token = ssr::cookie(TOKEN_COOKIE).unwrap_or_default();
    let (services, session, origin) = (ssr::services()?, ssr::session()?, ssr::origin()?);
    service::setup::claim(&services, &session, &token, draft, origin)
        .await
        .map_err(ssr::fail)?;
    Ok(Done::to("/users"))
}
