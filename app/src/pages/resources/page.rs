//! Page of a resource: its properties, and who can reach it.

use domain::{
    permission::Permission,
    problem::{Code, Problem},
    resources::OpenedResource,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use uuid::Uuid;

use super::{
    check::Check,
    grants, may_write,
    rows::{client, owner, state},
};
use crate::{
    api::{
        read::ReadRequest,
        resources::{OpenResource, RESOURCES, grants::RunGrantOperation, path},
    },
    components::{
        description_list::DescriptionItem,
        form::{self, FormState},
        frame::show_name,
        icon::Icon,
        loaded::Loaded,
        notice::ProblemNotice,
        rows::keyed_by,
        state::{ListState, LoadErrorNotice, LoadingNotice},
        time::Ago,
    },
    context::PageContext,
    text,
};

/// Resource of the page, shared with the dialogs above it.
#[derive(Clone, Copy)]
pub(super) struct Opened {
    /// The loaded resource.
    pub(super) resource: Loaded<OpenedResource>,
}

impl Opened {
    /// Returns the resource of the page.
    pub(super) fn current() -> Self {
        expect_context()
    }
}

/// Renders the page of a resource. The URL of another resource renders a new page.
#[component]
pub fn ResourcePage() -> impl IntoView {
    keyed_by("id", |id| view! { <PageOf id=id /> }.into_any())
}

#[component]
fn PageOf(
    /// Id of the resource, from the URL.
    id: String,
) -> impl IntoView {
    // No resource has the nil id, so that another text is an unknown resource.
    let id: Uuid = id.parse().unwrap_or_default();
    let resource = Loaded::new(move || ReadRequest::of(OpenResource { id }));
    let doing = form::send::<RunGrantOperation>(&path(id));
    provide_context(Opened { resource });
    let page = resource.draw(LoadingNotice, move |resource| match resource {
        Ok(resource) => shown(resource, doing),
        Err(problem) => failed(problem),
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
    let may_check = PageContext::current().may(Permission::AccessRead);
    view! {
        {problem}
        {page}
        {may_check.then(|| view! { <Check id=id /> })}
        <Outlet />
    }
}

/// Renders the header, the properties and the grants.
fn shown(opened: OpenedResource, doing: FormState) -> AnyView {
    let resource = opened.listed.resource.clone();
    let (id, now) = (resource.id, opened.now);
    show_name(id, &resource.name);
    let (owner, client) = (owner(&opened.listed), client(&opened.listed));
    let state = state(resource.active);
    let client_only = resource.client_id.map(|_| {
        let note = text::resources::client_only(client.as_str());
        view! { <p class="pane-actions muted">{note}</p> }
    });
    let link = |end: &'static str, label: &'static str| {
        view! {
            <a class="button" href=format!("{}/{end}", path(id)) data-noscroll>
                {label}
            </a>
        }
    };
    let actions = may_write().then(|| {
        view! {
            <div class="toolbar-end">
                {link("edit", text::resources::edit())}
                {link("transfer", text::resources::transfer())}
                {link("delete", text::resources::delete())}
            </div>
        }
    });
    let grant = may_write().then(|| {
        view! { <div class="toolbar-end">{link("grant", text::resources::grant())}</div> }
    });
    view! {
        <header class="page-head">
            <h1>
                <bdi>{resource.name}</bdi>
            </h1>
            {actions}
        </header>
        <div class="pane-actions">
            <dl class="details">
                <DescriptionItem label=text::resources::kind()>{resource.kind}</DescriptionItem>
                <DescriptionItem label=text::resources::external_id()>
                    <code>{resource.external_id}</code>
                </DescriptionItem>
                <DescriptionItem label=text::resources::owner()>{owner}</DescriptionItem>
                <DescriptionItem label=text::resources::client()>{client}</DescriptionItem>
                <DescriptionItem label=text::resources::state()>{state}</DescriptionItem>
                <DescriptionItem label=text::resources::created()>
                    <Ago at=resource.created_at now=now />
                </DescriptionItem>
                <DescriptionItem label=text::resources::changed()>
                    <Ago at=resource.updated_at now=now />
                </DescriptionItem>
            </dl>
        </div>
        <header class="page-head">
            <h2>{text::resources::reach()}</h2>
            {grant}
        </header>
        {client_only}
        <section class="list" aria-label=text::resources::reach()>
            {grants::table(opened, doing)}
        </section>
    }
    .into_any()
}

/// Renders the error of loading the resource.
fn failed(problem: Problem) -> AnyView {
    let state = if problem.error == Code::NotFound {
        view! {
            <ListState icon=Icon::Alert title=text::resources::missing() failure=true>
                <div class="state-actions">
                    <a class="button button-primary" href=RESOURCES>
                        {text::resources::show_all()}
                    </a>
                </div>
            </ListState>
        }
        .into_any()
    } else {
        view! { <LoadErrorNotice title=text::actions::page_failed() problem=problem /> }.into_any()
    };
    view! {
        <h1 class="visually-hidden">{text::resources::one()}</h1>
        {state}
    }
    .into_any()
}
