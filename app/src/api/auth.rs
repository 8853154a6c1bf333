//! Signing in.
#![expect(
    missing_docs,
    reason = "the macro makes the arguments fields of a struct"
)]

use leptos::prelude::*;

use super::{done::Done, error::ApiError, wire::Post};

/// The field of the sign-in form with the address of a form that was sent after the session had ended.
pub const AGAIN: &str = "again";

/// The field with what was typed into that form, as a browser writes it, without secrets.
pub const AGAIN_FIELDS: &str = "again_fields";

/// The message of the sign-in page that has those fields.
pub const SESSION_ENDED: &str =
    "Your session has ended. Sign in again and you get back to the form, with what you typed.";

/// Signs in. Returns where to go on to.
#[server(endpoint = "sign-in", protocol = Post)]
pub async fn sign_in(
    username: String,
    password: String,
    #[server(default)] remember: bool,
    #[server(default)] next: String,
) -> Result<Done, ApiError> {
    use super::ssr;
    let draft = domain::credentials::SignInDraft {
        username,
        password,
        remember,
    };
    let (services, session, origin) = (ssr::services()?, ssr::session()?, ssr::origin()?);
    match service::auth::sign_in(&services, &session, draft, origin).await {
        Ok(_) => Ok(Done::to(domain::access::local_path(&next))),
        Err(service::Error::PasswordChangeRequired(link)) => {
            Ok(Done::to(super::done::going_on(&link.url, &next)))
        }
        Err(error) => Err(ssr::fail(error)),
    }
}
