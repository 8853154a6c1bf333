//! Sign-in page.

use leptos::prelude::*;

use crate::{
    api::auth::{AGAIN, AGAIN_FIELDS, SESSION_ENDED, SignIn},
    components::{
        card::CardPage,
        field::{Field, FieldSpec},
        form,
        link_page::next,
        notice::ProblemNotice,
    },
    context::PageContext,
    text,
};

const USERNAME: FieldSpec = FieldSpec {
    name: "username",
    label: text::public::username,
    kind: "text",
    autocomplete: "username",
    hint: None,
    optional: false,
    max: 254,
};

const PASSWORD: FieldSpec = FieldSpec {
    name: "password",
    label: text::public::password,
    kind: "password",
    autocomplete: "current-password",
    hint: None,
    optional: false,
    max: 256,
};

/// Renders the sign-in page.
#[component]
pub fn Login() -> impl IntoView {
    let context = expect_context::<PageContext>();
    let form_state = form::send::<SignIn>("/login");
    // If another form waits for the sign-in, the browser submits the sign-in form, and the server renders the other form again.
    let waits = !context.typed(AGAIN).is_empty();
    let submit = move |event| {
        if !waits {
            form_state.submit.run(event);
        }
    };
    let waiting = [AGAIN, AGAIN_FIELDS].map(|name| {
        let value = context.typed(name);
        waits.then(|| view! { <input type="hidden" name=name value=value /> })
    });
    view! {
        <CardPage title=text::public::sign_in()>
            <div class="card">
                <h1 class="card-title">{text::public::sign_in()}</h1>
                {move || {
                    let problem = form_state.problem.get()?;
                    let tried = problem.message != text::message::translated(&SESSION_ENDED);
                    Some(view! { <ProblemNotice problem=problem sign_in=tried /> })
                }}
                <form
                    class="form"
                    method="post"
                    action="/login"
                    novalidate
                    aria-busy=move || form_state.pending.get().to_string()
                    on:submit=submit
                    on:input=move |event| form_state.typed.run(event)
                >
                    <input type="hidden" name="next" value=next() />
                    {waiting.into_iter().collect_view()}
                    <Field spec=USERNAME value=context.typed("username") error=form_state.error("username") />
                    <Field spec=PASSWORD error=form_state.error("password") />
                    <label class="check">
                        <input
                            type="checkbox"
                            name="remember"
                            value="true"
                            checked=context.typed("remember") == "true"
                        />
                        <span>
                            {text::public::remember()}
                            <span class="check-note">{text::public::remember_hint()}</span>
                        </span>
                    </label>
                    <button
                        class="button button-primary button-wide"
                        aria-disabled=move || form_state.busy()
                    >
                        {move || if form_state.pending.get() { text::public::signing_in() } else { text::public::sign_in() }}
                    </button>
                </form>
            </div>
            <p class="plain-note">{text::public::forgot()}</p>
            {context
                .site
                .registration
                .then(|| {
                    view! {
                        <p class="plain-note">
                            {text::public::no_account()} " "
                            <a href="/register" rel="external">
                                {text::public::no_account_link()}
                            </a>
                        </p>
                    }
                })}
        </CardPage>
    }
}
