//! Settings of dialects.

use std::{fs, net::TcpListener, process::Command};

use sqlx::PgPool;

use crate::{
    server::build_site,
    support::{ROLLCALL, cli},
};

#[testing::test]
async fn unknown_dialect_is_named_at_the_start(pool: PgPool) {
    let mut command = Command::new(ROLLCALL);
    command.arg("serve").env("DIALECTS", "esperanto");
    let message = cli(&pool).run(&mut command, "").failure();
    let named = "DIALECTS must be names of dialects, separated by commas, not \"esperanto\". Dialects of this version: ";
    assert!(message.starts_with(named), "{message}");
    assert_eq!(message.lines().count(), 1);
}

#[testing::test]
async fn short_master_key_stops_the_start(pool: PgPool) {
    let mut command = Command::new(ROLLCALL);
    command.arg("serve").env("LITELLM_MASTER_KEY", "sk-");
    let message = cli(&pool).run(&mut command, "").failure();
    let least = "LITELLM_MASTER_KEY must have at least 16 characters, none of them a space or a control character.";
    assert_eq!(message, least);
}

#[testing::test]
async fn taken_address_of_a_dialect_is_named_at_the_start(pool: PgPool) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for setting in ["LITELLM_ADDR", "OPENWEBUI_ADDR"] {
        let site = build_site();
        let mut command = Command::new(ROLLCALL);
        command
            .arg("serve")
            .env("LEPTOS_SITE_ROOT", &site)
            .env("LEPTOS_SITE_ADDR", "127.0.0.1:0")
            .env("LOG_LEVEL", "error")
            .env(setting, &address);
        let message = cli(&pool).run(&mut command, "").failure();
        fs::remove_dir_all(site).unwrap();
        let (cause, advice) = message.split_once(". ").unwrap();
        let reason = format!("Cannot listen on {address}: ");
        assert!(cause.starts_with(&reason), "{message}");
        assert_eq!(advice, format!("Choose another {setting}."));
    }
}
