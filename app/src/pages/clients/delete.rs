//! Deletion of a client. The dialog shows the numbers of users, resources and personas that refer to it.

use domain::{clients::ClientUse, messages, permission::Permission};
use leptos::prelude::*;

use super::route;
use crate::{
    api::{
        clients::{ClientDeletionView, DeleteClient, PreviewClientDeletion},
        read::ReadRequest,
    },
    components::{
        deletion::{Uncounted, once_loaded},
        description_list::DescriptionItem,
        dialog::FormDialog,
        form,
        loaded::Loaded,
        rows::keyed_by,
    },
    format::grouped,
    text,
};

/// Renders the dialog that deletes a client.
#[component]
pub fn Delete() -> impl IntoView {
    keyed_by("id", |id| {
        let route = route(&format!("{id}/delete"));
        let counting = route.clone();
        let preview =
            Loaded::new(move || ReadRequest::of(PreviewClientDeletion { id: id.clone() }));
        let fallback = move || view! { <Uncounted route=counting problem=None /> };
        let title = text::actions::delete();
        once_loaded(preview, route, title, fallback.into(), |preview| {
            view! { <DeleteForm preview=preview /> }.into_any()
        })
    })
}

#[component]
fn DeleteForm(preview: ClientDeletionView) -> impl IntoView {
    let ClientDeletionView { client, used } = preview;
    let route = route(&format!("{}/delete", client.id));
    let form_state = form::send::<DeleteClient>(&route.path);
    view! {
        <FormDialog
            route=route
            title=text::clients::delete_of(&client.name)
            form_state=form_state
            denied=in_use(used)
            action=Signal::stored(text::clients::delete_of(&client.name))
            right=Permission::ClientsWrite
            danger=true
        >
            <dl class="details">
                <DescriptionItem label=text::clients::users()>{grouped(used.users)}</DescriptionItem>
                <DescriptionItem label=text::clients::resources()>{grouped(used.resources)}</DescriptionItem>
                <DescriptionItem label=text::clients::personas()>{grouped(used.personas)}</DescriptionItem>
            </dl>
            <p class="notice tone-danger">
                {text::clients::delete_meaning(format!("#{}", client.id))}
            </p>
            <input type="hidden" name="id" value=client.id.to_string() />
            <input type="hidden" name="version" value=client.version.to_string() />
            <input type="hidden" name="shown" value=client.name />
            <input type="hidden" name="users" value=used.users.to_string() />
        </FormDialog>
    }
}

/// Returns the reason for denial if the client has resources or personas, with their numbers.
fn in_use(used: ClientUse) -> Option<String> {
    (used.resources > 0 || used.personas > 0).then(|| {
        format!(
            "{} {}: {}, {}: {}.",
            text::message::of(&messages::client_in_use()),
            text::clients::resources(),
            grouped(used.resources),
            text::clients::personas(),
            grouped(used.personas)
        )
    })
}
