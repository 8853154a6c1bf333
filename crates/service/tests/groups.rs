//! Groups and their members: changes by administrators and by managers, many members at once, and concurrent changes.

use domain::{
    error::Conflict,
    groups::{
        GROUPS_ORDER, GroupDraft, GroupEdit, GroupMember, GroupSummary, MEMBERS_ORDER,
        MemberSelection, MembersOutcome,
    },
    list::{Limits, Listed, SearchParams, UnfilteredParams},
    stored::StoredObject,
    users::create::UserDraft,
};
use service::{
    Error, Services,
    access::{GroupsRead, GroupsWrite, UsersRead, UsersWrite, operator},
    groups::{self, GroupActor, GroupsChange, members},
    guard::TargetRef,
    users,
};
use sqlx::PgPool;
use testing::{crowd::crowd, groups::group, roles::role};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    services,
    users::{add, count},
};

fn names(names: &[&str]) -> MemberSelection {
    MemberSelection::Names(names.iter().map(ToString::to_string).collect())
}

fn operators() -> GroupActor {
    GroupActor::from(&operator::<GroupsWrite>())
}

/// Returns a user without permissions who asks as a manager.
fn manager(id: Uuid) -> GroupActor {
    GroupActor::writer(&caller(id, &[])).unwrap()
}

async fn listed(services: &Services, actor: &GroupActor, id: Uuid) -> Result<Vec<String>, Error> {
    let query = UnfilteredParams::default().parse(Limits::API, MEMBERS_ORDER);
    let listed = members::list(services, actor, id, &query.unwrap()).await?;
    let name = |member: GroupMember| member.username;
    let mut names: Vec<String> = listed.page.rows.into_iter().map(name).collect();
    names.sort();
    Ok(names)
}

#[testing::test]
async fn group_is_created_edited_and_deleted(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let draft = |name: &str| GroupDraft {
        name: name.to_owned(),
        ..GroupDraft::default()
    };
    let created = groups::create(&services, &admin(root), draft("Editors"))
        .await
        .unwrap();
    let taken = groups::create(&services, &admin(root), draft(" EDITORS")).await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");

    let edit = GroupEdit {
        description: Some("They edit.".to_owned()),
        ..GroupEdit::default()
    };
    let target = TargetRef::named(created.id, "Editors").at_version(1);
    let edited = groups::edit(&services, &admin(root), target.clone(), edit)
        .await
        .unwrap();
    assert_eq!(edited.version, 2);
    let rename = GroupEdit {
        name: Some("Others".to_owned()),
        ..GroupEdit::default()
    };
    let outdated = groups::edit(&services, &admin(root), target, rename).await;
    let Err(Error::Outdated(current)) = outdated else {
        panic!("{outdated:?}");
    };
    assert_eq!(*current, StoredObject::Group(edited.clone()));
    let unknown = GroupEdit {
        features: Some(vec!["planets.move".to_owned()]),
        ..GroupEdit::default()
    };
    let unknown = groups::edit(&services, &admin(root), created.id, unknown).await;
    assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");

    let authorized = admin::<GroupsRead>(root);
    let preview = groups::preview_deletion(&services, &authorized, created.id)
        .await
        .unwrap();
    add(&pool, "ada", &[]).await;
    members::add(&services, &operators(), created.id, names(&["ada"]), false)
        .await
        .unwrap();
    let deleted = groups::delete(&services, &admin(root), created.id, Some(preview)).await;
    assert!(
        matches!(deleted, Err(Error::Conflict(Conflict::PreviewChanged))),
        "{deleted:?}"
    );
    let deleted = groups::delete(&services, &admin(root), created.id, None).await;
    assert_eq!(deleted.unwrap(), None);
    assert_eq!(count(&pool, "select count(*) from group_members").await, 0);
    let entries = "select count(*) from audit_events where action like 'group.%'";
    assert_eq!(count(&pool, entries).await, 4);
    let added = "select count(*) from audit_events where action = 'group.members_added'";
    assert_eq!(count(&pool, added).await, 1);
}

#[testing::test]
async fn pasted_names_are_added_and_unknown_ones_named(pool: PgPool) {
    let services = services(&pool);
    add(&pool, "ada", &[]).await;
    let eve = add(&pool, "eve", &[]).await;
    sqlx::raw_sql("update users set email = 'Ada@example.org' where username = 'ada'")
        .execute(&pool)
        .await
        .unwrap();
    let id = group("Editors").members(&[eve]).insert(&pool).await;
    let pasted = names(&["ADA@example.org", "Eve", "ghost", "nul\0", "ada"]);
    let preview = members::add(&services, &operators(), id, pasted.clone(), true).await;
    assert_eq!(count(&pool, "select count(*) from group_members").await, 1);
    let outcome = members::add(&services, &operators(), id, pasted, false).await;
    let expected = MembersOutcome {
        changed: 1,
        unchanged: 1,
        unknown: vec!["nul\0".to_owned(), "ghost".to_owned()],
        skipped: Vec::new(),
    };
    assert_eq!(outcome.unwrap(), expected);
    assert_eq!(preview.unwrap(), expected);
    let listed = listed(&services, &operators(), id).await.unwrap();
    assert_eq!(listed.len(), 2);
    // An address means its owner, whatever usernames were stored before they were denied.
    sqlx::raw_sql(
        "alter table users disable trigger claim_names;
        update users set username = 'ada@example.org' where username = 'eve'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let ada = "select user_id from group_members join users on id = user_id where username = 'ada'";
    let ada: Uuid = sqlx::query_scalar(ada).fetch_one(&pool).await.unwrap();
    let address = names(&["ada@example.org"]);
    members::remove(&services, &operators(), id, address, false)
        .await
        .unwrap();
    let left = "select count(*) from group_members where user_id = $1";
    let left: i64 = sqlx::query_scalar(left)
        .bind(ada)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(left, 0, "the owner is removed");
    let too_many = MemberSelection::Ids((0..10_001).map(Uuid::from_u128).collect());
    let denied = members::add(&services, &operators(), id, too_many, false).await;
    assert!(matches!(denied, Err(Error::Invalid(_))), "{denied:?}");
}

#[testing::test]
async fn matching_users_are_selected(pool: PgPool) {
    let services = services(&pool);
    crowd(5, "clerk-", "Clerk ").insert(&pool).await;
    crowd(5, "cook-", "Cook ").insert(&pool).await;
    let id = group("Clerks").insert(&pool).await;
    let readers = operator::<UsersRead>();
    let selection = members::select(&services, &readers, "clerk status:active")
        .await
        .unwrap();
    let outcome = members::add(&services, &operators(), id, selection, false).await;
    assert_eq!(outcome.unwrap().changed, 5);
    let none = members::select(&services, &readers, "nothing").await;
    assert!(matches!(none, Err(Error::Invalid(_))), "{none:?}");
    let invalid = members::select(&services, &readers, "status:(").await;
    assert!(matches!(invalid, Err(Error::List(_))), "{invalid:?}");
}

#[testing::test]
async fn groups_of_a_user_are_listed_by_name(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let eve = add(&pool, "eve", &[]).await;
    for name in ["Zebras", "editors", "Émigrés", "Delta"] {
        group(name).members(&[ada]).insert(&pool).await;
    }
    group("Managed").managers(&[ada]).insert(&pool).await;
    group("Empty").insert(&pool).await;
    let query = |text: &str| {
        let params = SearchParams {
            q: Some(text.to_owned()),
            ..SearchParams::default()
        };
        params.parse(Limits::API, GROUPS_ORDER).unwrap()
    };
    let names = |listed: Listed<GroupSummary>| -> Vec<String> {
        let rows = listed.page.rows.into_iter();
        rows.map(|group| group.name).collect()
    };
    let listed = groups::list_of(&services, &operator(), ada, &query("")).await;
    assert_eq!(
        names(listed.unwrap()),
        ["Delta", "editors", "Émigrés", "Managed", "Zebras"]
    );
    let found = groups::list_of(&services, &operator(), ada, &query("EMI")).await;
    assert_eq!(names(found.unwrap()), ["Émigrés"]);
    let all = groups::list(&services, &operator(), &query(""))
        .await
        .unwrap();
    assert_eq!(all.page.page_info.total.count, 6);
    let managed = groups::list_managed(&services, &caller(ada, &[]), &query("")).await;
    assert_eq!(names(managed.unwrap()), ["Managed"]);
    let none = groups::list_managed(&services, &caller(eve, &[]), &query("")).await;
    assert!(matches!(none, Err(Error::Forbidden(_))), "{none:?}");
}

#[testing::test]
async fn managers_administer_the_members_of_their_groups(pool: PgPool) {
    let services = services(&pool);
    role("clerk")
        .permissions(&["users:read"])
        .insert(&pool)
        .await;
    let mona = add(&pool, "mona", &[]).await;
    let max = add(&pool, "max", &[]).await;
    let clerk = add(&pool, "clerk", &["clerk"]).await;
    add(&pool, "ada", &[]).await;
    let own = group("Own")
        .managers(&[mona, max])
        .members(&[clerk])
        .insert(&pool)
        .await;
    let other = group("Other").managers(&[max]).insert(&pool).await;

    let outcome = members::add(&services, &manager(mona), own, names(&["ada"]), false).await;
    assert_eq!(outcome.unwrap().changed, 1);
    // Users with more permissions and other managers are skipped.
    let all = names(&["ada", "clerk", "max"]);
    let outcome = members::remove(&services, &manager(mona), own, all, false)
        .await
        .unwrap();
    assert_eq!((outcome.changed, outcome.skipped.len()), (1, 2));
    let removed = "select count(*) from audit_events where action = 'group.members_removed'";
    assert_eq!(count(&pool, removed).await, 1);
    assert_eq!(
        listed(&services, &manager(mona), own).await.unwrap(),
        ["clerk", "max", "mona"]
    );
    for (actor, id) in [(mona, other), (clerk, own), (mona, Uuid::nil())] {
        let actor = GroupActor::writer(&caller(actor, &["users:read"])).unwrap();
        let added = members::add(&services, &actor, id, names(&["ada"]), false).await;
        assert!(matches!(added, Err(Error::Forbidden(_))), "{added:?}");
        let shown = listed(&services, &actor, id).await;
        assert!(matches!(shown, Err(Error::Forbidden(_))), "{shown:?}");
    }
    // The next request of a manager who is demoted is denied.
    let demoted = members::set_managers(
        &services,
        &admin(mona),
        own,
        MemberSelection::Ids(vec![mona]),
        false,
    )
    .await;
    assert!(matches!(demoted, Err(Error::Forbidden(_))), "{demoted:?}");
    let demoted = members::set_managers(
        &services,
        &operator(),
        own,
        MemberSelection::Ids(vec![mona]),
        false,
    )
    .await;
    assert_eq!(demoted.unwrap().changed, 1);
    let added = members::add(&services, &manager(mona), own, names(&["ada"]), false).await;
    assert!(matches!(added, Err(Error::Forbidden(_))), "{added:?}");
}

#[testing::test]
async fn group_that_is_deleted_while_members_are_added_has_none(pool: PgPool) {
    let services = services(&pool);
    crowd(40, "user-", "User ").insert(&pool).await;
    for _ in 0..8 {
        let id = group("Short-lived").insert(&pool).await;
        let mut changes = JoinSet::new();
        for n in 1..=8 {
            let services = services.clone();
            changes.spawn(async move {
                let users: Vec<String> =
                    (1..=5).map(|k| format!("user-{}", n * 5 + k - 5)).collect();
                let selection = MemberSelection::Names(users);
                let added = members::add(&services, &operators(), id, selection, false).await;
                assert!(
                    matches!(added, Ok(_) | Err(Error::NotFound(_))),
                    "{added:?}"
                );
            });
        }
        let authorized = operator();
        groups::delete(&services, &authorized, id, None)
            .await
            .unwrap();
        changes.join_all().await;
        let left =
            "select (select count(*) from group_members) + (select count(*) from group_totals)";
        assert_eq!(count(&pool, left).await, 0);
    }
}

#[testing::test]
async fn groups_of_a_user_change_by_the_difference_to_the_shown_ones(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let editors = group("Editors").members(&[ada]).insert(&pool).await;
    let writers = group("Writers").insert(&pool).await;
    // Added since the page was loaded.
    group("New").members(&[ada]).insert(&pool).await;
    group("Core Team").insert(&pool).await;
    let set =
        async |change: GroupsChange| groups::set_of_user(&services, &operator(), ada, change).await;
    let memberships = || async {
        let names =
            "select g.name from groups g join group_members m on m.group_id = g.id order by g.name";
        let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&pool).await.unwrap();
        names
    };
    let unknown = GroupsChange {
        shown: vec![editors],
        chosen: Vec::new(),
        named: vec!["core team".to_owned(), "No such group".to_owned()],
    };
    assert!(matches!(set(unknown).await, Err(Error::Invalid(_))));
    assert_eq!(memberships().await, ["Editors", "New"]);
    // The last group is deleted meanwhile: nothing changes in the others either.
    let partly = GroupsChange {
        shown: vec![editors],
        chosen: vec![writers, Uuid::max()],
        named: Vec::new(),
    };
    assert!(matches!(set(partly).await, Err(Error::NotFound(_))));
    assert_eq!(memberships().await, ["Editors", "New"]);
    let entries = "select count(*) from audit_events where action like 'group.%'";
    assert_eq!(count(&pool, entries).await, 0);
    let change = GroupsChange {
        shown: vec![editors],
        chosen: vec![writers],
        named: vec!["core team".to_owned()],
    };
    assert_eq!(set(change.clone()).await.unwrap(), "ada");
    assert_eq!(memberships().await, ["Core Team", "New", "Writers"]);
    assert_eq!(count(&pool, entries).await, 3, "one entry for each group");
    assert_eq!(set(change).await.unwrap(), "ada");
    assert_eq!(count(&pool, entries).await, 3);
}

#[testing::test]
async fn new_user_joins_groups(pool: PgPool) {
    let services = services(&pool);
    let granted = ["users:write"];
    role("clerk").permissions(&granted).insert(&pool).await;
    let clerk = add(&pool, "clerk", &["clerk"]).await;
    let root = add(&pool, "root", &["admin"]).await;
    let editors = group("Editors").insert(&pool).await.to_string();
    group("Core Team").insert(&pool).await;
    let draft = |groups: &[&str]| UserDraft {
        username: "ada".to_owned(),
        display_name: "Ada".to_owned(),
        groups: groups.iter().map(ToString::to_string).collect(),
        ..UserDraft::default()
    };
    let limited = caller(clerk, &granted).require::<UsersWrite>().unwrap();
    let denied = users::create(&services, &limited, draft(&[&editors])).await;
    let denied = denied.err();
    assert!(matches!(denied, Some(Error::Forbidden(_))), "{denied:?}");
    let nil = Uuid::nil().to_string();
    for unknown in ["No such group", "nul\0", nil.as_str()] {
        let denied = users::create(&services, &admin(root), draft(&[&editors, unknown])).await;
        let Err(Error::Invalid(errors)) = denied else {
            panic!("{unknown} is accepted, or has another error");
        };
        assert!(errors.get("groups").is_some(), "{unknown}");
    }
    let ada = "select count(*) from users where username = 'ada'";
    assert_eq!(count(&pool, ada).await, 0);
    // Each group once, by whatever it is named.
    let wanted = draft(&["core team", &editors, "EDITORS"]);
    users::create(&services, &admin(root), wanted)
        .await
        .unwrap();
    let members = "select count(*) from group_members m join users u on u.id = m.user_id
        where u.username = 'ada' and m.added_by is not null and not m.is_manager";
    assert_eq!(count(&pool, members).await, 2);
    let entries = "select count(*) from audit_events where action = 'group.members_added'";
    assert_eq!(count(&pool, entries).await, 2);
    let created = "select count(*) from audit_events
        where action = 'user.created' and jsonb_array_length(changes -> 'groups' -> 1) = 2";
    assert_eq!(count(&pool, created).await, 1);
    let none = UserDraft {
        username: "bob".to_owned(),
        ..draft(&[])
    };
    assert!(users::create(&services, &limited, none).await.is_ok());
}
