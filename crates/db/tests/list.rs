//! The user list, compared with a reference implementation in Rust of the matching users and their order.

mod crowd;
mod reference;
mod search;

use crowd::NOW;
use db::users::{Counts, Named, UserSet, find_named, list_page};
use domain::{
    filter::Filter,
    list::{Cursor, Position, Total},
    users::{
        UserSummary,
        list::{ListQuery, Sort, SortKey},
    },
};
use reference::{ReferenceUser, matches, sorted};
use sqlx::PgPool;
use uuid::Uuid;

/// Searches that match all, many, few or no users, over either table or both.
const SEARCHES: &[&str] = &[
    "",
    "-status:active",
    "role:admin OR personas:>2",
    "an -last-login:never",
    "annotations:>3 role:user",
    "group:editors -client:acme",
    "matches-no-user",
];

/// Terms of each kind, at and beside their edges.
const TERMS: &[&str] = &[
    // Words: at any position from three characters on, below that at the start of a word.
    "ann",
    "ANN",
    "an",
    "a",
    "ö",
    "Ö",
    "östlund",
    "ÉMILE",
    "жанна",
    "ЖАННА",
    "жа",
    "анн",
    "王",
    "伟",
    "王 伟",
    "\"王 伟\"",
    "ann.",
    "o'hara",
    "example.org",
    "\"a b\"",
    "matches-no-user",
    "\" ann\"",
    "\"li wei\"",
    "\"n lee\"",
    // As users type them: accents, quotes of phones, other scripts, words within others.
    "zoe",
    "ZOË",
    "emile",
    "ostlund",
    "angstrom",
    "o’hara",
    "O`HARA",
    "muller",
    "MÜLLER",
    "strasse",
    "STRAẞE",
    "ß",
    "nunez",
    "nikos",
    "νικος",
    "ΝΊΚΟΣ",
    "isik",
    "IŞIK",
    "ışık",
    "елкин",
    "ЁЛКИН",
    "小明",
    "明",
    "王小明",
    "田中",
    "太郎",
    "민준",
    "준",
    "สมชาย",
    "प्रिया",
    "ＬＩ",
    "\u{301}",
    "`",
    // User numbers and ids.
    "7",
    "#7",
    "\"No. 12\"",
    "no. 12",
    "No. 99999",
    "300",
    // Signs with a meaning in LIKE or SQL have none here.
    "%",
    "_",
    "\\",
    "%%%",
    "50%",
    "\"50% off\"",
    "snake_case",
    "sna_e",
    "a_b",
    "back\\slash",
    "\\\\\\",
    "'",
    "''",
    "\"'; --\"",
    // Words in one column.
    "username:ann",
    "username:an",
    "username:snake_",
    "username:_",
    "name:ann",
    "name:AN",
    "name:li",
    "name:Ö",
    "name:王",
    "name:伟",
    "name:%",
    "name:\"50% \"",
    "name:\"li wei\"",
    "email:example",
    "email:an",
    "email:EX",
    "email:net",
    "email:@",
    "email:.",
    // Roles, statuses, sources.
    "role:admin",
    "role:ADMIN",
    "role:user",
    "role:auditor",
    "role:editor",
    "role:unknown",
    "group:editors",
    "group:\"core team\"",
    "group:CORE-TEAM",
    "group:unknown",
    "has:group",
    "client:acme",
    "client:7",
    "client:#1",
    "client:unknown",
    "feature:chat.call",
    "feature:chat.controls",
    "feature:chat.unknown",
    "role:%",
    "status:active",
    "status:pending",
    "status:suspended",
    "via:admin",
    "via:import",
    "via:setup",
    // Counts and user numbers.
    "number:7",
    "number:>290",
    "number:<=3",
    "number:9223372036854775807",
    "personas:0",
    "personas:>0",
    "personas:>=3",
    "personas:<2",
    "personas:1..3",
    "personas:*..1",
    "ontologies:2..*",
    "annotations:>40",
    "sessions:1",
    "api-keys:0",
    "keys:>1",
    "personas:2000000000",
    "spend:0",
    "spend:>0",
    "spend:>=0.5",
    "spend:<1",
    "spend:0.5..1",
    "spend:*..0.5",
    "-spend:>1",
    "over:budget",
    "-over:requests",
    "has:email",
    "has:personas",
    "has:ontologies",
    "has:annotations",
    "has:sessions",
    "has:api-keys",
    // Conditions on times.
    "created:2026-11",
    "created:2026-11-20",
    "created:>2026-11-20",
    "created:<2026",
    "created:30d",
    "created:before-30d",
    "created:2025..2026-06",
    "created:1970",
    "created:>9999",
    "created:before-9999w",
    "last-login:never",
    "last-login:30d",
    "last-login:before-30d",
    "last-login:<2026",
    "last-login:2026-10",
    "last-login:*..2026",
    "last-active:never",
    "last-active:12h",
    "last-active:before-12h",
    "inactive:12h",
    "inactive:90d",
    "last-active:<=2026-11-21",
    "last-active:>2026-11-21",
];

fn query(filter: &Filter, sort: Sort, limit: u16, position: Position) -> ListQuery {
    ListQuery {
        filter: filter.clone(),
        sort,
        limit,
        position,
    }
}

/// Returns the objects that a search refers to, with all roles.
async fn named(pool: &PgPool, filter: &Filter) -> Named {
    let mut connection = pool.acquire().await.unwrap();
    let named = find_named(&mut connection, filter).await.unwrap();
    named.with_roles(db::roles::list(&mut *connection).await.unwrap())
}

/// Reads a page and checks that it is the same with the index of words and without it.
async fn page(pool: &PgPool, query: &ListQuery) -> (Vec<UserSummary>, bool) {
    let named = &named(pool, &query.filter).await;
    let indexed = list_page(pool, query, named, None, NOW).await.unwrap();
    if !query.filter.is_empty() {
        let walked = list_page(pool, query, named, Some(u64::MAX), NOW)
            .await
            .unwrap();
        assert_eq!(ids(&indexed.0), ids(&walked.0), "{}", query.filter);
    }
    indexed
}

async fn count(pool: &PgPool, filter: &Filter, of: UserSet) -> Counts {
    let named = named(pool, filter).await;
    let counted = db::users::count(pool, filter, &named, of, NOW);
    counted.await.unwrap().0
}

/// Returns the cursor of a row as a client sends it back.
fn cursor(user: &UserSummary, sort: Sort) -> Cursor {
    Cursor::decode(&Cursor::of(user, sort, 1).encode(), sort).unwrap()
}

/// Reads every page from the first, each after the last row of the previous one.
async fn walk(pool: &PgPool, filter: &Filter, sort: Sort, limit: u16) -> Vec<Vec<UserSummary>> {
    let mut pages = Vec::new();
    let mut position = Position::First;
    loop {
        let (users, more) = page(pool, &query(filter, sort, limit, position)).await;
        let Some(last) = users.last() else {
            return pages;
        };
        position = Position::After(cursor(last, sort));
        pages.push(users);
        if !more {
            return pages;
        }
    }
}

/// Reads every page before a given one, each before the first row of the next one.
async fn walk_back(
    pool: &PgPool,
    filter: &Filter,
    sort: Sort,
    limit: u16,
    from: &UserSummary,
) -> Vec<Vec<UserSummary>> {
    let mut pages = Vec::new();
    let mut first = from.clone();
    loop {
        let position = Position::Before(cursor(&first, sort));
        let (users, more) = page(pool, &query(filter, sort, limit, position)).await;
        let Some(next) = users.first().cloned() else {
            return pages;
        };
        first = next;
        pages.push(users);
        if !more {
            return pages;
        }
    }
}

fn ids<'u>(users: impl IntoIterator<Item = &'u UserSummary>) -> Vec<Uuid> {
    users.into_iter().map(|user| user.id.0).collect()
}

#[testing::test]
async fn every_sort_returns_each_match_once_in_both_directions(pool: PgPool) {
    const LIMIT: u16 = 43;
    crowd::seed(&pool).await;
    let crowd = reference::load(&pool).await;
    for search in SEARCHES {
        let filter = Filter::parse(search).unwrap();
        let found: Vec<&ReferenceUser> = crowd
            .iter()
            .filter(|stored_user| matches(&filter, stored_user))
            .collect();
        for key in SortKey::ALL {
            for descending in [false, true] {
                let sort = Sort {
                    key: *key,
                    descending,
                };
                let pages = walk(&pool, &filter, sort, LIMIT).await;
                let context = format!("{search:?} by {sort}");
                assert_eq!(
                    ids(pages.iter().flatten()),
                    sorted(&found, sort),
                    "{context}"
                );
                let Some((last, earlier)) = pages.split_last() else {
                    continue;
                };
                assert!(
                    earlier.iter().all(|page| page.len() == usize::from(LIMIT)),
                    "{context}"
                );
                let mut back = walk_back(&pool, &filter, sort, LIMIT, &last[0]).await;
                back.reverse();
                assert!(back == earlier, "{context}: other pages backward");
            }
        }
    }
}

/// Returns the users that a search finds, and its count.
async fn search(pool: &PgPool, text: &str) -> (Vec<Uuid>, Option<u64>) {
    let filter =
        Filter::parse(text).unwrap_or_else(|error| panic!("{text:?}: {}", error.message()));
    let (users, more) = page(
        pool,
        &query(&filter, Sort::default(), 1_000, Position::First),
    )
    .await;
    assert!(!more, "{text:?}");
    (
        ids(&users),
        count(pool, &filter, UserSet::List).await.matching,
    )
}

async fn assert_finds(pool: &PgPool, crowd: &[ReferenceUser], text: &str) {
    let filter = Filter::parse(text).unwrap();
    let expected: Vec<&ReferenceUser> = crowd
        .iter()
        .filter(|stored_user| matches(&filter, stored_user))
        .collect();
    let (found, counted) = search(pool, text).await;
    let expected = sorted(&expected, Sort::default());
    assert_eq!(found, expected, "{text:?}");
    assert_eq!(counted, u64::try_from(expected.len()).ok(), "{text:?}");
}

#[testing::test]
async fn every_term_and_its_negation_partition_the_users(pool: PgPool) {
    crowd::seed(&pool).await;
    let crowd = reference::load(&pool).await;
    for term in TERMS {
        assert_finds(&pool, &crowd, term).await;
        let (found, _) = search(&pool, term).await;
        let (others, _) = search(&pool, &format!("-({term})")).await;
        assert_eq!(
            found.len() + others.len(),
            crowd.len(),
            "{term:?}: a user is in neither or in both"
        );
        assert_finds(&pool, &crowd, &format!("-({term})")).await;
    }
}

#[testing::test]
async fn terms_combine_by_the_grammar(pool: PgPool) {
    crowd::seed(&pool).await;
    let crowd = reference::load(&pool).await;
    let far = |index: usize| TERMS[index % TERMS.len()];
    for (index, term) in TERMS.iter().enumerate() {
        let (second, third) = (far(index * 31 + 17), far(index * 53 + 29));
        assert_finds(&pool, &crowd, &format!("{term} {second}")).await;
        assert_finds(&pool, &crowd, &format!("{term} OR {second}")).await;
        assert_finds(&pool, &crowd, &format!("-({term} OR {second}) {third}")).await;
        assert_finds(
            &pool,
            &crowd,
            &format!("({term} -({second} {third})) OR -({third} {second})"),
        )
        .await;
    }
}

#[testing::test]
async fn row_matches_the_tables(pool: PgPool) {
    crowd::seed(&pool).await;
    let (users, _) = page(
        &pool,
        &query(&Filter::default(), Sort::default(), 1_000, Position::First),
    )
    .await;
    for (user, stored_user) in users.iter().zip(reference::load(&pool).await.iter().rev()) {
        stored_user.assert_shown_as(user);
    }
}

#[testing::test]
async fn count_is_exact_up_to_ten_thousand(pool: PgPool) {
    crowd::seed_plain(&pool, 10_050).await;
    for (search, expected) in [
        (
            "via:import",
            Total {
                count: 10_000,
                or_more: true,
            },
        ),
        ("via:import number:>50", Total::exact(10_000)),
        (
            "via:import number:>49",
            Total {
                count: 10_000,
                or_more: true,
            },
        ),
        (
            "personas:0",
            Total {
                count: 10_000,
                or_more: true,
            },
        ),
        ("personas:>0", Total::exact(0)),
        ("via:import personas:0 number:<=50", Total::exact(50)),
        (
            "plain",
            Total {
                count: 10_000,
                or_more: true,
            },
        ),
        ("plain-10050", Total::exact(1)),
    ] {
        let counts = count(&pool, &Filter::parse(search).unwrap(), UserSet::List).await;
        assert_eq!(
            counts.matching.map(Total::up_to_limit),
            Some(expected),
            "{search:?}"
        );
        assert_eq!(counts.totals.users, 10_050, "{search:?}");
    }
    let all_users = count(&pool, &Filter::default(), UserSet::List).await;
    assert_eq!((all_users.matching, all_users.totals.users), (None, 10_050));
}

/// Returns the number of rows of the users that were read in this transaction so far, in tables and indexes.
async fn reads(connection: &mut sqlx::PgConnection) -> i64 {
    sqlx::query_scalar(
        "select (
            select sum(seq_tup_read) from pg_stat_xact_user_tables where relname in ('users', 'user_stats')
        )::bigint + (
            select sum(pg_stat_get_xact_tuples_returned(x.indexrelid)) from pg_index x
            where x.indrelid in ('users'::regclass, 'user_stats'::regclass)
        )::bigint",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

#[testing::test]
async fn count_of_one_condition_reads_no_users(pool: PgPool) {
    crowd::seed(&pool).await;
    for (search, is_stored) in [
        ("status:suspended", true),
        ("role:admin", true),
        ("group:editors", true),
        ("status:suspended role:admin", false),
        ("-status:suspended", false),
    ] {
        let filter = Filter::parse(search).unwrap();
        let named = named(&pool, &filter).await;
        let mut transaction = pool.begin().await.unwrap();
        let before = reads(&mut transaction).await;
        let counted = db::users::count(&mut *transaction, &filter, &named, UserSet::List, NOW);
        assert!(counted.await.unwrap().0.matching > Some(0), "{search}");
        let read = reads(&mut transaction).await - before;
        assert_eq!(read == 0, is_stored, "{search}: {read} rows");
    }
}
