//! Another link for an invitation.

use domain::access::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::invitations::{INVITATIONS, RenewInvitation},
    components::dialog::{FormDialog, Place},
    pages::form,
};

/// The dialog that creates another link.
#[component]
pub fn Change() -> impl IntoView {
    let id = use_params_map().read().get("id")?;
    let path = format!("{INVITATIONS}/{id}/resend");
    let sending = form::send::<RenewInvitation>(&path);
    Some(view! {
        <FormDialog
            place=Place {
                path,
                back: INVITATIONS.to_owned(),
            }
            title="New link"
            sending=sending
            refusal=None
            action=Signal::stored("Make link".to_owned())
            right=Permission::RegistrationsWrite
        >
            <p>
                "The link that was made before stops working. The new one works as long as that did, and you answer for it."
            </p>
            <input type="hidden" name="id" value=id />
        </FormDialog>
    })
}
