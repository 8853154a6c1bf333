//! Commands, each once on a database and once on a server with a similar one.

use std::process::Command;

use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use time::{
    Date, OffsetDateTime,
    format_description::well_known::{Iso8601, Rfc3339},
};
use uuid::Uuid;

use super::{with_admin, with_server};
use crate::support::{Cli, NO_SUCH_USER, PUBLIC_URL, ROLLCALL};

/// Steps, in their order. The words of a line are separated by single spaces; `_` in a word stands for a space.
const STEPS: &[&str] = &[
    "user create --name Ada --email ada@example.org",
    "user create --name Ada --username ada --password sesame --roles user,manager --client-list 1,2 --json",
    "user create --name Bob --username bob --notification-preferences {\"email\":true} --json",
    "user create --name Zoë_王 --username zoe",
    "user create --name Again --username ADA",
    "user create --name x --email x",
    "user create --name x --username ab --password 12345 --roles a_b",
    "user create --name x --email averylongaddress-that-is-no-username@a-place-with-a-long-name.example.org",
    "user create",
    "user get ada",
    "user get ADA --json",
    "user get 2",
    "user get 99",
    "user get unknown-user",
    "user get 0198c2a4-0000-7000-8000-000000000001",
    "user get ada@example.org --json",
    "user get 1_or_1=1",
    "user list",
    "user list --json",
    "user list --skip 1 --limit 2",
    "user list --query username:ada --sort -name",
    "user list --query rolle:admin",
    "user list --sort password",
    "user list --query username:unknown-user",
    "user list --query username:unknown-user --json",
    "user list --limit 0",
    "user update bob --name Robert --email bob@example.org",
    "user update bob --email ada@example.org",
    "user update bob --email  --client-list 7,8 --notification-preferences {} --json",
    "user update bob --password 1 --name  --roles two_words",
    // Before the password: a role that is gained voids a temporary password that another user has set.
    "user set-roles bob manager,user",
    "user set-roles bob manager --json",
    "user update bob --password sesame --revoke-sessions",
    "user update unknown-user --name x",
    "user update bob",
    "user suspend bob --reason left_the_project",
    "user suspend bob --reason  --until 1999-01-01",
    "user suspend bob --reason x --until 2999-01-01 --show-reason --json",
    "user get bob",
    "user unsuspend bob",
    "user unsuspend bob --json",
    "user reset-link bob",
    "user reset-link bob --json",
    "user reset-link unknown-user",
    "user delete bob",
    "user get bob",
    "user get bob --deleted",
    "user delete bob",
    "user update bob --name x",
    "user create --name Bob --username bob",
    "user list --query username:bob",
    "user restore bob",
    "user restore bob",
    "user restore unknown-user",
    "user delete ada --json",
    "user delete ada",
    "user delete unknown-user --permanent",
    "group create Editors --description They_edit. --json",
    "group create EDITORS",
    "group create ",
    "group list",
    "group list --json --query EDIT",
    "group get editors",
    "group get unknown-group",
    "group get 0198c2a4-0000-7000-8000-000000000001",
    "group update editors --name Writers --external-id x-1",
    "group update writers",
    "group update writers --features planets.move",
    "group members add writers mia ghost",
    "group members add writers mia --json",
    "group members add writers",
    "group members list writers --json",
    "group managers add writers mia",
    "group managers remove writers mia --json",
    "group members remove writers mia",
    "user set-groups mia writers",
    "user set-groups mia unknown-group",
    "user create --name Gus --username gus --group writers --group unknown-group",
    "feature set chat.call --label Calls --default true --json",
    "feature set chat.call --position 7",
    "feature list",
    "feature get chat.call",
    "feature get chat.fly",
    "access why mia chat.call",
    "access why mia chat.fly --json",
    "group update writers --features chat.call",
    "access why mia chat.call --json",
    "client create Acme",
    "client create acme",
    "client list",
    "client get 1",
    "client get ACME --json",
    "client get 99",
    "client update acme --logo-url https://acme.example/logo.png",
    "resource create models:gpt --name GPT --owner mia --client acme --json",
    "resource create gpt --name GPT",
    "resource list --kind models",
    "resource list --owner mia --client acme --json",
    "resource list --reached-by mia",
    "resource list --reached-by unknown-user",
    "resource get models:gpt",
    "resource get models:none",
    "resource get nonsense",
    "access why mia models:gpt",
    "resource update models:gpt --client ",
    "resource grant models:gpt --group writers --write",
    "resource grant models:gpt --group writers --write --json",
    "resource grant models:gpt --everyone",
    "resource grant models:gpt",
    "resource grants models:gpt --json",
    "access why mia models:gpt --write",
    "access why mia models:none",
    "access why root models:gpt --json",
    "resource revoke models:gpt --everyone",
    "resource transfer mia root",
    "resource transfer root root",
    "resource delete models:gpt",
    "resource delete models:gpt --yes",
    "conversation list",
    "conversation list --user mia --feedback false --json",
    "conversation list --sort name",
    "conversation show 0198c2a4-0000-7000-8000-000000000001",
    "conversation export --format csv",
    "conversation export --format json --branch physics",
    "conversation export --format xml",
    "conversation import /nowhere",
    "limit set requests 100 --default --period drip:180",
    "limit set cost 2.50 --user mia --period calendar:month --json",
    "limit set rpm unlimited --group writers",
    "limit set rpm 10 --role unknown-role",
    "limit set cost -1 --default --period 1d",
    "limit set cost 1 --default",
    "limit list",
    "limit list --subject user --json",
    "limit list --metric words",
    "limit show mia",
    "limit top-up mia cost 0.5 --reason exam",
    "limit top-up mia tokens 5 --reason exam",
    "limit adjust mia cost 1 --reason exam --json",
    "limit reset mia cost --reason exam",
    "limit delete 0198c2a4-0000-7000-8000-000000000001 --yes",
    "usage",
    "usage --user mia --json",
    "usage --from yesterday",
    "client delete acme",
    "client delete acme --yes",
    "group delete writers",
    "group delete writers --yes",
    "feature delete chat.call",
    "feature delete chat.call --yes --json",
    "role create helper --permissions users:read --json",
    "role create helper",
    "role list",
    "role get HELPER",
    "role get unknown-role",
    "role update helper --label Help --rank 60",
    "role clone helper assistant",
    "role delete user --yes",
    "role delete assistant",
    "role delete assistant --yes --json",
    "token list",
    "token list --json",
    "token list --user root --state live",
    "token list --user ada",
    "token list --user unknown-user --json",
    "token list --state dead",
    "token list --limit 1001",
    "token revoke 0198c2a4-0000-7000-8000-000000000001",
    "token revoke nightly",
    "audit list --via job",
    "audit list --via job --limit 7 --json",
    "audit list --via job --limit 1150 --target person-1",
    "audit list --via fax",
    "audit list --to 2025-01",
    "audit export --via job",
    "audit export --via job --format ndjson",
    "audit export --from x",
];

/// Creates another database for the same test.
async fn beside(pool: &PgPool) -> (PgPool, String) {
    let name = format!("rollcall_beside_{}", std::process::id());
    sqlx::query(sqlx::AssertSqlSafe(format!("create database \"{name}\"")))
        .execute(pool)
        .await
        .unwrap();
    let mut url = pool.connect_options().to_url_lossy();
    url.set_path(&name);
    let beside = PgPool::connect(url.as_str()).await.unwrap();
    sqlx::migrate!("../migrations").run(&beside).await.unwrap();
    (beside, name)
}

/// Adds more entries than one page of the audit log has.
async fn record(cli: &Cli) {
    cli.prepare(
        "insert into audit_events (at, actor_label, via, action, target_kind, target_label, changes)
        select timestamptz '2026-11-01 00:00Z' + n * interval '1 minute', '=1+1', 'job', 'user.updated', 'user', 'person-' || n,
            '{\"name\": [\"a,\\\"b\", null]}'
        from generate_series(1, 1200) n",
    )
    .await;
}

fn run(cli: &Cli, step: &str) -> [String; 3] {
    let words = step.split(' ').map(|word| word.replace('_', " "));
    let ran = cli.run(Command::new(ROLLCALL).args(words), "");
    let message = [ran.code.to_string(), mask(&ran.out), mask(&ran.err)];
    // The actor and the source differ between the backends, and a usage names the options of the server.
    message.map(|text| {
        text.replace("via admin", "via cli")
            .replace("--url <URL> --token <TOKEN> ", "")
            .replace(r#""by":"root""#, r#""by":null"#)
            .replace("granted by root", "granted by the operator")
            .replace(r#""granted_by":"root""#, r#""granted_by":null"#)
            .replace(r#""grantedBy":"root""#, r#""grantedBy":null"#)
            .replace(r#""addedBy":"root""#, r#""addedBy":null"#)
            .replace(r#""createdBy":"<id>""#, r#""createdBy":null"#)
            .replace(
                r#""createdVia":"admin","createdBy":"root""#,
                r#""createdVia":"cli","createdBy":null"#,
            )
    })
}

/// Replaces ids, timestamps and secrets, which differ from run to run.
fn mask(text: &str) -> String {
    let mut masked = String::new();
    let mut word = String::new();
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || "-_:+.".contains(c);
    for c in text.chars().chain(['\n']) {
        if is_of_word(c) {
            word.push(c);
        } else {
            masked.push_str(sign(&word));
            masked.push(c);
            word.clear();
        }
    }
    masked
}

fn sign(word: &str) -> &str {
    let is_hour = word.len() == 5 && word.replace(':', "").parse::<u32>().is_ok();
    if Uuid::try_parse(word).is_ok() {
        "<id>"
    } else if OffsetDateTime::parse(word, &Rfc3339).is_ok() {
        "<timestamp>"
    } else if Date::parse(word, &Iso8601::DATE).is_ok() {
        "<day>"
    } else if is_hour && word.contains(':') {
        "<hour>"
    } else if word.starts_with("rc_") || word.len() == 43 {
        "<secret>"
    } else {
        word
    }
}

#[testing::test]
async fn server_and_database_answer_alike(pool: PgPool) {
    let (beside, name) = beside(&pool).await;
    let (direct, _) = with_admin(&beside).await;
    let (prepared, server, remote) = with_server(&pool).await;
    record(&direct).await;
    record(&prepared).await;
    for pool in [&pool, &beside] {
        // Only the server uses the token, and stores that with the address after a minute.
        sqlx::query("update access_tokens set last_used_at = now(), last_used_ip = '127.0.0.1'")
            .execute(pool)
            .await
            .unwrap();
    }
    for step in STEPS {
        assert_eq!(run(&remote, step), run(&direct, step), "{step}");
    }
    drop(server);
    beside.close().await;
    let drop = format!("drop database \"{name}\" with (force)");
    sqlx::query(sqlx::AssertSqlSafe(drop))
        .execute(&pool)
        .await
        .unwrap();
}

/// Checks the changes in the database and in the audit log.
#[testing::test]
async fn remote_changes_are_audited_with_the_token(pool: PgPool) {
    let (direct, _server, remote) = with_server(&pool).await;
    let before = direct.actions().await.len();
    let created = remote
        .user(&["create", "--name", "Ada", "--username", "ada", "--json"])
        .json();
    let link = created["link"]["url"].as_str().unwrap();
    assert!(
        link.starts_with(&format!("{PUBLIC_URL}/reset/")),
        "{created}"
    );
    remote
        .user(&["update", "ada", "--name", "Ada L", "--client-list", "3"])
        .text();
    remote.user(&["set-roles", "ada", "manager"]).text();
    remote
        .user(&["suspend", "ada", "--reason", "spam", "--until", "2d"])
        .text();
    remote.user(&["unsuspend", "ada"]).text();
    remote.user(&["reset-link", "ada", "--json"]).text();
    remote.user(&["delete", "ada"]).text();
    remote.user(&["restore", "ada"]).text();
    let ada = direct.get("ada");
    assert_eq!(
        (&ada["displayName"], &ada["clientList"]),
        (&json!("Ada L"), &json!([3]))
    );
    assert_eq!(
        (&ada["roles"], &ada["status"]),
        (&json!(["manager"]), &json!("active"))
    );
    assert_eq!(
        direct.actions().await[before..],
        [
            "user.created",
            "user.updated",
            "user.updated",
            "user.suspended",
            "user.unsuspended",
            "user.reset_link_created",
            "user.deleted",
            "user.restored"
        ]
    );
    let message = "select count(*) from audit_events where via = 'api' and actor_label = 'root' and token_label like 'remote%'";
    assert_eq!(direct.count(message).await, 8);

    let deleted = remote
        .user(&["delete", "ada", "--permanent", "--json"])
        .json();
    assert_eq!(
        (&deleted["permanent"], &deleted["restorableUntil"]),
        (&json!(true), &Value::Null)
    );
    let gone = async { while remote.user(&["get", "ada", "--deleted"]).code == 0 {} };
    tokio::time::timeout(std::time::Duration::from_secs(60), gone)
        .await
        .unwrap();
    assert_eq!(
        remote.user(&["get", "ada", "--deleted"]).failure(),
        NO_SUCH_USER
    );
}

#[testing::test]
async fn local_commands_are_rejected_remotely(pool: PgPool) {
    let (direct, _server, remote) = with_server(&pool).await;
    let before = direct.actions().await;
    for step in [
        "user recover-admin root",
        "token create --user root --name x --scopes account",
        "audit verify",
        "doctor",
        "migrate",
        "setup-link",
        "keys rotate",
        "demo",
        "serve",
        "serve --print-config",
    ] {
        let mut command = Command::new(ROLLCALL);
        let message = remote.run(command.args(step.split(' ')), "").failure();
        assert!(
            message.starts_with("This command needs the database. "),
            "{step}: {message}"
        );
    }
    assert_eq!(direct.actions().await, before);
    // Commands that need no server work.
    let mut completions = Command::new(ROLLCALL);
    remote
        .run(completions.args(["completions", "bash"]), "")
        .text();
}

#[testing::test]
async fn invalid_filter_lists_nothing(pool: PgPool) {
    let (direct, _server, remote) = with_server(&pool).await;
    for (words, says) in [
        (
            &["user", "list", "--query", "last-login:>90d"][..],
            "last-login:before-90d for more than 90d ago, or last-login:after-90d",
        ),
        (
            &["user", "list", "--query", "statsu:active"],
            "Did you mean \"status\"?",
        ),
        (
            &["user", "list", "--query", "role:admin OR", "--json"],
            "OR needs a term",
        ),
        (&["user", "list", "--sort", "password"], "Cannot sort by"),
        (&["token", "list", "--state", "dead"], "`state` is \"dead\""),
        (
            &["audit", "list", "--via", "fax"],
            "\"fax\" is not a source",
        ),
        (&["audit", "list", "--from", ">7d"], "\">7d\" is not a date"),
        (
            &["audit", "export", "--from", "last week"],
            "\"last week\" is not a date",
        ),
    ] {
        for cli in [&direct, &remote] {
            let mut command = Command::new(ROLLCALL);
            let message = cli.run(command.args(words), "").misunderstanding();
            assert!(message.contains(says), "{words:?}: {message}");
        }
    }
}

#[testing::test]
async fn server_creates_no_roles(pool: PgPool) {
    let (direct, _server, remote) = with_server(&pool).await;
    let message = remote.user(&[
        "create",
        "--name",
        "x",
        "--username",
        "ada",
        "--roles",
        "steward",
    ]);
    assert_eq!(message.failure(), "roles: Unknown role: \"steward\".");
    let roles = "select count(*) from roles where name = 'steward'";
    assert_eq!(direct.count(roles).await, 0);
}

#[testing::test]
async fn token_is_revoked_with_a_token(pool: PgPool) {
    let (direct, server, remote) = with_server(&pool).await;
    direct.create("ada", "user");
    let text = direct.create_token("ada", "account");
    let ada = direct.over(&server.url, &text);
    assert_eq!(
        ada.user(&["list"]).failure(),
        "This access token lacks the scope users:read, or its owner lacks the permission."
    );
    let token = |words: &[&str]| remote.run(Command::new(ROLLCALL).arg("token").args(words), "");
    let id_of = |name: &str| {
        let list = token(&["list", "--user", name, "--json"]).json();
        list[0]["id"].as_str().unwrap().to_owned()
    };
    let (root, id) = (id_of("root"), id_of("ada"));
    assert_eq!(
        token(&["revoke", &root]).failure(),
        "You can't manage a user with more permissions than you."
    );
    assert_eq!(
        token(&["revoke", &id]).text(),
        format!("Revoked access token {id}.\n")
    );
    assert_eq!(token(&["revoke", &id]).failure(), "Access token not found");
    assert_eq!(
        ada.user(&["list"]).failure(),
        "This access token is not valid. It may be expired, revoked or mistyped. Create a new token in the panel under \"My account\", or with \
        `rollcall token create` on the server."
    );
}
