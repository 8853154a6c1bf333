//! URLs of the list of limits.

use domain::limits::{LimitListParams, LimitSubject};

use super::over;
use crate::api::limits::LIMITS;

/// Returns the URL of the limits of a subject.
pub(crate) fn of_subject(subject: LimitSubject) -> String {
    let params = LimitListParams {
        subject: Some(subject.kind().as_str().to_owned()),
        id: subject.id().map(|id| id.to_string()),
        ..LimitListParams::default()
    };
    over(LIMITS, &params)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn links_name_the_subject() {
        assert_eq!(of_subject(LimitSubject::Default), "/limits?subject=default");
        assert_eq!(
            of_subject(LimitSubject::Group(Uuid::nil())),
            "/limits?subject=group&id=00000000-0000-0000-0000-000000000000"
        );
    }
}
