//! Another link for an invitation, or an end to it.

use domain::access::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::invitations::{DoToInvitation, INVITATIONS, InvitationDeed},
    components::dialog::{FormDialog, Place},
    pages::form,
};

/// The dialog of a deed.
#[component]
pub fn Change() -> impl IntoView {
    let params = use_params_map();
    move || {
        let params = params.read();
        let deed = params
            .get("deed")
            .and_then(|word| InvitationDeed::of(&word))?;
        let id = params.get("id")?;
        Some(view! { <ChangeForm id=id deed=deed /> })
    }
}

#[component]
fn ChangeForm(id: String, deed: InvitationDeed) -> impl IntoView {
    let path = format!("{INVITATIONS}/{id}/{}", deed.as_str());
    let sending = form::send::<DoToInvitation>(&path);
    let (title, meaning, action) = match deed {
        InvitationDeed::Resend => (
            "New link",
            "The link that was made before stops working. The new one works as long as that did, and you answer for it.",
            "Make link",
        ),
        InvitationDeed::Revoke => (
            "Revoke the invitation",
            "Its link stops working. Accounts that were made with it stay.",
            "Revoke",
        ),
    };
    view! {
        <FormDialog
            place=Place {
                path,
                back: INVITATIONS.to_owned(),
            }
            title=title
            sending=sending
            refusal=None
            action=Signal::stored(action.to_owned())
            danger=deed == InvitationDeed::Revoke
            right=Permission::RegistrationsWrite
        >
            <p>{meaning}</p>
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="deed" value=deed.as_str() />
        </FormDialog>
    }
}
