//! Details of one user account.

use db::purge::Progress;
use domain::{
    audit::AuditEntry,
    message::Message,
    messages,
    policy::{self, Denied},
    users::{
        action::UserAction,
        detail::{
            DeniedActions, GrantableRole, OwnedPersona, ResetLink, UserDetail, UserRef, UserSession,
        },
    },
};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{AuditRead, Authorized, SessionsRead, UsersRead},
    backing, client_lists,
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
    _: &Authorized<UsersRead>,
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
pub async fn denied_actions(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    id: Uuid,
) -> Result<DeniedActions, Error> {
    let mut connection = db::acquire(&services.pool).await?;
    let target = db::users::account::find_target(&mut *connection, id)
        .await?
        .ok_or(NOT_FOUND)?;
    let removal = db::purge::find_progress(&mut *connection, id).await?;
    let actor = authorized.actor();
    let why = |action| policy::denied(&actor.subject, action, &target).map(Denied::message);
    let denied = |action: &UserAction| Some((*action, why(*action)?));
    let mut denied: DeniedActions = UserAction::ALL.iter().filter_map(denied).collect();
    if denied.allows(UserAction::Reset)
        && let Some(why) = client_lists::password_denied(&mut connection, actor, id).await?
    {
        denied.deny(UserAction::Reset, why.message());
    }
    if let Some(removal) = removal {
        denied.deny(UserAction::Restore, going(removal));
    }
    Ok(denied)
}

/// Returns the reason why an account whose purge has started cannot be restored.
fn going(removal: Progress) -> Message {
    let (done, total) = (removal.done, removal.total.unwrap_or(removal.done));
    if removal.failed {
        messages::deletion_failed(done, total)
    } else {
        messages::deletion_running(done, total)
    }
}

/// Lists the names of all roles in the order of their rank, most powerful first.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn roles(services: &Services, _: &Authorized<UsersRead>) -> Result<Vec<String>, Error> {
    let roles = db::roles::list(&services.pool).await?;
    let names = roles.as_slice().iter().map(|role| role.name.clone());
    Ok(names.collect())
}

/// Lists all roles in the order of their rank, most powerful first, each with the reason if the caller cannot assign it.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn grantable_roles(
    services: &Services,
    authorized: &Authorized<UsersRead>,
) -> Result<Vec<GrantableRole>, Error> {
    let subject = &authorized.actor().subject;
    let roles = db::roles::list_permissions(&services.pool).await?;
    let grantable = roles.into_iter().map(|role| GrantableRole {
        name: role.name,
        label: role.label,
        description: role.description,
        denied: policy::assign_denied(subject, &role.permissions).map(Denied::message),
    });
    Ok(grantable.collect())
}

/// Lists the live sessions of a user, latest first, at most a hundred.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is no such account.
pub async fn sessions(
    services: &Services,
    _: &Authorized<SessionsRead>,
    id: Uuid,
) -> Result<Vec<UserSession>, Error> {
    let id = guard::find(&services.pool, &UserRef::Id(id)).await?;
    Ok(db::sessions::list_live_of(&services.pool, id, SHOWN_MAX).await?)
}

/// Lists personas of a user, starting after the one with the id `after`, without those of clients that the actor does not see. Returns
/// whether there are more.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is no such account.
pub async fn personas(
    services: &Services,
    authorized: &Authorized<UsersRead>,
    id: Uuid,
    after: Option<Uuid>,
) -> Result<(Vec<OwnedPersona>, bool), Error> {
    let id = guard::find(&services.pool, &UserRef::Id(id)).await?;
    let viewer = authorized.actor().id();
    let found = db::owned::list_personas(&services.pool, (id, viewer), after, PAGE + 1).await?;
    Ok(page(found))
}

/// Lists the audit events whose target or actor is a user, latest first, starting after the one with the id `before`; a
/// bulk action is one event. Returns whether there are more.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached, [`Error::NotFound`] when there is no such account.
pub async fn history(
    services: &Services,
    _: &Authorized<AuditRead>,
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
    _: &Authorized<UsersRead>,
    id: Uuid,
) -> Result<Vec<ResetLink>, Error> {
    let id = guard::find(&services.pool, &UserRef::Id(id)).await?;
    let mut connection = db::acquire(&services.pool).await?;
    let mut links = Vec::new();
    for (link, backed_by) in db::links::list_resets(&mut *connection, id, 5).await? {
        let is_backed = backing::is_backed(&mut connection, backed_by, id).await?;
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
