//! Question "Can this user …?": forms for a feature and for a resource.

use domain::resources::GrantLevel;
use leptos::{ev::SubmitEvent, form::form_data_from_event, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    super::{OpenedUser, path},
    reply::of_reply,
};
use crate::{
    api::{listed::check_params, read::ReadRequest, user::UserView, user_access::AskAccess},
    components::{
        form::written,
        loaded::Loaded,
        notice::ProblemNotice,
        parameters::{NONE, Query, checked, use_query},
    },
    labels, text,
};

/// Query parameters with a question.
const PARAMETERS: &[&str] = &["feature", "kind", "resource", "level"];
/// Id of the list of suggested kinds.
const KINDS: &str = "access-kinds";

/// Renders the forms and the answer.
#[component]
pub fn Question(
    /// User that the questions are about.
    user_view: UserView,
    /// Keys and names of all features.
    features: Vec<(String, String)>,
    /// Suggested kinds of resources.
    kinds: Vec<String>,
) -> impl IntoView {
    let page = format!("{}/access", path(&user_view.user.summary));
    let query = use_query();
    let asked = checked(move || query.get(), PARAMETERS, NONE);
    let reply = Loaded::after(
        OpenedUser::current().user_view,
        move || check_params(asked.get()),
        |query: Query, user_view| {
            let value = |name: &str| query.get(name).unwrap_or_default();
            ReadRequest::of(AskAccess {
                id: user_view.user.summary.id.0,
                feature: value("feature"),
                kind: value("kind"),
                resource: value("resource"),
                level: value("level"),
            })
        },
    );
    let known = query.get_untracked();
    let shown = page.clone();
    let reply = reply.draw(ViewFnOnce::default(), move |reply| match reply {
        Ok(reply) => of_reply(reply, &shown),
        Err(problem) => view! { <ProblemNotice problem=problem /> }.into_any(),
    });
    view! {
        <section class="access">
            <h2>{text::access::question()}</h2>
            <FeatureForm path=page.clone() features=features known=known.clone() />
            <ResourceForm path=page kinds=kinds known=known />
            <div aria-live="polite">{reply}</div>
        </section>
    }
}

/// Returns the branch of the feature with a key; a key without a branch is its own.
fn branch(key: &str) -> &str {
    key.rsplit_once('.').map_or(key, |(branch, _)| branch)
}

#[component]
fn FeatureForm(path: String, features: Vec<(String, String)>, known: Query) -> impl IntoView {
    let chosen = known.get("feature").unwrap_or_default();
    let branches = features.chunk_by(|(one, _), (other, _)| branch(one) == branch(other));
    let options = branches.map(|features| {
        let name = features
            .first()
            .map(|(key, _)| labels::features::path(branch(key)));
        let options = features.iter().map(|(key, label)| {
            view! {
                <option value=key.clone() selected=*key == chosen>
                    {label.clone()}
                </option>
            }
        });
        view! { <optgroup label=name>{options.collect_view()}</optgroup> }
    });
    let options = options.collect_view();
    view! {
        <AskForm path=path label=text::access::has_feature()>
            <label class="filter-field">
                {text::access::has_feature()} <select class="input" name="feature">
                    {options}
                </select>
            </label>
        </AskForm>
    }
}

#[component]
fn ResourceForm(path: String, kinds: Vec<String>, known: Query) -> impl IntoView {
    let value = |name: &str| known.get(name).unwrap_or_default();
    let is_write = value("level") == GrantLevel::Write.as_str();
    let (kind, resource) = (value("kind"), value("resource"));
    let kinds = kinds
        .into_iter()
        .map(|kind| view! { <option value=kind></option> })
        .collect_view();
    view! {
        <AskForm path=path label=text::access::reaches_resource()>
            <label class="filter-field">
                {text::access::level()} <select class="input" name="level">
                    <option value=GrantLevel::Read.as_str()>{text::access::read()}</option>
                    <option value=GrantLevel::Write.as_str() selected=is_write>
                        {text::access::write()}
                    </option>
                </select>
            </label>
            <label class="filter-field">
                {text::access::kind()}
                <input
                    class="input"
                    name="kind"
                    value=kind
                    list=KINDS
                    dir="auto"
                    placeholder="models"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="50"
                />
            </label>
            <datalist id=KINDS>{kinds}</datalist>
            <label class="filter-field">
                {text::access::resource()}
                <input
                    class="input"
                    name="resource"
                    value=resource
                    dir="auto"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="200"
                />
            </label>
        </AskForm>
    }
}

/// Renders a form whose answer is at its own URL. Without scripts it loads that page by itself.
#[component]
fn AskForm(path: String, label: &'static str, children: Children) -> impl IntoView {
    let navigate = use_navigate();
    let action = path.clone();
    let ask = move |event: SubmitEvent| {
        let data = form_data_from_event(&event).ok();
        if let Some(typed) = data.as_ref().and_then(written) {
            event.prevent_default();
            let options = NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&format!("{path}?{typed}"), options);
        }
    };
    view! {
        <form class="list-filters" method="get" action=action aria-label=label on:submit=ask>
            {children()}
            <div class="actions">
                <button class="button">{text::access::check()}</button>
            </div>
        </form>
    }
}
