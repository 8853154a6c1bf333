//! Selecting people on a page of the list, and what can be done to all of them. Without scripts the boxes are a form whose
//! buttons lead to the dialogs; once the app has taken over, the buttons are links there.

use std::collections::BTreeSet;

use domain::users::{UserSummary, list::ListParams};
use leptos::prelude::*;

use crate::{api::bulk::BulkDeed, routes::Hydrated};

/// Id of the form that the boxes belong to.
const FORM: &str = "selection";
/// Name of the boxes, and of what they say in an address.
pub(super) const BOX: &str = "u";

/// Who is selected, as `id:version`. Only who may change people has one.
#[derive(Debug, Clone, Copy)]
pub struct Selection(RwSignal<BTreeSet<String>>);

impl Selection {
    /// With those whom an address names.
    pub(super) fn new(selected: Vec<String>) -> Self {
        Self(RwSignal::new(selected.into_iter().collect()))
    }

    /// The one of the list, if its viewer may change people.
    pub(super) fn current() -> Option<Self> {
        use_context()
    }

    fn holds(self, key: &str) -> bool {
        self.0.with(|selected| selected.contains(key))
    }

    fn set(self, key: &str, on: bool) {
        self.0.update(|selected| {
            if on {
                selected.insert(key.to_owned());
            } else {
                selected.remove(key);
            }
        });
    }
}

/// A person as they are seen now.
pub(super) fn key(user: &UserSummary) -> String {
    format!("{}:{}", user.id, user.version)
}

/// The box of a row.
#[component]
pub fn SelectCell(
    /// Who is selected.
    selection: Selection,
    /// Whose row it is: their name.
    user: String,
    /// The same as they are seen now.
    key: String,
) -> impl IntoView {
    let initially = selection
        .0
        .with_untracked(|selected| selected.contains(&key));
    let (is_on, toggled) = (key.clone(), key.clone());
    view! {
        <td class="cell-select">
            <label class="select-box">
                <input
                    type="checkbox"
                    form=FORM
                    name=BOX
                    value=key
                    aria-label=format!("Select {user}")
                    checked=initially
                    prop:checked=move || selection.holds(&is_on)
                    on:change=move |event| selection.set(&toggled, event_target_checked(&event))
                />
            </label>
        </td>
    }
}

/// The box above all boxes. Without scripts it could not work.
#[component]
pub fn SelectAllCell(
    /// Who is selected.
    selection: Selection,
    /// Everybody on the page.
    keys: Vec<String>,
) -> impl IntoView {
    let keys = StoredValue::new(keys);
    let count =
        move || keys.with_value(|keys| keys.iter().filter(|key| selection.holds(key)).count());
    let all = keys.with_value(Vec::len);
    let toggle = move |event| {
        let on = event_target_checked(&event);
        keys.with_value(|keys| keys.iter().for_each(|key| selection.set(key, on)));
    };
    view! {
        <td class="cell-select">
            <Show when=Hydrated::now>
                <label class="select-box">
                    <input
                        type="checkbox"
                        aria-label="Select everybody on this page"
                        prop:checked=move || count() == all
                        prop:indeterminate=move || (1..all).contains(&count())
                        on:change=toggle
                    />
                </label>
            </Show>
        </td>
    }
}

/// What can be done to those who are selected. Nothing while nobody is.
#[component]
pub fn SelectionBar(
    /// Who is selected.
    selection: Selection,
    /// Everybody on the page.
    keys: Vec<String>,
    /// The state of the list that is shown.
    params: ListParams,
) -> impl IntoView {
    let keys = StoredValue::new(keys);
    let selected = Memo::new(move |_| {
        let selected = |key: &&String| selection.holds(key);
        keys.with_value(|keys| keys.iter().filter(selected).cloned().collect::<Vec<_>>())
    });
    let kept: Vec<(&'static str, String)> = params
        .pairs()
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    let hidden = kept
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone() /> })
        .collect_view();
    let links = move || {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&kept);
        selected.with(|keys| query.extend_pairs(keys.iter().map(|key| (BOX, key))));
        let query = query.finish();
        BulkDeed::ALL
            .map(|deed| {
                let href = format!("{}?{query}", super::bulk::path(deed));
                view! {
                    <a class="button" href=href data-noscroll>
                        {super::bulk::verb(deed)}
                    </a>
                }
            })
            .into_iter()
            .collect_view()
    };
    let buttons = || {
        BulkDeed::ALL
            .map(|deed| {
                view! {
                    <button class="button" formaction=super::bulk::path(deed)>
                        {super::bulk::verb(deed)}
                    </button>
                }
            })
            .into_iter()
            .collect_view()
    };
    let count = move || match selected.with(Vec::len) {
        0 => "Nobody selected".to_owned(),
        count => format!("{count} selected"),
    };
    view! {
        <form class="selection" id=FORM method="get" action="/users" aria-label="Selected people">
            {hidden}
            <Show when=Hydrated::now fallback=buttons>
                <p class="selection-count" aria-live="polite">
                    {count}
                </p>
                {links.clone()}
            </Show>
        </form>
    }
}
