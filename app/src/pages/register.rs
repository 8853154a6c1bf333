//! Self-registration.

use domain::{
    fields::FieldErrors,
    messages,
    problem::{Code, Problem},
};
use leptos::prelude::*;

use crate::{
    api::registrations::{Register as Form, own_account},
    components::{
        card::CardPage,
        form,
        icon::Icon,
        link_page::MessageCard,
        own_account::{AccountCreated, OwnAccountForm},
    },
    context::{PageContext, Site},
    text,
};

/// Renders the registration form, or the message that registration is closed.
#[component]
pub fn Register() -> impl IntoView {
    let site = expect_context::<PageContext>().site;
    // Serialized into the page, so that hydration renders the same.
    let closed = SharedValue::new(move || closed(site)).into_inner();
    view! {
        <CardPage title=text::public::register()>
            {match closed {
                None => view! { <RegisterForm site=site /> }.into_any(),
                Some(problem) => {
                    view! {
                        <MessageCard
                            icon=Icon::Info
                            tone="tone-info"
                            title=text::public::register_closed()
                            text=problem.message
                            sign_in=Some("/login".to_owned())
                        />
                    }
                        .into_any()
                }
            }}
        </CardPage>
    }
}

/// Returns the problem if registration is disabled.
fn closed(site: Site) -> Option<Problem> {
    if site.registration {
        return None;
    }
    let problem = Problem::new(Code::Forbidden, messages::registration_closed());
    #[cfg(feature = "ssr")]
    let problem = crate::api::ssr::with_status(problem);
    Some(text::message::of_problem(problem))
}

#[component]
fn RegisterForm(site: Site) -> impl IntoView {
    let check = move |form: Form| -> FieldErrors {
        let checked = own_account(form).check(site.password_min, Ok(()));
        checked.err().unwrap_or_default()
    };
    let form_state = form::send_checked::<Form>("/register", check);
    let min = site.password_min;
    let lead = if site.approval {
        text::public::register_approval(min)
    } else {
        text::public::register_open(min)
    };
    view! {
        <OwnAccountForm
            path="/register"
            title=text::public::register()
            lead=lead
            action=text::public::create_account()
            form_state=form_state
            trap=true
        />
        <p class="plain-note">
            {text::public::has_account()} " "
            <a href="/login" rel="external">
                {text::public::sign_in()}
            </a>
        </p>
    }
}

/// Renders the confirmation after the account was registered.
#[component]
pub fn Registered() -> impl IntoView {
    let site = expect_context::<PageContext>().site;
    view! { <AccountCreated waits=site.approval /> }
}
