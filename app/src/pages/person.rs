//! Page of a user: the header, and below it a tab, or the first tab under a dialog.

pub mod data;
pub mod dialogs;
pub mod head;
pub mod history;
pub mod keys;
pub mod overview;
pub mod reset_links;
pub mod sessions;
pub mod tokens;

pub use data::Data;
pub use history::History;
pub use keys::Keys;
pub use sessions::Sessions;

use domain::problem::{Code, Problem};
use leptos::prelude::*;
use leptos_router::components::Outlet;

use crate::{
    api::{
        error::ApiError,
        people::DoToUser,
        person::{Part, Person, find_person, path},
    },
    components::{
        form::{self, Sending},
        icon::Icon,
        keyed::keyed_by,
        state::{ListFailure, ListState, LoadFailure, Waiting},
        title::PageTitle,
    },
    context::PageContext,
};
use head::Head;

/// User of the page, shared by its tabs and dialogs.
#[derive(Clone, Copy)]
struct Opened {
    person: Resource<Result<Person, ApiError>>,
    /// Form of the buttons that need no dialog.
    doing: Sending,
}

impl Opened {
    fn current() -> Self {
        expect_context()
    }
}

/// Renders the page of a user. The URL of another user renders a new page.
#[component]
pub fn PersonPage() -> impl IntoView {
    keyed_by("user", |user| view! { <PageOf user=user /> }.into_any())
}

#[component]
fn PageOf(
    /// Username, number or id, from the URL.
    user: String,
) -> impl IntoView {
    let person = Resource::new(|| (), move |()| find_person(user.clone()));
    // Without scripts the form posts to the URL of the page, and its outcome is stored for that path. Further path segments
    // belong to a tab or a dialog.
    let address = leptos_router::hooks::use_location()
        .pathname
        .get_untracked();
    let path = address.split('/').take(3).collect::<Vec<_>>().join("/");
    let doing = form::send::<DoToUser>(&path);
    provide_context(Opened { person, doing });
    view! {
        <Transition fallback=Waiting>
            {move || Suspend::new(async move {
                match person.await {
                    Ok(person) => view! { <Head person=person /> }.into_any(),
                    Err(ApiError(problem)) => view! { <Failed problem=problem /> }.into_any(),
                }
            })}
        </Transition>
        <Outlet />
    }
}

/// Renders with the loaded user. If loading fails, the header shows the error.
fn with_person<V: IntoView + 'static>(
    draw: impl Fn(Person) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView {
    with(Opened::current().person, draw)
}

/// Renders with the loaded data of a resource. If loading fails, the page shows the error elsewhere.
pub(super) fn with<T, V: IntoView + 'static>(
    asked: Resource<Result<T, ApiError>>,
    draw: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    view! {
        <Transition>
            {move || {
                let draw = draw.clone();
                Suspend::new(async move { asked.await.ok().map(draw) })
            }}
        </Transition>
    }
}

/// Returns whether the viewer can change users.
fn may_write() -> bool {
    let context = use_context::<PageContext>().unwrap_or_default();
    context
        .principal
        .is_some_and(|principal| principal.may_write_users())
}

/// Renders a tab: its items, the empty state or the error.
pub(super) fn tab<T>(
    list: Resource<Result<Part<T>, ApiError>>,
    empty: (Icon, &'static str),
    draw: fn(Part<T>) -> AnyView,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let (icon, nothing) = empty;
    view! {
        <section class="list">
            <Transition fallback=Waiting>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(part) if part.items.is_empty() => {
                            view! { <ListState icon=icon title=nothing /> }.into_any()
                        }
                        Ok(part) => draw(part),
                        Err(ApiError(problem)) if problem.error == Code::NotFound => ().into_any(),
                        Err(ApiError(problem)) if problem.error == Code::ValidationError => {
                            view! {
                                <ListFailure
                                    title="The list could not be loaded"
                                    problem=problem
                                    again=String::new()
                                    // A query without parameters, relative to the current path.
                                    all="?".to_owned()
                                    label="Show the first page"
                                />
                            }
                                .into_any()
                        }
                        Err(ApiError(problem)) => view! { <Failed problem=problem /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

/// Renders the error of loading the user.
#[component]
fn Failed(problem: Problem) -> impl IntoView {
    let state = if problem.error == Code::NotFound {
        view! {
            <ListState icon=Icon::Alert title="There is nobody of this name" failure=true>
                <p class="state-text">"They may have been removed for good."</p>
                <a class="button button-primary" href="/users">
                    "Go to the users"
                </a>
            </ListState>
        }
        .into_any()
    } else {
        view! { <LoadFailure title="This could not be loaded" problem=problem /> }.into_any()
    };
    view! {
        <PageTitle text="Not shown" />
        <h1 class="visually-hidden">"Person"</h1>
        {state}
    }
}

/// Renders the link to the next page of a tab.
#[component]
pub(super) fn More(href: Option<String>) -> impl IntoView {
    href.map(|href| {
        view! {
            <nav class="pager" aria-label="Pages">
                <a class="button" href=href>
                    "Next"
                </a>
            </nav>
        }
    })
}
