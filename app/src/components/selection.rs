//! Selection of users in a list, for bulk actions. Without scripts the checkboxes belong to a form whose buttons lead to
//! the dialogs; after hydration the buttons are links.

pub mod bar;

use std::{collections::BTreeMap, sync::Arc};

use domain::users::bulk::Selected;
use leptos::prelude::*;
use uuid::Uuid;
use wasm_bindgen::JsCast;

use crate::{api::bulk::SELECTED, hydrated::Hydrated, text};

pub use bar::{BulkLinks, SelectionBar};

/// Id of the form that the checkboxes belong to.
const FORM: &str = "bulk";

/// Selected users of a list by id, at the version at which they were selected, on any page. This is the single source:
/// checkboxes render its state. It exists only for viewers who can change users or their limits.
#[derive(Debug, Clone, Copy)]
pub struct Selection(RwSignal<BTreeMap<Uuid, Selected>>);

impl Selection {
    /// Selects the users that a URL names. During hydration the checkboxes of the page take precedence, because they can
    /// have been changed already.
    pub(crate) fn new(named: &[String]) -> Self {
        let named = named.iter().filter_map(|text| text.parse().ok());
        let mut selected: BTreeMap<Uuid, Selected> =
            named.map(|user: Selected| (user.id, user)).collect();
        if Hydrated::is_running() {
            adopt(&mut selected);
        }
        Self(RwSignal::new(selected))
    }

    /// Returns the selection of the list, if the viewer can change users or their limits.
    pub(crate) fn current() -> Option<Self> {
        use_context()
    }

    /// Clears the selection when the list shows other users than before. Paging and sorting do not clear it.
    pub(crate) fn clear_with<T: PartialEq + Send + Sync + 'static>(self, listed: Memo<T>) {
        Effect::new(move |before: Option<()>| {
            // Read, not only tracked: a memo has no dependencies before its first read.
            listed.with(|_| ());
            if before.is_some() {
                self.clear();
            }
        });
    }

    /// Returns whether a user is selected.
    fn holds(self, id: Uuid) -> bool {
        self.0.with(|selected| selected.contains_key(&id))
    }

    /// Returns the selected users, by name.
    fn users(self) -> Vec<Selected> {
        let mut users: Vec<Selected> = self.0.with(|selected| selected.values().cloned().collect());
        users.sort_by(|one, other| one.username.cmp(&other.username));
        users
    }

    /// Returns how many are selected, and how many of them are not among the users of a page.
    fn count(self, page: &[Selected]) -> (usize, usize) {
        self.0.with(|selected| {
            let here = page.iter().filter(|user| selected.contains_key(&user.id));
            (selected.len(), selected.len().saturating_sub(here.count()))
        })
    }

    fn set(self, user: &Selected, on: bool) {
        self.0.update(|selected| {
            if on {
                selected.insert(user.id, user.clone());
            } else {
                selected.remove(&user.id);
            }
        });
    }

    fn clear(self) {
        self.0.update(BTreeMap::clear);
    }
}

/// Adopts the state of the checkboxes that the server has rendered.
fn adopt(selected: &mut BTreeMap<Uuid, Selected>) {
    let boxes = format!("input[type='checkbox'][form='{FORM}']");
    let Ok(boxes) = document().query_selector_all(&boxes) else {
        return;
    };
    for number in 0..boxes.length() {
        let drawn = boxes.item(number);
        let drawn = drawn.and_then(|drawn| drawn.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(drawn) = drawn else {
            continue;
        };
        match drawn.value().parse::<Selected>() {
            Ok(user) if drawn.checked() => drop(selected.insert(user.id, user)),
            Ok(user) => drop(selected.remove(&user.id)),
            Err(_) => {}
        }
    }
}

/// Renders the cell with the checkbox of a row.
#[component]
pub fn SelectCell(
    /// Selection of the list.
    selection: Selection,
    /// User of the row.
    user: Selected,
) -> impl IntoView {
    view! {
        <td class="cell-select">
            <label>{checkbox(selection, user)}</label>
        </td>
    }
}

fn checkbox(selection: Selection, user: Selected) -> impl IntoView {
    let id = user.id;
    let label = text::common::select(user.username.as_deref().unwrap_or_default());
    let value = user.to_string();
    let initially = selection.0.with_untracked(|all| all.contains_key(&id));
    view! {
        <input
            type="checkbox"
            form=FORM
            name=SELECTED
            value=value
            aria-label=label
            checked=initially
            prop:checked=move || selection.holds(id)
            on:change=move |event| selection.set(&user, event_target_checked(&event))
        />
    }
}

/// Renders the cell with the checkbox that selects the whole page. The checkbox is omitted without scripts, which it requires.
#[component]
pub fn SelectAllCell(
    /// Selection of the list.
    selection: Selection,
    /// Users of the page.
    page: Vec<Selected>,
) -> impl IntoView {
    // No own signals: while another page is loading this view still exists, but the signals that it owned are disposed.
    let page: Arc<[Selected]> = page.into();
    let all = page.len();
    let draw = move || {
        let (shown, toggled) = (page.clone(), page.clone());
        let count = move || {
            let (count, elsewhere) = selection.count(&shown);
            count.saturating_sub(elsewhere)
        };
        let some = {
            let count = count.clone();
            move || (1..all).contains(&count())
        };
        let toggle = move |event| {
            let on = event_target_checked(&event);
            toggled.iter().for_each(|user| selection.set(user, on));
        };
        view! {
            <label>
                <input
                    type="checkbox"
                    autocomplete="off"
                    prop:checked=move || count() == all
                    prop:indeterminate=some
                    on:change=toggle
                />
                <span class="visually-hidden">{text::common::select_page()}</span>
            </label>
        }
    };
    view! {
        <td class="cell-select">
            <Show when=Hydrated::now>{draw()}</Show>
        </td>
    }
}
