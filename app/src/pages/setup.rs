//! Creation of the first administrator after the installation.

use leptos::prelude::*;

use crate::{
    api::{
        error::ApiError,
        setup::{ClaimSetup, check_setup_link},
    },
    components::{
        card::CardPage,
        form,
        link_page::{DeadLink, handle},
        own_account::OwnAccountForm,
    },
};

/// Renders the page behind a setup link.
#[component]
pub fn Setup() -> impl IntoView {
    let link = Resource::new(handle(), check_setup_link);
    view! {
        <CardPage title="Set up">
            <Suspense>
                {move || Suspend::new(async move {
                    match link.await {
                        Ok(()) => view! { <SetupForm /> }.into_any(),
                        Err(ApiError(problem)) => {
                            view! { <DeadLink dead="This setup link is not valid any more" problem=problem /> }.into_any()
                        }
                    }
                })}
            </Suspense>
        </CardPage>
    }
}

#[component]
fn SetupForm() -> impl IntoView {
    let sending = form::send::<ClaimSetup>("/setup");
    view! {
        <OwnAccountForm
            path="/setup"
            title="Make the first administrator"
            lead="This account can manage everybody else’s. The link works once."
            action="Create administrator"
            sending=sending
            link=Signal::derive(handle())
        />
    }
}
