//! Acceptance of an invitation.

use domain::{access::BuiltinRole, fields::FieldErrors};
use leptos::prelude::*;

use crate::{
    api::{
        invitations::{AcceptInvitation, CheckInvitation, own_account},
        read::ReadRequest,
    },
    components::{
        card::CardPage,
        form,
        link_page::{DeadLink, handle},
        loaded::Loaded,
        own_account::{AccountCreated, OwnAccountForm},
    },
    context::PageContext,
    labels, text,
};

/// Renders the page behind an invitation link.
#[component]
pub fn Invited() -> impl IntoView {
    let handle = handle();
    let invitation = Loaded::new(move || ReadRequest::of(CheckInvitation { link: handle() }));
    let page = invitation.draw(ViewFnOnce::default(), |invitation| match invitation {
        Ok(roles) => view! { <InvitedForm roles=roles /> }.into_any(),
        Err(problem) => {
            view! { <DeadLink dead=text::public::dead_invitation() problem=problem /> }.into_any()
        }
    });
    view! {
        <CardPage title=text::public::invite()>
            {page}
        </CardPage>
    }
}

#[component]
fn InvitedForm(roles: Vec<String>) -> impl IntoView {
    let min = expect_context::<PageContext>().site.password_min;
    let check = move |form: AcceptInvitation| -> FieldErrors {
        let checked = own_account(form).check(min, Ok(()));
        checked.err().unwrap_or_default()
    };
    let form_state = form::send_checked::<AcceptInvitation>("/invite", check);
    let more: Vec<String> = roles
        .iter()
        .filter(|role| *role != BuiltinRole::User.as_str())
        .map(|role| labels::role(role))
        .collect();
    let lead = match more.join(", ") {
        none if none.is_empty() => text::public::invite_lead(min),
        roles => text::public::invite_lead_roles(roles, min),
    };
    view! {
        <OwnAccountForm
            path="/invite"
            title=text::public::invite_title()
            lead=lead
            action=text::public::create_account()
            form_state=form_state
            link=Signal::derive(handle())
        />
    }
}

/// Renders the confirmation after the account was created.
#[component]
pub fn InvitationAccepted() -> impl IntoView {
    view! { <AccountCreated waits=false /> }
}
