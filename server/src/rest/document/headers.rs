//! Headers of responses in the document.

use utoipa::openapi::{Header, Object, Response, Type};

/// A header of a response: its name, its type and its description.
pub(super) type Said = (&'static str, Type, &'static str);

/// Headers of a page of a list.
pub(super) const PAGE: [Said; 3] = [
    (
        "Link",
        Type::String,
        "The way to the pages before and after, as `rel=\"prev\"` and `rel=\"next\"`.",
    ),
    (
        "X-Total-Count",
        Type::Integer,
        "How many match, where they are counted.",
    ),
    (
        "X-Total-Count-Relation",
        Type::String,
        "`eq` where the count is exact, `gte` where counting stopped there.",
    ),
];
/// Header of a user.
pub(super) const VERSION: [Said; 1] = [(
    "ETag",
    Type::String,
    "The version of the account, for `If-Match`.",
)];
/// Header of a response that may be stored for repeated requests.
pub(super) const REPLAYED: [Said; 1] = [(
    "Idempotency-Replayed",
    Type::String,
    "`true` where this is the answer of an earlier request with the same key.",
)];
/// Headers of every response that counts against the rate limit.
pub(super) const LIMITS: [Said; 2] = [
    (
        "RateLimit-Policy",
        Type::String,
        "How many requests there may be, such as `\"api\";q=1000;w=60`.",
    ),
    (
        "RateLimit",
        Type::String,
        "How many are left, and after how many seconds there is one more, such as `\"api\";r=998;t=1`.",
    ),
];
/// Header of an error after which the request can be sent again.
pub(super) const RETRY: [Said; 1] = [(
    "Retry-After",
    Type::Integer,
    "After how many seconds to try again.",
)];

/// Adds headers to the description of a response.
pub(super) fn describe(response: &mut Response, headers: &[Said]) {
    for (name, kind, text) in headers {
        let mut header = Header::new(Object::with_type(kind.clone()));
        header.description = Some((*text).to_owned());
        response.headers.insert((*name).to_owned(), header.into());
    }
}
