//! Settings of dialects.

use std::process::Command;

use sqlx::PgPool;

use crate::support::{ROLLCALL, cli};

#[testing::test]
async fn unknown_dialect_is_named_at_the_start(pool: PgPool) {
    let mut command = Command::new(ROLLCALL);
    command.arg("serve").env("DIALECTS", "esperanto");
    let message = cli(&pool).run(&mut command, "").failure();
    let named = "DIALECTS must be names of dialects, separated by commas, not \"esperanto\". Dialects of this version: ";
    assert!(message.starts_with(named), "{message}");
    assert_eq!(message.lines().count(), 1);
}
