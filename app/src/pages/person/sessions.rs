//! Where a person is signed in.

use leptos::prelude::*;

use super::{Opened, tab};
use crate::{
    api::person::list_sessions,
    components::{
        icon::Icon,
        records::Records,
        time::{Ago, Exactly},
    },
    format::device,
};

/// The live sessions.
#[component]
pub fn Sessions() -> impl IntoView {
    let person = Opened::current().person;
    let list = Resource::new(
        || (),
        move |()| async move { list_sessions(person.await?.user.summary.id.0).await },
    );
    tab(list, (Icon::Monitor, "Signed in nowhere"), |part| {
        let now = part.now;
        let rows = part.items.into_iter().map(|session| {
            let agent = session.user_agent.unwrap_or_default();
            vec![
                view! { <span title=agent.clone()>{device(&agent)}</span> }.into_any(),
                session.ip_address.map(|ip| ip.to_string()).into_any(),
                view! { <Ago at=session.created_at now=now /> }.into_any(),
                view! { <Ago at=session.last_seen_at now=now /> }.into_any(),
                view! { <Exactly at=session.expires_at /> }.into_any(),
            ]
        });
        const COLUMNS: &[&str] = &["Device", "Address", "Signed in", "Last seen", "Ends"];
        view! { <Records caption="Sessions" columns=COLUMNS rows=rows.collect() /> }.into_any()
    })
}
