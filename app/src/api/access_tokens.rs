//! Access tokens: of the signed-in user, and of all users.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

#[cfg(feature = "ssr")]
use domain::list::Limits;
use domain::{
    access_tokens::{AccessToken, TokenDraft, list::TokenParams},
    list::Listed,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::access::TokensRead;
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
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
    ssr::call_as_caller(async |services, caller| {
        let tokens = service::account::tokens(&services, &caller).await?;
        Ok(Chunk::new(&services, tokens, false))
    })
    .await
}

/// Lists the newest access tokens of a user, at most 100; with a kind those of that kind only.
#[server(endpoint = "user-tokens", protocol = Get)]
pub async fn list_user_tokens(
    id: Uuid,
    #[server(default)] kind: String,
) -> Result<Chunk<AccessToken>, ApiError> {
    use domain::{access_tokens::list::TokensQuery, users::detail::UserRef};
    ssr::call::<TokensRead, _>(async |services, authorized| {
        let query = TokensQuery {
            user: Some(UserRef::Id(id)),
            kind: kind.parse().ok(),
            ..TokensQuery::newest(OF_USER)
        };
        let Listed { page, now } =
            service::access_tokens::list(&services, &authorized, &query).await?;
        Ok(Chunk {
            items: page.rows,
            more: page.page_info.after.is_some(),
            now,
        })
    })
    .await
}

/// Creates an access token for the caller. The form shows the token once.
#[server(endpoint = "create-token", protocol = Post)]
pub async fn create_token(
    name: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] days: String,
    #[server(default)] current_password: String,
) -> Result<FormSuccess, ApiError> {
    let draft = draft(CreateToken {
        name,
        scopes,
        days,
        current_password,
    });
    ssr::call_as_caller(async |services, caller| {
        let created = service::account::create_token(&services, &caller, &draft).await?;
        Ok(FormSuccess::to(OWN).with_token(&created.issued))
    })
    .await
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
    let query = params.parse(Limits::PANEL);
    ssr::call_list::<TokensRead, _, _>(query, async |services, authorized, query| {
        service::access_tokens::list(&services, &authorized, &query).await
    })
    .await
}
