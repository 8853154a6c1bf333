//! Signing in.

use leptos::{form::FromFormData, prelude::*};
use leptos_router::hooks::use_query_map;

use super::form;
use crate::{
    api::auth::SignIn,
    components::{
        card::CardPage,
        field::{Field, FieldSpec},
        notice::ProblemNotice,
    },
    context::PageContext,
};

const USERNAME: FieldSpec = FieldSpec {
    name: "username",
    label: "Username",
    kind: "text",
    autocomplete: "username",
    hint: None,
    optional: false,
    max: 254,
};

const PASSWORD: FieldSpec = FieldSpec {
    name: "password",
    label: "Password",
    kind: "password",
    autocomplete: "current-password",
    hint: None,
    optional: false,
    max: 256,
};

/// The sign-in page.
#[component]
pub fn Login() -> impl IntoView {
    let context = expect_context::<PageContext>();
    let query = use_query_map();
    let typed_next = context.typed("next");
    let next = move || {
        query
            .read()
            .get("next")
            .unwrap_or_else(|| typed_next.clone())
    };
    let action = ServerAction::<SignIn>::new();
    let problem = form::problem(action);
    form::follow(action);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !action.pending().get_untracked()
            && let Ok(form) = SignIn::from_event(&event)
        {
            action.dispatch(form);
        }
    };
    view! {
        <CardPage title="Sign in">
            <div class="card">
                <h1 class="card-title">"Sign in"</h1>
                {move || problem.get().map(|problem| view! { <ProblemNotice problem=problem /> })}
                <form
                    class="form"
                    method="post"
                    action="/login"
                    novalidate
                    aria-busy=move || action.pending().get().to_string()
                    on:submit=submit
                >
                    <input type="hidden" name="next" value=next />
                    <Field spec=USERNAME value=context.typed("username") fault=form::fault(problem, "username") />
                    <Field spec=PASSWORD fault=form::fault(problem, "password") />
                    <label class="check">
                        <input
                            type="checkbox"
                            name="remember"
                            value="true"
                            checked=context.typed("remember") == "true"
                        />
                        <span>
                            "Remember me" <span class="check-note">"Stay signed in on this device for 30 days"</span>
                        </span>
                    </label>
                    <button
                        class="button button-primary button-wide"
                        aria-disabled=move || action.pending().get().then_some("true")
                    >
                        {move || if action.pending().get() { "Signing in…" } else { "Sign in" }}
                    </button>
                </form>
            </div>
            <p class="plain-note">"Forgotten your password? Ask an administrator for a reset link."</p>
        </CardPage>
    }
}
