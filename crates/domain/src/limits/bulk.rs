//! Limits of several users at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Decimal, DecimalSchema, LimitDraft, LimitSubject, Metric, NewLimit};
use crate::{
    fields::FieldErrors,
    messages,
    object::{nullable_object, objects, present, variant},
    users::bulk::{BULK_MAX, Selected},
};

/// Period of a limit that is deleted, whose metric can require one.
const ANY_PERIOD: &str = "total";

/// Values of the limits of users, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserLimitDraft {
    /// Amount: a whole number, or dollars with at most 9 decimal places for `cost`; `null` for unlimited. It cannot be left out, so that
    /// no blank becomes unlimited.
    #[serde(deserialize_with = "super::forms::nullable")]
    #[schema(value_type = Option<DecimalSchema>, required = true)]
    pub amount: Option<Decimal>,
    /// Amount from which a use is reported, but not denied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DecimalSchema>)]
    pub soft_amount: Option<Decimal>,
    /// Percentage of the amount from which a use is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100)]
    pub warn_at: Option<i16>,
    /// Period of requests, tokens and cost, as in a single limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Time zone of periods of days, weeks and months, such as `Europe/Berlin`. Others do not depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// A request to set or to delete the limits of several users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = LimitBulkUpdateRequest)]
pub struct LimitBulkRequest {
    /// The selected users.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 100)]
    pub users: Vec<Selected>,
    /// Quantity that the limits are about.
    #[serde(deserialize_with = "variant")]
    pub metric: Metric,
    /// Model that they are about; absent for all models together.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub model: Option<String>,
    /// Limit that each of the users gets; `null` deletes those of the users' own, so that the next one decides.
    #[serde(deserialize_with = "nullable_object")]
    #[schema(required = true)]
    pub limit: Option<UserLimitDraft>,
    /// Number of changes in the preview. `None`: only return a preview.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub expected: Option<usize>,
}

/// A checked change of the limits of several users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUserLimits {
    limit: NewLimit,
    /// Whether the limits are deleted, so that the next one decides.
    pub inherits: bool,
}

impl NewUserLimits {
    /// Returns the limit of a user. Of one that is deleted, only metric and model count.
    #[must_use]
    pub fn of(&self, user: Uuid) -> NewLimit {
        NewLimit {
            subject: LimitSubject::User(user),
            ..self.limit.clone()
        }
    }

    /// Returns the values that all the limits have.
    #[must_use]
    pub const fn values(&self) -> &NewLimit {
        &self.limit
    }
}

impl LimitBulkRequest {
    /// Checks every field. The users are those that remain if each counts once. `is_zone` returns whether there is a time zone of a name.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(&self, is_zone: impl FnOnce(&str) -> bool) -> Result<NewUserLimits, FieldErrors> {
        let inherits = self.limit.is_none();
        let values = self.limit.clone().unwrap_or_else(|| UserLimitDraft {
            amount: None,
            soft_amount: None,
            warn_at: None,
            period: self.metric.has_period().then(|| ANY_PERIOD.to_owned()),
            time_zone: None,
        });
        let draft = LimitDraft {
            subject: LimitSubject::Default,
            metric: self.metric,
            model: self.model.clone(),
            amount: values.amount,
            soft_amount: values.soft_amount,
            warn_at: values.warn_at,
            period: values.period,
            time_zone: values.time_zone,
            shared: false,
            version: None,
        };
        let (checked, mut errors) = match draft.check(is_zone) {
            Ok(limit) => (Some(limit), FieldErrors::default()),
            Err(errors) => (None, errors),
        };
        if self.users.is_empty() || self.users.len() > BULK_MAX {
            errors.add("users", messages::select_users(BULK_MAX));
        }
        match checked {
            Some(limit) if errors.is_empty() => Ok(NewUserLimits { limit, inherits }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(changes: Value) -> Result<LimitBulkRequest, serde_json::Error> {
        let mut json = json!({
            "users": [{ "id": Uuid::nil(), "version": 1 }], "metric": "requests",
            "limit": { "amount": 10, "period": "1d" },
        });
        for (name, value) in changes.as_object().unwrap() {
            json[name] = value.clone();
        }
        serde_json::from_value(json)
    }

    #[test]
    fn number_unlimited_and_inherited_are_distinct() {
        let checked = |changes| read(changes).unwrap().check(|_| true).unwrap();
        let number = checked(json!({}));
        let user = Uuid::from_u128(1);
        assert_eq!(number.of(user).subject, LimitSubject::User(user));
        assert_eq!((number.values().amount, number.inherits), (Some(10), false));
        let unlimited = checked(json!({ "limit": { "amount": null, "period": "1d" } }));
        assert_eq!(
            (unlimited.values().amount, unlimited.inherits),
            (None, false)
        );
        for metric in Metric::ALL {
            assert!(checked(json!({ "metric": metric.as_str(), "limit": null })).inherits);
        }
    }

    #[test]
    fn limit_cannot_be_left_out() {
        for limit in [json!({}), json!([]), json!({ "period": "1d" })] {
            assert!(read(json!({ "limit": limit.clone() })).is_err(), "{limit}");
        }
        let without = json!({ "users": [], "metric": "requests" });
        assert!(serde_json::from_value::<LimitBulkRequest>(without).is_err());
    }

    #[test]
    fn every_error_is_reported() {
        let bad = json!({
            "users": [], "model": "a\u{0}b",
            "limit": { "amount": -1, "period": "1y", "timeZone": "Mars/Olympus" },
        });
        let errors = read(bad).unwrap().check(|_| false).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["model", "amount", "period", "time_zone", "users"]);
    }
}
