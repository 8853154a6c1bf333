//! Random operations on limits, compared with a simple model in memory.

use std::collections::BTreeMap;

use domain::{
    limits::{Amount, BalanceChange, LimitsAnswer, Metric, NewLimitChange},
    usage::{ReleaseDraft, ReserveDraft, SettleDraft, UsageEventDraft, UseDraft},
};
use serde_json::{from_value, json};
use service::{Error, Services, access::operator, limits, usage};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    numbers::Numbers,
    services,
    users::{add, count},
};

/// What a user has of one limit.
#[derive(Debug, Default)]
struct Model {
    amount: Option<i64>,
    used: i64,
    granted: i64,
    leases: BTreeMap<Uuid, i64>,
}

impl Model {
    fn left(&self) -> Option<i64> {
        let reserved: i64 = self.leases.values().sum();
        Some(self.amount? + self.granted - self.used - reserved)
    }

    fn permits(&self, units: i64) -> bool {
        self.left().is_none_or(|left| units == 0 || units <= left)
    }
}

fn is_permitted(result: Result<LimitsAnswer, Error>) -> Option<LimitsAnswer> {
    match result {
        Ok(answer) => Some(answer),
        Err(Error::LimitReached(_)) => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// Applies a change of the balance to the model, and to the database.
async fn change(services: &Services, model: &mut Model, user: Uuid, change: BalanceChange) {
    let asked = NewLimitChange {
        metric: Metric::Requests,
        model: None,
        change,
        reason: "test".to_owned(),
    };
    let result = limits::change(services, &operator(), user, asked).await;
    let is_possible = match change {
        BalanceChange::Adjust(units) => model.used + units >= 0,
        BalanceChange::AdjustWithin(_)
        | BalanceChange::TopUp(_)
        | BalanceChange::Set(_)
        | BalanceChange::Reset => true,
    };
    assert_eq!(
        result.is_ok(),
        is_possible && model.amount.is_some(),
        "{change:?} {model:?}"
    );
    if result.is_ok() {
        match change {
            BalanceChange::TopUp(units) => model.granted += units,
            BalanceChange::Adjust(units) => model.used += units,
            BalanceChange::AdjustWithin(units) => {
                let left = model.left().unwrap().max(0);
                model.used = (model.used + units.min(left)).max(0);
            }
            BalanceChange::Set(units) => model.used = units,
            BalanceChange::Reset => model.used = 0,
        }
    }
}

/// Does one random operation.
async fn step(services: &Services, numbers: &mut Numbers, model: &mut Model, user: Uuid) {
    let units = i64::try_from(numbers.below(5)).unwrap();
    let used = json!({ "user": user, "requests": units });
    match numbers.below(9) {
        0 | 1 => {
            let expected = model.permits(units);
            let asked: UseDraft = from_value(used).unwrap();
            let checked = limits::check(services, &operator(), &asked).await.unwrap();
            assert_eq!(checked.allowed, expected, "{units} {model:?}");
            let counted = is_permitted(limits::consume(services, &operator(), &asked).await);
            assert_eq!(counted.is_some(), expected, "{units} {model:?}");
            model.used += if expected { units } else { 0 };
        }
        2 => {
            let expected = model.permits(units);
            let asked: ReserveDraft = from_value(used).unwrap();
            let reserved = is_permitted(limits::reserve(services, &operator(), &asked).await);
            assert_eq!(reserved.is_some(), expected, "{units} {model:?}");
            if let Some(answer) = reserved {
                model.leases.insert(answer.lease.unwrap(), units);
            }
        }
        3 => {
            if let Some((lease, _)) = model.leases.pop_first() {
                let asked: SettleDraft =
                    from_value(json!({ "lease": lease, "requests": units })).unwrap();
                limits::settle(services, &operator(), &asked).await.unwrap();
                model.used += units;
            }
        }
        4 => {
            if let Some((lease, _)) = model.leases.pop_first() {
                limits::release(services, &operator(), ReleaseDraft { lease })
                    .await
                    .unwrap();
            }
        }
        5 => {
            let event: UsageEventDraft = from_value(json!({
                "user": user, "requests": units, "eventId": Uuid::now_v7(),
            }))
            .unwrap();
            let outcome = usage::store(services, &operator(), &[event.clone(), event]).await;
            assert_eq!(outcome.unwrap().counted, 1);
            model.used += units;
        }
        6 => {
            let amount = Some(i64::try_from(numbers.below(60)).unwrap()).filter(|it| it % 7 != 0);
            let json = json!({
                "subject": { "user": user }, "metric": "requests", "amount": amount, "period": "total",
            });
            limits::put(services, &operator(), from_value(json).unwrap())
                .await
                .unwrap();
            model.amount = amount;
        }
        7 => {
            let change_of = [
                BalanceChange::TopUp(units + 1),
                BalanceChange::Adjust(units + 1),
                BalanceChange::Adjust(-units - 1),
                BalanceChange::AdjustWithin(units + 1),
                BalanceChange::AdjustWithin(-units - 1),
                BalanceChange::Set(units),
            ];
            let index = usize::try_from(numbers.below(6)).unwrap();
            change(services, model, user, change_of[index]).await;
        }
        _ if numbers.below(4) == 0 => change(services, model, user, BalanceChange::Reset).await,
        _ => {}
    }
}

#[testing::test]
async fn random_operations_agree_with_the_model(pool: PgPool) {
    let services = services(&pool);
    let mut numbers = Numbers(7);
    let mut users = Vec::new();
    for name in ["ada", "bob", "cyd"] {
        users.push((add(&pool, name, &[]).await, Model::default()));
    }
    for number in 0..400 {
        let index = usize::try_from(numbers.below(3)).unwrap();
        let (user, model) = &mut users[index];
        step(&services, &mut numbers, model, *user).await;
        let limits = limits::list_effective(&services, &operator(), *user)
            .await
            .unwrap();
        let left = limits
            .first()
            .and_then(|status| status.left)
            .map(Amount::units);
        let expected = model.left().map(|left| left.max(0));
        assert_eq!(left, expected, "after {number} operations: {model:?}");
    }
    let events = "select coalesce(sum(requests), 0)::bigint from usage_events where kind = 'use'";
    let days = "select coalesce(sum(requests), 0)::bigint from usage_daily";
    assert_eq!(count(&pool, events).await, count(&pool, days).await);
}
