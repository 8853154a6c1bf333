//! Dialects: the layers that each has around its routes.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    middleware::{from_fn, from_fn_with_state},
};
use dialects::{Dialect, DialectError};
use service::Services;
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer,
    limit::RequestBodyLimitLayer, map_request_body::MapRequestBodyLayer,
};

use crate::{
    cookies,
    limits::Limits,
    middleware::{
        cookie_layers, error_response,
        rate::{self, Limited},
        recognisers, render_errors,
        stalled::{self, DatabaseState},
    },
};

/// Maximum number of bytes of a body.
const BODY_MAX: usize = 64 * 1024;

/// Builds the router of a dialect, whose errors the dialect renders.
pub(crate) fn router(
    dialect: &Arc<dyn Dialect>,
    services: &Services,
    limits: &Limits,
    database: &DatabaseState,
) -> Router {
    let routes = dialect
        .routes()
        .method_not_allowed_fallback(|| async { DialectError::MethodNotAllowed })
        .fallback(|| async { DialectError::UnknownPath })
        .layer(from_fn_with_state(
            (services.clone(), Arc::clone(dialect)),
            recognisers::identify,
        ));
    let routes = if dialect.uses_cookies() {
        let (own_site, sessions) = cookie_layers::of(services);
        routes.layer(ServiceBuilder::new().layer(own_site).layer(sessions))
    } else {
        routes.layer(from_fn(cookies::drop_all))
    };
    routes
        .layer(
            ServiceBuilder::new()
                .layer(RequestBodyLimitLayer::new(BODY_MAX))
                .layer(MapRequestBodyLayer::new(Body::new)),
        )
        .layer(from_fn_with_state(database.clone(), stalled::limit_dialect))
        // The first layer is the outermost one.
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(
                    (limits.clone(), Limited::Dialect(Arc::clone(dialect))),
                    rate::limit,
                ))
                .layer(from_fn_with_state(
                    Arc::clone(dialect),
                    render_errors::by_dialect,
                ))
                .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
                .layer(CatchPanicLayer::custom(error_response::panicked)),
        )
        .with_state(services.clone())
}
