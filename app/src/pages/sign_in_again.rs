//! Dialog that asks for the password when a form was denied because the session has ended. The typed values stay in the
//! form, which is submitted again after the sign-in.

use leptos::{ev::SubmitEvent, form::form_data_from_event, html, prelude::*};

use crate::{
    api::{auth::SignIn, error::ApiError},
    components::{
        form::Expired,
        form::{post, written},
        notice::ProblemNotice,
    },
    context::PageContext,
    text,
};

/// Renders the dialog while a form waits for the sign-in.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let Expired(again) = expect_context();
    let principal = PageContext::current().principal;
    principal.map(|principal| {
        move || {
            let username = principal.username.clone();
            again
                .get()
                .map(|again| view! { <SignInDialog again=again username=username /> })
        }
    })
}

#[component]
fn SignInDialog(
    /// Callback that submits the form again.
    again: Callback<()>,
    /// Username of the page's user. The dialog accepts no other user, since the form belongs to this one.
    username: String,
) -> impl IntoView {
    let Expired(asked) = expect_context();
    let action = post::<SignIn>();
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = element.get() {
            drop(request_animation_frame(move || drop(dialog.show_modal())));
        }
    });
    // A temporary password does not sign in, but leads to the page that sets a new one.
    let leads_on = |next: &str| next != "/";
    Effect::new(move |_| {
        if let Some(Ok(done)) = action.value().get()
            && !leads_on(&done.next)
        {
            asked.set(None);
            again.run(());
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let data = form_data_from_event(&event).ok();
        if let Some(form) = data.and_then(|data| written(&data))
            && !action.pending().get_untracked()
        {
            action.dispatch(form);
        }
    };
    let answer = move || match action.value().get()? {
        Err(ApiError(problem)) => {
            Some(view! { <ProblemNotice problem=problem sign_in=true /> }.into_any())
        }
        Ok(done) if leads_on(&done.next) => {
            let [before, after] = text::public::password_first_around();
            Some(
                view! {
                    <p class="notice tone-warning" role="alert">
                        {before}
                        <a href=done.next target="_blank">
                            {text::public::password_first_link()}
                        </a>
                        {after}
                    </p>
                }
                .into_any(),
            )
        }
        Ok(_) => None,
    };
    let [before, after] = text::public::continue_as_around();
    view! {
        <dialog
            node_ref=element
            class="dialog"
            aria-labelledby="sign-in-title"
            on:close=move |_| asked.set(None)
        >
            <h2 class="dialog-head" id="sign-in-title">
                {text::public::session_ended()}
            </h2>
            <form method="post" action="/login" on:submit=submit>
                <div class="dialog-body">
                    {answer}
                    <p>
                        {before} <b>
                            <bdi>{username.clone()}</bdi>
                        </b> {after}
                    </p>
                    <input type="hidden" name="username" value=username />
                    <div class="field">
                        <label class="field-label" for="sign-in-password">
                            {text::public::password()}
                        </label>
                        <input
                            class="input"
                            id="sign-in-password"
                            name="password"
                            type="password"
                            autocomplete="current-password"
                            autofocus
                        />
                    </div>
                </div>
                <footer class="dialog-foot">
                    <button class="button" type="button" on:click=move |_| asked.set(None)>
                        {text::common::cancel()}
                    </button>
                    <button
                        class="button button-primary"
                        aria-disabled=move || action.pending().get().then_some("true")
                    >
                        {text::public::sign_in()}
                    </button>
                </footer>
            </form>
        </dialog>
    }
}
