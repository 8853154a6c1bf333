//! Budgets and rates, which are limits here: of a user, a team or a key, for all models together.

use domain::{
    limits::{Amount, Decimal, Limit, LimitDraft, LimitSubject, Metric},
    list::{Position, UnfilteredQuery},
    money::Money,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use service::{
    Error, Services,
    access::{Authorized, LimitsRead, LimitsWrite},
    directory::DirectoryLimit,
    limits::{self, LimitFilter},
};

use super::errors::{invalid, renamed};
use crate::DialectError;

/// Period of a budget without a duration.
const FOREVER: &str = "total";
/// Denial of a budget without an amount: it would be unlimited, and take the place of the limits of the roles, the teams and all users.
const NO_BUDGET: &str = "Value error, budget_duration and soft_budget need a max_budget";
/// Maximum number of limits of one subject that are read.
const LIMITS_MAX: u16 = 100;
/// Metrics without a period, with their fields.
const RATES: [(Metric, &str); 3] = [
    (Metric::Tpm, "tpm_limit"),
    (Metric::Rpm, "rpm_limit"),
    (Metric::Parallel, "max_parallel_requests"),
];

/// Budget and rates of a body.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Budget {
    max_budget: Option<Decimal>,
    soft_budget: Option<Decimal>,
    budget_duration: Option<String>,
    tpm_limit: Option<Decimal>,
    rpm_limit: Option<Decimal>,
    max_parallel_requests: Option<Decimal>,
}

impl Budget {
    /// Returns whether nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        self.max_budget.is_none()
            && self.soft_budget.is_none()
            && self.budget_duration.is_none()
            && RATES.iter().all(|(metric, _)| self.rate(*metric).is_none())
    }

    fn rate(&self, metric: Metric) -> Option<&Decimal> {
        match metric {
            Metric::Tpm => self.tpm_limit.as_ref(),
            Metric::Rpm => self.rpm_limit.as_ref(),
            Metric::Parallel => self.max_parallel_requests.as_ref(),
            Metric::Requests | Metric::Cost | Metric::Tokens => None,
        }
    }

    /// Returns the limits of a subject that take the place of the present ones. What the body leaves out stays, so the present budget must
    /// not have changed when they are stored.
    ///
    /// # Errors
    /// The errors of the fields.
    pub(super) fn drafts(
        &self,
        subject: LimitSubject,
        present: &[DirectoryLimit],
    ) -> Result<Vec<LimitDraft>, DialectError> {
        let mut drafts = Vec::new();
        for (metric, _) in RATES {
            if let Some(amount) = self.rate(metric) {
                drafts.push(draft(subject, metric, Some(amount.clone())));
            }
        }
        if self.max_budget.is_some() || self.soft_budget.is_some() || self.budget_duration.is_some()
        {
            let present = find(present, Metric::Cost);
            if self.max_budget.is_none() && present.is_none() {
                return Err(invalid("value_error", ["body", "max_budget"], NO_BUDGET));
            }
            drafts.push(self.cost(subject, present));
        }
        for draft in &drafts {
            let metric = draft.metric;
            let checked = draft.clone().check().map_err(Error::Invalid);
            checked.map_err(|error| renamed(error, |field| name_of(metric, field)))?;
        }
        Ok(drafts)
    }

    fn cost(&self, subject: LimitSubject, present: Option<&DirectoryLimit>) -> LimitDraft {
        let decimal = |units: i64| Decimal::new(Amount::of(Metric::Cost, units).to_string());
        let amount = present.and_then(|limit| limit.amount).map(decimal);
        let soft_amount = present.and_then(|limit| limit.soft_amount).map(decimal);
        let period = present.and_then(|limit| limit.period.clone());
        let period = self.budget_duration.clone().or(period);
        LimitDraft {
            soft_amount: self.soft_budget.clone().or(soft_amount),
            period: Some(period.unwrap_or_else(|| FOREVER.to_owned())),
            version: Some(present.map_or(0, |limit| limit.version)),
            ..draft(subject, Metric::Cost, self.max_budget.clone().or(amount))
        }
    }
}

fn draft(subject: LimitSubject, metric: Metric, amount: Option<Decimal>) -> LimitDraft {
    LimitDraft {
        subject,
        metric,
        model: None,
        amount,
        soft_amount: None,
        warn_at: None,
        period: None,
        time_zone: None,
        shared: is_shared(subject),
        version: None,
    }
}

/// Returns whether the users of a subject share its limits here.
const fn is_shared(subject: LimitSubject) -> bool {
    matches!(subject, LimitSubject::Group(_))
}

/// Returns the name of a field of a limit in a body.
fn name_of(metric: Metric, field: &str) -> String {
    let rate = RATES.iter().find(|(other, _)| *other == metric);
    let name = match (rate, field) {
        (Some((_, name)), _) => *name,
        (None, "amount") => "max_budget",
        (None, "soft_amount") => "soft_budget",
        (None, "period") => "budget_duration",
        (None, other) => other,
    };
    name.to_owned()
}

fn find(limits: &[DirectoryLimit], metric: Metric) -> Option<&DirectoryLimit> {
    limits.iter().find(|limit| limit.metric == metric.as_str())
}

/// Stores limits.
pub(super) async fn put(
    services: &Services,
    authorized: &Authorized<LimitsWrite>,
    drafts: Vec<LimitDraft>,
) -> Result<(), DialectError> {
    for draft in drafts {
        limits::put(services, authorized, draft).await?;
    }
    Ok(())
}

/// Returns the limits of a subject for all models together. Those of a group are the ones that its members share.
pub(super) async fn of(
    services: &Services,
    authorized: &Authorized<LimitsRead>,
    subject: LimitSubject,
) -> Result<Vec<DirectoryLimit>, DialectError> {
    let query = UnfilteredQuery {
        limit: LIMITS_MAX,
        position: Position::First,
    };
    let filter = LimitFilter {
        kind: Some(subject.kind()),
        subject: subject.id(),
        metric: None,
    };
    let listed = limits::list(services, authorized, &query, filter).await?;
    let shared = is_shared(subject);
    let limits = listed.page.rows.into_iter();
    let limits = limits.filter(|limit| limit.model.is_none() && limit.shared == shared);
    Ok(limits.map(|limit| plain(&limit)).collect())
}

fn plain(limit: &Limit) -> DirectoryLimit {
    DirectoryLimit {
        metric: limit.metric.as_str().to_owned(),
        amount: limit.amount.map(Amount::units),
        soft_amount: limit.soft_amount.map(Amount::units),
        period: limit.period.map(|period| period.to_string()),
        version: limit.version,
    }
}

/// Adds the budget and the rates to an object.
pub(super) fn write(object: &mut Map<String, Value>, limits: &[DirectoryLimit]) {
    let cost = find(limits, Metric::Cost);
    let dollars_of = |units: Option<i64>| units.map_or(Value::Null, dollars);
    let max_budget = dollars_of(cost.and_then(|limit| limit.amount));
    let soft_budget = dollars_of(cost.and_then(|limit| limit.soft_amount));
    let duration = cost.and_then(|limit| limit.period.clone());
    let duration = duration.filter(|period| period != FOREVER);
    object.insert("max_budget".to_owned(), max_budget);
    object.insert("soft_budget".to_owned(), soft_budget);
    object.insert("budget_duration".to_owned(), duration.into());
    for (metric, name) in RATES {
        let amount = find(limits, metric).and_then(|limit| limit.amount);
        object.insert(name.to_owned(), amount.into());
    }
}

/// Returns an amount in dollars as a number.
pub(super) fn dollars(nanos: i64) -> Value {
    let text = Money::from_nanos(nanos).to_string();
    text.parse::<f64>().map_or(Value::Null, Value::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn budget(json: Value) -> Budget {
        serde_json::from_value(json).unwrap()
    }

    fn limit(metric: Metric, amount: Option<i64>, period: Option<&str>) -> DirectoryLimit {
        DirectoryLimit {
            metric: metric.as_str().to_owned(),
            amount,
            soft_amount: None,
            period: period.map(str::to_owned),
            version: 3,
        }
    }

    #[test]
    fn fields_become_limits() {
        let all = json!({
            "max_budget": 12.5, "budget_duration": "30d", "tpm_limit": 100, "rpm_limit": 5, "max_parallel_requests": 2,
        });
        let drafts = budget(all).drafts(LimitSubject::Default, &[]).unwrap();
        let checked = drafts.into_iter().map(|draft| draft.check().unwrap());
        let limits: Vec<_> = checked
            .map(|limit| {
                let period = limit.period.map(|period| period.to_string());
                (limit.metric, limit.amount, period)
            })
            .collect();
        assert_eq!(
            limits,
            [
                (Metric::Tpm, Some(100), None),
                (Metric::Rpm, Some(5), None),
                (Metric::Parallel, Some(2), None),
                (Metric::Cost, Some(12_500_000_000), Some("30d".to_owned())),
            ]
        );
        assert!(budget(json!({})).is_empty());
    }

    #[test]
    fn what_is_left_out_stays() {
        let present = [limit(Metric::Cost, Some(1_000_000_000), Some("1w"))];
        let changed = |json: Value| {
            let drafts = budget(json).drafts(LimitSubject::Default, &present);
            let draft = drafts.unwrap().remove(0);
            assert_eq!(draft.version, Some(3));
            let draft = draft.check().unwrap();
            (draft.amount, draft.period.map(|period| period.to_string()))
        };
        let week = Some("1w".to_owned());
        assert_eq!(
            changed(json!({ "max_budget": 2 })),
            (Some(2_000_000_000), week)
        );
        let month = Some("1mo".to_owned());
        assert_eq!(
            changed(json!({ "budget_duration": "1mo" })),
            (Some(1_000_000_000), month)
        );
    }

    #[test]
    fn budget_without_an_amount_is_denied() {
        for json in [
            json!({ "budget_duration": "30d" }),
            json!({ "soft_budget": 1 }),
        ] {
            let rate = [limit(Metric::Rpm, Some(7), None)];
            let error = budget(json).drafts(LimitSubject::Default, &rate);
            let Err(DialectError::Malformed(text)) = error else {
                panic!("{error:?}");
            };
            assert!(text.contains(NO_BUDGET), "{text}");
        }
    }

    #[test]
    fn wrong_values_are_named() {
        for (json, field) in [
            (json!({ "max_budget": -1 }), "max_budget"),
            (
                json!({ "max_budget": 1, "budget_duration": "soon" }),
                "budget_duration",
            ),
            (json!({ "rpm_limit": 1.5 }), "rpm_limit"),
        ] {
            let error = budget(json).drafts(LimitSubject::Default, &[]).unwrap_err();
            let DialectError::Service(Error::Invalid(fields)) = error else {
                panic!("{error:?}");
            };
            assert!(fields.get(field).is_some(), "{fields:?}");
        }
    }

    #[test]
    fn limits_are_written_as_budgets() {
        let mut object = Map::new();
        let limits = [
            limit(Metric::Cost, Some(1_500_000_000), Some("total")),
            limit(Metric::Rpm, Some(7), None),
        ];
        write(&mut object, &limits);
        assert_eq!(object["max_budget"], json!(1.5));
        assert_eq!(object["budget_duration"], Value::Null);
        assert_eq!(object["rpm_limit"], json!(7));
        assert_eq!(object["tpm_limit"], Value::Null);
    }
}
