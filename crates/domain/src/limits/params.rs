//! Parameters of the list of limits.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::{LIMITS_ORDER, Metric, SubjectKind};
use crate::list::{Limits, ListError, UnfilteredParams, UnfilteredQuery, given, page_params};

/// List parameters as they stand in a URL. An empty text counts as absent, because forms send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct LimitListParams {
    /// Kind of the subject: `default`, `role`, `group`, `user` or `token`.
    pub subject: Option<String>,
    /// Id of the subject.
    #[param(value_type = Option<uuid::Uuid>)]
    pub id: Option<String>,
    /// Quantity: `requests`, `cost`, `tokens`, `rpm`, `tpm` or `parallel`.
    pub metric: Option<String>,
    /// Maximum number of rows in the page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// Cursor: returns the page after it.
    pub after: Option<String>,
    /// Cursor: returns the page before it.
    pub before: Option<String>,
}

page_params!(LimitListParams {
    subject,
    id,
    metric,
    limit,
    after,
    before
});

/// Kind of the subject, its id, and the metric, where the list is limited to them.
pub(super) type LimitConditions = (Option<SubjectKind>, Option<Uuid>, Option<Metric>);

impl LimitListParams {
    /// Returns the kind of the subject. `Err` with an unknown one.
    ///
    /// # Errors
    /// [`Unknown`](crate::users::Unknown) for a text that is no kind.
    pub fn subject(&self) -> Result<Option<SubjectKind>, crate::users::Unknown> {
        given(&self.subject).map(str::parse).transpose()
    }

    /// Returns the metric.
    ///
    /// # Errors
    /// [`Unknown`](crate::users::Unknown) for a text that is no metric.
    pub fn metric(&self) -> Result<Option<Metric>, crate::users::Unknown> {
        given(&self.metric).map(str::parse).transpose()
    }

    /// Returns the id of the subject, unless it is empty.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        given(&self.id)
    }

    /// Parses the conditions: the kind of the subject, its id, and the metric.
    ///
    /// # Errors
    /// The first parameter with an unknown value.
    pub fn conditions(&self) -> Result<LimitConditions, ListError> {
        Ok((
            parse("subject", given(&self.subject))?,
            parse("id", given(&self.id))?,
            parse("metric", given(&self.metric))?,
        ))
    }

    /// Parses the page size and the position.
    ///
    /// # Errors
    /// The first parameter that cannot be parsed.
    pub fn page(&self, limits: Limits) -> Result<UnfilteredQuery, ListError> {
        let page = UnfilteredParams {
            limit: self.limit.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        };
        page.parse(limits, LIMITS_ORDER)
    }
}

/// Parses the value of a parameter, unless it is absent.
fn parse<T: FromStr>(parameter: &'static str, given: Option<&str>) -> Result<Option<T>, ListError> {
    let unknown = |text: &str| ListError::unknown(parameter, text);
    let parsed = given.map(|text| text.parse::<T>().map_err(|_| unknown(text)));
    parsed.transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_values_are_errors_of_their_parameters() {
        let params = |subject: &str, id: &str, metric: &str| LimitListParams {
            subject: Some(subject.to_owned()),
            id: Some(id.to_owned()),
            metric: Some(metric.to_owned()),
            ..LimitListParams::default()
        };
        assert_eq!(params("", " ", "").conditions(), Ok((None, None, None)));
        assert_eq!(
            params("group", "00000000-0000-0000-0000-000000000000", "cost").conditions(),
            Ok((
                Some(SubjectKind::Group),
                Some(Uuid::nil()),
                Some(Metric::Cost)
            ))
        );
        for (params, parameter) in [
            (params("team", "", ""), "subject"),
            (params("", "1", ""), "id"),
            (params("", "", "budget"), "metric"),
        ] {
            let error = params.conditions().unwrap_err();
            assert_eq!(error.parameter(), Some(parameter));
        }
    }
}
