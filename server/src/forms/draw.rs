//! Pages that are rendered as the response to their form.

use app::{
    context::{FormOutcome, PageContext},
    text,
};
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use domain::problem::Problem;
use service::{Error, access::Origin};

use super::fields::{Fields, SECRET_FIELDS};
use crate::{render::render, state::AppState};

/// Returns the origin of a request.
pub(super) fn origin(request: &Request) -> Origin {
    request
        .extensions()
        .get::<Origin>()
        .cloned()
        .unwrap_or_default()
}

/// Renders the page of the form again, with the input and the error.
pub(super) async fn draw_again(
    state: &AppState,
    page: Request,
    fields: Fields,
    error: Error,
) -> Response {
    let mut problem = error.into_problem();
    problem.request_id = origin(&page).request_id.map(|id| id.to_string());
    draw_with_problem(state, page, fields, problem).await
}

/// Renders the page of the form again, with the input and a complete problem.
pub(super) async fn draw_with_problem(
    state: &AppState,
    page: Request,
    fields: Fields,
    problem: Problem,
) -> Response {
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

/// Renders the page of the form with its outcome in the language of the request, without the secret fields.
pub(super) async fn draw(
    state: &AppState,
    mut page: Request,
    mut outcome: FormOutcome,
) -> Response {
    outcome
        .values
        .retain(|name, _| !SECRET_FIELDS.contains(&name.as_str()));
    outcome.problem = outcome.problem.map(text::message::of_problem);
    page.uri().path().clone_into(&mut outcome.path);
    if let Some(context) = page.extensions_mut().get_mut::<PageContext>() {
        context.outcome = Some(outcome);
    }
    *page.method_mut() = axum::http::Method::GET;
    render(state, page).await
}
