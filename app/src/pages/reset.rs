//! Password resets by one-time link.

use domain::access_tokens::OpenToken;
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    api::{
        error::ApiError,
        form_success::with_next,
        reset::{ChoosePassword, ResetLink, check_reset_link},
    },
    components::{
        card::CardPage,
        field::Field,
        form,
        icon::{Glyph, Icon},
        link_page::{DeadLink, HANDLE, MessageCard, NEW_PASSWORD, PASSWORD_AGAIN, handle, next},
        notice::ProblemNotice,
        time::Ago,
    },
    context::PageContext,
};

/// Renders the page behind a reset link.
#[component]
pub fn Reset() -> impl IntoView {
    let link = Resource::new(handle(), check_reset_link);
    view! {
        <CardPage title="Set your password">
            <Suspense>
                {move || Suspend::new(async move {
                    match link.await {
                        Ok(link) => view! { <PasswordForm link=link /> }.into_any(),
                        Err(ApiError(problem)) => {
                            view! { <DeadLink dead="This link is no longer valid" problem=problem /> }.into_any()
                        }
                    }
                })}
            </Suspense>
        </CardPage>
    }
}

#[component]
fn PasswordForm(link: ResetLink) -> impl IntoView {
    let form_state = form::send::<ChoosePassword>("/reset");
    view! {
        <div class="card">
            <h1 class="card-title">"Set your password"</h1>
            <p class="card-lead">
                "Use at least " {link.password_min}
                " characters. This signs you out of all sessions. The link works once."
            </p>
            {move || form_state.problem.get().map(|problem| view! { <ProblemNotice problem=problem /> })}
            <form
                class="form"
                method="post"
                action="/reset"
                novalidate
                aria-busy=move || form_state.pending.get().to_string()
                on:submit=move |event| form_state.submit.run(event)
            >
                <input type="hidden" name="next" value=next() />
                <input type="hidden" name=HANDLE value=handle() />
                // Password managers store the password under this username. Without a name the field is not sent.
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
                    .map(|spec| view! { <Field spec=spec error=form_state.error(spec.name) /> })
                    .into_iter()
                    .collect_view()}
                <OpenTokens tokens=link.tokens now=link.now />
                <button
                    class="button button-primary button-wide"
                    aria-disabled=move || form_state.busy()
                >
                    {move || if form_state.pending.get() { "Setting password…" } else { "Set password" }}
                </button>
            </form>
        </div>
    }
}

/// Renders the access tokens that stay valid after the reset, and the checkbox that revokes them.
#[component]
fn OpenTokens(tokens: Vec<OpenToken>, now: OffsetDateTime) -> impl IntoView {
    let context = expect_context::<PageContext>();
    let ticked = context.typed("revoke_tokens") == "true";
    let (lead, revoke, note) = match tokens.len() {
        0 => return ().into_any(),
        1 => (
            "1 access token still has access to this account".to_owned(),
            "Revoke this token",
            "Recommended if you don't recognise it or someone else knew your password. Scripts that use it stop working.",
        ),
        tokens => (
            format!("{tokens} access tokens still have access to this account"),
            "Revoke these tokens",
            "Recommended if you don't recognise them or someone else knew your password. Scripts that use them stop working.",
        ),
    };
    let lines = tokens.into_iter().map(|token| {
        let used = token.last_used_at.map(|at| view! { <Ago at=at now=now /> });
        let used = match used {
            Some(ago) => view! { ", last used " {ago} }.into_any(),
            None => ", never used".into_any(),
        };
        view! {
            <li>
                {token.name} " (" <code>{token.prefix} "…"</code> ")" {used}
            </li>
        }
    });
    view! {
        <div class="notice tone-warning">
            <Glyph icon=Icon::Alert />
            <div>
                <h2 class="notice-title">{lead}</h2>
                <ul>{lines.collect_view()}</ul>
                <label class="check">
                    <input type="checkbox" name="revoke_tokens" value="true" checked=ticked />
                    <span>
                        {revoke} " " <span class="check-note">{note}</span>
                    </span>
                </label>
            </div>
        </div>
    }
    .into_any()
}

/// Renders the confirmation after the password was set.
#[component]
pub fn PasswordChanged() -> impl IntoView {
    let next = untrack(next());
    view! {
        <CardPage title="Password set">
            <MessageCard
                icon=Icon::Check
                tone="tone-success"
                title="Password set"
                text="You can now sign in. Other sessions were signed out."
                sign_in=Some(with_next("/login", &next))
            />
        </CardPage>
    }
}
