//! Dialogs that create, clone and edit a role.

use domain::{fields::FieldErrors, permission::Permission};
use leptos::prelude::*;

use super::{
    LoadedRoles,
    fields::{Values, fields, saved_name},
    label, route,
};
use crate::{
    api::{
        error::set_not_found,
        roles::{CreateRole, EditRole, ListedRole, draft, edit},
    },
    components::{
        dialog::FormDialog,
        form,
        object_form::{ObjectConflict, UseTheirs},
        rows::keyed_by,
        tab::with,
    },
    context::PageContext,
    text,
};

/// Renders the dialog that creates a role.
#[component]
pub fn New() -> impl IntoView {
    view! {
        <CreateForm
            end="new".to_owned()
            title=text::roles::new().to_owned()
            first=Values::of_new()
            denied=None
        />
    }
}

/// Renders the dialog that creates a role with the values of another one.
#[component]
pub fn CloneRole() -> impl IntoView {
    keyed_by("id", |id| {
        with_role(id, |id, found| {
            let end = format!("{id}/clone");
            let role = found.map(|listed| listed.role);
            let title = match &role {
                Some(role) => text::roles::clone_of(label(role)),
                None => text::roles::clone().to_owned(),
            };
            let denied = role.is_none().then(missing);
            let first = role.as_ref().map_or_else(Values::of_new, Values::of_copy);
            view! { <CreateForm end=end title=title first=first denied=denied /> }.into_any()
        })
    })
}

/// Renders the dialog that edits a role.
#[component]
pub fn EditOf() -> impl IntoView {
    keyed_by("id", |id| {
        with_role(id, |id, found| {
            view! { <EditForm id=id found=found /> }.into_any()
        })
    })
}

/// Renders a dialog for the role with an id. If the role does not exist, the dialog says so.
fn with_role(id: String, dialog: fn(String, Option<ListedRole>) -> AnyView) -> AnyView {
    with(expect_context::<LoadedRoles>(), move |roles| {
        let mut roles = roles.into_iter();
        let found = roles.find(|listed| listed.role.id.to_string() == id);
        if found.is_none() {
            set_not_found();
        }
        dialog(id.clone(), found)
    })
}

/// Returns the reason for denial if the role no longer exists.
fn missing() -> String {
    text::roles::missing().to_owned()
}

/// Validates the typed form of a new role.
fn check_new(form: CreateRole) -> FieldErrors {
    draft(form).check().err().unwrap_or_default()
}

/// Validates the typed form of a stored role.
fn check_edit(form: EditRole) -> FieldErrors {
    edit(form).check().err().unwrap_or_default()
}

#[component]
fn CreateForm(
    /// Path suffix of the dialog.
    end: String,
    /// Heading of the dialog.
    title: String,
    /// Initial values.
    first: Values,
    /// Reason why no role can be created here.
    denied: Option<String>,
) -> impl IntoView {
    let route = route(&end);
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send_checked::<CreateRole>(&route.path, check_new);
    let values = first.typed(&context);
    view! {
        <FormDialog
            route=route
            title=title
            form_state=form_state
            denied=denied
            action=Signal::stored(text::roles::create().to_owned())
            right=Permission::RolesWrite
        >
            {fields(values, None, form_state, None)}
        </FormDialog>
    }
}

#[component]
fn EditForm(id: String, found: Option<ListedRole>) -> impl IntoView {
    let route = route(&format!("{id}/edit"));
    let path = route.path.clone();
    let context = expect_context::<PageContext>().of_form(&path);
    let form_state = form::send_checked::<EditRole>(&path, check_edit);
    let conflict = ObjectConflict::of(form_state);
    let (title, denied) = match &found {
        Some(listed) => (
            text::roles::edit_of(label(&listed.role)),
            listed.denied.clone().map(String::from),
        ),
        None => (text::roles::edit().to_owned(), Some(missing())),
    };
    let inside = found.map(|listed| {
        let role = listed.role;
        let stored = Values::of(&role);
        let first = conflict.first(&context, &stored.first());
        let version = conflict.version(&context, role.version);
        let shown = conflict.value(saved_name, role.name.clone());
        let values = stored.typed(&context);
        view! {
            <UseTheirs conflict=conflict path=path />
            {first}
            {fields(values, role.builtin, form_state, Some(conflict))}
            <input type="hidden" name="version" value=version />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="shown" value=shown />
        }
        .into_any()
    });
    view! {
        <FormDialog
            route=route
            title=title
            form_state=form_state
            denied=denied
            action=conflict.action()
            right=Permission::RolesWrite
        >
            {inside}
        </FormDialog>
    }
}
