//! The dialog before anything that cannot be undone: what it is about, when that was last used, and a button that says what
//! is done.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::form;
use crate::{
    api::{
        confirm::{
            Confirm as ConfirmForm, Confirmation, ConfirmationFact, find_confirmation, page_of,
        },
        error::ApiError,
    },
    components::{
        dialog::{FormDialog, Place},
        facts::Fact,
        keyed::keyed_by,
        time::Ago,
    },
    context::PageContext,
    pages::person::dialogs::delete::Uncounted,
};

/// The link to a dialog over a page, which the dialog leads back to.
#[component]
pub fn ConfirmLink(
    /// The address of the dialog.
    href: String,
    /// What it says.
    label: &'static str,
    /// What it says at length, where there are several like it.
    #[prop(optional)]
    about: Option<String>,
) -> impl IntoView {
    let search = use_location().search;
    let href = move || match search.get() {
        empty if empty.is_empty() => href.clone(),
        search => format!("{href}?{search}"),
    };
    view! {
        <a class="button" href=href data-noscroll aria-label=about>
            {label}
        </a>
    }
}

/// The dialog of an address.
#[component]
pub fn Confirm() -> impl IntoView {
    keyed_by("id", |_| view! { <Here /> }.into_any())
}

/// The title of a dialog while it is not known what it is about.
fn unknown(path: &str) -> &'static str {
    match path.rsplit('/').next() {
        Some("delete") => "Delete",
        Some("retry") => "Try again",
        _ => "Revoke",
    }
}

#[component]
fn Here() -> impl IntoView {
    let here = use_location();
    let path = here.pathname.get_untracked();
    let context = expect_context::<PageContext>().of_form(&path);
    let search = here.search.get_untracked();
    // Drawn again for a form that was refused, the page has no query: it is in the form.
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
