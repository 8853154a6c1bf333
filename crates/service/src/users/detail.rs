//! Looking at one account.

use db::purge::Progress;
use domain::{
    audit::AuditEntry,
    rules::{self, Deed, Refusal},
    users::detail::{
        GrantableRole, OwnedPersona, Refusals, ResetLink, UserDetail, UserRef, UserSession,
    },
};
use uuid::Uuid;

use super::guard::{self, NOT_FOUND};
use crate::{
    Error, Services,
    access::{Granted, ReadAudit, ReadSessions, ReadUsers},
};

/// Sessions and links that the page of a person shows at most.
const SHOWN_MAX: i64 = 100;
/// Entries and personas of one page of a tab.
const PAGE: i64 = 50;

/// The account as it is now.
pub(crate) async fn find(connection: &mut db::PgConnection, id: Uuid) -> Result<UserDetail, Error> {
    db::users::find_detail(connection, id)
        .await?
        .ok_or(NOT_FOUND)
}

/// An account, in the bin or not.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn get(
    services: &Services,
    _: &Granted<ReadUsers>,
    user: &UserRef,
) -> Result<UserDetail, Error> {
    let id = guard::find(&services.pool, user).await?;
    db::users::find_detail(&services.pool, id)
        .await?
        .ok_or(NOT_FOUND)
}

/// What the viewer may not do to an account, so that it is said before anything is typed.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn refusals(
    services: &Services,
    granted: &Granted<ReadUsers>,
    id: Uuid,
) -> Result<Refusals, Error> {
    let standing = db::users::account::find_standing(&services.pool, id)
        .await?
        .ok_or(NOT_FOUND)?;
    let removal = db::purge::find_progress(&services.pool, id).await?;
    let doer = &granted.author().doer;
    let why =
        |deed| rules::refusal(doer, deed, &standing).map(|refusal: Refusal| refusal.to_string());
    Ok(Refusals {
        edit: why(Deed::Edit),
        email: why(Deed::SetEmail),
        roles: why(Deed::SetRoles),
        reset: why(Deed::Reset),
        suspend: why(Deed::Suspend),
        unsuspend: why(Deed::Unsuspend),
        delete: why(Deed::Delete),
        restore: removal.map(going).or_else(|| why(Deed::Restore)),
        end_sessions: why(Deed::EndSessions),
    })
}

/// Why an account that is being removed cannot be restored.
fn going(removal: Progress) -> String {
    let (done, total) = (removal.done, removal.total.unwrap_or(removal.done));
    let how = if removal.failed {
        "was to be removed for good, which has failed"
    } else {
        "is being removed for good"
    };
    format!(
        "This account {how}: {done} of about {total} things so far. It cannot be restored any more."
    )
}

/// Names of all roles, the most powerful first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn roles(services: &Services, _: &Granted<ReadUsers>) -> Result<Vec<String>, Error> {
    Ok(db::roles::list(&services.pool).await?)
}

/// All roles, the most powerful first, each with why the viewer may not give it.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn grantable_roles(
    services: &Services,
    granted: &Granted<ReadUsers>,
) -> Result<Vec<GrantableRole>, Error> {
    let doer = &granted.author().doer;
    let roles = db::roles::list_permissions(&services.pool).await?;
    let grantable = roles.into_iter().map(|(name, permissions)| GrantableRole {
        name,
        refusal: rules::grant_refusal(doer, &permissions).map(|refusal| refusal.to_string()),
    });
    Ok(grantable.collect())
}

/// The live sessions of a person, the latest first; the first hundred.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is nobody of the id.
pub async fn sessions(
    services: &Services,
    _: &Granted<ReadSessions>,
    id: Uuid,
) -> Result<Vec<UserSession>, Error> {
    let id = guard::find(&services.pool, &UserRef::Id(id)).await?;
    Ok(db::sessions::list_live_of(&services.pool, id, SHOWN_MAX).await?)
}

/// Some personas of a person, after one of them, and whether there are more.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is nobody of the id.
pub async fn personas(
    services: &Services,
    _: &Granted<ReadUsers>,
    id: Uuid,
    after: Option<Uuid>,
) -> Result<(Vec<OwnedPersona>, bool), Error> {
    let id = guard::find(&services.pool, &UserRef::Id(id)).await?;
    let found = db::owned::list_personas(&services.pool, id, after, PAGE + 1).await?;
    Ok(page(found))
}

/// What was done to a person and by them, the latest first, before one entry; and whether there is more.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is nobody of the id.
pub async fn history(
    services: &Services,
    _: &Granted<ReadAudit>,
    id: Uuid,
    before: Option<i64>,
) -> Result<(Vec<AuditEntry>, bool), Error> {
    let id = guard::find(&services.pool, &UserRef::Id(id)).await?;
    let found = db::audit::list_of(&services.pool, id, before, PAGE + 1).await?;
    Ok(page(found))
}

/// The latest links for a new password of a person, the newest first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is nobody of the id.
pub async fn reset_links(
    services: &Services,
    _: &Granted<ReadUsers>,
    id: Uuid,
) -> Result<Vec<ResetLink>, Error> {
    let id = guard::find(&services.pool, &UserRef::Id(id)).await?;
    let mut connection = db::acquire(&services.pool).await?;
    let mut links = Vec::new();
    for (link, backed_by) in db::links::list_resets(&mut *connection, id, 5).await? {
        let is_backed = guard::is_backed(&mut connection, backed_by, id).await?;
        links.push(ResetLink { is_backed, ..link });
    }
    Ok(links)
}

fn page<T>(mut found: Vec<T>) -> (Vec<T>, bool) {
    let page = usize::try_from(PAGE).unwrap_or_default();
    let more = found.len() > page;
    found.truncate(page);
    (found, more)
}
