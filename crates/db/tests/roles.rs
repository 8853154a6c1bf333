//! Roles that are created, renamed, ranked again, deleted, assigned and revoked in any order: the list, the totals and the search agree
//! with a plain recount.

use std::collections::BTreeMap;

use db::{
    doctor,
    roles::Roles,
    users::{
        Counts, Named, UserSet, account, count, find_credentials, find_detail, find_named,
        list_page, list_totals,
    },
};
use domain::{
    access::BuiltinRole,
    filter::Filter,
    list::Position,
    users::{
        UserSummary,
        list::{ListQuery, Sort, SortKey},
    },
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sqlx::PgPool;
use testing::roles::role;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

/// Number of names that roles get.
const NAMES: i64 = 6;

/// Inserts the users, the last of them deleted.
const USERS: &str = "
    insert into users (id, username, display_name, created_via, created_at, updated_at, deleted_at)
    select uuid_v7(now()), 'user-' || n, 'User', 'cli', now(), now(), case when n > 7 then now() end from generate_series(1, 9) n;
    create function role_at(place bigint) returns uuid language sql as $$
        select id from roles order by id offset place % (select count(*) from roles) limit 1
    $$;
    create function user_at(place bigint) returns uuid language sql as $$
        select id from users order by id offset place % (select count(*) from users) limit 1
    $$";

/// Operations, each a single statement on the parameters `$1` and `$2`.
const STATEMENTS: &[&str] = &[
    "insert into roles (id, name, rank) values (gen_random_uuid(), 'role ' || $1 % 6, $2 % 120) on conflict do nothing",
    "update roles set name = 'role ' || $2 % 6
    where id = role_at($1) and not exists (select from roles where name = 'role ' || $2 % 6)",
    "update roles set name = builtin_kind where id = role_at($1) and builtin_kind is not null and $2 is not null",
    "update roles set rank = $2 % 120 where id = role_at($1)",
    "update roles set permissions = array['users:read']
    where id = role_at($1) and builtin_kind is distinct from 'admin' and $2 is not null",
    "delete from roles where id = role_at($1) and builtin_kind is null and $2 is not null",
    "insert into user_roles (user_id, role_id, granted_at) values (user_at($1), role_at($2), now()) on conflict do nothing",
    "insert into user_roles (user_id, role_id, granted_at)
    select id, role_at($1), now() from users where $2 is not null on conflict do nothing",
    "insert into user_roles (user_id, role_id, granted_at)
    select user_at($1), id, now() from roles where $2 is not null on conflict do nothing",
    "delete from user_roles where user_id = user_at($1) and role_id = role_at($2)",
    "delete from user_roles where role_id = role_at($1) and $2 is not null",
    "update users set deleted_at = case when deleted_at is null then now() end where id = user_at($1) and $2 is not null",
];

/// A statement and its parameters.
#[derive(Clone, Debug)]
struct Operation(&'static str, i64, i64);

/// Returns `length` operations; the same seed returns the same ones.
fn operations(seed: u8, length: usize) -> Vec<Operation> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let operation = (prop::sample::select(STATEMENTS), 0..1_000_i64, 0..1_000_i64)
        .prop_map(|(statement, one, two)| Operation(statement, one, two));
    prop::collection::vec(operation, length)
        .new_tree(&mut runner)
        .unwrap()
        .current()
}

/// A role as its table has it.
#[derive(Debug, sqlx::FromRow)]
struct StoredRole {
    id: Uuid,
    name: String,
    rank: i16,
    builtin_kind: Option<String>,
}

/// The tables of users and roles, read without the counters.
struct Tables<'a> {
    /// The latest operations, for messages.
    after: &'a [Operation],
    /// All roles, by rank and name.
    roles: Vec<StoredRole>,
    /// Users, and whether they are deleted.
    users: Vec<(Uuid, bool)>,
    /// Pairs of a user and a role.
    grants: Vec<(Uuid, Uuid)>,
}

impl<'a> Tables<'a> {
    async fn read(pool: &PgPool, after: &'a [Operation]) -> Self {
        let roles = sqlx::query_as("select id, name, rank, builtin_kind from roles");
        let mut roles: Vec<StoredRole> = roles.fetch_all(pool).await.unwrap();
        roles.sort_by(|a, b| (a.rank, &a.name).cmp(&(b.rank, &b.name)));
        let users = sqlx::query_as("select id, deleted_at is not null from users");
        let grants = sqlx::query_as("select user_id, role_id from user_roles");
        Self {
            after,
            roles,
            users: users.fetch_all(pool).await.unwrap(),
            grants: grants.fetch_all(pool).await.unwrap(),
        }
    }

    /// Returns the roles of a user, the most powerful first.
    fn of(&self, user: Uuid) -> Vec<&StoredRole> {
        let held = |role: &&StoredRole| self.grants.contains(&(user, role.id));
        self.roles.iter().filter(held).collect()
    }

    /// Returns the ids of the users, deleted or not, for whose roles a condition holds.
    fn matching(&self, deleted: bool, holds: impl Fn(&StoredRole) -> bool) -> Vec<Uuid> {
        let of_set = self.users.iter().filter(|user| user.1 == deleted);
        let ids = of_set.map(|user| user.0);
        let mut ids: Vec<Uuid> = ids
            .filter(|id| self.of(*id).into_iter().any(&holds))
            .collect();
        ids.sort();
        ids
    }
}

/// Reads all users that are not deleted and match a filter, in the order of their roles.
async fn list(pool: &PgPool, roles: &Roles, filter: &Filter) -> Vec<UserSummary> {
    let query = ListQuery {
        filter: filter.clone(),
        sort: Sort {
            key: SortKey::Role,
            descending: false,
        },
        limit: 100,
        position: Position::First,
    };
    let named = Named::default().with_roles(roles.clone());
    let page = list_page(pool, &query, &named, None, NOW);
    page.await.unwrap().0
}

async fn count_in(pool: &PgPool, roles: &Roles, filter: &Filter, of: UserSet) -> Counts {
    let mut connection = pool.acquire().await.unwrap();
    let named = find_named(&mut connection, filter).await.unwrap();
    let (counts, all) = count(pool, filter, &named, of, NOW).await.unwrap();
    let ids =
        |roles: &Roles| -> Vec<Uuid> { roles.as_slice().iter().map(|role| role.id).collect() };
    assert_eq!(ids(&all), ids(roles));
    counts
}

async fn assert_list(pool: &PgPool, tables: &Tables<'_>, roles: &Roles) {
    let users = list(pool, roles, &Filter::default()).await;
    let mut expected: Vec<(Vec<Uuid>, Uuid)> = tables
        .users
        .iter()
        .filter(|(_, deleted)| !deleted)
        .map(|(id, _)| (tables.of(*id).iter().map(|role| role.id).collect(), *id))
        .collect();
    expected.sort();
    let listed: Vec<_> = users
        .iter()
        .map(|user| (user.role_ids.clone(), user.id.0))
        .collect();
    assert_eq!(listed, expected, "after {:#?}", tables.after);
    for user in users {
        let held = tables.of(user.id.0);
        let names: Vec<&str> = held.iter().map(|role| role.name.as_str()).collect();
        assert_eq!(user.roles, names, "after {:#?}", tables.after);
        let admin = |role: &&StoredRole| role.builtin_kind.as_deref() == Some("admin");
        assert_eq!(user.is_admin, held.iter().any(admin));
    }
}

async fn assert_totals(pool: &PgPool, tables: &Tables<'_>, roles: &Roles) {
    let mut expected = BTreeMap::new();
    for role in &tables.roles {
        let holders = tables.matching(false, |held| held.id == role.id).len();
        let label = role.builtin_kind.as_ref().unwrap_or(&role.name);
        expected.insert(format!("role:{label}"), i64::try_from(holders).unwrap());
    }
    expected.retain(|_, holders| *holders > 0);
    let totals = list_totals(pool).await.unwrap();
    let stored: BTreeMap<String, i64> = totals
        .into_iter()
        .filter(|(name, value)| name.starts_with("role:") && *value != 0)
        .collect();
    assert_eq!(stored, expected, "after {:#?}", tables.after);
    let counts = count_in(pool, roles, &Filter::default(), UserSet::List).await;
    let admins = expected.get("role:admin").copied().unwrap_or_default();
    assert_eq!(counts.totals.admins, u64::try_from(admins).unwrap());
}

/// Searches for every name, whether or not a role has it now, and for every built-in role by its kind.
async fn assert_searches(pool: &PgPool, tables: &Tables<'_>, roles: &Roles) {
    let names = (0..NAMES).map(|number| format!("role {number}"));
    let kinds = BuiltinRole::ALL.iter().map(|kind| kind.as_str().to_owned());
    for name in names.chain(kinds) {
        let holds = |role: &StoredRole| {
            role.name == name || role.builtin_kind.as_deref() == Some(name.as_str())
        };
        let filter = Filter::parse(&format!("role:\"{name}\"")).unwrap();
        let found = list(pool, roles, &filter).await;
        let mut found: Vec<Uuid> = found.into_iter().map(|user| user.id.0).collect();
        found.sort();
        let after = tables.after;
        assert_eq!(
            found,
            tables.matching(false, holds),
            "{name} after {after:#?}"
        );
        for (set, deleted) in [(UserSet::List, false), (UserSet::Deleted, true)] {
            let counts = count_in(pool, roles, &filter, set).await;
            let expected = tables.matching(deleted, holds).len();
            assert_eq!(
                counts.matching,
                u64::try_from(expected).ok(),
                "{name} {set:?} after {after:#?}"
            );
        }
    }
}

#[testing::test]
async fn lists_totals_and_searches_follow_any_change_of_roles(pool: PgPool) {
    sqlx::raw_sql(USERS).execute(&pool).await.unwrap();
    for seed in 1..=6 {
        for batch in operations(seed, 60).chunks(4) {
            for Operation(statement, one, two) in batch {
                let operation = sqlx::query(*statement).bind(one).bind(two);
                operation
                    .execute(&pool)
                    .await
                    .unwrap_or_else(|error| panic!("{statement} {one} {two}: {error}"));
            }
            let tables = Tables::read(&pool, batch).await;
            let roles = db::roles::list(&pool).await.unwrap();
            assert_list(&pool, &tables, &roles).await;
            assert_totals(&pool, &tables, &roles).await;
            assert_searches(&pool, &tables, &roles).await;
        }
        let found = doctor::recount(&pool).await.unwrap();
        assert_eq!((found.wrong_stats, found.wrong_totals), (0, 0));
    }
}

#[testing::test]
async fn builtin_roles_remain(pool: PgPool) {
    role("editor").insert(&pool).await;
    let denied = sqlx::query("delete from roles").execute(&pool).await;
    let denied = db::Error::from(denied.unwrap_err());
    assert!(
        matches!(&denied, db::Error::Constraint { constraint } if constraint == "roles_builtin_kind_remains"),
        "{denied}"
    );
    // Nor can it be deleted after it has lost its kind, or be replaced under its id.
    for change in [
        "update roles set name = 'boss', builtin_kind = null where builtin_kind = 'admin'",
        "update roles set builtin_kind = 'owner' where builtin_kind = 'admin'",
        "update roles set id = gen_random_uuid() where builtin_kind = 'admin'",
        "update roles set builtin_kind = 'user' where builtin_kind is null",
    ] {
        let denied = sqlx::query(change).execute(&pool).await;
        let denied = db::Error::from(denied.unwrap_err());
        assert!(
            matches!(&denied, db::Error::Constraint { constraint } if constraint == "roles_builtin_kind_remains"),
            "{change}: {denied}"
        );
    }
    // A statement that sets the same values changes nothing.
    sqlx::query("update roles set id = id, builtin_kind = builtin_kind")
        .execute(&pool)
        .await
        .unwrap();
    // After a rename no other role can take the name.
    sqlx::query("update roles set name = 'boss' where builtin_kind = 'admin'")
        .execute(&pool)
        .await
        .unwrap();
    let taken = sqlx::query("insert into roles (id, name) values (gen_random_uuid(), 'admin')");
    let denied = db::Error::from(taken.execute(&pool).await.unwrap_err());
    assert!(
        matches!(&denied, db::Error::Constraint { constraint } if constraint == "roles_name_not_of_builtin"),
        "{denied}"
    );
}

/// The list of users is sorted by ids, and shows the most powerful roles first.
#[testing::test]
async fn ids_of_builtin_roles_are_in_the_order_of_ranks(pool: PgPool) {
    let roles: Vec<StoredRole> =
        sqlx::query_as("select id, name, rank, builtin_kind from roles order by id")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(roles.len(), BuiltinRole::ALL.len());
    assert!(roles.is_sorted_by_key(|role| role.rank), "{roles:?}");
}

#[testing::test]
async fn only_missing_roles_are_created(pool: PgPool) {
    let mut connection = pool.acquire().await.unwrap();
    for (names, expected) in [
        (&["admin", "user", "lab"][..], &["lab"][..]),
        (&["lab", "admin"], &[]),
        (&["desk", "desk"], &["desk"]),
    ] {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let created = db::roles::ensure(&mut connection, &names).await.unwrap();
        assert_eq!(created, expected, "{names:?}");
    }
    sqlx::query("update roles set name = 'boss' where builtin_kind = 'admin'")
        .execute(&mut *connection)
        .await
        .unwrap();
    for name in ["admin", "boss"] {
        let created = db::roles::ensure(&mut connection, &[name.to_owned()]).await;
        assert_eq!(created.unwrap(), [""; 0], "{name}");
    }
    let roles = db::roles::list(&mut *connection).await.unwrap();
    let names: Vec<&str> = roles
        .as_slice()
        .iter()
        .map(|role| role.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["boss", "auditor", "application", "desk", "lab", "user"]
    );
}

#[testing::test]
async fn unknown_words_are_errors(pool: PgPool) {
    sqlx::raw_sql(USERS).execute(&pool).await.unwrap();
    let id: Uuid = sqlx::query_scalar("select id from users where username = 'user-1'")
        .fetch_one(&pool)
        .await
        .unwrap();
    let roles = db::roles::list(&pool).await.unwrap();
    sqlx::raw_sql(
        "alter table users drop constraint users_status_known; update users set status = 'retired';
        alter table roles drop constraint roles_builtin_kind_known;
        alter table roles disable trigger deny_change_of_builtin_kind;
        update roles set name = 'owner', builtin_kind = 'owner' where name = 'auditor'",
    )
    .execute(&pool)
    .await
    .unwrap();
    let mut connection = pool.acquire().await.unwrap();
    let query = ListQuery {
        filter: Filter::default(),
        sort: Sort::default(),
        limit: 100,
        position: Position::First,
    };
    let named = Named::default().with_roles(roles);
    let page = list_page(&mut *connection, &query, &named, None, NOW).await;
    let detail = find_detail(&mut *connection, id).await;
    let credentials = find_credentials(&mut *connection, "user-1").await;
    let locked = account::lock(&mut connection, id).await;
    let errors = [
        page.unwrap_err(),
        detail.unwrap_err(),
        credentials.unwrap_err(),
        locked.unwrap_err(),
        db::roles::list(&mut *connection).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, db::Error::Other(_)), "{error}");
    }
}
