//! The JSON API. A handler only translates: parse, one service call, map the error.

mod access_tokens;
pub(crate) mod account;
mod audit;
pub(crate) mod auth;
mod body;
pub(crate) mod document;
mod extract;
mod file;
mod if_match;
pub(crate) mod invitations;
mod jobs;
pub(crate) mod keys;
pub(crate) mod meta;
mod overview;
pub(crate) mod owned;
mod page;
pub(crate) mod registrations;
mod response;
pub(crate) mod sessions;
mod settings;
mod site;
pub(crate) mod users;

use utoipa_axum::{router::OpenApiRouter, routes};

use self::users::{details, manage};
use crate::state::AppState;

/// Returns the routes for the probes of orchestrators and load balancers. They need no session.
pub(crate) fn probes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(meta::alive))
        .routes(routes!(meta::ready))
}

/// Returns the routes of the API. The attribute of each handler describes it for the document.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
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

/// Returns the routes for administrators.
fn admin() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(overview::overview))
        .routes(routes!(users::list, users::create::create))
        .routes(routes!(users::bulk::bulk))
        .routes(routes!(users::find::find))
        .merge(manage::routes())
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
        .routes(routes!(registrations::reopen))
        .routes(routes!(registrations::restore))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::resend))
        .routes(routes!(invitations::revoke))
        .routes(routes!(settings::settings))
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::retry))
}
