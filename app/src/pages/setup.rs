//! Creation of the first administrator after the installation.

use leptos::prelude::*;

use crate::{
    api::{
        read::ReadRequest,
        setup::{CheckSetupLink, ClaimSetup},
    },
    components::{
        card::CardPage,
        form,
        link_page::{DeadLink, handle},
        loaded::Loaded,
        own_account::OwnAccountForm,
    },
    text,
};

/// Renders the page behind a setup link.
#[component]
pub fn Setup() -> impl IntoView {
    let handle = handle();
    let link = Loaded::new(move || ReadRequest::of(CheckSetupLink { link: handle() }));
    let page = link.draw(ViewFnOnce::default(), |link| match link {
        Ok(()) => view! { <SetupForm /> }.into_any(),
        Err(problem) => {
            view! { <DeadLink dead=text::public::dead_setup() problem=problem /> }.into_any()
        }
    });
    view! {
        <CardPage title=text::public::setup()>
            {page}
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
