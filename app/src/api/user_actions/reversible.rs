//! Actions on a user that can be undone: suspension, its end, and restoring. The forms that undo an action are created here.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::users::action::UserAction;
#[cfg(feature = "ssr")]
use domain::{
    fields::FieldErrors,
    flash::Undo,
    messages,
    users::{
        bulk::Selected,
        detail::{UserDetail, UserRef},
        suspension::SuspensionDraft,
    },
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{UsersRead, UsersWrite},
    guard::TargetRef,
};
#[cfg(feature = "ssr")]
use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset, macros::format_description};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use crate::api::ssr;
use crate::api::{error::ApiError, form_success::FormSuccess, wire::Post};

/// Suspends an active user, temporarily or until the suspension is lifted, if the user has the version that was shown.
/// `until` is a local time, `offset` its offset from UTC in minutes, positive east.
#[server(endpoint = "suspend-user", protocol = Post)]
pub async fn suspend_user(
    page: String,
    id: Uuid,
    username: String,
    version: i32,
    reason: String,
    #[server(default)] until: String,
    #[server(default)] offset: i32,
    #[server(default)] show_reason: bool,
) -> Result<FormSuccess, ApiError> {
    use domain::{
        error::Conflict,
        flash::{Flash, FlashEvent},
        users::Status,
    };
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require::<UsersWrite>()?;
        let reader = caller.require::<UsersRead>()?;
        let draft = suspension(reason, (&until, offset), show_reason)?;
        let before = service::users::get(&services, &reader, &UserRef::Id(id)).await?;
        let before = before.summary;
        let is_current = before.version == version;
        if is_current && before.status == Status::Suspended {
            return Err(Error::Conflict(Conflict::UserSuspended));
        }
        let target = TargetRef::of_user(id, username).at_version(version);
        let user = service::users::suspend(&services, &authorized, target, draft).await?;
        let summary = user.summary;
        // Undo makes the user active, so it is offered only where the user was active before: at the version that was
        // suspended.
        let suspended = [Selected::from(&summary)];
        let undo = is_current.then(|| undo(UserAction::Unsuspend, &suspended, &page, &[]));
        let flash = Flash::of(FlashEvent::User(UserAction::Suspend), [summary.username]);
        let flash = flash.until(summary.suspended_until);
        Ok(FormSuccess::flash(&page, flash, undo).await)
    })
    .await
}

/// Lifts the suspension of a user, or restores a deleted user.
#[server(endpoint = "user-operation", protocol = Post)]
pub async fn run_user_operation(
    page: String,
    id: Uuid,
    username: String,
    operation: UserAction,
) -> Result<FormSuccess, ApiError> {
    use domain::flash::{Flash, FlashEvent};
    let is_restore = match operation {
        UserAction::Restore => true,
        UserAction::Unsuspend => false,
        _ => return Err(ApiError::unknown_action()),
    };
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require::<UsersWrite>()?;
        let reader = caller.require::<UsersRead>()?;
        let before = service::users::get(&services, &reader, &UserRef::Id(id)).await?;
        let name = before.summary.username.clone();
        let target = TargetRef::of_user(id, username);
        let mut flash = Flash::of(FlashEvent::User(operation), [name]);
        let undo = if is_restore {
            let after = service::users::restore(&services, &authorized, target).await?;
            if let Some(lost) = &after.lost {
                flash = flash.losing(lost.names());
            }
            let restored = Selected::from(&after.user.summary);
            // Without a retention period a deletion is permanent, so it cannot serve as undo.
            let is_restorable = !services.settings.delete_retention.is_zero();
            let fields = [("restorable", "true".to_owned())];
            is_restorable.then(|| undo(UserAction::Delete, &[restored], &page, &fields))
        } else {
            let after = service::users::unsuspend(&services, &authorized, target).await?;
            let version = after.summary.version;
            // Each change increments the version by one. A larger difference means another change in between, after which
            // the lifted suspension is unknown.
            let is_known = before.summary.version.saturating_add(1) == version;
            let undo = is_known.then(|| suspend_again(before, version, &page));
            undo.flatten()
        };
        Ok(FormSuccess::flash(&page, flash, undo).await)
    })
    .await
}

/// Returns the suspension that the fields of a form describe. `until` is a local time with its offset from UTC in minutes.
#[cfg(feature = "ssr")]
pub(in crate::api) fn suspension(
    reason: String,
    (until, offset): (&str, i32),
    show_reason: bool,
) -> Result<SuspensionDraft, Error> {
    Ok(SuspensionDraft {
        reason,
        until: timestamp(until, offset)?,
        show_reason,
    })
}

/// Converts a local time to a timestamp. Returns `None` if the field is empty.
#[cfg(feature = "ssr")]
fn timestamp(local: &str, offset: i32) -> Result<Option<OffsetDateTime>, Error> {
    if local.is_empty() {
        return Ok(None);
    }
    let form = format_description!(
        version = 2,
        "[year]-[month]-[day]T[hour]:[minute][optional [:[second]]]"
    );
    let timestamp = PrimitiveDateTime::parse(local, form)
        .ok()
        .and_then(|local| local.checked_sub(Duration::minutes(offset.into())));
    timestamp
        .map(|timestamp| Some(timestamp.assume_utc()))
        .ok_or_else(|| {
            let mut errors = FieldErrors::default();
            errors.add("until", messages::enter_date_or_nothing());
            Error::Invalid(errors)
        })
}

/// Returns the form that suspends a user again with the same reason and end, from the version after the suspension was lifted.
#[cfg(feature = "ssr")]
fn suspend_again(before: UserDetail, version: i32, back: &str) -> Option<Undo> {
    let suspension = before.suspension?;
    let form = format_description!(version = 2, "[year]-[month]-[day]T[hour]:[minute]:[second]");
    let until = suspension
        .until
        .map(|until| until.to_offset(UtcOffset::UTC).format(form));
    let until = until.transpose().ok()?.unwrap_or_default();
    let fields = [
        ("reason", suspension.reason?),
        ("until", until),
        ("show_reason", suspension.show_reason.to_string()),
    ];
    let user = Selected {
        version,
        ..Selected::from(&before.summary)
    };
    Some(undo(UserAction::Suspend, &[user], back, &fields))
}

/// Returns the form of a bulk action on users at these versions, with additional fields.
#[cfg(feature = "ssr")]
pub(in crate::api) fn undo(
    operation: UserAction,
    users: &[Selected],
    back: &str,
    fields: &[(&str, String)],
) -> Undo {
    let selected: Vec<String> = users.iter().map(ToString::to_string).collect();
    let selected = selected.join(" ");
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("operation", operation.as_str());
    form.append_pair("selected", &selected);
    form.append_pair("expected", &users.len().to_string());
    form.append_pair("back", back);
    form.extend_pairs(fields);
    Undo {
        path: format!("/users/bulk/{}", operation.as_str()),
        form: form.finish(),
    }
}
