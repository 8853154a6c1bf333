//! Invitations: creation, and acceptance by link.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::{
    credentials::AccountDraft,
    invitations::{Invitation, InvitationDraft},
    list::Listed,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use service::access::{RegistrationsRead, RegistrationsWrite};
use uuid::Uuid;

use super::{
    error::ApiError,
    form_success::FormSuccess,
    wire::{Get, Post},
};
#[cfg(feature = "ssr")]
use super::{links::INVITATION, ssr, success_page::SuccessPage};

/// Path of the list of invitations.
pub const INVITATIONS: &str = "/registrations/invitations";

/// Checks the invitation link of a handle. Returns the names of the roles that it assigns.
#[server(endpoint = "invitation", protocol = Get)]
pub async fn check_invitation(#[server(default)] link: String) -> Result<Vec<String>, ApiError> {
    // The submitted form already failed because of its link. Its error is the answer: opening the link again would count as
    // a second attempt.
    if let Some(problem) = ssr::link_problem() {
        return Err(ApiError(problem));
    }
    ssr::call_public(async |services, origin| {
        let token = INVITATION.token(&services, &link);
        let open = service::invitations::open(&services, &token, &origin).await?;
        Ok(open.roles)
    })
    .await
}

/// Creates an account by the invitation link of a handle. Returns the path of the next page.
#[server(endpoint = "accept-invitation", protocol = Post)]
pub async fn accept_invitation(
    username: String,
    display_name: String,
    #[server(default)] email: String,
    password: String,
    password_again: String,
    #[server(default)] link: String,
) -> Result<FormSuccess, ApiError> {
    ssr::call_public(async |services, origin| {
        let token = INVITATION.token(&services, &link);
        let forget = INVITATION.forget(&services.settings, &link);
        let draft = own_account(AcceptInvitation {
            username,
            display_name,
            email,
            password,
            password_again,
            link,
        });
        service::invitations::accept(&services, &token, draft, origin).await?;
        if let Some(forget) = forget {
            ssr::set_cookie(&forget);
        }
        Ok(FormSuccess::to(
            SuccessPage::InvitationAccepted.show(&services.settings),
        ))
    })
    .await
}

/// Converts the form to a draft.
#[must_use]
pub fn own_account(form: AcceptInvitation) -> AccountDraft {
    AccountDraft {
        username: form.username,
        display_name: form.display_name,
        email: form.email,
        password: form.password,
        password_again: form.password_again,
    }
}

/// Lists one page of the invitations, newest first, at the position of a cursor.
#[server(endpoint = "invitations", protocol = Get)]
pub async fn list_invitations(
    #[server(default)] after: Option<String>,
    #[server(default)] before: Option<String>,
    #[server(default)] limit: Option<String>,
) -> Result<Listed<Invitation>, ApiError> {
    let params = domain::list::UnfilteredParams {
        limit,
        after,
        before,
    };
    ssr::call::<RegistrationsRead, _>(async |services, authorized| {
        let query = ssr::unfiltered(&params, domain::invitations::INVITATIONS_ORDER)?;
        service::invitations::list(&services, &authorized, &query).await
    })
    .await
}

/// Creates an invitation and returns its link.
#[server(endpoint = "invite", protocol = Post)]
pub async fn invite(
    #[server(default)] note: String,
    #[server(default)] roles: Vec<String>,
    max_uses: String,
    days: u16,
) -> Result<FormSuccess, ApiError> {
    let draft = draft(Invite {
        note,
        roles,
        max_uses,
        days,
    });
    ssr::call::<RegistrationsWrite, _>(async |services, authorized| {
        let created = service::invitations::create(&services, &authorized, draft).await?;
        Ok(FormSuccess::to(INVITATIONS).with_link(&created.link))
    })
    .await
}

/// Converts the form to a draft. A number of uses that cannot be parsed becomes 0, which the check of the draft rejects.
#[must_use]
pub fn draft(form: Invite) -> InvitationDraft {
    InvitationDraft {
        roles: form.roles,
        days: form.days,
        max_uses: form.max_uses.trim().parse().unwrap_or_default(),
        note: form.note,
    }
}

/// Creates a new link for an invitation. `shown` is the note that the page showed, empty where it has none.
#[server(endpoint = "renew-invitation", protocol = Post)]
pub async fn renew_invitation(id: Uuid, shown: String) -> Result<FormSuccess, ApiError> {
    let invitation = service::guard::TargetRef::named(id, shown);
    ssr::call::<RegistrationsWrite, _>(async |services, authorized| {
        let link = service::invitations::resend(&services, &authorized, invitation).await?;
        Ok(FormSuccess::to(INVITATIONS).with_link(&link))
    })
    .await
}
