//! Details of one user account.

use db::purge::Progress;
use domain::{
    audit::AuditEntry,
    rules::{self, Deed, Refusal},
    users::detail::{
        GrantableRole, OwnedPersona, Refusals, ResetLink, UserDetail, UserRef, UserSession,
    },
};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Granted, ReadAudit, ReadSessions, ReadUsers},
    guard::{self, NOT_FOUND},
};

/// Maximum number of sessions that the page of a user lists.
const SHOWN_MAX: i64 = 100;
/// Number of audit events or personas on one page of a tab.
const PAGE: i64 = 50;

/// Returns the current state of an account.
pub(crate) async fn find(connection: &mut db::PgConnection, id: Uuid) -> Result<UserDetail, Error> {
    db::users::find_detail(connection, id)
        .await?
        .ok_or(NOT_FOUND)
}

/// Returns an account, deleted or not.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
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

/// Returns the reasons why the policy denies actions on an account to the caller, so that the page shows them before any
/// input.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
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

/// Returns the reason why an account whose purge has started cannot be restored.
fn going(removal: Progress) -> String {
    let (done, total) = (removal.done, removal.total.unwrap_or(removal.done));
    let how = if removal.failed {
        "Permanent deletion failed"
    } else {
        "Permanent deletion is in progress"
    };
    format!("{how}: {done} of about {total} items deleted. This user can't be restored.")
}

/// Lists the names of all roles in the order of their rank, most powerful first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn roles(services: &Services, _: &Granted<ReadUsers>) -> Result<Vec<String>, Error> {
    Ok(db::roles::list(&services.pool).await?)
}

/// Lists all roles in the order of their rank, most powerful first, each with the reason if the caller cannot assign it.
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

/// Lists the live sessions of a user, latest first, at most a hundred.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is no such account.
pub async fn sessions(
    services: &Services,
    _: &Granted<ReadSessions>,
    id: Uuid,
) -> Result<Vec<UserSession>, Error> {
    let id = guard::find(&services.pool, &UserRef::Id(id)).await?;
    Ok(db::sessions::list_live_of(&services.pool, id, SHOWN_MAX).await?)
}

/// Lists personas of a user, starting after the one with the id `after`. Returns whether there are more.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is no such account.
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

/// Lists the audit events whose target or actor is a user, latest first, starting after the one with the id `before`; a
/// bulk action is one event. Returns whether there are more.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is no such account.
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

/// Lists the latest five reset links of a user, newest first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is no such account.
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
