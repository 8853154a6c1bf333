//! Audit events of changes of limits and of what is left of them, and the uses that have none.

use domain::{
    action::Action,
    limits::{BalanceChange, Metric, NewLimitChange},
};
use serde_json::{Value, json};
use service::{Error, Services, access::operator, limits};
use sqlx::PgPool;
use testing::groups::group;
use uuid::Uuid;

use super::{Table, entries_after, last_entry};
use crate::support::{services, users::add};

/// Functions that require a permission to write, in an order in which each has something to change.
pub(super) const LIMITS: Table = &[
    (
        "limits::bulk::put_many",
        &[
            Action::UsersLimitsSet,
            Action::LimitStored,
            Action::LimitStored,
            Action::UsersLimitsDeleted,
            Action::LimitDeleted,
            Action::LimitDeleted,
        ],
    ),
    ("limits::put", &[Action::LimitStored]),
    (
        "limits::changes::change",
        &[
            Action::BalanceToppedUp,
            Action::BalanceAdjusted,
            Action::BalanceReset,
        ],
    ),
    (
        "limits::bulk_reset::reset_many",
        &[
            Action::UsersBalancesReset,
            Action::BalanceReset,
            Action::BalanceReset,
        ],
    ),
    (
        "limits::shared::change_shared",
        &[
            Action::LimitStored,
            Action::SharedToppedUp,
            Action::SharedAdjusted,
            Action::SharedReset,
        ],
    ),
    ("limits::models::set_models", &[Action::ModelsAllowed]),
    (
        "limits::clear::clear",
        &[Action::LimitStored, Action::LimitDeleted],
    ),
    ("limits::delete", &[Action::LimitDeleted]),
];

/// Changes of a balance, of each kind.
const CHANGES: [BalanceChange; 3] = [
    BalanceChange::TopUp(1),
    BalanceChange::Adjust(2),
    BalanceChange::Reset,
];

/// Functions that ask for and count uses. Their events are in the ledger.
pub(super) const METERED: [&str; 6] = [
    "limits::consume::check",
    "limits::consume::consume",
    "limits::leases::release",
    "limits::leases::reserve",
    "limits::leases::settle",
    "usage::reported::store",
];

async fn call(services: &Services, function: &str, user: Uuid) -> Result<(), Error> {
    match function {
        "limits::bulk::put_many" => {
            let bob = add(&services.pool, "bob", &[]).await;
            let users = [user, bob].map(|id| json!({ "id": id, "version": 1 }));
            for limit in [json!({ "amount": 10, "period": "1d" }), Value::Null] {
                let request = json!({
                    "users": users, "metric": "requests", "limit": limit, "expected": 2
                });
                let request = serde_json::from_value(request).unwrap();
                limits::put_many(services, &operator(), request).await?;
            }
            Ok(())
        }
        "limits::put" => {
            let draft =
                json!({ "subject": "default", "metric": "requests", "amount": 10, "period": "1d" });
            let draft = serde_json::from_value(draft).unwrap();
            limits::put(services, &operator(), draft).await.map(drop)
        }
        "limits::changes::change" => {
            for change in CHANGES {
                let change = NewLimitChange {
                    metric: Metric::Requests,
                    model: None,
                    change,
                    reason: "exam".to_owned(),
                };
                limits::change(services, &operator(), user, change).await?;
            }
            Ok(())
        }
        "limits::bulk_reset::reset_many" => {
            let bob = testing::users::id_of(&services.pool, "bob").await;
            let users = [user, bob].map(|id| json!({ "id": id, "version": 1 }));
            let request = json!({ "users": users, "reason": "exam", "expected": 2 });
            let request = serde_json::from_value(request).unwrap();
            limits::reset_many(services, &operator(), request)
                .await
                .map(drop)
        }
        "limits::shared::change_shared" => {
            let team = group("Team").insert(&services.pool).await;
            let draft = json!({
                "subject": { "group": team }, "metric": "tokens", "amount": 10, "period": "1d", "shared": true,
            });
            let draft = serde_json::from_value(draft).unwrap();
            let limit = limits::put(services, &operator(), draft).await?;
            for change in CHANGES {
                let change = NewLimitChange {
                    metric: Metric::Tokens,
                    model: None,
                    change,
                    reason: "exam".to_owned(),
                };
                limits::change_shared(services, &operator(), limit.id, &change).await?;
            }
            Ok(())
        }
        "limits::clear::clear" => {
            let draft = || {
                let draft = json!({ "subject": "default", "metric": "rpm", "amount": 3 });
                serde_json::from_value(draft).unwrap()
            };
            limits::put(services, &operator(), draft()).await?;
            limits::clear(services, &operator(), draft()).await
        }
        "limits::models::set_models" => {
            let draft = serde_json::from_value(json!({ "allowedModels": ["gpt"] })).unwrap();
            limits::set_models(services, &operator(), user, &draft)
                .await
                .map(drop)
        }
        _ => {
            let id: Uuid = sqlx::query_scalar("select id from limits")
                .fetch_one(&services.pool)
                .await
                .unwrap();
            limits::delete(services, &operator(), id).await
        }
    }
}

#[testing::test]
async fn every_change_of_limits_is_audited(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    for (function, actions) in LIMITS {
        let before = last_entry(&pool).await;
        call(&services, function, ada).await.unwrap();
        let expected: Vec<_> = actions
            .iter()
            .map(|action| {
                let (via, label) = ("cli", "command line");
                (action.as_str().to_owned(), via.to_owned(), label.to_owned())
            })
            .collect();
        assert_eq!(entries_after(&pool, before).await, expected, "{function}");
    }
}
