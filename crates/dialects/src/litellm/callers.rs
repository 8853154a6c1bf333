//! Permissions of callers, with the denials that LiteLLM has.

use axum::http::StatusCode;
use domain::access_tokens::TokenKind;
use service::{
    Error, Services,
    access::{Authorized, Caller, Credential, Identity, RequiredPermission, UsersRead},
    directory::{self, DirectoryQuery, DirectoryUser},
    identifiers,
};

use super::{NAME, errors::custom, namespace, roles};
use crate::DialectError;

/// Checks a permission of the caller of a route that only administrators have.
pub(super) async fn require<P: RequiredPermission>(
    services: &Services,
    identity: &Identity,
    route: &str,
) -> Result<Authorized<P>, DialectError> {
    let denied = match identity.require() {
        Ok(authorized) => return Ok(authorized),
        Err(denied) => denied,
    };
    if !matches!(denied, Error::Forbidden(_) | Error::OutOfScope(_)) {
        return Err(denied.into());
    }
    let (role, id) = match identity {
        Identity::User(caller) => {
            let id = identifiers::find_own(services, caller, &namespace()?).await?;
            (role(caller), id)
        }
        Identity::Operator(_) => (roles::ADMIN, String::new()),
    };
    Err(custom(
        StatusCode::UNAUTHORIZED,
        format!(
            "Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. \
             Route={route}. Your role={role}. Your user_id={id}"
        ),
    ))
}

/// Checks a permission, with the text of a denial.
pub(super) fn require_or<P: RequiredPermission>(
    identity: &Identity,
    text: &str,
) -> Result<Authorized<P>, DialectError> {
    identity.require().map_err(|error| match error {
        Error::Forbidden(_) | Error::OutOfScope(_) => custom(StatusCode::FORBIDDEN, text),
        other => other.into(),
    })
}

/// Returns the role of a caller. A virtual key never has that of an administrator.
fn role(caller: &Caller) -> &'static str {
    if is_key(caller) {
        return roles::USER;
    }
    roles::of(&caller.principal.roles)
}

/// Returns whether the credential is a virtual key, which opens the limits, the usage and the access of its owner only.
pub(super) fn is_key(caller: &Caller) -> bool {
    match &caller.credential {
        Credential::Token(grant) => grant.kind == TokenKind::Key,
        Credential::Session(_) => false,
    }
}

/// Returns the caller's own account. A virtual key does not open the name, the address and the data of its owner.
pub(super) async fn own(
    services: &Services,
    caller: &Caller,
) -> Result<DirectoryUser, DialectError> {
    let mut user = directory::find_own(services, caller, &namespace()?).await?;
    if is_key(caller) {
        user.email = None;
        user.display_name.clear();
        user.extension.clear();
    }
    Ok(user)
}

/// Returns the user with an identifier: any for a caller who can read users, and otherwise the caller alone.
pub(super) async fn find_readable(
    services: &Services,
    identity: &Identity,
    identifier: &str,
) -> Result<DirectoryUser, DialectError> {
    let denied = match identity.require::<UsersRead>() {
        Ok(authorized) => return find(services, &authorized, identifier).await,
        Err(denied) => denied,
    };
    let Identity::User(caller) = identity else {
        return Err(denied.into());
    };
    let own = own(services, caller).await?;
    if own.identifier == identifier {
        return Ok(own);
    }
    let text = format!(
        "key not allowed to access this user's info. user_id={identifier}, key's user_id={}",
        own.identifier
    );
    Err(custom(StatusCode::FORBIDDEN, text))
}

/// Returns the user with an identifier.
pub(super) async fn find(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    identifier: &str,
) -> Result<DirectoryUser, DialectError> {
    // No identifier has such a character, and PostgreSQL rejects a NUL.
    if identifier.chars().any(char::is_control) {
        return Err(unknown(identifier));
    }
    let found = directory::find(services, authorized, &namespace()?, identifier).await;
    found.map_err(|error| match error {
        Error::NotFound(_) => unknown(identifier),
        other => other.into(),
    })
}

/// Returns the user with an email address.
pub(super) async fn find_by_email(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    email: &str,
) -> Result<DirectoryUser, DialectError> {
    if email.chars().any(char::is_control) {
        return Err(unknown(email));
    }
    let query = DirectoryQuery {
        namespace: NAME.to_owned(),
        address: Some(email.to_owned()),
        limit: 1,
        ..DirectoryQuery::default()
    };
    let (users, _) = directory::list(services, authorized, &query).await?;
    users.into_iter().next().ok_or_else(|| unknown(email))
}

/// Returns the user with an identifier, or with an email address.
pub(super) async fn find_named(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    (identifier, email): (Option<&str>, Option<&str>),
) -> Result<DirectoryUser, DialectError> {
    match (identifier, email) {
        (Some(identifier), _) => find(services, authorized, identifier).await,
        (None, Some(email)) => find_by_email(services, authorized, email.trim()).await,
        (None, None) => Err(custom(
            StatusCode::BAD_REQUEST,
            "Either user_id or user_email must be provided",
        )),
    }
}

/// Returns the error of an identifier that no user has.
fn unknown(identifier: &str) -> DialectError {
    custom(
        StatusCode::NOT_FOUND,
        format!("User {identifier} not found"),
    )
}
