//! The form login, which starts a session of the panel, and its end.

use std::collections::HashMap;

use axum::{
    Extension, Form,
    extract::{Query, State, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use domain::{access::local_path, credentials::SignInDraft, users::UserBrief};
use service::{
    Error, Services,
    access::{Identity, Origin},
    auth,
    sessions::{self, Session},
};

use super::{html, identity, site::NotFromElsewhere};
use crate::{Authenticated, DialectError, Mount};

/// Fields of a form or of a query, each with its last value.
type Fields = HashMap<String, String>;

/// `GET /login`. A text in the URL is not shown: a link of another site would decide what the page says.
pub(super) async fn show(
    mount: Mount,
    Extension(identity): Extension<Option<Identity>>,
    Query(query): Query<Fields>,
) -> Response {
    if identity.is_some() {
        return home(&mount);
    }
    draw(&mount, &query, "")
}

/// `POST /login`. A rejected form returns the page with status 200.
pub(super) async fn sign_in(
    State(services): State<Services>,
    mount: Mount,
    Extension(identity): Extension<Option<Identity>>,
    Extension(session): Extension<Session>,
    Extension(origin): Extension<Origin>,
    Query(query): Query<Fields>,
    form: Result<Form<Fields>, FormRejection>,
) -> Result<Response, DialectError> {
    if identity.is_some() {
        return Ok(home(&mount));
    }
    let fields = match form {
        Ok(Form(fields)) => fields,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return Err(DialectError::TooLarge);
        }
        // A body that is no form has no fields.
        Err(_) => Fields::new(),
    };
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let (auth, username) = (field("authvalidator"), field("username"));
    if !identity::is_registered(&auth) {
        let message = "Invalid Authentication Method in Request";
        return Ok(draw(&mount, &query, message));
    }
    let draft = SignInDraft {
        username: username.clone(),
        password: field("password"),
        remember: false,
    };
    match verify(&services, &session, &auth, draft, origin).await {
        Ok(_) => {
            let next = query.get("next").map_or("", String::as_str);
            Ok(match local_path(next) {
                "/" => home(&mount),
                path => html::redirect(path),
            })
        }
        Err(Error::Suspended(_)) => {
            let message = format!("User {auth}.{username} is Banned");
            Ok(draw(&mount, &query, &message))
        }
        // A link and not a redirect: the policy of the page permits forms to lead to their own address only.
        Err(Error::PasswordChangeRequired(link)) => {
            let url = html::escape(&link.url);
            let body = format!("<p><a href=\"{url}\">Choose a password of your own</a></p>\n");
            Ok(html::page(&mount, "Login", "", &body))
        }
        Err(Error::Unauthenticated(_) | Error::Forbidden(_) | Error::Invalid(_)) => {
            Ok(draw(&mount, &query, "Authentication Failed"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Signs in by the username, or by an identifier of the authenticator.
async fn verify(
    services: &Services,
    session: &Session,
    auth: &str,
    draft: SignInDraft,
    origin: Origin,
) -> Result<UserBrief, Error> {
    match identity::namespace(auth) {
        Some(namespace) => {
            auth::sign_in_identified(services, session, &namespace, draft, origin).await
        }
        None => auth::sign_in(services, session, draft, origin).await,
    }
}

/// `GET /logout`.
pub(super) async fn sign_out(
    mount: Mount,
    _: Authenticated,
    _: NotFromElsewhere,
    Extension(session): Extension<Session>,
) -> Result<Response, DialectError> {
    sessions::end(&session).await?;
    Ok(html::redirect(&format!("{}/login", mount.0)))
}

fn home(mount: &Mount) -> Response {
    html::redirect(&format!("{}/", mount.0))
}

/// Draws the login page. The form goes to the page with the same `next`.
fn draw(mount: &Mount, query: &Fields, message: &str) -> Response {
    let next = query.get("next").filter(|next| !next.is_empty());
    let next = next.map(|next| format!("?next={}", html::encode(next)));
    let action = html::escape(&format!("{}/login{}", mount.0, next.unwrap_or_default()));
    let message = if message.is_empty() {
        String::new()
    } else {
        format!(
            "<p id=\"message\" role=\"alert\">{}</p>\n",
            html::escape(message)
        )
    };
    let options = identity::REGISTERED.map(|auth| format!("<option>{auth}</option>"));
    let options = options.concat();
    let body = format!(
        "{message}<form method=\"post\" action=\"{action}\">\n\
         <p><label for=\"authvalidator\">Authenticator</label>\n\
         <select id=\"authvalidator\" name=\"authvalidator\">{options}</select></p>\n\
         <p><label for=\"username\">Username</label>\n\
         <input type=\"text\" id=\"username\" name=\"username\" autocomplete=\"username\" required></p>\n\
         <p><label for=\"password\">Password of Rollcall</label>\n\
         <input type=\"password\" id=\"password\" name=\"password\" autocomplete=\"current-password\" required></p>\n\
         <p><button type=\"submit\">Login</button></p>\n</form>\n"
    );
    html::page(mount, "Login", "", &body)
}
