//! Checkboxes of features as a tree. Without scripts every feature has one; after hydration the branches have them, too.

use std::collections::BTreeSet;

use domain::features::Feature;
use leptos::prelude::*;

use super::tree::{Branch, BranchState, matches, state};
use crate::{hydrated::Hydrated, labels::features as labels, text};

/// Name of the checkboxes.
pub(super) const NAME: &str = "features[]";

/// State of the tree: selected keys, and the typed search.
#[derive(Clone, Copy)]
pub struct Tree {
    /// Keys of the selected features.
    pub(super) selected: RwSignal<BTreeSet<String>>,
    /// Typed search.
    pub(super) typed: ReadSignal<String>,
    /// `true` if the viewer cannot change the selection.
    pub(super) is_fixed: bool,
}

/// Renders the features and the branches of a branch.
pub(super) fn level(branch: Branch, tree: Tree) -> AnyView {
    let leaves = branch.leaves.into_iter().map(|feature| leaf(feature, tree));
    let branches = branch.branches.into_iter().map(|below| node(below, tree));
    let items: Vec<AnyView> = leaves.chain(branches).collect();
    view! { <ul class="check-tree">{items}</ul> }.into_any()
}

/// Renders the checkbox of a feature, hidden if it does not have the typed text.
fn leaf(feature: Feature, tree: Tree) -> AnyView {
    let key = feature.key.clone();
    let label = labels::label(&key, &feature.label);
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
    let (name, path) = (labels::branch(&branch.name), branch.key.clone());
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
