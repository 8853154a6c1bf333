//! Recognition of the caller.

use std::sync::Arc;

use api::cookies::cookie;
use app::{
    api::{form_success::FlashMessage, wire::AS},
    context::{PageContext, Site},
    preferences::Preferences,
    text,
};
use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use domain::{
    messages,
    offsets::Offsets,
    problem::{Code, Problem},
};
use service::{
    Error, Services,
    access::{Caller, Identity, Origin},
    flash::{self, ShownFlash},
    frame::{self, Frame},
};
use tower_sessions::Session;

use super::recognisers::{self, PANEL};
use crate::{
    error_page::RequestContext,
    language::{PSEUDO_LANGUAGE, language},
};

/// Adds `Option<Caller>` and the context of the page to the request, from the one query that reads the session or the token: see
/// [`recognisers`].
pub(crate) async fn recognise(
    State(services): State<Services>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let origin = request
        .extensions()
        .get::<Origin>()
        .cloned()
        .unwrap_or_default();
    let (parts, body) = request.into_parts();
    let found = recognisers::find(PANEL, &services, &parts).await;
    let mut request = Request::from_parts(parts, body);
    let caller = match found {
        Ok(identity) => identity.and_then(Identity::into_caller),
        Err(error) => {
            return RequestContext::from(&request).error_response(error.into_problem());
        }
    };
    if is_of_another(&request, caller.as_ref()) {
        return RequestContext::from(&request).error_response(another_user());
    }
    let (path, is_shown) = (request.uri().path(), is_shown(&request));
    let frame = frame(&services, path, caller.as_ref()).await;
    let preferences = cookie(request.headers(), Preferences::COOKIE)
        .map(Preferences::from_cookie)
        .unwrap_or_default();
    let language = language(&request, preferences);
    let flashes = if is_shown && caller.is_some() {
        let taken = flashes(&services, &session, path).await;
        text::request::sync_scope(language, || {
            taken.into_iter().map(FlashMessage::from).collect()
        })
    } else {
        Vec::new()
    };
    let offsets = offsets(&services, path, caller.as_ref()).await;
    let context = PageContext {
        principal: caller.as_ref().map(|caller| caller.principal.clone()),
        site: Site {
            registration: services.settings.allow_registration,
            approval: services.settings.registration_approval,
            password_min: services.settings.password_min,
            lasting_passwords: services.settings.lasting_admin_passwords,
            api_keys: services.settings.vault.is_on(),
            conversation_search: services.settings.conversation_search,
            token_max_days: services.settings.token_max_days,
            pseudo_language: PSEUDO_LANGUAGE,
        },
        pending_registrations: frame.pending_registrations,
        manages_groups: frame.manages_groups,
        role_labels: frame.role_labels,
        flashes,
        preferences,
        outcome: None,
        address: None,
        request_id: origin.request_id.map(|id| id.to_string()),
    };
    request.extensions_mut().insert::<Option<Caller>>(caller);
    request.extensions_mut().insert(context);
    request.extensions_mut().insert(offsets);
    request.extensions_mut().insert(language);
    text::request::scope(language, next.run(request)).await
}

/// Returns the problem of a change on the page of another user than the one who is signed in now.
pub(crate) fn another_user() -> Problem {
    Problem::new(Code::Unauthorized, messages::another_user_signed_in())
}

/// Returns whether an id that a page has sent is that of the signed-in user.
pub(crate) fn is_caller(caller: &Caller, id: &str) -> bool {
    caller.principal.id.to_string() == id
}

/// Returns whether a server function is called from the page of another user than the one who is signed in now, because that user
/// has signed in in another tab. Forms send the id in their bodies: see [`crate::forms::send`].
fn is_of_another(request: &Request, caller: Option<&Caller>) -> bool {
    let query = request
        .uri()
        .query()
        .filter(|_| request.uri().path().starts_with("/sfn/"));
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let page = pairs.find(|(name, _)| name == AS);
    caller
        .zip(page)
        .is_some_and(|(caller, (_, id))| !is_caller(caller, &id))
}

/// Returns what the frame of a page shows to its user. An error is only logged: a page without it is better than none.
pub(crate) async fn frame(services: &Services, path: &str, caller: Option<&Caller>) -> Frame {
    let Some(caller) = caller.filter(|_| is_of_page(path)) else {
        return Frame::default();
    };
    let found = frame::find(services, caller).await;
    found.map_err(Error::into_problem).unwrap_or_default()
}

/// Returns the UTC offsets of the caller's time zone, in which a page shows times. Without a zone the page shows them in UTC until
/// hydration, and also if the offsets cannot be read, because that is better than no page.
async fn offsets(services: &Services, path: &str, caller: Option<&Caller>) -> Arc<Offsets> {
    let zone = caller
        .filter(|_| is_of_page(path))
        .and_then(|caller| caller.principal.time_zone.as_deref());
    match zone {
        Some(zone) => {
            let read = services.time_zones.offsets(&services.pool, zone).await;
            read.map_err(Error::into_problem).unwrap_or_default()
        }
        None => Arc::default(),
    }
}

/// Takes the messages about what was done before, for the page that shows them. It is the only write of a GET. A page without the
/// messages is better than none.
async fn flashes(services: &Services, session: &Session, path: &str) -> Vec<ShownFlash> {
    let taken = flash::take(services, session, path).await;
    taken.map_err(Error::into_problem).unwrap_or_default()
}

/// Returns whether a browser shows the response, and does not only prefetch it. Older browsers do not send the purpose of a
/// request.
pub(super) fn is_shown(request: &Request) -> bool {
    let is_page = is_of_page(request.uri().path());
    let headers = request.headers();
    let is_document = headers
        .get("sec-fetch-dest")
        .is_none_or(|destination| destination == "document");
    let is_ahead = headers.contains_key("sec-purpose");
    is_page && request.method() == Method::GET && is_document && !is_ahead
}

/// Returns whether a path is that of a page or of its form, and not that of a call by a program or a script.
fn is_of_page(path: &str) -> bool {
    !path.starts_with("/api/") && !path.starts_with("/sfn/")
}
