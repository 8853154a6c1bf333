//! Choosing a password by a link.

use leptos::prelude::*;

use super::{
    form,
    link::{DeadLink, HANDLE, MessageCard, NEW_PASSWORD, PASSWORD_AGAIN, handle, next},
};
use crate::{
    api::{
        done::going_on,
        error::ApiError,
        reset::{ChoosePassword, ResetLink, check_reset_link},
    },
    components::{card::CardPage, field::Field, icon::Icon, notice::ProblemNotice},
};

/// The page behind a reset link.
#[component]
pub fn Reset() -> impl IntoView {
    let link = Resource::new(handle(), check_reset_link);
    view! {
        <CardPage title="Choose a password">
            <Suspense>
                {move || Suspend::new(async move {
                    match link.await {
                        Ok(link) => view! { <PasswordForm link=link /> }.into_any(),
                        Err(ApiError(problem)) => {
                            view! { <DeadLink dead="This link is not valid any more" problem=problem /> }.into_any()
                        }
                    }
                })}
            </Suspense>
        </CardPage>
    }
}

#[component]
fn PasswordForm(link: ResetLink) -> impl IntoView {
    let sending = form::send::<ChoosePassword>("/reset");
    view! {
        <div class="card">
            <h1 class="card-title">"Choose your password"</h1>
            <p class="card-lead">
                "Use at least " {link.password_min}
                " characters. Nobody else gets to know it, and your other sessions end. The link works once."
            </p>
            {move || sending.problem.get().map(|problem| view! { <ProblemNotice problem=problem /> })}
            <form
                class="form"
                method="post"
                action="/reset"
                novalidate
                aria-busy=move || sending.pending.get().to_string()
                on:submit=move |event| sending.submit.run(event)
            >
                <input type="hidden" name="next" value=next() />
                <input type="hidden" name=HANDLE value=handle() />
                // Without a name it is not sent; password managers keep the password under it.
                <div class="field">
                    <label class="field-label" for="username">
                        "Username"
                    </label>
                    <input
                        class="input"
                        id="username"
                        type="text"
                        value=link.username
                        autocomplete="username"
                        readonly
                    />
                </div>
                {[NEW_PASSWORD, PASSWORD_AGAIN]
                    .map(|spec| view! { <Field spec=spec fault=sending.fault(spec.name) /> })
                    .into_iter()
                    .collect_view()}
                <button
                    class="button button-primary button-wide"
                    aria-disabled=move || sending.busy()
                >
                    {move || if sending.pending.get() { "Setting password…" } else { "Set password" }}
                </button>
            </form>
        </div>
    }
}

/// The page after it.
#[component]
pub fn ResetDone() -> impl IntoView {
    let next = untrack(next());
    view! {
        <CardPage title="Password set">
            <MessageCard
                icon=Icon::Check
                tone="tone-success"
                title="Your password is set"
                text="Sign in with it from now on. Wherever you were signed in before, you are not any more."
                sign_in=Some(going_on("/login", &next))
            />
        </CardPage>
    }
}
