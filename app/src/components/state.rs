//! Empty and error states of lists.

use domain::problem::{Code, Problem};
use leptos::prelude::*;
use leptos_router::hooks::use_url;

use super::{
    filters::FilterField,
    icon::{Glyph, Icon},
    notice::RequestId,
};
use crate::{context::Zone, text};

/// Renders an icon, a message and the next action in place of rows.
#[component]
pub fn ListState(
    /// Icon above the message.
    icon: Icon,
    /// Message.
    title: &'static str,
    /// `true` if loading failed, which makes the message an alert.
    #[prop(optional)]
    failure: bool,
    /// Explanation and action below the message.
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

/// Renders an error of loading: the reason, and a link to try again.
#[component]
pub fn LoadErrorNotice(
    /// Message, such as "The access tokens could not be loaded".
    title: &'static str,
    /// Problem that the server has returned.
    problem: Problem,
    /// URL to try again; the current one if it is empty.
    #[prop(optional)]
    again: String,
) -> impl IntoView {
    view! {
        <ListState icon=Icon::Alert title=title failure=true>
            <p class="state-text">{problem.message.to_string()}</p>
            <div class="state-actions">
                // Loads the page from the server, so that a user whose session has ended is redirected to sign in.
                <a class="button button-primary" href=again rel="external">
                    <Glyph icon=Icon::Reload />
                    {text::common::try_again()}
                </a>
                <RequestId id=problem.request_id />
            </div>
        </ListState>
    }
}

/// Renders the empty state of a search that nothing matches, with a link to the whole list.
#[component]
pub fn NoMatch(
    /// Message, such as "No groups match".
    title: &'static str,
    /// URL of the whole list.
    href: &'static str,
    /// Text of the link, such as "Show all groups".
    label: &'static str,
) -> impl IntoView {
    view! {
        <ListState icon=Icon::Search title=title>
            <div class="state-actions">
                <a class="button" href=href>
                    {label}
                </a>
            </div>
        </ListState>
    }
}

/// Renders an error of loading a list. If the filter in the URL is invalid, it explains the error and links to the whole
/// list. It shows no rows, since they would be mistaken for the requested ones.
#[component]
pub fn ListErrorNotice(
    /// Message, such as "The access tokens could not be loaded".
    title: &'static str,
    /// Problem that the server has returned.
    problem: Problem,
    /// URL of the list with its filter.
    again: String,
    /// URL of the list without filter.
    all: String,
    /// Text of the link to the whole list, such as "Show all users".
    label: &'static str,
    /// Fields of the filter form, by whose labels the message names a parameter.
    #[prop(optional)]
    fields: Vec<FilterField>,
    /// The invalid part of the filter, and its possible corrections.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    if problem.error != Code::ValidationError {
        return view! { <LoadErrorNotice title=title problem=problem again=again /> }.into_any();
    }
    // Without an invalid word of a search its other words would be lost too.
    let details = &problem.details;
    let parameter = details
        .parameter
        .as_deref()
        .filter(|_| details.word.is_none());
    let without = parameter.map(|parameter| {
        let href = use_url().with_untracked(|url| without(url.path(), url.search(), parameter));
        view! {
            <a class="button button-primary" href=href>
                {text::common::filter_without_parameter()}
            </a>
        }
    });
    view! {
        <ListState icon=Icon::Search title=text::common::filter_invalid() failure=true>
            {children.map(|children| children())}
            <p class="state-text" id="filter-error">
                {in_words(&problem, &fields)}
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

/// Returns the message with the label of the invalid field. A message names a parameter as programs know it, or not at all.
fn in_words(problem: &Problem, fields: &[FilterField]) -> String {
    let message = problem.message.to_string();
    let invalid = |field: &&FilterField| Some(field.name) == problem.details.parameter.as_deref();
    let field = fields.iter().find(invalid);
    let Some((field, label)) = field.and_then(|field| Some((field, field.label()?))) else {
        return message;
    };
    let name = format!("`{}`", field.name);
    if message.contains(&name) {
        message.replace(&name, &text::filters::field(label))
    } else {
        text::filters::field_error(label, message)
    }
}

/// Returns the URL of a page without one of its parameters.
fn without(path: &str, search: &str, parameter: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let pairs = form_urlencoded::parse(search.trim_start_matches('?').as_bytes());
    query.extend_pairs(pairs.filter(|(name, _)| name != parameter));
    match query.finish() {
        empty if empty.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// Renders the two interpretations of an ambiguous filter as links.
#[component]
pub fn Readings(
    /// URL, corrected filter and description of each interpretation.
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

/// Renders a description of the filter, below its form.
#[component]
pub fn Meaning(
    /// One sentence for each condition.
    parts: Vec<String>,
    /// `true` if the filter contains dates, which adds the time zone.
    #[prop(optional)]
    names_dates: bool,
) -> impl IntoView {
    let mut parts = parts;
    if names_dates {
        let zone = use_context::<Zone>().and_then(|zone| zone.0);
        let zone = zone.as_deref().unwrap_or("UTC");
        parts.push(text::filters::time_zone(zone));
    }
    (!parts.is_empty()).then(|| {
        let parts = parts.into_iter().map(|part| view! { <li>{part}</li> });
        view! {
            <ul class="filter-meaning" id="filter-meaning" aria-label=text::filters::summary()>
                {parts.collect_view()}
            </ul>
        }
    })
}

/// Renders placeholders while data is loading.
#[component]
pub fn LoadingNotice() -> impl IntoView {
    view! {
        <div class="panes" aria-busy="true">
            <span class="skeleton"></span>
            <span class="skeleton"></span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use domain::message::Message;

    use super::*;
    use crate::components::filters::Entry;

    #[test]
    fn message_names_the_label_of_the_invalid_field() {
        let said = |name: &'static str, message: &'static str| {
            let mut problem = Problem::new(Code::ValidationError, Message::verbatim(message));
            problem.details.parameter = Some("min_cost".to_owned());
            let field = FilterField::new(name, &None, Entry::Typed("Lowest cost", "", None));
            in_words(&problem, &[field])
        };
        assert_eq!(
            said("min_cost", "\"x\" in `min_cost` is no amount."),
            "\"x\" in “Lowest cost” is no amount."
        );
        assert_eq!(said("min_cost", "Use a day."), "Lowest cost: Use a day.");
        assert_eq!(said("max_cost", "Use a day."), "Use a day.");
    }

    #[test]
    fn links_preserve_other_parameters() {
        let search = "?user=a%26b&persn=x&persn=y&sort=seen";
        assert_eq!(
            without("/sessions", search, "persn"),
            "/sessions?user=a%26b&sort=seen"
        );
        assert_eq!(without("/sessions", "x=y", "x"), "/sessions");
    }
}
