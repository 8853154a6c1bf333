//! Features of users: explanation and enforcement agree with each other and with the rules, in random worlds.

use db::features::{has, list_effective};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sqlx::PgPool;
use testing::{groups::group, roles::role, users::user};
use uuid::Uuid;

const USERS: usize = 6;
const GROUPS: usize = 3;
const FEATURES: usize = 5;

/// Roles of users: none that counts, that of administrators, and one with all permissions in Rollcall, which gives no feature.
const ROLES: [&str; 3] = ["user", "admin", "deputy"];

/// A user of a world: indexes of the status and of the role, whether the account is deleted, and the groups.
type WorldUser = (usize, usize, bool, Vec<usize>);

#[derive(Clone, Debug)]
struct World {
    users: Vec<WorldUser>,
    /// Features of each group.
    groups: Vec<Vec<usize>>,
    /// Whether each feature is on by default.
    defaults: Vec<bool>,
}

fn world(seed: u8) -> World {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let some = |most: usize| {
        let some = prop::collection::btree_set(0..most, 0..=most);
        some.prop_map(|some| some.into_iter().collect::<Vec<usize>>())
    };
    let user = (
        prop_oneof![4 => Just(0_usize), 1 => 1..3_usize],
        prop_oneof![4 => Just(0_usize), 1 => 1..3_usize],
        prop::bool::weighted(0.2),
        some(GROUPS),
    );
    let world = (
        prop::collection::vec(user, USERS),
        prop::collection::vec(some(FEATURES), GROUPS),
        prop::collection::vec(prop::bool::weighted(0.3), FEATURES),
    );
    let world = world.prop_map(|(users, groups, defaults)| World {
        users,
        groups,
        defaults,
    });
    world.new_tree(&mut runner).unwrap().current()
}

fn key(feature: usize) -> String {
    format!("feature.n{feature}")
}

impl World {
    /// Stores the world. Returns the ids of its users.
    async fn store(&self, pool: &PgPool, seed: u8) -> Vec<Uuid> {
        for (n, default) in self.defaults.iter().enumerate() {
            sqlx::query(
                "insert into features (key, label, default_value, position, created_at, updated_at)
                values ($1, $1, $2, 0, now(), now())",
            )
            .bind(key(n))
            .bind(default)
            .execute(pool)
            .await
            .unwrap();
        }
        let mut users = Vec::new();
        for (n, (status, role, is_deleted, _)) in self.users.iter().enumerate() {
            let id = user(&format!("user-{seed}-{n}"))
                .status(["active", "suspended", "pending"][*status])
                .roles(&[ROLES[*role]])
                .deleted(*is_deleted)
                .insert(pool)
                .await;
            users.push(id);
        }
        for (n, features) in self.groups.iter().enumerate() {
            let members = self.users.iter().zip(&users);
            let members = members.filter(|(user, _)| user.3.contains(&n));
            let members: Vec<Uuid> = members.map(|(_, id)| *id).collect();
            let keys: Vec<String> = features.iter().copied().map(key).collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let name = format!("Group {seed}-{n}");
            let group = group(&name).features(&keys).members(&members);
            group.insert(pool).await;
        }
        users
    }

    /// Returns whether the rules give a feature to a user.
    fn gives(&self, user: usize, feature: usize) -> bool {
        let (status, role, is_deleted, groups) = &self.users[user];
        let mut groups = groups.iter().map(|group| &self.groups[*group]);
        *status == 0
            && !is_deleted
            && (ROLES[*role] == "admin"
                || self.defaults[feature]
                || groups.any(|features| features.contains(&feature)))
    }
}

#[testing::test]
async fn explanation_and_enforcement_of_features_agree_in_random_worlds(pool: PgPool) {
    role("deputy").permissions(&["*"]).insert(&pool).await;
    for seed in 1..=12 {
        let world = world(seed);
        let users = world.store(&pool, seed).await;
        for (u, user) in users.iter().copied().enumerate() {
            let explained = list_effective(&pool, user).await.unwrap();
            assert_eq!(explained.len(), FEATURES, "seed {seed}: user {u}");
            for (f, feature) in explained.iter().enumerate() {
                let case = format!("seed {seed}: user {u}, {feature:?}: {world:#?}");
                let expected = world.gives(u, f);
                assert_eq!(feature.key, key(f), "{case}");
                assert_eq!(feature.value, expected, "{case}");
                assert!(!expected || !feature.because.is_empty(), "{case}");
                let enforced = has(&pool, user, &feature.key).await.unwrap();
                assert_eq!(enforced, expected, "{case}");
            }
        }
        // The features of the next world have the same keys.
        sqlx::raw_sql("delete from features; delete from groups")
            .execute(&pool)
            .await
            .unwrap();
    }
}
