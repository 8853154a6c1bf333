//! Data that users own in the host application: the caller's under `/api`, all users' under `/api/admin`.

mod annotations;
mod ontology;
mod personas;

use axum::{
    Extension,
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use domain::{
    access_tokens::Scope,
    error::Forbidden,
    list::Limits,
    owned::{Annotation, Ontology, Persona},
    permission::Permission,
};
use serde::Deserialize;
use service::{
    Error,
    owned::{Reader, Writer},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    error::ApiError,
    extract::{SignedIn, id_param},
    operations::{by_method, token},
    page::PageResponse,
    response::{IdResponse, Stored},
    state::ApiState,
};

/// Data that a route gives access to. The router sets it.
#[derive(Clone, Copy)]
enum DataScope {
    /// Data of the caller.
    Own,
    /// Data of all users, for administrators.
    Any,
}

impl<S: Send + Sync> FromRequestParts<S> for DataScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let data_scope = parts.extensions.get().copied();
        // Without it, a route gives access to nothing.
        data_scope.ok_or_else(|| Error::Forbidden(Forbidden::AdminRequired).into())
    }
}

/// Extractor of a reader of owned data.
struct OwnedReader(Reader);

impl<S: Send + Sync> FromRequestParts<S> for OwnedReader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, state).await?;
        Ok(Self(
            match DataScope::from_request_parts(parts, state).await? {
                DataScope::Own => Reader::own(&caller)?,
                DataScope::Any => Reader::all(&caller.require()?),
            },
        ))
    }
}

/// Extractor of a writer of owned data.
struct OwnedWriter(Writer);

impl<S: Send + Sync> FromRequestParts<S> for OwnedWriter {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, state).await?;
        Ok(Self(
            match DataScope::from_request_parts(parts, state).await? {
                DataScope::Own => Writer::own(caller)?,
                DataScope::Any => Writer::all(caller.require()?),
            },
        ))
    }
}

impl Stored for Persona {
    type Written = IdResponse;

    fn written(self) -> IdResponse {
        IdResponse::new(self.id)
    }
}

impl Stored for Ontology {
    type Written = IdResponse;

    fn written(self) -> IdResponse {
        IdResponse::new(self.id)
    }
}

impl Stored for Annotation {
    type Written = IdResponse;

    fn written(self) -> IdResponse {
        IdResponse::new(self.id)
    }
}

/// Page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OwnedListParams {
    /// Id of the last item of the previous page.
    #[serde(default)]
    #[param(value_type = Option<uuid::Uuid>)]
    after: Option<String>,
    /// Maximum number of items.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
}

impl OwnedListParams {
    /// Returns the maximum number of items, or an error if it is out of range.
    fn limit(&self) -> Result<u16, ApiError> {
        let Some(text) = &self.limit else {
            return Ok(Limits::API.default);
        };
        let max = Limits::API.max;
        let limit = text
            .parse::<u16>()
            .ok()
            .filter(|limit| (1..=max).contains(limit));
        limit.ok_or_else(|| {
            ApiError::of_parameter(
                "limit",
                format!("`limit` must be a number from 1 to {max}."),
            )
        })
    }

    /// Returns the id of the last item of the previous page, or an error if it is not one.
    fn after(&self) -> Result<Option<Uuid>, ApiError> {
        id_param("after", self.after.as_deref())
    }

    /// Returns the response: the rows, and the link to the next page.
    fn answer<T>(
        &self,
        (rows, more): (Vec<T>, bool),
        path: &str,
        id: impl Fn(&T) -> Uuid,
    ) -> PageResponse<T> {
        let next = rows
            .last()
            .filter(|_| more)
            .map(|last| id(last).to_string());
        let limit = self.limit.as_deref().map(|limit| ("limit", limit));
        let next = next.as_deref().map(|next| {
            let pairs = limit.into_iter().chain([("after", next)]);
            (pairs.collect(), "next")
        });
        PageResponse::without_total(rows, path, next.as_slice())
    }
}

/// Returns the routes of owned data.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    let own = OpenApiRouter::new()
        .routes(routes!(personas::list_personas, personas::create_persona))
        .layer(Extension(DataScope::Own));
    let any_user = OpenApiRouter::new()
        .routes(routes!(
            personas::list_user_personas,
            personas::create_user_persona
        ))
        .layer(Extension(DataScope::Any));
    OpenApiRouter::new()
        .merge(own)
        .merge(any_user)
        .nest("/api", things(DataScope::Own))
        .nest("/api/admin", things(DataScope::Any))
}

/// Returns the routes that exist for the caller's data as well as for all users' data.
fn things(data_scope: DataScope) -> OpenApiRouter<ApiState> {
    let mut things = OpenApiRouter::new()
        .routes(routes!(
            personas::get_persona,
            personas::update_persona,
            personas::delete_persona
        ))
        .routes(routes!(
            ontology::get_ontology,
            ontology::update_ontology,
            ontology::delete_ontology
        ))
        .routes(routes!(
            annotations::list_annotations,
            annotations::create_annotation
        ))
        .routes(routes!(
            annotations::get_annotation,
            annotations::update_annotation,
            annotations::delete_annotation
        ));
    let (read, write) = match data_scope {
        DataScope::Own => (Scope::DataRead, Scope::DataWrite),
        DataScope::Any => (
            Scope::Permission(Permission::UsersRead),
            Scope::Permission(Permission::UsersWrite),
        ),
    };
    for path in things.get_openapi_mut().paths.paths.values_mut() {
        for (method, operation) in by_method(path) {
            let scope = if method == Method::GET { read } else { write };
            operation.security = Some(vec![token(scope)]);
            if matches!(data_scope, DataScope::Any) {
                let id = operation.operation_id.take();
                operation.operation_id = id.map(|id| format!("{id}_as_admin"));
            }
        }
    }
    things.layer(Extension(data_scope))
}
