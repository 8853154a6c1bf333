//! Form fields with a selection.

use leptos::prelude::*;

use super::{field_group::field_error, form::FormState};

/// Returns an option: its value and its label.
pub(crate) fn option(value: &str, label: &str) -> (String, String) {
    (value.to_owned(), label.to_owned())
}

/// Renders a selection with its label and error message. The `first` field of a dialog gets the focus when that opens.
pub(crate) fn select(
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
    form_state: FormState,
    first: bool,
) -> AnyView {
    let options = options.into_iter().map(|(value, words)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {words}
            </option>
        }
    });
    let failed = form_state.error(name);
    view! {
        <div class="field">
            <label class="field-label" for=name>
                {label}
            </label>
            <select
                class="input"
                id=name
                name=name
                autofocus=first
                aria-invalid=move || failed.with(Option::is_some).then_some("true")
                aria-describedby=move || failed.with(Option::is_some).then(|| format!("{name}-error"))
            >
                {options.collect_view()}
            </select>
            {field_error(name, failed)}
        </div>
    }
    .into_any()
}
