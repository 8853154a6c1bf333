//! Dialog that edits a feature.

use domain::{features::Feature, permission::Permission, stored::StoredObject};
use leptos::prelude::*;

use super::dialogs::{DESCRIPTION, LABEL, POSITION, default_box, route, with_feature};
use crate::{
    api::features::EditFeature as EditForm,
    components::{
        dialog::FormDialog,
        field::Field,
        form::{self, FormState},
        object_form::{ObjectConflict, SavedValue},
        text_area::TextArea,
        typed::{ticked, typed_or},
    },
    context::PageContext,
    labels::features as labels,
    text,
};

/// Renders the dialog that edits a feature.
#[component]
pub fn EditFeature() -> impl IntoView {
    with_feature("edit", |feature| {
        view! { <Editing feature=feature /> }.into_any()
    })
}

#[component]
fn Editing(feature: Feature) -> impl IntoView {
    let route = route(&format!("{}/edit", feature.key));
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<EditForm>(&route.path);
    let conflict = ObjectConflict::of(form_state);
    let version = conflict.version(&context, feature.version);
    let shown = conflict.value(stored_label, feature.label.clone());
    let first = [
        ("label", feature.label.clone()),
        ("description", feature.description.clone()),
        ("position", feature.position.to_string()),
        ("default_value", feature.default_value.to_string()),
    ];
    let first = conflict.first(&context, &first);
    let position = typed_or(&context, "position", || feature.position.to_string());
    let checked = ticked(&context, "default_value", feature.default_value);
    view! {
        <FormDialog
            route=route
            title=text::features::edit_title(labels::label(&feature.key, &feature.label))
            form_state=form_state
            denied=None
            action=conflict.action()
            right=Permission::FeaturesWrite
        >
            <p>
                <code>{feature.key.clone()}</code>
            </p>
            <input type="hidden" name="key" value=feature.key />
            <input type="hidden" name="version" value=version />
            <input type="hidden" name="shown" value=shown />
            {first}
            {texts(&context, form_state, conflict, feature.label, feature.description)}
            <Field spec=POSITION value=position.clone() error=form_state.error("position") />
            <SavedValue conflict=Some(conflict) mine=position pick=stored_position />
            {default_box(checked)}
            <SavedValue conflict=Some(conflict) mine=default_text(checked) pick=stored_default />
        </FormDialog>
    }
}

/// Renders the fields for the texts of a feature, with the values that another user has saved.
fn texts(
    context: &PageContext,
    form_state: FormState,
    conflict: ObjectConflict,
    label: String,
    description: String,
) -> impl IntoView + use<> {
    let label = typed_or(context, "label", || label);
    let description = typed_or(context, "description", || description);
    view! {
        <Field spec=LABEL value=label.clone() error=form_state.error("label") first=true />
        <SavedValue conflict=Some(conflict) mine=label pick=stored_label />
        <TextArea
            spec=DESCRIPTION
            value=description.clone()
            rows=3
            error=form_state.error("description")
        />
        <SavedValue conflict=Some(conflict) mine=description pick=stored_description />
    }
}

fn stored_label(object: &StoredObject) -> Option<String> {
    match object {
        StoredObject::Feature(feature) => Some(feature.label.clone()),
        _ => None,
    }
}

fn stored_description(object: &StoredObject) -> Option<String> {
    match object {
        StoredObject::Feature(feature) => Some(feature.description.clone()),
        _ => None,
    }
}

fn stored_position(object: &StoredObject) -> Option<String> {
    match object {
        StoredObject::Feature(feature) => Some(feature.position.to_string()),
        _ => None,
    }
}

fn stored_default(object: &StoredObject) -> Option<String> {
    match object {
        StoredObject::Feature(feature) => Some(default_text(feature.default_value)),
        _ => None,
    }
}

fn default_text(default_value: bool) -> String {
    let text = if default_value {
        text::features::on()
    } else {
        text::features::off()
    };
    text.to_owned()
}
