//! Checks of the database that cannot be completed.

use sqlx::PgPool;

use crate::support::cli;

#[testing::test]
async fn doctor_names_the_cause_of_an_error(pool: PgPool) {
    let cli = cli(&pool);
    cli.create_admin("root");
    cli.prepare("drop view balances_recount").await;
    let ran = cli.rollcall(&["doctor"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("balances_recount"), "{ran:?}");
}
