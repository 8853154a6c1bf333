//! Self-registration, and decisions on pending registrations.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::{
    access::local_path,
    credentials::AccountDraft,
    list::Listed,
    registrations::{Decision, PendingRegistration},
    users::bulk::BulkOutcome,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::access::{RegistrationsRead, RegistrationsWrite};

#[cfg(feature = "ssr")]
use super::{bulk, site, ssr, success_page::SuccessPage};
use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};

/// Path of the list of pending registrations.
pub const PENDING_LIST: &str = "/registrations";

/// Registers an account. `subject` is a hidden field that only bots fill in. Returns the path of the next page.
#[server(endpoint = "register", protocol = Post)]
pub async fn register(
    username: String,
    display_name: String,
    #[server(default)] email: String,
    password: String,
    password_again: String,
    #[server(default)] subject: String,
) -> Result<FormSuccess, ApiError> {
    let trap = subject.clone();
    let draft = own_account(Register {
        username,
        display_name,
        email,
        password,
        password_again,
        subject,
    });
    ssr::call_public(async |services, origin| {
        service::registrations::register(&services, draft, &trap, origin).await?;
        Ok(FormSuccess::to(
            SuccessPage::Registered.show(&services.settings),
        ))
    })
    .await
}

/// Converts the form to a draft.
#[must_use]
pub fn own_account(form: Register) -> AccountDraft {
    AccountDraft {
        username: form.username,
        display_name: form.display_name,
        email: form.email,
        password: form.password,
        password_again: form.password_again,
    }
}

/// Lists one page of the pending registrations, at the position of a cursor.
#[server(endpoint = "pending-registrations", protocol = Get)]
pub async fn list_pending(
    #[server(default)] after: Option<String>,
    #[server(default)] before: Option<String>,
    #[server(default)] limit: Option<String>,
) -> Result<Listed<PendingRegistration>, ApiError> {
    let params = domain::list::UnfilteredParams {
        limit,
        after,
        before,
    };
    ssr::call::<RegistrationsRead, _>(async |services, authorized| {
        let query = ssr::unfiltered(&params, domain::registrations::PENDING_ORDER)?;
        service::registrations::list(&services, &authorized, &query).await
    })
    .await
}

/// Previews a decision without changing anything: the registrations that it would decide, and the reason for each that it
/// would skip. `selected` holds `id:version:username` of each, separated by spaces.
#[server(endpoint = "preview-decision", protocol = Get)]
pub async fn preview_decision(
    decision: Decision,
    selected: String,
) -> Result<BulkOutcome, ApiError> {
    let mut outcome = decide(decision, &selected, String::new(), None).await?;
    outcome.translate(crate::text::message::translated);
    Ok(outcome)
}

/// Approves or rejects registrations if their number equals `expected`. `back` is the page to return to.
#[server(endpoint = "decide", protocol = Post)]
pub async fn decide_registrations(
    decision: Decision,
    selected: String,
    expected: usize,
    #[server(default)] back: String,
    #[server(default)] note: String,
) -> Result<FormSuccess, ApiError> {
    use domain::{
        flash::{Flash, FlashEvent},
        users::action::UserAction,
    };
    let outcome = decide(decision, &selected, note, Some(expected)).await?;
    let event = match decision {
        Decision::Approve => FlashEvent::User(UserAction::Approve),
        Decision::Reject => FlashEvent::RegistrationRejected,
    };
    let flash = Flash::of(event, bulk::read::changed_names(&outcome));
    Ok(FormSuccess::flash(list_of(&back), flash, None).await)
}

/// Returns the page to go back to: the path in the form if it is the list of pending registrations, else that list.
#[must_use]
pub fn list_of(back: &str) -> &str {
    match local_path(back) {
        list if list.split('?').next() == Some(PENDING_LIST) => list,
        _ => PENDING_LIST,
    }
}

/// Decides the registrations, or without `expected` previews the decision.
#[cfg(feature = "ssr")]
async fn decide(
    decision: Decision,
    selected: &str,
    note: String,
    expected: Option<usize>,
) -> Result<BulkOutcome, ApiError> {
    ssr::call_with_read::<RegistrationsWrite, _>(async |services, authorized| {
        // The preview locks the users as the decision does, although it is a `GET`.
        if expected.is_none() {
            site::require(&services.settings)?;
        }
        let request = domain::registrations::DecisionRequest {
            decision,
            users: bulk::read::selected(selected)?,
            note,
            expected,
        };
        service::registrations::decide(&services, &authorized, request).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_link_stays_within_registrations() {
        for (back, expected) in [
            ("/registrations?after=x", "/registrations?after=x"),
            ("/registrations", "/registrations"),
            ("/users", "/registrations"),
            ("//evil.example/registrations", "/registrations"),
            ("", "/registrations"),
        ] {
            assert_eq!(list_of(back), expected, "{back}");
        }
    }
}
