//! Sessions of a user.

use domain::users::action::UserAction;
use leptos::prelude::*;
use leptos_router::components::Outlet;

use super::{OpenedUser, path, with_user};
use crate::{
    api::{read::ReadRequest, user::ListSessions},
    components::{
        icon::Icon,
        session_row::{self, ListedSession},
        tab::tab,
    },
    context::PageContext,
    labels::security,
    links::sessions,
    text,
};

/// Renders the active sessions.
#[component]
pub fn Sessions() -> impl IntoView {
    let list = OpenedUser::current().load_tab(|id| ReadRequest::of(ListSessions { id }));
    let actions = with_user(|user_view| {
        let (user, allowed) = (
            &user_view.user.summary,
            user_view.denied_actions.allows(UserAction::RevokeSessions),
        );
        let see = may_see().then(|| {
            view! {
                <a class="button" href=sessions::of_user(&user.username)>
                    {text::user::view_sessions()}
                </a>
            }
        });
        let revoke = (may_see() && may_write() && allowed).then(|| {
            view! {
                <a class="button" href=sessions::revoke_of_user(&user.username)>
                    {text::user::revoke_all()}
                </a>
            }
        });
        view! { <div class="pane-actions actions">{see} {revoke}</div> }
    });
    let sessions = tab(list, (Icon::Monitor, text::user::no_sessions()), |part| {
        let now = part.now;
        let user_view = OpenedUser::current().user_view.get_untracked();
        let user_view = user_view.and_then(Result::ok).filter(|user_view| {
            may_write() && user_view.denied_actions.allows(UserAction::RevokeSessions)
        });
        let page = user_view.map(|user_view| format!("{}/sessions", path(&user_view.user.summary)));
        let has_actions = page.is_some();
        let rows = part.items.into_iter().map(|session| {
            let revoke = page.as_ref().map(|page| {
                let about = text::user::revoke_session(security::device(&session.device));
                (format!("{page}/{}/revoke", session.id), about)
            });
            ListedSession {
                session,
                now,
                is_current: false,
                revoke,
            }
        });
        session_row::table(text::actions::sessions(), has_actions, rows)
    });
    view! {
        {actions}
        {sessions}
        <Outlet />
    }
}

/// Returns whether the viewer can list all sessions.
fn may_see() -> bool {
    let context = use_context::<PageContext>().unwrap_or_default();
    context.principal.is_some_and(|principal| {
        principal
            .permissions
            .include(domain::permission::Permission::SessionsRead)
    })
}

/// Returns whether the viewer can revoke sessions.
fn may_write() -> bool {
    PageContext::current().may(domain::permission::Permission::SessionsWrite)
}
