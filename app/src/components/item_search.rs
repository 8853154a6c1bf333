//! Search for objects by their names while the user types, and the found ones as buttons.

use std::{pin::Pin, time::Duration};

use leptos::{leptos_dom::helpers::debounce, prelude::*};

use crate::{
    api::{
        error::ApiError,
        user_access::{PICKED_MAX, PickerItem, PickerPage},
    },
    text,
};

/// Delay after the last character before the server searches.
const PAUSE: Duration = Duration::from_millis(300);
/// Number of items that the first search lists, and by which each "Show more" extends it.
const STEP: u16 = 20;

/// Items of a search, once they are loaded.
pub type Found = Pin<Box<dyn Future<Output = Result<PickerPage, ApiError>> + Send>>;
/// Function that returns the first items whose names have a part.
pub type Find = fn(String, u16) -> Found;

/// Result of a search, after the text that was searched for.
type Answer = (String, Result<PickerPage, ApiError>);

/// Search for items.
#[derive(Clone, Copy)]
pub(super) struct ItemSearch {
    found: Action<(String, u16), Answer>,
    /// Text of the latest search.
    query: RwSignal<String>,
}

/// Properties of the found items.
#[derive(Clone, Copy)]
pub(super) struct ResultTexts {
    /// Returns the accessible label of the button of an item.
    pub(super) button: fn(&str) -> String,
    /// Text if there are no items.
    pub(super) none: Option<text::Label>,
}

impl ItemSearch {
    pub(super) fn new(find: impl Fn(String, u16) -> Found + Send + Sync + 'static) -> Self {
        Self {
            found: Action::new(move |(query, limit): &(String, u16)| {
                let query = query.clone();
                let page = find(query.clone(), *limit);
                async move { (query, page.await) }
            }),
            query: RwSignal::new(String::new()),
        }
    }

    /// Returns a function that calls another one with the typed text, once the user pauses.
    pub(super) fn once_typed(run: impl Fn(String) + 'static) -> impl FnMut(String) {
        debounce(PAUSE, run)
    }

    /// Searches for a text.
    pub(super) fn run(self, typed: String) {
        self.query.set(typed.clone());
        self.found.dispatch((typed, STEP));
    }

    /// Searches for the latest text again, if there is one.
    pub(super) fn repeat(self) {
        let query = self.query.get_untracked();
        if !query.is_empty() {
            self.run(query);
        }
    }

    /// Removes the found items, and the text. What a running search finds is not shown.
    pub(super) fn clear(self) {
        self.query.set(String::new());
        self.found.clear();
    }

    /// Returns whether nothing has been found yet.
    pub(super) fn is_unused(self) -> bool {
        self.found.value().with_untracked(Option::is_none)
    }

    /// Returns whether the found items are those of a text, and not of an earlier search.
    pub(super) fn has_found(self, typed: &str) -> bool {
        let found = self.found.value();
        found.with_untracked(|found| found.as_ref().is_some_and(|(query, _)| query == typed))
    }

    /// Returns the result of the latest search. None before it has come, so that the items of an earlier text are not chosen.
    fn result(self) -> Option<Result<PickerPage, ApiError>> {
        let (searched, result) = self.found.value().get()?;
        let is_latest = self.query.with(|query| *query == searched);
        is_latest.then_some(result)
    }

    /// Renders the found items as buttons. `is_left_out` hides items, and `choose` gets the item of a button that was pressed.
    pub(super) fn results(
        self,
        texts: ResultTexts,
        is_left_out: impl Fn(&PickerItem) -> bool + Copy + Send + Sync + 'static,
        choose: impl Fn(PickerItem) + Copy + Send + Sync + 'static,
    ) -> AnyView {
        let results = move || {
            let page = match self.result()? {
                Ok(page) => page,
                Err(ApiError(problem)) => {
                    let failed =
                        view! { <p class="field-note">{String::from(problem.message)}</p> };
                    return Some(failed.into_any());
                }
            };
            let further = self.further(&page);
            let items = page.items.into_iter().filter(|item| !is_left_out(item));
            let buttons: Vec<AnyView> = items
                .map(|item| {
                    let label = (texts.button)(&item.label);
                    let shown = item.label.clone();
                    let press = move |_| choose(item.clone());
                    view! {
                        <button class="chip" type="button" aria-label=label on:click=press>
                            "+ "
                            <bdi>{shown}</bdi>
                        </button>
                    }
                    .into_any()
                })
                .collect();
            let none = texts.none.filter(|_| buttons.is_empty());
            let results = view! {
                <div class="chips">{buttons} {further}</div>
                <p class="field-note" aria-live="polite">
                    {none.map(|none| none())}
                </p>
            };
            Some(results.into_any())
        };
        view! { {results} }.into_any()
    }

    /// Renders the button that lists more items, if there are more.
    fn further(self, page: &PickerPage) -> Option<AnyView> {
        let shown = u16::try_from(page.items.len()).unwrap_or(PICKED_MAX);
        let limit = shown.saturating_add(STEP);
        let extend = move |_| {
            self.found.dispatch((self.query.get_untracked(), limit));
        };
        (page.more && shown < PICKED_MAX).then(|| {
            view! {
                <button class="button" type="button" on:click=extend>
                    {text::access::show_more()}
                </button>
            }
            .into_any()
        })
    }
}

/// Returns the buttons of the found items within an element.
pub(super) fn buttons(group: &web_sys::Element) -> Option<web_sys::NodeList> {
    group.query_selector_all(".chips [aria-label]").ok()
}
