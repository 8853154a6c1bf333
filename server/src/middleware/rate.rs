//! Rate limit of the API and of dialects.

use std::sync::{Arc, OnceLock};

use api::{bearer_token, cookies::cookie, rate::counts, state::CookieName};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use dialects::{Dialect, DialectError, RequestInfo};
use domain::{
    messages,
    problem::{Code, Problem},
};
use service::{access::Origin, known_device::Device};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::render_errors;
use crate::{
    error_page::RequestContext,
    limits::{Counted, Counters, Credential, Limits, RateKey, WINDOW},
};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");
/// Path of sign-in.
const SIGN_IN: &str = "/api/auth/login";

/// Account that a request turns out to belong to, which the layer that finds out reports.
///
/// It is not reported if no layer looks for it, as for a path without a route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recognised(Arc<OnceLock<Option<Uuid>>>);

impl Recognised {
    /// Reports the account, or None if the credential belongs to none. The first report counts.
    pub(crate) fn set_account(&self, account: Option<Uuid>) {
        self.0.get_or_init(|| account);
    }
}

/// Requests that are limited, and the form of a denial.
#[derive(Debug, Clone)]
pub(crate) enum Limited {
    /// Requests of the API. Their credential can be the session cookie with this name.
    Api(CookieName),
    /// All requests of a dialect.
    Dialect(Arc<dyn Dialect>),
}

impl Limited {
    /// Returns whether requests to a path count.
    fn counts(&self, path: &str) -> bool {
        match self {
            Self::Api(_) => counts(path),
            Self::Dialect(_) => true,
        }
    }

    /// Returns whether a request is one to sign in.
    fn signs_in(&self, request: &Request) -> bool {
        match self {
            Self::Api(_) => request.method() == Method::POST && request.uri().path() == SIGN_IN,
            Self::Dialect(_) => false,
        }
    }

    /// Returns the hash of the credential of a request. Cookies do not count beside an access token.
    fn credential(&self, headers: &HeaderMap) -> Option<Credential> {
        match self {
            Self::Api(_) if bearer_token::is_in(headers) => {
                let text = bearer_token::text(headers)?;
                Some(Sha256::digest(text.as_bytes()).into())
            }
            Self::Api(CookieName(name)) => {
                let text = cookie(headers, name)?;
                Some(Sha256::digest(text.as_bytes()).into())
            }
            Self::Dialect(dialect) => {
                let credential = dialect.credential(headers)?;
                // A text that is a credential of a dialect may be one of another account elsewhere.
                let hash = Sha256::new().chain_update(dialect.name());
                Some(
                    hash.chain_update([0_u8])
                        .chain_update(credential)
                        .finalize()
                        .into(),
                )
            }
        }
    }

    /// Answers a request beyond the limit.
    fn deny(&self, request: &Request, counted: Counted) -> Response {
        let Counted { limit, seconds, .. } = counted;
        match self {
            Self::Api(_) => RequestContext::from(request).error_response(too_many(counted)),
            Self::Dialect(dialect) => {
                let error = DialectError::TooManyRequests { seconds, limit };
                render_errors::render(&**dialect, &error, &RequestInfo::from(request))
            }
        }
    }
}

/// Denies a request beyond the limit, before it costs a query, and adds the number of requests that are left to every
/// response.
///
/// A session or an access token counts against its account once it was verified, and a browser that signs in against itself once
/// it has signed in. Until then both count against the address that they come from, separately from requests without a
/// credential.
pub(crate) async fn limit(
    State((limits, limited)): State<(Limits, Limited)>,
    mut request: Request,
    next: Next,
) -> Response {
    let counters = limits
        .counters()
        .filter(|_| limited.counts(request.uri().path()));
    let Some(counters) = counters else {
        return next.run(request).await;
    };
    let origin = request.extensions().get::<Origin>();
    let ip = origin.and_then(|origin| origin.ip);
    let browser = origin
        .filter(|_| limited.signs_in(&request))
        .map(|origin| origin.device.clone());
    let credential = match &browser {
        Some(device) => device.hash().copied(),
        None => limited.credential(request.headers()),
    };
    let known = credential.and_then(|credential| counters.find(&credential));
    let rate_key = known.unwrap_or_else(|| match (&browser, credential) {
        (None, None) => RateKey::anonymous(ip),
        _ => RateKey::unproven(ip),
    });
    let counted = counters.count(rate_key);
    let mut response = if counted.is_allowed {
        let recognised = Recognised::default();
        request.extensions_mut().insert(recognised.clone());
        let response = next.run(request).await;
        if let Some(device) = browser {
            note_browser(counters, &device, &response);
        } else if let (Some(credential), Some(found)) = (credential, recognised.0.get()) {
            counters.note(credential, found.map(RateKey::Account));
        }
        response
    } else {
        limited.deny(&request, counted)
    };
    set_limit_headers(response.headers_mut(), counted);
    response
}

/// Stores a browser that has signed in, by the device cookie that it has from now on.
fn note_browser(counters: &Counters, device: &Device, response: &Response) {
    if let Some(cookie) = device
        .known_token()
        .filter(|_| response.status().is_success())
    {
        counters.note(cookie, Some(RateKey::Browser(cookie)));
    }
}

fn too_many(counted: Counted) -> Problem {
    let Counted { limit, seconds, .. } = counted;
    let message = messages::too_many_requests(seconds, limit);
    let mut problem = Problem::new(Code::TooManyRequests, message);
    problem.details.retry_after = Some(seconds);
    problem
}

fn set_limit_headers(headers: &mut HeaderMap, counted: Counted) {
    let Counted {
        limit,
        left,
        seconds,
        ..
    } = counted;
    let window = WINDOW.as_secs();
    for (name, text) in [
        (POLICY, format!("\"api\";q={limit};w={window}")),
        (STATE, format!("\"api\";r={left};t={seconds}")),
    ] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
}
