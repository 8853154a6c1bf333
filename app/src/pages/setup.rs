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
    text,
};

/// Renders the page behind a setup link.
#[component]
pub fn Setup() -> impl IntoView {
    let link = Resource::new(handle(), check_setup_link);
    view! {
        <CardPage title=text::public::setup()>
            <Suspense>
                {move || Suspend::new(async move {
                    match link.await {
                        Ok(()) => view! { <SetupForm /> }.into_any(),
                        Err(ApiError(problem)) => {
                            view! { <DeadLink dead=text::public::dead_setup() problem=problem /> }.into_any()
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
            title=text::public::setup_title()
            lead=text::public::setup_lead()
            action=text::public::setup_submit()
            form_state=form_state
            link=Signal::derive(handle())
        />
    }
}
