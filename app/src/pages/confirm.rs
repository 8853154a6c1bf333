//! Confirmation dialog for actions that cannot be undone: the target, facts such as its last use, and a button that names the action.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    api::{
        confirm::{
            Confirm as ConfirmForm, Confirmation, ConfirmationFact, find_confirmation, page_of,
        },
        error::ApiError,
    },
    components::{
        deletion::Uncounted,
        dialog::{FormDialog, Place},
        facts::Fact,
        form,
        keyed::keyed_by,
        time::Ago,
    },
    context::PageContext,
};

/// Renders the confirmation dialog of the URL.
#[component]
pub fn Confirm() -> impl IntoView {
    keyed_by("id", |_| view! { <Here /> }.into_any())
}

/// Returns the title of a dialog whose target could not be loaded.
fn unknown(path: &str) -> &'static str {
    match path.rsplit('/').next() {
        Some("delete") => "Delete",
        Some("retry") => "Retry",
        _ => "Revoke",
    }
}

#[component]
fn Here() -> impl IntoView {
    let here = use_location();
    let path = here.pathname.get_untracked();
    let context = expect_context::<PageContext>().of_form(&path);
    let search = here.search.get_untracked();
    // When the page is rendered again for a denied form, its URL has no query. The form holds the page to return to.
    let back = match context.outcome {
        Some(_) => domain::access::local_path(&context.typed("page")).to_owned(),
        None if search.is_empty() => page_of(&path).to_owned(),
        None => format!("{}?{search}", page_of(&path)),
    };
    let place = Place { path, back };
    let asked = Resource::new(|| (), {
        let path = place.path.clone();
        move |()| find_confirmation(path.clone())
    });
    view! {
        <Transition>
            {move || {
                let place = place.clone();
                Suspend::new(async move {
                    match asked.await {
                        Ok(asked) => view! { <Asked place=place asked=asked /> }.into_any(),
                        Err(ApiError(problem)) => {
                            let title = unknown(&place.path);
                            view! { <Uncounted place=place problem=Some(problem) title=title /> }.into_any()
                        }
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Asked(place: Place, asked: Confirmation) -> impl IntoView {
    let sending = form::send::<ConfirmForm>(&place.path);
    let now = asked.now;
    let fact = move |ConfirmationFact { label, text, at }: ConfirmationFact| {
        view! {
            <Fact label=label>
                <bdi>{text}</bdi>
                {at.map(|at| view! { <Ago at=at now=now /> })}
            </Fact>
        }
    };
    let fields = [
        ("path", place.path.clone()),
        ("page", place.back.clone()),
        ("id", asked.id.map_or_else(String::new, |id| id.to_string())),
        ("username", asked.username),
        ("shown", asked.shown),
    ];
    view! {
        <FormDialog
            title=asked.title.clone()
            place=place
            sending=sending
            refusal=asked.refusal
            action=Signal::stored(asked.title)
            danger=true
            own=true
        >
            <dl class="facts">{asked.facts.into_iter().map(fact).collect_view()}</dl>
            <p>{asked.text}</p>
            {fields
                .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                .into_iter()
                .collect_view()}
        </FormDialog>
    }
}
