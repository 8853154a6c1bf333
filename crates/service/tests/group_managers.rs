//! Delegated administration: every action of managers and others on members, outsiders and users with more permissions, and the links
//! that managers create.

use domain::{
    groups::{MEMBERS_ORDER, MemberSelection, MembersOutcome},
    invitations::InvitationDraft,
    list::{Limits, UnfilteredParams},
    policy::Denied,
    users::suspension::SuspensionDraft,
};
use service::{
    Error, Services,
    access::{Authorized, Caller, GroupsWrite, Origin, UsersWrite, operator},
    groups::{self, GroupActor, members},
    invitations, reset, users,
};
use sqlx::PgPool;
use testing::{groups::group, resources::client, roles::role, users::user};
use uuid::Uuid;

use crate::support::{
    callers::caller,
    own_account::form,
    services,
    users::{add, count},
};

/// Effect of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Changed,
    Unchanged,
    Skipped,
    Done,
    Above,
    Forbidden,
}

use Effect::{Above, Changed, Done, Forbidden, Skipped, Unchanged};

/// Actions of the matrix.
const ACTIONS: [&str; 5] = ["list", "add", "remove", "reset", "invite"];

fn effect_of(outcome: Result<MembersOutcome, Error>) -> Effect {
    match outcome {
        Ok(outcome) if outcome.changed == 1 => Changed,
        Ok(outcome) if outcome.skipped.len() == 1 => Skipped,
        Ok(_) => Unchanged,
        Err(Error::Forbidden(_)) => Forbidden,
        Err(error) => panic!("{error:?}"),
    }
}

fn done<T>(result: Result<T, Error>) -> Effect {
    match result {
        Ok(_) => Done,
        Err(Error::Denied(Denied::MoreRights)) => Above,
        Err(Error::Forbidden(_)) => Forbidden,
        Err(error) => panic!("{error:?}"),
    }
}

async fn attempt(
    services: &Services,
    caller: &Caller,
    group: Uuid,
    (action, target): (&str, Uuid),
) -> Effect {
    let actor = GroupActor::writer(caller).unwrap();
    let selection = MemberSelection::Ids(vec![target]);
    match action {
        "add" => effect_of(members::add(services, &actor, group, selection, true).await),
        "remove" => effect_of(members::remove(services, &actor, group, selection, true).await),
        "reset" => done(groups::create_reset_link(services, caller, group, target).await),
        "invite" => done(groups::invite(services, &actor, group, InvitationDraft::default()).await),
        _ => {
            let query = UnfilteredParams::default().parse(Limits::API, MEMBERS_ORDER);
            done(members::list(services, &actor, group, &query.unwrap()).await)
        }
    }
}

#[testing::test]
async fn every_action_is_allowed_or_denied_as_agreed(pool: PgPool) {
    let services = services(&pool);
    role("clerk")
        .permissions(&["users:read"])
        .insert(&pool)
        .await;
    let mona = add(&pool, "mona", &[]).await;
    let max = add(&pool, "max", &[]).await;
    let member = add(&pool, "member", &[]).await;
    let outsider = add(&pool, "outsider", &[]).await;
    let clerk = add(&pool, "clerk", &["clerk"]).await;
    let own = group("Own")
        .managers(&[mona, max])
        .members(&[member, clerk])
        .insert(&pool)
        .await;
    group("Other").managers(&[outsider]).insert(&pool).await;
    let targets = [member, outsider, clerk, max, mona];
    for (action, effects) in [
        ("list", [Done; 5]),
        ("add", [Unchanged, Changed, Skipped, Skipped, Skipped]),
        ("remove", [Changed, Unchanged, Skipped, Skipped, Skipped]),
        ("reset", [Done, Forbidden, Above, Forbidden, Forbidden]),
        ("invite", [Done; 5]),
    ] {
        for (target, effect) in targets.into_iter().zip(effects) {
            let found = attempt(&services, &caller(mona, &[]), own, (action, target)).await;
            assert_eq!(found, effect, "{action} {target}");
        }
    }
    // A manager of another group, a member, a user who can see all users, and a group that does not exist.
    for (actor, permissions, group) in [
        (outsider, &[][..], own),
        (member, &[], own),
        (clerk, &["users:read"], own),
        (mona, &[], Uuid::nil()),
    ] {
        for action in ACTIONS {
            for target in targets {
                let caller = caller(actor, permissions);
                let found = attempt(&services, &caller, group, (action, target)).await;
                assert_eq!(found, Forbidden, "{action} {target} by {actor}");
            }
        }
    }
    // The group itself, its managers and the accounts of users need permissions.
    for denied in [
        caller(mona, &[]).require::<GroupsWrite>().map(drop),
        caller(mona, &[]).require::<UsersWrite>().map(drop),
    ] {
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
    }
}

/// Checks that a manager who adds any user cannot act as this user.
#[testing::test]
async fn reset_link_is_denied_for_users_that_a_manager_has_added(pool: PgPool) {
    let services = services(&pool);
    let mona = add(&pool, "mona", &[]).await;
    let ada = add(&pool, "ada", &[]).await;
    let own = group("Own").managers(&[mona]).insert(&pool).await;
    let manager = GroupActor::writer(&caller(mona, &[])).unwrap();
    let writers = GroupActor::from(&operator::<GroupsWrite>());
    let selection = || MemberSelection::Ids(vec![ada]);
    let reset = async || {
        let link = groups::create_reset_link(&services, &caller(mona, &[]), own, ada).await;
        done(link)
    };
    let added = members::add(&services, &manager, own, selection(), false).await;
    assert_eq!(effect_of(added), Changed);
    assert_eq!(reset().await, Forbidden);
    let removed = members::remove(&services, &manager, own, selection(), false).await;
    assert_eq!(effect_of(removed), Changed);
    let added = members::add(&services, &writers, own, selection(), false).await;
    assert_eq!(effect_of(added), Changed);
    assert_eq!(reset().await, Done);
}

/// Checks that a manager cannot act as a member who sees more clients.
#[testing::test]
async fn reset_link_is_denied_for_members_with_other_clients(pool: PgPool) {
    let services = services(&pool);
    let six = client(&pool, "Six").await;
    let mona = user("mona").clients(&[six]).insert(&pool).await;
    let ada = user("ada").clients(&[six]).insert(&pool).await;
    let bob = user("bob").clients(&[six, 7]).insert(&pool).await;
    let own = group("Own")
        .managers(&[mona])
        .members(&[ada, bob])
        .insert(&pool)
        .await;
    let reset = async |member: Uuid| {
        groups::create_reset_link(&services, &caller(mona, &[]), own, member).await
    };
    assert!(reset(ada).await.is_ok());
    assert!(matches!(
        reset(bob).await,
        Err(Error::Denied(Denied::MoreClients))
    ));
}

fn token_of(url: &str) -> String {
    url.rsplit('/').next().unwrap().to_owned()
}

async fn set_manager(services: &Services, group: Uuid, user: Uuid, is_manager: bool) {
    let selection = MemberSelection::Ids(vec![user]);
    members::set_managers(services, &operator(), group, selection, is_manager)
        .await
        .unwrap();
}

#[testing::test]
async fn reset_link_depends_on_the_management(pool: PgPool) {
    let services = services(&pool);
    let mona = add(&pool, "mona", &[]).await;
    let ada = add(&pool, "ada", &[]).await;
    let own = group("Own")
        .managers(&[mona])
        .members(&[ada])
        .insert(&pool)
        .await;
    let link = groups::create_reset_link(&services, &caller(mona, &[]), own, ada).await;
    let token = token_of(&link.unwrap().url);
    let works = async || {
        let opened = reset::open_link(&services, &token, &Origin::default()).await;
        opened.is_ok()
    };
    assert!(works().await);
    set_manager(&services, own, mona, false).await;
    assert!(!works().await);
    set_manager(&services, own, mona, true).await;
    assert!(works().await);
    let selection = MemberSelection::Ids(vec![ada]);
    let writers = GroupActor::from(&operator::<GroupsWrite>());
    members::remove(&services, &writers, own, selection, false)
        .await
        .unwrap();
    assert!(!works().await);
    let entries = "select count(*) from audit_events where action = 'user.reset_link_created' and actor_label = 'asker'";
    assert_eq!(count(&pool, entries).await, 1);
}

/// Checks that the permission to change groups is not enough to act as a member.
#[testing::test]
async fn reset_link_needs_actors_who_could_set_the_passwords(pool: PgPool) {
    let services = services(&pool);
    let (editing, helping) = (["groups:write"], ["groups:write", "users:write"]);
    role("editor").permissions(&editing).insert(&pool).await;
    role("helper").permissions(&helping).insert(&pool).await;
    let editor = add(&pool, "editor", &["editor"]).await;
    let helper = add(&pool, "helper", &["helper"]).await;
    let editor: Authorized<GroupsWrite> = caller(editor, &editing).require().unwrap();
    let helper: Authorized<GroupsWrite> = caller(helper, &helping).require().unwrap();
    let mona = add(&pool, "mona", &[]).await;
    let ada = add(&pool, "ada", &[]).await;
    for (index, (adder, promoter, expected)) in [
        (&helper, &helper, Done),
        (&helper, &editor, Forbidden),
        (&editor, &helper, Forbidden),
        (&editor, &editor, Forbidden),
    ]
    .into_iter()
    .enumerate()
    {
        let team = group(&format!("Team {index}")).insert(&pool).await;
        let actor = GroupActor::from(adder);
        let both = MemberSelection::Ids(vec![mona, ada]);
        let added = members::add(&services, &actor, team, both, false).await;
        assert_eq!(added.unwrap().changed, 2);
        let selection = MemberSelection::Ids(vec![mona]);
        let promoted = members::set_managers(&services, promoter, team, selection, true).await;
        assert_eq!(effect_of(promoted), Changed);
        let link = groups::create_reset_link(&services, &caller(mona, &[]), team, ada).await;
        assert_eq!(done(link), expected, "{index}");
    }
}

/// Checks that another manager cannot act as a user that a manager has added.
#[testing::test]
async fn reset_link_is_denied_to_a_later_manager(pool: PgPool) {
    let services = services(&pool);
    let (mona, max) = (add(&pool, "mona", &[]).await, add(&pool, "max", &[]).await);
    let ada = add(&pool, "ada", &[]).await;
    let own = group("Own").managers(&[mona]).members(&[max]);
    let own = own.insert(&pool).await;
    let manager = GroupActor::writer(&caller(mona, &[])).unwrap();
    let selection = MemberSelection::Ids(vec![ada]);
    let added = members::add(&services, &manager, own, selection, false).await;
    assert_eq!(effect_of(added), Changed);
    set_manager(&services, own, mona, false).await;
    set_manager(&services, own, max, true).await;
    for (member, expected) in [(ada, Forbidden), (mona, Done)] {
        let link = groups::create_reset_link(&services, &caller(max, &[]), own, member).await;
        assert_eq!(done(link), expected);
    }
}

/// Checks that a manager cannot act as the manager of another group, nor with an earlier link.
#[testing::test]
async fn reset_link_is_denied_for_managers_of_other_groups(pool: PgPool) {
    let services = services(&pool);
    let (mona, ada) = (add(&pool, "mona", &[]).await, add(&pool, "ada", &[]).await);
    let own = group("Own").managers(&[mona]).members(&[ada]);
    let own = own.insert(&pool).await;
    let other = group("Other").members(&[ada]).insert(&pool).await;
    let create = async || groups::create_reset_link(&services, &caller(mona, &[]), own, ada).await;
    let token = token_of(&create().await.unwrap().url);
    for is_manager in [true, false] {
        set_manager(&services, other, ada, is_manager).await;
        let opened = reset::open_link(&services, &token, &Origin::default()).await;
        assert_eq!(opened.is_ok(), !is_manager);
        let expected = if is_manager { Forbidden } else { Done };
        let query = UnfilteredParams::default().parse(Limits::API, MEMBERS_ORDER);
        let actor = GroupActor::writer(&caller(mona, &[])).unwrap();
        let listed = members::list(&services, &actor, own, &query.unwrap()).await;
        let rows = listed.unwrap().page.rows;
        let row = rows.iter().find(|row| row.id.0 == ada).unwrap();
        assert_eq!(row.password_links, !is_manager);
        assert_eq!(done(create().await), expected);
    }
}

#[testing::test]
async fn invited_users_become_members(pool: PgPool) {
    let services = services(&pool);
    let mona = add(&pool, "mona", &[]).await;
    let own = group("Own").managers(&[mona]).insert(&pool).await;
    let manager = GroupActor::writer(&caller(mona, &[])).unwrap();
    let draft = InvitationDraft {
        max_uses: 9,
        ..InvitationDraft::default()
    };
    let with_role = InvitationDraft {
        roles: vec!["user".to_owned()],
        ..draft.clone()
    };
    let denied = groups::invite(&services, &manager, own, with_role).await;
    assert!(matches!(denied, Err(Error::Forbidden(_))));
    let created = groups::invite(&services, &manager, own, draft).await;
    let Ok(created) = created else {
        panic!("the manager cannot invite");
    };
    let token = token_of(&created.link.url);
    let accept = async |username: &str| {
        invitations::accept(&services, &token, form(username, ""), Origin::default()).await
    };
    let newcomer = accept("newcomer").await.unwrap();
    let link = groups::create_reset_link(&services, &caller(mona, &[]), own, newcomer.id.0).await;
    assert_eq!(done(link), Done);
    let member = "select count(*) from group_members m join users u on u.id = m.user_id
        where u.username = 'newcomer' and not m.is_manager and u.status = 'active'";
    assert_eq!(count(&pool, member).await, 1);
    let entries = "select count(*) from audit_events where action = 'group.members_added' and actor_label = 'newcomer'";
    assert_eq!(count(&pool, entries).await, 1);

    set_manager(&services, own, mona, false).await;
    let dead = accept("second").await;
    assert!(matches!(dead, Err(Error::NotFound(_))), "{dead:?}");
    set_manager(&services, own, mona, true).await;
    accept("third").await.unwrap();
    let suspension = SuspensionDraft {
        reason: "x".to_owned(),
        ..SuspensionDraft::default()
    };
    users::suspend(&services, &operator(), mona, suspension)
        .await
        .unwrap();
    let dead = accept("fourth").await;
    assert!(matches!(dead, Err(Error::NotFound(_))), "{dead:?}");
}
