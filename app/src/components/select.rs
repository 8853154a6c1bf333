//! Form fields with a selection.

use leptos::prelude::*;

use super::{
    form::FormState,
    icon::{Glyph, Icon},
};

/// Returns an option: its value and its label.
pub(crate) fn option(value: &str, label: &str) -> (String, String) {
    (value.to_owned(), label.to_owned())
}

/// Renders a selection with its label and error message.
pub(crate) fn select(
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
    form_state: FormState,
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
                aria-invalid=move || failed.with(Option::is_some).then_some("true")
                aria-describedby=move || failed.with(Option::is_some).then(|| format!("{name}-error"))
            >
                {options.collect_view()}
            </select>
            {error(name, failed)}
        </div>
    }
    .into_any()
}

/// Renders the error message of a field, if there is one.
pub(crate) fn error(name: &'static str, failed: Signal<Option<String>>) -> AnyView {
    let message = move || {
        failed.get().map(|message| {
            view! {
                <p class="field-error" id=format!("{name}-error")>
                    <Glyph icon=Icon::Alert />
                    {message}
                </p>
            }
        })
    };
    view! { {message} }.into_any()
}
