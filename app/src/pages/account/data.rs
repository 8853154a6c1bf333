//! Export and deletion of the signed-in user's data.

use leptos::prelude::*;

use super::with_account;

/// Renders the link to the export, and the link to the deletion of the account.
#[component]
pub fn Data() -> impl IntoView {
    view! {
        <section class="form">
            <h2>"Your data"</h2>
            <p class="muted">
                "Your profile, data and sessions in one JSON file. Passwords and API keys are not included."
            </p>
            <div class="actions">
                <a class="button" href="/api/user/export" rel="external">
                    "Export my data"
                </a>
            </div>
        </section>
        {with_account(|account| {
            view! {
                <section class="form">
                    <h2>"Delete account"</h2>
                    {match account.no_deletion {
                        Some(denied) => view! { <p class="muted">{denied}</p> }.into_any(),
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
