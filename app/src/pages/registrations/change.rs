//! Another link for an invitation, or an end to it.

use domain::access::Permission;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::invitations::{Listed, over};
use crate::{
    api::invitations::{DoToInvitation, INVITATIONS, InvitationDeed},
    components::dialog::{FormDialog, Place},
    pages::{form, person::with},
};

/// The dialog of a deed.
#[component]
pub fn Change() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let list = expect_context::<Listed>();
    move || {
        let params = params.read();
        let deed = params
            .get("deed")
            .and_then(|word| InvitationDeed::of(&word))?;
        let id = params.get("id")?;
        let before = query.read_untracked().get("before");
        Some(with(list, move |part| {
            let mut invitations = part.items.into_iter();
            let found = invitations.find(|invitation| invitation.id.to_string() == id);
            let note = found.map(|invitation| invitation.note.unwrap_or_default());
            let back = over(INVITATIONS, before.as_deref());
            view! { <ChangeForm id=id.clone() note=note deed=deed back=back /> }
        }))
    }
}

#[component]
fn ChangeForm(
    id: String,
    note: Option<String>,
    deed: InvitationDeed,
    back: String,
) -> impl IntoView {
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
    let gone = note.is_none();
    let note = note.unwrap_or_default();
    let title = match note.as_str() {
        "" => title.to_owned(),
        note => format!("{title}: {note}"),
    };
    view! {
        <FormDialog
            place=Place { path, back }
            title=title
            sending=sending
            refusal=gone.then(|| "This invitation is not on this page of the list.".to_owned())
            action=Signal::stored(action.to_owned())
            danger=deed == InvitationDeed::Revoke
            right=Permission::RegistrationsWrite
        >
            <p>{meaning}</p>
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="shown" value=note />
            <input type="hidden" name="deed" value=deed.as_str() />
        </FormDialog>
    }
}
