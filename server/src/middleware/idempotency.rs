//! Requests with an `Idempotency-Key`, which are executed once however often they are sent.

use api::{error::ApiError, idempotency::takes_key, response::HasSecret};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, response::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::Problem;
use service::{
    Error, Services,
    access::Caller,
    idempotency::{self, Answer, Begun, Key},
};
use uuid::Uuid;

use super::finish;

/// Header by which a client identifies its request.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Header of a response that was stored before: nothing was executed for it now.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Executes an API request with an idempotency key, unless that was done before: then its stored response is returned. Requests
/// without a key cost nothing. The same holds without a signed-in user: there is no account for the key to belong to.
pub(crate) async fn once(
    State(services): State<Services>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Some((caller, key)) = asked(&request)? else {
        return Ok(next.run(request).await);
    };
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, read(body).await?);
    // A client that has disconnected sends the request again to get its response.
    let work = async move { carry_out(&services, caller, &key, request, next).await };
    finish::detached(work).await
}

async fn carry_out(
    services: &Services,
    mut caller: Caller,
    key: &Key,
    request: Request<Bytes>,
    next: Next,
) -> Result<Response, ApiError> {
    let target = request.uri().path_and_query();
    let asked = idempotency::Request {
        method: request.method().as_str(),
        target: target.map_or("/", |target| target.as_str()),
        body: request.body(),
    };
    let attempt = match idempotency::begin(services, &caller, key, &asked).await? {
        Begun::Again(answer) => return Ok(again(answer)),
        Begun::First(attempt) => attempt,
    };
    caller.origin.attempt = Some(attempt);
    let mut request = request.map(Body::from);
    request.extensions_mut().insert(Some(caller));
    let response = next.run(request).await;
    Ok(complete(services, attempt, response).await)
}

/// Returns the actor and the key of a request. None for requests that need no key: those that only read or have the same effect
/// when they are repeated, and those about signing in.
fn asked(request: &Request) -> Result<Option<(Caller, Key)>, ApiError> {
    let takes_key = takes_key(request.method(), request.uri().path());
    if !takes_key || !request.headers().contains_key(KEY) {
        return Ok(None);
    }
    let caller = request.extensions().get::<Option<Caller>>();
    let Some(caller) = caller.cloned().flatten() else {
        return Ok(None);
    };
    let key = key(request.headers()).ok_or_else(|| {
        let most = idempotency::KEY_MAX;
        ApiError::invalid(format!(
            "Idempotency-Key must be a single value of 1 to {most} visible ASCII characters, such as a random UUID."
        ))
    })?;
    Ok(Some((caller, key)))
}

/// Parses the key; None if it is not valid, or if there are several.
fn key(headers: &HeaderMap) -> Option<Key> {
    let mut values = headers.get_all(KEY).iter();
    let (value, others) = (values.next()?, values.next());
    let key = Key::parse(value.as_bytes())?;
    others.is_none().then_some(key)
}

/// Reads the whole body, which the outer layers limit.
async fn read(body: Body) -> Result<Bytes, ApiError> {
    let read = Bytes::from_request(Request::new(body), &()).await;
    read.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(),
        _ => ApiError::invalid("Could not read the request body. Try again."),
    })
}

/// Returns the stored response.
fn again(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, answer.content_type),
        (header::LOCATION, answer.location),
        (header::ETAG, answer.etag),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// Stores the response, or releases the key if nothing was done. The client gets the response in either case; an error of storing
/// it is logged.
async fn complete(services: &Services, attempt: Uuid, response: Response) -> Response {
    let is_done = response.status().is_success();
    let has_secret = response.extensions().get::<HasSecret>().is_some();
    let (response, noted) = if !is_done {
        (response, idempotency::release(services, attempt).await)
    } else if has_secret {
        let noted = idempotency::store_no_answer(services, attempt).await;
        (response, noted)
    } else {
        store_answer(services, attempt, response).await
    };
    if let Err(error) = noted {
        // Logs the cause.
        let Problem { message, .. } = error.into_problem();
        let message = message.as_str();
        tracing::warn!(message, "cannot save the outcome of an idempotency key");
    }
    response
}

async fn store_answer(
    services: &Services,
    attempt: Uuid,
    response: Response,
) -> (Response, Result<(), Error>) {
    let (parts, body) = response.into_parts();
    // The response to a change comes in one piece, so this delays nothing.
    match to_bytes(body, usize::MAX).await {
        Ok(body) => {
            let answer = answer(&parts, &body);
            let noted = idempotency::store(services, attempt, answer).await;
            (Response::from_parts(parts, Body::from(body)), noted)
        }
        Err(error) => {
            let problem = Error::Internal(Box::new(error));
            (ApiError::from(problem).into_response(), Ok(()))
        }
    }
}

fn answer(parts: &Parts, body: &Bytes) -> Answer {
    let text = |name| {
        let value: Option<&HeaderValue> = parts.headers.get(name);
        Some(value?.to_str().ok()?.to_owned())
    };
    Answer {
        status: parts.status.as_u16(),
        content_type: text(header::CONTENT_TYPE),
        location: text(header::LOCATION),
        etag: text(header::ETAG),
        body: body.to_vec(),
    }
}
