//! Filters of the audit log.

use std::sync::LazyLock;

use domain::{action::Action, audit::list::AuditParams};
use leptos::prelude::*;

use super::links;
use crate::components::filters::{Entry, FilterField, FilterForm};

/// Selectable sources: value and label.
const VIA: &[(&str, &str)] = &[
    ("", "All sources"),
    ("ui", "Panel"),
    ("api", "API"),
    ("cli", "CLI"),
    ("job", "System"),
    ("self", "Self-service"),
];

/// Selectable actions: name and label.
static ACTION_OPTIONS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    std::iter::once(("", "All actions"))
        .chain(
            Action::ALL
                .iter()
                .map(|action| (action.as_str(), action.label())),
        )
        .collect()
});

/// Renders the filter form.
#[component]
pub fn Filters(
    /// State of the list, from the URL.
    params: Memo<AuditParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| fields(&params.read()));
    let cleared = Signal::derive(move || links::cleared(&params.read()));
    view! { <FilterForm label="Filter the audit log" path="/audit" fields=fields cleared=cleared /> }
}

fn fields(params: &AuditParams) -> Vec<FilterField> {
    let typed = |label, example| Entry::Typed(label, example, None);
    vec![
        FilterField::new("actor", &params.actor, typed("Actor", "Username")),
        FilterField::new("target", &params.target, typed("Target", "Username")),
        FilterField::new(
            "action",
            &params.action,
            Entry::Chosen("Action", &ACTION_OPTIONS),
        ),
        FilterField::new("via", &params.via, Entry::Chosen("Source", VIA)),
        FilterField::new("from", &params.from, typed("From", "2026-11-01 or 7d")),
        FilterField::new("to", &params.to, typed("To", "2026-11-30")),
        FilterField::new("parent", &params.parent, Entry::Hidden),
        FilterField::new("limit", &params.limit, Entry::Hidden),
    ]
}
