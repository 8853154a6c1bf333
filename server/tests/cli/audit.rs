//! The audit log of commands.

use sqlx::PgPool;

use crate::support::cli;

#[testing::test]
async fn every_change_is_audited(pool: PgPool) {
    let cli = cli(&pool);
    for (words, action) in [
        (
            &[
                "create",
                "--username",
                "ada",
                "--name",
                "Ada",
                "--client-list",
                "1",
            ][..],
            "user.created",
        ),
        (
            &["update", "ada", "--password", "open sesame"],
            "user.updated",
        ),
        (&["set-roles", "ada", "auditor"], "user.updated"),
        (&["suspend", "ada", "--reason", "spam"], "user.suspended"),
        (&["unsuspend", "ada"], "user.unsuspended"),
        (&["reset-link", "ada"], "user.reset_link_created"),
        (&["delete", "ada"], "user.deleted"),
        (&["restore", "ada"], "user.restored"),
        (&["recover-admin", "ada"], "user.admin_recovered"),
    ] {
        let ran = cli.user(words);
        assert_eq!(ran.code, 0, "{ran:?}");
        let entry: (String, String, String, String) = sqlx::query_as(
            "select action, via, actor_label, target_label from audit_events order by id desc limit 1",
        )
        .fetch_one(&cli.pool)
        .await
        .unwrap();
        let expected = [action, "cli", "command line", "ada"].map(str::to_owned);
        assert_eq!([entry.0, entry.1, entry.2, entry.3], expected, "{words:?}");
    }
    assert_eq!(cli.count("select count(*) from audit_events").await, 9);
    let query = "select count(*) from audit_events where changes::text like '%sesame%' or changes::text like '%/reset/%'";
    assert_eq!(cli.count(query).await, 0);
    for words in [&["list"][..], &["get", "ada"], &["get", "ada", "--json"]] {
        cli.user(words).text();
    }
    assert_eq!(cli.count("select count(*) from audit_events").await, 9);
}
