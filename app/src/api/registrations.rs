//! Self-registration, and decisions on pending registrations.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::{
    access::local_path,
    credentials::AccountDraft,
    list::Listed,
    registrations::{Decision, Registration, list::RegistrationParams},
    users::bulk::BulkOutcome,
};
#[cfg(feature = "ssr")]
use domain::{
    error::Conflict,
    flash::{Flash, FlashEvent, Undo},
    registrations::{DecisionDraft, DecisionRequest},
    users::{action::UserAction, bulk::Selected},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{RegistrationsRead, RegistrationsWrite},
    guard::TargetRef,
};
use uuid::Uuid;

#[cfg(feature = "ssr")]
use super::{bulk, site, ssr, success_page::SuccessPage};
use super::{
    error::ApiError,
    form_success::FormSuccess,
    listed::ListResult,
    wire::{Get, Post},
};

/// Path of the list of registrations.
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

/// Lists one page of the pending or rejected registrations.
#[server(endpoint = "registrations", protocol = Get)]
pub async fn list_registrations(
    #[server(default)] params: RegistrationParams,
) -> Result<ListResult<Listed<Registration>>, ApiError> {
    let query = params.parse(domain::list::Limits::PANEL);
    ssr::call_list::<RegistrationsRead, _, _>(query, async |services, authorized, query| {
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
    ssr::call_with_read::<RegistrationsWrite, _>(async |services, authorized| {
        // The preview locks the users as the decision does, although it is a `GET`.
        site::require(&services.settings)?;
        let request = DecisionRequest {
            decision,
            users: bulk::read::selected(&selected)?,
            draft: DecisionDraft::default(),
            expected: None,
        };
        let mut outcome = service::registrations::decide(&services, &authorized, request).await?;
        outcome.translate(crate::text::message::translated);
        Ok(outcome)
    })
    .await
}

/// Decides registrations if their number equals `expected`. `back` is the page to return to, `roles` are assigned on
/// approval. With `restorable`, a rejection is denied where it would be permanent.
#[server(endpoint = "decide", protocol = Post)]
pub async fn decide_registrations(
    decision: Decision,
    selected: String,
    expected: usize,
    #[server(default)] back: String,
    #[server(default)] note: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] restorable: bool,
) -> Result<FormSuccess, ApiError> {
    ssr::call_with_read::<RegistrationsWrite, _>(async |services, authorized| {
        let is_permanent = services.settings.delete_retention.is_zero();
        if restorable && decision == Decision::Reject && is_permanent {
            return Err(Error::Conflict(Conflict::NotRestorable));
        }
        let users = bulk::read::selected(&selected)?;
        let request = DecisionRequest {
            decision,
            users: users.clone(),
            draft: DecisionDraft { roles, note },
            expected: Some(expected),
        };
        let outcome = service::registrations::decide(&services, &authorized, request).await?;
        let list = list_of(&back);
        if outcome.changed == 0 {
            return Ok(FormSuccess::to(list));
        }
        let is_undoable = decision != Decision::Reject || outcome.restorable_until.is_some();
        let undo =
            is_undoable.then(|| undo(decision, &bulk::read::changed(&users, &outcome), list));
        let flash = Flash::of(event(decision), bulk::read::changed_names(&outcome));
        Ok(FormSuccess::flash(list, flash, undo).await)
    })
    .await
}

/// Approves or restores one registration at the version that was shown. `page` is the page to return to.
#[server(endpoint = "registration-operation", protocol = Post)]
pub async fn run_registration_operation(
    page: String,
    id: Uuid,
    username: String,
    version: i32,
    operation: Decision,
) -> Result<FormSuccess, ApiError> {
    let is_restore = match operation {
        Decision::Approve => false,
        Decision::Restore => true,
        Decision::Reject | Decision::Reopen => return Err(ApiError::unknown_action()),
    };
    ssr::call_with_read::<RegistrationsWrite, _>(async |services, authorized| {
        let target = TargetRef::of_user(id, username).at_version(version);
        let user = if is_restore {
            service::registrations::restore(&services, &authorized, target, "").await?
        } else {
            service::registrations::approve(&services, &authorized, target, "").await?
        };
        let (list, decided) = (list_of(&page), [Selected::from(&user.summary)]);
        // Without a retention period a rejection is permanent, so it cannot serve as undo.
        let is_undoable = !is_restore || !services.settings.delete_retention.is_zero();
        let undo = is_undoable.then(|| undo(operation, &decided, list));
        let flash = Flash::of(event(operation), [user.summary.username]);
        Ok(FormSuccess::flash(list, flash, undo).await)
    })
    .await
}

/// Returns the kind of the message about a decision.
#[cfg(feature = "ssr")]
const fn event(decision: Decision) -> FlashEvent {
    match decision {
        Decision::Approve => FlashEvent::User(UserAction::Approve),
        Decision::Reject => FlashEvent::RegistrationRejected,
        Decision::Reopen => FlashEvent::RegistrationReopened,
        Decision::Restore => FlashEvent::RegistrationRestored,
    }
}

/// Returns the form that undoes a decision on users who have these versions since.
#[cfg(feature = "ssr")]
fn undo(decision: Decision, users: &[Selected], back: &str) -> Undo {
    let reverse = decision.undone_by().as_str();
    let selected: Vec<String> = users.iter().map(ToString::to_string).collect();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("decision", reverse);
    form.append_pair("selected", &selected.join(" "));
    form.append_pair("expected", &users.len().to_string());
    form.append_pair("back", back);
    form.append_pair("restorable", "true");
    Undo {
        path: format!("{PENDING_LIST}/{reverse}"),
        form: form.finish(),
    }
}

/// Returns the page to go back to: the path in the form if it is the list of registrations, else that list.
#[must_use]
pub fn list_of(back: &str) -> &str {
    match local_path(back) {
        list if list.split('?').next() == Some(PENDING_LIST) => list,
        _ => PENDING_LIST,
    }
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

    #[cfg(feature = "ssr")]
    #[test]
    fn undo_of_a_rejection_restores() {
        let user = Selected {
            id: Uuid::from_u128(1),
            version: 3,
            username: Some("ada".to_owned()),
        };
        let undo = undo(Decision::Reject, &[user], "/registrations");
        assert_eq!(undo.path, "/registrations/restore");
        assert_eq!(
            undo.form,
            "decision=restore&selected=00000000000000000000000000000001%3A3%3Aada&expected=1&back=%2Fregistrations&restorable=true"
        );
    }
}
