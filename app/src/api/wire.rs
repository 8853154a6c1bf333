//! How pages call the functions behind them. What Leptos brings does the same, but compiles sending and receiving anew for
//! each function, which is a quarter of the download.

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

use super::{error::ApiError, listed::asked};

/// Reads: what is asked for is in the address.
pub struct Get;

/// Changes: what is sent is what a form would send.
pub struct Post;

/// The field that says whose page a change is from: in the address of a function, or in a form.
pub const AS: &str = "as";

/// What is read while something is typed, which must not be lost.
const WHILE_TYPING: &str = "/sfn/username-taken";

/// Leaves the page to sign in, and comes back to it.
fn leave_to_sign_in() {
    let location = leptos::prelude::window().location();
    let here = [location.pathname(), location.search()].map(Result::unwrap_or_default);
    let next = super::done::going_on("/login", &here.concat());
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
                let form = serde_qs::to_string(&input).map_err(|error| {
                    ServerFnErrorErr::Serialization(error.to_string()).into_app_error()
                })?;
                read(&fetch::<C>($method, path, form).await?)
            }
        }
    };
}

protocol!(Get, GetUrl, Method::GET);
protocol!(Post, PostUrl, Method::POST);

/// Checks that a query has the parameters of the input that was read from it, each once, and no others.
fn check(query: &str, input: &impl Serialize) -> Result<(), ApiError> {
    let input = serde_qs::to_string(input)
        .map_err(|error| ServerFnErrorErr::Serialization(error.to_string()).into_app_error())?;
    let names = |text: &str| -> Vec<String> {
        let pairs = form_urlencoded::parse(text.as_bytes());
        pairs.map(|(name, _)| name.into_owned()).collect()
    };
    let known = names(&input);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    asked(check_names(names(query), &known, &[]))
}

/// Sends a form, written as a browser writes it, and returns the text of the answer.
///
/// # Errors
/// What the server says, or that it cannot be reached.
pub fn fetch<C: Client<ApiError>>(
    method: Method,
    path: &str,
    form: String,
) -> Pin<Box<dyn Future<Output = Result<String, ApiError>> + Send>> {
    const ANSWER: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    let leads_to_sign_in = method == Method::GET && path != WHILE_TYPING;
    let changes = method != Method::GET;
    let request = if method == Method::GET {
        C::Request::try_new_req_query(path, FORM, ANSWER, &form, method)
    } else {
        C::Request::try_new_req_text(path, FORM, ANSWER, form, method)
    };
    Box::pin(async move {
        // Lost on the way there or back, or on the way back after its head.
        let lost = |_: ApiError| ApiError::unanswered(changes);
        let answer = C::send(request?).await.map_err(lost)?;
        let status = answer.status();
        let text = answer.try_into_string().await.map_err(lost)?;
        if status == 401 && leads_to_sign_in {
            leave_to_sign_in();
            // What waits for the answer waits until the page is gone.
            std::future::pending::<()>().await;
        }
        if (400..=599).contains(&status) {
            return Err(
                read::<ApiError>(&text).unwrap_or_else(|unreadable| match status {
                    // A proxy says that it got no answer.
                    502..=504 => lost(unreadable),
                    _ => unreadable,
                }),
            );
        }
        Ok(text)
    })
}

/// Reads an answer.
///
/// # Errors
/// When it is none of ours.
pub fn read<T: DeserializeOwned>(answer: &str) -> Result<T, ApiError> {
    serde_json::from_str(answer)
        .map_err(|error| ServerFnErrorErr::Deserialization(error.to_string()).into_app_error())
}
