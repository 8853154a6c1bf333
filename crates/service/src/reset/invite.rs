//! Reset links as invitations: one that lasts longer for a user who has no password yet, and the state of a link for who has its token.

use std::time::Duration;

use db::{
    links::{self, Kind, StoredLink},
    users::account,
};
use domain::{
    identifiers::Namespace,
    users::{action::UserAction, detail::IssuedLink},
};
use uuid::Uuid;

use super::{LINK_LIFETIME, issue, write_link_created};
use crate::{
    Error, Services,
    access::{Authorized, UsersWrite},
    guard::{self, TargetRef},
    tokens,
};

/// Validity of a link for a user who has no password yet: seven days, as that of a new user.
const FIRST_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Creates a link with which a user chooses a password. It is valid for seven days if the user has none yet, and otherwise as any reset
/// link. Unused earlier links are revoked.
///
/// # Errors
/// As [`create_link`](super::create_link).
pub async fn create_invitation(
    services: &Services,
    authorized: &Authorized<UsersWrite>,
    target: impl Into<TargetRef>,
) -> Result<IssuedLink, Error> {
    let actor = authorized.actor();
    let mut transaction = db::begin(&services.pool).await?;
    let account = guard::open(&mut transaction, actor, UserAction::Reset, target).await?;
    let has_password = account::has_password(&mut *transaction, account.id).await?;
    let lifetime = if has_password {
        LINK_LIFETIME
    } else {
        FIRST_LIFETIME
    };
    links::revoke_unused_of(&mut transaction, Kind::PasswordReset, account.id).await?;
    let link = issue(services, &mut transaction, actor, account.id, lifetime).await?;
    let user = (account.id, account.username.as_str());
    let audited = write_link_created(&mut transaction, actor, user, &link).await?;
    db::commit(transaction, audited).await?;
    Ok(link)
}

/// Link to choose a password, valid or not, as the holder of its token sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkState {
    /// The id of the user whose password it sets.
    pub user: Uuid,
    /// Identifier of the user in another system; None if there is none.
    pub identifier: Option<String>,
    /// Email address of the user, if one is known.
    pub email: Option<String>,
    /// The link.
    pub link: StoredLink,
    /// Whether it has expired, by the clock of this server.
    pub has_expired: bool,
}

/// Returns the state of a link by its token, without using it up, with the identifier of its user in a namespace. The token is the proof
/// that the caller has received the link.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_state(
    services: &Services,
    token: &str,
    namespace: &Namespace,
) -> Result<Option<LinkState>, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let found = links::find_reset(&mut *connection, &tokens::hash(token)).await?;
    let Some(link) = found else { return Ok(None) };
    let user = db::users::find_detail(&mut *connection, link.user_id).await?;
    let Some(user) = user.filter(|user| user.deleted_at.is_none()) else {
        return Ok(None);
    };
    let identifier =
        db::identifiers::find(&mut *connection, link.user_id, namespace.as_str()).await?;
    Ok(Some(LinkState {
        user: link.user_id,
        identifier,
        email: user.summary.email,
        has_expired: link.expires_at <= (services.clock)(),
        link,
    }))
}
