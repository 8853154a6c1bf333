//! Signing in.

use leptos::prelude::*;

use super::{form, link::next};
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
    let sending = form::send::<SignIn>("/login");
    view! {
        <CardPage title="Sign in">
            <div class="card">
                <h1 class="card-title">"Sign in"</h1>
                {move || sending.problem.get().map(|problem| view! { <ProblemNotice problem=problem sign_in=true /> })}
                <form
                    class="form"
                    method="post"
                    action="/login"
                    novalidate
                    aria-busy=move || sending.pending.get().to_string()
                    on:submit=move |event| sending.submit.run(event)
                >
                    <input type="hidden" name="next" value=next() />
                    <Field spec=USERNAME value=context.typed("username") fault=sending.fault("username") />
                    <Field spec=PASSWORD fault=sending.fault("password") />
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
                        aria-disabled=move || sending.busy()
                    >
                        {move || if sending.pending.get() { "Signing in…" } else { "Sign in" }}
                    </button>
                </form>
            </div>
            <p class="plain-note">"Forgotten your password? Ask an administrator for a reset link."</p>
            {context
                .site
                .registration
                .then(|| {
                    view! {
                        <p class="plain-note">
                            "No account yet? "
                            <a href="/register" rel="external">
                                "Create one"
                            </a>
                        </p>
                    }
                })}
        </CardPage>
    }
}
