//! Rejection of parts of a request that the document does not describe: if they were ignored, a request could do more than it
//! asks for.

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::{MatchedPath, Request},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    list::{ListError, check_names},
    problem::Code,
};
use serde_json::{Map, Value};
use service::Error;
use utoipa::openapi::{
    RefOr,
    path::{Operation, ParameterIn},
};

use super::{DOCUMENT, is_named};
use crate::{error::ApiError, operations::by_method, rate::counts};

/// Maximum number of bytes that are read of a body where none is described. Some clients send `{}`.
const NO_BODY_MAX: usize = 64;

/// Parts of a request that an operation describes.
struct Described {
    /// Names of the query parameters.
    parameters: Vec<String>,
    takes_if_match: bool,
    takes_body: bool,
}

impl From<&mut Operation> for Described {
    fn from(operation: &mut Operation) -> Self {
        let parameters = operation.parameters.take().unwrap_or_default();
        Self {
            takes_if_match: parameters
                .iter()
                .any(|parameter| is_named(parameter, header::IF_MATCH.as_str())),
            takes_body: operation.request_body.is_some(),
            parameters: parameters
                .into_iter()
                .filter_map(|parameter| match parameter {
                    RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
                        Some(parameter.name)
                    }
                    RefOr::T(_) | RefOr::Ref(_) => None,
                })
                .collect(),
        }
    }
}

/// Operations of the document, by path and method.
static OPERATIONS: LazyLock<HashMap<String, HashMap<Method, Described>>> = LazyLock::new(|| {
    let paths = DOCUMENT.paths.paths.clone().into_iter();
    let described = paths.map(|(path, mut item)| {
        let by_method = by_method(&mut item)
            .map(|(method, operation)| (method, Described::from(operation)))
            .collect();
        (path, by_method)
    });
    described.collect()
});

/// Passes a request on if its operation describes its query, its precondition and its body. Health checks may have any.
pub(crate) async fn only_described(request: Request, next: Next) -> Response {
    let Some(operation) = find(&request) else {
        return next.run(request).await;
    };
    match check(request, operation).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Returns the operation of a request.
fn find(request: &Request) -> Option<&'static Described> {
    let path = request.extensions().get::<MatchedPath>()?;
    let operations = OPERATIONS.get(path.as_str())?;
    let method = match *request.method() {
        Method::HEAD => &Method::GET,
        ref method => method,
    };
    let operation = operations.get(method)?;
    counts(request.uri().path()).then_some(operation)
}

async fn check(request: Request, operation: &Described) -> Result<Request, ApiError> {
    check_query(&request, operation).map_err(Error::from)?;
    check_if_match(&request, operation)?;
    if operation.takes_body || request.body().is_end_stream() {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    check_body(&head.headers, body).await?;
    Ok(Request::from_parts(head, Body::empty()))
}

fn check_query(request: &Request, operation: &Described) -> Result<(), ListError> {
    let query = request.uri().query().unwrap_or_default();
    let known: Vec<&str> = operation.parameters.iter().map(String::as_str).collect();
    let names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    check_names(names, &known, &[]).map_err(ListError::from)
}

/// Evaluates a precondition of a change of something without an `ETag`: only `*` matches it (RFC 9110, section 13.1.1).
fn check_if_match(request: &Request, operation: &Described) -> Result<(), ApiError> {
    let mut tags = request.headers().get_all(header::IF_MATCH).iter();
    let is_evaluated = !operation.takes_if_match && !request.method().is_safe();
    if !is_evaluated || tags.all(|tag| tag.as_bytes() == b"*") {
        return Ok(());
    }
    let message =
        "If-Match has an ETag, but the target of this request has none. Nothing was changed.";
    Err(ApiError::invalid(message).with_code(Code::PreconditionFailed))
}

/// Checks that a body says nothing: it is empty, or an empty JSON object.
async fn check_body(headers: &HeaderMap, body: Body) -> Result<(), ApiError> {
    let body = to_bytes(body, NO_BODY_MAX).await.ok();
    let says_nothing = body.is_some_and(|body| {
        let object = serde_json::from_slice::<Map<String, Value>>(&body);
        body.is_empty() || is_json(headers) && object.is_ok_and(|object| object.is_empty())
    });
    if says_nothing {
        return Ok(());
    }
    Err(ApiError::invalid("This request takes no body."))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()?.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
