//! Forms of limits.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Amount, Decimal, DecimalSchema, Limit, LimitSubject, MODEL_MAX, Metric, Period};
use crate::{
    fields::FieldErrors,
    label::parse_optional_label,
    messages,
    object::{present, variant, variant_of},
    version::version_or_zero,
};

/// Maximum number of characters of the name of a time zone.
const ZONE_MAX: usize = 64;
/// Time zone of a limit without one.
const UTC: &str = "UTC";

/// A limit to create or to replace, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = LimitPutRequest)]
pub struct LimitDraft {
    /// Subject of the limit.
    #[serde(deserialize_with = "one_subject")]
    pub subject: LimitSubject,
    /// Quantity that it is about.
    #[serde(deserialize_with = "variant")]
    pub metric: Metric,
    /// Model that it is about; absent for all models together.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub model: Option<String>,
    /// Amount: a whole number, or dollars with at most 9 decimal places for `cost`; `null` for unlimited. It cannot be left out, so that
    /// no blank becomes unlimited.
    #[serde(deserialize_with = "nullable")]
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
    /// Period of requests, tokens and cost: `30s`, `30m`, `12h`, `1d`, `1w`, `1mo`, `calendar:day`, `calendar:week`, `calendar:month`,
    /// `total`, or `drip:180`, which adds one every 180 seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Time zone of periods of days, weeks and months, such as `Europe/Berlin`. Others do not depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Whether all members of the group have one balance together.
    #[serde(default)]
    pub shared: bool,
    /// Version that the change is based on; 0 if there must be no such limit yet.
    #[serde(
        default,
        deserialize_with = "version_or_zero",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(minimum = 0, nullable = false)]
    pub version: Option<i32>,
}

/// Deserializes a subject, and rejects several.
fn one_subject<'de, D: serde::Deserializer<'de>>(value: D) -> Result<LimitSubject, D::Error> {
    variant_of(
        value,
        "exactly one subject: `default`, or an object with `role`, `group`, `user` or `token`",
    )
}

/// Deserializes a field that must be there and can be `null`.
pub(super) fn nullable<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(value)
}

/// A checked limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLimit {
    /// Subject of the limit.
    pub subject: LimitSubject,
    /// Quantity that it is about.
    pub metric: Metric,
    /// Model that it is about.
    pub model: Option<String>,
    /// Amount in its units; `None` if it is unlimited.
    pub amount: Option<i64>,
    /// Amount from which a use is reported.
    pub soft_amount: Option<i64>,
    /// Percentage of the amount from which a use is reported.
    pub warn_at: Option<i16>,
    /// Period of requests, tokens and cost.
    pub period: Option<Period>,
    /// Time zone of the period.
    pub time_zone: String,
    /// Whether all members of the group have one balance together.
    pub shared: bool,
}

/// The values of a stored limit.
impl From<&Limit> for NewLimit {
    fn from(limit: &Limit) -> Self {
        Self {
            subject: limit.subject,
            metric: limit.metric,
            model: limit.model.clone(),
            amount: limit.amount.map(Amount::units),
            soft_amount: limit.soft_amount.map(Amount::units),
            warn_at: limit.warn_at,
            period: limit.period,
            time_zone: limit.time_zone.clone(),
            shared: limit.shared,
        }
    }
}

impl LimitDraft {
    /// Checks every field. `is_zone` returns whether there is a time zone of a name.
    ///
    /// # Errors
    /// The errors of all fields at once.
    pub fn check(self, is_zone: impl FnOnce(&str) -> bool) -> Result<NewLimit, FieldErrors> {
        let mut errors = FieldErrors::default();
        let metric = self.metric;
        let model = check_model(self.model.as_deref(), &mut errors);
        let mut units = |field: &str, decimal: Option<Decimal>| {
            decimal.and_then(|decimal| errors.take(field, decimal.parse(metric)))
        };
        let amount = units("amount", self.amount);
        let soft_amount = units("soft_amount", self.soft_amount);
        if let (Some(soft), Some(amount)) = (soft_amount, amount)
            && soft > amount
        {
            errors.add("soft_amount", messages::soft_amount_max());
        }
        if self
            .warn_at
            .is_some_and(|percent| !(1..=100).contains(&percent))
        {
            errors.add("warn_at", messages::number_range(100));
        }
        let period = check_period(metric, self.period.as_deref(), &mut errors);
        let zone = self.time_zone.as_deref().map_or(UTC, str::trim);
        let time_zone = if zone.is_empty() { UTC } else { zone };
        if time_zone.len() > ZONE_MAX || !is_zone(time_zone) {
            errors.add("time_zone", messages::time_zone_unknown());
        }
        if self.shared && !matches!(self.subject, LimitSubject::Group(_)) {
            errors.add("shared", messages::limit_shared_group());
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(NewLimit {
            subject: self.subject,
            metric,
            model,
            amount,
            soft_amount,
            warn_at: self.warn_at,
            period,
            time_zone: time_zone.to_owned(),
            shared: self.shared,
        })
    }
}

/// Checks the period: requests, tokens and cost have one, other metrics have none, and dollars do not refill one by one.
fn check_period(metric: Metric, text: Option<&str>, errors: &mut FieldErrors) -> Option<Period> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match (metric.has_period(), text) {
        (false, None) => None,
        (false, Some(_)) => {
            errors.add("period", messages::period_unused());
            None
        }
        (true, None) => {
            errors.add("period", messages::period_missing());
            None
        }
        (true, Some(text)) => {
            let period = errors.take("period", text.parse::<Period>());
            if metric == Metric::Cost && matches!(period, Some(Period::Drip(_))) {
                errors.add("period", messages::period_drip_cost());
            }
            period
        }
    }
}

/// Checks the name of a model.
pub(crate) fn check_model(model: Option<&str>, errors: &mut FieldErrors) -> Option<String> {
    errors
        .take("model", parse_optional_label(model, MODEL_MAX))
        .flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn draft(changes: Value) -> Result<NewLimit, Vec<String>> {
        let mut json =
            json!({ "subject": "default", "metric": "requests", "amount": 10, "period": "1d" });
        for (name, value) in changes.as_object().unwrap() {
            json[name] = value.clone();
        }
        let draft: LimitDraft = serde_json::from_value(json).unwrap();
        draft
            .check(|zone| zone == UTC)
            .map_err(|errors| errors.iter().map(|error| error.field.clone()).collect())
    }

    #[test]
    fn absent_null_and_zero_are_distinct() {
        let without = json!({ "subject": "default", "metric": "rpm" });
        let error = serde_json::from_value::<LimitDraft>(without).unwrap_err();
        assert!(
            error.to_string().contains("missing field `amount`"),
            "{error}"
        );
        assert_eq!(draft(json!({ "amount": null })).unwrap().amount, None);
        assert_eq!(draft(json!({ "amount": 0 })).unwrap().amount, Some(0));
        assert_eq!(draft(json!({ "amount": "" })).unwrap_err(), ["amount"]);
    }

    #[test]
    fn draft_reports_every_error() {
        let bad = json!({
            "amount": -1, "softAmount": "x", "warnAt": 0, "period": "1y", "shared": true,
            "model": "a\u{0}b", "timeZone": "Mars/Olympus",
        });
        let fields = [
            "model",
            "amount",
            "soft_amount",
            "warn_at",
            "period",
            "time_zone",
            "shared",
        ];
        assert_eq!(draft(bad).unwrap_err(), fields);
    }

    #[test]
    fn periods_depend_on_the_metric() {
        for (metric, period, is_valid) in [
            ("requests", json!("1d"), true),
            ("requests", json!(null), false),
            ("requests", json!("drip:180"), true),
            ("cost", json!("drip:180"), false),
            ("rpm", json!(null), true),
            ("rpm", json!("1d"), false),
            ("parallel", json!(" "), true),
        ] {
            let checked = draft(json!({ "metric": metric, "period": period }));
            assert_eq!(checked.is_ok(), is_valid, "{metric} {period}");
        }
    }

    #[test]
    fn soft_amount_is_below_the_amount() {
        assert_eq!(
            draft(json!({ "softAmount": 11 })).unwrap_err(),
            ["soft_amount"]
        );
        assert_eq!(
            draft(json!({ "softAmount": 10 })).unwrap().soft_amount,
            Some(10)
        );
    }
}
