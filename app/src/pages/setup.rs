//! Making the first admin of a fresh install.

use domain::problem::Code;
use leptos::prelude::*;

use super::{
    form,
    link::{DeadLink, NEW_PASSWORD, PASSWORD_AGAIN},
};
use crate::{
    api::{
        error::ApiError,
        setup::{ClaimSetup, check_setup_link},
    },
    components::{
        card::CardPage,
        field::{Field, FieldSpec},
        notice::ProblemNotice,
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
    NEW_PASSWORD,
    PASSWORD_AGAIN,
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
                        Err(ApiError(problem)) => {
                            let title = match problem.error {
                                Code::Conflict => "Rollcall is set up already",
                                Code::NotFound => "This setup link is not valid any more",
                                _ => "Setup is not possible just now",
                            };
                            view! { <DeadLink title=title problem=problem /> }.into_any()
                        }
                    }
                })}
            </Suspense>
        </CardPage>
    }
}

#[component]
fn SetupForm() -> impl IntoView {
    let context = expect_context::<PageContext>();
    let sending = form::send::<ClaimSetup>("/setup");
    view! {
        <div class="card">
            <h1 class="card-title">"Make the first administrator"</h1>
            <p class="card-lead">"This account can manage everybody else’s. The link works once."</p>
            {move || sending.problem.get().map(|problem| view! { <ProblemNotice problem=problem /> })}
            <form
                class="form"
                method="post"
                action="/setup"
                novalidate
                aria-busy=move || sending.pending.get().to_string()
                on:submit=move |event| sending.submit.run(event)
            >
                {FIELDS
                    .into_iter()
                    .map(|spec| {
                        view! {
                            <Field
                                spec=spec
                                value=context.typed(spec.name)
                                fault=sending.fault(spec.name)
                            />
                        }
                    })
                    .collect_view()}
                <button
                    class="button button-primary button-wide"
                    aria-disabled=move || sending.busy()
                >
                    "Create administrator"
                </button>
            </form>
        </div>
    }
}
