//! Data that a page loads. All resources have the same type: the JSON text of the response, which is parsed where it is
//! rendered.

#[cfg(feature = "ssr")]
mod stored;

use std::{future::pending, sync::Arc};

use domain::problem::Problem;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::loading::Loading;
use crate::api::{
    error::ApiError,
    listed::ListResult,
    read::{Call, ReadRequest, ReadResponse, Response},
};

/// Loaded data, or the error of loading.
pub(crate) struct Loaded<T> {
    response: Resource<ReadResponse>,
    parse: fn(&ReadResponse) -> Result<T, ApiError>,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loaded<T> {}

impl<T: DeserializeOwned + 'static> Loaded<T> {
    /// Loads data, again whenever the request changes.
    pub(crate) fn new(
        request: impl Fn() -> Result<ReadRequest<T>, ApiError> + Send + Sync + 'static,
    ) -> Self {
        Self::of(resource(source(request), None, None))
    }

    /// Loads data and counts the requests.
    pub(crate) fn counted(
        loading: Loading,
        request: impl Fn() -> Result<ReadRequest<T>, ApiError> + Send + Sync + 'static,
    ) -> Self {
        Self::of(resource(source(request), None, Some(loading)))
    }

    /// Loads a list and counts the requests. An invalid filter is an error of loading.
    pub(crate) fn list(
        loading: Loading,
        request: impl Fn() -> Result<ReadRequest<ListResult<T>>, ApiError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            response: resource(source(request), None, Some(loading)),
            parse: |response| response.parse::<ListResult<T>>()?.checked(),
        }
    }

    /// Loads data whose request needs other loaded data, again whenever `params` change.
    pub(crate) fn after<U: 'static, P>(
        first: Loaded<U>,
        params: impl Fn() -> Result<P, ApiError> + Send + Sync + 'static,
        request: impl Fn(P, U) -> Result<ReadRequest<T>, ApiError> + Send + Sync + 'static,
    ) -> Self {
        let source: Source = Arc::new(move |response| {
            let params = params();
            let response = response?;
            let request = || request(params?, (first.parse)(response)?);
            Some(request().map(ReadRequest::into_call))
        });
        Self::of(resource(source, Some(first.response), None))
    }

    fn of(response: Resource<ReadResponse>) -> Self {
        let parse = ReadResponse::parse::<T>;
        Self { response, parse }
    }
}

impl<T: 'static> Loaded<T> {
    /// Returns the data; `None` while it is loading for the first time. Reads a signal.
    pub(crate) fn get(self) -> Option<Result<T, ApiError>> {
        #[cfg(feature = "ssr")]
        stored::wait(self.response);
        self.response
            .with(|response| response.as_ref().map(self.parse))
    }

    /// Returns the data without tracking changes.
    pub(crate) fn get_untracked(self) -> Option<Result<T, ApiError>> {
        self.response
            .with_untracked(|response| response.as_ref().map(self.parse))
    }

    /// Loads the data again.
    pub(crate) fn refetch(self) {
        self.response.refetch();
    }

    /// Renders the data or the error. The fallback is shown while the data is loading for the first time.
    pub(crate) fn draw(
        self,
        fallback: impl Into<ViewFnOnce>,
        draw: impl Fn(Result<T, Problem>) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        transition(
            fallback.into(),
            Box::new(move || {
                let data = self.get()?;
                Some(draw(data.map_err(|ApiError(problem)| problem)))
            }),
        )
    }
}

/// Renders once all data that `draw` reads is loaded; until then `draw` returns `None`.
pub(crate) fn transition(
    fallback: ViewFnOnce,
    draw: Box<dyn Fn() -> Option<AnyView> + Send + Sync>,
) -> AnyView {
    view! {
        <Transition fallback=fallback strict=true>
            {move || draw()}
        </Transition>
    }
    .into_any()
}

/// Returns the data of two resources; `None` until both have arrived. Both signals are read in any case, because the server waits
/// only for the resources that a view has read.
pub(crate) fn both<T: 'static, U: 'static>(
    first: Loaded<T>,
    second: Loaded<U>,
) -> Option<(Result<T, ApiError>, Result<U, ApiError>)> {
    let (first, second) = (first.get(), second.get());
    Some((first?, second?))
}

/// Creates the call of a resource from the response that it needs; `None` if that response has not arrived.
type Source = Arc<dyn Fn(Option<&ReadResponse>) -> Option<Result<Call, ApiError>> + Send + Sync>;

/// Returns the source of a request that needs no other response.
fn source<T: 'static>(
    request: impl Fn() -> Result<ReadRequest<T>, ApiError> + Send + Sync + 'static,
) -> Source {
    Arc::new(move |_| Some(request().map(ReadRequest::into_call)))
}

/// Creates the resource. It is compiled once for all pages.
fn resource(
    source: Source,
    first: Option<Resource<ReadResponse>>,
    loading: Option<Loading>,
) -> Resource<ReadResponse> {
    let calls = Arc::clone(&source);
    let known = move || {
        let first = first.and_then(|first| first.with_untracked(Clone::clone));
        calls(first.as_ref())
    };
    Resource::new(known, move |call| -> Response {
        let source = Arc::clone(&source);
        Box::pin(async move {
            let _fetching = loading.map(Loading::begin);
            let call = match (call, first) {
                (None, Some(first)) => source(Some(&first.await)),
                (call, _) => call,
            };
            match call {
                Some(Ok(call)) => call.send().await,
                Some(Err(error)) => ReadResponse::failed(error),
                None => pending().await,
            }
        })
    })
}
