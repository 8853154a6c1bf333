//! Page "Roles": all roles with their permissions.

pub mod choice;
pub mod delete;
pub mod dialogs;
mod fields;
mod matrix;

use domain::{permission::Permission, roles::Role};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        listed::check_params,
        read::ReadRequest,
        roles::{ListAllRoles, ListedRole, ROLES},
    },
    components::{
        dialog::DialogRoute,
        exports::{RECORDS, export_links},
        list::row_link::new_link,
        loaded::Loaded,
        parameters::{NONE, checked},
        state::{ListErrorNotice, LoadingNotice},
        tab::with,
    },
    context::PageContext,
    labels, text,
};

/// Roles of the page, shared with the dialogs above it.
type LoadedRoles = Loaded<Vec<ListedRole>>;

/// Renders the page.
#[component]
pub fn Roles() -> impl IntoView {
    let request = checked(|| (), &[], NONE);
    let list: LoadedRoles = Loaded::new(move || {
        check_params(request.get())?;
        ReadRequest::of(ListAllRoles {})
    });
    provide_context(list);
    let exports = with(list, |_| {
        export_links(RECORDS, &|format| {
            format!("/api/admin/roles/export?format={format}")
        })
    });
    let shown = list.draw(LoadingNotice, |result| match result {
        Ok(roles) => matrix::table(roles),
        Err(problem) => view! {
            <ListErrorNotice
                title=text::roles::load_failed()
                problem=problem
                again=String::new()
                all=ROLES.to_owned()
                label=text::roles::show_all()
            />
        }
        .into_any(),
    });
    view! {
        <header class="page-head">
            <h1>{text::roles::title()}</h1>
            <div class="toolbar-end">
                {exports}
                {may_write().then(|| new_link(Signal::stored(format!("{ROLES}/new")), text::roles::new()))}
            </div>
        </header>
        <p class="pane-actions muted">{text::roles::hint()}</p>
        <section class="list" aria-label=text::roles::title()>
            {shown}
        </section>
        <Outlet />
    }
}

/// Returns whether the viewer can change roles.
fn may_write() -> bool {
    expect_context::<PageContext>().may(Permission::RolesWrite)
}

/// Returns the name of a role for display.
fn label(role: &Role) -> String {
    let label = role.label.clone();
    label.unwrap_or_else(|| labels::role(&role.name))
}

/// Returns the path of a dialog and of the page behind it.
fn route(end: &str) -> DialogRoute {
    DialogRoute {
        path: format!("{ROLES}/{end}"),
        back: ROLES.to_owned(),
    }
}
