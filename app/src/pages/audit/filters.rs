//! Filters of the audit log.

use domain::{
    action::Action,
    audit::{Via, list::AuditParams},
};
use leptos::prelude::*;

use super::links;
use crate::{
    components::filters::{Entry, FilterField, FilterForm},
    labels::{audit::source, audited_action},
    text,
};

/// Renders the filter form.
#[component]
pub fn Filters(
    /// State of the list, from the URL.
    params: Memo<AuditParams>,
) -> impl IntoView {
    let fields = Memo::new(move |_| fields(&params.read()));
    let cleared = Signal::derive(move || links::cleared(&params.read()));
    view! { <FilterForm label=text::audit::filter() path="/audit" fields=fields cleared=cleared /> }
}

/// Returns the fields of the form.
pub(super) fn fields(params: &AuditParams) -> Vec<FilterField> {
    let typed = |label, example| Entry::Typed(label, example, None);
    vec![
        FilterField::new(
            "actor",
            &params.actor,
            typed(text::audit::actor(), text::audit::username()),
        ),
        FilterField::new(
            "target",
            &params.target,
            typed(text::audit::target(), text::audit::username()),
        ),
        FilterField::new(
            "action",
            &params.action,
            Entry::Chosen(text::audit::action(), actions()),
        ),
        FilterField::new(
            "via",
            &params.via,
            Entry::Chosen(text::audit::source(), sources()),
        ),
        FilterField::new(
            "from",
            &params.from,
            typed(text::audit::from(), text::audit::from_example()),
        ),
        FilterField::new(
            "to",
            &params.to,
            typed(text::audit::to(), text::audit::to_example()),
        ),
        FilterField::new("parent", &params.parent, Entry::Hidden),
        FilterField::new("limit", &params.limit, Entry::Hidden),
    ]
}

/// Returns the selectable actions: name and label.
fn actions() -> Vec<(&'static str, &'static str)> {
    let all = ("", text::audit::all_actions());
    let actions = Action::ALL
        .iter()
        .map(|known| (known.as_str(), audited_action(*known)));
    std::iter::once(all).chain(actions).collect()
}

/// Returns the selectable sources: value and label.
fn sources() -> Vec<(&'static str, &'static str)> {
    let all = ("", text::audit::all_sources());
    let sources = Via::ALL.iter().map(|via| (via.as_str(), source(*via)));
    std::iter::once(all).chain(sources).collect()
}
