//! Clients: the list, and the forms that change it.

#![expect(
    missing_docs,
    reason = "the macro turns the arguments, which are fields of a form, into fields of a struct"
)]

use domain::{
    clients::{Client, ClientDraft, ClientEdit, ClientUse, ListedClient},
    list::{Listed, SearchParams},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use service::{
    Error,
    access::{ClientsRead, ClientsWrite},
    clients::ClientRef,
};

#[cfg(feature = "ssr")]
use super::ssr;
use super::{
    error::ApiError,
    first_values::changed,
    form_success::FormSuccess,
    listed::ListResult,
    wire::{Get, Post},
};

/// Path of the list of clients.
pub const CLIENTS: &str = "/clients";

/// A client, and the numbers of objects that refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientDeletionView {
    /// The client.
    pub client: Client,
    /// Numbers of the objects.
    pub used: ClientUse,
}

/// Lists one page of the clients.
#[server(endpoint = "client-list", protocol = Get)]
pub async fn list_clients(
    #[server(default)] params: SearchParams,
) -> Result<ListResult<Listed<ListedClient>>, ApiError> {
    use domain::{clients::CLIENTS_ORDER, list::Limits};
    let query = params.parse(Limits::PANEL, CLIENTS_ORDER);
    ssr::call_list::<ClientsRead, _, _>(query, async |services, authorized, query| {
        service::clients::list_counted(&services, &authorized, &query).await
    })
    .await
}

/// Returns a client by its number.
#[server(endpoint = "client", protocol = Get)]
pub async fn find_client(id: String) -> Result<Client, ApiError> {
    ssr::call::<ClientsRead, _>(async |services, authorized| {
        service::clients::find(&services, &authorized, number(&id)?).await
    })
    .await
}

/// Returns a client and the numbers of objects that refer to it.
#[server(endpoint = "client-deletion", protocol = Get)]
pub async fn preview_client_deletion(id: String) -> Result<ClientDeletionView, ApiError> {
    ssr::call::<ClientsRead, _>(async |services, authorized| {
        let id = number(&id)?;
        Ok(ClientDeletionView {
            client: service::clients::find(&services, &authorized, id).await?,
            used: service::clients::preview_deletion(&services, &authorized, id).await?,
        })
    })
    .await
}

/// Parses the number of a client in a path.
#[cfg(feature = "ssr")]
fn number(id: &str) -> Result<i32, Error> {
    let number = id.parse();
    number.map_err(|_| Error::NotFound(domain::error::Entity::Client))
}

/// Creates a client.
#[server(endpoint = "create-client", protocol = Post)]
pub async fn create_client(
    #[server(default)] name: String,
    #[server(default)] logo_url: String,
) -> Result<FormSuccess, ApiError> {
    use domain::flash::ResourceEvent;
    let draft = draft(CreateClient { name, logo_url });
    ssr::call::<ClientsWrite, _>(async |services, authorized| {
        let client = service::clients::create(&services, &authorized, draft).await?;
        Ok(flash(ResourceEvent::ClientCreated, client.name).await)
    })
    .await
}

/// Changes a client if it still has the name and the version that the form showed.
#[server(endpoint = "edit-client", protocol = Post)]
pub async fn edit_client(
    id: i32,
    shown: String,
    version: i32,
    #[server(default)] name: String,
    #[server(default)] logo_url: String,
    #[server(default)] first: String,
) -> Result<FormSuccess, ApiError> {
    use domain::flash::ResourceEvent;
    let target = ClientRef::shown(id, shown.as_str(), version);
    let edit = edit(EditClient {
        id,
        shown,
        version,
        name,
        logo_url,
        first,
    });
    ssr::call_with_read::<ClientsWrite, _>(async |services, authorized| {
        let client = service::clients::edit(&services, &authorized, target, edit).await?;
        Ok(flash(ResourceEvent::ClientSaved, client.name).await)
    })
    .await
}

/// Deletes a client. `shown`, `version` and `users` are the name, the version and the number of users that the form showed.
#[server(endpoint = "delete-client", protocol = Post)]
pub async fn delete_client(
    id: i32,
    version: i32,
    shown: String,
    users: u64,
) -> Result<FormSuccess, ApiError> {
    use domain::flash::ResourceEvent;
    let target = ClientRef::shown(id, shown.as_str(), version);
    ssr::call_with_read::<ClientsWrite, _>(async |services, authorized| {
        service::clients::delete(&services, &authorized, target, Some(users)).await?;
        Ok(flash(ResourceEvent::ClientDeleted, shown).await)
    })
    .await
}

/// Redirects to the list of clients with a message about one of them.
#[cfg(feature = "ssr")]
async fn flash(event: domain::flash::ResourceEvent, name: String) -> FormSuccess {
    use domain::flash::{Flash, FlashEvent};
    let flash = Flash::of(FlashEvent::Resource(event), [name]);
    FormSuccess::flash(CLIENTS, flash, None).await
}

/// Converts the form of a new client to a draft.
#[must_use]
pub fn draft(form: CreateClient) -> ClientDraft {
    ClientDraft {
        name: form.name,
        logo_url: Some(form.logo_url),
    }
}

/// Converts the form of a client to an edit of the changed fields.
#[must_use]
pub fn edit(form: EditClient) -> ClientEdit {
    ClientEdit {
        name: changed(&form.first, "name", form.name),
        logo_url: changed(&form.first, "logo_url", form.logo_url).map(Some),
    }
}
