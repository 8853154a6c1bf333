//! Access tokens: of the signed-in user, and of all users.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::{
    access_tokens::{AccessToken, TokenDraft, list::TokenParams},
    list::Listed,
};
use leptos::prelude::*;
use uuid::Uuid;

use super::{
    error::ApiError,
    form_success::FormSuccess,
    listed::ListResult,
    user::Chunk,
    wire::{Get, Post},
};

/// Path of the list of all users' tokens.
pub const ALL: &str = "/tokens";
/// Maximum number of tokens on the page of a user; the list of all tokens has the rest.
#[cfg(feature = "ssr")]
const OF_USER: u16 = 100;
/// Path of the caller's tokens on the account pages.
pub const OWN: &str = "/account/tokens";

/// Lists the access tokens of the caller, newest first.
#[server(endpoint = "account-tokens", protocol = Get)]
pub async fn list_own_tokens() -> Result<Chunk<AccessToken>, ApiError> {
    use super::ssr;
    let (services, caller) = (ssr::services()?, ssr::caller()?);
    Ok(Chunk {
        items: service::account::tokens(&services, &caller)
            .await
            .map_err(ssr::fail)?,
        more: false,
        now: (services.clock)(),
    })
}

/// Lists the newest access tokens of a user, at most 100.
#[server(endpoint = "user-tokens", protocol = Get)]
pub async fn list_user_tokens(id: Uuid) -> Result<Chunk<AccessToken>, ApiError> {
    use super::ssr;
    use domain::{access_tokens::list::TokensQuery, users::detail::UserRef};
    let services = ssr::services()?;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    let query = TokensQuery {
        user: Some(UserRef::Id(id)),
        ..TokensQuery::newest(OF_USER)
    };
    let Listed { page, now } = service::access_tokens::list(&services, &authorized, &query)
        .await
        .map_err(ssr::fail)?;
    Ok(Chunk {
        items: page.rows,
        more: page.page_info.after.is_some(),
        now,
    })
}

/// Creates an access token for the caller. The form shows the token once.
#[server(endpoint = "create-token", protocol = Post)]
pub async fn create_token(
    name: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] days: String,
    #[server(default)] current_password: String,
) -> Result<FormSuccess, ApiError> {
    use super::ssr;
    let draft = draft(CreateToken {
        name,
        scopes,
        days,
        current_password,
    });
    let created = service::account::create_token(&ssr::services()?, &ssr::caller()?, &draft)
        .await
        .map_err(ssr::fail)?;
    Ok(FormSuccess {
        token: Some(created.issued),
        ..FormSuccess::to(OWN)
    })
}

/// Form value of a token that does not expire.
pub const ENDLESS: &str = "never";

/// Converts the form to a draft. A number of days that cannot be parsed becomes 0, which the check of the draft rejects.
#[must_use]
pub fn draft(form: CreateToken) -> TokenDraft {
    TokenDraft {
        name: form.name,
        scopes: form.scopes,
        days: (form.days != ENDLESS).then(|| form.days.trim().parse().unwrap_or_default()),
        current_password: form.current_password,
    }
}

/// Lists one page of the access tokens of all users.
#[server(endpoint = "tokens", protocol = Get)]
pub async fn list_tokens(
    #[server(default)] params: TokenParams,
) -> Result<ListResult<Listed<AccessToken>>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let authorized = ssr::caller()?.require().map_err(ssr::fail)?;
    ssr::listed(&params, TokenParams::parse, async |query| {
        service::access_tokens::list(&services, &authorized, &query).await
    })
    .await
}
