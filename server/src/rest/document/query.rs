//! Rejection of query parameters that the document does not describe: if they were ignored, a request could do more than it asks
//! for.

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::list::{ListError, check_names};
use service::Error;
use utoipa::openapi::{RefOr, path::ParameterIn};

use super::{DOCUMENT, operations::operations};
use crate::{middleware::rate::counts, response::ApiError};

/// Names of the query parameters of each operation, by path and method.
static PARAMETERS: LazyLock<HashMap<String, HashMap<Method, Vec<String>>>> = LazyLock::new(|| {
    let paths = DOCUMENT.paths.paths.clone().into_iter();
    let described = paths.map(|(path, mut item)| {
        let by_method = operations(&mut item).map(|(method, operation)| {
            let parameters = operation.parameters.take().unwrap_or_default();
            let names = parameters
                .into_iter()
                .filter_map(|parameter| match parameter {
                    RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
                        Some(parameter.name)
                    }
                    RefOr::T(_) | RefOr::Ref(_) => None,
                });
            (method, names.collect())
        });
        (path, by_method.collect())
    });
    described.collect()
});

/// Passes a request on if its operation describes every parameter of its query. Health checks may have any parameters.
pub(crate) async fn only_described(request: Request, next: Next) -> Response {
    match check(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => ApiError::from(Error::from(error)).into_response(),
    }
}

fn check(request: &Request) -> Result<(), ListError> {
    let query = request.uri().query().unwrap_or_default();
    let path = request.extensions().get::<MatchedPath>();
    let Some(operations) = path.and_then(|path| PARAMETERS.get(path.as_str())) else {
        return Ok(());
    };
    let method = match *request.method() {
        Method::HEAD => &Method::GET,
        ref method => method,
    };
    let Some(known) = operations
        .get(method)
        .filter(|_| counts(request.uri().path()))
    else {
        return Ok(());
    };
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    check_names(names, &known, &[])
}
