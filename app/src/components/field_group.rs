//! Error messages of fields, and groups of controls that have one in common, with a search of their choices.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Renders the error message of a field, if there is one.
pub(crate) fn field_error(name: &'static str, error: Signal<Option<String>>) -> AnyView {
    let message = move || {
        error.get().map(|error| {
            view! {
                <p class="field-error" id=format!("{name}-error")>
                    <Glyph icon=Icon::Alert />
                    {error}
                </p>
            }
        })
    };
    view! { {message} }.into_any()
}

/// Renders a group of controls, such as radio buttons, with its legend and its error message.
pub(crate) fn field_group(
    name: &'static str,
    legend: AnyView,
    controls: AnyView,
    error: Signal<Option<String>>,
) -> AnyView {
    let is_invalid = move || error.with(Option::is_some);
    view! {
        // `aria-invalid` does not apply to a group. The error message describes it instead, and `tabindex` lets the summary link to it.
        <fieldset
            class="field"
            id=name
            tabindex="-1"
            aria-describedby=move || is_invalid().then(|| format!("{name}-error"))
            data-error=move || is_invalid().then_some("")
        >
            <legend class="field-label">{legend}</legend>
            {controls}
            {field_error(name, error)}
        </fieldset>
    }
    .into_any()
}

/// Renders a search field above the choices of a group. It has no name, so the form does not send it, and Enter in it does not send the
/// form. `set_typed` receives the typed text.
pub(crate) fn choice_search(label: &'static str, set_typed: WriteSignal<String>) -> AnyView {
    view! {
        <input
            class="input"
            type="search"
            aria-label=label
            placeholder=label
            autocomplete="off"
            dir="auto"
            on:input=move |event| set_typed.set(event_target_value(&event))
            on:keydown=move |event| {
                if event.key() == "Enter" {
                    event.prevent_default();
                }
            }
        />
    }
    .into_any()
}
