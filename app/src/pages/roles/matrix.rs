//! Matrix of roles and permissions: a column for each role, a row for each permission.

use domain::{
    access_tokens::Scope,
    limits::LimitSubject,
    permission::{Permission, Permissions},
    users::list::ListParams,
};
use leptos::prelude::*;

use super::{label, may_write};
use crate::{
    api::roles::{ListedRole, ROLES},
    components::{
        badge::being_deleted,
        icon::{Glyph, Icon},
        list::row_link::{RowLink, row_links},
    },
    context::PageContext,
    labels::{
        self,
        permissions::{self, ResourcePermissions},
        security,
    },
    links::{limits, users},
    text,
};

/// Renders the matrix, which scrolls inside its own container.
pub(super) fn table(roles: Vec<ListedRole>) -> AnyView {
    let may_write = may_write();
    let heads: Vec<AnyView> = roles.iter().map(|listed| head(listed, may_write)).collect();
    let granted: Vec<Permissions> = roles
        .into_iter()
        .map(|listed| Permissions::new(listed.role.permissions))
        .collect();
    let resources: Vec<AnyView> = permissions::by_resource()
        .into_iter()
        .map(|of| rows(of, &granted))
        .collect();
    view! {
        <div class="matrix" role="region" aria-label=text::roles::matrix() tabindex="0">
            <table>
                <caption class="visually-hidden">{text::roles::matrix()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text::roles::permission()}</th>
                        {heads}
                    </tr>
                </thead>
                {resources}
            </table>
        </div>
    }
    .into_any()
}

/// Renders the heading of a role: its name, rank, users and actions.
fn head(listed: &ListedRole, may_write: bool) -> AnyView {
    let role = &listed.role;
    let holders = users::href(&ListParams {
        q: Some(format!("role:{}", role.name)),
        ..ListParams::default()
    });
    let limits = PageContext::current().may(Permission::LimitsRead).then(|| {
        let href = limits::of_subject(LimitSubject::Role(role.id));
        let about = text::limits::limits_of(label(role));
        view! {
            <p>
                <a href=href aria-label=about>
                    {text::limits::title()}
                </a>
            </p>
        }
    });
    let builtin = role
        .builtin
        .map(|_| view! { <span class="badge">{text::roles::builtin()}</span> });
    let name = label(role);
    let stored = (name != role.name).then(|| view! { <code>{role.name.clone()}</code> });
    let description = match role.description.as_str() {
        "" => labels::role_meaning(&role.name).map(IntoAny::into_any),
        description => Some(view! { <bdi>{description.to_owned()}</bdi> }.into_any()),
    };
    let description = description.map(|text| view! { <p class="muted">{text}</p> });
    view! {
        <th scope="col">
            <p class="matrix-role">
                <bdi>{name}</bdi>
                {builtin} {being_deleted(listed.being_deleted)}
            </p>
            {stored}
            {description}
            <p class="muted">{text::roles::rank_of(role.rank)}</p>
            <p>
                <a href=holders>{text::roles::users(role.users)}</a>
            </p>
            {limits}
            {may_write.then(|| actions(listed))}
        </th>
    }
    .into_any()
}

/// Renders the links to the dialogs of a role. A role above the viewer can only be cloned, and the reason is shown; so can
/// one that is being deleted.
fn actions(listed: &ListedRole) -> AnyView {
    let role = &listed.role;
    let name = label(role);
    let link = |word: &str, label: &'static str, about: String| RowLink {
        href: format!("{ROLES}/{}/{word}", role.id),
        label,
        about,
    };
    let denied = listed.denied.clone();
    let is_denied = denied.is_some() || listed.being_deleted;
    let edit = (!is_denied).then(|| link("edit", text::roles::edit(), text::roles::edit_of(&name)));
    let clone = link("clone", text::roles::clone(), text::roles::clone_of(&name));
    let can_delete = !is_denied && role.builtin.is_none();
    let delete = can_delete.then(|| {
        link(
            "delete",
            text::roles::delete(),
            text::roles::delete_of(&name),
        )
    });
    let links = edit.into_iter().chain([clone]).chain(delete);
    view! {
        {row_links(links.collect())}
        {denied.map(|denied| view! { <p class="muted">{String::from(denied)}</p> })}
    }
    .into_any()
}

/// Renders the permissions for a resource.
fn rows(of: ResourcePermissions, granted: &[Permissions]) -> AnyView {
    let columns = granted.len().saturating_add(1).to_string();
    let rows: Vec<AnyView> = of
        .permissions
        .into_iter()
        .map(|permission| row(permission, granted))
        .collect();
    view! {
        <tbody>
            <tr>
                <th scope="rowgroup" colspan=columns class="matrix-resource">
                    <span>{of.resource}</span>
                </th>
            </tr>
            {rows}
        </tbody>
    }
    .into_any()
}

/// Renders a permission, and for each role whether it grants the permission.
fn row(permission: Permission, granted: &[Permissions]) -> AnyView {
    let cells: Vec<AnyView> = granted
        .iter()
        .map(|granted| cell(granted.include(permission)))
        .collect();
    view! {
        <tr>
            <th scope="row">
                {security::scope(Scope::Permission(permission))}
                <p class="muted">{permissions::description(permission)}</p>
                <code>{permission.as_str()}</code>
            </th>
            {cells}
        </tr>
    }
    .into_any()
}

fn cell(is_granted: bool) -> AnyView {
    if is_granted {
        view! {
            <td>
                <Glyph icon=Icon::Check />
                <span class="visually-hidden">{text::roles::granted()}</span>
            </td>
        }
        .into_any()
    } else {
        view! {
            <td class="muted">
                <span aria-hidden="true">"–"</span>
                <span class="visually-hidden">{text::roles::not_granted()}</span>
            </td>
        }
        .into_any()
    }
}
