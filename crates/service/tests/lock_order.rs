//! Changes that lock rows of the same users, groups, roles and resources at the same time. All take their locks in one order, so none of
//! them fails, whichever is first.

use domain::{
    error::Conflict,
    limits::{BalanceChange, LimitsAnswer, Metric, NewLimitChange},
    usage::{ReserveDraft, SettleDraft, UsageEventDraft, UseDraft},
    users::deletion::Deletion,
};
use serde_json::json;
use service::{
    Error, Services,
    access::{GroupsWrite, operator},
    groups::{self, GroupActor},
    guard::TargetRef,
    limits, resources, roles, usage, users,
};
use sqlx::{PgPool, Postgres, Transaction};
use testing::{
    groups::group,
    resources::{grant, resource},
    roles::role,
};
use uuid::Uuid;

use crate::support::{
    callers::caller,
    services,
    users::{add, count},
    waiting::until_waiting,
};

const PERMANENT: Deletion = Deletion {
    counts: None,
    permanent: true,
};

/// Lets the permanent deletion and the restoration of a user wait for the lock of [`stop`], after they have locked the account.
const STOP: &str = "
    create function stop() returns trigger language plpgsql as $$
        begin
            perform pg_advisory_xact_lock(4711);
            if tg_op = 'DELETE' then
                return old;
            end if;
            return new;
        end
    $$;
    create trigger stop before update of deleted_at or delete on users for each row execute function stop()";

/// Stops permanent deletions and restorations until the transaction ends.
async fn stop(pool: &PgPool) -> Transaction<'static, Postgres> {
    sqlx::raw_sql(STOP).execute(pool).await.unwrap();
    let mut obstacle = pool.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(4711)")
        .execute(&mut *obstacle)
        .await
        .unwrap();
    obstacle
}

/// Counts a use of a user.
async fn consume(services: Services, user: Uuid) -> Result<LimitsAnswer, Error> {
    let used = json!({ "user": user, "eventId": "a" });
    let used: UseDraft = serde_json::from_value(used).unwrap();
    limits::consume(&services, &operator(), &used).await
}

/// Deletes a user in a transaction, as administrators do: first the account is locked.
async fn delete_user(other: &mut Transaction<'static, Postgres>, user: Uuid) {
    for statement in [
        "select from users where id = $1 for update",
        "update users set deleted_at = now() where id = $1",
    ] {
        let statement = sqlx::query(statement).bind(user);
        statement.execute(&mut **other).await.unwrap();
    }
}

/// Starts a change while the permanent deletion of a user holds the account. Returns the result of the change.
async fn during_purge<T: Send + 'static>(
    services: &Services,
    user: Uuid,
    change: impl Future<Output = T> + Send + 'static,
) -> T {
    users::delete(services, &operator(), user, &PERMANENT)
        .await
        .unwrap();
    let obstacle = stop(&services.pool).await;
    let purge = tokio::spawn({
        let services = services.clone();
        async move { users::purge::run_of(&services, user).await }
    });
    until_waiting(&services.pool, 1).await;
    let change = tokio::spawn(change);
    until_waiting(&services.pool, 2).await;
    obstacle.rollback().await.unwrap();
    purge.await.unwrap().unwrap();
    let left = "select count(*) from users where deleted_at is not null";
    assert_eq!(count(&services.pool, left).await, 0);
    change.await.unwrap()
}

#[testing::test]
async fn group_is_deleted_while_a_member_is_purged(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let id = group("Team").members(&[ada]).insert(&pool).await;
    let delete = {
        let services = services.clone();
        async move { groups::delete(&services, &operator(), id, None).await }
    };
    assert_eq!(
        Box::pin(during_purge(&services, ada, delete))
            .await
            .unwrap(),
        None
    );
    assert_eq!(count(&pool, "select count(*) from groups").await, 0);
}

#[testing::test]
async fn role_is_deleted_while_its_user_is_purged(pool: PgPool) {
    let services = services(&pool);
    let id = role("helper").insert(&pool).await;
    let ada = add(&pool, "ada", &["helper"]).await;
    let delete = {
        let services = services.clone();
        async move { roles::delete(&services, &operator(), id, None).await }
    };
    assert_eq!(during_purge(&services, ada, delete).await.unwrap(), None);
    let helpers = "select count(*) from roles where name = 'helper'";
    assert_eq!(count(&pool, helpers).await, 0);
}

#[testing::test]
async fn resource_is_deleted_while_its_owner_is_purged(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let id = resource("models", "m").owner(ada).insert(&pool).await;
    grant(&pool, id, (Some(ada), None), "write").await;
    let delete = {
        let services = services.clone();
        async move { resources::delete(&services, &operator(), id, None).await }
    };
    during_purge(&services, ada, delete).await.unwrap();
    assert_eq!(count(&pool, "select count(*) from resources").await, 0);
}

#[testing::test]
async fn use_of_a_user_who_is_purged_is_that_of_an_unknown_user(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let report = {
        let services = services.clone();
        async move {
            let event = json!({ "user": ada, "eventId": "a", "tokens": 5 });
            let events: Vec<UsageEventDraft> = serde_json::from_value(json!([event])).unwrap();
            usage::store(&services, &operator(), &events).await
        }
    };
    let outcome = during_purge(&services, ada, report).await.unwrap();
    assert_eq!((outcome.counted, outcome.unknown_users), (1, 1));
    let stored = "select count(*) from usage_events where user_id is null";
    assert_eq!(count(&pool, stored).await, 1);
}

#[testing::test]
async fn purged_user_uses_nothing(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let consume = consume(services.clone(), ada);
    let denied = Box::pin(during_purge(&services, ada, consume)).await;
    assert!(matches!(denied, Err(Error::Invalid(_))), "{denied:?}");
}

#[testing::test]
async fn user_who_is_deleted_meanwhile_uses_nothing(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let mut other = pool.begin().await.unwrap();
    delete_user(&mut other, ada).await;
    let used = tokio::spawn(consume(services, ada));
    until_waiting(&pool, 1).await;
    other.commit().await.unwrap();
    let denied = used.await.unwrap();
    assert!(
        matches!(denied, Err(Error::Conflict(Conflict::UserDeleted))),
        "{denied:?}"
    );
}

/// The uses of a busy user overlap without a pause, and a change of the account must not wait for an end of them.
#[testing::test]
async fn change_of_an_account_precedes_later_uses(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let mut earlier = pool.begin().await.unwrap();
    let found = db::limits::retain_user(&mut earlier, ada, None).await;
    assert!(found.unwrap().username.is_some());
    let deleted = tokio::spawn({
        let pool = pool.clone();
        async move {
            let mut other = pool.begin().await.unwrap();
            delete_user(&mut other, ada).await;
            other.commit().await.unwrap();
        }
    });
    until_waiting(&pool, 1).await;
    let later = tokio::spawn(consume(services, ada));
    until_waiting(&pool, 2).await;
    earlier.commit().await.unwrap();
    deleted.await.unwrap();
    let denied = later.await.unwrap();
    assert!(
        matches!(denied, Err(Error::Conflict(Conflict::UserDeleted))),
        "{denied:?}"
    );
}

#[testing::test]
async fn lease_of_a_purged_user_is_unknown(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let reserved: ReserveDraft =
        serde_json::from_value(json!({ "user": ada, "cost": "3" })).unwrap();
    let reserved = limits::reserve(&services, &operator(), &reserved).await;
    let lease = reserved.unwrap().lease.unwrap();
    let settle = {
        let services = services.clone();
        async move {
            let settled = json!({ "lease": lease, "cost": "2" });
            let settled: SettleDraft = serde_json::from_value(settled).unwrap();
            limits::settle(&services, &operator(), &settled).await
        }
    };
    let denied = Box::pin(during_purge(&services, ada, settle)).await;
    assert!(matches!(denied, Err(Error::Invalid(_))), "{denied:?}");
}

#[testing::test]
async fn group_is_deleted_while_a_member_is_restored(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let id = group("Team").members(&[ada]).insert(&pool).await;
    users::delete(&services, &operator(), ada, &Deletion::default())
        .await
        .unwrap();
    let obstacle = stop(&pool).await;
    let restored = tokio::spawn({
        let services = services.clone();
        async move { users::restore(&services, &operator(), ada).await }
    });
    until_waiting(&pool, 1).await;
    let deleted = tokio::spawn({
        let services = services.clone();
        async move { groups::delete(&services, &operator(), id, None).await }
    });
    until_waiting(&pool, 2).await;
    obstacle.rollback().await.unwrap();
    assert_eq!(restored.await.unwrap().unwrap().lost, None);
    deleted.await.unwrap().unwrap();
    assert_eq!(count(&pool, "select count(*) from groups").await, 0);
    // The group was deleted after the restoration, so the next one names nothing.
    assert_eq!(count(&pool, "select count(*) from lost_access").await, 0);
}

#[testing::test]
async fn user_is_deleted_while_the_group_is(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let id = group("Team").members(&[ada]).insert(&pool).await;
    let mut deletion = pool.begin().await.unwrap();
    sqlx::query("delete from groups where id = $1")
        .bind(id)
        .execute(&mut *deletion)
        .await
        .unwrap();
    let deleted = tokio::spawn({
        let services = services.clone();
        async move { users::delete(&services, &operator(), ada, &Deletion::default()).await }
    });
    until_waiting(&pool, 1).await;
    deletion.commit().await.unwrap();
    deleted.await.unwrap().unwrap();
    assert_eq!(count(&pool, "select count(*) from group_totals").await, 0);
}

/// Starts a change between two statements of another transaction about an id, whose first one locks a row for which the change waits.
/// Returns the result of the change.
async fn between<T: Send + 'static>(
    pool: &PgPool,
    id: Uuid,
    [first, second]: [&'static str; 2],
    change: impl Future<Output = T> + Send + 'static,
) -> T {
    let mut other = pool.begin().await.unwrap();
    let mut lock = async |sql: &'static str| {
        let locked = sqlx::query(sql).bind(id).execute(&mut *other).await;
        locked.unwrap();
    };
    lock(first).await;
    let change = tokio::spawn(change);
    until_waiting(pool, 1).await;
    lock(second).await;
    other.rollback().await.unwrap();
    change.await.unwrap()
}

/// As the deletion of a group does: first the group, then its members.
const GROUP_THEN_MEMBERS: [&str; 2] = [
    "select from groups where id = $1 for update",
    "select from group_members where group_id = $1 for update",
];

#[testing::test]
async fn member_is_removed_after_the_group_is_locked(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let id = group("Team").members(&[ada]).insert(&pool).await;
    let remove = async move {
        let actor = GroupActor::from(&operator::<GroupsWrite>());
        let (group, user) = (TargetRef::from(id), TargetRef::from(ada));
        groups::member::remove(&services, &actor, group, user).await
    };
    let removed = Box::pin(between(&pool, id, GROUP_THEN_MEMBERS, remove)).await;
    removed.unwrap();
    assert_eq!(count(&pool, "select count(*) from group_members").await, 0);
}

#[testing::test]
async fn manager_is_set_after_the_group_is_locked(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let id = group("Team").members(&[ada]).insert(&pool).await;
    let set = async move {
        let (group, user) = (TargetRef::from(id), TargetRef::from(ada));
        groups::member::set_manager(&services, &operator(), group, user, true).await
    };
    let set = Box::pin(between(&pool, id, GROUP_THEN_MEMBERS, set)).await;
    set.unwrap();
    let managers = "select count(*) from group_members where is_manager";
    assert_eq!(count(&pool, managers).await, 1);
}

#[testing::test]
async fn password_link_is_created_after_the_account_is_locked(pool: PgPool) {
    let services = services(&pool);
    let mona = add(&pool, "mona", &[]).await;
    let ada = add(&pool, "ada", &[]).await;
    let id = group("Team").managers(&[mona]).members(&[ada]);
    let id = id.insert(&pool).await;
    // As the change of the managers does: first the accounts, then the memberships.
    let locks = [
        "select from users where id in (select user_id from group_members where group_id = $1) order by id for key share",
        "select from group_members where group_id = $1 for no key update",
    ];
    let create = async move {
        let mona = caller(mona, &[]);
        groups::create_reset_link(&services, &mona, id, ada).await
    };
    let created = Box::pin(between(&pool, id, locks, create)).await;
    created.unwrap();
}

#[testing::test]
async fn shared_limit_is_topped_up_after_the_group_is_locked(pool: PgPool) {
    let services = services(&pool);
    let id = group("Team").insert(&pool).await;
    let limit = json!({
        "subject": { "group": id }, "metric": "requests", "amount": 2, "period": "total", "shared": true,
    });
    let limit = serde_json::from_value(limit).unwrap();
    let limit = limits::put(&services, &operator(), limit).await.unwrap();
    // As the deletion of the group does: first the group, then its limits.
    let locks = [
        "select from groups where id = $1 for update",
        "select from limits where group_id = $1 for update",
    ];
    let top_up = async move {
        let change = NewLimitChange {
            metric: Metric::Requests,
            model: None,
            change: BalanceChange::TopUp(1),
            reason: "exam".to_owned(),
        };
        limits::change_shared(&services, &operator(), limit.id, &change).await
    };
    let status = Box::pin(between(&pool, id, locks, top_up)).await.unwrap();
    assert_eq!(status.granted.units(), 1);
}

#[testing::test]
async fn denial_is_stored_after_the_account_is_locked(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let set = async |period: &str| {
        let limit = json!({ "subject": { "user": ada }, "metric": "requests", "amount": 1, "period": period });
        let limit = serde_json::from_value(limit).unwrap();
        limits::put(&services, &operator(), limit).await.unwrap();
    };
    set("1d").await;
    let used: UseDraft = serde_json::from_value(json!({ "user": ada })).unwrap();
    limits::consume(&services, &operator(), &used)
        .await
        .unwrap();
    set("2d").await;
    // As the permanent deletion of a user does: first the account, then its balances.
    let locks = [
        "select from users where id = $1 for update",
        "select from balances where user_id = $1 for update",
    ];
    let check = {
        let services = services.clone();
        async move { limits::check(&services, &operator(), &used).await }
    };
    let answer = Box::pin(between(&pool, ada, locks, check)).await.unwrap();
    assert!(!answer.allowed);
    // The period of the limit is stored with the denial.
    let carried = "select count(*) from balances where carried";
    assert_eq!(count(&pool, carried).await, 1);
}
