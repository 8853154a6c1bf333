//! Making the first admin of a fresh install.

use domain::problem::{Code, Problem};
use leptos::{form::FromFormData, prelude::*};

use super::form;
use crate::{
    api::{
        error::ApiError,
        setup::{ClaimSetup, check_setup_link},
    },
    components::{
        card::CardPage,
        field::{Field, FieldSpec},
        icon::{Glyph, Icon},
        notice::{ProblemNotice, RequestId},
    },
    context::PageContext,
};

const FIELDS: [FieldSpec; 5] = [
    FieldSpec {
        name: "username",
        label: "Username",
        kind: "text",
        autocomplete: "username",
        hint: Some("3 to 50 characters. You sign in with it; it cannot be changed later."),
        optional: false,
        max: 50,
    },
    FieldSpec {
        name: "display_name",
        label: "Display name",
        kind: "text",
        autocomplete: "name",
        hint: None,
        optional: false,
        max: 100,
    },
    FieldSpec {
        name: "email",
        label: "Email",
        kind: "email",
        autocomplete: "email",
        hint: None,
        optional: true,
        max: 254,
    },
    FieldSpec {
        name: "password",
        label: "Password",
        kind: "password",
        autocomplete: "new-password",
        hint: Some(
            "A few unrelated words are strong and easy to remember. Spaces are kept as typed.",
        ),
        optional: false,
        max: 256,
    },
    FieldSpec {
        name: "password_again",
        label: "Password again",
        kind: "password",
        autocomplete: "new-password",
        hint: None,
        optional: false,
        max: 256,
    },
];

/// The page behind a setup link.
#[component]
pub fn Setup() -> impl IntoView {
    let link = Resource::new(|| (), |()| check_setup_link());
    view! {
        <CardPage title="Set up">
            <Suspense>
                {move || Suspend::new(async move {
                    match link.await {
                        Ok(()) => view! { <SetupForm /> }.into_any(),
                        Err(ApiError(problem)) => view! { <DeadLink problem=problem /> }.into_any(),
                    }
                })}
            </Suspense>
        </CardPage>
    }
}

#[component]
fn SetupForm() -> impl IntoView {
    let context = expect_context::<PageContext>();
    let action = ServerAction::<ClaimSetup>::new();
    let problem = form::problem(action);
    form::follow(action);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !action.pending().get_untracked()
            && let Ok(form) = ClaimSetup::from_event(&event)
        {
            action.dispatch(form);
        }
    };
    view! {
        <div class="card">
            <h1 class="card-title">"Make the first administrator"</h1>
            <p class="card-lead">"This account can manage everybody else’s. The link works once."</p>
            {move || problem.get().map(|problem| view! { <ProblemNotice problem=problem /> })}
            <form
                class="form"
                method="post"
                action="/setup"
                novalidate
                aria-busy=move || action.pending().get().to_string()
                on:submit=submit
            >
                {FIELDS
                    .into_iter()
                    .map(|spec| {
                        view! {
                            <Field
                                spec=spec
                                value=context.typed(spec.name)
                                fault=form::fault(problem, spec.name)
                            />
                        }
                    })
                    .collect_view()}
                <button
                    class="button button-primary button-wide"
                    aria-disabled=move || action.pending().get().then_some("true")
                >
                    "Create administrator"
                </button>
            </form>
        </div>
    }
}

#[component]
fn DeadLink(problem: Problem) -> impl IntoView {
    let title = match problem.error {
        Code::Conflict => "Rollcall is set up already",
        Code::NotFound => "This setup link is not valid any more",
        _ => "Setup is not possible just now",
    };
    let done = problem.error == Code::Conflict;
    view! {
        <div class="card card-message">
            <span class="state-icon tone-warning">
                <Glyph icon=Icon::Alert large=true />
            </span>
            <h1 class="card-title">{title}</h1>
            <p>{problem.message}</p>
            {done
                .then(|| {
                    view! {
                        <div class="card-actions">
                            <a class="button button-primary" href="/login">
                                "Sign in"
                            </a>
                        </div>
                    }
                })}
            <RequestId id=problem.request_id.filter(|_| problem.error == Code::InternalError) />
        </div>
    }
}
