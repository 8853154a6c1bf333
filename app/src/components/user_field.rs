//! Text field that names a user.

use leptos::prelude::*;

use super::{field::FieldSpec, name_field::NameField, name_search};
use crate::text;

/// Renders the field, and below it the users whose names have the typed text, if the viewer can read users. The form sends the text: a
/// username, a number or an id.
#[component]
pub fn UserField(
    /// Name in the form, which is also the element id.
    name: &'static str,
    /// Visible label.
    label: text::Label,
    /// `true` if the field can be empty.
    #[prop(optional)]
    optional: bool,
    /// Initial value.
    #[prop(into)]
    value: String,
    /// Error message, if the field has an error.
    error: Signal<Option<String>>,
    /// `true` if the field gets the focus when the page loads.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let spec = FieldSpec {
        name,
        label,
        kind: "text",
        autocomplete: "off",
        hint: Some(text::access::user_hint),
        optional,
        max: 50,
    };
    let search = Signal::stored(name_search::users());
    view! { <NameField spec=spec value=value error=error search=search first=first /> }
}
