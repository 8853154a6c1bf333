//! A user as the API shows it, and the version for conditional changes.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{
    access::Permission,
    problem::Code,
    users::{
        UserId,
        detail::{IssuedLink, UserDetail},
    },
};
use serde::Serialize;
use service::{
    Error,
    access::{Granted, WriteUsers},
};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use crate::{
    dto::users::Shown,
    response::{Failure, shown_once},
};

/// Returns a user as JSON, with the `ETag` for conditional changes. A link in it is not shown again.
pub(crate) fn show(user: UserDetail, link: Option<IssuedLink>) -> Response {
    let version = user.summary.version;
    let has_secret = link.is_some();
    let shown = Json(Shown::new(user, link));
    let response = if has_secret {
        shown_once(shown)
    } else {
        shown.into_response()
    };
    tagged(response, version)
}

/// Response to a change for an author without the permission to read users.
#[derive(Serialize)]
struct Changed {
    id: UserId,
    version: i32,
}

/// Returns the response to a change: the user, or only the id and the version for an author without `users:read`.
pub(crate) fn show_to(author: &Granted<WriteUsers>, user: UserDetail) -> Response {
    if may_read(author) {
        return show(user, None);
    }
    let (id, version) = (user.summary.id, user.summary.version);
    tagged(Json(Changed { id, version }).into_response(), version)
}

fn may_read(author: &Granted<WriteUsers>) -> bool {
    let permissions = &author.author().doer.permissions;
    permissions.include(Permission::UsersRead)
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
pub(crate) struct Wanted(Option<Option<i32>>);

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(tag) = parts.headers.get(header::IF_MATCH) else {
            return Ok(Self(None));
        };
        let version = version(tag).ok_or_else(|| {
            Failure::invalid("If-Match must be the ETag of the user, such as \"3\".")
        })?;
        Ok(Self(Some(version)))
    }
}

impl IntoParams for Wanted {
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

impl Wanted {
    /// Returns the required version; None if any version is accepted.
    pub(crate) fn version(&self) -> Option<i32> {
        self.0.flatten()
    }

    /// Returns the response to a change of the caller's own account.
    pub(crate) fn answer(self, edited: Result<UserDetail, Error>) -> Result<Response, Failure> {
        Ok(show(self.checked(edited)?, None))
    }

    /// Returns the response to a change of another account, as far as its author can read users.
    pub(crate) fn answer_to(
        self,
        author: &Granted<WriteUsers>,
        edited: Result<UserDetail, Error>,
    ) -> Result<Response, Failure> {
        let edited = self.checked(edited).map_err(|failure| {
            if may_read(author) {
                failure
            } else {
                failure.without_current()
            }
        });
        Ok(show_to(author, edited?))
    }

    fn checked(self, edited: Result<UserDetail, Error>) -> Result<UserDetail, Failure> {
        edited.map_err(|error| match error {
            Error::Stale(_) if self.0.is_some() => {
                Failure::from(error).with_code(Code::PreconditionFailed)
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
