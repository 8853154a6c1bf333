//! Access tokens: authentication by a token, and administration of the tokens of all users. Operations of users on their
//! own tokens are in [`crate::account`].

mod find;
mod key_edit;
mod keys;
mod secret;

use std::time::Duration;

use db::access_tokens::{self as rows, TokenFilter, keys::Rejection};
use domain::{
    access_tokens::{
        AccessToken, CreatedToken, IssuedToken, NewToken, Scope, TOKENS_MAX, TokenDraft, TokenKind,
        list::TokensQuery,
    },
    action::Action,
    audit::Via,
    error::{Conflict, Entity, Forbidden, Unauthenticated},
    list::{Listed, Page, Total},
    permission::Permission,
    users::action::UserAction,
};
use secrecy::ExposeSecret;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{
        self, Actor, Authorized, Caller, Credential, FORBIDDEN, Origin, TokenGrant, TokensRead,
        TokensWrite,
    },
    audit::{self, Audited, Change, Changes},
    guard::{self, Access, TargetRef},
};

pub use find::{
    KeyNames, find_key_id, find_key_ids, find_own_key, find_own_key_names, find_own_key_spend,
    list_key_names, list_key_spend,
};
pub use key_edit::{edit_key, find_key};
pub(crate) use keys::issue_key;
pub use keys::{block, create_key, end_previous, rotate, unblock};

pub(crate) const NOT_FOUND: Error = Error::NotFound(Entity::AccessToken);
/// Error for any token that is not accepted. The text gives no reason, so that an attacker learns nothing from attempts.
const INVALID_TOKEN: Error = Error::Unauthenticated(Unauthenticated::TokenInvalid);

/// Authenticates a program by its access token. The actor is the token's owner, with the current permissions of the owner
/// that are within the token's scopes. The use of the token is stored later, in a batch.
///
/// # Errors
/// [`Error::Unauthenticated`] for a text that is no valid token, [`Error::Forbidden`] for a virtual key that is blocked, or whose owner is no
/// member of its group.
pub async fn find_caller(
    services: &Services,
    text: &str,
    origin: &Origin,
) -> Result<Caller, Error> {
    // The check digits reject mistyped and made-up texts without a query.
    let (kind, hash) = secret::read(text).ok_or(INVALID_TOKEN)?;
    let Some(live) = rows::find_live(&services.pool, &hash).await? else {
        // Only the holder of the key can ask.
        let rejection = match kind {
            TokenKind::Key => rows::keys::find_rejection(&services.pool, &hash).await?,
            TokenKind::Token => None,
        };
        return Err(match rejection {
            Some(Rejection::Blocked) => Error::Forbidden(Forbidden::KeyBlocked),
            Some(Rejection::OwnerLeftGroup) => Error::Forbidden(Forbidden::KeyOwnerLeftGroup),
            None => INVALID_TOKEN,
        });
    };
    services
        .last_seen
        .note_token(live.id, (services.clock)(), origin.ip);
    let grant = TokenGrant {
        token: live.id,
        kind: live.kind,
        label: label(&live.name, &live.prefix),
        scopes: match live.kind {
            TokenKind::Token => access::read_scopes(&live.scopes),
            TokenKind::Key => access::KEY_SCOPES.to_vec(),
        },
    };
    let mut principal = live.principal;
    principal.permissions = grant.within(&principal.permissions);
    Ok(Caller {
        principal,
        credential: Credential::Token(grant),
        via: Via::Api,
        origin: origin.clone(),
    })
}

/// Lists access tokens of all users, newest first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn list(
    services: &Services,
    _: &Authorized<TokensRead>,
    query: &TokensQuery,
) -> Result<Listed<AccessToken>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let user = match &query.user {
        Some(user) => {
            let id = db::users::find_id(&mut *connection, user).await?;
            // An unknown user has no tokens: the nil id matches none.
            Some(id.unwrap_or(Uuid::nil()))
        }
        None => None,
    };
    let asked = TokenFilter {
        user,
        state: query.state,
        kind: query.kind,
    };
    let (tokens, more) = rows::list_page(&mut *connection, query, asked).await?;
    let counted = rows::count(&mut *connection, asked).await?;
    let total = Total::up_to_limit(counted);
    let page = Page::of(tokens, more, total, &query.position, TokensQuery::cursor);
    Ok(page.at((services.clock)()))
}

/// Returns an access token by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such token.
pub async fn find(
    services: &Services,
    _: &Authorized<TokensRead>,
    id: Uuid,
) -> Result<AccessToken, Error> {
    let found = rows::find_listed(&services.pool, id).await?;
    found.ok_or(NOT_FOUND)
}

/// Revokes an access token or a virtual key of any user. Returns its kind.
///
/// # Errors
/// [`Error::Denied`] when the owner has permissions that the actor lacks, [`Error::NotFound`] when there is no such token
/// or it is revoked already.
pub async fn revoke(
    services: &Services,
    authorized: &Authorized<TokensWrite>,
    token: impl Into<TargetRef>,
) -> Result<TokenKind, Error> {
    let token = token.into();
    let id = token.id;
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let target = rows::find(&mut *transaction, id).await?.ok_or(NOT_FOUND)?;
    let access = Access::by(Permission::TokensWrite, UserAction::RevokeSessions).or_deleted();
    let owner = token.owner(target.user_id);
    let account = guard::open(&mut transaction, actor, access, owner).await?;
    token.check_name(&target.name)?;
    let kind = TokenKind::of(&target.prefix);
    let user = (account.id, account.username.as_str());
    let audited = end(&mut transaction, actor, user, (id, target)).await?;
    db::commit(transaction, audited).await?;
    Ok(kind)
}

/// Revokes an access token or a virtual key of an account that the transaction has locked.
pub(crate) async fn end(
    transaction: &mut db::Transaction,
    actor: &Actor,
    user: (Uuid, &str),
    (id, target): (Uuid, rows::Target),
) -> Result<Audited, Error> {
    if !rows::set_revoked(transaction, id, actor.id()).await? {
        return Err(NOT_FOUND);
    }
    let token = label(&target.name, &target.prefix);
    let action = match TokenKind::of(&target.prefix) {
        TokenKind::Token => Action::TokenRevoked,
        TokenKind::Key => Action::KeyRevoked,
    };
    let change = Change {
        action,
        user,
        changes: Changes::default().with("token", token, Value::Null),
        reason: None,
    };
    audit::write(transaction, actor, change).await
}

/// Creates an access token for a user, within the permissions of that user. Only the operator can, who could read the
/// database as well: no user of the panel can obtain a credential of another account.
///
/// # Errors
/// [`Error::Invalid`] with all field errors at once, [`Error::NotFound`] when there is no such account,
/// [`Error::Forbidden`] for any caller but the operator.
pub async fn create(
    services: &Services,
    authorized: &Authorized<TokensWrite>,
    user: Uuid,
    draft: &TokenDraft,
) -> Result<CreatedToken, Error> {
    let actor = authorized.actor();
    if actor.via != Via::Cli {
        return Err(FORBIDDEN);
    }
    let mut transaction = db::begin(&services.pool).await?;
    let access = Access::by(Permission::TokensWrite, UserAction::Edit);
    let account = guard::open(&mut transaction, actor, access, user).await?;
    let new = draft
        .check(services.settings.token_max_days, &account.permissions)
        .map_err(Error::Invalid)?;
    let user = (account.id, account.username.as_str());
    let (created, audited) = issue(&mut transaction, actor, user, &new).await?;
    db::commit(transaction, audited).await?;
    Ok(created)
}

/// Creates an access token of an account that the transaction has locked, and audits it.
pub(crate) async fn issue(
    transaction: &mut db::Transaction,
    actor: &Actor,
    user: (Uuid, &str),
    new: &NewToken,
) -> Result<(CreatedToken, Audited), Error> {
    check_count(transaction, user.0).await?;
    let text = secret::generate(TokenKind::Token);
    let prefix = secret::prefix(text.expose_secret());
    let scopes: Vec<String> = new.scopes.iter().map(Scope::to_string).collect();
    let row = rows::NewToken {
        user_id: user.0,
        name: new.name.as_str(),
        prefix,
        token_hash: &secret::hash_of(text.expose_secret()),
        scopes: &scopes,
        lifetime: lifetime(new.days),
    };
    let (id, expires_at) = rows::insert(transaction, &row).await?;
    let change = Change {
        action: Action::TokenCreated,
        user,
        changes: Changes::default()
            .with("token", Value::Null, label(new.name.as_str(), prefix))
            .with("scopes", Value::Null, scopes.clone())
            .with("expires", Value::Null, expiry(expires_at)),
        reason: None,
    };
    let audited = audit::write(transaction, actor, change).await?;
    let created = CreatedToken {
        id,
        name: new.name.as_str().to_owned(),
        prefix: prefix.to_owned(),
        scopes,
        issued: IssuedToken {
            token: text.expose_secret().to_owned(),
            expires_at,
        },
    };
    Ok((created, audited))
}

/// Checks that a user can have another token, under the lock of the account, so that concurrent requests cannot exceed the maximum.
async fn check_count(transaction: &mut db::Transaction, user: Uuid) -> Result<(), Error> {
    if rows::count_of(&mut **transaction, user).await? >= TOKENS_MAX {
        return Err(Error::Conflict(Conflict::AccessTokensMax));
    }
    Ok(())
}

/// Returns the lifetime of a token with a number of days.
fn lifetime(days: Option<u16>) -> Option<Duration> {
    let day = Duration::from_secs(24 * 60 * 60);
    days.map(|days| day * u32::from(days))
}

/// Returns the expiry of a token in the audit log.
fn expiry(at: Option<OffsetDateTime>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.to_string())
}

/// Returns the name of a token in the audit log: its name and its prefix.
fn label(name: &str, prefix: &str) -> String {
    format!("{name} ({prefix}…)")
}
