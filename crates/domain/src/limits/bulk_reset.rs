//! Resets of what several users have used of their limits.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::{BalanceDraft, Metric};
use crate::{
    fields::FieldErrors,
    messages,
    object::{objects, present, variant},
    users::bulk::{BULK_MAX, Selected},
};

/// A request to set to zero what several users have used of their limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = LimitBulkResetRequest)]
pub struct LimitBulkResetRequest {
    /// The selected users. Their versions do not matter, because no account changes.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 100)]
    pub users: Vec<Selected>,
    /// Quantity of the limits, of each model; absent for requests, tokens and cost.
    #[serde(
        default,
        deserialize_with = "metric",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Metric, required = false)]
    pub metric: Option<Metric>,
    /// Reason, which the users see.
    pub reason: String,
    /// Number of users in the preview. `None`: only return a preview.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub expected: Option<usize>,
}

/// Deserializes a metric that is present.
fn metric<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Metric>, D::Error> {
    variant(value).map(Some)
}

impl LimitBulkResetRequest {
    /// Checks every field. Returns the reason. The users are those that remain if each counts once.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(&self) -> Result<String, FieldErrors> {
        let draft = BalanceDraft {
            metric: self.metric.unwrap_or(Metric::Requests),
            model: None,
            reason: self.reason.clone(),
        };
        let (checked, mut errors) = match draft.check_reset() {
            Ok(reset) => (Some(reset.reason), FieldErrors::default()),
            Err(errors) => (None, errors),
        };
        if self.users.is_empty() || self.users.len() > BULK_MAX {
            errors.add("users", messages::select_users(BULK_MAX));
        }
        match checked {
            Some(reason) if errors.is_empty() => Ok(reason),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn read(changes: Value) -> LimitBulkResetRequest {
        let mut json =
            json!({ "users": [{ "id": Uuid::nil(), "version": 1 }], "reason": " Exam " });
        for (name, value) in changes.as_object().unwrap() {
            json[name] = value.clone();
        }
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn metric_is_a_name_or_absent() {
        for metric in [json!(null), json!("words"), json!(5), json!(["cost"])] {
            let json = json!({ "users": [], "reason": "Exam", "metric": metric });
            assert!(serde_json::from_value::<LimitBulkResetRequest>(json).is_err());
        }
    }

    #[test]
    fn every_error_is_reported() {
        for metric in [None, Some("requests"), Some("tokens"), Some("cost")] {
            let changes = metric.map_or(json!({}), |metric| json!({ "metric": metric }));
            assert_eq!(read(changes).check(), Ok("Exam".to_owned()), "{metric:?}");
        }
        let bad = read(json!({ "users": [], "metric": "rpm", "reason": " " }));
        let errors = bad.check().unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["metric", "reason", "users"]);
    }
}
