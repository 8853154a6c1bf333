//! Validity of links and temporary passwords by the current permissions and clients of their creators.

use db::{Backer, groups::members, users::account};
use domain::{groups::member_password_is_valid, permission::Permissions, policy};
use uuid::Uuid;

use crate::{Error, access};

/// Returns whether a link or a temporary password is still valid, given its creator. None is the operator, whose links
/// always are.
pub(crate) async fn is_backed(
    connection: &mut db::PgConnection,
    backed_by: Option<Backer>,
    target: Uuid,
) -> Result<bool, Error> {
    let Some(creator) = backed_by else {
        return Ok(true);
    };
    let rights = rights_of(&mut *connection, creator).await?;
    let Some(target) = account::find_target(&mut *connection, target).await? else {
        return Ok(false);
    };
    if !db::clients::sees_all_of(&mut *connection, creator.user, target.id.0).await? {
        return Ok(false);
    }
    if policy::password_is_valid(rights.as_ref(), &target.permissions) {
        return Ok(true);
    }
    // Managers create links in sessions only.
    let is_managed = creator.token.is_none()
        && members::is_managed_by(&mut *connection, target.id.0, creator.user).await?;
    let permissions = &target.permissions;
    Ok(member_password_is_valid(
        rights.as_ref(),
        is_managed,
        permissions,
    ))
}

/// Returns the current permissions of a creator: with an access token, those within its scopes. None if the user cannot
/// sign in any more, or if the token is revoked or expired.
pub(crate) async fn rights_of(
    connection: &mut db::PgConnection,
    backer: Backer,
) -> Result<Option<Permissions>, Error> {
    let Some(rights) = account::find_permissions(&mut *connection, backer.user).await? else {
        return Ok(None);
    };
    let Some(token) = backer.token else {
        return Ok(Some(rights));
    };
    let words = db::access_tokens::find_scopes(connection, token).await?;
    Ok(words.map(|words| access::within(&access::read_scopes(&words), &rights)))
}
