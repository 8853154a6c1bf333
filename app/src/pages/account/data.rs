//! What is kept of one: to have, and to be rid of.

use leptos::prelude::*;

use super::with_account;

/// The file to keep, and the way to delete it all.
#[component]
pub fn Data() -> impl IntoView {
    view! {
        <section class="form">
            <h2>"Your data"</h2>
            <p class="muted">
                "Your profile, what you own, and where you were signed in, as one JSON file. Passwords and keys are not in it."
            </p>
            <div class="actions">
                <a class="button" href="/api/user/export" rel="external">
                    "Download everything"
                </a>
            </div>
        </section>
        {with_account(|account| {
            view! {
                <section class="form">
                    <h2>"Delete your account"</h2>
                    {match account.no_deletion {
                        Some(refusal) => view! { <p class="muted">{refusal}</p> }.into_any(),
                        None => {
                            view! {
                                <div class="actions">
                                    <a class="button" href="/account/delete" data-noscroll>
                                        "Delete my account…"
                                    </a>
                                </div>
                            }
                                .into_any()
                        }
                    }}
                </section>
            }
        })}
    }
}
