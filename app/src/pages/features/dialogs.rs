//! Dialogs above the page of features: adding one or a set, and deletion.

use domain::{
    features::{Feature, FeatureSet},
    jobs::is_job,
    permission::Permission,
    problem::Problem,
};
use leptos::prelude::*;

use super::Catalogue;
use crate::{
    api::{
        error::set_not_found,
        features::{
            AddFeature as AddForm, AddFeatureSet as AddSetForm, DeleteFeature as DeleteForm,
            FEATURES, PreviewFeatureDeletion,
        },
        read::ReadRequest,
    },
    components::{
        deletion::{Uncounted, in_background},
        dialog::{ClosedDialog, DialogRoute, FormDialog},
        field::{Field, FieldSpec},
        form,
        loaded::Loaded,
        rows::keyed_by,
        tab::with,
        text_area::TextArea,
        typed::ticked,
    },
    context::PageContext,
    labels::features as labels,
    text,
};

const KEY: FieldSpec = FieldSpec {
    name: "key",
    label: text::features::key,
    kind: "text",
    autocomplete: "off",
    hint: Some(text::features::key_hint),
    optional: false,
    max: 100,
};

pub(super) const LABEL: FieldSpec = FieldSpec {
    name: "label",
    label: text::features::label,
    hint: Some(text::features::label_hint),
    optional: true,
    ..KEY
};

pub(super) const DESCRIPTION: FieldSpec = FieldSpec {
    name: "description",
    label: text::features::description,
    hint: None,
    optional: true,
    max: 500,
    ..KEY
};

pub(super) const POSITION: FieldSpec = FieldSpec {
    name: "position",
    label: text::features::position,
    kind: "number",
    hint: Some(text::features::position_hint),
    optional: true,
    max: 10,
    ..KEY
};

/// Returns the path of a dialog and of the page behind it.
pub(super) fn route(end: &str) -> DialogRoute {
    DialogRoute {
        path: format!("{FEATURES}/{end}"),
        back: FEATURES.to_owned(),
    }
}

/// Renders the checkbox that gives a feature to all users.
pub(super) fn default_box(checked: bool) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name="default_value" value="true" checked=checked />
            <span>
                {text::features::enable()}
                <span class="check-note">{text::features::default_note()}</span>
            </span>
        </label>
    }
}

/// Renders the dialog that adds a feature.
#[component]
pub fn NewFeature() -> impl IntoView {
    let route = route("new");
    let context = expect_context::<PageContext>().of_form(&route.path);
    let form_state = form::send::<AddForm>(&route.path);
    view! {
        <FormDialog
            route=route
            title=text::features::add()
            form_state=form_state
            denied=None
            action=Signal::stored(text::features::add().to_owned())
            right=Permission::FeaturesWrite
        >
            <Field spec=KEY value=context.typed("key") error=form_state.error("key") first=true />
            <Field spec=LABEL value=context.typed("label") error=form_state.error("label") />
            <TextArea
                spec=DESCRIPTION
                value=context.typed("description")
                rows=3
                error=form_state.error("description")
            />
            <Field
                spec=POSITION
                value=context.typed("position")
                error=form_state.error("position")
            />
            {default_box(ticked(&context, "default_value", false))}
        </FormDialog>
    }
}

/// Renders the dialog that adds the features of Open WebUI.
#[component]
pub fn AddFeatureSet() -> impl IntoView {
    let route = route("set");
    let form_state = form::send::<AddSetForm>(&route.path);
    view! {
        <FormDialog
            route=route
            title=text::features::add_set()
            form_state=form_state
            denied=None
            action=Signal::stored(text::features::add_set_button().to_owned())
            right=Permission::FeaturesWrite
        >
            <p>{text::features::add_set_text()}</p>
            <input type="hidden" name="set" value=FeatureSet::OpenWebui.as_str() />
        </FormDialog>
    }
}

/// Renders a dialog for the feature of the URL. If it does not exist, the dialog says so.
pub(super) fn with_feature(end: &'static str, draw: fn(Feature) -> AnyView) -> impl IntoView {
    keyed_by("key", move |key| {
        let catalogue = expect_context::<Catalogue>();
        with(catalogue.list, move |features| {
            let mut features = features.into_iter().map(|listed| listed.feature);
            match features.find(|feature| feature.key == key) {
                Some(feature) => draw(feature),
                None => {
                    set_not_found();
                    let route = route(&format!("{key}/{end}"));
                    view! {
                        <ClosedDialog route=route title=text::features::missing()>
                            <p>{text::features::missing_text()}</p>
                        </ClosedDialog>
                    }
                    .into_any()
                }
            }
        })
    })
}

/// Renders the dialog that deletes a feature, with the number of groups that lose it.
#[component]
pub fn DeleteFeature() -> impl IntoView {
    with_feature("delete", |feature| {
        let key = feature.key.clone();
        let counted =
            Loaded::new(move || ReadRequest::of(PreviewFeatureDeletion { key: key.clone() }));
        let counting = route(&format!("{}/delete", feature.key));
        let fallback = move || view! { <Uncounted route=counting problem=None /> };
        counted.draw(fallback, move |groups| deletion(feature.clone(), groups))
    })
}

fn deletion(feature: Feature, groups: Result<u64, Problem>) -> AnyView {
    let route = route(&format!("{}/delete", feature.key));
    let groups = match groups {
        Ok(groups) => groups,
        Err(problem) => {
            return view! { <Uncounted route=route problem=Some(problem) /> }.into_any();
        }
    };
    let form_state = form::send::<DeleteForm>(&route.path);
    let title = text::features::delete_title(labels::label(&feature.key, &feature.label));
    view! {
        <FormDialog
            route=route
            title=title.clone()
            form_state=form_state
            denied=None
            action=Signal::stored(title)
            right=Permission::FeaturesWrite
            danger=true
        >
            <p>
                <code>{feature.key.clone()}</code>
            </p>
            <p>{text::features::delete_text(groups)}</p>
            {in_background(is_job(groups))}
            <input type="hidden" name="key" value=feature.key />
            <input type="hidden" name="shown" value=feature.label />
            <input type="hidden" name="version" value=feature.version.to_string() />
            <input type="hidden" name="groups" value=groups.to_string() />
        </FormDialog>
    }
    .into_any()
}
