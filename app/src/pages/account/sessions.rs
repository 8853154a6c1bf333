//! Sessions of the signed-in user.

use domain::account::OwnSession;
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{account::ListOwnSessions, listed::check_params, read::ReadRequest, user::Chunk},
    components::{
        confirm_link::ConfirmLink,
        icon::Icon,
        loaded::Loaded,
        parameters::{NONE, checked},
        session_row::{self, ListedSession},
        tab::tab,
    },
    labels::security,
    text,
};

const PATH: &str = "/account/sessions";

/// Renders the active sessions.
#[component]
pub fn Sessions() -> impl IntoView {
    let request = checked(|| (), &[], NONE);
    let list = Loaded::new(move || {
        check_params(request.get())?;
        ReadRequest::of(ListOwnSessions {})
    });
    view! {
        <section class="form">
            <h2>{text::account::sessions()}</h2>
            <p class="muted">{text::account::sessions_hint()}</p>
            {tab(list, (Icon::Monitor, text::account::sessions_none()), draw)}
        </section>
        <Outlet />
    }
}

fn draw(part: Chunk<OwnSession>) -> AnyView {
    let now = part.now;
    let others = part.items.iter().any(|own| !own.is_current);
    let rows = part.items.into_iter().map(|own| {
        let OwnSession {
            session,
            is_current,
            ..
        } = own;
        let about = text::account::revoke_named(security::device(&session.device));
        let revoke = (format!("{PATH}/{}/revoke", session.id), about);
        ListedSession {
            session,
            now,
            is_current,
            revoke: Some(revoke),
        }
    });
    let table = session_row::table(text::account::sessions_caption(), true, rows);
    view! {
        {table}
        {others
            .then(|| {
                let label = text::account::sign_out_others();
                view! { <ConfirmLink href=format!("{PATH}/others") label=label /> }
            })}
    }
    .into_any()
}
