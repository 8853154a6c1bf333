//! What a list shows instead of rows.

use domain::problem::{Code, Problem};
use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::{
    icon::{Glyph, Icon},
    notice::RequestId,
};
use crate::context::Zone;

/// A picture, a sentence, and the one next action.
#[component]
pub fn ListState(
    /// Its picture.
    icon: Icon,
    /// What is the matter.
    title: &'static str,
    /// Whether it is a failure.
    #[prop(optional)]
    failure: bool,
    /// Explanation and action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let tone = if failure {
        "state-icon tone-danger"
    } else {
        "state-icon"
    };
    view! {
        <section class="state" role=failure.then_some("alert")>
            <span class=tone>
                <Glyph icon=icon large=true />
            </span>
            <h2 class="state-title">{title}</h2>
            {children.map(|children| children())}
        </section>
    }
}

/// Something could not be loaded: why, and the way to try again.
#[component]
pub fn LoadFailure(
    /// What.
    title: &'static str,
    /// Why.
    problem: Problem,
    /// Where it is tried again: at this address, unless another is given.
    #[prop(optional)]
    again: String,
) -> impl IntoView {
    view! {
        <ListState icon=Icon::Alert title=title failure=true>
            <p class="state-text">{problem.message}</p>
            <div class="state-actions">
                // A page of its own: whoever has been signed out gets to sign in.
                <a class="button button-primary" href=again rel="external">
                    <Glyph icon=Icon::Reload />
                    "Try again"
                </a>
                <RequestId id=problem.request_id />
            </div>
        </ListState>
    }
}

/// A list could not be loaded. Where what its address asks for was not understood, it says so and leads to the whole list;
/// no rows stand beside it, since they would be taken for those that were asked for.
#[component]
pub fn ListFailure(
    /// What could not be loaded.
    title: &'static str,
    /// Why.
    problem: Problem,
    /// The address of the list as it was asked for.
    again: String,
    /// The address of the whole list.
    all: String,
    /// The link to it, such as "Show all users".
    label: &'static str,
    /// The part that was not understood, and the ways to read it.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    if problem.error != Code::ValidationError {
        return view! { <LoadFailure title=title problem=problem again=again /> }.into_any();
    }
    let parameter = problem.details.parameter.as_deref();
    let without = parameter.map(|parameter| {
        let href = use_url().with_untracked(|url| without(url.path(), url.search(), parameter));
        view! {
            <a class="button button-primary" href=href>
                "Show the list without this parameter"
            </a>
        }
    });
    view! {
        <ListState icon=Icon::Search title="This filter is not valid" failure=true>
            {children.map(|children| children())}
            <p class="state-text" id="filter-error">
                {problem.message}
            </p>
            <div class="state-actions">
                {without}
                <a class="button" href=all>
                    {label}
                </a>
            </div>
        </ListState>
    }
    .into_any()
}

/// The address of a page without one of its parameters.
fn without(path: &str, search: &str, parameter: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let pairs = form_urlencoded::parse(search.trim_start_matches('?').as_bytes());
    query.extend_pairs(pairs.filter(|(name, _)| name != parameter));
    match query.finish() {
        empty if empty.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// The two ways to read a filter, as links: the address, the filter as it would be, and what it matches.
#[component]
pub fn Readings(
    /// The ways.
    readings: Option<[(String, String, String); 2]>,
) -> impl IntoView {
    readings.map(|readings| {
        let link = |(href, filter, words): (String, String, String)| {
            view! {
                <li>
                    <a href=href data-noscroll>
                        <code>{filter}</code>
                    </a>
                    " "
                    {words}
                </li>
            }
        };
        view! { <ul class="readings">{readings.map(link).into_iter().collect_view()}</ul> }
    })
}

/// What a filter means, under the form that it stands in.
#[component]
pub fn Meaning(
    /// A sentence for each condition.
    parts: Vec<String>,
    /// Whether it names dates, whose time zone is said too.
    #[prop(optional)]
    names_dates: bool,
) -> impl IntoView {
    let mut parts = parts;
    if names_dates {
        let zone = use_context::<Zone>().and_then(|zone| zone.0);
        let zone = zone.as_deref().unwrap_or("UTC");
        parts.push(format!("Time zone of dates: {zone}"));
    }
    (!parts.is_empty()).then(|| {
        let parts = parts.into_iter().map(|part| view! { <li>{part}</li> });
        view! {
            <ul class="filter-meaning" id="filter-meaning" aria-label="What the filter matches">
                {parts.collect_view()}
            </ul>
        }
    })
}

/// Something that is on its way.
#[component]
pub fn Waiting() -> impl IntoView {
    view! {
        <div class="panes" aria-busy="true">
            <span class="skeleton"></span>
            <span class="skeleton"></span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_keeps_everything_else() {
        let search = "?person=a%26b&persn=x&persn=y&sort=seen";
        assert_eq!(
            without("/sessions", search, "persn"),
            "/sessions?person=a%26b&sort=seen"
        );
        assert_eq!(without("/sessions", "x=y", "x"), "/sessions");
    }
}
