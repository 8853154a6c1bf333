//! Subjects of limits by what a form names, and limits by their ids.

use db::{PgConnection, limits as rows};
use domain::{
    error::Conflict,
    fields::FieldErrors,
    limits::{LimitStatus, LimitSubject, SubjectKind},
    messages,
    users::{detail::UserRef, names::is_deceptive},
};
use uuid::Uuid;

use crate::{
    Error, Services,
    access::{Authorized, Caller, LimitsRead},
    guard::{self, TargetRef},
};

/// What is left of a limit, and the name of its subject; `None` for the default, and if the limit was deleted meanwhile.
pub(super) type Named = (LimitStatus, Option<String>);

/// Returns the subject of a kind by its id, or by the name of the role or the group, or by the reference to the user.
///
/// # Errors
/// [`Error::Invalid`] when there is no such subject. One with an unknown id is found when a limit is stored.
pub async fn find_subject(
    services: &Services,
    _: &Authorized<LimitsRead>,
    kind: SubjectKind,
    typed: &str,
) -> Result<LimitSubject, Error> {
    let typed = typed.trim();
    let id = match (kind, typed.parse::<Uuid>()) {
        (SubjectKind::Default, _) | (SubjectKind::Token, Err(_)) => None,
        (_, Ok(id)) => Some(id),
        // No name has such characters, and PostgreSQL rejects a NUL.
        (_, Err(_)) if typed.chars().any(is_deceptive) => None,
        (SubjectKind::Role, Err(_)) => {
            rows::subjects::find_role(&services.pool, &typed.to_lowercase()).await?
        }
        (SubjectKind::Group, Err(_)) => {
            let names = [typed.to_owned()];
            let ids = db::groups::named::find_ids(&services.pool, &names).await?;
            ids.into_iter().next().flatten()
        }
        (SubjectKind::User, Err(_)) => {
            db::users::find_id(&services.pool, &UserRef::parse(typed)).await?
        }
    };
    LimitSubject::of(kind, id).ok_or_else(|| {
        let mut errors = FieldErrors::default();
        errors.add("subject", messages::limit_subject_unknown());
        Error::Invalid(errors)
    })
}

/// Returns the name of a role, a group or a user; `None` for other subjects, and if it does not exist.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be reached.
pub async fn find_subject_name(
    services: &Services,
    _: &Authorized<LimitsRead>,
    subject: LimitSubject,
) -> Result<Option<String>, Error> {
    Ok(rows::subjects::find_name(&services.pool, subject).await?)
}

/// Checks that a user exists, is not deleted, and has the name that was shown.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user, [`Error::TargetMismatch`] when the user was shown with another name,
/// [`Error::Conflict`] when the user is deleted.
pub async fn check_user(
    services: &Services,
    _: &Authorized<LimitsRead>,
    target: impl Into<TargetRef>,
) -> Result<(), Error> {
    let target = target.into();
    let found = rows::find_user(&services.pool, target.id, None).await?;
    let username = found.username.ok_or(guard::NOT_FOUND)?;
    target.check_username(&username)?;
    if found.is_deleted {
        return Err(Error::Conflict(Conflict::UserDeleted));
    }
    Ok(())
}

/// Returns what is left of each limit of a user, with the name of the subject of the limit that decides.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn list_named(
    services: &Services,
    authorized: &Authorized<LimitsRead>,
    user: Uuid,
) -> Result<Vec<Named>, Error> {
    let statuses = super::list_effective(services, authorized, user).await?;
    let mut connection = db::acquire(&services.pool).await?;
    named(&mut connection, statuses).await
}

/// Returns what is left of each of the caller's own limits, with the name of the subject of the limit that decides.
///
/// # Errors
/// [`Error::OutOfScope`] for an access token without the scope.
pub async fn list_own_named(services: &Services, caller: &Caller) -> Result<Vec<Named>, Error> {
    let statuses = super::list_own(services, caller).await?;
    let mut connection = db::acquire(&services.pool).await?;
    named(&mut connection, statuses).await
}

/// Adds the names of the subjects.
pub(super) async fn named(
    connection: &mut PgConnection,
    statuses: Vec<LimitStatus>,
) -> Result<Vec<Named>, Error> {
    let ids: Vec<Uuid> = statuses.iter().map(|status| status.id).collect();
    let stored = rows::subjects::list_by_ids(connection, &ids).await?;
    let named = statuses.into_iter().map(|status| {
        let limit = stored.iter().find(|limit| limit.id == status.id);
        let name = limit.and_then(|limit| limit.subject_name.clone());
        (status, name)
    });
    Ok(named.collect())
}
