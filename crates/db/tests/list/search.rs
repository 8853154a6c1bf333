//! Searches for words: each part of a name finds it, by an index that only a change of a name updates; and sorting of names in the order
//! that readers expect.

use db::users::UserSet;
use domain::{
    filter::{Filter, Text, is_short},
    list::Position,
    text::search_fold,
    users::list::{Sort, SortKey},
};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use testing::users::user;

use super::{assert_finds, count, crowd, ids, page, query, reference, search, walk};

/// Returns the substrings of this length, from each of the text's characters.
fn parts(text: &str, length: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let parts = characters.windows(length.min(characters.len()).max(1));
    parts.map(String::from_iter).collect()
}

#[testing::test]
async fn every_substring_of_a_name_finds_its_user(pool: PgPool) {
    crowd::seed(&pool).await;
    let crowd = reference::load(&pool).await;
    for (index, stored_user) in crowd.iter().enumerate().step_by(10) {
        let length = 3 + index % 11;
        let names = stored_user.names();
        let parts = names.iter().flat_map(|name| parts(name, length));
        for part in parts.step_by(4) {
            let folded = search_fold(&part);
            if folded.trim().is_empty() || is_short(folded.trim()) {
                continue;
            }
            let quoted = Text::new(&part).unwrap().to_string();
            assert_finds(&pool, &crowd, &quoted).await;
            let (found, _) = search(&pool, &quoted).await;
            assert!(found.contains(&stored_user.id()), "{part:?} of {names:?}");
        }
    }
}

#[testing::test]
async fn id_and_number_find_their_user(pool: PgPool) {
    crowd::seed_plain(&pool, 20).await;
    let crowd = reference::load(&pool).await;
    let (id, number) = (crowd[6].id(), crowd[6].number());
    for text in [
        id.to_string(),
        id.simple().to_string(),
        format!("#{number}"),
        format!("No. {number}"),
        format!("no.{number}"),
    ] {
        assert_eq!(search(&pool, &text).await, (vec![id], Some(1)), "{text}");
    }
    // No user has this number, so its negation finds all.
    assert_eq!(search(&pool, "-#4997").await.1, Some(20));
}

#[testing::test]
async fn names_are_sorted_for_readers(pool: PgPool) {
    const ORDER: [&str; 12] = [
        "a b",
        "Ann",
        "Anna",
        "Émile",
        "emma",
        "Muller",
        "Müller",
        "Mullers",
        "Zoë",
        "Ελύτης",
        "Ёлкин",
        "王小明",
    ];
    for (index, name) in ORDER.iter().rev().enumerate() {
        user(&name.replace(' ', "."))
            .display_name(name)
            .email(format!("{index}@example.org").as_str())
            .insert(&pool)
            .await;
    }
    for key in [SortKey::Name, SortKey::Username] {
        for descending in [false, true] {
            let sort = Sort { key, descending };
            // One user per page, so that each name is compared as a cursor as well.
            let pages = walk(&pool, &Filter::default(), sort, 1).await;
            let mut names: Vec<_> = pages
                .iter()
                .flatten()
                .map(|user| user.display_name.as_str())
                .collect();
            if descending {
                names.reverse();
            }
            assert_eq!(names, ORDER, "{sort}");
        }
    }
}

/// Returns the version of the searched row.
async fn version(pool: &PgPool) -> String {
    let version = sqlx::query_scalar("select xmin::text || ' ' || ctid::text from user_search");
    version.fetch_one(pool).await.unwrap()
}

#[testing::test]
async fn search_text_changes_with_the_names(pool: PgPool) {
    crowd::seed_plain(&pool, 1).await;
    let before = version(&pool).await;
    for change in [
        "update users set last_login_at = now(), last_active_at = now()",
        "update users set username = username, version = version + 1",
    ] {
        sqlx::raw_sql(change).execute(&pool).await.unwrap();
        assert_eq!(version(&pool).await, before, "{change}");
    }
    for (change, found, lost) in [
        (
            "update users set display_name = 'Núñez'",
            "nunez",
            "name:plain",
        ),
        (
            "update users set username = 'joan'",
            "username:joan",
            "username:plain",
        ),
        (
            "update users set email = 'j@example.net'",
            "net",
            "email:org",
        ),
        ("update users set email = null", "joan", "example"),
    ] {
        sqlx::raw_sql(change).execute(&pool).await.unwrap();
        assert_eq!(search(&pool, found).await.1, Some(1), "{change}");
        assert_eq!(search(&pool, lost).await.1, Some(0), "{change}");
    }
    for (change, of_list, of_deleted) in [
        (
            "update users set deleted_at = now(), purge_after = now()",
            0,
            1,
        ),
        (
            "update users set deleted_at = null, purge_after = null",
            1,
            0,
        ),
    ] {
        sqlx::raw_sql(change).execute(&pool).await.unwrap();
        let filter = Filter::parse("nunez").unwrap();
        for (of, expected) in [(UserSet::List, of_list), (UserSet::Deleted, of_deleted)] {
            let counts = count(&pool, &filter, of).await;
            assert_eq!(counts.matching, Some(expected), "{change} {of:?}");
        }
    }
    assert_eq!(db::doctor::recount(&pool).await.unwrap().wrong_search, 0);
}

/// Returns the number of index scans so far.
async fn reads_of_index(pool: &PgPool) -> i64 {
    // The statistics are reported once the connection is idle again.
    let message = sqlx::raw_sql("select pg_stat_force_next_flush()");
    message.execute(pool).await.unwrap();
    let sql = "select idx_scan from pg_stat_user_indexes where indexrelname = 'user_search_grams'";
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

#[testing::test]
async fn rare_matches_use_the_index(options: PgPoolOptions, connect: PgConnectOptions) {
    // One connection, because each one counts its reads and reports them later.
    let pool = options
        .max_connections(1)
        .connect_with(connect)
        .await
        .unwrap();
    crowd::seed_plain(&pool, 20_000).await;
    sqlx::raw_sql("analyze users, user_search")
        .execute(&pool)
        .await
        .unwrap();
    for text in [
        "plain-19999",
        "9999",
        "zzyzxq",
        "name:19999",
        "plain-123 OR plain-456",
        "\"plain 77\"",
    ] {
        let filter = Filter::parse(text).unwrap();
        let before = reads_of_index(&pool).await;
        count(&pool, &filter, UserSet::List).await;
        let counted = reads_of_index(&pool).await;
        assert!(counted > before, "{text} counted");
        let (users, _) = page(&pool, &query(&filter, Sort::default(), 50, Position::First)).await;
        assert!(
            reads_of_index(&pool).await > counted,
            "{text}: {:?}",
            ids(&users)
        );
    }
}
