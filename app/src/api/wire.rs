//! Transport of the server functions. Leptos has an equivalent, but compiles sending and receiving again for each function,
//! which is a quarter of the download.

use std::{future::Future, pin::Pin};

use domain::list::check_names;
use http::Method;

use leptos::server_fn::{
    Http, Protocol,
    client::Client,
    codec::{GetUrl, Json, PostUrl},
    error::{IntoAppError, ServerFnErrorErr},
    request::{ClientReq, Req},
    response::ClientRes,
    server::Server,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{error::ApiError, listed::check_params};

/// Protocol of reading functions: `GET` with the arguments in the query.
pub struct Get;

/// Protocol of changing functions: `POST` with the arguments in the body, as a form sends them.
pub struct Post;

/// Name of the parameter that identifies the user whose page sends a change: in the query of a function, or in a form.
pub const AS: &str = "as";

/// Paths of the functions that are called while the user types. They never redirect to the sign-in page, which would lose the
/// input.
const WHILE_TYPING: [&str; 4] = [
    "/sfn/username-taken",
    "/sfn/pick-clients",
    "/sfn/pick-groups",
    "/sfn/pick-users",
];

/// Opens the sign-in page, which returns to the current page.
fn redirect_to_sign_in() {
    let location = leptos::prelude::window().location();
    let here = [location.pathname(), location.search()].map(Result::unwrap_or_default);
    let next = super::form_success::with_next("/login", &here.concat());
    drop(location.set_href(&next));
}

macro_rules! protocol {
    ($name:ident, $encoding:ty, $method:expr) => {
        impl<I, O, C, S> Protocol<I, O, C, S, ApiError> for $name
        where
            Http<$encoding, Json>: Protocol<I, O, C, S, ApiError>,
            I: Serialize + Send,
            O: DeserializeOwned + Send,
            C: Client<ApiError>,
            S: Server<ApiError>,
        {
            const METHOD: Method = $method;

            fn run_server<F, R>(
                request: S::Request,
                function: F,
            ) -> impl Future<Output = Result<S::Response, ApiError>> + Send
            where
                F: Fn(I) -> R + Send,
                R: Future<Output = Result<O, ApiError>> + Send,
            {
                let query = request.as_query().unwrap_or_default().to_owned();
                let query = ($method == Method::GET).then_some(query);
                let function = move |input: I| {
                    let checked = query
                        .as_deref()
                        .map_or(Ok(()), |query| check(query, &input));
                    let answer = function(input);
                    async move {
                        checked?;
                        answer.await
                    }
                };
                <Http<$encoding, Json> as Protocol<I, O, C, S, ApiError>>::run_server(
                    request, function,
                )
            }

            async fn run_client(path: &str, input: I) -> Result<O, ApiError> {
                read(&fetch::<C>($method, path, form(&input)?).await?)
            }
        }
    };
}

protocol!(Get, GetUrl, Method::GET);
protocol!(Post, PostUrl, Method::POST);

/// Checks that a query has the parameters of the input that was parsed from it, each once, and no others.
fn check(query: &str, input: &impl Serialize) -> Result<(), ApiError> {
    let input = form(input)?;
    let names = |text: &str| -> Vec<String> {
        let pairs = form_urlencoded::parse(text.as_bytes());
        pairs.map(|(name, _)| name.into_owned()).collect()
    };
    let known = names(&input);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    check_params(check_names(names(query), &known, &[]))
}

/// Encodes the arguments of a function as a form.
///
/// # Errors
/// Returns an error if the arguments are nested too deeply.
pub(super) fn form(input: &impl Serialize) -> Result<String, ApiError> {
    serde_qs::to_string(input)
        .map_err(|error| ServerFnErrorErr::Serialization(error.to_string()).into_app_error())
}

/// Future of a response body.
pub(super) type Response = Pin<Box<dyn Future<Output = Result<String, ApiError>> + Send>>;

/// Sends a URL-encoded form and returns the body of the response.
///
/// # Errors
/// Returns the problem that the server reports, or that the server cannot be reached.
pub fn fetch<C: Client<ApiError>>(method: Method, path: &str, form: String) -> Response {
    const ANSWER: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    let leads_to_sign_in = method == Method::GET && !WHILE_TYPING.contains(&path);
    let changes = method != Method::GET;
    let request = if method == Method::GET {
        C::Request::try_new_req_query(path, FORM, ANSWER, &form, method)
    } else {
        C::Request::try_new_req_text(path, FORM, ANSWER, form, method)
    };
    Box::pin(async move {
        // The request or response is lost, or the connection ends after the response headers.
        let lost = |_: ApiError| ApiError::unanswered(changes);
        let answer = C::send(request?).await.map_err(lost)?;
        let status = answer.status();
        let text = answer.try_into_string().await.map_err(lost)?;
        if status == 401 && leads_to_sign_in {
            redirect_to_sign_in();
            // The page unloads now. A future that never resolves prevents an error from being shown before that.
            std::future::pending::<()>().await;
        }
        if (400..=599).contains(&status) {
            return Err(
                read::<ApiError>(&text).unwrap_or_else(|unreadable| match status {
                    // A proxy reports that it got no response.
                    502..=504 => lost(unreadable),
                    _ => unreadable,
                }),
            );
        }
        Ok(text)
    })
}

/// Parses a response body.
///
/// # Errors
/// Returns an error if the body is not of this version of the server.
pub fn read<T: DeserializeOwned>(answer: &str) -> Result<T, ApiError> {
    serde_json::from_str(answer).map_err(|error| unreadable(&error))
}

/// Returns the error for a body that is not of this version of the server.
pub(super) fn unreadable(error: &serde_json::Error) -> ApiError {
    ServerFnErrorErr::Deserialization(error.to_string()).into_app_error()
}
