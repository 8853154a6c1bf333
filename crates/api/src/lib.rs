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
use utoipa_axum::{router::OpenApiRouter, routes};

use document::described::only_described;
use state::ApiState;
use users::{details, manage};

/// Returns the routes for the probes of orchestrators and load balancers. They need no session.
pub fn probes<S>(state: ApiState) -> Router<S> {
    let (routes, _) = probe_operations().split_for_parts();
    routes.with_state(state)
}

/// Returns the routes of the API but those of owned data, whose bodies may be longer.
pub fn routes<S>(state: ApiState) -> Router<S> {
    described(operations(), state)
}

/// Returns the routes of owned data. The bodies have at most [`owned::BODY_MAX`] bytes.
pub fn owned_routes<S>(state: ApiState) -> Router<S> {
    described(owned::operations(), state)
}

/// Returns the routes of operations, each with the check that the document describes the request.
fn described<S>(operations: OpenApiRouter<ApiState>, state: ApiState) -> Router<S> {
    let (routes, _) = operations.split_for_parts();
    routes
        .route_layer(from_fn(only_described))
        .with_state(state)
}

/// Returns the operations of the probes.
fn probe_operations() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(meta::alive))
        .routes(routes!(meta::ready))
}

/// Returns the operations of the API. The attribute of each handler describes it for the document.
fn operations() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(meta::health))
        .routes(routes!(meta::config))
        .routes(routes!(auth::login))
        .routes(routes!(auth::choose_password))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::me))
        .routes(routes!(registrations::register))
        .routes(routes!(account::delete))
        .routes(routes!(account::get, account::edit))
        .routes(routes!(account::export))
        .routes(routes!(account::sessions, account::revoke_other_sessions))
        .routes(routes!(account::revoke_session))
        .routes(routes!(access_tokens::own, access_tokens::create))
        .routes(routes!(access_tokens::revoke_own))
        .routes(routes!(keys::own::list, keys::own::create))
        .routes(routes!(keys::own::edit, keys::own::delete))
        .routes(routes!(keys::resolve))
        .merge(admin())
}

/// Returns the operations for administrators.
fn admin() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(overview::overview))
        .routes(routes!(users::list, users::create::create))
        .routes(routes!(users::bulk::bulk))
        .routes(routes!(users::find::find))
        .merge(manage::operations())
        .routes(routes!(users::export::export))
        .routes(routes!(
            details::reset_links,
            users::reset::create,
            users::reset::revoke
        ))
        .routes(routes!(users::reassign::reassign))
        .routes(routes!(details::history))
        .routes(routes!(details::roles))
        .routes(routes!(keys::list_of))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::edit, keys::delete))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::events::events))
        .routes(routes!(sessions::failed::list))
        .routes(routes!(sessions::revoke_many))
        .routes(routes!(sessions::revoke_one))
        .routes(routes!(access_tokens::list))
        .routes(routes!(access_tokens::revoke))
        .routes(routes!(registrations::list))
        .routes(routes!(registrations::settings))
        .routes(routes!(registrations::approve))
        .routes(routes!(registrations::reject))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::resend))
        .routes(routes!(invitations::revoke))
        .routes(routes!(settings::settings))
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::retry))
}
