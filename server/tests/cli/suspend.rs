//! `rollcall user suspend`, `unsuspend` and `reset-link`.

use serde_json::json;
use sqlx::PgPool;

use crate::support::{NO_SUCH_USER, PUBLIC_URL, cli};

#[testing::test]
async fn suspended_for_a_time_or_indefinitely(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    let suspend = |more: &[&str]| cli.user(&[&["suspend", "1", "--reason", "spam"], more].concat());
    assert_eq!(
        suspend(&[]).text(),
        "Suspended user 1 (ada) indefinitely.\n"
    );
    let json = suspend(&[
        "--until",
        "2999-12-24T18:00:00+01:00",
        "--show-reason",
        "--json",
    ])
    .json();
    assert_eq!(json["status"], "suspended");
    assert_eq!(
        json["suspension"],
        json!({ "reason": "spam", "until": "2999-12-24T17:00:00Z", "showReason": true, "by": null })
    );
    let text = suspend(&["--until", "2999-12-24"]).text();
    assert_eq!(text, "Suspended user 1 (ada) until 2999-12-24 00:00 UTC.\n");
    assert!(suspend(&["--until", "3d"]).text().ends_with(" UTC.\n"));
    assert!(cli.user(&["list"]).text().contains("suspended until "));
    assert!(cli.user(&["get", "1"]).text().contains(" UTC: spam\n"));
    let text = cli.user(&["unsuspend", "ada"]).text();
    assert_eq!(text, "Unsuspended user 1 (ada).\n");
    assert_eq!(
        cli.user(&["unsuspend", "ada"]).failure(),
        "This user is not suspended."
    );
    assert_eq!(
        suspend(&["--until", "2020-01-01"]).failure(),
        "until: Choose a date in the future."
    );
    assert_eq!(
        suspend(&["--until", "4294967295w"]).failure(),
        "until: The date is too far in the future."
    );
    let no_reason = cli.user(&["suspend", "1", "--reason", " "]).failure();
    assert!(
        no_reason.starts_with("reason: Enter a reason."),
        "{no_reason}"
    );
    for until in ["Friday", "3", "-3d", "2026-02-30", ""] {
        suspend(&["--until", until]).misunderstanding();
    }
    cli.user(&["suspend", "1"]).misunderstanding();
    assert_eq!(
        cli.user(&["suspend", "2", "--reason", "x"]).failure(),
        NO_SUCH_USER
    );
    assert_eq!(cli.get("1")["status"], "active");
}

#[testing::test]
async fn reset_link_is_created(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    let ran = cli.user(&["reset-link", "ada"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.starts_with(&format!("{PUBLIC_URL}/reset/")),
        "{ran:?}"
    );
    assert_eq!(
        ran.out.lines().count(),
        1,
        "a program can read it unchanged: {ran:?}"
    );
    assert!(
        ran.err
            .starts_with("rollcall: One-time link for user 1 (ada), valid until "),
        "{ran:?}"
    );
    let link = cli.user(&["reset-link", "1", "--json"]);
    assert_eq!(link.err, "");
    assert!(link.json()["expiresAt"].as_str().unwrap().ends_with('Z'));
    let live = "select count(*) from one_time_links where revoked_at is null and used_at is null";
    assert_eq!(cli.count(live).await, 1);
    assert_eq!(cli.user(&["reset-link", "2"]).failure(), NO_SUCH_USER);
}
