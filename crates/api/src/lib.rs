//! The JSON API. A handler only translates: parse, one service call, map the error. The server adds the layers that it shares
//! with the panel, such as the recognition of the caller.

mod access_check;
mod access_tokens;
mod account;
mod audit;
mod auth;
pub mod bearer_token;
mod body;
mod clients;
mod conversations;
pub mod cookies;
pub mod document;
pub mod error;
mod extract;
mod features;
mod file;
mod groups;
pub mod idempotency;
mod if_match;
mod invitations;
mod jobs;
mod keys;
mod limits;
mod meta;
mod operations;
mod overview;
mod owned;
mod page;
pub mod rate;
mod registrations;
mod resources;
pub mod response;
mod roles;
mod sessions;
mod settings;
mod site;
pub mod state;
mod usage;
pub mod users;
mod virtual_keys;

use std::sync::LazyLock;

use axum::{Router, middleware::from_fn};
use utoipa_axum::router::OpenApiRouter;

use document::described::only_described;
use state::ApiState;

/// Returns the routes for the probes of orchestrators and load balancers. They need no session.
pub fn probes<S>(state: ApiState) -> Router<S> {
    let (routes, _) = meta::probes().split_for_parts();
    routes.with_state(state)
}

/// Maximum number of bytes of a body of [`large_routes`].
pub const LARGE_BODY_MAX: usize = 1024 * 1024;

/// Routes of [`routes`] without their state. They are built once per process, because their descriptions are built with them.
static SMALL: LazyLock<Router<ApiState>> = LazyLock::new(|| only_as_described(small_resources()));

/// Routes of [`large_routes`] without their state.
static LARGE: LazyLock<Router<ApiState>> = LazyLock::new(|| only_as_described(large_resources()));

/// Returns the routes of the API without [`large_routes`].
pub fn routes<S>(state: ApiState) -> Router<S> {
    SMALL.clone().with_state(state)
}

/// Returns the routes whose bodies are longer than forms: owned data, resources, conversations and usage of a host application, and
/// groups with their features and members.
pub fn large_routes<S>(state: ApiState) -> Router<S> {
    LARGE.clone().with_state(state)
}

/// Returns the routes with the layer that rejects requests that the document does not describe.
fn only_as_described(routes: OpenApiRouter<ApiState>) -> Router<ApiState> {
    let (routes, _) = routes.split_for_parts();
    routes.route_layer(from_fn(only_described))
}

/// Adds the routes of the resources to others.
macro_rules! with_resources {
    ({ $routes:expr } $($one:ident $many:ident $actions:tt $object:tt $tag:tt $($icon:ident)?;)+) => {
        $routes$(.merge($many::routes()))+
    };
}

/// Returns all routes but the large ones. The attribute of each handler describes it for the document.
fn small_resources() -> OpenApiRouter<ApiState> {
    let others = OpenApiRouter::new()
        .merge(meta::routes())
        .merge(auth::routes())
        .merge(account::routes())
        .merge(overview::routes())
        .merge(users::routes())
        .merge(access_check::routes())
        .merge(limits::routes())
        .merge(usage::routes())
        .merge(registrations::routes())
        .merge(invitations::routes())
        .merge(sessions::routes())
        .merge(keys::routes())
        .merge(access_tokens::routes())
        .merge(virtual_keys::routes())
        .merge(audit::routes())
        .merge(jobs::routes())
        .merge(settings::routes());
    domain::for_each_resource!(with_resources! { others })
}

/// Returns the routes of resources with long bodies.
fn large_resources() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(owned::routes())
        .merge(groups::large_routes())
        .merge(resources::large_routes())
        .merge(conversations::routes())
        .merge(usage::large_routes())
}
