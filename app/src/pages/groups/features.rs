//! Tab with the features that the members of a group have through it, as a tree. Without scripts every feature is a checkbox; after
//! hydration the branches have checkboxes, too, and there is a search field.

use std::collections::BTreeSet;

use domain::{features::Feature, list::UnfilteredParams, stored::StoredObject};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{
    boxes::{NAME, Tree, level},
    may_write,
    members::failed,
    page::OpenedGroup,
    stored_group, stored_name,
    tree::Branch,
};
use crate::{
    api::{
        first_values::list_text,
        groups::{
            GroupView,
            features::{ListFeatures, SaveGroupFeatures},
        },
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        field_group::choice_search,
        form::{self, PageUser},
        icon::Icon,
        loaded::{Loaded, both, transition},
        notice::ProblemNotice,
        object_form::{ObjectConflict, SavedValue},
        parameters::{NONE, checked},
        state::{ListState, LoadingNotice},
    },
    context::PageContext,
    hydrated::Hydrated,
    text,
};

/// Renders the tab.
#[component]
pub fn GroupFeatures() -> impl IntoView {
    let opened = OpenedGroup::current();
    let request = checked(|| (), &[], NONE);
    let list = Loaded::new(move || {
        check_params(request.get())?;
        ReadRequest::of(ListFeatures {})
    });
    let drawn = move || {
        let (group, features) = both(opened.group, list)?;
        let path = format!("{}/features", opened.path());
        Some(match (group, features) {
            // The header of the page shows the error.
            (Err(_), _) => ().into_any(),
            (Ok(_), Ok(features)) if features.is_empty() => nothing(),
            (Ok(group), Ok(features)) => {
                view! { <FeatureForm group=group features=features path=path /> }.into_any()
            }
            (Ok(_), Err(error)) => failed(&path, &UnfilteredParams::default(), error.0),
        })
    };
    transition(LoadingNotice.into(), Box::new(drawn))
}

/// Renders the empty state.
fn nothing() -> AnyView {
    view! {
        <ListState icon=Icon::Sliders title=text::groups::no_features()>
            <p class="state-text">{text::groups::no_features_hint()}</p>
        </ListState>
    }
    .into_any()
}

#[component]
fn FeatureForm(group: GroupView, features: Vec<Feature>, path: String) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&path);
    let form_state = form::send::<SaveGroupFeatures>(&path);
    let conflict = ObjectConflict::of(form_state);
    let version = conflict.version(&context, group.version);
    let shown = conflict.value(stored_name, group.name.clone());
    let first = [("features", list_text(group.features.clone()))];
    let first = conflict.first(&context, &first);
    let mut selected: BTreeSet<String> = match context.outcome {
        Some(_) => {
            let typed = context.typed(NAME);
            typed.split(',').map(str::to_owned).collect()
        }
        None => group.features.iter().cloned().collect(),
    };
    let mine = text_of(&group.features);
    if Hydrated::is_running() {
        adopt(&mut selected);
    }
    let (typed, set_typed) = signal(String::new());
    let tree = Tree {
        selected: RwSignal::new(selected),
        typed,
        is_fixed: !may_write(),
    };
    let root = Branch::of(features);
    let found = {
        let root = root.clone();
        Memo::new(move |_| typed.with(|typed| root.has(typed)))
    };
    let save = may_write().then(|| {
        view! {
            <div class="actions">
                <button class="button button-primary" aria-disabled=move || form_state.busy()>
                    {conflict.action()}
                </button>
            </div>
        }
    });
    view! {
        <div class="panes">
            <form
                class="form"
                method="post"
                action=path
                novalidate
                aria-busy=move || form_state.pending.get().to_string()
                on:submit=move |event| form_state.submit.run(event)
            >
                <PageUser />
                {move || {
                    form_state.problem.get().map(|problem| view! { <ProblemNotice problem=problem autofocus=true /> })
                }}
                <p class="muted">{text::groups::features_hint()}</p>
                <SavedValue conflict=Some(conflict) mine=mine pick=stored_features />
                <input type="hidden" name="id" value=group.id.to_string() />
                <input type="hidden" name="version" value=version />
                <input type="hidden" name="shown" value=shown />
                {first}
                <Show when=Hydrated::now>
                    {choice_search(text::groups::find_feature(), set_typed)}
                </Show>
                <fieldset class="field" id="features" tabindex="-1">
                    <legend class="field-label">{text::groups::features()}</legend>
                    {level(root, tree)}
                    <p class="field-note" aria-live="polite">
                        {move || (!found.get()).then(text::groups::no_feature_match)}
                    </p>
                </fieldset>
                {save}
            </form>
        </div>
    }
}

/// Formats features as a text, to compare and to show them.
fn text_of(features: &[String]) -> String {
    features.join(", ")
}

fn stored_features(object: &StoredObject) -> Option<String> {
    stored_group(object).map(|group| text_of(&group.features))
}

/// Adopts the state of the checkboxes that the server has rendered, because they can have been changed before hydration.
fn adopt(selected: &mut BTreeSet<String>) {
    let Ok(boxes) = document().query_selector_all("input[name='features[]']") else {
        return;
    };
    for number in 0..boxes.length() {
        let drawn = boxes.item(number);
        let drawn = drawn.and_then(|drawn| drawn.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(drawn) = drawn {
            if drawn.checked() {
                selected.insert(drawn.value());
            } else {
                selected.remove(&drawn.value());
            }
        }
    }
}
