//! Header of a user's page: name, roles, actions and tabs.

use domain::{
    permission::Permission,
    users::{Status, UserSummary, action::UserAction, bulk::Selected},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use uuid::Uuid;

use super::{OpenedUser, may_write, path};
use crate::{
    api::{registrations::PENDING_LIST, user::UserView},
    components::{
        avatar::Avatar,
        badge::{DeletedBadge, RoleBadges, StatusBadge},
        form::PageUser,
        notice::ProblemNotice,
        tabs::Tabs,
        time::Exactly,
        title::PageTitle,
    },
    context::PageContext,
    labels,
    links::with_selected,
    text,
};

/// Tabs: path segment, name and required permission.
const TABS: &[(&str, text::Label, Permission)] = &[
    ("", text::user::overview, Permission::UsersRead),
    (
        "sessions",
        text::actions::sessions,
        Permission::SessionsRead,
    ),
    ("keys", text::actions::api_keys, Permission::ApiKeysRead),
    ("data", text::user::owned_data, Permission::UsersRead),
    ("history", text::user::history, Permission::AuditRead),
];

/// Returns the tabs that the viewer can open.
fn tabs() -> Vec<(&'static str, &'static str)> {
    let context = use_context::<PageContext>().unwrap_or_default();
    let can_open = |permission| {
        let principal = context.principal.as_ref();
        principal.is_some_and(|principal| principal.permissions.include(permission))
    };
    let tabs = TABS
        .iter()
        .filter(|(_, _, permission)| can_open(*permission));
    tabs.map(|(end, name, _)| (*end, name())).collect()
}

/// Renders the header.
#[component]
pub(super) fn Head(user_view: UserView) -> impl IntoView {
    let doing = OpenedUser::current().doing;
    let user = &user_view.user;
    let (id, name) = (user.summary.id, user.summary.display_name.clone());
    let page = path(&user.summary);
    let deleted = user.deleted_at.is_some();
    let suspended = user.summary.status == Status::Suspended;
    let until = user
        .summary
        .suspended_until
        .filter(|_| suspended && !deleted);
    view! {
        <PageTitle text=name.clone() />
        <header class="page-head user-head">
            <Avatar id=id name=name.clone() size="avatar-56" />
            <div class="user-text">
                <h1>
                    <bdi>{name}</bdi>
                </h1>
                <p class="user-handle">
                    {text::user::handle(&user.summary.username, user.summary.number)}
                </p>
                <p class="chips">
                    {if deleted {
                        view! { <DeletedBadge /> }.into_any()
                    } else {
                        view! {
                            <StatusBadge
                                status=user.summary.status
                                until=user.summary.suspended_until
                            />
                        }
                            .into_any()
                    }}
                    {until
                        .map(|until| {
                            let [before, after] = text::user::until_around();
                            view! {
                                <span class="muted">{before} <Exactly at=until /> {after}</span>
                            }
                        })} <RoleBadges roles=user.summary.roles.clone() />
                    {user
                        .must_change_password
                        .then(|| {
                            view! { <span class="badge tone-warning">{text::user::must_change_password()}</span> }
                        })}
                </p>
            </div>
            {may_write().then(|| view! { <Actions user_view=user_view.clone() /> })}
        </header>
        {move || {
            doing.problem
                .get()
                .map(|problem| {
                    view! {
                        <div class="pane-actions">
                            <ProblemNotice problem=problem />
                        </div>
                    }
                })
        }}
        <Tabs page=page label=text::user::user_details() tabs=tabs() current=current_tab() />
    }
}

/// Renders the actions. An action without a dialog has a button only if it is allowed, and the reason is shown below
/// otherwise; a dialog shows the reason itself.
#[component]
fn Actions(user_view: UserView) -> impl IntoView {
    let page = path(&user_view.user.summary);
    let id = user_view.user.summary.id.0;
    let username = user_view.user.summary.username.clone();
    let labeled = |action: UserAction, label: &'static str| {
        view! {
            <a class="button" href=format!("{page}/{}", action.as_str()) data-noscroll>
                {label}
            </a>
        }
    };
    let link = |action: UserAction| labeled(action, labels::user_action(action));
    let mut rejected = None;
    let mut button = |operation: UserAction| {
        let denied = user_view.denied_actions.reason(operation);
        let may = denied.is_none();
        rejected = rejected.take().or(denied);
        may.then(|| {
            let (page, username) = (page.clone(), username.clone());
            view! { <ActionButton operation=operation page=page id=id username=username /> }
        })
    };
    let buttons = if user_view.user.deleted_at.is_some() {
        view! {
            {button(UserAction::Restore)}
            {labeled(UserAction::Delete, text::user::delete_permanently())}
        }
        .into_any()
    } else {
        view! {
            {link(UserAction::Edit)}
            {link(UserAction::Reset)}
            {link(UserAction::RevokeSessions)}
            {match user_view.user.summary.status {
                Status::Suspended => button(UserAction::Unsuspend).into_any(),
                Status::Active => link(UserAction::Suspend).into_any(),
                Status::Pending => pending_actions(&user_view.user.summary).into_any(),
            }}
            {link(UserAction::Delete)}
        }
        .into_any()
    };
    view! {
        <div class="actions">{buttons}</div>
        {rejected.map(|denied| view! { <p class="muted">{denied}</p> })}
    }
}

/// Renders the links that approve or reject a pending user.
fn pending_actions(user: &UserSummary) -> Option<AnyView> {
    let context = expect_context::<PageContext>();
    let key = [Selected::from(user).to_string()];
    context.may(Permission::RegistrationsWrite).then(|| {
        [
            ("approve", labels::user_action(UserAction::Approve)),
            ("reject", text::user::reject()),
        ]
        .map(|(word, label)| {
            let href = with_selected(&format!("{PENDING_LIST}/{word}"), [].into_iter(), &key);
            view! {
                <a class="button" href=href>
                    {label}
                </a>
            }
        })
        .into_iter()
        .collect_view()
        .into_any()
    })
}

/// Renders a button that executes an action immediately.
#[component]
fn ActionButton(operation: UserAction, page: String, id: Uuid, username: String) -> impl IntoView {
    let doing = OpenedUser::current().doing;
    let address = page.clone();
    view! {
        <form method="post" action=address on:submit=move |event| doing.submit.run(event)>
            <PageUser />
            <input type="hidden" name="page" value=page />
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="username" value=username />
            <input type="hidden" name="operation" value=operation.as_str() />
            <button class="button" aria-disabled=move || doing.busy()>
                {labels::user_action(operation)}
            </button>
        </form>
    }
}

/// Returns the path segment of the current tab. Dialogs are above the first tab, except the one that transfers data.
fn current_tab() -> Memo<&'static str> {
    let here = use_location().pathname;
    // `/users/{name}/{tab}`: taken by position, because a username can equal the name of a tab.
    Memo::new(move |_| {
        let here = here.get();
        let tab = here.split('/').nth(3).unwrap_or_default();
        let tab = if tab == "reassign" { "data" } else { tab };
        let known = TABS.iter().find(|(end, _, _)| *end == tab);
        known.map_or("", |(end, _, _)| end)
    })
}
