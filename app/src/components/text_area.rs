//! Form fields with several lines.

use leptos::prelude::*;

use super::{field::FieldSpec, field_group::field_error};
use crate::text;

/// Returns a text as HTML. The server writes children of a `<textarea>` unescaped.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Renders a field with several lines, with its label, hint and error message.
#[component]
pub fn TextArea(
    /// Static properties of the field. Its kind is ignored, and a maximum of 0 characters is none.
    spec: FieldSpec,
    /// Initial value.
    #[prop(optional, into)]
    value: String,
    /// Number of visible lines.
    rows: u8,
    /// Error message, if the field has an error.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// `true` if the field gets the focus when the page loads.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let FieldSpec {
        name,
        label,
        hint,
        optional,
        max,
        ..
    } = spec;
    let hint_id = hint.map(|_| format!("{name}-hint"));
    let described_by = {
        let (hint_id, error_id) = (hint_id.clone(), format!("{name}-error"));
        move || {
            let error = error.with(Option::is_some).then(|| error_id.clone());
            let ids: Vec<String> = hint_id.clone().into_iter().chain(error).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let most = (max > 0).then(|| max.to_string());
    view! {
        <div class="field">
            <label class="field-label" for=name>
                {label()}
                {optional.then(|| view! { <span class="field-optional">{text::actions::optional()}</span> })}
            </label>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint()}</p> })}
            <textarea
                class="input"
                id=name
                name=name
                rows=rows.to_string()
                dir="auto"
                autocomplete="off"
                required=!optional
                spellcheck="false"
                maxlength=most
                autofocus=first
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by
                inner_html=escaped(&value)
            />
            {field_error(name, error)}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_the_field() {
        assert_eq!(escaped("</title><b>&lt;"), "&lt;/title>&lt;b>&amp;lt;");
    }
}
