//! Sign-in.
#![expect(
    missing_docs,
    reason = "the macro turns the arguments into fields of a struct"
)]

use domain::{message::Message, messages};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{error::ApiError, form_success::FormSuccess, wire::Post};

/// Name of the sign-in form's field with the path of a form that was submitted after the session had expired.
pub const AGAIN: &str = "again";

/// Name of the field with the values typed into that form, URL-encoded and without secrets.
pub const AGAIN_FIELDS: &str = "again_fields";

/// Message of the sign-in page when the form has those fields.
pub const SESSION_ENDED: Message = messages::sign_in_to_return();

/// Signs in. Returns the path of the next page.
#[server(endpoint = "sign-in", protocol = Post)]
pub async fn sign_in(
    username: String,
    password: String,
    #[server(default)] remember: bool,
    #[server(default)] next: String,
) -> Result<FormSuccess, ApiError> {
    use service::Error;
    let draft = domain::credentials::SignInDraft {
        username,
        password,
        remember,
    };
    let session = ssr::session()?;
    ssr::call_public(async |services, origin| {
        match service::auth::sign_in(&services, &session, draft, origin).await {
            Ok(_) => Ok(FormSuccess::to(domain::access::local_path(&next))),
            // A temporary password does not sign in. Its link leads to the page that sets a new one.
            Err(Error::PasswordChangeRequired(link)) => Ok(FormSuccess::to(
                super::form_success::with_next(&link.url, &next),
            )),
            Err(error) => Err(error),
        }
    })
    .await
}
