//! Bar with the bulk actions on the selected users.

use std::sync::Arc;

use domain::users::bulk::{BULK_MAX, Selected};
use leptos::prelude::*;

use super::{FORM, Selection};
use crate::{hydrated::Hydrated, links, text};

/// Bulk actions: path of the dialog, and label of the button.
pub type BulkLinks = Arc<[(String, &'static str)]>;

/// Renders the bar with the bulk actions. It is hidden while no users are selected.
#[component]
pub fn SelectionBar(
    /// Selection of the list.
    selection: Selection,
    /// Users of the page.
    page: Vec<Selected>,
    /// Path of the list.
    list: &'static str,
    /// Query parameters of the list.
    state: Vec<(&'static str, String)>,
    /// Bulk actions on the selected users.
    actions: BulkLinks,
) -> impl IntoView {
    // No own signals: while another page is loading this view still exists, but the signals that it owned are disposed.
    let page: Arc<[Selected]> = page.into();
    let count = move || selection.count(&page);
    let is_selected = {
        let (count, hydrated) = (count.clone(), use_context::<Hydrated>());
        move || {
            let hydrated = hydrated.is_some_and(|hydrated| hydrated.0.get());
            (hydrated && count().0 > 0).then_some("")
        }
    };
    let selection_text = move || selection_text(count());
    let hidden = state
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone() /> })
        .collect_view();
    let shown = actions.clone();
    let links = move || {
        let users: Vec<String> = selection.users().iter().map(ToString::to_string).collect();
        let link = |(path, verb): &(String, &'static str)| {
            let pairs = state.iter().map(|(name, value)| (*name, value.as_str()));
            let href = links::with_selected(path, pairs, &users);
            view! {
                <a class="button" href=href data-noscroll>
                    {*verb}
                </a>
            }
        };
        match users.len() {
            0..=BULK_MAX => shown.iter().map(link).collect_view().into_any(),
            _ => view! {
                <p class="selection-limit">{text::common::select_limit(BULK_MAX)}</p>
            }
            .into_any(),
        }
    };
    let buttons = move || {
        let button = |(path, verb): &(String, &'static str)| {
            view! {
                <button class="button" formaction=path.clone()>
                    {*verb}
                </button>
            }
        };
        actions.iter().map(button).collect_view()
    };
    view! {
        // With `autocomplete="off"`, a browser that restores the page does not restore the checkboxes of the form by
        // position, which could check other users.
        <form
            class="selection"
            id=FORM
            method="get"
            action=list
            autocomplete="off"
            aria-label=text::common::selected_users()
            data-selected=is_selected
        >
            {hidden}
            <Show when=Hydrated::now fallback=buttons>
                <p class="selection-count" aria-live="polite">
                    {selection_text.clone()}
                </p>
                {links.clone()}
                <button class="button selection-clear" type="button" on:click=move |_| selection.clear()>
                    {text::common::selection_clear()}
                </button>
            </Show>
        </form>
    }
}

/// Returns the number of selected users, and the number of them on other pages.
fn selection_text((count, elsewhere): (usize, usize)) -> String {
    match (count, elsewhere) {
        (0, _) | (_, 0) => text::common::selected(count),
        _ => text::common::selected_elsewhere(count, elsewhere),
    }
}
