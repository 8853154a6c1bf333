//! The growing delay after failed sign-ins.

#![cfg(test)]

use std::time::Duration;

use db::login_attempts::{Scope, delete, delete_old, find_delay, try_count};
use sqlx::{PgPool, postgres::PgPoolOptions};

const ADA: &[u8] = b"hash of ada";
const BOB: &[u8] = b"hash of bob";

async fn tries(pool: &PgPool, scope: Scope, subject: &[u8]) -> bool {
    try_count(pool, scope, subject).await.unwrap()
}

/// The delay in whole seconds, rounded up; 0 for none.
async fn delay(pool: &PgPool, scope: Scope, subject: &[u8]) -> u64 {
    let delay = find_delay(pool, scope, subject).await.unwrap();
    delay.map_or(0, |delay| {
        delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
    })
}

/// Lets the delay pass, and so much time beyond it.
async fn pass(pool: &PgPool, time: &str) {
    sqlx::query(
        "update login_attempts set
            last_failed_at = last_failed_at - (blocked_until - now()) - $1::interval,
            blocked_until = now() - $1::interval
        where blocked_until > now()",
    )
    .bind(time)
    .execute(pool)
    .await
    .unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_first_failures_are_free_and_each_further_one_doubles_the_delay(pool: PgPool) {
    for (scope, free, delays) in [
        (Scope::Account, 5, &[1, 2, 4, 8, 16, 32, 60, 60][..]),
        (
            Scope::Address,
            20,
            &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900],
        ),
    ] {
        for number in 1..free {
            assert!(tries(&pool, scope, ADA).await, "{scope:?} {number}");
            assert_eq!(delay(&pool, scope, ADA).await, 0, "{scope:?} {number}");
        }
        for expected in delays {
            assert!(tries(&pool, scope, ADA).await, "{scope:?} {expected}");
            assert_eq!(delay(&pool, scope, ADA).await, *expected, "{scope:?}");
            assert!(
                !tries(&pool, scope, ADA).await,
                "{scope:?}: not while it lasts"
            );
            assert_eq!(
                delay(&pool, scope, ADA).await,
                *expected,
                "{scope:?}: waiting is not a failure"
            );
            pass(&pool, "1 second").await;
            assert_eq!(
                delay(&pool, scope, ADA).await,
                0,
                "{scope:?}: it has passed"
            );
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_many_at_once_only_the_free_ones_go_on(
    options: PgPoolOptions,
    connect: sqlx::postgres::PgConnectOptions,
) {
    let pool = options
        .max_connections(10)
        .connect_with(connect)
        .await
        .unwrap();
    let guesses: Vec<_> = (0..50)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move { tries(&pool, Scope::Account, ADA).await })
        })
        .collect();
    let mut admitted = 0;
    for guess in guesses {
        admitted += u32::from(guess.await.unwrap());
    }
    assert_eq!(admitted, 5);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_day_without_failures_starts_anew(pool: PgPool) {
    for _ in 0..5 {
        tries(&pool, Scope::Account, ADA).await;
    }
    pass(&pool, "23 hours").await;
    assert!(tries(&pool, Scope::Account, ADA).await);
    assert_eq!(delay(&pool, Scope::Account, ADA).await, 2, "not yet a day");

    pass(&pool, "25 hours").await;
    for _ in 1..5 {
        assert!(tries(&pool, Scope::Account, ADA).await);
        assert_eq!(delay(&pool, Scope::Account, ADA).await, 0);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_waits_for_the_failures_of_another(pool: PgPool) {
    for _ in 0..5 {
        tries(&pool, Scope::Account, ADA).await;
    }
    assert_eq!(find_delay(&pool, Scope::Account, BOB).await.unwrap(), None);
    assert_eq!(find_delay(&pool, Scope::Address, ADA).await.unwrap(), None);
    assert!(tries(&pool, Scope::Account, BOB).await && tries(&pool, Scope::Address, ADA).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn failures_are_forgotten_after_a_success_and_with_age(pool: PgPool) {
    for subject in [ADA, BOB] {
        for _ in 0..5 {
            tries(&pool, Scope::Account, subject).await;
        }
    }
    delete(&pool, Scope::Account, ADA).await.unwrap();
    assert_eq!(find_delay(&pool, Scope::Account, ADA).await.unwrap(), None);
    assert!(find_delay(&pool, Scope::Account, BOB).await.unwrap() > Some(Duration::ZERO));

    assert_eq!(delete_old(&pool).await.unwrap(), 0);
    pass(&pool, "25 hours").await;
    assert_eq!(delete_old(&pool).await.unwrap(), 1);
}
