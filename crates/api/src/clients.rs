//! Clients: the list, single clients and their changes.

use axum::{Json, extract::State};
use domain::{
    clients::{CLIENTS_ORDER, Client, ClientDraft, ClientEdit, ClientUse},
    list::{Limits, SearchParams},
};
use service::{
    Error, Services,
    access::{ClientsRead, ClientsWrite},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    error::ApiError,
    extract::{Allowed, ClientPath, Params},
    file::{Download, SearchExportParams, format_of_rows},
    if_match::IfMatch,
    page::PageResponse,
    response::{
        Created, Stored, SuccessResponse, VersionResponse, Versioned, Written, success, written,
    },
    site::FromThisSite,
    state::ApiState,
};

/// Path of the list.
const PATH: &str = "/api/admin/clients";

/// Returns the routes of clients.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_clients, create_client))
        .routes(routes!(export_clients))
        .routes(routes!(get_client, update_client, delete_client))
        .routes(routes!(preview_client_deletion))
}

impl Stored for Client {
    type Written = VersionResponse<i32>;

    fn written(self) -> VersionResponse<i32> {
        VersionResponse::new(self.id, self.version)
    }
}

/// List clients
///
/// By name.
#[utoipa::path(
    get,
    path = "/api/admin/clients",
    tag = "Clients",
    params(SearchParams),
    responses((status = OK, body = [Client])),
    security(("token" = ["clients:read"]))
)]
async fn list_clients(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ClientsRead>,
    Params(params): Params<SearchParams>,
) -> Result<PageResponse<Client>, ApiError> {
    let query = params
        .parse(Limits::API, CLIENTS_ORDER)
        .map_err(Error::from)?;
    let clients = service::clients::list(&services, &authorized, &query).await?;
    Ok(PageResponse::new(clients.page, PATH, &params))
}

/// Download clients
///
/// All matching clients by name: as CSV, or as one JSON object per line.
#[utoipa::path(
    get,
    path = "/api/admin/clients/export",
    tag = "Clients",
    params(SearchExportParams),
    responses((status = OK, content((String = "text/csv"), (String = "application/x-ndjson")))),
    security(("token" = ["clients:read"]))
)]
async fn export_clients(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ClientsRead>,
    _: FromThisSite,
    Params(asked): Params<SearchExportParams>,
) -> Result<Download, ApiError> {
    let format = format_of_rows(&asked.format)?;
    let pieces = service::clients::export(&services, &authorized, &asked.search(), format).await?;
    Ok(Download::of_rows(pieces, format, "clients"))
}

/// Create a client
///
/// Without `clients:read` the response has only the id and the version.
#[utoipa::path(
    post,
    path = "/api/admin/clients",
    tag = "Clients",
    request_body = ClientDraft,
    responses((status = CREATED, body = Client, headers(("Location" = String, description = "URL of the client")))),
    security(("token" = ["clients:write"]))
)]
async fn create_client(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ClientsWrite>,
    Body(draft): Body<ClientDraft>,
) -> Result<Created<Versioned<Written<Client>>>, ApiError> {
    let client = service::clients::create(&services, &authorized, draft).await?;
    let location = format!("{PATH}/{}", client.id);
    Ok(Created::new(written(&authorized, client.version, client)).at(location))
}

/// Get a client
#[utoipa::path(
    get,
    path = "/api/admin/clients/{client}",
    tag = "Clients",
    responses((status = OK, body = Client)),
    security(("token" = ["clients:read"]))
)]
async fn get_client(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ClientsRead>,
    ClientPath(id): ClientPath,
) -> Result<Versioned<Json<Client>>, ApiError> {
    let client = service::clients::find(&services, &authorized, id).await?;
    Ok(Versioned {
        version: client.version,
        body: Json(client),
    })
}

/// Change a client
///
/// Absent fields stay unchanged, `null` removes the logo. Without `clients:read` the response has only the id and the version.
#[utoipa::path(
    method(put, patch),
    path = "/api/admin/clients/{client}",
    tag = "Clients",
    params(IfMatch),
    request_body = ClientEdit,
    responses((status = OK, body = Client)),
    security(("token" = ["clients:write"]))
)]
async fn update_client(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ClientsWrite>,
    ClientPath(id): ClientPath,
    if_match: IfMatch,
    Body(edit): Body<ClientEdit>,
) -> Result<Versioned<Written<Client>>, ApiError> {
    let target = (id, if_match.version());
    let edited = service::clients::edit(&services, &authorized, target, edit).await;
    let client = if_match.check(edited)?;
    Ok(written(&authorized, client.version, client))
}

/// Delete a client
///
/// A client with resources or personas cannot be deleted. Its number stays in the lists of users.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{client}",
    tag = "Clients",
    params(IfMatch),
    responses((status = OK, body = SuccessResponse)),
    security(("token" = ["clients:write"]))
)]
async fn delete_client(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ClientsWrite>,
    ClientPath(id): ClientPath,
    if_match: IfMatch,
) -> Result<Json<SuccessResponse>, ApiError> {
    let target = (id, if_match.version());
    let deleted = service::clients::delete(&services, &authorized, target, None).await;
    if_match.check(deleted)?;
    Ok(success())
}

/// Preview the deletion of a client
///
/// Numbers of users, resources and personas that refer to it.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{client}/deletion-preview",
    tag = "Clients",
    responses((status = OK, body = ClientUse)),
    security(("token" = ["clients:read"]))
)]
async fn preview_client_deletion(
    State(services): State<Services>,
    Allowed(authorized): Allowed<ClientsRead>,
    ClientPath(id): ClientPath,
) -> Result<Json<ClientUse>, ApiError> {
    let used = service::clients::preview_deletion(&services, &authorized, id).await?;
    Ok(Json(used))
}
