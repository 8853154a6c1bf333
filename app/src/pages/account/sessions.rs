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
        time::{Ago, Exactly},
    },
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
            <h2>"Sessions"</h2>
            <p class="muted">"If you don't recognise a session, revoke it and change your password."</p>
            {tab(list, (Icon::Monitor, "No active sessions"), draw)}
        </section>
        <Outlet />
    }
}

fn draw(part: Chunk<OwnSession>) -> AnyView {
    const COLUMNS: &[&str] = &[
        "Device",
        "IP address",
        "Signed in",
        "Last seen",
        "Expires",
        "Actions",
    ];
    let others = part.items.iter().any(|own| !own.is_current);
    let rows = part.items.into_iter().map(|own| row(own, part.now));
    view! {
        <Records caption="Your sessions" columns=COLUMNS rows=rows.collect() />
        {others
            .then(|| view! { <ConfirmLink href=format!("{PATH}/others") label="Sign out everywhere else" /> })}
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
    let mark =
        is_current.then(|| view! { " " <span class="badge tone-accent">"This session"</span> });
    let action = if is_current {
        view! {
            <form class="actions" method="post" action="/logout">
                <button class="button">"Sign out"</button>
            </form>
        }
        .into_any()
    } else {
        let (href, about) = (
            format!("{PATH}/{}/revoke", session.id),
            format!("Revoke {device}"),
        );
        view! { <ConfirmLink href=href label="Revoke" about=about /> }.into_any()
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
        view! { <Exactly at=session.idle_expires_at /> }.into_any(),
        action,
    ];
    (session.id.to_string(), cells)
}
