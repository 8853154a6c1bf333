//! Fields with a fixed set of values.

use crate::users::{CreatedVia, Status};

use super::error::shown;
use super::{Count, Field, FilterErrorKind, Has, OverLimit};

const POSSESSIONS: [Has; 7] = [
    Has::Email,
    Has::Any(Count::Personas),
    Has::Any(Count::Ontologies),
    Has::Any(Count::Annotations),
    Has::Any(Count::Sessions),
    Has::Any(Count::ApiKeys),
    Has::Group,
];

impl Has {
    /// Returns its canonical name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Has::Email => Field::Email.name(),
            Has::Group => Field::Group.name(),
            Has::Any(count) => Field::Count(count).name(),
        }
    }

    fn singular(self) -> &'static str {
        match self {
            Has::Email => "email",
            Has::Group => "group",
            Has::Any(Count::Personas) => "persona",
            Has::Any(Count::Ontologies) => "ontology",
            Has::Any(Count::Annotations) => "annotation",
            Has::Any(Count::Sessions) => "session",
            Has::Any(Count::ApiKeys) => "api-key",
        }
    }
}

/// Parses the value of `status:`.
pub(super) fn status(value: &str) -> Result<Status, FilterErrorKind> {
    let found = Status::ALL
        .iter()
        .copied()
        .find(|status| status.as_str().eq_ignore_ascii_case(value));
    found.ok_or_else(|| unknown(Field::Status, value))
}

/// Parses the value of `via:`.
pub(super) fn via(value: &str) -> Result<CreatedVia, FilterErrorKind> {
    let found = CreatedVia::ALL
        .iter()
        .copied()
        .find(|way| way.as_str().eq_ignore_ascii_case(value));
    found.ok_or_else(|| unknown(Field::Via, value))
}

/// Parses the value of `has:`, which can also be in the singular or a short form of a counted field.
pub(super) fn has(value: &str) -> Result<Has, FilterErrorKind> {
    if let Some(Field::Count(count)) = Field::find(value) {
        return Ok(Has::Any(count));
    }
    let found = POSSESSIONS
        .into_iter()
        .find(|has| has.singular().eq_ignore_ascii_case(value));
    found.ok_or_else(|| unknown(Field::Has, value))
}

fn unknown(field: Field, value: &str) -> FilterErrorKind {
    FilterErrorKind::UnknownValue {
        field,
        word: shown(value),
    }
}

/// Returns the values that a field with fixed values can have; an empty list for other fields.
pub(super) fn choices(field: Field) -> Vec<&'static str> {
    match field {
        Field::Status => Status::ALL.iter().map(|status| status.as_str()).collect(),
        Field::Via => CreatedVia::ALL.iter().map(|way| way.as_str()).collect(),
        Field::Has => POSSESSIONS.into_iter().map(Has::name).collect(),
        Field::Over => OverLimit::ALL.into_iter().map(OverLimit::name).collect(),
        _ => Vec::new(),
    }
}

/// Returns an example term with the field, for messages.
pub(super) fn example(field: Field) -> String {
    let value = match field {
        Field::Username | Field::Name => "lab",
        Field::Email => "example.org",
        Field::Role => "admin",
        Field::Group => "editors",
        Field::Client => "7",
        Field::Feature => "chat.controls",
        Field::Status => "active",
        Field::Via => "invitation",
        Field::Number | Field::Count(_) => ">10",
        Field::Spend => ">5",
        Field::Over => "budget",
        Field::Created => ">2026-01-01",
        Field::LastLogin | Field::LastActive => "before-30d",
        Field::Inactive => "90d",
        Field::Has => "email",
    };
    format!("{field}:{value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_parsed_in_any_case() {
        for choice in choices(Field::Status) {
            assert_eq!(
                status(&choice.to_uppercase()).map(|status| status.as_str()),
                Ok(choice)
            );
        }
        for choice in choices(Field::Via) {
            assert_eq!(
                via(&choice.to_uppercase()).map(|way| way.as_str()),
                Ok(choice)
            );
        }
        for has_what in POSSESSIONS {
            assert_eq!(has(&has_what.name().to_uppercase()), Ok(has_what));
            assert_eq!(has(has_what.singular()), Ok(has_what));
        }
        assert_eq!(has("keys"), Ok(Has::Any(Count::ApiKeys)));
    }

    #[test]
    fn unknown_values_are_rejected_with_the_choices() {
        let denied = [
            (
                status("actve").map(|_| ()),
                "\"status\" cannot be \"actve\". Use pending, active or suspended.",
            ),
            (
                via("post").map(|_| ()),
                "\"via\" cannot be \"post\". Use admin, registration, invitation, cli, import or setup.",
            ),
            (
                has("name").map(|_| ()),
                "\"has\" cannot be \"name\". Use email, personas, ontologies, annotations, sessions, api-keys or group.",
            ),
        ];
        for (result, message) in denied {
            assert_eq!(
                result.map_err(|kind| kind.to_string()),
                Err(message.to_owned())
            );
        }
    }

    #[test]
    fn examples_are_valid_searches() {
        for field in Field::all() {
            assert!(
                crate::filter::Filter::parse(&example(field)).is_ok(),
                "{field}"
            );
        }
    }
}
