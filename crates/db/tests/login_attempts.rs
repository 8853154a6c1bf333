//! The increasing delay after failed sign-ins.

use std::time::Duration;

use db::login_attempts::{
    Scope, delete, delete_old, find_delay, give_back, set_decided, try_count,
};
use sqlx::{PgPool, postgres::PgPoolOptions};

const ADA: &[u8] = b"hash of ada";
const BOB: &[u8] = b"hash of bob";

/// Makes an attempt that fails. Returns whether it was allowed.
async fn tries(pool: &PgPool, scope: Scope, subject: &[u8]) -> bool {
    let counted = try_count(pool, scope, subject).await.unwrap();
    if counted {
        set_decided(pool, scope, subject).await.unwrap();
    }
    counted
}

/// Returns the delay in whole seconds, rounded up; 0 for none.
async fn delay(pool: &PgPool, scope: Scope, subject: &[u8]) -> u64 {
    let delay = find_delay(pool, scope, subject).await.unwrap();
    delay.map_or(0, |delay| {
        delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
    })
}

/// Lets the delay pass, and `time` beyond it.
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

#[testing::test]
async fn first_failures_are_free_and_further_ones_double_the_delay(pool: PgPool) {
    for (scope, free, delays) in [
        (Scope::Device, 5, &[1, 2, 4, 8, 16, 32, 60, 60][..]),
        (Scope::Session, 5, &[1, 2, 4, 8, 16, 32, 60, 60]),
        (Scope::Account, 30, &[1, 2, 4, 8, 16, 32, 60, 60]),
        (
            Scope::AccountAddress,
            5,
            &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900],
        ),
        (
            Scope::Address,
            100,
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

#[testing::test]
async fn concurrent_attempts_are_limited_to_the_free_ones(
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
            tokio::spawn(async move { tries(&pool, Scope::AccountAddress, ADA).await })
        })
        .collect();
    let mut admitted = 0;
    for guess in guesses {
        admitted += u32::from(guess.await.unwrap());
    }
    assert_eq!(admitted, 5);
}

#[testing::test]
async fn quiet_day_resets_the_counter(pool: PgPool) {
    for _ in 0..5 {
        tries(&pool, Scope::AccountAddress, ADA).await;
    }
    pass(&pool, "23 hours").await;
    assert!(tries(&pool, Scope::AccountAddress, ADA).await);
    assert_eq!(
        delay(&pool, Scope::AccountAddress, ADA).await,
        2,
        "not yet a day"
    );

    pass(&pool, "25 hours").await;
    for _ in 1..5 {
        assert!(tries(&pool, Scope::AccountAddress, ADA).await);
        assert_eq!(delay(&pool, Scope::AccountAddress, ADA).await, 0);
    }
}

#[testing::test]
async fn failures_of_one_subject_do_not_delay_another(pool: PgPool) {
    for _ in 0..5 {
        tries(&pool, Scope::AccountAddress, ADA).await;
    }
    assert_eq!(
        find_delay(&pool, Scope::AccountAddress, BOB).await.unwrap(),
        None
    );
    assert_eq!(find_delay(&pool, Scope::Address, ADA).await.unwrap(), None);
    assert!(
        tries(&pool, Scope::AccountAddress, BOB).await && tries(&pool, Scope::Address, ADA).await
    );
}

#[testing::test]
async fn failures_are_forgotten_on_success_and_with_age(pool: PgPool) {
    for subject in [ADA, BOB] {
        for _ in 0..5 {
            tries(&pool, Scope::AccountAddress, subject).await;
        }
    }
    delete(&pool, Scope::AccountAddress, ADA).await.unwrap();
    assert_eq!(
        find_delay(&pool, Scope::AccountAddress, ADA).await.unwrap(),
        None
    );
    assert!(find_delay(&pool, Scope::AccountAddress, BOB).await.unwrap() > Some(Duration::ZERO));

    assert_eq!(delete_old(&pool).await.unwrap(), 0);
    pass(&pool, "25 hours").await;
    assert_eq!(delete_old(&pool).await.unwrap(), 1);
}

#[testing::test]
async fn undecided_attempts_per_address_are_limited(pool: PgPool) {
    let attempt = async || try_count(&pool, Scope::Address, ADA).await.unwrap();
    for _ in 0..9 {
        assert!(attempt().await);
        assert_eq!(delay(&pool, Scope::Address, ADA).await, 0);
    }
    assert!(attempt().await && !attempt().await);
    assert_eq!(delay(&pool, Scope::Address, ADA).await, 2);
    // Decided attempts make room; so does time, for attempts that are never decided.
    for _ in 0..10 {
        set_decided(&pool, Scope::Address, ADA).await.unwrap();
    }
    pass(&pool, "0 seconds").await;
    for _ in 0..9 {
        assert!(attempt().await);
    }
    assert_eq!(delay(&pool, Scope::Address, ADA).await, 0);
    sqlx::query("update login_attempts set last_failed_at = now() - interval '2 seconds'")
        .execute(&pool)
        .await
        .unwrap();
    for _ in 0..9 {
        assert!(attempt().await);
        assert_eq!(delay(&pool, Scope::Address, ADA).await, 0);
    }
}

#[testing::test]
async fn returned_attempt_delays_nothing(pool: PgPool) {
    let scope = Scope::AccountAddress;
    for _ in 0..4 {
        assert!(tries(&pool, scope, ADA).await);
    }
    for _ in 0..3 {
        assert!(try_count(&pool, scope, ADA).await.unwrap());
        assert_eq!(delay(&pool, scope, ADA).await, 1);
        give_back(&pool, scope, ADA, 1).await.unwrap();
        assert_eq!(delay(&pool, scope, ADA).await, 0);
    }
    assert!(tries(&pool, scope, ADA).await);
    assert_eq!(delay(&pool, scope, ADA).await, 1, "the others count");
    assert_eq!(delete(&pool, scope, ADA).await.unwrap(), 5);
    give_back(&pool, scope, ADA, 5).await.unwrap();
    assert_eq!(delete(&pool, scope, ADA).await.unwrap(), 0);
}
