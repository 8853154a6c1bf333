//! Access of users to resources: explanation, enforcement and lists agree with each other and with the rules, in random worlds.

use std::collections::{BTreeMap, BTreeSet};

use db::{
    access::{Pair, find_reach, list_paths, reaches},
    resources::{ResourceFilter, list_page, listed::count_by_kind},
};
use domain::{
    list::{Limits, UnfilteredParams},
    resources::{GrantLevel, RESOURCES_ORDER},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sqlx::PgPool;
use testing::{
    groups::group,
    resources::{client, grant, resource},
    roles::role,
    users::user,
};
use uuid::Uuid;

const USERS: usize = 6;
const GROUPS: usize = 3;
const RESOURCES: usize = 8;

/// Roles of users: none that counts, that of administrators, and one with all permissions in Rollcall, which opens no resource.
const ROLES: [&str; 3] = ["user", "admin", "deputy"];

/// A user of a world: indexes of the status and of the role, numbers of the clients, and of the groups.
type WorldUser = (usize, usize, Vec<usize>, Vec<usize>);
/// A resource of a world: the owner, the client, and whether it is active.
type WorldResource = (Option<usize>, Option<usize>, bool);
/// A grant of a world: the resource, its subject (users, then groups, then everyone), and whether it is for writing.
type WorldGrant = (usize, usize, bool);

#[derive(Clone, Debug)]
struct World {
    users: Vec<WorldUser>,
    resources: Vec<WorldResource>,
    grants: Vec<WorldGrant>,
}

fn world(seed: u8) -> World {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let user = (
        prop_oneof![4 => Just(0_usize), 1 => 1..3_usize],
        prop_oneof![7 => Just(0_usize), 2 => Just(1), 1 => Just(2)],
        prop::collection::vec(0..2_usize, 0..3),
        prop::collection::btree_set(0..GROUPS, 0..=GROUPS),
    );
    let user = user.prop_map(|(status, role, clients, groups)| -> WorldUser {
        (status, role, clients, groups.into_iter().collect())
    });
    let resource = (
        prop::option::of(0..USERS),
        prop::option::of(0..2_usize),
        prop::bool::weighted(0.8),
    );
    let grant = (0..RESOURCES, 0..=USERS + GROUPS, any::<bool>());
    let world = (
        prop::collection::vec(user, USERS),
        prop::collection::vec(resource, RESOURCES),
        prop::collection::vec(grant, 0..16),
    );
    let world = world.prop_map(|(users, resources, grants)| World {
        users,
        resources,
        grants,
    });
    world.new_tree(&mut runner).unwrap().current()
}

/// Ids of the users and the resources of a stored world.
struct Stored {
    users: Vec<Uuid>,
    resources: Vec<Uuid>,
}

impl World {
    async fn store(&self, pool: &PgPool, seed: u8) -> Stored {
        let mut clients = Vec::new();
        for n in 0..2 {
            clients.push(client(pool, &format!("Client {seed}-{n}")).await);
        }
        let mut users = Vec::new();
        for (n, (status, role, listed, _)) in self.users.iter().enumerate() {
            let listed: Vec<i32> = listed.iter().map(|client| clients[*client]).collect();
            let id = user(&format!("user-{seed}-{n}"))
                .status(["active", "suspended", "pending"][*status])
                .roles(&[ROLES[*role]])
                .clients(&listed)
                .insert(pool)
                .await;
            users.push(id);
        }
        let mut groups = Vec::new();
        for n in 0..GROUPS {
            let members = self.users.iter().zip(&users);
            let members = members.filter(|(user, _)| user.3.contains(&n));
            let members: Vec<Uuid> = members.map(|(_, id)| *id).collect();
            let name = format!("Group {seed}-{n}");
            groups.push(group(&name).members(&members).insert(pool).await);
        }
        let mut resources = Vec::new();
        for (n, (owner, of_client, active)) in self.resources.iter().enumerate() {
            let id = resource(["models", "tools"][n % 2], &format!("{seed}-{n}"))
                .owner(owner.map(|owner| users[owner]))
                .client(of_client.map(|client| clients[client]))
                .active(*active)
                .insert(pool)
                .await;
            resources.push(id);
        }
        for (n, subject, write) in &self.grants {
            let subject = match *subject {
                user if user < USERS => (Some(users[user]), None),
                group if group < USERS + GROUPS => (None, Some(groups[group - USERS])),
                _ => (None, None),
            };
            let level = if *write { "write" } else { "read" };
            grant(pool, resources[*n], subject, level).await;
        }
        Stored { users, resources }
    }

    /// Returns whether the rules permit access.
    fn permits(&self, user: usize, resource: usize, level: GrantLevel) -> bool {
        let (status, role, clients, groups) = &self.users[user];
        let (owner, client, active) = self.resources[resource];
        if *status != 0 {
            return false;
        }
        if ROLES[*role] == "admin" {
            return true;
        }
        if !active || client.is_some_and(|client| !clients.contains(&client)) {
            return false;
        }
        // The first grant to a subject counts; a second one is not stored.
        let mut granted: BTreeMap<usize, bool> = BTreeMap::new();
        for (of, subject, write) in &self.grants {
            if *of == resource {
                granted.entry(*subject).or_insert(*write);
            }
        }
        let mut levels = granted.into_iter().filter(|(subject, _)| {
            *subject == user
                || *subject == USERS + GROUPS
                || (*subject >= USERS && groups.contains(&(subject - USERS)))
        });
        owner == Some(user) || levels.any(|(_, write)| write || level == GrantLevel::Read)
    }
}

#[testing::test]
async fn explanation_enforcement_and_lists_agree_in_random_worlds(pool: PgPool) {
    role("deputy").permissions(&["*"]).insert(&pool).await;
    for seed in 1..=12 {
        let world = world(seed);
        let stored = world.store(&pool, seed).await;
        for (u, user) in stored.users.iter().copied().enumerate() {
            let pairs = stored.resources.iter();
            let pairs: Vec<Pair> = pairs
                .map(|id| Pair {
                    user,
                    resource: *id,
                })
                .collect();
            let explained = list_paths(&pool, &pairs, None).await.unwrap();
            let mut readable = BTreeSet::new();
            for (r, (pair, paths)) in pairs.iter().zip(explained).enumerate() {
                for level in GrantLevel::ALL.iter().copied() {
                    let case =
                        format!("seed {seed}: user {u}, resource {r}, {level:?}: {world:#?}");
                    let expected = world.permits(u, r, level);
                    assert_eq!(
                        reaches(&pool, *pair, level).await.unwrap(),
                        expected,
                        "{case}"
                    );
                    let explained = paths.iter().any(|path| path.leads_to(level));
                    assert_eq!(explained, expected, "{case}\n{paths:#?}");
                    if expected {
                        readable.insert(pair.resource);
                    }
                }
            }
            let filter = ResourceFilter {
                reached_by: Some(find_reach(&pool, user).await.unwrap()),
                ..ResourceFilter::default()
            };
            let query = UnfilteredParams::default().parse(Limits::API, RESOURCES_ORDER);
            let (listed, _) = list_page(&pool, &query.unwrap(), filter).await.unwrap();
            let listed = listed.into_iter().map(|resource| resource.id);
            assert_eq!(listed.collect::<BTreeSet<_>>(), readable, "seed {seed}");
        }
        // A resource for everyone would be in the lists of the next world.
        sqlx::query("delete from resources")
            .execute(&pool)
            .await
            .unwrap();
    }
}

#[testing::test]
async fn reachable_resources_are_counted_by_kind(pool: PgPool) {
    let ada = user("ada").insert(&pool).await;
    let root = user("root").roles(&["admin"]).insert(&pool).await;
    for (kind, name) in [("models", "a"), ("models", "b"), ("tools", "c")] {
        resource(kind, name).owner(ada).insert(&pool).await;
    }
    resource("brand", "d").insert(&pool).await;
    for (user, expected) in [
        (ada, vec![("models", 2), ("tools", 1)]),
        (root, vec![("brand", 1), ("models", 2), ("tools", 1)]),
    ] {
        let filter = ResourceFilter {
            reached_by: Some(find_reach(&pool, user).await.unwrap()),
            ..ResourceFilter::default()
        };
        let totals = count_by_kind(&pool, filter).await.unwrap();
        let totals: Vec<(&str, u64)> = totals
            .iter()
            .map(|total| (total.kind.as_str(), total.count))
            .collect();
        assert_eq!(totals, expected);
    }
}

#[testing::test]
async fn list_of_seen_clients_has_each_that_is_seen(pool: PgPool) {
    let mut clients = Vec::new();
    for name in ["North", "South"] {
        clients.push(client(&pool, name).await);
    }
    let ada = user("ada").clients(&clients[..1]).insert(&pool).await;
    let bob = user("bob").insert(&pool).await;
    let root = user("root").roles(&["admin"]).insert(&pool).await;
    for (viewer, expected) in [
        (ada, &clients[..1]),
        (bob, &clients[..0]),
        (root, &clients[..]),
    ] {
        let (one_by_one, listed): (Vec<i32>, Vec<i32>) = sqlx::query_as(
            "select
                array(select c.id from clients c where sees_client($1, c.id) order by c.id),
                array(select c.id from clients_seen_by($1) as c (id) order by c.id)",
        )
        .bind(viewer)
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(one_by_one, expected);
        assert_eq!(listed, expected);
    }
}
