//! User forms. `page` is the page to return to, `username` the name that the page showed with the id.
#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

pub mod profile;
#[cfg(feature = "ssr")]
pub(super) mod read;
pub mod reversible;

use domain::{
    fields::FieldErrors,
    users::{create::UserDraft, edit::UserEdit},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::target::TargetRef;
use uuid::Uuid;

use super::{
    done::Done,
    error::ApiError,
    wire::{Get, Post},
};
use profile::ProfileRow;
pub use reversible::{Deed, DoToUser, do_to_user};

/// Creates a user with a temporary password, or with a link to set one.
#[server(endpoint = "create-user", protocol = Post)]
pub async fn create_user(
    username: String,
    display_name: String,
    #[server(default)] email: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] access: String,
    #[server(default)] password: String,
) -> Result<Done, ApiError> {
    use super::ssr;
    use domain::flash::{Flash, FlashEvent};
    let draft = draft(CreateUser {
        username,
        display_name,
        email,
        roles,
        access,
        password,
    });
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let created = service::users::create(&ssr::services()?, &granted, draft)
        .await
        .map_err(ssr::fail)?;
    let page = super::person::path(&created.user.summary);
    let name = created.user.summary.username;
    Ok(Done {
        link: created.link,
        ..Done::flash(&page, Flash::of(FlashEvent::UserCreated, [name]), None).await
    })
}

/// Returns whether a username is taken, also by a deleted user. The form calls it while the user types.
#[server(endpoint = "username-taken", protocol = Get)]
pub async fn username_taken(username: String) -> Result<bool, ApiError> {
    use super::ssr;
    let actor = ssr::actor()?;
    actor
        .require::<service::access::WriteUsers>()
        .map_err(ssr::fail)?;
    read::exists(&ssr::services()?, &actor, username)
        .await
        .map_err(ssr::fail)
}

/// Form value that selects a temporary password instead of a link.
pub const BY_PASSWORD: &str = "password";

/// Converts the form to a draft.
#[must_use]
pub fn draft(form: CreateUser) -> UserDraft {
    UserDraft {
        username: form.username,
        display_name: form.display_name,
        email: form.email,
        roles: form.roles,
        password: (form.access == BY_PASSWORD).then_some(form.password),
        ..UserDraft::default()
    }
}

/// Changes a user if it still has the version that the form showed.
#[server(endpoint = "edit-user", protocol = Post)]
pub async fn edit_user(
    page: String,
    id: Uuid,
    username: String,
    version: i32,
    display_name: String,
    #[server(default)] email: String,
    #[server(default)] set_roles: bool,
    #[server(default)] roles: Vec<String>,
    #[server(default)] password: String,
    #[server(default)] end_sessions: bool,
    #[server(default)] set_profile: bool,
    #[server(default)] profile: Vec<ProfileRow>,
) -> Result<Done, ApiError> {
    use super::ssr;
    use domain::flash::{Flash, FlashEvent};
    let form = EditUser {
        page,
        id,
        username,
        version,
        display_name,
        email,
        set_roles,
        roles,
        password,
        end_sessions,
        set_profile,
        profile,
    };
    let page = form.page.clone();
    let target = TargetRef::of_user(id, form.username.clone());
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let edit = edit(form).map_err(|faults| ssr::fail(service::Error::Invalid(faults)))?;
    let user = service::users::edit(&ssr::services()?, &granted, target, edit)
        .await
        .map_err(ssr::fail)?;
    let flash = Flash::of(FlashEvent::UserSaved, [user.summary.username]);
    Ok(Done::flash(&page, flash, None).await)
}

/// Converts the form to an edit. An empty password leaves the password and the sessions of the user unchanged.
///
/// # Errors
/// If the profile cannot be parsed, returns that error together with all other field errors.
pub fn edit(form: EditUser) -> Result<UserEdit, FieldErrors> {
    let profile = profile::read(form.profile);
    let (profile, fault) = match profile {
        Ok(profile) => (Some(profile), None),
        Err(fault) => (None, Some(fault)),
    };
    let edit = UserEdit {
        display_name: Some(form.display_name),
        email: Some(Some(form.email)),
        roles: form.set_roles.then_some(form.roles),
        end_sessions: form.end_sessions && !form.password.is_empty(),
        password: Some(form.password).filter(|password| !password.is_empty()),
        profile: form.set_profile.then_some(profile),
        version: Some(form.version),
        ..UserEdit::default()
    };
    match fault {
        None => Ok(edit),
        Some(fault) => {
            let mut faults = edit.check().err().unwrap_or_default();
            faults.add("profile", fault);
            Err(faults)
        }
    }
}

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
    #[server(default)] tell_reason: bool,
) -> Result<Done, ApiError> {
    use super::{
        bulk::{BulkDeed, read::undo},
        ssr,
    };
    use domain::{
        flash::{Flash, FlashEvent},
        users::{Status, suspension::ALREADY_SUSPENDED},
    };
    let draft = domain::users::suspension::SuspensionDraft {
        reason,
        until: read::moment(&until, offset).map_err(ssr::fail)?,
        tell_reason,
    };
    let (services, actor) = (ssr::services()?, ssr::actor()?);
    let granted = actor.require().map_err(ssr::fail)?;
    let before = read::named(&services, &actor, id)
        .await
        .map_err(ssr::fail)?;
    let is_current = before.version == version;
    if is_current && before.status == Status::Suspended {
        return Err(ssr::fail(service::Error::Conflict(ALREADY_SUSPENDED)));
    }
    let target = TargetRef::of_user(id, username).at_version(version);
    let user = service::users::suspend(&services, &granted, target, draft)
        .await
        .map_err(ssr::fail)?;
    let summary = user.summary;
    // Undo makes the user active, so it is offered only where the user was active before: at the version that was suspended.
    let undo = is_current.then(|| undo(BulkDeed::Lift, &[read::seen(&summary)], &page, &[]));
    let flash = Flash::of(FlashEvent::UserSuspended, [summary.username]);
    let flash = flash.until(summary.suspended_until);
    Ok(Done::flash(&page, flash, undo).await)
}

/// Deletes a user, permanently or so that they can be restored. `counts` are the numbers that the form showed, in the order of the table.
#[server(endpoint = "delete-user", protocol = Post)]
pub async fn delete_user(
    page: String,
    id: Uuid,
    username: String,
    counts: String,
    #[server(default)] confirm: String,
    #[server(default)] permanent: bool,
) -> Result<Done, ApiError> {
    use super::{
        bulk::{BulkDeed, read::undo},
        ssr,
    };
    use domain::{
        flash::{Flash, FlashEvent},
        users::bulk::Selected,
    };
    let services = ssr::services()?;
    let actor = ssr::actor()?;
    let granted = actor.require().map_err(ssr::fail)?;
    let user = read::confirmed(&services, &actor, id, &confirm)
        .await
        .map_err(ssr::fail)?;
    let deletion = domain::users::deletion::Deletion {
        counts: Some(read::counts(&counts).map_err(ssr::fail)?),
        permanent,
    };
    let target = TargetRef::of_user(id, username);
    service::users::delete(&services, &granted, target, &deletion)
        .await
        .map_err(ssr::fail)?;
    let names = [user.username.clone()];
    // A permanently deleted user no longer has a page.
    if permanent || services.settings.delete_retention.is_zero() {
        let flash = Flash::of(FlashEvent::DeletionStarted, names);
        return Ok(Done::flash("/users", flash, None).await);
    }
    // The deletion incremented the version by one.
    let deleted = Selected {
        version: user.version.saturating_add(1),
        ..read::seen(&user)
    };
    let undo = undo(BulkDeed::Restore, &[deleted], &page, &[]);
    Ok(Done::flash(&page, Flash::of(FlashEvent::UserDeleted, names), Some(undo)).await)
}

/// Transfers the data of one user to another, who is named as in a URL. `personas` is the number that the form showed.
#[server(endpoint = "reassign-data", protocol = Post)]
pub async fn reassign_data(
    page: String,
    id: Uuid,
    username: String,
    to: String,
    personas: i64,
) -> Result<Done, ApiError> {
    use super::ssr;
    use domain::flash::{Flash, FlashEvent};
    let services = ssr::services()?;
    let actor = ssr::actor()?;
    let granted = actor.require().map_err(ssr::fail)?;
    let to = read::taker(&services, &actor, &to)
        .await
        .map_err(ssr::fail)?;
    let from = read::named(&services, &actor, id)
        .await
        .map_err(ssr::fail)?;
    let target = TargetRef::of_user(id, username);
    let personas = service::users::reassign(&services, &granted, target, to.id.0, Some(personas))
        .await
        .map_err(ssr::fail)?;
    let flash = Flash::of(FlashEvent::DataTransferred, [from.username, to.username]);
    Ok(Done::flash(&page, flash.counting(personas), None).await)
}

/// Creates a password reset link for a user.
#[server(endpoint = "create-reset-link", protocol = Post)]
pub async fn create_reset_link(page: String, id: Uuid, username: String) -> Result<Done, ApiError> {
    use super::ssr;
    let granted = ssr::actor()?.require().map_err(ssr::fail)?;
    let target = TargetRef::of_user(id, username);
    let link = service::reset::create_link(&ssr::services()?, &granted, target)
        .await
        .map_err(ssr::fail)?;
    Ok(Done {
        link: Some(link),
        ..Done::to(domain::access::local_path(&page))
    })
}
