//! The administration API of the LiteLLM proxy: users, virtual keys, teams, invitations and budgets.

mod activity;
mod body;
mod budgets;
mod callers;
mod errors;
mod invitations;
mod keys;
mod onboarding;
mod query;
mod roles;
mod settings;
mod teams;
mod users;

use async_trait::async_trait;
use axum::{
    Router,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::Response,
    routing::{get, patch, post},
};
use domain::{identifiers::Namespace, users::names::is_deceptive};
use service::{
    Error, Services,
    access::{Identity, OperatorKey, Origin},
    access_tokens,
};

use crate::{Dialect, DialectError, RequestInfo};

/// Name of the dialect, and the namespace of its identifiers.
const NAME: &str = "litellm";
/// Name of the master key in the audit log.
const MASTER_KEY: &str = "litellm master key";
/// Header with the name of the user that the caller acts for.
const CHANGED_BY: &str = "litellm-changed-by";
/// Maximum number of characters of that name.
const CHANGED_BY_MAX: usize = 200;

/// The LiteLLM proxy.
#[derive(Debug, Clone, Copy, Default)]
pub struct LiteLlm;

#[async_trait]
impl Dialect for LiteLlm {
    fn name(&self) -> &'static str {
        NAME
    }

    fn system(&self) -> &'static str {
        "LiteLLM"
    }

    fn client_line(&self, url: &str) -> String {
        format!("LITELLM_PROXY_URL={url}")
    }

    fn documentation(&self) -> &'static str {
        include_str!("../../../docs/dialects/litellm.md")
    }

    fn routes(&self) -> Router<Services> {
        Router::new()
            .merge(user_routes())
            .merge(key_routes())
            .merge(team_routes())
            .route("/invitation/new", post(invitations::create))
            .route("/invitation/info", get(invitations::info))
            .route("/invitation/update", post(invitations::update))
            .route("/invitation/delete", post(invitations::delete))
            .route("/onboarding/get_token", get(onboarding::get_token))
            .route("/onboarding/claim_token", post(onboarding::claim_token))
            .route("/get/internal_user_settings", get(settings::get))
            .route("/update/internal_user_settings", patch(settings::update))
    }

    fn credential<'h>(&self, headers: &'h HeaderMap) -> Option<&'h [u8]> {
        headers
            .get(header::AUTHORIZATION)
            .map(HeaderValue::as_bytes)
    }

    async fn authenticate(
        &self,
        services: &Services,
        parts: &Parts,
    ) -> Option<Result<Identity, Error>> {
        let value = parts.headers.get(header::AUTHORIZATION)?;
        let Some(key) = bearer(value) else {
            return Some(Err(errors::MALFORMED_KEY));
        };
        let origin = origin(parts);
        let master = services.settings.litellm_master_key.as_ref();
        if master.is_some_and(|master| master.matches(key)) {
            let label = MASTER_KEY;
            return Some(Ok(Identity::Operator(OperatorKey { label, origin })));
        }
        let found = access_tokens::find_caller(services, key, &origin).await;
        Some(found.map(Identity::from))
    }

    fn render(&self, error: &DialectError, request: &RequestInfo) -> Response {
        errors::render(error, request)
    }
}

fn user_routes() -> Router<Services> {
    Router::new()
        .route("/user/new", post(users::create::new))
        .route("/user/info", get(users::info::info))
        .route("/v2/user/info", get(users::info::info_v2))
        .route("/user/update", post(users::update::update))
        .route("/user/bulk_update", post(users::bulk::update))
        .route("/user/list", get(users::list::list))
        .route("/user/get_users", get(users::list::list))
        .route("/user/filter/ui", get(users::list::filter))
        .route("/user/delete", post(users::delete::delete))
        .route("/user/available_roles", get(roles::available))
        .route("/user/daily/activity", get(activity::daily))
}

fn key_routes() -> Router<Services> {
    Router::new()
        .route("/key/generate", post(keys::generate::generate))
        .route("/key/info", get(keys::info))
        .route("/key/list", get(keys::list::list))
        .route("/key/update", post(keys::update::update))
        .route("/key/delete", post(keys::state::delete))
        .route("/key/block", post(keys::state::block))
        .route("/key/unblock", post(keys::state::unblock))
}

fn team_routes() -> Router<Services> {
    Router::new()
        .route("/team/new", post(teams::change::new))
        .route("/team/info", get(teams::info))
        .route("/team/list", get(teams::list))
        .route("/team/update", post(teams::change::update))
        .route("/team/delete", post(teams::change::delete))
        .route("/team/member_add", post(teams::members::add))
        .route("/team/member_delete", post(teams::members::delete))
}

/// Returns the namespace of identifiers and extensions.
fn namespace() -> Result<Namespace, DialectError> {
    NAME.parse().map_err(|_| DialectError::Internal)
}

/// Returns the key of the header `Authorization`.
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}

/// Returns the origin of a request, with the user that the caller acts for.
fn origin(parts: &Parts) -> Origin {
    let origin = parts.extensions.get::<Origin>().cloned();
    let changed_by = parts.headers.get(CHANGED_BY).map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        let visible = text.chars().filter(|c| !is_deceptive(*c));
        visible.take(CHANGED_BY_MAX).collect::<String>()
    });
    Origin {
        changed_by: changed_by.filter(|name| !name.trim().is_empty()),
        ..origin.unwrap_or_default()
    }
}
