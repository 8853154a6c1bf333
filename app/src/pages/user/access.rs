//! Access of a user: roles, groups, clients, reachable resources, questions, and features with the reasons.

pub mod features;
pub mod groups;
pub mod question;
mod reply;

use domain::{
    access_check::KindTotal, permission::Permission, problem::Code, resources::ResourceListParams,
    users::detail::UserRef,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{OpenedUser, may_write, path};
use crate::{
    api::{
        read::ReadRequest,
        user::UserView,
        user_access::{GetAccess, PickerItem, UserAccess},
    },
    components::{
        badge::RoleBadges,
        description_list::DescriptionItem,
        state::{LoadErrorNotice, LoadingNotice},
    },
    context::PageContext,
    format::grouped,
    labels,
    links::resources::href,
    text,
};
use features::Features;
use question::Question;

/// Renders the tab, and the dialog above it.
#[component]
pub fn AccessTab() -> impl IntoView {
    let opened = OpenedUser::current();
    let user_view = opened.user_view;
    let access = opened.load(|| Ok(()), |(), id| ReadRequest::of(GetAccess { id }));
    let content = access.draw(LoadingNotice, move |access| match access {
        Ok(access) => {
            let user_view = user_view.get_untracked().and_then(Result::ok);
            let content =
                user_view.map(|user_view| view! { <Content user_view=user_view access=access /> });
            content.into_any()
        }
        // The header of the page shows that the user does not exist.
        Err(problem) if problem.error == Code::NotFound => ().into_any(),
        Err(problem) => {
            view! { <LoadErrorNotice title=text::access::load_failed() problem=problem /> }
                .into_any()
        }
    });
    view! {
        {content}
        <Outlet />
    }
}

#[component]
fn Content(user_view: UserView, access: UserAccess) -> impl IntoView {
    let page = path(&user_view.user.summary);
    let keys = access.features.iter();
    let features: Vec<(String, String)> = keys
        .map(|feature| {
            let label = labels::features::label(&feature.key, &feature.label);
            (feature.key.clone(), label)
        })
        .collect();
    let kinds = access.resources.iter().map(|total| total.kind.clone());
    let kinds: Vec<String> = kinds.collect();
    let groups = access.groups.map(|(groups, total)| {
        let can_change =
            PageContext::current().may(Permission::GroupsWrite) && is_current(&user_view);
        let href = can_change.then(|| format!("{page}/access/groups"));
        view! { <Groups groups=groups total=total href=href /> }
    });
    let edit = (may_write() && is_current(&user_view)).then(|| format!("{page}/edit"));
    let is_admin = user_view.user.summary.is_admin;
    let user = UserRef::naming(&user_view.user.summary.username);
    view! {
        <div class="panes">
            <section>
                <h2>{text::access::roles()}</h2>
                <p class="chips">
                    <RoleBadges roles=user_view.user.summary.roles.clone() />
                </p>
                <a class="link" href="/roles">
                    {text::access::view_roles()}
                </a>
            </section>
            {groups}
            <Clients clients=user_view.clients.clone() is_admin=is_admin href=edit />
            <Resources user=user totals=access.resources all=access.all_resources />
        </div>
        <Question user_view=user_view features=features kinds=kinds />
        <Features features=access.features />
    }
}

/// Returns whether the user is not deleted.
fn is_current(user_view: &UserView) -> bool {
    user_view.user.deleted_at.is_none()
}

/// Renders the groups with links to their pages.
#[component]
fn Groups(
    /// First groups, by name.
    groups: Vec<PickerItem>,
    /// Number of all groups.
    total: u64,
    /// Path of the dialog that changes the groups, if the viewer can do that.
    href: Option<String>,
) -> impl IntoView {
    let shown = u64::try_from(groups.len()).unwrap_or(u64::MAX);
    let further = total.saturating_sub(shown);
    let is_empty = groups.is_empty();
    let links = groups.into_iter().map(|group| {
        view! {
            <li>
                <a class="link" href=format!("/groups/{}", group.key)>
                    <bdi>{group.label}</bdi>
                </a>
            </li>
        }
    });
    view! {
        <section>
            <h2>{text::access::groups()}</h2>
            {is_empty.then(|| view! { <p class="muted">{text::access::no_groups()}</p> })}
            <ul class="chips">{links.collect_view()}</ul>
            {(further > 0).then(|| view! { <p class="muted">{text::access::groups_more(further)}</p> })}
            {href
                .map(|href| {
                    view! {
                        <a class="button" href=href data-noscroll>
                            {text::access::change_groups()}
                        </a>
                    }
                })}
        </section>
    }
}

/// Renders the clients in the list of the user.
#[component]
fn Clients(
    /// Clients in the list.
    clients: Vec<PickerItem>,
    /// Whether the user sees the data of all clients.
    is_admin: bool,
    /// Path of the dialog that changes the list, if the viewer can do that.
    href: Option<String>,
) -> impl IntoView {
    let note = match (is_admin, clients.is_empty()) {
        (true, _) => Some(text::access::all_clients()),
        (false, true) => Some(text::access::no_clients()),
        (false, false) => None,
    };
    let names = clients.into_iter().map(|client| {
        view! {
            <li>
                <span class="badge">
                    <bdi>{client.label}</bdi>
                </span>
            </li>
        }
    });
    view! {
        <section>
            <h2>{text::access::clients()}</h2>
            {note.map(|note| view! { <p class="muted">{note}</p> })}
            <ul class="chips">{names.collect_view()}</ul>
            {href
                .map(|href| {
                    view! {
                        <a class="button" href=href data-noscroll>
                            {text::access::change_clients()}
                        </a>
                    }
                })}
        </section>
    }
}

/// Renders the numbers of reachable resources by kind, with links to these for viewers who can read resources.
#[component]
fn Resources(
    /// Reference to the user, for the links.
    user: String,
    /// Numbers of reachable resources.
    totals: Vec<KindTotal>,
    /// Numbers of all resources, if the viewer can read resources.
    all: Option<Vec<KindTotal>>,
) -> impl IntoView {
    let is_empty = totals.is_empty();
    let is_linked = all.is_some();
    // Kinds without a reachable resource are listed, too.
    let kinds = all.unwrap_or_else(|| totals.clone());
    let items = kinds.into_iter().map(|KindTotal { kind, count: total }| {
        let reached = totals.iter().find(|reached| reached.kind == kind);
        let count = reached.map_or(0, |reached| reached.count);
        let number = if is_linked {
            let href = href(&ResourceListParams {
                kind: Some(kind.clone()),
                reached_by: Some(user.clone()),
                ..ResourceListParams::default()
            });
            view! {
                <a class="link" href=href>
                    {text::access::of_total(grouped(count), grouped(total))}
                </a>
            }
            .into_any()
        } else {
            grouped(count).into_any()
        };
        view! { <DescriptionItem label=kind>{number}</DescriptionItem> }
    });
    view! {
        <section>
            <h2>{text::access::resources()}</h2>
            {is_empty.then(|| view! { <p class="muted">{text::access::no_resources()}</p> })}
            <dl class="details">{items.collect_view()}</dl>
        </section>
    }
}
