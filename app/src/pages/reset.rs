//! Password resets by one-time link.

use domain::access_tokens::OpenToken;
use leptos::prelude::*;
use time::OffsetDateTime;

use crate::{
    api::{
        form_success::with_next,
        read::ReadRequest,
        reset::{CheckResetLink, ChoosePassword, ResetLink},
    },
    components::{
        card::CardPage,
        field::Field,
        form,
        icon::{Glyph, Icon},
        link_page::{DeadLink, HANDLE, MessageCard, NEW_PASSWORD, PASSWORD_AGAIN, handle, next},
        loaded::Loaded,
        notice::ProblemNotice,
        time::Ago,
    },
    context::PageContext,
    text,
};

/// Renders the page behind a reset link.
#[component]
pub fn Reset() -> impl IntoView {
    let handle = handle();
    let link = Loaded::new(move || ReadRequest::of(CheckResetLink { link: handle() }));
    let page = link.draw(ViewFnOnce::default(), |link| match link {
        Ok(link) => view! { <PasswordForm link=link /> }.into_any(),
        Err(problem) => {
            view! { <DeadLink dead=text::public::dead_reset() problem=problem /> }.into_any()
        }
    });
    view! {
        <CardPage title=text::public::reset()>
            {page}
        </CardPage>
    }
}

#[component]
fn PasswordForm(link: ResetLink) -> impl IntoView {
    let form_state = form::send::<ChoosePassword>("/reset");
    view! {
        <div class="card">
            <h1 class="card-title">{text::public::reset()}</h1>
            <p class="card-lead">{text::public::reset_lead(link.password_min)}</p>
            {move || form_state.problem.get().map(|problem| view! { <ProblemNotice problem=problem /> })}
            <form
                class="form"
                method="post"
                action="/reset"
                novalidate
                aria-busy=move || form_state.pending.get().to_string()
                on:submit=move |event| form_state.submit.run(event)
                on:input=move |event| form_state.typed.run(event)
            >
                <input type="hidden" name="next" value=next() />
                <input type="hidden" name=HANDLE value=handle() />
                // Password managers store the password under this username. Without a name the field is not sent.
                <div class="field">
                    <label class="field-label" for="username">
                        {text::public::username()}
                    </label>
                    <input
                        class="input"
                        id="username"
                        type="text"
                        value=link.username
                        dir="auto"
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
                    {move || {
                        if form_state.pending.get() {
                            text::public::reset_pending()
                        } else {
                            text::public::reset_submit()
                        }
                    }}
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
    if tokens.is_empty() {
        return ().into_any();
    }
    let count = u64::try_from(tokens.len()).unwrap_or(u64::MAX);
    let lines = tokens.into_iter().map(|token| {
        let used = token.last_used_at.map(|at| view! { <Ago at=at now=now /> });
        let used = match used {
            Some(ago) => {
                let [before, after] = text::public::token_used_around();
                view! { {before} {ago} {after} }.into_any()
            }
            None => text::public::token_unused().into_any(),
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
                <h2 class="notice-title">{text::public::reset_tokens(count)}</h2>
                <ul>{lines.collect_view()}</ul>
                <label class="check">
                    <input type="checkbox" name="revoke_tokens" value="true" checked=ticked />
                    <span>
                        {text::public::reset_revoke(count)} " "
                        <span class="check-note">{text::public::reset_revoke_hint(count)}</span>
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
        <CardPage title=text::public::reset_done()>
            <MessageCard
                icon=Icon::Check
                tone="tone-success"
                title=text::public::reset_done()
                text=text::public::reset_done_text()
                sign_in=Some(with_next("/login", &next))
            />
        </CardPage>
    }
}
