//! OpenAPI 3.1 description of the API: the descriptions of the handlers and types, and what applies to all of them.

pub(crate) mod described;
mod headers;
pub mod viewer;

use std::sync::LazyLock;

use axum::http::{Method, StatusCode, header};
use domain::{problem::Problem, stored::StoredObject, text::capitalized};
use utoipa::{
    OpenApi, PartialSchema, ToSchema,
    openapi::{
        Components, Content, Object, Ref, RefOr, Required, Response, Schema, Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{KnownFormat, SchemaFormat},
        security::{
            ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
        },
        tag::{Tag, TagBuilder},
    },
};

use crate::{
    idempotency::takes_key,
    meta,
    operations::{TOKEN, by_method, set_ids},
    rate::counts,
    users::dto::UserResponse,
};
use headers::{LIMITS, PAGE, REPLAYED, RETRY, VERSION, describe};

/// Name of the security scheme with a cookie.
const SESSION: &str = "session";

#[derive(OpenApi)]
#[openapi(info(
    title = "Rollcall",
    description = "User administration. `docs/API.md` describes the conventions of all routes, such as errors, paging and rate limits."
))]
struct Base;

/// Declares the tags of the operations, with those of the resources after those of the users.
macro_rules! tags {
    ({ $users:expr, $($other:expr,)+ } $($one:ident $many:ident $actions:tt $object:tt $description:tt $($icon:ident)?;)+) => {
        /// Tags with their descriptions, in their order. The tag of a resource begins with a capital letter in the document.
        const TAGS: &[(&str, &str)] = &[$users, $((stringify!($many), $description),)+ $($other,)+];
    };
}

domain::for_each_resource! { tags! {
    ("Users", "Manage users"),
    ("Access", "Access of users to features and resources, with the reasons"),
    ("Limits", "Limits of what users do in the host application, and what is left of them"),
    ("Usage", "Usage of the host application"),
    ("Sessions", "Sessions of all users"),
    ("Registrations", "Pending registrations and invitations"),
    ("API keys", "Provider API keys of the system and of users"),
    ("Access tokens", "Access tokens and virtual keys of all users"),
    ("Audit log", "Changes and sign-ins"),
    ("Jobs", "Background jobs"),
    ("Owned data", "Personas, ontologies and annotations of the host application"),
    ("Conversations", "Conversations of users with the host application"),
    ("Own account", "The caller's own account"),
    ("Sign-in", "Sign-in, sign-out and registration"),
    ("Server", "Health and settings"),
} }

/// Returns the tags of the document.
fn tags() -> Vec<Tag> {
    let tag = |(name, description): &(&str, &str)| {
        let tag = TagBuilder::new().name(capitalized(name));
        tag.description(Some(*description)).build()
    };
    TAGS.iter().map(tag).collect()
}

/// OpenAPI document, built once.
pub static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| {
    let mut document = Base::openapi();
    document.tags = Some(tags());
    document.merge(meta::probes().into_openapi());
    document.merge(crate::small_resources().into_openapi());
    document.merge(crate::large_resources().into_openapi());
    for (path, item) in &mut document.paths.paths {
        set_ids(item);
        for (method, operation) in by_method(item) {
            complete(path, &method, operation);
        }
    }
    let components = document.components.get_or_insert_default();
    add_schemes(components);
    add_error_responses(components);
    document
});

/// Adds the parts of an operation that follow from its path and method.
fn complete(path: &str, method: &Method, operation: &mut Operation) {
    let session = SecurityRequirement::new(SESSION, [""; 0]);
    if let Some(security) = &mut operation.security {
        let needs_token =
            !security.contains(&session) && *security != [SecurityRequirement::default()];
        // A signed-in user can do what a program can do with a token.
        security.extend(needs_token.then_some(session));
    }
    let parameters = operation.parameters.get_or_insert_default();
    parameters.extend(in_path(path).map(RefOr::T));
    let takes_key = takes_key(method, path);
    parameters.extend(takes_key.then(|| RefOr::T(idempotency_key())));
    let is_list = parameters
        .iter()
        .any(|parameter| is_named(parameter, "limit"));
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if response.description.is_empty() {
            response.description = reason(status);
        }
        if is_list && status == StatusCode::OK.as_str() {
            describe(response, &PAGE);
        }
        if is_versioned(response) {
            describe(response, &VERSION);
        }
        if takes_key {
            describe(response, &REPLAYED);
        }
        if counts(path) {
            describe(response, &LIMITS);
        }
    }
    for status in error_statuses(path, method, operation) {
        let reference = Ref::from_response_name(name(status));
        let responses = &mut operation.responses.responses;
        responses
            .entry(status.as_str().to_owned())
            .or_insert(RefOr::Ref(reference));
    }
}

/// Returns the parameters in a path. All are ids but providers, the keys of features, and clients, which have numbers.
fn in_path(path: &str) -> impl Iterator<Item = Parameter> {
    let names = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        let (kind, format) = match name {
            "provider" | "feature" => (Type::String, None),
            "client" => (Type::Integer, Some(KnownFormat::Int32)),
            _ => (Type::String, Some(KnownFormat::Uuid)),
        };
        let mut schema = Object::with_type(kind);
        schema.format = format.map(SchemaFormat::KnownFormat);
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(schema))
            .build()
    })
}

/// Returns whether a response is an object with a version.
fn is_versioned(response: &Response) -> bool {
    let names = StoredObject::schema_names().into_iter();
    let names = names.chain([UserResponse::name()]);
    let versioned: Vec<RefOr<Schema>> = names
        .map(|name| RefOr::Ref(Ref::from_schema_name(name)))
        .collect();
    let mut contents = response.content.values();
    contents.any(|content| {
        matches!(content, RefOr::T(content)
            if content.schema.as_ref().is_some_and(|schema| versioned.contains(schema)))
    })
}

fn is_named(parameter: &RefOr<Parameter>, name: &str) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.name == name)
}

/// Returns the parameter of the idempotency key.
fn idempotency_key() -> Parameter {
    let mut schema = Object::with_type(Type::String);
    schema.min_length = Some(1);
    schema.max_length = Some(255);
    schema.pattern = Some("^[\\x21-\\x7E]+$".to_owned());
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "A random string, such as a UUID. A repeated request with the same key returns the stored response and is not executed again.",
        ))
        .schema(Some(schema))
        .build()
}

/// Returns the error statuses of an operation.
fn error_statuses(path: &str, method: &Method, operation: &Operation) -> Vec<StatusCode> {
    if !path.starts_with("/api/") {
        return Vec::new();
    }
    let mut error_statuses = vec![
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    if counts(path) {
        // Every operation rejects parameters that it does not describe.
        error_statuses.extend([StatusCode::BAD_REQUEST, StatusCode::TOO_MANY_REQUESTS]);
    }
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    if operation.request_body.is_some() {
        error_statuses.push(StatusCode::PAYLOAD_TOO_LARGE);
    }
    if path.contains('{') {
        error_statuses.push(StatusCode::NOT_FOUND);
    }
    if method != Method::GET {
        error_statuses.push(StatusCode::CONFLICT);
    }
    if parameters
        .iter()
        .any(|parameter| is_named(parameter, header::IF_MATCH.as_str()))
    {
        error_statuses.push(StatusCode::PRECONDITION_FAILED);
    }
    error_statuses
}

/// Adds the schema of errors, and a response for each error status.
fn add_error_responses(components: &mut Components) {
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    for status in [
        StatusCode::BAD_REQUEST,
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::NOT_FOUND,
        StatusCode::CONFLICT,
        StatusCode::PRECONDITION_FAILED,
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE,
    ] {
        let problem = Ref::from_schema_name(Problem::name());
        let mut response = Response::new(reason(status.as_str()));
        response.content.insert(
            "application/json".to_owned(),
            Content::new(Some(problem)).into(),
        );
        if [StatusCode::TOO_MANY_REQUESTS, StatusCode::CONFLICT].contains(&status) {
            describe(&mut response, &RETRY);
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            describe(&mut response, &LIMITS);
        }
        components.responses.insert(name(status), response.into());
    }
}

/// Returns the reason phrase of a status.
fn reason(status: &str) -> String {
    let status = StatusCode::try_from(status).ok();
    let reason = status.and_then(|status| status.canonical_reason());
    reason.unwrap_or_default().to_owned()
}

/// Returns the reason phrase of a status without spaces, as the name of a component.
fn name(status: StatusCode) -> String {
    reason(status.as_str()).replace(' ', "")
}

fn add_schemes(components: &mut Components) {
    let cookie = ApiKeyValue::with_description(
        "session_token",
        "Session of a signed-in user. Over https the name of the cookie begins with `__Host-`; if the URL of the panel has a \
         port other than 3000, it ends with the port: `session_token_8080`.",
    );
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
        "Access token, `rc_…`, with the permissions that both its scopes and its owner allow; or a virtual key, `sk-…`, which opens \
         `/api/limits`, `/api/usage` and `/api/access` for its owner only.",
    ));
    for (name, scheme) in [
        (SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie))),
        (TOKEN, SecurityScheme::Http(bearer.build())),
    ] {
        components
            .security_schemes
            .insert(name.to_owned(), scheme.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Collects the names of the schemas that a part of the document refers to.
    fn schemas(part: &Value, found: &mut Vec<String>) {
        match part {
            Value::Object(fields) => {
                let reference = fields.get("$ref").and_then(Value::as_str);
                let name = reference.and_then(|path| path.rsplit('/').next());
                found.extend(name.map(str::to_owned));
                fields.values().for_each(|field| schemas(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| schemas(item, found)),
            _ => {}
        }
    }

    #[test]
    fn bodies_are_named_as_requests_and_responses() {
        let document = serde_json::to_value(&*DOCUMENT).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let operations = paths.flat_map(|item| item.as_object().unwrap().values());
        let (mut requests, mut responses) = (Vec::new(), Vec::new());
        for operation in operations {
            schemas(&operation["requestBody"], &mut requests);
            for (status, response) in operation["responses"].as_object().unwrap() {
                if status.starts_with('2') {
                    schemas(response, &mut responses);
                }
            }
        }
        assert!(requests.len() > 20 && responses.len() > 60);
        for (names, ending) in [(requests, "Request"), (responses, "Response")] {
            for name in names {
                assert!(name.ends_with(ending), "{name}");
            }
        }
    }
}
