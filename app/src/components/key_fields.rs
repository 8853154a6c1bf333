//! Fields of a virtual key.

use domain::access_tokens::DAYS_DEFAULT;
use leptos::prelude::*;

use super::{
    field::{Field, FieldSpec},
    form::FormState,
    text_area::TextArea,
    typed::typed_or,
};
use crate::{context::PageContext, text};

const NAME: FieldSpec = FieldSpec {
    name: "name",
    label: text::virtual_keys::name,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::virtual_keys::name_hint),
    optional: false,
    max: 100,
};

const MODELS: FieldSpec = FieldSpec {
    name: "allowed_models",
    label: text::virtual_keys::models,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::virtual_keys::models_hint),
    optional: true,
    max: 0,
};

const DAYS: FieldSpec = FieldSpec {
    name: "days",
    label: text::virtual_keys::days,
    kind: "number",
    autocomplete: "off",
    hint: None,
    optional: false,
    max: 5,
};

/// The same where keys without an expiry are allowed.
const OPTIONAL_DAYS: FieldSpec = FieldSpec {
    hint: Some(text::virtual_keys::days_hint),
    optional: true,
    ..DAYS
};

/// Renders the fields of a virtual key to create.
#[component]
pub(crate) fn KeyFields(
    /// Context with the values of the form.
    context: PageContext,
    /// State of the form.
    form_state: FormState,
) -> impl IntoView {
    let (days, usual) = match context.site.token_max_days {
        0 => (OPTIONAL_DAYS, DAYS_DEFAULT),
        longest => (DAYS, longest.min(DAYS_DEFAULT)),
    };
    view! {
        <Field spec=NAME value=context.typed("name") error=form_state.error("name") first=true />
        <TextArea
            spec=MODELS
            value=context.typed("allowed_models")
            rows=3
            error=form_state.error("allowed_models")
        />
        <Field
            spec=days
            value=typed_or(&context, "days", || usual.to_string())
            error=form_state.error("days")
        />
    }
}
