//! Export and deletion of the signed-in user's data.

use leptos::prelude::*;

use super::with_account;
use crate::{
    api::account::Account, components::description_list::DescriptionItem, format::count, text,
};

/// Renders the counts of the own data, the link to the export, and the link to the deletion of the account.
#[component]
pub fn Data() -> impl IntoView {
    view! {
        <section class="form">
            <h2>{text::account::data()}</h2>
            <p class="muted">{text::account::data_hint()}</p>
            {with_account(|account| owned(&account))}
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

/// Renders the counts of the data that the user owns in the host application.
fn owned(account: &Account) -> AnyView {
    let user = &account.user.summary;
    let counts = [
        (text::actions::personas(), i64::from(user.persona_count)),
        (text::actions::ontologies(), user.ontology_count.into()),
        (text::actions::annotations(), user.annotation_count.into()),
        (
            text::actions::conversations(),
            account.user.conversation_count,
        ),
    ];
    let items = counts.map(|(label, number)| {
        view! { <DescriptionItem label=label>{count(number)}</DescriptionItem> }
    });
    view! { <dl class="details">{items.into_iter().collect_view()}</dl> }.into_any()
}
