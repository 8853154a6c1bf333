//! Access to pages, and the way to sign in for a browser that is to download a file. The server functions of a page check the
//! permissions again.

use api::cookies::cookie;
use app::{
    Access, access,
    api::{form_success::with_next, success_page::SuccessPage},
    context::PageContext,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use service::{Services, access::Caller, settings::Settings};

use super::identity::is_shown;

/// Redirects users who are not signed in to the sign-in page and back again, users without access to the panel to their account
/// unless they manage a group whose page they open, and signed-in users past the sign-in page.
pub(crate) async fn pages(
    State(services): State<Services>,
    request: Request,
    next: Next,
) -> Response {
    let is_page = request.method() == Method::GET && !request.uri().path().starts_with("/sfn/");
    let context = request.extensions().get::<PageContext>();
    let principal = context.and_then(|context| context.principal.as_ref());
    let manages_groups = context.is_some_and(|context| context.manages_groups);
    let done = SuccessPage::at(request.uri().path()).filter(|_| is_page);
    if let Some(done) = done {
        return show_once(&services.settings, done, request, next).await;
    }
    match (access(request.uri().path()), principal) {
        (Access::SignedIn | Access::Groups | Access::Panel, None) if is_page => {
            to_sign_in(&request)
        }
        (Access::Panel, Some(user)) if is_page && !user.may_open_panel() => {
            Redirect::to("/account").into_response()
        }
        (Access::Groups, Some(user)) if is_page && !manages_groups && !user.may_open_panel() => {
            Redirect::to("/account").into_response()
        }
        (Access::Public, Some(_)) if is_page && request.uri().path() == "/login" => {
            Redirect::to("/").into_response()
        }
        _ => next.run(request).await,
    }
}

/// Shows a confirmation page if its action has just been done, and redirects otherwise.
async fn show_once(
    settings: &Settings,
    page: SuccessPage,
    request: Request,
    next: Next,
) -> Response {
    let cookie = cookie(request.headers(), &SuccessPage::cookie(settings));
    if !page.is_allowed(cookie) || !is_shown(&request) {
        let context = request.extensions().get::<PageContext>();
        let signed_in = context.is_some_and(|context| context.principal.is_some());
        return Redirect::to(if signed_in { "/" } else { "/login" }).into_response();
    }
    let mut response = next.run(request).await;
    if let Ok(forget) = HeaderValue::try_from(SuccessPage::forget(settings)) {
        response.headers_mut().append(header::SET_COOKIE, forget);
    }
    response
}

pub(crate) fn to_sign_in(request: &Request) -> Response {
    let wanted = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    Redirect::to(&with_next("/login", wanted)).into_response()
}

/// Redirects a browser without a session from the link to an export to the sign-in page, and then to the page with the link.
/// Programs and scripts get the response of the API.
pub(crate) async fn exports(request: Request, next: Next) -> Response {
    let page = page_of_export(request.uri())
        .filter(|_| request.method() == Method::GET && is_navigation(request.headers()));
    let signed_in = request.extensions().get::<Option<Caller>>();
    match page.filter(|_| matches!(signed_in, Some(None))) {
        Some(page) => Redirect::to(&with_next("/login", &page)).into_response(),
        None => next.run(request).await,
    }
}

/// Returns the page with the link to an export; None if the address is not that of an export.
fn page_of_export(export: &Uri) -> Option<String> {
    match export.path() {
        "/api/user/export" => Some("/account/data".to_owned()),
        "/api/admin/roles/export" => Some("/roles".to_owned()),
        "/api/admin/groups/export" => Some("/groups".to_owned()),
        "/api/admin/clients/export" => Some("/clients".to_owned()),
        "/api/admin/audit/export" => {
            let query = export.query().unwrap_or_default();
            let filter = form_urlencoded::parse(query.as_bytes());
            let filter = filter.filter(|(name, _)| name != "format");
            let mut query = form_urlencoded::Serializer::new(String::new());
            match query.extend_pairs(filter).finish() {
                empty if empty.is_empty() => Some("/audit".to_owned()),
                query => Some(format!("/audit?{query}")),
            }
        }
        path => {
            let id = path.strip_prefix("/api/admin/users/")?;
            let id = id.strip_suffix("/export")?;
            Some(format!("/users/{id}/delete"))
        }
    }
}

/// Returns whether a browser navigates to the address. One that does not send the mode has to prefer HTML to JSON.
fn is_navigation(headers: &HeaderMap) -> bool {
    if let Some(mode) = headers.get("sec-fetch-mode") {
        return mode == "navigate";
    }
    let accepted = headers.get(header::ACCEPT);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    let accepted = accepted.unwrap_or_default();
    match (accepted.find("text/html"), accepted.find("json")) {
        (Some(page), Some(json)) => page < json,
        (page, _) => page.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn export_redirects_to_its_page() {
        for (export, page) in [
            ("/api/user/export", Some("/account/data")),
            ("/api/admin/roles/export?format=csv", Some("/roles")),
            ("/api/admin/groups/export?format=csv", Some("/groups")),
            ("/api/admin/clients/export?format=csv", Some("/clients")),
            ("/api/admin/audit/export?format=csv", Some("/audit")),
            (
                "/api/admin/audit/export?format=csv&actor=a+b&via=cli",
                Some("/audit?actor=a+b&via=cli"),
            ),
            ("/api/admin/users/1/export", Some("/users/1/delete")),
            ("/api/admin/users/1", None),
            ("/api/user", None),
        ] {
            let found = page_of_export(&export.parse().unwrap());
            assert_eq!(found.as_deref(), page, "{export}");
        }
    }

    #[test]
    fn browsers_and_programs_are_distinguished() {
        for (name, value, expected) in [
            ("sec-fetch-mode", "navigate", true),
            ("sec-fetch-mode", "cors", false),
            ("accept", "text/html,application/xhtml+xml,*/*;q=0.8", true),
            ("accept", "text/html, application/json", true),
            ("accept", "application/json, text/html", false),
            ("accept", "*/*", false),
            ("x-other", "text/html", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            assert_eq!(is_navigation(&headers), expected, "{name}: {value}");
        }
    }
}
