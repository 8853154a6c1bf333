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
        <CardPage title="Set up Rollcall">
            <Suspense>
                {move || Suspend::new(async move {
                    match link.await {
                        Ok(()) => view! { <SetupForm /> }.into_any(),
                        Err(ApiError(problem)) => {
                            view! { <DeadLink dead="This setup link is no longer valid" problem=problem /> }.into_any()
                        }
                    }
                })}
            </Suspense>
        </CardPage>
    }
}

#[component]
fn SetupForm() -> impl IntoView {
    let form_state = form::send::<ClaimSetup>("/setup");
    view! {
        <OwnAccountForm
            path="/setup"
            title="Create the first administrator"
            lead="This account can manage all other users. The link works once."
            action="Create administrator"
            form_state=form_state
            link=Signal::derive(handle())
        />
    }
}
