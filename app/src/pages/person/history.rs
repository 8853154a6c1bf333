//! Audit entries by and about a user.

use domain::audit::{AuditEntry, Changes, action_words, spaced, timestamp_of, words_of};
use leptos::prelude::*;
use serde_json::Value;

use super::{Opened, tab};
use crate::{
    api::{listed::asked, person::list_history},
    components::{
        icon::Icon,
        parameters::{NONE, checked, use_query},
        records::Records,
        time::{Ago, Exactly},
    },
    format::capitalised,
};

/// Renders the entries, newest first.
#[component]
pub fn History() -> impl IntoView {
    let person = Opened::current().person;
    let query = use_query();
    let request = checked(move || query.read().get("before"), &["before"], NONE);
    let list = Resource::new(
        move || request.get(),
        move |request| async move {
            let before = asked(request)?;
            list_history(person.await?.user.summary.id.0, before).await
        },
    );
    tab(list, (Icon::Info, "Nothing has happened yet"), |part| {
        let now = part.now;
        let next = part
            .items
            .last()
            .filter(|_| part.more)
            .map(|last| format!("?before={}", last.id));
        let rows = part.items.into_iter().map(|entry| {
            let cells = vec![
                deed(&entry).into_any(),
                view! { <Changed entry=entry.clone() /> }.into_any(),
                entry.author().into_any(),
                view! { <Ago at=entry.at now=now /> }.into_any(),
            ];
            (entry.id.to_string(), cells)
        });
        const COLUMNS: &[&str] = &["What", "Change", "By", "When"];
        view! {
            <Records caption="History" columns=COLUMNS rows=rows.collect() />
            <super::More href=next />
        }
        .into_any()
    })
}

/// Returns the action and its target: `User suspended: ada`.
pub(crate) fn deed(entry: &AuditEntry) -> String {
    format!("{}: {}", action_words(&entry.action), entry.target)
}

/// Returns the changed fields, each with its old and new value.
pub(crate) fn differences(changes: Changes) -> Vec<(String, AnyView)> {
    let difference = |(field, (before, after)): (String, (Value, Value))| {
        let is_timestamp = |value| timestamp_of(&field, value).is_some();
        let change = if is_timestamp(&before) || is_timestamp(&after) {
            timestamps(&field, &before, &after)
        } else {
            let before = (!before.is_null()).then(|| format!("{} → ", words_of(&before)));
            (before.unwrap_or_default() + &words_of(&after)).into_any()
        };
        (capitalised(&spaced(&field)), change)
    };
    changes.into_iter().map(difference).collect()
}

/// Renders the old and the new value of a timestamp.
fn timestamps(field: &str, before: &Value, after: &Value) -> AnyView {
    let shown = |value| match timestamp_of(field, value) {
        Some((word, at)) => view! { {word} <Exactly at=at /> }.into_any(),
        None => words_of(value).into_any(),
    };
    let before = (!before.is_null()).then(|| view! { {shown(before)} " → " });
    view! { {before} {shown(after)} }.into_any()
}

/// Renders the old and new value of each field, and the reason.
#[component]
fn Changed(entry: AuditEntry) -> impl IntoView {
    let fields = differences(entry.changes)
        .into_iter()
        .map(|(name, change)| {
            view! {
                <li>
                    <span class="muted">{name} ": "</span>
                    {change}
                </li>
            }
        });
    view! {
        <ul>
            {fields.collect_view()}
            {entry.reason.map(|reason| view! { <li>"“" {reason} "”"</li> })}
        </ul>
    }
}
