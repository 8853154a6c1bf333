//! Fields of a stored virtual key.

use domain::{access_tokens::AccessToken, stored::StoredObject};
use leptos::prelude::*;

use super::{DAYS, MODELS, NAME, metadata_field};
use crate::{
    api::virtual_keys::edit::{KeyModels, metadata_text, models_text},
    components::{
        field::{Field, FieldSpec},
        form::FormState,
        object_form::{ObjectConflict, SavedValue},
        text_area::TextArea,
        typed::{ticked, typed_or},
    },
    context::PageContext,
    text,
};

const LISTED: FieldSpec = FieldSpec {
    hint: Some(text::virtual_keys::listed_hint),
    ..MODELS
};

const NEW_DAYS: FieldSpec = FieldSpec {
    hint: Some(text::virtual_keys::new_days_hint),
    optional: true,
    ..DAYS
};

/// Renders the fields, with the values that another user has saved meanwhile.
pub(crate) fn fields(
    context: &PageContext,
    key: &AccessToken,
    form_state: FormState,
    conflict: ObjectConflict,
) -> AnyView {
    let first = [
        ("name", key.name.clone()),
        ("models", KeyModels::of(key).as_str().to_owned()),
        ("allowed_models", models_text(key)),
        ("metadata", metadata_text(key)),
    ];
    let first = conflict.first(context, &first);
    let name = typed_or(context, "name", || key.name.clone());
    let state = typed_or(context, "models", || KeyModels::of(key).as_str().to_owned());
    let models = typed_or(context, "allowed_models", || models_text(key));
    let metadata = typed_or(context, "metadata", || metadata_text(key));
    let no_end = ticked(context, "no_end", false);
    let can_be_endless = context.site.token_max_days == 0;
    let choices = KeyModels::ALL.map(|choice| {
        let label = match choice {
            KeyModels::All => text::virtual_keys::all_models(),
            KeyModels::None => text::virtual_keys::no_models(),
            KeyModels::Listed => text::virtual_keys::listed_models(),
        };
        let checked = choice.as_str() == state;
        view! {
            <label class="check">
                <input type="radio" name="models" value=choice.as_str() checked=checked />
                <span>{label}</span>
            </label>
        }
    });
    view! {
        {first}
        <Field spec=NAME value=name.clone() error=form_state.error("name") first=true />
        <SavedValue conflict=Some(conflict) mine=name pick=stored_name />
        <fieldset class="field" id="models" tabindex="-1">
            <legend class="field-label">{text::virtual_keys::models()}</legend>
            {choices.into_iter().collect_view()}
        </fieldset>
        <TextArea
            spec=LISTED
            value=models.clone()
            rows=3
            error=form_state.error("allowed_models")
        />
        <SavedValue conflict=Some(conflict) mine=models_shown(&state, models) pick=stored_models />
        <Field spec=NEW_DAYS value=context.typed("days") error=form_state.error("days") />
        {can_be_endless
            .then(|| {
                view! {
                    <label class="check">
                        <input type="checkbox" name="no_end" value="true" checked=no_end />
                        <span>{text::virtual_keys::no_end()}</span>
                    </label>
                }
            })}
        {metadata_field(metadata.clone(), form_state)}
        <SavedValue conflict=Some(conflict) mine=metadata pick=stored_metadata />
    }
    .into_any()
}

/// Returns a value of a saved key.
fn saved(object: &StoredObject, value: fn(&AccessToken) -> String) -> Option<String> {
    match object {
        StoredObject::AccessToken(key) => Some(value(key)),
        _ => None,
    }
}

/// Returns the name of a saved key.
pub(crate) fn stored_name(object: &StoredObject) -> Option<String> {
    saved(object, |key| key.name.clone())
}

fn stored_models(object: &StoredObject) -> Option<String> {
    saved(object, |key| {
        models_shown(KeyModels::of(key).as_str(), models_text(key))
    })
}

/// Returns the models of a choice: their names, or the words for all or none.
fn models_shown(choice: &str, listed: String) -> String {
    if choice == KeyModels::All.as_str() {
        text::virtual_keys::all_models().to_owned()
    } else if choice == KeyModels::None.as_str() {
        text::virtual_keys::no_models().to_owned()
    } else {
        listed
    }
}

fn stored_metadata(object: &StoredObject) -> Option<String> {
    saved(object, metadata_text)
}
