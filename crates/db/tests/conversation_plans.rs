//! Query plans of conversations: with many of them a page reads few rows, and no large table is scanned.

use db::conversations::{self, ConversationConditions, messages, search};
use domain::{
    conversations::{ConversationParams, message_page},
    list::{Limits, PageParams, Position, UnfilteredParams},
};
use sqlx::PgPool;
use testing::crowd::crowd;
use time::OffsetDateTime;
use uuid::Uuid;

/// Inserts 20,000 conversations of 1,000 users in 100 branches, each 500th with feedback, and one with 5,000 messages.
const WORLD: &str = "
    insert into conversations (
        id, user_id, branch, name, started_at, modified_at, tokens_in, cost_nanos, likes
    )
    select md5('conversation' || n)::uuid, u.id, 'branch ' || n % 100, 'Chat', now() - n * interval '1 minute',
        now() - n * interval '1 minute', n % 1000, n * 7 % 5000, case n % 500 when 0 then 1 else 0 end
    from generate_series(1, 20000) n join users u on u.number = 1 + n % 1000;
    insert into conversation_messages (conversation_id, seq, id, role, content, at)
    select md5('conversation1')::uuid, n, uuid_v7(now()), 'user', 'Hello', now() from generate_series(1, 5000) n;
    vacuum analyze users, conversations, conversation_messages";

/// Maximum number of rows that a statement may read.
const LOOKED_AT_MAX: i64 = 500;

/// Returns the number of sequential scans and of rows read in this transaction so far.
async fn looked_at(connection: &mut sqlx::PgConnection) -> (i64, i64) {
    sqlx::query_as(
        "select sum(seq_scan)::bigint, sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
        from pg_stat_xact_user_tables where relname in ('users', 'conversations', 'conversation_messages')",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

/// Runs a query and checks the number of rows read for it.
async fn check<T>(
    pool: &PgPool,
    what: &str,
    query: impl AsyncFnOnce(&mut sqlx::PgConnection) -> T,
) -> T {
    let mut transaction = pool.begin().await.unwrap();
    let before = looked_at(&mut transaction).await;
    let found = query(&mut *transaction).await;
    let after = looked_at(&mut transaction).await;
    assert_eq!(after.0, before.0, "a sequential scan for {what}");
    let rows = after.1 - before.1;
    assert!(rows <= LOOKED_AT_MAX, "{rows} rows were read for {what}");
    found
}

#[testing::test]
async fn pages_read_few_rows(pool: PgPool) {
    crowd(1_000, "user-", "Name ").insert(&pool).await;
    for statement in WORLD.split(';') {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
    let user = testing::users::id_of(&pool, "user-10").await;
    let branches = ["branch 7".to_owned()];
    for (sort, feedback, user, branches) in [
        ("", None, None, None),
        ("modified", None, None, None),
        ("-created", None, None, None),
        ("-tokens", None, None, None),
        ("cost", None, None, None),
        ("", Some("likes"), None, None),
        ("", None, Some(user), None),
        ("-cost", None, Some(user), None),
        ("", None, None, Some(&branches[..])),
    ] {
        let params = ConversationParams {
            sort: Some(sort.to_owned()),
            feedback: feedback.map(str::to_owned),
            ..ConversationParams::default()
        };
        let mut query = params.sized(20).parse(Limits::API).unwrap();
        let what = format!("{params:?} {user:?} {branches:?}");
        for _ in 0..2 {
            let filter = query.filter.clone();
            let conditions = ConversationConditions {
                filter: &filter,
                user,
                branches,
                ids: None,
                now: OffsetDateTime::UNIX_EPOCH,
            };
            let (page, more) = check(&pool, &what, async |connection| {
                conversations::list_page(connection, &query, conditions)
                    .await
                    .unwrap()
            })
            .await;
            let Some(last) = page.last().filter(|_| more) else {
                break;
            };
            query.position = Position::After(last.cursor(query.sort, 20));
        }
    }
}

#[testing::test]
async fn branches_and_messages_read_few_rows(pool: PgPool) {
    crowd(1_000, "user-", "Name ").insert(&pool).await;
    for statement in WORLD.split(';') {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
    let found = check(&pool, "branches", async |connection| {
        conversations::list_branches(connection, "BRANCH 1")
            .await
            .unwrap()
    })
    .await;
    assert_eq!(found.len(), 11);
    let id: Uuid = sqlx::query_scalar("select md5('conversation1')::uuid")
        .fetch_one(&pool)
        .await
        .unwrap();
    let mut page = message_page(&UnfilteredParams::default(), Limits::API).unwrap();
    for _ in 0..2 {
        let (rows, more) = check(&pool, "messages", async |connection| {
            messages::list_page(connection, id, &page).await.unwrap()
        })
        .await;
        assert!(rows.len() == 100 && more);
        page.position = Position::After(rows[99].cursor(id, 100));
    }
}

/// Returns the number of scans of the index of words so far.
async fn scans(connection: &mut sqlx::PgConnection) -> i64 {
    sqlx::query_scalar(
        "select pg_stat_get_xact_numscans('conversation_messages_by_words'::regclass)",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

#[testing::test]
async fn words_are_found_by_their_index(pool: PgPool) {
    crowd(1_000, "user-", "Name ").insert(&pool).await;
    for statement in WORLD.split(';') {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
    sqlx::raw_sql(
        "update conversation_messages set content = 'Gravity' where seq = 7;
        insert into conversation_messages (conversation_id, seq, id, role, content, at)
        select md5('conversation2')::uuid, n, uuid_v7(now()), 'user', 'Light', now() from generate_series(1, 10001) n",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert!(search::set_index(&pool, true).await.unwrap());
    let find = async |words: &'static str| {
        let mut transaction = pool.begin().await.unwrap();
        let before = scans(&mut transaction).await;
        let found = search::find(&mut transaction, words).await.unwrap();
        assert_eq!(scans(&mut transaction).await - before, 1, "{words}");
        found
    };
    let found = check(&pool, "a rare word", async |connection| {
        search::find(connection, "gravity").await.unwrap()
    })
    .await;
    let id: Uuid = sqlx::query_scalar("select md5('conversation1')::uuid")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(found, Some(vec![id]));
    for (words, expected) in [
        ("gravity", Some(vec![id])),
        // Of 4,999 messages.
        ("hello", Some(vec![id])),
        ("light", None),
        ("darkness", Some(Vec::new())),
    ] {
        assert_eq!(find(words).await, expected, "{words}");
    }
}
