//! Renewal of an invitation link.

use domain::{list::UnfilteredParams, permission::Permission};
use leptos::prelude::*;

use super::{invitations::LoadedInvitations, params};
use crate::{
    api::{
        error::set_not_found,
        invitations::{INVITATIONS, RenewInvitation},
    },
    components::{
        dialog::{DialogRoute, FormDialog},
        form,
        parameters::use_query,
        rows::keyed_by,
        tab::with,
    },
    links::over,
    text,
};

/// Renders the dialog that creates a new link.
#[component]
pub fn Change() -> impl IntoView {
    keyed_by("id", |id| view! { <ChangeOf id=id /> }.into_any())
}

#[component]
fn ChangeOf(id: String) -> impl IntoView {
    let back = over(
        INVITATIONS,
        &use_query().with_untracked(params::<UnfilteredParams>),
    );
    with(expect_context::<LoadedInvitations>(), move |listed| {
        let mut invitations = listed.page.rows.into_iter();
        let found = invitations.find(|invitation| invitation.id.to_string() == id);
        if found.is_none() {
            set_not_found();
        }
        let note = found.map(|invitation| invitation.note.unwrap_or_default());
        view! { <ChangeForm id=id.clone() note=note back=back.clone() /> }
    })
}

#[component]
fn ChangeForm(id: String, note: Option<String>, back: String) -> impl IntoView {
    let path = format!("{INVITATIONS}/{id}/resend");
    let form_state = form::send::<RenewInvitation>(&path);
    let denied = match note {
        Some(_) => None,
        None => Some(text::registrations::new_link_missing().to_owned()),
    };
    let note = note.unwrap_or_default();
    let title = match note.as_str() {
        "" => text::registrations::new_link().to_owned(),
        note => text::registrations::new_link_for(note),
    };
    view! {
        <FormDialog
            route=DialogRoute { path, back }
            title=title
            form_state=form_state
            denied=denied
            action=Signal::stored(text::registrations::new_link_create().to_owned())
            right=Permission::RegistrationsWrite
        >
            <p>{text::registrations::new_link_hint()}</p>
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="shown" value=note />
        </FormDialog>
    }
}
