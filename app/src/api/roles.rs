//! Roles with their permissions: the list, and the forms that change it.

#![expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::{
    message::Message,
    roles::{Role, RoleDeletion, RoleDraft, RoleEdit},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    Error, Services,
    access::{Authorized, RolesRead, RolesWrite},
    guard::TargetRef,
};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    first_values::{changed, changed_list},
    form_success::FormSuccess,
    wire::{Get, Post},
};
#[cfg(feature = "ssr")]
use crate::text;

/// Path of the page with the roles.
pub const ROLES: &str = "/roles";

/// A role in the list, with the reason if the caller cannot change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedRole {
    /// The role with its permissions.
    pub role: Role,
    /// Reason why the caller cannot change the role.
    pub denied: Option<Message>,
    /// Whether a job is deleting the role.
    pub being_deleted: bool,
}

/// A role, and the effect that its deletion would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleDeletionView {
    /// The role.
    pub listed: ListedRole,
    /// Effect of the deletion.
    pub deletion: RoleDeletion,
}

/// Lists all roles with their permissions, most powerful first.
#[server(endpoint = "role-list", protocol = Get)]
pub async fn list_all_roles() -> Result<Vec<ListedRole>, ApiError> {
    ssr::call::<RolesRead, _>(async |services, authorized| {
        let roles = service::roles::list(&services, &authorized).await?;
        listed(&services, &authorized, roles).await
    })
    .await
}

/// Returns the effect that the deletion of a role would have.
#[server(endpoint = "role-deletion", protocol = Get)]
pub async fn preview_role_deletion(id: String) -> Result<RoleDeletionView, ApiError> {
    use domain::error::Entity;
    ssr::call::<RolesRead, _>(async |services, authorized| {
        const NOT_FOUND: Error = Error::NotFound(Entity::Role);
        let id: Uuid = id.parse().map_err(|_| NOT_FOUND)?;
        let role = service::roles::find(&services, &authorized, id).await?;
        let mut roles = listed(&services, &authorized, vec![role]).await?;
        Ok(RoleDeletionView {
            listed: roles.pop().ok_or(NOT_FOUND)?,
            deletion: service::roles::preview_deletion(&services, &authorized, id).await?,
        })
    })
    .await
}

/// Adds the reasons why the caller cannot change the roles, in the language of the request, and whether they are being deleted.
#[cfg(feature = "ssr")]
async fn listed(
    services: &Services,
    authorized: &Authorized<RolesRead>,
    roles: Vec<Role>,
) -> Result<Vec<ListedRole>, Error> {
    let denied = service::roles::denied_changes(services, authorized, &roles).await?;
    let deleted = service::roles::list_being_deleted(services, authorized).await?;
    let listed = roles
        .into_iter()
        .zip(denied)
        .map(|(role, denied)| ListedRole {
            denied: denied.as_ref().map(text::message::translated),
            being_deleted: deleted.contains(&role.id.to_string()),
            role,
        });
    Ok(listed.collect())
}

/// Creates a role.
#[server(endpoint = "create-role", protocol = Post)]
pub async fn create_role(
    #[server(default)] name: String,
    #[server(default)] label: String,
    #[server(default)] description: String,
    #[server(default)] permissions: Vec<String>,
    #[server(default)] rank: String,
) -> Result<FormSuccess, ApiError> {
    use domain::flash::{FlashEvent, ResourceEvent};
    let draft = draft(CreateRole {
        name,
        label,
        description,
        permissions,
        rank,
    });
    ssr::call::<RolesWrite, _>(async |services, authorized| {
        let role = service::roles::create(&services, &authorized, draft).await?;
        Ok(flash(FlashEvent::Resource(ResourceEvent::RoleCreated), role.name).await)
    })
    .await
}

/// Changes a role if it still has the version that the form showed. `shown` is the name that the page showed, and
/// `first` has the values of the fields. A description that was not changed keeps its lines.
#[server(endpoint = "edit-role", protocol = Post)]
pub async fn edit_role(
    id: Uuid,
    shown: String,
    version: i32,
    #[server(default)] name: String,
    #[server(default)] label: String,
    #[server(default)] description: String,
    #[server(default)] permissions: Vec<String>,
    #[server(default)] rank: String,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    use domain::flash::{FlashEvent, ResourceEvent};
    let target = TargetRef::named(id, shown.clone()).at_version(version);
    let edit = edit(EditRole {
        id,
        shown,
        version,
        name,
        label,
        description,
        permissions,
        rank,
        first,
    });
    ssr::call_with_read::<RolesWrite, _>(async |services, authorized| {
        let role = service::roles::edit(&services, &authorized, target, edit).await?;
        Ok(flash(FlashEvent::Resource(ResourceEvent::RoleSaved), role.name).await)
    })
    .await
}

/// Deletes a role. `shown`, `version` and `users` are the name, the version and the number of users that the form
/// showed.
#[server(endpoint = "delete-role", protocol = Post)]
pub async fn delete_role(
    id: Uuid,
    shown: String,
    version: i32,
    users: u64,
) -> Result<FormSuccess, ApiError> {
    use domain::flash::{FlashEvent, ResourceEvent};
    let target = TargetRef::named(id, shown.clone()).at_version(version);
    ssr::call_with_read::<RolesWrite, _>(async |services, authorized| {
        let job = service::roles::delete(&services, &authorized, target, Some(users)).await?;
        let event = if job.is_some() {
            FlashEvent::RoleDeletionStarted
        } else {
            FlashEvent::Resource(ResourceEvent::RoleDeleted)
        };
        Ok(flash(event, shown).await)
    })
    .await
}

/// Redirects to the page of the roles with a message about one of them.
#[cfg(feature = "ssr")]
async fn flash(event: domain::flash::FlashEvent, name: String) -> FormSuccess {
    FormSuccess::flash(ROLES, domain::flash::Flash::of(event, [name]), None).await
}

/// Converts the form of a new role to a draft. Without a rank, the role gets the default one.
#[must_use]
pub fn draft(form: CreateRole) -> RoleDraft {
    RoleDraft {
        name: form.name,
        label: Some(form.label),
        description: form.description,
        permissions: form.permissions,
        rank: (!form.rank.trim().is_empty()).then(|| rank(&form.rank)),
    }
}

/// Returns a description on one line, as a field of a form shows it.
#[must_use]
pub fn on_one_line(description: &str) -> String {
    description.replace('\n', " ")
}

/// Converts the form of a role to an edit of the changed fields.
#[must_use]
pub fn edit(form: EditRole) -> RoleEdit {
    let first = form.first.as_str();
    RoleEdit {
        name: changed(first, "name", form.name),
        label: changed(first, "label", form.label).map(Some),
        description: changed(first, "description", form.description),
        permissions: changed_list(first, "permissions", form.permissions),
        rank: changed(first, "rank", form.rank).map(|typed| rank(&typed)),
    }
}

/// Parses a rank. A text that is no number becomes a rank out of range, which the check of the form rejects.
fn rank(typed: &str) -> i16 {
    typed.trim().parse().unwrap_or(i16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_that_is_no_number_is_rejected() {
        for (typed, is_valid) in [
            ("", true),
            (" 7 ", true),
            ("0", true),
            ("1000", true),
            ("1001", false),
            ("-1", false),
            ("high", false),
            ("99999", false),
        ] {
            let form = CreateRole {
                name: "helpdesk".to_owned(),
                label: String::new(),
                description: String::new(),
                permissions: Vec::new(),
                rank: typed.to_owned(),
            };
            let checked = draft(form).check();
            assert_eq!(checked.is_ok(), is_valid, "{typed}: {checked:?}");
        }
    }
}
