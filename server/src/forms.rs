//! Forms of browsers without scripts, or before the scripts have loaded. An accepted form leads to the next page; a rejected one
//! returns the same page, with the input and its errors.

mod account;
mod again;
pub(crate) mod links;
mod people;
pub(crate) mod send;

use std::collections::BTreeMap;

use app::{
    api::done::going_on,
    context::{FormOutcome, PageContext, Preferences},
};
use axum::{
    Extension, Form, Router,
    body::Body,
    extract::{FromRequest, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::MethodRouter,
};
use domain::{
    access::local_path,
    credentials::SignInDraft,
    problem::{Code, Problem},
};
use serde::de::DeserializeOwned;
use service::{
    Error,
    access::{Actor, Origin},
};
use tower_sessions::Session;

use crate::{error_page::Asked, render::render, state::AppState};

/// Fields whose values are never sent back to a page.
const SECRET_FIELDS: [&str; 4] = ["password", "password_again", "current_password", "api_key"];

type Fields = BTreeMap<String, String>;

/// Path of a form, and its handler.
type FormRoute = (&'static str, fn() -> MethodRouter<AppState>);

/// Returns the routes of the forms that change something for a signed-in user, each at the path of its page.
pub(crate) fn routes() -> Router<AppState> {
    let forms = people::FORMS.iter().chain(account::FORMS);
    forms.fold(Router::new(), |router, (path, form)| {
        router.route(path, form())
    })
}

/// Returns whether a path is that of one of these forms.
fn is_form(path: &str) -> bool {
    let fits = |route: &str| {
        let mut names = path.split('/');
        let fits = route.split('/').all(|part| {
            let name = names.next().unwrap_or_default();
            name == part || (part.starts_with('{') && !name.is_empty())
        });
        fits && names.next().is_none()
    };
    let mut forms = people::FORMS.iter().chain(account::FORMS);
    forms.any(|(route, _)| fits(route))
}

/// `GET /`: redirects to the start page of the user, or to sign-in.
pub(crate) async fn start(Extension(actor): Extension<Option<Actor>>) -> Redirect {
    Redirect::to(match actor {
        Some(actor) if actor.principal.may_open_panel() => "/users",
        Some(_) => "/account",
        None => "/login",
    })
}

/// `POST /login`: signs in, and redirects to the page that was asked for.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    session: Session,
    request: Request,
) -> Response {
    let (page, fields) = match read(request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let draft: SignInDraft = draft(&fields);
    let next = local_path(fields.get("next").map_or("/", String::as_str)).to_owned();
    match service::auth::sign_in(&state.services, &session, draft, origin(&page)).await {
        Ok(_) => {
            let form = again::draw_form(&state, &session, page, &fields).await;
            form.unwrap_or_else(|| Redirect::to(&next).into_response())
        }
        Err(Error::PasswordChangeRequired(link)) => {
            Redirect::to(&going_on(&link.url, &next)).into_response()
        }
        Err(error) => draw_again(&state, page, fields, error).await,
    }
}

/// `POST /logout`: signs out.
pub(crate) async fn sign_out(session: Session, request: Request) -> Response {
    match service::sessions::end(&session).await {
        Ok(()) => Redirect::to("/login").into_response(),
        Err(error) => Asked::from(&request).refuse(error.into_problem()),
    }
}

/// `POST /preferences`: stores the appearance that the user has chosen in a cookie.
pub(crate) async fn set_preferences(request: Request) -> Response {
    let (page, fields) = match read(request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let current = page
        .extensions()
        .get::<PageContext>()
        .map(|context| context.preferences)
        .unwrap_or_default();
    let chosen = fields
        .iter()
        .fold(current, |chosen, (name, value)| chosen.with(name, value));
    let age = Preferences::MAX_AGE;
    let cookie = format!(
        "{}={}; Path=/; Max-Age={age}; SameSite=Lax",
        Preferences::COOKIE,
        chosen.to_cookie()
    );
    let next = local_path(fields.get("next").map_or("/", String::as_str));
    (
        AppendHeaders([(header::SET_COOKIE, cookie)]),
        Redirect::to(next),
    )
        .into_response()
}

/// Splits the form off a request. The remaining request can be rendered as a page.
async fn read(request: Request) -> Result<(Request, Fields), Response> {
    let (parts, body) = request.into_parts();
    let page = Request::from_parts(parts.clone(), Body::empty());
    match Form::<Fields>::from_request(Request::from_parts(parts, body), &()).await {
        Ok(Form(fields)) => Ok((page, fields)),
        Err(rejection) => {
            let code = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Code::PayloadTooLarge,
                _ => Code::ValidationError,
            };
            let problem = Problem::new(code, "This is not a form of this site.");
            Err(Asked::from(&page).refuse(problem))
        }
    }
}

/// Builds a draft from the fields that it knows. A draft accepts any text, so this does not fail.
fn draft<T: DeserializeOwned + Default>(fields: &Fields) -> T {
    let object = fields.iter().map(|(name, value)| {
        // The checkbox is the only field that is not a text.
        let value = if name == "remember" {
            (value == "true").into()
        } else {
            value.clone().into()
        };
        (name.clone(), value)
    });
    serde_json::from_value(serde_json::Value::Object(object.collect())).unwrap_or_default()
}

fn origin(request: &Request) -> Origin {
    request
        .extensions()
        .get::<Origin>()
        .cloned()
        .unwrap_or_default()
}

/// Renders the page of the form again, with the input and the error.
async fn draw_again(state: &AppState, page: Request, fields: Fields, error: Error) -> Response {
    let mut problem = error.into_problem();
    problem.request_id = origin(&page).request_id.map(|id| id.to_string());
    refuse(state, page, fields, problem).await
}

/// Renders the page of the form again, with the input and a complete problem.
async fn refuse(state: &AppState, page: Request, fields: Fields, problem: Problem) -> Response {
    let (code, retry_after) = (problem.error, problem.details.retry_after);
    let outcome = FormOutcome {
        problem: Some(problem),
        values: fields,
        ..FormOutcome::default()
    };
    let mut response = draw(state, page, outcome).await;
    *response.status_mut() =
        StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Renders the page of the form with its outcome, without the secret fields.
async fn draw(state: &AppState, mut page: Request, mut outcome: FormOutcome) -> Response {
    outcome
        .values
        .retain(|name, _| !SECRET_FIELDS.contains(&name.as_str()));
    page.uri().path().clone_into(&mut outcome.path);
    if let Some(context) = page.extensions_mut().get_mut::<PageContext>() {
        context.outcome = Some(outcome);
    }
    *page.method_mut() = axum::http::Method::GET;
    render(state, page).await
}

#[cfg(test)]
mod tests {
    use super::is_form;

    #[test]
    fn only_the_addresses_of_forms_are_those() {
        for (path, expected) in [
            ("/account", true),
            ("/account/keys/new", true),
            ("/users/ada/edit", true),
            ("/users/ada/edit/", false),
            ("/users//edit", false),
            ("/users", false),
            ("/login", false),
            ("/register", false),
            ("/", false),
            ("", false),
        ] {
            assert_eq!(is_form(path), expected, "{path}");
        }
    }
}
