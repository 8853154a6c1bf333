//! Changes of an audit log entry.

use domain::{
    audit::{AuditEntry, Changes, timestamp_of},
    text::capitalized,
};
use leptos::prelude::*;
use serde_json::Value;

use super::time::Exactly;
use crate::{
    labels::audit::{
        changes::{field_label, value_label},
        stored_action,
        target::target,
    },
    text,
};

/// Returns the action and its target: `User suspended: ada`.
pub(crate) fn entry_label(entry: &AuditEntry) -> String {
    format!("{}: {}", stored_action(&entry.action), target(entry))
}

/// Returns the changed fields, each with its old and new value.
pub(crate) fn differences(changes: Changes) -> Vec<(String, AnyView)> {
    let difference = |(field, (before, after)): (String, (Value, Value))| {
        let is_timestamp = |value| timestamp_of(&field, value).is_some();
        let change = if is_timestamp(&before) || is_timestamp(&after) {
            timestamps(&field, &before, &after)
        } else {
            // An id that only says what the entry is about is the same before and after.
            let differs = !before.is_null() && before != after;
            let before = differs.then(|| format!("{} → ", value_label(&field, &before)));
            (before.unwrap_or_default() + &value_label(&field, &after)).into_any()
        };
        (capitalized(&field_label(&field)), change)
    };
    changes.into_iter().map(difference).collect()
}

/// Renders the old and the new value of a timestamp.
fn timestamps(field: &str, before: &Value, after: &Value) -> AnyView {
    let shown = |value| match timestamp_of(field, value) {
        Some((Some(_), at)) => {
            let [before, after] = text::audit::until_around();
            view! { {before} <Exactly at=at /> {after} }.into_any()
        }
        Some((None, at)) => view! { <Exactly at=at /> }.into_any(),
        None => value_label(field, value).into_any(),
    };
    let before = (!before.is_null()).then(|| view! { {shown(before)} " → " });
    view! { {before} {shown(after)} }.into_any()
}
