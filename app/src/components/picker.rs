//! Selection of objects from many: a checkbox for each selected one, and a search for further ones. The form also sends the text
//! in the search field, which the server takes for a name or a number.

use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    field_group::field_group,
    item_search::{Find, ItemSearch, ResultTexts, buttons},
};
use crate::{api::user_access::PickerItem, context::PageContext, hydrated::Hydrated, text};

/// Static properties of a picker.
#[derive(Clone, Copy)]
pub struct PickerSpec {
    /// Name of the checkboxes in the form, without brackets, and id of the element.
    pub(crate) name: &'static str,
    /// Name of the search field.
    pub(crate) more: &'static str,
    /// Visible label.
    pub(crate) label: text::Label,
    /// Help text below the label.
    pub(crate) hint: text::Label,
    /// Accessible label of the search field, and its example with scripts.
    pub(crate) search: text::Label,
    /// Help text of the search field without scripts.
    pub typed_hint: text::Label,
    /// Returns the first items whose names have a part.
    pub(crate) find: Find,
}

/// An item in the selection, and whether it is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    item: PickerItem,
    is_checked: bool,
}

/// Returns the items of a selection: those that were checked if the form is rendered again, otherwise the initial ones.
pub(crate) fn picked(
    context: &PageContext,
    name: &str,
    initial: Vec<PickerItem>,
    label: fn(&str) -> String,
) -> Vec<Picked> {
    if context.outcome.is_none() {
        let all = initial.into_iter();
        let checked = |item| Picked {
            item,
            is_checked: true,
        };
        return all.map(checked).collect();
    }
    let typed = context.typed(&format!("{name}[]"));
    let keys: Vec<&str> = typed.split(',').filter(|key| !key.is_empty()).collect();
    let others = keys
        .iter()
        .filter(|key| !initial.iter().any(|item| item.key == **key))
        .map(|key| PickerItem {
            key: (*key).to_owned(),
            label: label(key),
        });
    let all: Vec<PickerItem> = initial.iter().cloned().chain(others).collect();
    let restored = all.into_iter().map(|item| Picked {
        is_checked: keys.contains(&item.key.as_str()),
        item,
    });
    restored.collect()
}

/// Renders the selection.
#[component]
pub fn Picker(
    /// Static properties.
    spec: PickerSpec,
    /// Initial items.
    items: Vec<Picked>,
    /// Text in the search field of a form that is rendered again.
    #[prop(into)]
    typed: String,
    /// Error message for the selection, if there is one.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let name = spec.name;
    let items = RwSignal::new(items);
    let controls = view! {
        <p class="field-hint">{(spec.hint)()}</p>
        <For
            each=move || items.get()
            key=|picked| picked.item.key.clone()
            children=move |picked| view! { <PickedBox name=name picked=picked /> }
        />
        <Search spec=spec items=items typed=typed />
    };
    field_group(name, (spec.label)().into_any(), controls.into_any(), error)
}

#[component]
fn PickedBox(name: &'static str, picked: Picked) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name=format!("{name}[]") value=picked.item.key checked=picked.is_checked />
            <span>
                <bdi>{picked.item.label}</bdi>
            </span>
        </label>
    }
}

/// Renders the search field and the found items.
#[component]
fn Search(spec: PickerSpec, items: RwSignal<Vec<Picked>>, typed: String) -> impl IntoView {
    let search = ItemSearch::new(spec.find);
    let mut ask = ItemSearch::once_typed(move |typed| search.run(typed));
    let input = NodeRef::<html::Input>::new();
    let press = move |event: KeyboardEvent| {
        let is_enter = event.key() == "Enter";
        if event.is_composing() || !(is_enter || event.key() == "ArrowDown") {
            return;
        }
        event.prevent_default();
        let Some(input) = input.get_untracked() else {
            return;
        };
        if search.has_found(&input.value()) {
            choose(&input, is_enter && !input.value().is_empty());
        }
    };
    let is_selected = move |item: &PickerItem| {
        items.with(|selected| selected.iter().any(|picked| picked.item.key == item.key))
    };
    let add = move |item: PickerItem| {
        items.update(|items| {
            items.push(Picked {
                item,
                is_checked: true,
            });
        });
        // The button of the item is removed with the focus.
        if let Some(input) = input.get_untracked() {
            input.set_value("");
            drop(input.focus());
        }
        search.run(String::new());
    };
    let texts = ResultTexts {
        button: |name| text::access::add(name),
        none: Some(text::access::none_found),
    };
    let label = (spec.search)();
    let typed_hint = (spec.typed_hint)();
    let input_id = format!("{}-search", spec.name);
    let hint_id = format!("{}-hint", spec.name);
    let described_by = {
        let hint_id = hint_id.clone();
        move || (!Hydrated::now()).then(|| hint_id.clone())
    };
    view! {
        <input
            node_ref=input
            class="input"
            id=input_id
            type="search"
            name=spec.more
            data-field=spec.name
            value=typed
            aria-label=label
            aria-describedby=described_by
            placeholder=move || Hydrated::now().then_some(label)
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            dir="auto"
            on:input=move |event| ask(event_target_value(&event))
            on:focus=move |_| {
                if search.is_unused() {
                    search.run(String::new());
                }
            }
            on:keydown=press
        />
        <Show
            when=Hydrated::now
            fallback=move || {
                view! {
                    <p class="field-note" id=hint_id.clone()>
                        {typed_hint}
                    </p>
                }
            }
        >
            {search.results(texts, is_selected, add)}
        </Show>
    }
}

/// Moves the focus to the first found item. If `adds`, and it is the only one, it is added instead.
fn choose(input: &web_sys::HtmlInputElement, adds: bool) -> Option<()> {
    let found = buttons(&input.closest("fieldset").ok()??)?;
    let first = found.item(0)?.dyn_into::<web_sys::HtmlElement>().ok()?;
    if adds && found.length() == 1 {
        first.click();
    } else {
        drop(first.focus());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::context::FormOutcome;

    use super::*;

    #[test]
    fn selection_is_restored_from_the_denied_form() {
        let initial = vec![
            PickerItem::of_client(1, Some("ACME")),
            PickerItem::of_client(2, None),
        ];
        let label = |key: &str| format!("#{key}");
        let mut context = PageContext::default();
        let labels = |context: &PageContext| -> Vec<(String, bool)> {
            let all = picked(context, "client_list", initial.clone(), label);
            all.into_iter()
                .map(|picked| (picked.item.label, picked.is_checked))
                .collect()
        };
        let both = [("ACME".to_owned(), true), ("#2".to_owned(), true)];
        assert_eq!(labels(&context), both);
        let mut outcome = FormOutcome::default();
        outcome
            .values
            .insert("client_list[]".to_owned(), "2,9".to_owned());
        context.outcome = Some(outcome);
        let restored = [
            ("ACME".to_owned(), false),
            ("#2".to_owned(), true),
            ("#9".to_owned(), true),
        ];
        assert_eq!(labels(&context), restored);
    }
}
