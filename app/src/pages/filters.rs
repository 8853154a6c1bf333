//! Which rows of a list: a form that leads to those that match.

use leptos::{ev::SubmitEvent, form::form_data_from_event, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::form::written;

/// A field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterField {
    /// Its name in the address.
    pub name: &'static str,
    /// What is in it.
    pub value: Option<String>,
    /// How it is filled in.
    pub entry: Entry,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// By typing: what it is called, an example, and where the texts are that it offers.
    Typed(&'static str, &'static str, Option<&'static str>),
    /// By choosing: what it is called, and the values with their words.
    Chosen(&'static str, &'static [(&'static str, &'static str)]),
    /// Not at all: what a filter without scripts keeps.
    Kept,
}

impl FilterField {
    /// A field with what is in it.
    pub fn new(name: &'static str, value: &Option<String>, entry: Entry) -> Self {
        Self {
            name,
            value: value.clone(),
            entry,
        }
    }
}

/// The form. Without scripts it leads to the list by itself.
#[component]
pub fn FilterForm(
    /// What it filters.
    label: &'static str,
    /// The address of the list.
    path: &'static str,
    /// The fields, as the address has them.
    fields: Memo<Vec<FilterField>>,
    /// The address of the list without a filter.
    cleared: Signal<String>,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        let data = form_data_from_event(&event).ok();
        if let Some(typed) = data.as_ref().and_then(written) {
            event.prevent_default();
            let options = NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&found(path, &typed), options);
        }
    };
    // A link or the back button changes the filter under the form. The first time nothing has changed: what was typed
    // before the browser took over stays.
    Effect::new(move |before: Option<Vec<FilterField>>| {
        let now = fields.get();
        if before.is_some_and(|before| before != now)
            && let Some(form) = form.get_untracked()
        {
            show(&form, &now);
        }
        now
    });
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
                <button class="button">"Filter"</button>
                <a class="button" href=cleared data-noscroll>
                    "Clear"
                </a>
            </div>
        </form>
    }
}

fn field(field: FilterField) -> AnyView {
    let (name, value) = (field.name, field.value.unwrap_or_default());
    match field.entry {
        Entry::Typed(label, example, list) => typed(label, name, value, example, list).into_any(),
        Entry::Chosen(label, options) => chosen(label, name, &value, options).into_any(),
        Entry::Kept => view! { <input type="hidden" name=name value=value /> }.into_any(),
    }
}

/// A field to type into.
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

/// A field to choose from. A value that is not among the usual ones is there while it is chosen.
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

/// The address of the list that a form asks for.
fn found(path: &str, typed: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let pairs = form_urlencoded::parse(typed.as_bytes());
    query.extend_pairs(pairs.filter(|(_, value)| !value.trim().is_empty()));
    match query.finish() {
        empty if empty.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// Puts the fields of another address into the form.
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
    fn an_address_has_what_was_filled_in() {
        for (typed, address) in [
            ("person=&device=+&sort=", "/sessions"),
            ("person=ada&sort=-seen", "/sessions?person=ada&sort=-seen"),
            (
                "device=Firefox+on+Linux&created=%3E2026-01-01",
                "/sessions?device=Firefox+on+Linux&created=%3E2026-01-01",
            ),
        ] {
            assert_eq!(found("/sessions", typed), address);
        }
    }
}
