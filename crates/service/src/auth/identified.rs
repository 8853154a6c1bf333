//! Sign-in by an identifier of another system and the password of the account.

use domain::{
    credentials::SignInDraft,
    identifiers::{Identifier, Namespace},
    users::UserBrief,
};
use tower_sessions::Session;

use super::sign_in;
use crate::{Error, Services, access::Origin};

/// Signs in the user whose identifier in the namespace is the name of the draft. A name that is the identifier of no user is a username.
///
/// # Errors
/// As [`sign_in`].
pub async fn sign_in_identified(
    services: &Services,
    session: &Session,
    namespace: &Namespace,
    draft: SignInDraft,
    origin: Origin,
) -> Result<UserBrief, Error> {
    let found = match draft.username.parse::<Identifier>() {
        Ok(identifier) => {
            let (namespace, identifier) = (namespace.as_str(), identifier.as_str());
            db::identifiers::find_username(&services.pool, namespace, identifier).await?
        }
        Err(_) => None,
    };
    let draft = match found {
        Some(username) => SignInDraft { username, ..draft },
        None => draft,
    };
    sign_in(services, session, draft, origin).await
}
