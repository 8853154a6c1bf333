//! Storing and deleting limits.

use domain::{
    access::local_path,
    error::Entity,
    fields::FieldErrors,
    flash::{Flash, FlashEvent, LimitChange},
    limits::{Limit, LimitSubject, Metric, SubjectKind},
    messages,
};
use service::{
    Error, Services,
    access::{Authorized, LimitsRead, LimitsWrite},
    guard::TargetRef,
    limits,
};
use uuid::Uuid;

use super::{LIMITS, SaveLimit, UserLimit, form};
use crate::api::form_success::FormSuccess;

const NOT_FOUND: Error = Error::NotFound(Entity::Limit);

/// Stores the limit of a form, or deletes the stored one if the form says that it is inherited.
pub(super) async fn save(
    services: &Services,
    authorized: &Authorized<LimitsWrite>,
    reader: &Authorized<LimitsRead>,
    mut form: SaveLimit,
) -> Result<FormSuccess, Error> {
    let page = match form.page.as_str() {
        "" => LIMITS.to_owned(),
        page => local_path(page).to_owned(),
    };
    let (subject, stored) = match find_stored(services, reader, &form).await? {
        Some(limit) => (limit.subject, Some(limit)),
        None => {
            let subject = match find_subject(services, reader, &form).await {
                Err(Error::Invalid(errors)) => {
                    return Err(Error::Invalid(with_others(errors, form)));
                }
                found => found?,
            };
            (subject, find_own(services, reader, subject, &form).await?)
        }
    };
    if let Some(limit) = &stored {
        // Only the values can be changed.
        limit.metric.as_str().clone_into(&mut form.metric);
        form.model = limit.model.clone().unwrap_or_default();
        form.shared = limit.shared;
        form = form::merged(form, limit);
    }
    let version: Option<i32> = form.version.parse().ok();
    // The form of a user's limit shows the one that was stored in between.
    let is_new = stored.is_none() && form.shown.is_empty();
    match (form::draft(form, subject).map_err(Error::Invalid)?, stored) {
        (Some(draft), _) => {
            let limit = limits::put(services, authorized, draft).await;
            let limit = limit.map_err(|error| if is_new { existing(error) } else { error })?;
            let name = limit.subject_name.unwrap_or_default();
            Ok(flash(&page, LimitChange::Saved, name).await)
        }
        (None, Some(limit)) => {
            let target = TargetRef::from(limit.id).at_version(version);
            limits::delete(services, authorized, target).await?;
            let name = limit.subject_name.unwrap_or_default();
            Ok(flash(&page, LimitChange::Deleted, name).await)
        }
        (None, None) => Ok(FormSuccess::to(page)),
    }
}

/// Returns the error of a new limit. It replaces none, so a stored one is not a newer version.
fn existing(error: Error) -> Error {
    match error {
        Error::Outdated(object) => Error::LimitExists(object),
        other => other,
    }
}

/// Returns the limit that the form was opened for; `None` for the form of a new one.
async fn find_stored(
    services: &Services,
    reader: &Authorized<LimitsRead>,
    form: &SaveLimit,
) -> Result<Option<Limit>, Error> {
    if form.id.is_empty() {
        return Ok(None);
    }
    let id: Uuid = form.id.parse().map_err(|_| NOT_FOUND)?;
    let target = TargetRef::named(id, form.shown.as_str());
    limits::find(services, reader, target).await.map(Some)
}

/// Returns the limit of a user's own that was stored since the page of the user was shown without one.
async fn find_own(
    services: &Services,
    reader: &Authorized<LimitsRead>,
    subject: LimitSubject,
    form: &SaveLimit,
) -> Result<Option<Limit>, Error> {
    match subject {
        LimitSubject::User(id) if !form.shown.is_empty() => {
            let found = of_user(services, reader, id, (&form.metric, &form.model)).await?;
            Ok(found.own)
        }
        _ => Ok(None),
    }
}

/// Returns the subject of a new limit: the user of the page, or the typed one.
async fn find_subject(
    services: &Services,
    reader: &Authorized<LimitsRead>,
    form: &SaveLimit,
) -> Result<LimitSubject, Error> {
    let kind: SubjectKind = form.kind.parse().map_err(|_| missing("kind"))?;
    if kind == SubjectKind::User && !form.shown.is_empty() {
        let id: Uuid = form.subject.parse().map_err(|_| missing("subject"))?;
        let target = TargetRef::of_user(id, form.shown.as_str());
        limits::check_user(services, reader, target).await?;
        return Ok(LimitSubject::User(id));
    }
    if kind != SubjectKind::Default && form.subject.trim().is_empty() {
        return Err(missing("subject"));
    }
    limits::find_subject(services, reader, kind, &form.subject).await
}

/// Adds the errors of the other fields to that of the subject.
fn with_others(mut errors: FieldErrors, form: SaveLimit) -> FieldErrors {
    if let Err(others) = form::check(form, limits::is_zone) {
        errors.append(others);
    }
    errors
}

/// Returns the error of a field without a value.
fn missing(field: &str) -> Error {
    let mut errors = FieldErrors::default();
    errors.add(field, messages::enter_value());
    Error::Invalid(errors)
}

/// Returns the limit of a user's own for a metric and a model, which decides if there is one, and the limit that decides.
pub(super) async fn of_user(
    services: &Services,
    reader: &Authorized<LimitsRead>,
    id: Uuid,
    (metric, model): (&str, &str),
) -> Result<UserLimit, Error> {
    let metric: Metric = metric.parse().map_err(|_| NOT_FOUND)?;
    let model = Some(model).filter(|model| !model.is_empty());
    let statuses = limits::list_effective(services, reader, id).await?;
    let mut statuses = statuses.into_iter();
    let decides = statuses.find(|status| {
        !status.shared && status.metric == metric && status.model.as_deref() == model
    });
    let deciding = match decides {
        Some(status) => Some(limits::find(services, reader, status.id).await?),
        None => None,
    };
    let is_own = |limit: &Limit| limit.subject == LimitSubject::User(id);
    Ok(UserLimit {
        own: deciding.clone().filter(is_own),
        deciding,
    })
}

/// Redirects to a page with a message about a limit of a subject. The name of the default is empty.
pub(super) async fn flash(page: &str, change: LimitChange, name: String) -> FormSuccess {
    let names = Some(name).filter(|name| !name.is_empty());
    let flash = Flash::of(FlashEvent::Limit(change), names);
    FormSuccess::flash(page, flash, None).await
}
