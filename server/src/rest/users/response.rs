//! A user as the API shows it, and the version for conditional changes.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::Response,
};
use domain::{
    problem::Code,
    users::detail::{IssuedLink, UserDetail},
};
use service::{
    Error,
    access::{Authorized, UsersRead, UsersWrite},
};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use crate::{
    dto::users::UserResponse,
    response::{ApiError, shown_once, written},
};

/// Returns a user as JSON, with the `ETag` for conditional changes, to a caller who has the permission to read the user.
pub(crate) fn show(user: UserDetail) -> Response {
    respond(true, user, None)
}

/// Returns the response to a change: the user, or only the id and the version for an actor without `users:read`. A link in it
/// is not shown again.
pub(crate) fn show_to<R>(
    actor: &Authorized<R>,
    user: UserDetail,
    link: Option<IssuedLink>,
) -> Response {
    respond(actor.includes::<UsersRead>(), user, link)
}

fn respond(can_read: bool, user: UserDetail, link: Option<IssuedLink>) -> Response {
    let version = user.summary.version;
    let has_secret = link.is_some();
    let response = written(can_read, UserResponse::new(user, link));
    let response = if has_secret {
        shown_once(response)
    } else {
        response
    };
    tagged(response, version)
}

/// Adds the `ETag` for conditional changes.
fn tagged(mut response: Response, version: i32) -> Response {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Pattern of an `ETag`; `*` stands for any version.
const TAG: &str = r#"^(\*|(W/)?"\d{1,9}")$"#;

/// Version that a change requires with `If-Match`. None without the header; the inner value is None for `*`.
pub(crate) struct IfMatch(Option<Option<i32>>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(tag) = parts.headers.get(header::IF_MATCH) else {
            return Ok(Self(None));
        };
        let version = version(tag).ok_or_else(|| {
            ApiError::invalid("If-Match must be the ETag of the user, such as \"3\".")
        })?;
        Ok(Self(Some(version)))
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = ParameterBuilder::new()
            .name(header::IF_MATCH.as_str())
            .parameter_in(ParameterIn::Header)
            .description(Some("`ETag` of the user on which the change is based."))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some(TAG)),
            ));
        vec![parameter.build()]
    }
}

impl IfMatch {
    /// Returns the required version; None if any version is accepted.
    pub(crate) fn version(&self) -> Option<i32> {
        self.0.flatten()
    }

    /// Returns the response to a change of the caller's own account.
    pub(crate) fn answer(self, edited: Result<UserDetail, Error>) -> Result<Response, ApiError> {
        Ok(show(self.checked(edited)?))
    }

    /// Returns the response to a change of another account, as far as its actor can read users.
    pub(crate) fn answer_to(
        self,
        actor: &Authorized<UsersWrite>,
        edited: Result<UserDetail, Error>,
    ) -> Result<Response, ApiError> {
        Ok(show_to(actor, self.checked(edited)?, None))
    }

    fn checked(self, edited: Result<UserDetail, Error>) -> Result<UserDetail, ApiError> {
        edited.map_err(|error| match error {
            Error::Stale(_) if self.0.is_some() => {
                ApiError::from(error).with_code(Code::PreconditionFailed)
            }
            error => error.into(),
        })
    }
}

/// Parses an `ETag` as a version; the inner value is None for `*`. Returns None if it is not valid.
fn version(tag: &HeaderValue) -> Option<Option<i32>> {
    let tag = tag.to_str().ok()?.trim();
    if tag == "*" {
        return Some(None);
    }
    // A proxy that compresses turns the tag into a weak one.
    let number = tag
        .trim_start_matches("W/")
        .strip_prefix('"')?
        .strip_suffix('"')?;
    number.parse().ok().map(Some)
}
