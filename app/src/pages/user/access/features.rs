//! Features of a user as a tree, with the reasons on each line.

use domain::features::{EffectiveFeature, FeatureReason};
use leptos::prelude::*;

use crate::{
    components::icon::{Glyph, Icon},
    labels::features as labels,
    text,
};

/// A part of the keys of features, with the feature that has exactly this key.
#[derive(Debug, PartialEq, Eq)]
struct Branch {
    name: String,
    feature: Option<EffectiveFeature>,
    below: Vec<Branch>,
}

/// Returns the tree of features. The levels are those of the keys.
fn tree(features: Vec<EffectiveFeature>) -> Vec<Branch> {
    let mut branches = Vec::new();
    for feature in features {
        let key = feature.key.clone();
        insert(&mut branches, &key, feature);
    }
    branches
}

fn insert(branches: &mut Vec<Branch>, key: &str, feature: EffectiveFeature) {
    let (name, rest) = match key.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (key, None),
    };
    if !branches.iter().any(|branch| branch.name == name) {
        branches.push(Branch {
            name: name.to_owned(),
            feature: None,
            below: Vec::new(),
        });
    }
    let Some(branch) = branches.iter_mut().find(|branch| branch.name == name) else {
        return;
    };
    match rest {
        Some(rest) => insert(&mut branch.below, rest, feature),
        None => branch.feature = Some(feature),
    }
}

/// Renders all features.
#[component]
pub fn Features(
    /// Features with their reasons.
    features: Vec<EffectiveFeature>,
) -> impl IntoView {
    let tree = tree(features);
    view! {
        <section class="access">
            <h2>{text::access::features()}</h2>
            {match tree.is_empty() {
                true => view! { <p class="muted">{text::access::no_features()}</p> }.into_any(),
                false => branches(tree),
            }}
        </section>
    }
}

fn branches(tree: Vec<Branch>) -> AnyView {
    let lines: Vec<AnyView> = tree.into_iter().map(branch).collect();
    view! { <ul class="feature-tree">{lines}</ul> }.into_any()
}

fn branch(branch: Branch) -> AnyView {
    let line = match branch.feature {
        Some(feature) => line(feature),
        None => view! { <b>{labels::branch(&branch.name)}</b> }.into_any(),
    };
    let below = (!branch.below.is_empty()).then(|| branches(branch.below));
    view! { <li>{line} {below}</li> }.into_any()
}

fn line(feature: EffectiveFeature) -> AnyView {
    let because = match (feature.value, feature.because.is_empty()) {
        (_, true) => text::access::not_granted().into_any(),
        (true, false) => reasons(feature.because),
        (false, false) => view! {
            {reasons(feature.because)}
            ", "
            {text::access::but_inactive_user()}
        }
        .into_any(),
    };
    view! {
        {answer(feature.value)}
        " "
        <span>{labels::label(&feature.key, &feature.label)}</span>
        " "
        <code>{feature.key}</code>
        " "
        <span class="muted">{because}</span>
    }
    .into_any()
}

/// Renders the word "Yes" or "No".
pub(super) fn answer(is_allowed: bool) -> AnyView {
    let (class, icon, word) = match is_allowed {
        true => ("badge tone-success", Icon::Check, text::access::yes()),
        false => ("badge", Icon::X, text::access::no()),
    };
    view! {
        <span class=class>
            <Glyph icon=icon />
            {word}
        </span>
    }
    .into_any()
}

/// Renders the reasons for a feature, each with a link to the page on which it can be changed.
pub(super) fn reasons(because: Vec<FeatureReason>) -> AnyView {
    let reasons: Vec<AnyView> = because
        .into_iter()
        .enumerate()
        .map(|(number, reason)| {
            let comma = (number > 0).then_some(", ");
            view! { {comma} {reason_link(reason)} }.into_any()
        })
        .collect();
    reasons.into_any()
}

fn reason_link(reason: FeatureReason) -> AnyView {
    match reason {
        FeatureReason::Default => view! {
            <a class="link" href="/features">
                {text::access::by_default()}
            </a>
        }
        .into_any(),
        FeatureReason::Group { id, name } => {
            let [before, after] = text::access::through_group_around();
            view! {
                {before}
                <a class="link" href=format!("/groups/{id}")>
                    <bdi>{name}</bdi>
                </a>
                {after}
            }
            .into_any()
        }
        FeatureReason::Admin => view! {
            <a class="link" href="/roles">
                {text::access::as_admin()}
            </a>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(key: &str) -> EffectiveFeature {
        EffectiveFeature {
            key: key.to_owned(),
            label: key.to_owned(),
            value: true,
            because: Vec::new(),
        }
    }

    /// Returns the names of the branches with those below them in parentheses, and an asterisk after those with a feature.
    fn outline(tree: &[Branch]) -> String {
        let names: Vec<String> = tree
            .iter()
            .map(|branch| {
                let mark = if branch.feature.is_some() { "*" } else { "" };
                let below = outline(&branch.below);
                match below.as_str() {
                    "" => format!("{}{mark}", branch.name),
                    below => format!("{}{mark}({below})", branch.name),
                }
            })
            .collect();
        names.join(" ")
    }

    #[test]
    fn features_are_below_the_parts_of_their_keys() {
        for (keys, expected) in [
            (&[][..], ""),
            (&["chat"], "chat*"),
            (
                &["workspace.models", "chat.call", "workspace.tools"],
                "workspace(models* tools*) chat(call*)",
            ),
            (&["a.b.c", "a.b", "a"], "a*(b*(c*))"),
        ] {
            let tree = tree(keys.iter().map(|key| feature(key)).collect());
            assert_eq!(outline(&tree), expected);
        }
    }
}
