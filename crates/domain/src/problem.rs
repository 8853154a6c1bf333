//! What goes wrong, as a client is told it: a code for programs, a sentence for people.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    fields::FieldErrors,
    sessions::revoke::RevokeOutcome,
    users::{bulk::BulkOutcome, deletion::OwnedCounts, detail::UserDetail},
};

/// The kind of a failure. Its name on the wire is FOVEA's where FOVEA has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// Nobody is signed in.
    Unauthorized,
    /// Somebody is, but may not do this.
    Forbidden,
    /// It takes a person who is signed in: no access token is enough.
    TokenNotAllowed,
    /// The password is right, but somebody else has chosen it.
    PasswordChangeRequired,
    /// What is asked for needs the password of the account.
    CurrentPasswordRequired,
    /// It came with another one.
    CurrentPasswordWrong,
    /// There is no such thing.
    NotFound,
    /// The address does not know this method.
    MethodNotAllowed,
    /// It contradicts what is already there.
    Conflict,
    /// What the request was made to depend on does not hold any more.
    PreconditionFailed,
    /// The input is not acceptable as it stands.
    ValidationError,
    /// The input is longer than any acceptable one.
    PayloadTooLarge,
    /// Too many tries in too short a time.
    TooManyRequests,
    /// The database cannot be reached just now.
    Unavailable,
    /// The operator has not set up what it takes.
    SwitchedOff,
    /// A fault of ours.
    InternalError,
}

impl Code {
    /// The HTTP status. FOVEA's own routes answer 400 instead of 422.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::Forbidden
            | Self::TokenNotAllowed
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
            Self::Unavailable | Self::SwitchedOff => 503,
        }
    }
}

/// A failure as the client sees it. It never holds a cause: that goes to the log, under the same request id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The kind.
    pub error: Code,
    /// A sentence that says what to do next.
    pub message: String,
    /// What is wrong with which part of the input.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Box<Details>,
    /// Names the log lines of this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Where in the input the fault is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// One sentence for each field at fault.
    #[serde(default, skip_serializing_if = "FieldErrors::is_empty")]
    pub fields: FieldErrors,
    /// The word at fault in a search text: first character and the one after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<usize>>)]
    pub word: Option<(usize, usize)>,
    /// The parameter of the address that is not known, or that stands more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Seconds after which to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Where the person chooses a password of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What somebody else has made of the account meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<UserDetail>>,
    /// What would go now, where it is not what was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<OwnedCounts>,
    /// Who would change now, where it is not what was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<BulkOutcome>,
    /// How many sessions would end now, where it is not what was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevokeOutcome>,
}

impl Details {
    /// Whether there is nothing to say beyond the sentence.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Problem {
    /// A problem without details.
    #[must_use]
    pub fn new(error: Code, message: impl Into<String>) -> Self {
        Self {
            error,
            message: message.into(),
            details: Box::default(),
            request_id: None,
        }
    }

    /// The same for a program that has sent a JSON body. Most clients show the message alone, so it says what is wrong with
    /// every field; the fields have the names of the body.
    #[must_use]
    pub fn of_body(mut self) -> Self {
        let fields = &mut self.details.fields;
        if !fields.is_empty() {
            self.message = fields.sentences();
            *fields = fields.in_camel_case();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_told_every_fault_in_the_message() {
        let mut problem = Problem::new(Code::ValidationError, "Check the marked fields.");
        assert_eq!(problem.clone().of_body(), problem);
        problem.details.fields.add("display_name", "Enter a name.");
        let one = problem.clone().of_body();
        assert_eq!(one.message, "Enter a name.");
        assert_eq!(one.details.fields.get("displayName"), Some("Enter a name."));
        problem.details.fields.add("api_key", "Enter the key.");
        let two = problem.of_body();
        assert_eq!(two.message, "Enter a name. Enter the key.");
        assert_eq!(two.details.fields.get("apiKey"), Some("Enter the key."));
    }
}
