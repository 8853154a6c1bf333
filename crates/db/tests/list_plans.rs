//! Query plans of the user list: a page is read from the index for its order, without a sort and without a sequential scan.

use db::users::{Named, list_page};
use domain::{
    filter::Filter,
    list::{Cursor, Position},
    users::{
        UserSummary,
        list::{ListQuery, Sort, SortKey},
    },
};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::macros::datetime;

/// Inserts enough users for the planner to prefer an index.
const CROWD: &str = "
    insert into users (
        id, username, display_name, email, status, created_via, created_at, updated_at, last_login_at, last_active_at
    )
    select uuid_v7(created), 'user-' || n, 'Name ' || n % 5000, case n % 3 when 0 then null else n || '@example.org' end,
        (array['active', 'active', 'active', 'pending', 'suspended'])[1 + n % 5], 'import', created, created,
        case n % 4 when 0 then null else created + interval '1 day' end,
        case n % 4 when 0 then null else created + interval '2 days' end
    from generate_series(1, 20000) n, lateral (select timestamptz '2026-01-01' + n * interval '1 minute' as created) m;
    insert into user_roles (user_id, role_id, granted_at)
    select u.id, r.id, now() from users u join roles r on r.name = case u.number % 100 when 0 then 'admin' else 'user' end;
    update user_stats s set personas = n % 20, ontologies = n % 7, annotations = n % 100, sessions = n % 4, api_keys = n % 3
    from (select id, number as n from users) u where u.id = s.user_id;
    update user_spend p set month = 321 + n % 2, nanos = n % 50
    from (select id, number as n from users) u where u.id = p.user_id;
    update users set deleted_at = now() where number % 50 = 0;
    analyze users, user_stats, user_spend";

/// Reads a page with a connection that has no prepared statements.
async fn read(pool: &PgPool, sort: Sort, position: Position) -> Vec<UserSummary> {
    pool.acquire()
        .await
        .unwrap()
        .clear_cached_statements()
        .await
        .unwrap();
    let query = ListQuery {
        filter: Filter::default(),
        sort,
        limit: 100,
        position,
    };
    let roles = db::roles::list(pool).await.unwrap();
    let named = Named::default().with_roles(roles);
    let now = datetime!(2026-11-21 12:00 UTC);
    list_page(pool, &query, &named, None, now).await.unwrap().0
}

/// Returns the plan of the statement that the pool's only connection has prepared for a page, for the values of a cursor.
async fn plan(pool: &PgPool, values: &str) -> String {
    let name: String = sqlx::query_scalar(
        "select name from pg_prepared_statements where statement like '%user_stats%' and statement not like '%pg_%'",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    // The generic plan, which PostgreSQL uses after some executions, when it no longer plans for the values.
    let explain = format!(
        "set plan_cache_mode = force_generic_plan; explain execute {name}{values}; reset plan_cache_mode"
    );
    let rows = pool
        .fetch_all(sqlx::raw_sql(AssertSqlSafe(explain)))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.get::<String, _>(0) + "\n")
        .collect()
}

fn assert_served_by_index(plan: &str, sort: Sort, page_info: &str) {
    // Above the limit there are only the rows of the page, which may be sorted again.
    let (_, below_limit) = plan.split_once("Limit").unwrap();
    assert!(
        !below_limit.contains("Sort"),
        "{sort}, {page_info}: sorted\n{plan}"
    );
    for costly in ["Seq Scan", "Hash Join", "Materialize"] {
        assert!(
            !plan.contains(costly),
            "{sort}, {page_info}: {costly} in\n{plan}"
        );
    }
    assert!(
        below_limit.contains("Index"),
        "{sort}, {page_info}:\n{plan}"
    );
}

/// Returns the values of a cursor as SQL literals for the statement.
fn values(user: &UserSummary, key: SortKey) -> String {
    let id = format!("'{}'", user.id);
    let time = |timestamp: Option<time::OffsetDateTime>| {
        timestamp.map_or("null".to_owned(), |at| format!("'{at}'"))
    };
    let value = match key {
        SortKey::Created => return format!("({id})"),
        SortKey::Username => format!("'{}'", user.username),
        SortKey::Name => format!("'{}'", user.display_name),
        SortKey::Email => format!("'{}'", user.email.as_deref().unwrap_or_default()),
        SortKey::Role => {
            let ids: Vec<String> = user.role_ids.iter().map(ToString::to_string).collect();
            format!("'{{{}}}'", ids.join(","))
        }
        SortKey::Status => format!("'{}'", user.status.as_str()),
        SortKey::Personas => user.persona_count.to_string(),
        SortKey::Ontologies => user.ontology_count.to_string(),
        SortKey::Annotations => user.annotation_count.to_string(),
        SortKey::Sessions => user.session_count.to_string(),
        SortKey::ApiKeys => user.api_key_count.to_string(),
        SortKey::Spend => user.spend.rank.to_string(),
        SortKey::LastLogin => time(user.last_login_at),
        SortKey::LastActive => time(user.last_active_at),
    };
    format!("({value}, {id})")
}

#[testing::test]
async fn every_page_of_every_sort_uses_an_index(options: PgPoolOptions, connect: PgConnectOptions) {
    // One connection, so that its prepared statements are those of the list.
    let pool = options
        .max_connections(1)
        .connect_with(connect)
        .await
        .unwrap();
    sqlx::raw_sql(CROWD).execute(&pool).await.unwrap();
    for key in SortKey::ALL {
        for descending in [false, true] {
            let sort = Sort {
                key: *key,
                descending,
            };
            let first = read(&pool, sort, Position::First).await;
            assert_served_by_index(&plan(&pool, "").await, sort, "first page");
            let (top, bottom) = (&first[0], &first[99]);
            let after = Position::After(Cursor::of(bottom, sort, 100));
            assert_eq!(read(&pool, sort, after).await.len(), 100);
            assert_served_by_index(&plan(&pool, &values(bottom, *key)).await, sort, "next page");
            read(&pool, sort, Position::Before(Cursor::of(top, sort, 1))).await;
            assert_served_by_index(&plan(&pool, &values(top, *key)).await, sort, "page before");
        }
    }
}
