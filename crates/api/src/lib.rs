//! The JSON API. A handler only translates: parse, one service call, map the error. The server adds the layers that it shares
//! with the panel, such as the recognition of the caller.

mod access_tokens;
mod account;
mod audit;
mod auth;
pub mod bearer_token;
mod body;
pub mod cookies;
pub mod document;
pub mod error;
mod extract;
mod file;
mod if_match;
mod invitations;
mod jobs;
mod keys;
mod meta;
mod operations;
mod overview;
pub mod owned;
mod page;
pub mod rate;
mod registrations;
pub mod response;
mod sessions;
mod settings;
mod site;
pub mod state;
pub mod users;

use axum::{Router, middleware::from_fn};
use utoipa_axum::router::OpenApiRouter;

use document::described::only_described;
use state::ApiState;

/// Returns the routes for the probes of orchestrators and load balancers. They need no session.
pub fn probes<S>(state: ApiState) -> Router<S> {
    let (routes, _) = meta::probes().split_for_parts();
    routes.with_state(state)
}

/// Returns the routes of the API without those of owned data, whose bodies may be longer.
pub fn routes<S>(state: ApiState) -> Router<S> {
    only_as_described(resources(), state)
}

/// Returns the routes of owned data. A body has at most [`owned::BODY_MAX`] bytes.
pub fn owned_routes<S>(state: ApiState) -> Router<S> {
    only_as_described(owned::routes(), state)
}

/// Returns the routes with the layer that rejects requests that the document does not describe.
fn only_as_described<S>(routes: OpenApiRouter<ApiState>, state: ApiState) -> Router<S> {
    let (routes, _) = routes.split_for_parts();
    routes
        .route_layer(from_fn(only_described))
        .with_state(state)
}

/// Returns the routes of all resources but owned data. The attribute of each handler describes it for the document.
fn resources() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(meta::routes())
        .merge(auth::routes())
        .merge(account::routes())
        .merge(overview::routes())
        .merge(users::routes())
        .merge(registrations::routes())
        .merge(invitations::routes())
        .merge(sessions::routes())
        .merge(keys::routes())
        .merge(access_tokens::routes())
        .merge(audit::routes())
        .merge(jobs::routes())
        .merge(settings::routes())
}
