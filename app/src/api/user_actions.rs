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
mod typed;

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{ClientsRead, UsersWrite},
    guard::TargetRef,
};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};
use profile::ProfileRow;
pub use typed::{BY_PASSWORD, clients_text, draft, edit};

/// Creates a user with a temporary password, or with a link to set one. `more` has names of further groups, and
/// `more_clients` names or numbers of further clients, separated by commas.
#[server(endpoint = "create-user", protocol = Post)]
pub async fn create_user(
    username: String,
    display_name: String,
    #[server(default)] email: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] client_list: Vec<i32>,
    #[server(default)] more_clients: String,
    #[server(default)] groups: Vec<String>,
    #[server(default)] more: String,
    #[server(default)] access: String,
    #[server(default)] password: String,
) -> Result<FormSuccess, ApiError> {
    use domain::flash::{Flash, FlashEvent};
    let form = CreateUser {
        username,
        display_name,
        email,
        roles,
        client_list,
        more_clients,
        groups,
        more,
        access,
        password,
    };
    let reader = ssr::permitted::<ClientsRead>();
    ssr::call::<UsersWrite, _>(async |services, authorized| {
        let typed = form.more_clients.as_str();
        let more_clients = read::numbered_clients(&services, reader.as_ref(), typed).await?;
        let form = CreateUser {
            more_clients,
            ..form
        };
        let draft = draft(form).map_err(Error::Invalid)?;
        let created = service::users::create(&services, &authorized, draft).await?;
        let page = super::user::path(&created.user.summary);
        let flash = Flash::of(FlashEvent::UserCreated, [created.user.summary.username]);
        let done = FormSuccess::flash(&page, flash, None).await;
        Ok(match created.link {
            Some(link) => done.with_link(&link),
            None => done,
        })
    })
    .await
}

/// Returns whether a username is taken, also by a deleted user. The form calls it while the user types.
#[server(endpoint = "username-taken", protocol = Get)]
pub async fn username_taken(username: String) -> Result<bool, ApiError> {
    ssr::call_as_caller(async |services, caller| {
        caller.require::<UsersWrite>()?;
        read::exists(&services, &caller, username).await
    })
    .await
}

/// Changes a user if it still has the version that the form showed. `first` has the values of the fields.
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
    #[server(default)] set_clients: bool,
    #[server(default)] client_list: Vec<i32>,
    #[server(default)] more_clients: String,
    #[server(default)] password: String,
    #[server(default)] revoke_sessions: bool,
    #[server(default)] set_profile: bool,
    #[server(default)] profile: Vec<ProfileRow>,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    use domain::{
        flash::{Flash, FlashEvent},
        users::action::UserAction,
    };
    let form = EditUser {
        page,
        id,
        username,
        version,
        display_name,
        email,
        set_roles,
        roles,
        set_clients,
        client_list,
        more_clients,
        password,
        revoke_sessions,
        set_profile,
        profile,
        first,
    };
    let page = form.page.clone();
    let target = TargetRef::of_user(id, form.username.clone());
    let reader = ssr::permitted::<ClientsRead>();
    ssr::call_with_read::<UsersWrite, _>(async |services, authorized| {
        let typed = form.more_clients.as_str();
        let more_clients = read::numbered_clients(&services, reader.as_ref(), typed).await?;
        let form = EditUser {
            more_clients,
            ..form
        };
        let edit = edit(form).map_err(Error::Invalid)?;
        let user = service::users::edit(&services, &authorized, target, edit).await?;
        let flash = Flash::of(FlashEvent::User(UserAction::Edit), [user.summary.username]);
        Ok(FormSuccess::flash(&page, flash, None).await)
    })
    .await
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
) -> Result<FormSuccess, ApiError> {
    use domain::{
        flash::{Flash, FlashEvent},
        users::{action::UserAction, bulk::Selected, deletion::Deletion},
    };
    use reversible::undo;
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require::<UsersWrite>()?;
        let user = read::confirmed(&services, &caller, id, &confirm).await?;
        let deletion = Deletion {
            counts: Some(read::counts(&counts)?),
            permanent,
        };
        let target = TargetRef::of_user(id, username);
        service::users::delete(&services, &authorized, target, &deletion).await?;
        let names = [user.username.clone()];
        // A permanently deleted user no longer has a page.
        if permanent || services.settings.delete_retention.is_zero() {
            let flash = Flash::of(FlashEvent::DeletionStarted, names);
            return Ok(FormSuccess::flash("/users", flash, None).await);
        }
        // The deletion incremented the version by one.
        let deleted = Selected {
            version: user.version.saturating_add(1),
            ..Selected::from(&user)
        };
        let undo = undo(UserAction::Restore, &[deleted], &page, &[]);
        let flash = Flash::of(FlashEvent::User(UserAction::Delete), names);
        Ok(FormSuccess::flash(&page, flash, Some(undo)).await)
    })
    .await
}

/// Transfers the data of one user to another, who is named as in a URL. `personas` is the number that the form showed.
#[server(endpoint = "reassign-data", protocol = Post)]
pub async fn reassign_data(
    page: String,
    id: Uuid,
    username: String,
    to: String,
    personas: i64,
) -> Result<FormSuccess, ApiError> {
    use domain::flash::{Flash, FlashEvent};
    ssr::call_as_caller(async |services, caller| {
        let authorized = caller.require::<UsersWrite>()?;
        let to = read::transfer_target(&services, &caller, &to).await?;
        let from = read::named(&services, &caller, id).await?;
        let target = TargetRef::of_user(id, username);
        let transferred =
            service::users::reassign(&services, &authorized, target, to.id.0, Some(personas))
                .await?;
        let names = [from.username, to.username];
        let flash = match transferred.conversations {
            0 => Flash::of(FlashEvent::DataTransferred, names).counting(transferred.personas),
            conversations => Flash::of(FlashEvent::ItemsTransferred, names)
                .counting(transferred.personas.saturating_add(conversations)),
        };
        Ok(FormSuccess::flash(&page, flash, None).await)
    })
    .await
}

/// Creates a password reset link for a user.
#[server(endpoint = "create-reset-link", protocol = Post)]
pub async fn create_reset_link(
    page: String,
    id: Uuid,
    username: String,
) -> Result<FormSuccess, ApiError> {
    let target = TargetRef::of_user(id, username);
    ssr::call::<UsersWrite, _>(async |services, authorized| {
        let link = service::reset::create_link(&services, &authorized, target).await?;
        Ok(FormSuccess::to(domain::access::local_path(&page)).with_link(&link))
    })
    .await
}
