//! Selecting users in a list, and what can be done to all of them. Without scripts the boxes are a form whose buttons lead
//! to the dialogs; once the app has taken over, the buttons are links there.

pub mod bar;

use std::{collections::BTreeMap, sync::Arc};

use domain::users::{UserSummary, bulk::Selected};
use leptos::prelude::*;
use uuid::Uuid;
use wasm_bindgen::JsCast;

use crate::{api::bulk::SELECTED, hydrated::Hydrated};

pub use bar::{Deeds, SelectionBar};

/// Id of the form that the boxes belong to.
const FORM: &str = "selection";

/// The selected users of a list by their ids, as they were when they were selected, on whichever page that was. This is the
/// only place that knows: a box shows what it says. Only a viewer who may change users has one.
#[derive(Debug, Clone, Copy)]
pub struct Selection(RwSignal<BTreeMap<Uuid, Selected>>);

impl Selection {
    /// Selects the users that an address names. While the browser takes over, the boxes that the server drew have the
    /// last word: they could be ticked before.
    pub(in crate::pages) fn new(named: &[String]) -> Self {
        let named = named.iter().filter_map(|text| text.parse().ok());
        let mut selected: BTreeMap<Uuid, Selected> =
            named.map(|user: Selected| (user.id, user)).collect();
        if Hydrated::is_under_way() {
            adopt(&mut selected);
        }
        Self(RwSignal::new(selected))
    }

    /// Returns the one of the list, if its viewer may change users.
    pub(super) fn current() -> Option<Self> {
        use_context()
    }

    /// Selects nobody any more as soon as something else is listed than before. Paging and sorting list the same.
    pub(super) fn clear_with<T: PartialEq + Send + Sync + 'static>(self, listed: Memo<T>) {
        Effect::new(move |before: Option<()>| {
            // Read, not only tracked: a memo that nobody has read does not know yet what it depends on.
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

/// Takes over the boxes of the page as the server has drawn it.
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

/// Returns a user as the list shows them now.
pub(in crate::pages) fn shown(user: &UserSummary) -> Selected {
    Selected {
        id: user.id.0,
        version: user.version,
        username: Some(user.username.clone()),
    }
}

/// The cell with the box of a row.
#[component]
pub fn SelectCell(
    /// The selection of the list.
    selection: Selection,
    /// The user of the row.
    user: Selected,
) -> impl IntoView {
    view! {
        <td class="cell-select">
            <SelectBox selection=selection user=user />
        </td>
    }
}

/// The box of a row.
#[component]
pub fn SelectBox(
    /// The selection of the list.
    selection: Selection,
    /// The user of the row.
    user: Selected,
) -> impl IntoView {
    let id = user.id;
    let label = format!("Select {}", user.username.as_deref().unwrap_or_default());
    let value = user.to_string();
    let initially = selection.0.with_untracked(|all| all.contains_key(&id));
    view! {
        <label class="select-box">
            // A browser that comes back to the page gives boxes the states of those that stood in their places, unless it is
            // told not to.
            <input
                type="checkbox"
                form=FORM
                name=SELECTED
                value=value
                autocomplete="off"
                aria-label=label
                checked=initially
                prop:checked=move || selection.holds(id)
                on:change=move |event| selection.set(&user, event_target_checked(&event))
            />
        </label>
    }
}

/// The cell with the box above all boxes.
#[component]
pub fn SelectAllCell(
    /// The selection of the list.
    selection: Selection,
    /// The users of the page.
    page: Vec<Selected>,
) -> impl IntoView {
    view! {
        <td class="cell-select">
            <SelectAllBox selection=selection page=page />
        </td>
    }
}

/// The box above all boxes. Without scripts it could not work.
#[component]
pub fn SelectAllBox(
    /// The selection of the list.
    selection: Selection,
    /// The users of the page.
    page: Vec<Selected>,
    /// Whether its label is visible.
    #[prop(optional)]
    told: bool,
) -> impl IntoView {
    let (class, text) = if told {
        ("check", "")
    } else {
        ("select-box", "visually-hidden")
    };
    // No signals of its own: while another page is fetched this one is still there, but what it owned is not.
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
            <label class=class>
                <input
                    type="checkbox"
                    autocomplete="off"
                    prop:checked=move || count() == all
                    prop:indeterminate=some
                    on:change=toggle
                />
                <span class=text>"Select everybody on this page"</span>
            </label>
        }
    };
    view! { <Show when=Hydrated::now>{draw()}</Show> }
}
