//! Access tokens: one's own, and everybody's.

#![expect(
    missing_docs,
    reason = "the macro makes the arguments, which are the fields of a form, fields of a struct"
)]

use domain::access_tokens::{
    AccessToken, TokenDraft,
    list::{TokenPage, TokenParams},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    done::Done,
    error::ApiError,
    listed::Listed,
    person::Part,
    wire::{Get, Post},
};

/// The screen of everybody's.
pub const ALL: &str = "/tokens";
/// Tokens that the page of a person shows; the screen of everybody's has the rest.
#[cfg(feature = "ssr")]
const OF_PERSON: u16 = 100;
/// The page of one's own.
pub const OWN: &str = "/account/tokens";

/// A page of tokens as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenList {
    /// The page.
    pub page: TokenPage,
    /// The server's time.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// The tokens of whoever asks, the newest first.
#[server(endpoint = "account-tokens", protocol = Get)]
pub async fn list_own_tokens() -> Result<Part<AccessToken>, ApiError> {
    use super::ssr;
    let (services, actor) = (ssr::services()?, ssr::actor()?);
    Ok(Part {
        items: service::account::tokens(&services, &actor)
            .await
            .map_err(ssr::fail)?,
        more: false,
        now: (services.clock)(),
    })
}

/// The newest tokens of a person.
#[server(endpoint = "person-tokens", protocol = Get)]
pub async fn list_person_tokens(id: Uuid) -> Result<Part<AccessToken>, ApiError> {
    use super::ssr;
    use domain::{access_tokens::list::TokensQuery, users::detail::UserRef};
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let query = TokensQuery {
        person: Some(UserRef::Id(id)),
        ..TokensQuery::newest(OF_PERSON)
    };
    let page = service::access_tokens::list(&services, &granted, &query)
        .await
        .map_err(ssr::fail)?;
    Ok(Part {
        items: page.tokens,
        more: page.place.after.is_some(),
        now: (services.clock)(),
    })
}

/// Makes a token for whoever asks.
#[server(endpoint = "create-token", protocol = Post)]
pub async fn create_token(
    name: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] days: String,
    #[server(default)] current_password: String,
) -> Result<Done, ApiError> {
    use super::ssr;
    let draft = draft(CreateToken {
        name,
        scopes,
        days,
        current_password,
    });
    let made = service::account::create_token(&ssr::services()?, &ssr::actor()?, &draft)
        .await
        .map_err(ssr::fail)?;
    Ok(Done {
        token: Some(made.issued),
        ..Done::to(OWN)
    })
}

/// The choice of a token that has no end.
pub const ENDLESS: &str = "never";

/// What the form asks for. What is no number of days is none that is allowed.
#[must_use]
pub fn draft(form: CreateToken) -> TokenDraft {
    TokenDraft {
        name: form.name,
        scopes: form.scopes,
        days: (form.days != ENDLESS).then(|| form.days.trim().parse().unwrap_or_default()),
        current_password: form.current_password,
    }
}

/// A page of everybody's tokens.
#[server(endpoint = "tokens", protocol = Get)]
pub async fn list_tokens(
    #[server(default)] params: TokenParams,
) -> Result<Listed<TokenList>, ApiError> {
    use super::ssr;
    let services = ssr::services()?;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    ssr::listed(&params, TokenParams::parse, async |query| {
        Ok(TokenList {
            page: service::access_tokens::list(&services, &granted, &query).await?,
            now: (services.clock)(),
        })
    })
    .await
}
