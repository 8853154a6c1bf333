//! Content of a tab: its items, the empty state or the error.

use domain::problem::{Code, Problem};
use leptos::prelude::*;

use super::{
    icon::Icon,
    state::{ListErrorNotice, ListState, LoadErrorNotice, LoadingNotice},
    title::PageTitle,
};
use crate::{
    api::{error::ApiError, user::Chunk},
    text,
};

/// Renders with the loaded data of a resource. If loading fails, the page shows the error elsewhere.
pub(crate) fn with<T, V: IntoView + 'static>(
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

/// Renders a tab: its items, the empty state or the error.
pub(crate) fn tab<T: Clone + Send + Sync + 'static>(
    list: Resource<Result<Chunk<T>, ApiError>>,
    empty: (Icon, &'static str),
    draw: fn(Chunk<T>) -> AnyView,
) -> impl IntoView {
    let (icon, nothing) = empty;
    view! {
        <section class="list">
            <Transition fallback=LoadingNotice>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(part) if part.items.is_empty() => {
                            view! { <ListState icon=icon title=nothing /> }.into_any()
                        }
                        Ok(part) => draw(part),
                        Err(ApiError(problem)) if problem.error == Code::NotFound => ().into_any(),
                        Err(ApiError(problem)) if problem.error == Code::ValidationError => {
                            view! {
                                <ListErrorNotice
                                    title=text::actions::list_failed()
                                    problem=problem
                                    again=String::new()
                                    // A query without parameters, relative to the current path.
                                    all="?".to_owned()
                                    label=text::actions::first_page()
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
pub(crate) fn Failed(problem: Problem) -> impl IntoView {
    let is_missing = problem.error == Code::NotFound;
    let title = if is_missing {
        text::actions::user_not_found()
    } else {
        text::actions::error()
    };
    let state = if is_missing {
        view! {
            <ListState icon=Icon::Alert title=title failure=true>
                <p class="state-text">{text::actions::user_deleted()}</p>
                <a class="button button-primary" href="/users">
                    {text::actions::back_to_users()}
                </a>
            </ListState>
        }
        .into_any()
    } else {
        view! { <LoadErrorNotice title=text::actions::page_failed() problem=problem /> }.into_any()
    };
    view! {
        <PageTitle text=title />
        <h1 class="visually-hidden">{text::actions::user()}</h1>
        {state}
    }
}

/// Renders the link to the next page of a tab.
#[component]
pub(crate) fn More(href: Option<String>) -> impl IntoView {
    href.map(|href| {
        view! {
            <nav class="pager" aria-label=text::common::pages()>
                <a class="button" href=href>
                    {text::common::page_next()}
                </a>
            </nav>
        }
    })
}
