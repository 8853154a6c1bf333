//! Fields of a virtual key.

pub(crate) mod edit;

use domain::access_tokens::DAYS_DEFAULT;
use leptos::prelude::*;

use super::{
    field::{Field, FieldSpec},
    form::FormState,
    select::{option, select},
    text_area::TextArea,
    typed::typed_or,
};
use crate::{api::user_access::PickerItem, context::PageContext, text};

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

const METADATA: FieldSpec = FieldSpec {
    name: "metadata",
    label: text::virtual_keys::metadata,
    hint: Some(text::virtual_keys::metadata_hint),
    ..MODELS
};

/// Renders the field of the group that a key is for, one of the groups of its owner.
pub(crate) fn group_field(
    context: &PageContext,
    groups: Vec<PickerItem>,
    form_state: FormState,
) -> AnyView {
    let none = option("", text::virtual_keys::group_none());
    let groups = groups.into_iter().map(|group| (group.key, group.label));
    let options = std::iter::once(none).chain(groups).collect();
    let chosen = context.typed("group");
    select(
        "group",
        text::virtual_keys::group(),
        options,
        &chosen,
        form_state,
        false,
    )
}

/// Renders the field with the data of the host application, as JSON.
pub(crate) fn metadata_field(value: String, form_state: FormState) -> AnyView {
    view! { <TextArea spec=METADATA value=value rows=3 error=form_state.error("metadata") /> }
        .into_any()
}

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
