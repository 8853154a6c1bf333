//! Errors as clients see them: a code for programs and a message for users.

mod list;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::value::{Error, StringDeserializer},
};
use utoipa::ToSchema;

use crate::{
    attached::Attached,
    error::Entity,
    fields::FieldErrors,
    limits::LimitStatus,
    message::Message,
    sessions::revoke::RevokeOutcome,
    stored::StoredObject,
    users::{bulk::BulkOutcome, deletion::OwnedCounts, detail::UserDetail},
};

/// Kind of an error. Its name in JSON is FOVEA's where FOVEA has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// The request is not signed in.
    Unauthorized,
    /// The caller lacks a permission.
    Forbidden,
    /// The operation requires a session: an access token is not accepted.
    TokenNotAllowed,
    /// The user or the virtual key cannot use the model.
    ModelNotAllowed,
    /// The password is correct, but was set by an administrator and has to be changed.
    PasswordChangeRequired,
    /// The operation requires the current password of the account, and the request contains none.
    CurrentPasswordRequired,
    /// The current password in the request is wrong.
    CurrentPasswordWrong,
    /// The resource does not exist.
    NotFound,
    /// The URL does not support this method.
    MethodNotAllowed,
    /// The request contradicts the stored data.
    Conflict,
    /// A condition of the request, such as `If-Match`, no longer holds.
    PreconditionFailed,
    /// The input is invalid.
    ValidationError,
    /// The input is longer than the limit.
    PayloadTooLarge,
    /// Too many attempts in too short a time.
    TooManyRequests,
    /// The database cannot be reached at present.
    Unavailable,
    /// The operator has not configured the feature.
    Disabled,
    /// An unexpected error of the server.
    InternalError,
}

impl Code {
    /// Returns the HTTP status. FOVEA's own routes respond with 400 instead of 422.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::Forbidden
            | Self::TokenNotAllowed
            | Self::ModelNotAllowed
            | Self::PasswordChangeRequired
            | Self::CurrentPasswordRequired
            | Self::CurrentPasswordWrong => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::PreconditionFailed => 412,
            Self::PayloadTooLarge => 413,
            Self::ValidationError => 422,
            Self::TooManyRequests => 429,
            Self::InternalError => 500,
            Self::Unavailable | Self::Disabled => 503,
        }
    }
}

/// An error as the client sees it. It never contains a cause, which is logged under the same request id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Kind of the error.
    pub error: Code,
    /// Message that says what to do next.
    #[schema(value_type = String)]
    pub message: Message,
    /// Details of the input that caused the error.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Box<Details>,
    /// The id of the request, which its log lines carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Details of an error: the parts of the input that caused it, or the data that has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Errors by field.
    #[serde(default, skip_serializing_if = "FieldErrors::is_empty")]
    pub fields: FieldErrors,
    /// Range of characters of the invalid word in a search: the first one, and the one after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<usize>>)]
    pub word: Option<(usize, usize)>,
    /// Name of the URL's parameter that is unknown, repeated or invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Number of seconds after which to retry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Kind of the object that was not found.
    #[serde(
        default,
        deserialize_with = "known_entity",
        skip_serializing_if = "Option::is_none"
    )]
    pub entity: Option<Entity>,
    /// Name of the permission that the caller lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// URL at which the user chooses a password of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The user as stored now, if another change came in between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Box<UserDetail>>)]
    pub current: Option<Attached<UserDetail>>,
    /// The role, group, feature, client, resource or limit as stored now, if another change came in between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Box<StoredObject>>)]
    pub object: Option<Attached<StoredObject>>,
    /// Number of items that would be deleted now, if it differs from the preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OwnedCounts>)]
    pub counts: Option<Attached<OwnedCounts>>,
    /// Users that would change now, if they differ from the preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BulkOutcome>)]
    pub outcome: Option<Attached<BulkOutcome>>,
    /// The limit that denies a use, and what is left of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Box<LimitStatus>>)]
    pub limit: Option<Attached<LimitStatus>>,
    /// Number of sessions that would be revoked now, if it differs from the preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RevokeOutcome>)]
    pub revocation: Option<Attached<RevokeOutcome>>,
}

/// Deserializes a kind of objects; `None` for one of a newer server.
fn known_entity<'de, D: Deserializer<'de>>(kind: D) -> Result<Option<Entity>, D::Error> {
    let kind: Option<String> = Option::deserialize(kind)?;
    Ok(kind.and_then(|kind| Entity::deserialize(StringDeserializer::<Error>::new(kind)).ok()))
}

impl Details {
    /// Returns whether there are no details.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Problem {
    /// Creates an error without details.
    #[must_use]
    pub fn new(error: Code, message: impl Into<Message>) -> Self {
        Self {
            error,
            message: message.into(),
            details: Box::default(),
            request_id: None,
        }
    }

    /// Replaces the messages of the error and of its fields by their translations. Attached data has only the texts of messages.
    pub fn translate(&mut self, translated: impl Fn(&Message) -> Message) {
        self.message = translated(&self.message);
        self.details.fields.translate(&translated);
    }

    /// Returns the error without those of fields that were changed since. Returns `None` if there were errors of fields, and
    /// none is left.
    #[must_use]
    pub fn without_fields(mut self, is_changed: impl Fn(&str) -> bool) -> Option<Self> {
        let fields = &mut self.details.fields;
        let had_errors = !fields.is_empty();
        fields.remove(is_changed);
        let is_resolved = had_errors && fields.is_empty();
        (!is_resolved).then_some(self)
    }

    /// Returns the error with the names that the fields have in a JSON body.
    #[must_use]
    pub fn with_body_names(mut self) -> Self {
        self.details.fields = self.details.fields.in_camel_case();
        self
    }

    /// Adapts the message to a program: most clients show only the message, so it contains the errors of all fields.
    #[must_use]
    pub fn with_field_messages(mut self) -> Self {
        let fields = &self.details.fields;
        if !fields.is_empty() {
            self.message = Message::verbatim(fields.sentences());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::messages;

    #[test]
    fn errors_of_changed_fields_are_removed() {
        let mut problem = Problem::new(Code::ValidationError, messages::check_fields());
        // An error without fields is about something else.
        let other = problem.clone();
        assert_eq!(other.clone().without_fields(|_| true), Some(other));
        let fields = &mut problem.details.fields;
        fields.add("display_name", messages::enter_name());
        fields.add("api_key", messages::enter_api_key());
        assert_eq!(
            problem.clone().without_fields(|_| false),
            Some(problem.clone())
        );
        let left = problem
            .clone()
            .without_fields(|name| name == "api_key")
            .unwrap();
        let names: Vec<&str> = left
            .details
            .fields
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert_eq!(names, ["display_name"]);
        assert_eq!(left.without_fields(|name| name == "display_name"), None);
    }

    #[test]
    fn unknown_kind_of_object_leaves_the_rest_readable() {
        for (details, entity) in [
            (json!({ "entity": "user" }), Some(Entity::User)),
            (
                json!({ "entity": "access_token" }),
                Some(Entity::AccessToken),
            ),
            (json!({ "entity": "planet" }), None),
            (json!({ "entity": null }), None),
            (json!({}), None),
        ] {
            let sent = json!({ "error": "NOT_FOUND", "message": "No.", "details": details });
            let received: Problem = serde_json::from_value(sent).unwrap();
            assert_eq!(received.message, "No.", "{details}");
            assert_eq!(received.details.entity, entity, "{details}");
        }
        let details = json!({ "object": { "planet": { "name": "Mars" } } });
        let sent = json!({ "error": "CONFLICT", "message": "No.", "details": details });
        let received: Problem = serde_json::from_str(&sent.to_string()).unwrap();
        assert_eq!(received.details.object.unwrap().get(), None);
    }

    #[test]
    fn message_contains_every_field_error() {
        let mut problem = Problem::new(Code::ValidationError, messages::check_fields());
        let of_body = |problem: &Problem| problem.clone().with_body_names().with_field_messages();
        assert_eq!(of_body(&problem), problem);
        let fields = &mut problem.details.fields;
        fields.add("display_name", messages::enter_name());
        let one = of_body(&problem);
        assert_eq!(one.message, "Enter a name.");
        assert_eq!(one.details.fields.get("displayName"), Some("Enter a name."));
        let fields = &mut problem.details.fields;
        fields.add("api_key", messages::enter_api_key());
        let two = of_body(&problem);
        assert_eq!(two.message, "Enter a name. Enter the API key.");
        assert_eq!(two.details.fields.get("apiKey"), Some("Enter the API key."));
    }
}
