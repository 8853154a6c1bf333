//! The dialect of Maeser: form login, the page and the commands of user management, chat logs, and the requests that are left.
//!
//! An identity of Maeser is an authenticator and an identifier, such as `github.alice123`. The identifier is that of a user in the namespace
//! `maeser.github`. Users without one are those of the authenticator `rollcall`, by their usernames.

mod changes;
mod command;
mod errors;
mod html;
mod identity;
mod list;
mod login;
mod logs;
mod page;
mod site;
mod users_api;

use async_trait::async_trait;
use axum::{
    Router,
    http::{HeaderMap, HeaderValue, header::COOKIE, request::Parts},
    response::Response,
    routing::{get, post},
};
use domain::{audit::Via, cookies::Cookies};
use service::{
    Error, Services,
    access::{Identity, Origin},
    sessions::{self, Session},
};

use crate::{Dialect, DialectError, RequestInfo};

/// Name of the cookie of the panel. It has a prefix over https, and an ending where the URL of the panel has a port.
const COOKIE_NAME: &str = "session_token";

/// The dialect of Maeser 1.0.0.
#[derive(Debug, Clone, Copy)]
pub struct Maeser;

#[async_trait]
impl Dialect for Maeser {
    fn name(&self) -> &'static str {
        "maeser"
    }

    fn system(&self) -> &'static str {
        "Maeser"
    }

    fn client_line(&self, url: &str) -> String {
        format!("MAESER_URL={url}")
    }

    fn documentation(&self) -> &'static str {
        include_str!("../../../docs/dialects/maeser.md")
    }

    fn routes(&self) -> Router<Services> {
        Router::new()
            .route("/", get(page::home))
            .route("/login", get(login::show).post(login::sign_in))
            .route("/logout", get(login::sign_out))
            .route("/users", get(page::users))
            .route("/users/manageUserAPI.js", get(page::script))
            .route("/users/api", post(users_api::run))
            .route("/logs", get(logs::list))
            .route("/logs/{branch}/{filename}", get(logs::show))
            .route("/get_requests_remaining", get(page::requests_remaining))
            .route("/static/page.css", get(page::style))
    }

    fn credential<'h>(&self, headers: &'h HeaderMap) -> Option<&'h [u8]> {
        let lines = headers.get_all(COOKIE).iter();
        let cookies = Cookies::read(lines.map(HeaderValue::as_bytes));
        let names = cookies.names().filter(|name| is_session_cookie(name));
        // The name with a prefix comes first: only this host can set such a cookie.
        cookies.get(names.min()?).map(str::as_bytes)
    }

    async fn authenticate(
        &self,
        services: &Services,
        parts: &Parts,
    ) -> Option<Result<Identity, Error>> {
        let session = parts.extensions.get::<Session>()?;
        let origin = parts.extensions.get::<Origin>().cloned();
        let origin = origin.unwrap_or_default();
        let found = sessions::find_caller(services, session, Via::Api, &origin).await;
        found.map(|caller| caller.map(Identity::from)).transpose()
    }

    fn uses_cookies(&self) -> bool {
        true
    }

    fn render(&self, error: &DialectError, request: &RequestInfo) -> Response {
        errors::render(error, request)
    }
}

/// Returns whether a name is one of the cookie of a panel.
fn is_session_cookie(name: &str) -> bool {
    let name = name.strip_prefix("__Host-").unwrap_or(name);
    let ending = name.strip_prefix(COOKIE_NAME);
    ending.is_some_and(|ending| {
        let port = ending.strip_prefix('_');
        ending.is_empty() || port.is_some_and(|port| port.parse::<u16>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credential_is_the_cookie_of_the_panel() {
        for (cookies, expected) in [
            ("session_token=a", Some("a")),
            ("session_token_8080=a", Some("a")),
            ("session_token=b; __Host-session_token=a", Some("a")),
            ("x=b; __Host-session_token_8443=a", Some("a")),
            ("session_token_x=a; session_tokens=b; token=c", None),
        ] {
            let headers = HeaderMap::from_iter([(COOKIE, cookies.parse().unwrap())]);
            let found = Maeser.credential(&headers);
            assert_eq!(found, expected.map(str::as_bytes), "{cookies}");
        }
    }
}
