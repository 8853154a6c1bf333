//! Tab with the features that the members of a group have through it, as a tree. Without scripts every feature is a checkbox; after
//! hydration the branches have checkboxes, too, and there is a search field.

use std::collections::BTreeSet;

use domain::{features::Feature, list::UnfilteredParams, stored::StoredObject};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{
    may_write,
    members::failed,
    page::OpenedGroup,
    stored_group,
    tree::{Branch, BranchState, matches, state},
};
use crate::{
    api::{
        groups::{
            GroupView,
            features::{ListFeatures, SaveGroupFeatures},
        },
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        form::{self, PageUser},
        icon::Icon,
        loaded::{Loaded, transition},
        notice::ProblemNotice,
        object_form::{ObjectConflict, SavedValue},
        parameters::{NONE, checked},
        state::{ListState, LoadingNotice},
    },
    context::PageContext,
    hydrated::Hydrated,
    text,
};

/// Name of the checkboxes.
const NAME: &str = "features[]";

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
        let (group, features) = (opened.group.get()?, list.get()?);
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

/// State of the tree: selected keys, and the typed search.
#[derive(Clone, Copy)]
struct Tree {
    selected: RwSignal<BTreeSet<String>>,
    typed: ReadSignal<String>,
    is_fixed: bool,
}

#[component]
fn FeatureForm(group: GroupView, features: Vec<Feature>, path: String) -> impl IntoView {
    let context = expect_context::<PageContext>().of_form(&path);
    let form_state = form::send::<SaveGroupFeatures>(&path);
    let conflict = ObjectConflict::of(form_state);
    let version = conflict.version(&context, group.version);
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
        <form
            class="form panes"
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
            <Show when=Hydrated::now>
                <FeatureSearch set_typed=set_typed />
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

/// Renders the search field. It has no name, so the form does not send it, and Enter in it does not send the form.
#[component]
fn FeatureSearch(set_typed: WriteSignal<String>) -> impl IntoView {
    view! {
        <input
            class="input"
            type="search"
            aria-label=text::groups::find_feature()
            placeholder=text::groups::find_feature()
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
}

/// Renders the features and the branches of a branch.
fn level(branch: Branch, tree: Tree) -> AnyView {
    let leaves = branch.leaves.into_iter().map(|feature| leaf(feature, tree));
    let branches = branch.branches.into_iter().map(|below| node(below, tree));
    let items: Vec<AnyView> = leaves.chain(branches).collect();
    view! { <ul class="check-tree">{items}</ul> }.into_any()
}

/// Renders the checkbox of a feature, hidden if it does not have the typed text.
fn leaf(feature: Feature, tree: Tree) -> AnyView {
    let (key, label) = (feature.key.clone(), feature.label.clone());
    let default = feature.default_value.then(text::groups::on_by_default);
    let description = feature.description.clone();
    let initially = tree.selected.with_untracked(|all| all.contains(&key));
    let (held, changed) = (key.clone(), key.clone());
    let change = move |event| {
        let on = event_target_checked(&event);
        set(tree.selected, std::slice::from_ref(&changed), on);
    };
    view! {
        <li hidden=move || tree.typed.with(|typed| !matches(&feature, typed))>
            <label class="check">
                <input
                    type="checkbox"
                    name=NAME
                    value=key.clone()
                    checked=initially
                    disabled=tree.is_fixed
                    prop:checked=move || tree.selected.with(|all| all.contains(&held))
                    on:change=change
                />
                <span>
                    {label} <span class="check-note">
                        <code>{key}</code>
                        {default.map(|default| format!(" · {default}"))}
                    </span>
                    {(!description.is_empty())
                        .then(|| view! { <span class="check-note">{description}</span> })}
                </span>
            </label>
        </li>
    }
    .into_any()
}

/// Renders a branch: its name, after hydration with a checkbox for all of its features, and the level below.
fn node(branch: Branch, tree: Tree) -> AnyView {
    let keys = branch.keys();
    let (name, path) = (
        domain::text::capitalized(&branch.name.replace('_', " ")),
        branch.key.clone(),
    );
    let searched = branch.clone();
    let label = name.clone();
    let toggle = move || {
        let (all, some, changed) = (keys.clone(), keys.clone(), keys.clone());
        let is = move |keys: &[String], wanted| {
            tree.selected
                .with(|selected| state(keys, selected) == wanted)
        };
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    autocomplete="off"
                    disabled=tree.is_fixed
                    prop:checked=move || is(&all, BranchState::All)
                    prop:indeterminate=move || is(&some, BranchState::Some)
                    on:change=move |event| set(tree.selected, &changed, event_target_checked(&event))
                />
                <span>{label.clone()}</span>
            </label>
        }
    };
    view! {
        <li hidden=move || tree.typed.with(|typed| !searched.has(typed))>
            <div role="group" aria-label=path>
                <Show when=Hydrated::now fallback=move || name.clone()>
                    {toggle()}
                </Show>
                {level(branch, tree)}
            </div>
        </li>
    }
    .into_any()
}

/// Selects features, or removes them from the selection.
fn set(selected: RwSignal<BTreeSet<String>>, keys: &[String], on: bool) {
    selected.update(|selected| {
        for key in keys {
            if on {
                selected.insert(key.clone());
            } else {
                selected.remove(key);
            }
        }
    });
}
