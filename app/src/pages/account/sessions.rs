//! Where one is signed in.

use domain::account::OwnSession;
use leptos::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    api::{
        account::{EndSessions, list_own_sessions},
        person::Part,
    },
    components::{
        dialog::OwnAccount,
        icon::Icon,
        notice::ProblemNotice,
        records::Records,
        time::{Ago, Exactly},
    },
    pages::{
        form::{self, Sending},
        person::tab,
    },
};

const PATH: &str = "/account/sessions";

/// The live sessions.
#[component]
pub fn Sessions() -> impl IntoView {
    let list = Resource::new(|| (), |()| list_own_sessions());
    let sending = form::send::<EndSessions>(PATH);
    provide_context(sending);
    view! {
        <section class="form">
            <h2>"Sessions"</h2>
            <p class="muted">"Where you are signed in. If you do not know one of these, revoke it and change your password."</p>
            {move || sending.problem.get().map(|problem| view! { <ProblemNotice problem=problem autofocus=true /> })}
            {tab(list, (Icon::Monitor, "Signed in nowhere"), draw)}
        </section>
    }
}

fn draw(part: Part<OwnSession>) -> AnyView {
    const COLUMNS: &[&str] = &[
        "Device",
        "Address",
        "Signed in",
        "Last seen",
        "Ends",
        "Actions",
    ];
    let others = part.items.iter().any(|own| !own.is_current);
    let rows = part.items.into_iter().map(|own| row(own, part.now));
    view! {
        <Records caption="Your sessions" columns=COLUMNS rows=rows.collect() />
        {others
            .then(|| view! { <EndButton label="Sign out everywhere else" /> })}
    }
    .into_any()
}

fn row(own: OwnSession, now: OffsetDateTime) -> Vec<AnyView> {
    let OwnSession {
        session,
        is_current,
        ..
    } = own;
    let device = session.device;
    let mark =
        is_current.then(|| view! { " " <span class="badge tone-accent">"This device"</span> });
    let action = if is_current {
        view! {
            <form class="actions" method="post" action="/logout">
                <button class="button">"Sign out"</button>
            </form>
        }
        .into_any()
    } else {
        view! { <EndButton label="Revoke" of=(session.id, device.clone()) /> }.into_any()
    };
    vec![
        view! {
            <span title=session.user_agent>{device}</span>
            {mark}
        }
        .into_any(),
        session.ip_address.map(|ip| ip.to_string()).into_any(),
        view! { <Ago at=session.created_at now=now /> }.into_any(),
        view! { <Ago at=session.last_seen_at now=now /> }.into_any(),
        view! { <Exactly at=session.expires_at /> }.into_any(),
        action,
    ]
}

/// A button that ends one session, or all others.
#[component]
fn EndButton(
    /// What it says.
    label: &'static str,
    /// Which one, and what it is called.
    #[prop(optional)]
    of: Option<(Uuid, String)>,
) -> impl IntoView {
    let sending = expect_context::<Sending>();
    let (id, device) = of.unzip();
    view! {
        <form
            class="actions"
            method="post"
            action=PATH
            on:submit=move |event| sending.submit.run(event)
        >
            <OwnAccount />
            {id.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })}
            <button class="button" aria-disabled=move || sending.busy()>
                {label}
                {device.map(|device| view! { <span class="visually-hidden">" " {device}</span> })}
            </button>
        </form>
    }
}
