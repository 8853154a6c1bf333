//! Security headers of every response.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::nonce::Nonce;

const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Settings that the headers depend on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    /// Whether the panel is reached over https.
    pub(crate) https: bool,
}

/// Nonce of the page that is rendered.
#[derive(Debug, Clone)]
pub(crate) struct PageNonce(pub(crate) Nonce);

/// Policy of scripts, which limits those that run as workers: a worker has the policy of its own file.
const SCRIPT_POLICY: &str = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";
const NOTHING_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Sets the headers of each response. Pages have a policy that runs only the scripts with the nonce of this response, scripts
/// have one that lets a worker send requests to this server, and everything else has one that runs nothing.
pub(crate) async fn secure(
    State(policy): State<Policy>,
    mut request: Request,
    next: Next,
) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let csp = if is_page(headers) {
        page_policy(&nonce)
    } else if is_of_type(headers, "text/javascript") {
        SCRIPT_POLICY.to_owned()
    } else {
        NOTHING_POLICY.to_owned()
    };
    if let Ok(csp) = HeaderValue::try_from(csp) {
        // The documentation of the API and of dialects sets policies of its own.
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(csp);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Built files set their own lifetime in caches; everything else may be personal.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if policy.https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

/// Returns whether a response is a page.
pub(crate) fn is_page(headers: &HeaderMap) -> bool {
    is_of_type(headers, "text/html")
}

fn is_of_type(headers: &HeaderMap, media_type: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(media_type.as_bytes()))
}

fn page_policy(nonce: &Nonce) -> String {
    format!(
        "default-src 'self'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         worker-src 'self'; style-src 'self' 'nonce-{nonce}'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'self'"
    )
}
