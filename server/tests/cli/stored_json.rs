//! JSON that another program has stored with too deep a nesting, which must not break a command.

use std::process::Command;

use sqlx::PgPool;

use crate::support::{ROLLCALL, cli, services};

#[testing::test]
async fn every_command_skips_unreadable_json(pool: PgPool) {
    let cli = cli(&pool);
    let number = cli.create_admin("ada");
    cli.prepare(
        "create function deep() returns jsonb language sql return
            (repeat('{\"a\":', 300) || '1' || repeat('}', 300))::jsonb;
        update users set profile = deep(), notification_preferences = deep(), settings = deep();
        insert into audit_events (at, actor_id, actor_label, via, action, target_kind, target_id, target_label, changes)
        select now(), id, 'ada', 'api', 'user.updated', 'user', id, 'ada', jsonb_build_object('profile', jsonb_build_array(null, deep()))
        from users",
    )
    .await;
    service::audit::seal(&services(&pool)).await.unwrap();
    for words in [
        &["user", "list"][..],
        &["user", "list", "--json"],
        &["user", "get", &number],
        &["user", "get", &number, "--json"],
        &["user", "update", &number, "--name", "Ada L."],
        &["audit", "list"],
        &["audit", "list", "--json"],
        &["audit", "export", "--format", "csv"],
        &["audit", "export", "--format", "ndjson"],
        &["audit", "verify"],
        &["token", "list", "--user", "ada"],
        &["doctor"],
    ] {
        let mut command = Command::new(ROLLCALL);
        let ran = cli.run(command.args(words), "");
        assert_eq!(ran.code, 0, "{words:?}: {ran:?}");
    }
    let deep = "{\"a\":".repeat(33) + "1" + &"}".repeat(33);
    let message = cli
        .user(&["update", &number, "--notification-preferences", &deep])
        .failure();
    assert!(message.contains("levels deep"), "{message}");
}
