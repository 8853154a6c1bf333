//! One's own access tokens.

use db::access_tokens::{self as rows, Asked};
use domain::access_tokens::{AccessToken, CreatedToken, TokenDraft, list::TokensQuery};

use super::{author, open, proof::Proof};
use crate::{
    Error, Services,
    access::Actor,
    access_tokens::{NOT_FOUND, end, issue},
    target::TargetRef,
};

/// Tokens that are shown at most, the newest.
const SHOWN_MAX: u16 = 500;

/// One's own tokens, the newest first; also those that are over, for a while.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::TokenNotAllowed`] for a program.
pub async fn tokens(services: &Services, actor: &Actor) -> Result<Vec<AccessToken>, Error> {
    actor.session()?;
    let asked = Asked {
        person: Some(actor.principal.id.0),
        state: None,
    };
    let newest = TokensQuery::newest(SHOWN_MAX);
    let (tokens, _) = rows::list_page(&services.pool, &newest, asked).await?;
    Ok(tokens)
}

/// Makes a token for oneself, within one's own rights. It outlives the session, so a session alone is not enough.
///
/// # Errors
/// [`Error::Invalid`] with every fault at once, [`Error::CurrentPasswordRequired`], [`Error::CurrentPasswordWrong`] and
/// [`Error::TooMany`] as it takes the password, [`Error::Conflict`] when there are too many, [`Error::TokenNotAllowed`] for a
/// program.
pub async fn create_token(
    services: &Services,
    actor: &Actor,
    draft: &TokenDraft,
) -> Result<CreatedToken, Error> {
    actor.session()?;
    let longest = services.settings.token_max_days;
    draft
        .check(longest, &actor.principal.permissions)
        .map_err(Error::Invalid)?;
    let proof = Proof::of(services, actor, Some(&draft.current_password)).await?;
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, actor).await?;
    proof.confirm(&mut transaction, actor).await?;
    // Rights may have been taken while the password was compared.
    let new = draft
        .check(longest, &account.permissions)
        .map_err(Error::Invalid)?;
    let user = (account.id, account.username.as_str());
    let made = issue(&mut transaction, &author(actor), user, &new).await?;
    db::commit(transaction).await?;
    Ok(made)
}

/// Revokes one of one's own tokens.
///
/// # Errors
/// [`Error::NotFound`] when there is none that is not revoked, [`Error::TokenNotAllowed`] for a program.
pub async fn revoke_token(
    services: &Services,
    actor: &Actor,
    token: impl Into<TargetRef>,
) -> Result<(), Error> {
    let token = token.into();
    let id = token.id;
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, actor).await?;
    let target = rows::find(&mut *transaction, id).await?;
    let target = target
        .filter(|target| target.user_id == account.id)
        .ok_or(NOT_FOUND)?;
    token.check_name(&target.name)?;
    let user = (account.id, account.username.as_str());
    end(&mut transaction, &author(actor), user, (id, target)).await?;
    Ok(db::commit(transaction).await?)
}
