//! Overview, the start page of the panel.

use domain::{
    list::Total,
    overview::{AttentionKind, DAYS, Overview},
    users::suspension::SuspensionDraft,
};
use service::{Services, access::operator, overview::overview, users};
use sqlx::PgPool;
use testing::users::user;
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::support::{
    services,
    users::{add, count},
};

async fn look(services: &Services) -> Overview {
    overview(services, &operator()).await.unwrap()
}

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

/// Time of the services' clock.
const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

async fn sign_in(pool: &PgPool, days_ago: i64) {
    sqlx::query(
        "insert into sessions (id, token_hash, user_id, created_at, last_seen_at, idle_expires_at, expires_at)
        select gen_random_uuid(), gen_random_uuid()::text::bytea, id, $1, $1, $1, $1 from users",
    )
    .bind(NOW - Duration::days(days_ago))
    .execute(pool)
    .await
    .unwrap();
}

/// Creates a user whose account is older than every period of inactivity.
async fn add_old(pool: &PgPool, username: &str, role: &str) {
    user(username)
        .display_name(username)
        .created_at(datetime!(2026-01-01 0:00 UTC))
        .roles(&[role])
        .insert(pool)
        .await;
}

#[testing::test]
async fn days_are_counted_as_they_happen(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "ada", &["admin"]).await;
    for days_ago in [0, 0, 1, 29, 30] {
        sign_in(&pool, days_ago).await;
    }
    // The deletion of sessions does not change the count of sign-ins.
    run(
        &pool,
        "delete from sessions where created_at < '2026-11-21 00:00Z'",
    )
    .await;
    assert_eq!(count(&pool, "select count(*) from sessions").await, 2);

    let days = look(&services).await.days;
    assert_eq!(days.len(), usize::try_from(DAYS).unwrap());
    assert!(
        days.windows(2)
            .all(|pair| pair[1].day - pair[0].day == Duration::DAY)
    );
    assert_eq!(days[29].day.date(), NOW.date());
    let sign_ins: Vec<u64> = days.iter().map(|day| day.sign_ins).collect();
    let mut expected = vec![0; 30];
    (expected[29], expected[28], expected[0]) = (2, 1, 1);
    assert_eq!(sign_ins, expected);
}

#[testing::test]
async fn attention_is_reported_with_its_users(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "ada", &["admin"]).await;
    run(&pool, "update users set last_login_at = '2026-11-21 11:00Z', last_active_at = '2026-11-21 11:00Z'").await;
    let summary = |overview: &Overview| -> Vec<(AttentionKind, u64)> {
        let attention = overview.attention.iter();
        attention
            .map(|attention| (attention.kind, attention.count.count))
            .collect()
    };
    let alone = look(&services).await;
    assert_eq!(summary(&alone), [(AttentionKind::OnlyAdmin, 1)]);
    assert_eq!(alone.active_today, Total::exact(1));

    // New accounts do not count as dormant: Bob and Gil have never signed in.
    for name in ["bob", "gil"] {
        add(&pool, name, &["user"]).await;
    }
    add(&pool, "hal", &["admin"]).await;
    for name in ["cleo", "dora", "fay"] {
        add_old(&pool, name, "user").await;
    }
    add_old(&pool, "eve", "admin").await;
    run(
        &pool,
        "update users set status = 'pending' where username = 'bob';
        update users set last_active_at = '2026-08-22 12:00Z' where username = 'cleo';
        update users set last_active_at = '2026-08-24 12:00Z' where username = 'dora';
        update users set last_login_at = '2026-10-21 12:00Z', last_active_at = '2026-11-01 12:00Z' where username = 'eve';
        insert into access_tokens (id, user_id, name, prefix, token_hash, created_at, expires_at)
        select uuid_v7(now()), u.id, 't', 'rc_x', uuid_send(gen_random_uuid()), now(), now() + days * interval '1 day'
        from users u, unnest(array[-1, 6, 8]) as days where u.username in ('cleo', 'bob')",
    )
    .await;
    let all = look(&services).await;
    let expected = [
        (AttentionKind::PendingRegistrations, 1),
        // Bob's tokens are not valid while his registration is pending.
        (AttentionKind::ExpiringToken, 1),
        (AttentionKind::IdleAdmin, 1),
        // Cleo, and Fay, who has never signed in.
        (AttentionKind::Dormant, 2),
    ];
    assert_eq!(summary(&all), expected);
    assert_eq!(
        (all.totals.users, all.totals.admins, all.totals.pending),
        (8, 3, 1)
    );
}

#[testing::test]
async fn recent_changes_omit_daily_use(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let draft = SuspensionDraft {
        reason: "test".into(),
        ..SuspensionDraft::default()
    };
    users::suspend(&services, &operator(), ada, draft)
        .await
        .unwrap();
    run(
        &pool,
        "insert into audit_events (at, actor_label, via, action, target_kind, target_label)
        values (now(), 'ada', 'self', 'session.started', 'session', 'ada'),
            (now(), 'otto', 'api', 'api_key.resolved', 'user', 'ada')",
    )
    .await;
    users::unsuspend(&services, &operator(), ada).await.unwrap();
    let changes = look(&services).await.changes;
    let actions: Vec<&str> = changes
        .iter()
        .map(|change| change.action.as_str())
        .collect();
    assert_eq!(actions, ["user.unsuspended", "user.suspended"]);
}

#[testing::test]
async fn days_are_utc(pool: PgPool) {
    for (username, at) in [
        ("user-2359", datetime!(2026-11-20 23:59:59 UTC)),
        ("user-0000", datetime!(2026-11-21 0:00 UTC)),
    ] {
        user(username).created_at(at).insert(&pool).await;
    }
    // The clock of these services is at noon of 2026-11-21.
    let days = look(&services(&pool)).await.days;
    let last: Vec<_> = days[28..]
        .iter()
        .map(|day| (day.day, day.created))
        .collect();
    assert_eq!(
        last,
        [
            (datetime!(2026-11-20 0:00 UTC), 1),
            (datetime!(2026-11-21 0:00 UTC), 1)
        ]
    );
}
