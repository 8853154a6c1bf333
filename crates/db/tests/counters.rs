//! The counters that triggers keep: whatever is done to the tables, by however many at once, they agree with a count
//! that this file makes for itself.

#[path = "counters/operations.rs"]
mod operations;
#[path = "counters/recount.rs"]
mod recount;

use db::doctor;
use operations::{Operation, operations, prepare, run};
use recount::{counted, kept};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

async fn assert_right(pool: &PgPool, after: &[Operation]) {
    assert_eq!(kept(pool).await, counted(pool).await, "after {after:#?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn counters_agree_with_a_recount_after_any_operations(pool: PgPool) {
    prepare(&pool).await;
    for seed in 1..=8 {
        for batch in operations(seed, 120).chunks(12) {
            for operation in batch {
                run(&pool, operation)
                    .await
                    .unwrap_or_else(|error| panic!("{operation:?}: {error}"));
            }
            assert_right(&pool, batch).await;
        }
    }
    let doctor = doctor::recount(&pool).await.unwrap();
    assert_eq!((doctor.wrong_stats, doctor.wrong_totals), (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn counters_agree_after_many_wrote_at_once(
    options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let pool = options
        .max_connections(10)
        .connect_with(connect)
        .await
        .unwrap();
    prepare(&pool).await;
    for round in 0..4 {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (pool, operations) = (pool.clone(), operations(100 + 8 * round + writer, 40));
                tokio::spawn(async move {
                    let mut refused = 0;
                    for operation in &operations {
                        match run(&pool, operation).await {
                            Ok(()) => {}
                            Err(error) if is_collision(&error) => refused += 1,
                            Err(error) => panic!("{operation:?}: {error}"),
                        }
                    }
                    refused
                })
            })
            .collect();
        let mut refused = 0;
        for writer in writers {
            refused += writer.await.unwrap();
        }
        assert!(
            refused < 8 * 40 / 4,
            "{refused} of {} collided: too many to mean anything",
            8 * 40
        );
        assert_right(&pool, &[]).await;
    }
}

/// Two who write at once may wait for each other in a circle, or refer to what the other has just deleted. One of them
/// is then refused, and nothing of what it did remains.
fn is_collision(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40P01" | "23503"))
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_doctor_notices_a_wrong_counter(pool: PgPool) {
    prepare(&pool).await;
    for operation in &operations(9, 40) {
        run(&pool, operation).await.unwrap();
    }
    for (damage, expected) in [
        ("update user_stats set personas = personas + 1", "stats"),
        (
            "update user_totals set value = value + 1 where name = 'users' and shard = (select min(shard) from user_totals)",
            "totals",
        ),
    ] {
        sqlx::query(damage).execute(&pool).await.unwrap();
        let found = doctor::recount(&pool).await.unwrap();
        let wrong = if expected == "stats" {
            found.wrong_stats
        } else {
            found.wrong_totals
        };
        assert!(wrong > 0, "{damage}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_live_user_leaves_by_way_of_the_bin(pool: PgPool) {
    prepare(&pool).await;
    let refused = sqlx::query("delete from users")
        .execute(&pool)
        .await
        .unwrap_err();
    let refused = db::Error::from(refused);
    assert!(
        matches!(&refused, db::Error::Constraint { constraint } if constraint == "users_deleted_by_way_of_the_bin"),
        "{refused}"
    );
    sqlx::raw_sql("update users set deleted_at = now(); delete from users")
        .execute(&pool)
        .await
        .unwrap();
    assert_right(&pool, &[]).await;
}
