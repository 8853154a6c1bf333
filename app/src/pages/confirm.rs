//! Confirmation dialog for actions that cannot be undone: the target, details such as its last use, and a button that names the action.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    api::{
        confirm::{
            Confirm as ConfirmForm, Confirmation, ConfirmationDetail, FindConfirmation, page_of,
        },
        read::ReadRequest,
    },
    components::{
        deletion::Uncounted,
        description_list::DescriptionItem,
        dialog::{DialogRoute, FormDialog},
        form,
        loaded::Loaded,
        rows::keyed_by,
        time::Ago,
    },
    context::PageContext,
    text,
};

/// Renders the confirmation dialog of the URL.
#[component]
pub fn Confirm() -> impl IntoView {
    keyed_by("id", |_| view! { <CurrentUrl /> }.into_any())
}

/// Returns the title of a dialog whose target could not be loaded.
fn unknown(path: &str) -> &'static str {
    match path.rsplit('/').next() {
        Some("delete") => text::public::confirm_delete(),
        Some("retry") => text::public::confirm_retry(),
        _ => text::public::confirm_revoke(),
    }
}

#[component]
fn CurrentUrl() -> impl IntoView {
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
    let route = DialogRoute { path, back };
    let asked = Loaded::new({
        let path = route.path.clone();
        move || ReadRequest::of(FindConfirmation { path: path.clone() })
    });
    asked.draw(ViewFnOnce::default(), move |asked| {
        let route = route.clone();
        match asked {
            Ok(asked) => view! { <ConfirmDialog route=route asked=asked /> }.into_any(),
            Err(problem) => {
                let title = unknown(&route.path);
                view! { <Uncounted route=route problem=Some(problem) title=title /> }.into_any()
            }
        }
    })
}

#[component]
fn ConfirmDialog(route: DialogRoute, asked: Confirmation) -> impl IntoView {
    let form_state = form::send::<ConfirmForm>(&route.path);
    let now = asked.now;
    let detail = move |ConfirmationDetail { label, text, at }: ConfirmationDetail| {
        view! {
            <DescriptionItem label=label>
                <bdi>{text}</bdi>
                {at.map(|at| view! { <Ago at=at now=now /> })}
            </DescriptionItem>
        }
    };
    let fields = [
        ("path", route.path.clone()),
        ("page", route.back.clone()),
        ("id", asked.id.map_or_else(String::new, |id| id.to_string())),
        ("username", asked.username),
        ("shown", asked.shown),
    ];
    view! {
        <FormDialog
            title=asked.title.clone()
            route=route
            form_state=form_state
            denied=asked.denied
            action=Signal::stored(asked.title)
            danger=true
            own=true
        >
            <dl class="details">{asked.details.into_iter().map(detail).collect_view()}</dl>
            <p>{asked.text}</p>
            {fields
                .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                .into_iter()
                .collect_view()}
        </FormDialog>
    }
}
