//! The caller's own access tokens.

use db::access_tokens::{self as rows, TokenFilter};
use domain::access_tokens::{
    AccessToken, CreatedToken, IssuedKey, OwnKeyDraft, TokenDraft, TokenKind, list::TokensQuery,
};

use super::{actor, open, proof::Proof};
use crate::{
    Error, Services,
    access::Caller,
    access_tokens::{NOT_FOUND, end, issue, issue_key},
    guard::TargetRef,
};

/// Maximum number of listed tokens, newest first.
const SHOWN_MAX: u16 = 500;

/// Lists the caller's own access tokens, newest first. Expired and revoked ones are included until they are purged.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::TokenNotAllowed`] for an access token.
pub async fn tokens(services: &Services, caller: &Caller) -> Result<Vec<AccessToken>, Error> {
    caller.session()?;
    let asked = TokenFilter {
        user: Some(caller.principal.id.0),
        ..TokenFilter::default()
    };
    let newest = TokensQuery::newest(SHOWN_MAX);
    let (tokens, _) = rows::list_page(&services.pool, &newest, asked).await?;
    Ok(tokens)
}

/// Creates an access token for the caller, within the caller's permissions. It requires the password: a token outlives the
/// session, so a session alone is not enough.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::CurrentPasswordRequired`], [`Error::CurrentPasswordWrong`]
/// and [`Error::TooMany`] of the password check, [`Error::Conflict`] when the maximum number of tokens is reached,
/// [`Error::TokenNotAllowed`] for an access token.
pub async fn create_token(
    services: &Services,
    caller: &Caller,
    draft: &TokenDraft,
) -> Result<CreatedToken, Error> {
    caller.session()?;
    let longest = services.settings.token_max_days;
    draft
        .check(longest, &caller.principal.permissions)
        .map_err(Error::Invalid)?;
    let proof = Proof::of(services, caller, Some(&draft.current_password)).await?;
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, caller).await?;
    proof.confirm(&mut transaction, caller).await?;
    // A role can have been revoked while the password was compared: the scopes are checked again under the lock.
    let new = draft
        .check(longest, &account.permissions)
        .map_err(Error::Invalid)?;
    let user = (account.id, account.username.as_str());
    let (created, audited) = issue(&mut transaction, &actor(caller), user, &new).await?;
    db::commit(transaction, audited).await?;
    Ok(created)
}

/// Creates a virtual key for the caller. It requires the password, as [`create_token`] does.
///
/// # Errors
/// As [`create_token`].
pub async fn create_virtual_key(
    services: &Services,
    caller: &Caller,
    draft: &OwnKeyDraft,
) -> Result<IssuedKey, Error> {
    caller.session()?;
    let new = draft
        .check(services.settings.token_max_days)
        .map_err(Error::Invalid)?;
    let proof = Proof::of(services, caller, Some(&draft.current_password)).await?;
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, caller).await?;
    proof.confirm(&mut transaction, caller).await?;
    let user = (account.id, account.username.as_str());
    let (issued, audited) = issue_key(&mut transaction, &actor(caller), user, &new).await?;
    db::commit(transaction, audited).await?;
    Ok(issued)
}

/// Revokes one of the caller's own access tokens or virtual keys. Returns its kind.
///
/// # Errors
/// [`Error::NotFound`] when there is no such token or it is revoked already, [`Error::TokenNotAllowed`] for an access
/// token.
pub async fn revoke_token(
    services: &Services,
    caller: &Caller,
    token: impl Into<TargetRef>,
) -> Result<TokenKind, Error> {
    let token = token.into();
    let id = token.id;
    let mut transaction = db::begin(&services.pool).await?;
    let account = open(&mut transaction, caller).await?;
    let target = rows::find(&mut *transaction, id).await?;
    let target = target
        .filter(|target| target.user_id == account.id)
        .ok_or(NOT_FOUND)?;
    token.check_name(&target.name)?;
    let kind = TokenKind::of(&target.prefix);
    let user = (account.id, account.username.as_str());
    let audited = end(&mut transaction, &actor(caller), user, (id, target)).await?;
    db::commit(transaction, audited).await?;
    Ok(kind)
}
