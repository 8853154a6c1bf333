//! Calls of reading functions whose responses stay JSON text until they are rendered. All have the same types, so a browser
//! loads the code of loading once, not once for each function.

use std::{future::Future, marker::PhantomData, pin::Pin};

use leptos::server_fn::{ServerFn, client::Client};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{error::ApiError, wire};

/// Call of a reading function that returns `T`.
pub struct ReadRequest<T> {
    call: Call,
    response: PhantomData<fn() -> T>,
}

impl<T> ReadRequest<T> {
    /// Creates the call of a function with its arguments.
    ///
    /// # Errors
    /// Returns an error if the arguments cannot be encoded.
    pub fn of<F>(function: F) -> Result<Self, ApiError>
    where
        F: ServerFn<Output = T, Error = ApiError> + Clone + Serialize + Send + Sync + 'static,
        F::Client: Client<ApiError>,
        T: Serialize,
    {
        let call = Call {
            path: F::PATH,
            form: wire::form(&function)?,
            #[cfg(feature = "ssr")]
            run: std::sync::Arc::new(move || run(function.clone())),
            #[cfg(not(feature = "ssr"))]
            fetch: wire::fetch::<F::Client>,
        };
        let response = PhantomData;
        Ok(Self { call, response })
    }

    /// Returns the call without the type of its response.
    pub(crate) fn into_call(self) -> Call {
        self.call
    }
}

/// Call of any reading function.
#[derive(Clone)]
pub(crate) struct Call {
    path: &'static str,
    /// URL-encoded arguments.
    form: String,
    /// Runs the function.
    #[cfg(feature = "ssr")]
    run: std::sync::Arc<dyn Fn() -> Response + Send + Sync>,
    /// Requests the function from the server.
    #[cfg(not(feature = "ssr"))]
    fetch: fn(http::Method, &str, String) -> wire::Response,
}

/// Future of a response.
pub(crate) type Response = Pin<Box<dyn Future<Output = ReadResponse> + Send>>;

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        (self.path, &self.form) == (other.path, &other.form)
    }
}

impl Call {
    /// Calls the function.
    #[cfg(feature = "ssr")]
    pub(crate) fn send(&self) -> Response {
        (self.run)()
    }

    /// Calls the function.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn send(&self) -> Response {
        let response = (self.fetch)(http::Method::GET, self.path, self.form.clone());
        Box::pin(async move { ReadResponse(response.await.and_then(parsed)) })
    }
}

/// Runs a function on the server that renders the page.
#[cfg(feature = "ssr")]
fn run<F>(function: F) -> Response
where
    F: ServerFn<Error = ApiError> + 'static,
    F::Output: Serialize,
{
    Box::pin(async move {
        let output = function.run_body().await;
        ReadResponse(output.and_then(|output| {
            serde_json::value::to_raw_value(&output).map_err(|error| wire::unreadable(&error))
        }))
    })
}

/// Checks that a response is JSON.
#[cfg(not(feature = "ssr"))]
fn parsed(text: String) -> Result<Box<RawValue>, ApiError> {
    RawValue::from_string(text).map_err(|error| wire::unreadable(&error))
}

/// Response of a reading function, or the error.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReadResponse(Result<Box<RawValue>, ApiError>);

impl ReadResponse {
    /// Returns the response to a call that could not be created.
    pub(crate) const fn failed(error: ApiError) -> Self {
        Self(Err(error))
    }

    /// Parses the response.
    ///
    /// # Errors
    /// Returns the error of the function, or an error if the response is of another version of the server.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        match &self.0 {
            Ok(text) => wire::read(text.get()),
            Err(error) => Err(error.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::user::FindUser;

    #[test]
    fn response_is_a_part_of_the_page() {
        let page = r#"{"Ok":[1,2]}"#;
        let response: ReadResponse = serde_json::from_str(page).unwrap();
        assert_eq!(response.parse::<Vec<u8>>(), Ok(vec![1, 2]));
        assert_eq!(serde_json::to_string(&response).unwrap(), page);
    }

    #[test]
    fn error_is_a_part_of_the_page() {
        let error = ApiError::unanswered(false);
        let response = ReadResponse::failed(error.clone());
        let page = serde_json::to_string(&response).unwrap();
        let response: ReadResponse = serde_json::from_str(&page).unwrap();
        assert_eq!(response.parse::<Vec<u8>>(), Err(error));
    }

    #[test]
    fn response_of_another_version_is_an_error() {
        let response: ReadResponse = serde_json::from_str(r#"{"Ok":{"id":1}}"#).unwrap();
        assert!(response.parse::<Vec<u8>>().is_err());
    }

    #[test]
    fn calls_with_the_same_arguments_are_equal() {
        let call = |user: &str| {
            let user = user.to_owned();
            ReadRequest::of(FindUser { user }).map(ReadRequest::into_call)
        };
        assert!(call("ada") == call("ada"));
        assert!(call("ada") != call("bob"));
    }
}
