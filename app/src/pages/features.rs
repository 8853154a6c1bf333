//! Page "Features": what users can do in the host application, as a tree by the parts of the keys, with the defaults.

pub mod dialogs;
pub mod edit;
mod table;

use domain::permission::Permission;
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        features::{FEATURES, ListFeatures, ListedFeature, SetFeatureDefault},
        listed::check_params,
        read::ReadRequest,
    },
    components::{
        filters::{Entry, FilterField, FilterForm},
        form::{self, FormState},
        icon::Icon,
        loaded::Loaded,
        notice::ProblemNotice,
        parameters::{NONE, checked, use_query},
        state::{ListErrorNotice, ListState, LoadingNotice, NoMatch},
    },
    context::PageContext,
    labels::features as labels,
    text,
};
use table::table;

/// Query parameter of the search.
const SEARCH: &str = "q";

/// Features of the page, shared with the dialogs above it.
#[derive(Clone, Copy)]
struct Catalogue {
    /// The loaded features.
    list: Loaded<Vec<ListedFeature>>,
}

/// Returns whether the viewer can change features.
fn may_write() -> bool {
    PageContext::current().may(Permission::FeaturesWrite)
}

/// Renders the page.
#[component]
pub fn Features() -> impl IntoView {
    let query = use_query();
    let search = Memo::new(move |_| query.read().get(SEARCH).unwrap_or_default());
    let request = checked(|| (), &[SEARCH], NONE);
    let list = Loaded::new(move || {
        check_params(request.get())?;
        ReadRequest::of(ListFeatures {})
    });
    let doing = form::send::<SetFeatureDefault>(FEATURES);
    provide_context(Catalogue { list });
    let tree = list.draw(LoadingNotice, move |list| match list {
        Ok(features) => shown(features, &search.get(), doing),
        Err(problem) => view! {
            <ListErrorNotice
                title=text::features::load_failed()
                problem=problem
                again=String::new()
                all=FEATURES.to_owned()
                label=text::features::show_all()
            />
        }
        .into_any(),
    });
    let fields = Memo::new(move |_| {
        let typed = Entry::Typed(
            text::features::search(),
            text::features::search_example(),
            None,
        );
        vec![FilterField::new(SEARCH, &Some(search.get()), typed)]
    });
    let problem = move || {
        doing.problem.get().map(|problem| {
            view! {
                <div class="pane-actions">
                    <ProblemNotice problem=problem autofocus=true />
                </div>
            }
        })
    };
    view! {
        <header class="page-head">
            <h1>{text::features::title()}</h1>
            {may_write().then(tools)}
        </header>
        <p class="pane-actions muted">{text::features::hint()}</p>
        {problem}
        <FilterForm
            label=text::features::search_label()
            path=FEATURES
            fields=fields
            cleared=Signal::stored(FEATURES.to_owned())
        />
        {tree}
        <Outlet />
    }
}

/// Renders the links that add features.
fn tools() -> impl IntoView {
    let link = |class: &'static str, end: &str, label: &'static str| {
        view! {
            <a class=class href=format!("{FEATURES}/{end}") data-noscroll>
                {label}
            </a>
        }
    };
    view! {
        <div class="toolbar-end">
            {link("button", "set", text::features::add_set())}
            {link("button button-primary", "new", text::features::add())}
        </div>
    }
}

/// Renders the features that match the search, below the part of their keys before the last dot.
fn shown(features: Vec<ListedFeature>, search: &str, doing: FormState) -> AnyView {
    if features.is_empty() {
        return view! {
            <ListState icon=Icon::Toggle title=text::features::none()>
                <p class="state-text">{text::features::none_text()}</p>
            </ListState>
        }
        .into_any();
    }
    let words = search.trim().to_lowercase();
    let found = features.into_iter().filter(|listed| {
        let feature = &listed.feature;
        let label = labels::label(&feature.key, &feature.label);
        let texts = [&feature.key, &label, &feature.description];
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(&words))
    });
    let branches = branches(found);
    if branches.is_empty() {
        return view! {
            <NoMatch
                title=text::features::none_match()
                href=FEATURES
                label=text::features::show_all()
            />
        }
        .into_any();
    }
    let branches = branches.into_iter().map(|(branch, features)| {
        let name = if branch.is_empty() {
            text::features::without_branch().to_owned()
        } else {
            labels::path(&branch)
        };
        view! {
            <header class="page-head">
                <h2>{name.clone()}</h2>
            </header>
            <section class="list" aria-label=name>
                {table(features, doing)}
            </section>
        }
    });
    branches.collect_view().into_any()
}

/// Groups features by the part of their keys before the last dot, in the order of the first feature of each.
fn branches(features: impl Iterator<Item = ListedFeature>) -> Vec<(String, Vec<ListedFeature>)> {
    let mut branches: Vec<(String, Vec<ListedFeature>)> = Vec::new();
    for listed in features {
        let branch = listed.feature.key.rsplit_once('.');
        let branch = branch.map_or("", |(branch, _)| branch).to_owned();
        match branches.iter_mut().find(|(known, _)| *known == branch) {
            Some((_, members)) => members.push(listed),
            None => branches.push((branch, vec![listed])),
        }
    }
    branches
}

#[cfg(test)]
mod tests {
    use domain::features::Feature;

    use super::*;

    #[test]
    fn features_are_grouped_by_the_first_parts_of_their_keys() {
        let features = ["chat.call", "beta", "chat.stt", "a.b.c"].map(|key| Feature {
            key: key.to_owned(),
            label: String::new(),
            description: String::new(),
            default_value: false,
            position: 0,
            version: 1,
        });
        let listed = features.map(|feature| ListedFeature {
            feature,
            being_deleted: false,
        });
        let branches = branches(listed.into_iter());
        let branches: Vec<(&str, usize)> = branches
            .iter()
            .map(|(branch, members)| (branch.as_str(), members.len()))
            .collect();
        assert_eq!(branches, [("chat", 2), ("", 1), ("a.b", 1)]);
    }
}
