//! Clients. Administrators see and change all of them, other users see those in their lists.

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::get,
};
use domain::{clients::Client, error::Entity, list::Slice, object::Object};
use service::{Error, Services, access::Identity, clients, numbered};

use super::{
    parameters::{self, SliceParams},
    types::{ClientCreate, ClientUpdate, TrackerClient},
};
use crate::{Authenticated, DialectError, JsonBody};

/// Text for a user who sees no client.
const NONE_AUTHORIZED: &str = "No authorized clients found";
const NOT_FOUND: Error = Error::NotFound(Entity::Client);

/// Returns the routes of clients.
pub(super) fn routes() -> Router<Services> {
    let all = get(list).post(create);
    Router::new()
        .route("/api/v1/clients", all.clone())
        .route("/api/v1/clients/", all)
        .route(
            "/api/v1/clients/{id}",
            get(get_client).put(update).patch(update).delete(delete),
        )
}

async fn list(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Query(params): Query<SliceParams>,
) -> Result<Json<Vec<TrackerClient>>, DialectError> {
    let slice = params.parse()?;
    let clients = match identity.require() {
        Ok(authorized) => numbered::clients(&services, &authorized, slice).await?,
        Err(_) => own(&services, &identity, slice).await?,
    };
    Ok(Json(clients.into_iter().map(TrackerClient::from).collect()))
}

/// Returns a part of the caller's own list.
async fn own(
    services: &Services,
    identity: &Identity,
    Slice { skip, limit }: Slice,
) -> Result<Vec<Client>, DialectError> {
    let clients = numbered::own_clients(services, identity.user()?).await?;
    if clients.is_empty() {
        let text = NONE_AUTHORIZED.to_owned();
        return Err(DialectError::Custom(StatusCode::NOT_FOUND, text));
    }
    let [skip, limit] = [skip, limit].map(|rows| usize::try_from(rows).unwrap_or(usize::MAX));
    Ok(clients.into_iter().skip(skip).take(limit).collect())
}

async fn get_client(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<TrackerClient>, DialectError> {
    let id = client_id(&id)?;
    let client = match identity.require() {
        Ok(authorized) => clients::find(&services, &authorized, id).await?,
        Err(_) => {
            let own = numbered::own_clients(&services, identity.user()?).await?;
            let found = own.into_iter().find(|client| client.id == id);
            found.ok_or(NOT_FOUND)?
        }
    };
    Ok(Json(client.into()))
}

async fn create(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    JsonBody(Object(body)): JsonBody<Object<ClientCreate>>,
) -> Result<Json<TrackerClient>, DialectError> {
    let authorized = identity.require()?;
    let created = clients::create(&services, &authorized, body.into()).await?;
    Ok(Json(created.into()))
}

async fn update(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
    JsonBody(Object(body)): JsonBody<Object<ClientUpdate>>,
) -> Result<Json<TrackerClient>, DialectError> {
    let authorized = identity.require()?;
    let target = (client_id(&id)?, None);
    let edited = clients::edit(&services, &authorized, target, body.into()).await?;
    Ok(Json(edited.into()))
}

/// Deletes a client, and returns the client as before.
async fn delete(
    State(services): State<Services>,
    Authenticated(identity): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<TrackerClient>, DialectError> {
    let (readable, authorized) = (identity.require()?, identity.require()?);
    let id = client_id(&id)?;
    let client = clients::find(&services, &readable, id).await?;
    clients::delete(&services, &authorized, (id, None), None).await?;
    Ok(Json(client.into()))
}

fn client_id(text: &str) -> Result<i32, Error> {
    parameters::id(text, "client_id", Entity::Client)
}
