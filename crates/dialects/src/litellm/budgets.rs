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

use super::{
    body::Field,
    errors::{invalid, renamed},
};
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Budget {
    max_budget: Field<Decimal>,
    soft_budget: Field<Decimal>,
    budget_duration: Field<String>,
    tpm_limit: Field<Decimal>,
    rpm_limit: Field<Decimal>,
    max_parallel_requests: Field<Decimal>,
}

impl Budget {
    /// Returns whether the body has none of the fields.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn rates(&self) -> [(Metric, &Field<Decimal>); 3] {
        [
            (Metric::Tpm, &self.tpm_limit),
            (Metric::Rpm, &self.rpm_limit),
            (Metric::Parallel, &self.max_parallel_requests),
        ]
    }

    /// Returns the changes of the limits of a subject, which has the present ones. What the body leaves out stays, so the present budget must
    /// not have changed when they are stored.
    ///
    /// # Errors
    /// The errors of the fields.
    pub(super) fn changes(
        &self,
        subject: LimitSubject,
        present: &[DirectoryLimit],
    ) -> Result<Changes, DialectError> {
        let mut changes = Changes::default();
        for (metric, field) in self.rates() {
            match field {
                Field::Absent => {}
                Field::Null if find(present, metric).is_none() => {}
                Field::Null => changes.cleared.push(draft(subject, metric, None)),
                Field::Value(amount) => {
                    let amount = Some(amount.clone());
                    changes.stored.push(draft(subject, metric, amount));
                }
            }
        }
        let present = find(present, Metric::Cost);
        if let Some(cost) = self.cost(subject, present)? {
            changes.stored.push(cost);
        } else if self.max_budget == Field::Null && present.is_some() {
            let period = Some(FOREVER.to_owned());
            changes.cleared.push(LimitDraft {
                period,
                ..draft(subject, Metric::Cost, None)
            });
        }
        for draft in &changes.stored {
            let metric = draft.metric;
            let checked = draft.clone().check(limits::is_zone).map_err(Error::Invalid);
            checked.map_err(|error| renamed(error, |field| name_of(metric, field)))?;
        }
        Ok(changes)
    }

    /// Returns the limit of cost to store: none if the body has no such field, or clears the budget.
    fn cost(
        &self,
        subject: LimitSubject,
        present: Option<&DirectoryLimit>,
    ) -> Result<Option<LimitDraft>, DialectError> {
        let is_left_out = self.max_budget == Field::Absent
            && self.soft_budget == Field::Absent
            && self.budget_duration == Field::Absent;
        if is_left_out {
            return Ok(None);
        }
        let has_budget = match self.max_budget {
            Field::Value(_) => true,
            Field::Absent => present.is_some(),
            Field::Null => false,
        };
        if !has_budget {
            let has_more =
                self.soft_budget.value().is_some() || self.budget_duration.value().is_some();
            if has_more {
                return Err(invalid("value_error", ["body", "max_budget"], NO_BUDGET));
            }
            return Ok(None);
        }
        let decimal = |units: i64| Decimal::new(Amount::of(Metric::Cost, units).to_string());
        let amount = present.and_then(|limit| limit.amount).map(decimal);
        let soft_amount = present.and_then(|limit| limit.soft_amount).map(decimal);
        let period = present.and_then(|limit| limit.period.clone());
        let amount = self.max_budget.clone().change().unwrap_or(amount);
        let period = self.budget_duration.clone().change().unwrap_or(period);
        Ok(Some(LimitDraft {
            soft_amount: self.soft_budget.clone().change().unwrap_or(soft_amount),
            period: Some(period.unwrap_or_else(|| FOREVER.to_owned())),
            version: Some(present.map_or(0, |limit| limit.version)),
            ..draft(subject, Metric::Cost, amount)
        }))
    }
}

/// Changes of the limits of a subject.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    /// Limits that take the place of the present ones.
    stored: Vec<LimitDraft>,
    /// Limits that are deleted, so that the next ones in the order of precedence decide.
    cleared: Vec<LimitDraft>,
}

impl Changes {
    /// Returns whether nothing changes.
    pub(super) fn is_empty(&self) -> bool {
        self.stored.is_empty() && self.cleared.is_empty()
    }

    /// Returns whether there is a budget with an amount afterwards, whatever there was before.
    pub(super) fn has_budget(&self) -> bool {
        let mut stored = self.stored.iter();
        stored.any(|limit| limit.metric == Metric::Cost && limit.amount.is_some())
    }

    /// Returns the same limits of another subject, which has none yet.
    pub(super) fn of_new(mut self, subject: LimitSubject) -> Self {
        for limit in &mut self.stored {
            limit.subject = subject;
        }
        self
    }

    /// Applies the changes.
    pub(super) async fn apply(
        self,
        services: &Services,
        authorized: &Authorized<LimitsWrite>,
    ) -> Result<(), DialectError> {
        for limit in self.stored {
            limits::put(services, authorized, limit).await?;
        }
        for limit in self.cleared {
            limits::clear(services, authorized, limit).await?;
        }
        Ok(())
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

/// Returns whether a budget of a subject is one balance of several users.
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

/// Returns the limits of a subject for all models together; of a group those that its members share.
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
        let changes = budget(all).changes(LimitSubject::Default, &[]).unwrap();
        let stored = changes.stored.into_iter();
        let checked = stored.map(|draft| draft.check(limits::is_zone).unwrap());
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
            let changes = budget(json).changes(LimitSubject::Default, &present);
            let draft = changes.unwrap().stored.remove(0);
            assert_eq!(draft.version, Some(3));
            let draft = draft.check(limits::is_zone).unwrap();
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
    fn null_clears_and_zero_is_an_amount() {
        let changed = |json: Value, present: &[DirectoryLimit]| {
            let changes = budget(json).changes(LimitSubject::Default, present);
            let changes = changes.unwrap();
            let stored = changes.stored.into_iter().map(|draft| {
                let limit = draft.check(limits::is_zone).unwrap();
                let period = limit.period.map(|period| period.to_string());
                (limit.metric, limit.amount, limit.soft_amount, period)
            });
            let cleared = changes.cleared.into_iter();
            let cleared = cleared.map(|draft| draft.check(limits::is_zone).unwrap().metric);
            (stored.collect::<Vec<_>>(), cleared.collect::<Vec<_>>())
        };
        let present = [
            DirectoryLimit {
                soft_amount: Some(0),
                ..limit(Metric::Cost, Some(5), Some("1w"))
            },
            limit(Metric::Rpm, Some(7), None),
        ];
        let (forever, week) = (Some("total".to_owned()), Some("1w".to_owned()));
        let all = json!({
            "max_budget": null, "soft_budget": null, "budget_duration": null, "rpm_limit": null, "tpm_limit": null,
        });
        assert_eq!(
            changed(all.clone(), &present),
            (vec![], vec![Metric::Rpm, Metric::Cost])
        );
        assert_eq!(changed(all, &[]), (vec![], vec![]));
        for (json, expected) in [
            (
                json!({ "max_budget": 0 }),
                (Metric::Cost, Some(0), Some(0), week.clone()),
            ),
            (
                json!({ "budget_duration": null }),
                (Metric::Cost, Some(5), Some(0), forever),
            ),
            (
                json!({ "soft_budget": null }),
                (Metric::Cost, Some(5), None, week),
            ),
            (
                json!({ "rpm_limit": 0 }),
                (Metric::Rpm, Some(0), None, None),
            ),
        ] {
            assert_eq!(changed(json, &present), (vec![expected], vec![]));
        }
    }

    #[test]
    fn budget_without_an_amount_is_denied() {
        let rate = limit(Metric::Rpm, Some(7), None);
        let cost = limit(Metric::Cost, Some(1), Some("1w"));
        for (json, present) in [
            (json!({ "budget_duration": "30d" }), &rate),
            (json!({ "soft_budget": 1 }), &rate),
            (json!({ "max_budget": null, "soft_budget": 1 }), &cost),
        ] {
            let present = std::slice::from_ref(present);
            let error = budget(json).changes(LimitSubject::Default, present);
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
            let error = budget(json)
                .changes(LimitSubject::Default, &[])
                .unwrap_err();
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
