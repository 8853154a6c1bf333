//! Roles, groups, clients, features, resources, and the access that they grant.

use serde_json::json;
use sqlx::PgPool;

use crate::support::{Cli, ROLLCALL, cli};

fn run(cli: &Cli, words: &str, input: &str) -> crate::support::Ran {
    cli.run(
        std::process::Command::new(ROLLCALL).args(words.split(' ')),
        input,
    )
}

#[testing::test]
async fn pasted_members_are_added_and_unknown_ones_named(pool: PgPool) {
    let cli = cli(&pool);
    for name in ["ada", "bob", "eve"] {
        cli.create(name, "user");
    }
    run(&cli, "group create Editors", "").text();
    let pasted = "ada; Bob\nghost,\tADA\n";
    let added = run(&cli, "group members add editors eve --file -", pasted);
    assert_eq!(
        added.text(),
        "3 users added to the group Editors.\nUnknown: ghost.\n"
    );
    let again = run(&cli, "group members add editors --file - --json", "eve");
    assert_eq!(
        again.json(),
        json!({ "changed": 0, "unchanged": 1, "unknown": [], "skipped": [] })
    );
    let empty = run(&cli, "group members remove editors --file -", " ,;\n");
    assert!(empty.failure().starts_with("The list has no"));
    let missing = run(&cli, "group members remove editors --file /nowhere", "");
    assert!(missing.failure().starts_with("Cannot read /nowhere: "));
    let managers = run(&cli, "group managers add editors ada ghost", "");
    assert_eq!(
        managers.text(),
        "1 user added as managers of the group Editors.\nUnknown: ghost.\n"
    );
    let listed = run(&cli, "group members list editors --json", "").json();
    let managing = listed.as_array().unwrap().iter();
    let managing: Vec<_> = managing
        .filter(|member| member["isManager"] == true)
        .collect();
    assert_eq!(managing.len(), 1, "{listed}");
}

#[testing::test]
async fn groups_of_a_user_are_replaced(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    for name in ["Editors", "Readers", "Writers"] {
        run(&cli, &format!("group create {name}"), "").text();
    }
    for (groups, expected) in [
        ("Writers,editors", "Editors, Writers"),
        ("readers,Writers", "Readers, Writers"),
        ("", "none"),
    ] {
        let set = cli.user(&["set-groups", "ada", groups]).text();
        assert_eq!(set, format!("Groups of user 1 (ada): {expected}.\n"));
    }
    // Nothing changes if one of the groups does not exist.
    let failed = cli.user(&["set-groups", "ada", "Editors,unknown"]);
    assert_eq!(failed.failure(), "Group not found");
    let members = "select count(*) from group_members";
    assert_eq!(cli.count(members).await, 0);
    let added =
        "select count(*) from audit_events where action = 'group.members_added' and via = 'cli'";
    assert_eq!(cli.count(added).await, 3);
}

#[testing::test]
async fn new_user_joins_groups(pool: PgPool) {
    let cli = cli(&pool);
    run(&cli, "group create Editors", "").text();
    let create = "user create --name Ada --username ada --group editors";
    let failed = run(&cli, &format!("{create} --group unknown"), "");
    assert_eq!(
        failed.failure(),
        "group: There is no group with the name unknown."
    );
    run(&cli, create, "").text();
    let members = "select count(*) from group_members m join users u on u.id = m.user_id where u.username = 'ada'";
    assert_eq!(cli.count(members).await, 1);
}

#[testing::test]
async fn deletion_shows_its_effect_first(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    run(&cli, "role create helper --permissions users:read", "").text();
    cli.user(&["set-roles", "ada", "helper"]).text();
    run(&cli, "group create Editors", "").text();
    run(&cli, "group members add Editors ada", "").text();
    for (words, effect) in [
        (
            "role delete helper",
            "Deleting the role helper revokes it from 1 user. Users without any role afterwards: 1.\n  users:read: lost by 1 user\n",
        ),
        (
            "group delete editors",
            "Deleting the group Editors removes 1 member, who lose 0 features and access to 0 resources.\n",
        ),
    ] {
        let shown = run(&cli, words, "");
        assert_eq!((shown.code, shown.out.as_str()), (1, effect));
        assert!(shown.err.contains("Pass --yes to delete."), "{}", shown.err);
        let deleted = run(&cli, &format!("{words} --yes"), "");
        assert!(deleted.text().starts_with("Deleted the "));
    }
    let left =
        "select (select count(*) from groups) + (select count(*) from roles where name = 'helper')";
    assert_eq!(cli.count(left).await, 0);
}

#[testing::test]
async fn access_is_explained(pool: PgPool) {
    let cli = cli(&pool);
    cli.create("ada", "user");
    let added = run(&cli, "feature add-set open_webui", "").text();
    assert!(added.starts_with("Added "), "{added}");
    run(&cli, "group create Editors --features workspace.models", "").text();
    run(&cli, "group members add Editors ada", "").text();
    run(&cli, "client create Acme", "").text();
    run(
        &cli,
        "resource create brand:7 --name Seven --client Acme",
        "",
    )
    .text();
    run(&cli, "resource grant brand:7 --group Editors", "").text();
    let why = |words: &str| run(&cli, &format!("access why ada {words}"), "").text();
    assert_eq!(
        why("workspace.models"),
        "Yes: user 1 (ada) has workspace.models.\n  Through the group Editors.\n"
    );
    assert_eq!(
        why("workspace.none"),
        "No: user 1 (ada) does not have workspace.none.\n  Nothing grants it, or it does not exist.\n"
    );
    let blocked = why("brand:7");
    assert!(
        blocked.starts_with("No: user 1 (ada) cannot read brand:7.\n"),
        "{blocked}"
    );
    assert!(
        blocked.ends_with("no, because the client is not in the list of the user.\n"),
        "{blocked}"
    );
    cli.user(&["update", "ada", "--client-list", "1"]).text();
    let allowed = why("brand:7");
    assert!(
        allowed.contains("\n  Through the group Editors: read, granted by the operator on "),
        "{allowed}"
    );
    assert!(why("brand:7 --write").starts_with("No: user 1 (ada) cannot write brand:7.\n"));
}
