//! Re-encryption of API keys: it continues after it was killed, and every key stays available meanwhile.

use std::{process::Command, sync::Arc, time::Duration};

use domain::keys::KeyDraft;
use secrecy::ExposeSecret;
use service::{Services, access::operator, keys, settings::Settings, vault::Vault};
use sqlx::PgPool;

use crate::support::{Cli, ROLLCALL, Ran, cli, services};

const OLD: &str = "0000000000000000000000000000000000000000000000000000000000000001";
const NEW: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEWER: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
/// Number of keys: more than two of the batches of a rotation.
const KEYS: i64 = 450;
/// Number of statements of other processes that wait for a lock in this database.
const STUCK: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'";
/// Number of processes beside the test's own that are connected to this database.
const OTHERS: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'rollcall'";
/// Number of API keys that are encrypted under another key than the newest of them.
const REENCRYPTED: &str = "select count(*) from api_keys
    where key_version <> (select key_version from api_keys order by id desc limit 1)";

/// Waits until a query returns the expected number.
async fn wait(cli: &Cli, sql: &'static str, expected: i64) {
    let reached = async { while cli.count(sql).await != expected {} };
    let reached = tokio::time::timeout(Duration::from_secs(60), reached).await;
    reached.unwrap_or_else(|_| panic!("never {expected}: {sql}"));
}

/// Returns the services of a server with encryption keys.
fn with_keys(pool: &PgPool, encryption: &str) -> Services {
    let settings = Settings {
        vault: Vault::parse(encryption).unwrap(),
        ..Settings::default()
    };
    Services {
        settings: Arc::new(settings),
        ..services(pool)
    }
}

fn rotate<'a>(command: &'a mut Command, encryption: &str) -> &'a mut Command {
    command
        .args(["keys", "rotate"])
        .env("API_KEY_ENCRYPTION_KEY", encryption)
        .env("LOG_LEVEL", "off")
}

fn run(cli: &Cli, encryption: &str) -> Ran {
    let mut command = Command::new(ROLLCALL);
    cli.run(rotate(&mut command, encryption), "")
}

/// Asserts that a server can decrypt the key of the user.
async fn is_served(services: &Services) {
    let user = sqlx::query_scalar("select id from users")
        .fetch_one(&services.pool)
        .await
        .unwrap();
    for (provider, key) in [("OPENAI", "sk-first"), ("GOOGLE", "sk-last")] {
        let served = keys::resolve(services, &operator(), provider, Some(user)).await;
        assert_eq!(served.unwrap().text.expose_secret(), key, "{provider}");
    }
}

/// Returns the state and the progress of the only job.
async fn job(pool: &PgPool) -> (String, i64, Option<i64>) {
    let found = sqlx::query_as("select state, done, total from jobs").fetch_one(pool);
    found.await.unwrap()
}

async fn store_key(services: &Services, provider: &str, text: &str) {
    let draft = KeyDraft {
        provider: provider.into(),
        key_name: "Work".into(),
        api_key: text.into(),
    };
    keys::create_system(services, &operator(), draft)
        .await
        .unwrap();
}

#[testing::test]
async fn interrupted_rotation_resumes(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    let old = with_keys(&pool, OLD);
    store_key(&old, "OPENAI", "sk-first").await;
    for n in 2..KEYS {
        store_key(&old, "ANTHROPIC", &format!("sk-{n}")).await;
    }
    store_key(&old, "GOOGLE", "sk-last").await;

    // The lock stops it at the last key.
    let mut obstacle = pool.begin().await.unwrap();
    sqlx::query("select id from api_keys order by id desc limit 1 for update")
        .execute(&mut *obstacle)
        .await
        .unwrap();
    let both = format!("{NEW},{OLD}");
    let mut command = Command::new(ROLLCALL);
    let mut rotation = cli
        .with_settings(rotate(&mut command, &both))
        .spawn()
        .unwrap();
    wait(&cli, STUCK, 1).await;
    rotation.kill().unwrap();
    assert!(!rotation.wait().unwrap().success());
    obstacle.rollback().await.unwrap();
    wait(&cli, OTHERS, 0).await;

    let reencrypted = cli.count(REENCRYPTED).await;
    assert!(
        0 < reencrypted && reencrypted < KEYS,
        "{reencrypted} of {KEYS}"
    );
    let audited = "select sum((changes -> 'keys' ->> 1)::bigint)::bigint from audit_events where action = 'api_key.reencrypted'";
    assert_eq!(cli.count(audited).await, reencrypted);
    assert_eq!(
        job(&pool).await,
        ("running".to_owned(), reencrypted, Some(KEYS))
    );
    is_served(&with_keys(&pool, &both)).await;

    let message = run(&cli, &both).text();
    let left = KEYS - reencrypted;
    let says = format!(
        "API keys re-encrypted: {left}. All API keys are under the first encryption key: {KEYS}."
    );
    assert!(message.starts_with(&says), "{message}");
    assert_eq!(cli.count(audited).await, KEYS);
    assert_eq!(job(&pool).await, ("done".to_owned(), KEYS, Some(KEYS)));
    is_served(&with_keys(&pool, NEW)).await;
    // Every API key is encrypted under the new key: otherwise this run could not encrypt it under a third.
    let message = run(&cli, &format!("{NEWER},{NEW}")).text();
    assert!(
        message.starts_with(&format!("API keys re-encrypted: {KEYS}.")),
        "{message}"
    );
}

#[testing::test]
async fn undecryptable_keys_are_reported(pool: PgPool) {
    let cli = cli(&pool);
    store_key(&with_keys(&pool, OLD), "OPENAI", "sk-first").await;
    let failure = run(&cli, NEW).failure();
    assert!(failure.contains("Not under it: 1,"), "{failure}");
    let failure = run(&cli, "").failure();
    assert!(failure.contains("API keys are disabled"), "{failure}");
    let failure = run(&cli, "hunter2").failure();
    assert!(
        failure.starts_with("API_KEY_ENCRYPTION_KEY must be 32 random bytes"),
        "{failure}"
    );
    assert!(!failure.contains("hunter2"));
}
