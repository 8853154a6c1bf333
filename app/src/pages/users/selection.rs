//! Selecting people on a page of a list, and what can be done to all of them. Without scripts the boxes are a form whose
//! buttons lead to the dialogs; once the app has taken over, the buttons are links there.

use std::collections::BTreeSet;

use domain::users::UserSummary;
use leptos::{html, prelude::*};

use super::links;
use crate::{api::bulk::SELECTED, routes::Hydrated};

/// Id of the form that the boxes belong to.
const FORM: &str = "selection";

/// Who is selected, as `id:version`. Only who may do something to people has one.
#[derive(Debug, Clone, Copy)]
pub struct Selection(RwSignal<BTreeSet<String>>);

impl Selection {
    /// With those whom an address names.
    pub(in crate::pages) fn new(selected: Vec<String>) -> Self {
        Self(RwSignal::new(selected.into_iter().collect()))
    }

    /// The one of the list, if its viewer may change people.
    pub(super) fn current() -> Option<Self> {
        use_context()
    }

    fn holds(self, key: &str) -> bool {
        self.0.with(|selected| selected.contains(key))
    }

    /// What a box says when the app takes over, before which it could be ticked, holds; from then on the box follows.
    fn keep_with(self, input: NodeRef<html::Input>, key: String) {
        Effect::new(move |seen: Option<bool>| {
            let Some(input) = input.get() else {
                return false;
            };
            let drawn = input.checked();
            if seen != Some(true) && drawn != self.0.with_untracked(|all| all.contains(&key)) {
                self.set(&key, drawn);
            }
            input.set_checked(self.holds(&key));
            true
        });
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

/// The cell with the box of a row.
#[component]
pub fn SelectCell(
    /// Who is selected.
    selection: Selection,
    /// Whose row it is: their name.
    user: String,
    /// The same as they are seen now.
    key: String,
) -> impl IntoView {
    view! {
        <td class="cell-select">
            <SelectBox selection=selection user=user key=key />
        </td>
    }
}

/// The box of a row.
#[component]
pub fn SelectBox(
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
    let toggled = key.clone();
    let input = NodeRef::new();
    selection.keep_with(input, key.clone());
    view! {
        <label class="select-box">
            <input
                node_ref=input
                type="checkbox"
                form=FORM
                name=SELECTED
                value=key
                aria-label=format!("Select {user}")
                checked=initially
                on:change=move |event| selection.set(&toggled, event_target_checked(&event))
            />
        </label>
    }
}

/// The cell with the box above all boxes.
#[component]
pub fn SelectAllCell(
    /// Who is selected.
    selection: Selection,
    /// Everybody on the page.
    keys: Vec<String>,
) -> impl IntoView {
    view! {
        <td class="cell-select">
            <SelectAllBox selection=selection keys=keys />
        </td>
    }
}

/// The box above all boxes. Without scripts it could not work.
#[component]
pub fn SelectAllBox(
    /// Who is selected.
    selection: Selection,
    /// Everybody on the page.
    keys: Vec<String>,
    /// Whether what it does stands beside it.
    #[prop(optional)]
    told: bool,
) -> impl IntoView {
    let (class, text) = if told {
        ("check", "")
    } else {
        ("select-box", "visually-hidden")
    };
    let keys = StoredValue::new(keys);
    let count =
        move || keys.with_value(|keys| keys.iter().filter(|key| selection.holds(key)).count());
    let all = keys.with_value(Vec::len);
    let toggle = move |event| {
        let on = event_target_checked(&event);
        keys.with_value(|keys| keys.iter().for_each(|key| selection.set(key, on)));
    };
    view! {
        <Show when=Hydrated::now>
            <label class=class>
                <input
                    type="checkbox"
                    prop:checked=move || count() == all
                    prop:indeterminate=move || (1..all).contains(&count())
                    on:change=toggle
                />
                <span class=text>"Select everybody on this page"</span>
            </label>
        </Show>
    }
}

/// What can be done to those who are selected: address of the dialog, what its button says.
pub type Deeds = &'static [(&'static str, &'static str)];

/// What can be done to those who are selected. Nothing while nobody is.
#[component]
pub fn SelectionBar(
    /// Who is selected.
    selection: Selection,
    /// Everybody on the page.
    keys: Vec<String>,
    /// The address of the list.
    list: &'static str,
    /// The state of the list that is shown, as its address has it.
    state: Vec<(&'static str, String)>,
    /// What can be done to them.
    deeds: Deeds,
) -> impl IntoView {
    let keys = StoredValue::new(keys);
    let selected = Memo::new(move |_| {
        let selected = |key: &&String| selection.holds(key);
        keys.with_value(|keys| keys.iter().filter(selected).cloned().collect::<Vec<_>>())
    });
    let hidden = state
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone() /> })
        .collect_view();
    let links = move || {
        deeds
            .iter()
            .map(|(path, verb)| {
                let pairs = state.iter().map(|(name, value)| (*name, value.as_str()));
                let href = selected.with(|keys| links::with_selected(path, pairs, keys));
                view! {
                    <a class="button" href=href data-noscroll>
                        {*verb}
                    </a>
                }
            })
            .collect_view()
    };
    let buttons = move || {
        deeds
            .iter()
            .map(|(path, verb)| {
                view! {
                    <button class="button" formaction=*path>
                        {*verb}
                    </button>
                }
            })
            .collect_view()
    };
    let count = move || match selected.with(Vec::len) {
        0 => "Nobody selected".to_owned(),
        count => format!("{count} selected"),
    };
    view! {
        <form class="selection" id=FORM method="get" action=list aria-label="Selected people">
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
