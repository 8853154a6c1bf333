//! Export and deletion of the signed-in user's data.

use leptos::prelude::*;

use super::with_account;
use crate::text;

/// Renders the link to the export, and the link to the deletion of the account.
#[component]
pub fn Data() -> impl IntoView {
    view! {
        <section class="form">
            <h2>{text::account::data()}</h2>
            <p class="muted">{text::account::data_hint()}</p>
            <div class="actions">
                <a class="button" href="/api/user/export" rel="external">
                    {text::account::data_export()}
                </a>
            </div>
        </section>
        {with_account(|account| {
            view! {
                <section class="form">
                    <h2>{text::account::deletion()}</h2>
                    {match account.no_deletion {
                        Some(denied) => view! { <p class="muted">{denied}</p> }.into_any(),
                        None => {
                            view! {
                                <div class="actions">
                                    <a class="button" href="/account/delete" data-noscroll>
                                        {text::account::deletion_open()}
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
