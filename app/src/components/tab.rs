//! Content of a tab: its items, the empty state or the error.

use domain::problem::{Code, Problem};
use leptos::prelude::*;

use super::{
    icon::Icon,
    loaded::{Loaded, transition},
    state::{ListErrorNotice, ListState, LoadErrorNotice, LoadingNotice},
    title::PageTitle,
};
use crate::{api::user::Chunk, text};

/// Renders with the loaded data of a resource. If loading fails, the page shows the error elsewhere.
pub(crate) fn with<T: 'static, V: IntoView + 'static>(
    asked: Loaded<T>,
    draw: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView {
    transition(
        ViewFnOnce::default(),
        Box::new(move || Some(draw(asked.get()?.ok()?).into_any())),
    )
}

/// Renders a tab: its items, the empty state or the error.
pub(crate) fn tab<T: 'static>(
    list: Loaded<Chunk<T>>,
    empty: (Icon, &'static str),
    draw: fn(Chunk<T>) -> AnyView,
) -> impl IntoView {
    let (icon, nothing) = empty;
    let list = list.draw(LoadingNotice, move |result| match result {
        Ok(part) if part.items.is_empty() => {
            view! { <ListState icon=icon title=nothing /> }.into_any()
        }
        Ok(part) => draw(part),
        Err(problem) => failed(problem),
    });
    view! { <section class="list">{list}</section> }
}

/// Renders the error of loading a tab. If the user does not exist, the header of the page shows it.
fn failed(problem: Problem) -> AnyView {
    match problem.error {
        Code::NotFound => ().into_any(),
        Code::ValidationError => view! {
            <ListErrorNotice
                title=text::actions::list_failed()
                problem=problem
                again=String::new()
                // A query without parameters, relative to the current path.
                all="?".to_owned()
                label=text::actions::first_page()
            />
        }
        .into_any(),
        _ => view! { <Failed problem=problem /> }.into_any(),
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
