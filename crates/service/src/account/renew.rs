//! Changes of the caller's own account by a program that sends the token of its session in a header.

use std::sync::Arc;

use domain::{account::OwnEdit, users::detail::UserDetail};
use secrecy::SecretString;
use tower_sessions::Session;

use crate::{
    Error, Services,
    access::Caller,
    sessions::{PgSessionStore, bearer},
};

/// Changes the caller's own account as [`super::edit()`] does. A new password replaces the session, and the token of the new one is returned.
///
/// # Errors
/// As [`super::edit()`].
pub async fn edit_renewing(
    services: &Services,
    caller: &Caller,
    edit: OwnEdit,
) -> Result<(UserDetail, Option<SecretString>), Error> {
    let store = Arc::new(PgSessionStore::new(services.pool.clone()));
    let session = Session::new(None, store, None);
    let edited = super::edit(services, caller, &session, edit).await?;
    if session.id().is_none() {
        return Ok((edited, None));
    }
    let (token, ..) = bearer::replace_cookie(services, &session).await?;
    Ok((edited, Some(token)))
}
