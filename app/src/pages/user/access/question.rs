//! Question "Can this user …?": forms for a feature and for a resource.

use domain::resources::GrantLevel;
use leptos::{ev::SubmitEvent, form::form_data_from_event, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    super::{OpenedUser, path},
    reply::of_reply,
};
use crate::{
    api::{listed::check_params, read::ReadRequest, user::UserView, user_access::AskAccess},
    components::{
        field_group::field_error,
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
/// Id of the field for the name or the id of a resource.
const RESOURCE: &str = "access-resource";

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
    let unnamed = Memo::new(move |_| query.with(lacks_resource));
    let shown = page.clone();
    let reply = reply.draw(ViewFnOnce::default(), move |reply| match reply {
        Ok(reply) => of_reply(reply, &shown),
        Err(problem) => view! { <ProblemNotice problem=problem /> }.into_any(),
    });
    view! {
        <section class="access">
            <h2>{text::access::question()}</h2>
            <FeatureForm path=page.clone() features=features known=known.clone() />
            <ResourceForm path=page kinds=kinds known=known unnamed=unnamed />
            <div aria-live="polite">{reply}</div>
        </section>
    }
}

/// Returns whether a question about a resource does not say which one.
fn lacks_resource(query: &Query) -> bool {
    let is_asked = query.get("level").or(query.get("kind")).is_some();
    let name = query.get("resource").unwrap_or_default();
    is_asked && name.trim().is_empty()
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
fn ResourceForm(
    path: String,
    kinds: Vec<String>,
    known: Query,
    /// `true` if the question in the URL does not say which resource it is about.
    unnamed: Memo<bool>,
) -> impl IntoView {
    let input = NodeRef::new();
    let error = move || {
        unnamed
            .get()
            .then(|| text::access::enter_resource().to_owned())
    };
    let required = Required {
        input,
        error: Signal::derive(error),
    };
    let value = |name: &str| known.get(name).unwrap_or_default();
    let is_write = value("level") == GrantLevel::Write.as_str();
    let (kind, resource) = (value("kind"), value("resource"));
    let kinds = kinds
        .into_iter()
        .map(|kind| view! { <option value=kind></option> })
        .collect_view();
    view! {
        <AskForm path=path label=text::access::reaches_resource() required=required>
            <label class="filter-field">
                {text::access::level()} <select class="input" name="level">
                    <option value=GrantLevel::Read.as_str()>{text::access::read()}</option>
                    <option value=GrantLevel::Write.as_str() selected=is_write>
                        {text::access::write()}
                    </option>
                </select>
            </label>
            <label class="filter-field">
                <span>{text::access::kind()} {text::actions::optional()}</span>
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
                    node_ref=input
                    class="input"
                    id=RESOURCE
                    name="resource"
                    value=resource
                    dir="auto"
                    autofocus=unnamed.get_untracked()
                    aria-invalid=move || unnamed.get().then_some("true")
                    aria-describedby=move || unnamed.get().then(|| format!("{RESOURCE}-error"))
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="200"
                />
            </label>
        </AskForm>
    }
}

/// Field that a question requires.
#[derive(Clone, Copy)]
struct Required {
    /// Input, which gets the focus if it is empty.
    input: NodeRef<html::Input>,
    /// Error message if the field was empty.
    error: Signal<Option<String>>,
}

/// Renders a form whose answer is at its own URL. Without scripts it loads that page by itself.
#[component]
fn AskForm(
    path: String,
    label: &'static str,
    #[prop(optional)] required: Option<Required>,
    children: Children,
) -> impl IntoView {
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
            let input = required.and_then(|required| required.input.get_untracked());
            if let Some(input) = input.filter(|input| input.value().trim().is_empty()) {
                drop(input.focus());
            }
        }
    };
    let error = required.map(|required| field_error(RESOURCE, required.error));
    view! {
        <form class="list-filters" method="get" action=action aria-label=label on:submit=ask>
            {children()}
            <div class="actions">
                <button class="button">{text::access::check()}</button>
            </div>
            {error}
        </form>
    }
}
