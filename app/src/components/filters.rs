//! Filter forms of lists.

use leptos::{ev::SubmitEvent, form::form_data_from_event, html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_url},
};

use super::form::written;
use crate::text;

/// A field of a filter form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterField {
    /// Name of the query parameter.
    pub name: &'static str,
    /// Current value, from the URL.
    pub value: Option<String>,
    /// Kind of input.
    pub entry: Entry,
}

/// Kind of input of a filter field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Text input: label, example, and the id of a `<datalist>` with suggestions.
    Typed(&'static str, &'static str, Option<&'static str>),
    /// Selection: label, and the options as value and label.
    Chosen(&'static str, Vec<(&'static str, &'static str)>),
    /// Hidden field, which retains a parameter when the form is submitted without scripts.
    Hidden,
}

impl FilterField {
    /// Returns a field with its current value.
    pub fn new(name: &'static str, value: &Option<String>, entry: Entry) -> Self {
        Self {
            name,
            value: value.clone(),
            entry,
        }
    }

    /// Returns the label; `None` for a hidden field.
    pub(crate) fn label(&self) -> Option<&'static str> {
        match &self.entry {
            Entry::Typed(label, ..) | Entry::Chosen(label, _) => Some(*label),
            Entry::Hidden => None,
        }
    }

    /// Returns whether a shown field has a value.
    fn is_set(&self) -> bool {
        let is_given = |value: &String| !value.trim().is_empty();
        self.entry != Entry::Hidden && self.value.as_ref().is_some_and(is_given)
    }
}

/// Renders the filter form. Without scripts it loads the filtered list by itself.
#[component]
pub fn FilterForm(
    /// Accessible label of the form.
    label: &'static str,
    /// Path of the list.
    #[prop(into)]
    path: String,
    /// Fields with their values from the URL.
    fields: Memo<Vec<FilterField>>,
    /// URL of the list without a filter.
    cleared: Signal<String>,
    /// Further links beside the buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let (navigate, url) = (use_navigate(), use_url());
    let list = path.clone();
    let submit = move |event: SubmitEvent| {
        let data = form_data_from_event(&event).ok();
        if let Some(typed) = data.as_ref().and_then(written) {
            let next = found(&list, &typed);
            let current = url.with_untracked(|url| {
                let search = url.search().trim_start_matches('?');
                found(&list, search)
            });
            // With the same filter the URL stays, so only the browser can load the list again.
            if next == current {
                return;
            }
            event.prevent_default();
            let options = NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&next, options);
        }
    };
    // A link or the back button changes the URL under the form. The first run is skipped, so that text typed before hydration stays.
    Effect::new(move |before: Option<Vec<FilterField>>| {
        let now = fields.get();
        if before.is_some_and(|before| before != now)
            && let Some(form) = form.get_untracked()
        {
            show(&form, &now);
        }
        now
    });
    let is_filtered =
        Memo::new(move |_| fields.with(|fields| fields.iter().any(FilterField::is_set)));
    let fields = fields.get_untracked();
    view! {
        <form
            node_ref=form
            class="list-filters"
            method="get"
            action=path
            role="search"
            aria-label=label
            on:submit=submit
        >
            {fields.into_iter().map(field).collect_view()}
            <div class="actions">
                <button class="button">{text::common::filter()}</button>
                <a class="button" href=cleared hidden=move || !is_filtered.get() data-noscroll>
                    {text::common::filter_clear()}
                </a>
                {children.map(|children| children())}
            </div>
        </form>
    }
}

fn field(field: FilterField) -> AnyView {
    let (name, value) = (field.name, field.value.unwrap_or_default());
    match field.entry {
        Entry::Typed(label, example, list) => typed(label, name, value, example, list).into_any(),
        Entry::Chosen(label, options) => chosen(label, name, &value, &options).into_any(),
        Entry::Hidden => view! { <input type="hidden" name=name value=value /> }.into_any(),
    }
}

/// Renders a text input.
fn typed(
    label: &'static str,
    name: &'static str,
    value: String,
    example: &'static str,
    list: Option<&'static str>,
) -> impl IntoView {
    view! {
        <label class="filter-field">
            {label}
            <input
                class="input"
                name=name
                value=value
                dir="auto"
                placeholder=example
                list=list
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="100"
            />
        </label>
    }
}

/// Renders a selection. A current value that is not among the options is added to them.
fn chosen(
    label: &'static str,
    name: &'static str,
    value: &str,
    options: &[(&'static str, &'static str)],
) -> impl IntoView {
    let is_usual = options.iter().any(|(usual, _)| *usual == value);
    let unusual = (!is_usual).then_some((value, value));
    let options = options
        .iter()
        .copied()
        .chain(unusual)
        .map(|(option, words)| {
            view! {
                <option value=option.to_owned() selected=option == value>
                    {words.to_owned()}
                </option>
            }
        });
    view! {
        <label class="filter-field">
            {label} <select class="input" name=name>
                {options.collect_view()}
            </select>
        </label>
    }
}

/// Returns the URL of the list for a submitted form, without its empty fields.
fn found(path: &str, typed: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let pairs = form_urlencoded::parse(typed.as_bytes());
    query.extend_pairs(pairs.filter(|(_, value)| !value.trim().is_empty()));
    match query.finish() {
        empty if empty.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// Sets the fields of the form to the values of another URL.
fn show(form: &web_sys::HtmlFormElement, fields: &[FilterField]) {
    for field in fields {
        let element = form.query_selector(&format!("[name={}]", field.name));
        let value = field.value.as_deref().unwrap_or_default();
        if let Ok(Some(element)) = element {
            drop(js_sys::Reflect::set(
                &element,
                &"value".into(),
                &value.into(),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_link_contains_the_filled_fields() {
        for (typed, address) in [
            ("user=&device=+&sort=", "/sessions"),
            ("user=ada&sort=-seen", "/sessions?user=ada&sort=-seen"),
            (
                "device=Firefox+on+Linux&created=%3E2026-01-01",
                "/sessions?device=Firefox+on+Linux&created=%3E2026-01-01",
            ),
        ] {
            assert_eq!(found("/sessions", typed), address);
        }
    }
}
