//! Page of a user: the header, and below it a tab, or the first tab under a dialog.

pub mod access;
pub mod data;
pub mod dialogs;
pub mod history;
pub mod keys;
pub mod limits;
mod opened;
pub mod overview;
pub mod reset_links;
pub mod sessions;
mod tabs;
pub mod tokens;
pub mod usage;
pub mod virtual_keys;

pub use data::Data;
pub use history::History;
pub use keys::Keys;
pub use sessions::Sessions;

use domain::{
    permission::Permission,
    users::{Status, UserSummary, action::UserAction, bulk::Selected},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use uuid::Uuid;

use crate::{
    api::{
        read::ReadRequest,
        registrations::PENDING_LIST,
        user::{FindUser, UserView, path},
        user_actions::reversible::{self, RunUserOperation},
    },
    components::{
        avatar::Avatar,
        badge::{DeletedBadge, RoleBadges, StatusBadge},
        form::{self, PageUser},
        loaded::Loaded,
        notice::ProblemNotice,
        rows::keyed_by,
        state::LoadingNotice,
        suspension::SuspendForm,
        tab::{Failed, with},
        tabs::Tabs,
        time::Exactly,
        title::PageTitle,
        user_form::route,
    },
    context::PageContext,
    labels,
    links::with_selected,
    text,
};
use opened::OpenedUser;
use overview::Overview;
use tabs::{current_tab, tabs};

/// Renders the page of a user. The URL of another user renders a new page.
#[component]
pub fn UserPage() -> impl IntoView {
    keyed_by("user", |user| view! { <PageOf user=user /> }.into_any())
}

#[component]
fn PageOf(
    /// Username, number or id, from the URL.
    user: String,
) -> impl IntoView {
    let user_view = Loaded::new(move || ReadRequest::of(FindUser { user: user.clone() }));
    // Without scripts the form posts to the URL of the page, and its outcome is stored for that path. Further path segments
    // belong to a tab or a dialog.
    let address = leptos_router::hooks::use_location()
        .pathname
        .get_untracked();
    let path = address.split('/').take(3).collect::<Vec<_>>().join("/");
    let doing = form::send::<RunUserOperation>(&path);
    provide_context(OpenedUser { user_view, doing });
    let head = user_view.draw(LoadingNotice, |user_view| match user_view {
        Ok(user_view) => view! { <Head user_view=user_view /> }.into_any(),
        Err(problem) => view! { <Failed problem=problem /> }.into_any(),
    });
    view! {
        {head}
        <Outlet />
    }
}

/// Renders with the loaded user. If loading fails, the header shows the error.
fn with_user<V: IntoView + 'static>(
    draw: impl Fn(UserView) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView {
    with(OpenedUser::current().user_view, draw)
}

/// Returns whether the viewer can change users.
fn may_write() -> bool {
    let context = use_context::<PageContext>().unwrap_or_default();
    context
        .principal
        .is_some_and(|principal| principal.may_write_users())
}

/// Renders the header.
#[component]
fn Head(user_view: UserView) -> impl IntoView {
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
                <p class="handle">
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
                    {(user.must_change_password && user.has_password)
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
    let user = &user_view.user.summary;
    let is_deleted = user_view.user.deleted_at.is_some();
    let buttons: Vec<AnyView> = UserAction::on_page(user.status, is_deleted)
        .map(|action| match action {
            UserAction::Approve => pending_actions(user).into_any(),
            UserAction::Delete if is_deleted => {
                labeled(action, text::user::delete_permanently()).into_any()
            }
            action if action.is_immediate() => button(action).into_any(),
            action => labeled(action, labels::user_action(action)).into_any(),
        })
        .collect();
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

/// Renders the dialog that suspends the user.
#[component]
pub fn SuspendUser() -> impl IntoView {
    view! {
        <Overview />
        {with_user(|user_view| view! { <Suspension user_view=user_view /> })}
    }
}

#[component]
fn Suspension(user_view: UserView) -> impl IntoView {
    let route = route(&user_view, UserAction::Suspend.as_str());
    let form_state = form::send::<reversible::SuspendUser>(&route.path);
    view! { <SuspendForm user_view=user_view route=route form_state=form_state /> }
}
