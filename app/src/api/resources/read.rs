//! Look-ups of the users, groups and clients that a form names.

use domain::{
    fields::FieldErrors,
    message::Message,
    messages,
    resources::{GrantSubject, GrantTarget, ResourceDeletion},
    users::{UserSummary, detail::UserRef},
};
use service::{Error, Services, access::Caller};
use uuid::Uuid;

use super::SubjectKind;
use crate::text;

fn field_error(field: &str, message: Message) -> Error {
    let mut errors = FieldErrors::default();
    errors.add(field, message);
    Error::Invalid(errors)
}

/// Returns the user whose name was typed into a field.
pub(super) async fn user(
    services: &Services,
    caller: &Caller,
    (field, typed): (&str, &str),
) -> Result<UserSummary, Error> {
    let user = UserRef::parse(typed.trim());
    match service::users::get(services, &caller.require()?, &user).await {
        Ok(user) if user.deleted_at.is_none() => Ok(user.summary),
        Ok(_) | Err(Error::NotFound(_)) => Err(field_error(field, messages::user_unknown())),
        Err(error) => Err(error),
    }
}

/// Returns the result of a look-up. The errors of its field are added to those of the form.
pub(super) fn found<T>(
    errors: &mut FieldErrors,
    result: Result<T, Error>,
) -> Result<Option<T>, Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(Error::Invalid(invalid)) => {
            errors.append(invalid);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Returns the number of the client whose name or number was typed; `None` for an empty field.
pub(super) async fn client(
    services: &Services,
    caller: &Caller,
    typed: &str,
) -> Result<Option<i32>, Error> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let found = service::resources::find_client(services, &caller.require()?, typed).await?;
    let unknown = || field_error("client", messages::client_name_unknown());
    found.ok_or_else(unknown).map(Some)
}

/// Returns the subject of a grant whose name was typed, and its name.
pub(super) async fn subject(
    services: &Services,
    caller: &Caller,
    kind: SubjectKind,
    typed: &str,
) -> Result<(GrantTarget, String), Error> {
    match kind {
        SubjectKind::User => {
            let user = user(services, caller, ("subject", typed)).await?;
            Ok((GrantTarget::User(user.id.0), user.username))
        }
        SubjectKind::Group => {
            let found = service::resources::find_group(services, &caller.require()?, typed).await?;
            let unknown = || field_error("subject", messages::group_unknown(typed.trim()));
            let id = found.ok_or_else(unknown)?;
            Ok((GrantTarget::Group(id), typed.trim().to_owned()))
        }
        SubjectKind::Everyone => Ok((
            GrantTarget::Everyone,
            text::resources::everyone().to_owned(),
        )),
    }
}

/// Returns the subject of a grant with the id that a page has shown.
pub(super) fn target(kind: SubjectKind, id: Option<Uuid>) -> Result<GrantTarget, Error> {
    match (kind, id) {
        (SubjectKind::User, Some(id)) => Ok(GrantTarget::User(id)),
        (SubjectKind::Group, Some(id)) => Ok(GrantTarget::Group(id)),
        (SubjectKind::Everyone, _) => Ok(GrantTarget::Everyone),
        (SubjectKind::User | SubjectKind::Group, None) => {
            Err(field_error("subject", messages::subject_unknown()))
        }
    }
}

/// Returns the name of the subject of a stored grant; empty if there is no such grant.
pub(super) async fn name_of(
    services: &Services,
    caller: &Caller,
    resource: Uuid,
    target: GrantTarget,
) -> Result<String, Error> {
    let grants = service::resources::grants::list(services, &caller.require()?, resource).await?;
    let mut subjects = grants.into_iter().map(|grant| named(grant.subject));
    let found = subjects.find(|(subject, _)| *subject == target);
    Ok(found.map(|(_, name)| name).unwrap_or_default())
}

/// Returns the subject of a stored grant, and its name.
fn named(subject: GrantSubject) -> (GrantTarget, String) {
    match subject {
        GrantSubject::User { id, username } => (GrantTarget::User(id), username),
        GrantSubject::Group { id, name, .. } => (GrantTarget::Group(id), name),
        GrantSubject::Everyone => (
            GrantTarget::Everyone,
            text::resources::everyone().to_owned(),
        ),
    }
}

/// Parses the effect of a deletion that a dialog has shown, separated by commas. Returns `None` for another text.
pub(super) fn deletion(text: &str) -> Option<ResourceDeletion> {
    let parts: Vec<&str> = text.split(',').collect();
    let &[users, groups, members, everyone] = parts.as_slice() else {
        return None;
    };
    Some(ResourceDeletion {
        users: users.parse().ok()?,
        groups: groups.parse().ok()?,
        members: members.parse().ok()?,
        everyone: everyone.parse().ok()?,
    })
}
