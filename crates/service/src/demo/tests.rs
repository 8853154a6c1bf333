//! Invariants of every data set.

mod access;

use std::collections::HashSet;

use db::demo::UserRow;
use time::macros::datetime;
use uuid::Uuid;

use super::{
    calendar::DAY,
    crowd::{Crowd, Plan, RoleIds},
    user::DemoUser,
};

/// Numbers of the clients.
const CLIENTS: [i32; 6] = [11, 12, 13, 14, 15, 16];

fn plan(users: u64, seed: u64) -> Plan {
    let [admin, auditor, user] = [1, 2, 3].map(Uuid::from_u128);
    Plan {
        users,
        seed,
        today: datetime!(2026-11-21 15:30 UTC),
        taken: 0,
        roles: RoleIds {
            admin,
            auditor,
            user,
        },
    }
}

fn crowd(users: u64, seed: u64) -> Crowd {
    Crowd::new(plan(users, seed), CLIENTS.to_vec())
}

fn demo_users(users: u64, seed: u64) -> impl Iterator<Item = DemoUser> {
    let crowd = crowd(users, seed);
    (0..users).map(move |demo_user| DemoUser::of(&crowd, demo_user))
}

/// Returns the share of users with a property, per thousand.
fn share(users: &[UserRow], is: impl Fn(&UserRow) -> bool) -> usize {
    users.iter().filter(|user| is(user)).count() * 1000 / users.len()
}

#[test]
fn same_plan_generates_the_same_users() {
    assert!(demo_users(500, 1).eq(demo_users(500, 1)));
    assert!(
        demo_users(500, 1)
            .zip(demo_users(500, 2))
            .all(|(one, other)| one.user.id != other.user.id)
    );
    let later = Plan {
        today: datetime!(2026-11-21 23:59 UTC),
        ..plan(500, 1)
    };
    assert_eq!(
        DemoUser::of(&Crowd::new(later, CLIENTS.to_vec()), 7),
        demo_users(500, 1).nth(7).unwrap()
    );
}

#[test]
fn every_crowd_has_an_admin() {
    for (users, least) in [
        (1, 1),
        (2, 1),
        (3, 1),
        (99, 1),
        (100, 2),
        (1_000, 2),
        (3_500, 3),
    ] {
        let admins = demo_users(users, 1).filter(|demo_user| {
            let admin = demo_user
                .grants
                .iter()
                .any(|grant| grant.role_id == Uuid::from_u128(1));
            assert!(
                !admin
                    || (demo_user.user.status == "active"
                        && demo_user.user.last_login_at.is_some())
            );
            admin
        });
        assert!(admins.count() >= least, "{users}");
    }
}

#[test]
fn fifty_thousand_users_are_plausible() {
    const USERS: usize = 50_000;
    let users: Vec<UserRow> = demo_users(USERS as u64, 1)
        .map(|demo_user| demo_user.user)
        .collect();
    assert!(users.is_sorted_by_key(|user| (user.created_at, user.id)));
    assert!(users.is_sorted_by_key(|user| user.id));
    let usernames: HashSet<String> = users
        .iter()
        .map(|user| user.username.to_lowercase())
        .collect();
    assert_eq!(usernames.len(), USERS);
    let emails: Vec<&String> = users
        .iter()
        .filter_map(|user| user.email.as_ref())
        .collect();
    assert_eq!(emails.iter().collect::<HashSet<_>>().len(), emails.len());
    assert!(emails.iter().all(|email| {
        [
            ".example",
            ".test",
            "@example.com",
            "@example.org",
            "@example.net",
        ]
        .iter()
        .any(|end| email.ends_with(end))
    }));

    assert!((870..=890).contains(&share(&users, |user| user.email.is_some())));
    assert_eq!(share(&users, |user| user.status == "pending"), 15);
    assert!((17..=23).contains(&share(&users, |user| user.status == "suspended")));
    assert!((78..=81).contains(&share(&users, |user| user.last_login_at.is_none())));
    assert!((10..=40).contains(&share(&users, |user| user.must_change_password)));
    assert!((440..=500).contains(&share(&users, |user| {
        !user.display_name.bytes().any(|b| b.is_ascii_alphabetic())
    })));
}

#[test]
fn every_history_is_in_order() {
    let now = crowd(1, 1).now;
    for DemoUser {
        user,
        personas,
        ontologies,
        annotations,
        sessions,
        keys,
        ..
    } in demo_users(20_000, 3)
    {
        let joined = user.created_at;
        assert!(joined <= now && user.updated_at >= joined && user.updated_at <= now);
        assert_eq!(user.suspended_reason.is_some(), user.status == "suspended");
        assert!(
            user.suspended_until
                .is_none_or(|until| until > now && user.status == "suspended")
        );
        assert!(user.suspended_by != Some(user.id) && user.created_by != Some(user.id));
        let (Some(signed_in), Some(active)) = (user.last_login_at, user.last_active_at) else {
            assert!(personas.is_empty() && sessions.is_empty() && keys.is_empty());
            continue;
        };
        assert!(joined <= signed_in && signed_in <= active && active <= now);
        let owned = personas
            .iter()
            .map(|row| row.created_at)
            .chain(ontologies.iter().map(|row| row.created_at));
        let owned = owned.chain(annotations.iter().map(|row| row.created_at));
        assert!(
            owned
                .chain(keys.iter().map(|row| row.created_at))
                .all(|at| (joined..=active).contains(&at))
        );
        for session in sessions {
            assert!(joined <= session.created_at && session.created_at <= session.last_seen_at);
            assert!(session.created_at <= signed_in && session.last_seen_at <= now);
            assert!(
                session.ended_at.is_none_or(|at| session.last_seen_at <= at
                    && at <= now
                    && now - at <= 30 * DAY)
            );
            let expiry = session.expires_at.min(session.idle_expires_at);
            assert!(session.ended_at.is_some() || (expiry > now + DAY && user.status == "active"));
        }
    }
}

#[test]
fn ownership_is_skewed() {
    const USERS: usize = 20_000;
    let (mut owned, mut sessions, mut keys, mut annotations) = (Vec::new(), 0, 0, 0);
    for demo_user in demo_users(USERS as u64, 1) {
        let providers: HashSet<&str> = demo_user.keys.iter().map(|key| key.provider).collect();
        assert_eq!(providers.len(), demo_user.keys.len());
        owned.push(demo_user.personas.len());
        sessions += demo_user.sessions.len();
        keys += demo_user.keys.len();
        annotations += demo_user.annotations.len();
    }
    owned.sort_unstable();
    assert_eq!(owned.iter().sum::<usize>(), 2 * USERS);
    assert!(
        owned[USERS / 2] <= 1 && owned[USERS * 3 / 4] <= 3 && owned[USERS - 1] > 400,
        "{:?}",
        owned.last()
    );
    assert!(annotations.abs_diff(USERS) < USERS / 100, "{annotations}");
    assert!(sessions.abs_diff(USERS / 2) < USERS / 30, "{sessions}");
    assert!(keys.abs_diff(USERS / 2) < USERS / 40, "{keys}");
}

#[test]
fn lengths_fit_the_schema() {
    for demo_user in demo_users(20_000, 9) {
        let long = demo_user.user.username.chars().count();
        assert!((3..=50).contains(&long), "{}", demo_user.user.username);
        assert!((1..=100).contains(&demo_user.user.display_name.chars().count()));
        assert!(
            demo_user
                .user
                .email
                .is_none_or(|email| (3..=254).contains(&email.len()))
        );
        assert!(
            demo_user
                .sessions
                .iter()
                .all(|session| session.user_agent.len() <= 512)
        );
        assert!(demo_user.keys.iter().all(|key| key.last4.len() == 4));
    }
}
