//! Sessions of the signed-in user.

use domain::account::OwnSession;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use time::OffsetDateTime;

use crate::{
    api::{account::list_own_sessions, listed::check_params, user::Chunk},
    components::{
        confirm_link::ConfirmLink,
        icon::Icon,
        parameters::{NONE, checked},
        records::{Record, Records},
        tab::tab,
        time::{Ago, Ends},
    },
    text,
};

const PATH: &str = "/account/sessions";

/// Renders the active sessions.
#[component]
pub fn Sessions() -> impl IntoView {
    let request = checked(|| (), &[], NONE);
    let list = Resource::new(
        move || request.get(),
        |request| async move {
            check_params(request)?;
            list_own_sessions().await
        },
    );
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
    const COLUMNS: &[text::Label] = &[
        text::account::session_device,
        text::account::session_address,
        text::account::session_created,
        text::account::session_seen,
        text::account::session_expires,
        text::common::actions,
    ];
    let others = part.items.iter().any(|own| !own.is_current);
    let rows = part.items.into_iter().map(|own| row(own, part.now));
    view! {
        <Records caption=text::account::sessions_caption() columns=COLUMNS rows=rows.collect() />
        {others
            .then(|| {
                let label = text::account::sign_out_others();
                view! { <ConfirmLink href=format!("{PATH}/others") label=label /> }
            })}
    }
    .into_any()
}

fn row(own: OwnSession, now: OffsetDateTime) -> Record {
    let OwnSession {
        session,
        is_current,
        ..
    } = own;
    let device = session.device;
    let mark = is_current.then(|| {
        view! {
            " "
            <span class="badge tone-accent">{text::account::session_current()}</span>
        }
    });
    let action = if is_current {
        view! {
            <form class="actions" method="post" action="/logout">
                <button class="button">{text::frame::sign_out()}</button>
            </form>
        }
        .into_any()
    } else {
        let (href, about) = (
            format!("{PATH}/{}/revoke", session.id),
            text::account::revoke_named(&device),
        );
        view! { <ConfirmLink href=href label=text::account::revoke() about=about /> }.into_any()
    };
    let cells = vec![
        view! {
            <span title=session.user_agent>{device}</span>
            {mark}
        }
        .into_any(),
        session.ip_address.map(|ip| ip.to_string()).into_any(),
        view! { <Ago at=session.created_at now=now /> }.into_any(),
        view! { <Ago at=session.last_seen_at now=now /> }.into_any(),
        view! { <Ends at=session.idle_expires_at now=now /> }.into_any(),
        action,
    ];
    (session.id.to_string(), cells)
}
