//! Deletion of a role. The dialog shows the numbers of users who lose the role and its permissions.

use domain::{
    access_tokens::Scope,
    messages,
    permission::Permission,
    roles::{LostPermission, RoleDeletion},
};
use leptos::prelude::*;

use super::{label, route};
use crate::{
    api::{
        error::ApiError,
        read::ReadRequest,
        roles::{DeleteRole, PreviewRoleDeletion, RoleDeletionView},
    },
    components::{
        deletion::{Uncounted, in_background},
        description_list::DescriptionItem,
        dialog::FormDialog,
        form,
        loaded::{Loaded, transition},
        rows::keyed_by,
    },
    format::grouped,
    labels::security,
    text,
};

/// Renders the dialog that deletes a role.
#[component]
pub fn Delete() -> impl IntoView {
    keyed_by("id", |id| view! { <DeleteOf id=id /> }.into_any())
}

#[component]
fn DeleteOf(id: String) -> impl IntoView {
    let end = format!("{id}/delete");
    let preview: Loaded<RoleDeletionView> =
        Loaded::new(move || ReadRequest::of(PreviewRoleDeletion { id: id.clone() }));
    let counting = route(&end);
    let fallback = move || view! { <Uncounted route=counting problem=None /> };
    let dialog = move || {
        Some(match preview.get()? {
            Ok(preview) => view! { <DeleteForm preview=preview /> }.into_any(),
            Err(ApiError(problem)) => {
                view! { <Uncounted route=route(&end) problem=Some(problem) /> }.into_any()
            }
        })
    };
    transition(fallback.into(), Box::new(dialog))
}

#[component]
fn DeleteForm(preview: RoleDeletionView) -> impl IntoView {
    let RoleDeletionView { listed, deletion } = preview;
    let role = listed.role;
    let name = label(&role);
    let route = route(&format!("{}/delete", role.id));
    let again = route.path.clone();
    let form_state = form::send::<DeleteRole>(&route.path);
    let denied = match role.builtin {
        Some(_) => Some(text::message::of(&messages::role_builtin_delete())),
        None => listed.denied.map(String::from),
    };
    let users = deletion.users.to_string();
    let background = in_background(deletion.is_job());
    view! {
        <FormDialog
            route=route
            title=text::roles::delete_of(&name)
            form_state=form_state
            denied=denied
            action=Signal::stored(text::roles::delete_of(&name))
            right=Permission::RolesWrite
            danger=true
        >
            {move || {
                form_state
                    .problem
                    .with(Option::is_some)
                    .then(|| {
                        view! {
                            <a class="button" href=again.clone() rel="external">
                                {text::roles::delete_reload()}
                            </a>
                        }
                    })
            }}
            {effect(deletion)}
            {background}
            <p class="notice tone-danger">{text::roles::delete_final()}</p>
            <input type="hidden" name="id" value=role.id.to_string() />
            <input type="hidden" name="shown" value=role.name />
            <input type="hidden" name="version" value=role.version.to_string() />
            <input type="hidden" name="users" value=users />
        </FormDialog>
    }
}

/// Renders the numbers of users who lose the role, and for each permission of those who lose it.
fn effect(deletion: RoleDeletion) -> AnyView {
    let RoleDeletion {
        users,
        without_role,
        lost,
    } = deletion;
    if users == 0 {
        return view! { <p>{text::roles::delete_none()}</p> }.into_any();
    }
    let without_role =
        (without_role > 0).then(|| format!(" {}", text::roles::delete_without_role(without_role)));
    let lost = if lost.is_empty() {
        view! { <p>{text::roles::delete_lost_none()}</p> }.into_any()
    } else {
        let items: Vec<AnyView> = lost.into_iter().map(item).collect();
        view! {
            <p>{text::roles::delete_lost()}</p>
            <dl class="details">{items}</dl>
        }
        .into_any()
    };
    view! {
        <p>{text::roles::delete_users(users)} {without_role}</p>
        {lost}
    }
    .into_any()
}

/// Renders a permission and the number of users who lose it.
fn item(lost: LostPermission) -> AnyView {
    let LostPermission { permission, users } = lost;
    let label = match permission.parse::<Permission>() {
        Ok(permission) => security::scope(Scope::Permission(permission)).to_owned(),
        Err(_) => permission,
    };
    view! { <DescriptionItem label=label>{grouped(users)}</DescriptionItem> }.into_any()
}
