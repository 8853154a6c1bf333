//! Middleware, which runs before and after every handler.

pub(crate) mod body_limit;
pub(crate) mod cookie_layers;
pub(crate) mod details;
pub(crate) mod device;
pub(crate) mod error_response;
pub(crate) mod finish;
pub(crate) mod guard;
pub(crate) mod headers;
pub(crate) mod idempotency;
pub(crate) mod identity;
pub(crate) mod large_bodies;
pub(crate) mod origin;
pub(crate) mod rate;
pub(crate) mod recognisers;
pub(crate) mod render_errors;
pub(crate) mod scheme;
pub(crate) mod stalled;
pub(crate) mod trace;
