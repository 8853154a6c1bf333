//! Headers of responses in the document.

use utoipa::openapi::{Header, Object, Response, Type};

/// A header of a response: its name, its type and its description.
pub(super) type Said = (&'static str, Type, &'static str);

/// Headers of a page of a list.
pub(super) const PAGE: [Said; 3] = [
    (
        "Link",
        Type::String,
        "Links to the previous and next page, as `rel=\"prev\"` and `rel=\"next\"`.",
    ),
    (
        "X-Total-Count",
        Type::Integer,
        "Number of matches. Not sent for lists without a total.",
    ),
    (
        "X-Total-Count-Relation",
        Type::String,
        "`eq` if the count is exact, `gte` if counting stopped at it.",
    ),
];
/// Header of an object with a version.
pub(super) const VERSION: [Said; 1] = [(
    "ETag",
    Type::String,
    "Version of the object, for `If-Match`.",
)];
/// Header of a response that may be stored for repeated requests.
pub(super) const REPLAYED: [Said; 1] = [(
    "Idempotency-Replayed",
    Type::String,
    "`true` if this is the stored response of an earlier request with the same key.",
)];
/// Headers of every response that counts against the rate limit.
pub(super) const LIMITS: [Said; 2] = [
    (
        "RateLimit-Policy",
        Type::String,
        "Quota and its window in seconds, such as `\"api\";q=1000;w=60`.",
    ),
    (
        "RateLimit",
        Type::String,
        "Remaining requests, and seconds until one more is allowed, such as `\"api\";r=998;t=1`.",
    ),
];
/// Header of an error after which the request can be sent again.
pub(super) const RETRY: [Said; 1] = [(
    "Retry-After",
    Type::Integer,
    "Seconds to wait before the next attempt.",
)];

/// Adds headers to the description of a response.
pub(super) fn describe(response: &mut Response, headers: &[Said]) {
    for (name, kind, text) in headers {
        let mut header = Header::new(Object::with_type(kind.clone()));
        header.description = Some((*text).to_owned());
        response.headers.insert((*name).to_owned(), header.into());
    }
}
