//! The provider keys of a person, and below them their access tokens. Only their owner can use them, and nobody can read them.

use leptos::prelude::*;

use super::{Opened, tab, tokens::Tokens};
use crate::{
    api::person::list_keys,
    components::{icon::Icon, records::Records, time::Ago},
    format::{capitalised, count},
};

/// The keys.
#[component]
pub fn Keys() -> impl IntoView {
    let person = Opened::current().person;
    let list = Resource::new(
        || (),
        move |()| async move { list_keys(person.await?.user.summary.id.0).await },
    );
    let keys = tab(list, (Icon::Shield, "No API keys of their own"), |part| {
        let now = part.now;
        let rows = part.items.into_iter().map(|key| {
            vec![
                key.key_name.into_any(),
                capitalised(&key.provider).into_any(),
                view! { <code>{format!("…{}", key.last4)}</code> }.into_any(),
                if key.is_active { "On" } else { "Off" }.into_any(),
                count(key.usage_count).into_any(),
                match key.last_used {
                    Some(at) => view! { <Ago at=at now=now /> }.into_any(),
                    None => "Never".into_any(),
                },
            ]
        });
        const COLUMNS: &[&str] = &["Name", "Provider", "Key", "State", "Used", "Last used"];
        view! { <Records caption="API keys" columns=COLUMNS rows=rows.collect() /> }.into_any()
    });
    view! {
        {keys}
        <Tokens />
    }
}
