//! Conditional changes: the version of an object that a change requires with `If-Match`.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
};
use domain::problem::Code;
use service::{Error, guard::TargetRef};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};
use uuid::Uuid;

use crate::error::ApiError;

/// Pattern of an `ETag`; `*` stands for any version.
const TAG: &str = r#"^(\*|(W/)?"\d{1,9}")$"#;

/// Extractor of the version that a change requires with `If-Match`. None without the header, and for `*`.
pub(crate) struct IfMatch(Option<i32>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut tags = parts.headers.get_all(header::IF_MATCH).iter();
        let (Some(tag), other) = (tags.next(), tags.next()) else {
            return Ok(Self(None));
        };
        let version = version(tag).filter(|_| other.is_none()).ok_or_else(|| {
            ApiError::invalid("If-Match must be the ETag of the object, such as \"3\".")
        })?;
        Ok(Self(version))
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = ParameterBuilder::new()
            .name(header::IF_MATCH.as_str())
            .parameter_in(ParameterIn::Header)
            .description(Some("`ETag` of the object on which the change is based."))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some(TAG)),
            ));
        vec![parameter.build()]
    }
}

impl IfMatch {
    /// Returns the target of a change: the object, at the required version.
    pub(crate) fn target(&self, id: Uuid) -> TargetRef {
        TargetRef::from(id).at_version(self.0)
    }

    /// Returns the required version.
    pub(crate) fn version(&self) -> Option<i32> {
        self.0
    }

    /// Returns the version that the header or the body requires; 400 if both require different ones.
    pub(crate) fn version_with(&self, in_body: Option<i32>) -> Result<Option<i32>, ApiError> {
        match (self.0, in_body) {
            (Some(tag), Some(version)) if tag != version => {
                let message = "version differs from the one in If-Match. Send only one of them.";
                Err(ApiError::of_field(
                    "version",
                    "version_differs",
                    message.to_owned(),
                ))
            }
            (tag, version) => Ok(tag.or(version)),
        }
    }

    /// Translates the error of a change. An outdated version is 412 if the header has required it.
    pub(crate) fn check<T>(&self, result: Result<T, Error>) -> Result<T, ApiError> {
        result.map_err(|error| match error {
            Error::Stale(_) | Error::Outdated(_) if self.0.is_some() => {
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
        .strip_prefix("W/")
        .unwrap_or(tag)
        .strip_prefix('"')?
        .strip_suffix('"')?;
    // A version has no sign, which the text of an integer can have.
    let digits = Some(number).filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
    digits?.parse().ok().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_is_a_version() {
        for (tag, expected) in [
            ("*", Some(None)),
            ("\"3\"", Some(Some(3))),
            ("W/\"3\"", Some(Some(3))),
            ("3", None),
            ("\"3\", \"4\"", None),
            ("\"x\"", None),
            ("\"-1\"", None),
            ("\"+3\"", None),
            ("", None),
        ] {
            let tag = HeaderValue::from_static(tag);
            assert_eq!(version(&tag), expected, "{tag:?}");
        }
    }

    #[test]
    fn versions_of_header_and_body_must_agree() {
        for (tag, in_body, expected) in [
            (None, None, Some(None)),
            (Some(1), None, Some(Some(1))),
            (None, Some(1), Some(Some(1))),
            (Some(1), Some(1), Some(Some(1))),
            (Some(1), Some(2), None),
        ] {
            let version = IfMatch(tag).version_with(in_body).ok();
            assert_eq!(version, expected, "{tag:?} {in_body:?}");
        }
    }
}
