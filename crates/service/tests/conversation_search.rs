//! Search for words of messages: its setting, its index, its results and its audit log entries.

use std::sync::Arc;

use domain::{
    conversations::{ConversationParams, ConversationQuery},
    error::Conflict,
    list::{Limits, ListError},
};
use service::{
    Error, Services,
    access::{Authorized, ConversationsRead, operator},
    conversations::{self, ConversationFormat},
    settings::Settings,
};
use sqlx::PgPool;
use testing::conversations::conversation;
use uuid::Uuid;

use crate::support::{
    callers::admin,
    services,
    users::{add, count},
};

/// Number of indexes of words, complete or not.
const INDEXES: &str =
    "select count(*) from pg_class where relname = 'conversation_messages_by_words'";
const ENTRIES: &str = "select count(*) from audit_events";

fn searching(pool: &PgPool) -> Services {
    let settings = Settings {
        conversation_search: true,
        ..Settings::default()
    };
    Services {
        settings: Arc::new(settings),
        ..services(pool)
    }
}

fn params(words: &str) -> ConversationParams {
    ConversationParams {
        q: Some(words.to_owned()),
        ..ConversationParams::default()
    }
}

fn query(params: &ConversationParams) -> ConversationQuery {
    params.parse(Limits::API).unwrap()
}

/// Returns the names of the conversations found, or the error.
async fn search(services: &Services, words: &str) -> Result<Vec<String>, Error> {
    let listed = conversations::list(services, &operator(), &query(&params(words))).await?;
    let mut names: Vec<String> = listed.page.rows.into_iter().map(|row| row.name).collect();
    names.sort_unstable();
    Ok(names)
}

/// Replaces the text of the first message of a conversation.
async fn write(pool: &PgPool, conversation: Uuid, content: &str) {
    sqlx::query(
        "update conversation_messages set content = $2 where conversation_id = $1 and seq = 1",
    )
    .bind(conversation)
    .bind(content)
    .execute(pool)
    .await
    .unwrap();
}

#[testing::test]
async fn search_is_off_by_default(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    conversation(&pool, ada, "physics", "a").await;
    assert!(conversations::prepare_search(&services).await.unwrap());
    assert_eq!(count(&pool, INDEXES).await, 0);
    let denied = search(&services, "light").await;
    assert!(
        matches!(denied, Err(Error::List(ListError::SearchOff))),
        "{denied:?}"
    );
    assert_eq!(count(&pool, ENTRIES).await, 0);
}

#[testing::test]
async fn search_waits_for_a_complete_index(pool: PgPool) {
    let services = searching(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    conversation(&pool, ada, "physics", "a").await;
    let is_incomplete = async || {
        let denied = search(&services, "light").await;
        matches!(
            denied,
            Err(Error::Conflict(Conflict::SearchIndexIncomplete))
        )
    };
    assert!(is_incomplete().await);
    // A build waits for the writer, and leaves an incomplete index when it is cancelled.
    let mut writer = pool.begin().await.unwrap();
    sqlx::query("lock table conversation_messages in row exclusive mode")
        .execute(&mut *writer)
        .await
        .unwrap();
    let mut builder = pool.acquire().await.unwrap();
    sqlx::raw_sql("set statement_timeout = '200ms'")
        .execute(&mut *builder)
        .await
        .unwrap();
    let cancelled = sqlx::raw_sql(
        "create index concurrently conversation_messages_by_words on conversation_messages
        using gin (message_words(content))",
    )
    .execute(&mut *builder)
    .await;
    assert!(cancelled.is_err());
    sqlx::raw_sql("reset statement_timeout")
        .execute(&mut *builder)
        .await
        .unwrap();
    drop(builder);
    writer.rollback().await.unwrap();
    assert_eq!(count(&pool, INDEXES).await, 1);
    assert!(is_incomplete().await);
    assert_eq!(count(&pool, ENTRIES).await, 0);
    for _ in 0..2 {
        assert!(conversations::prepare_search(&services).await.unwrap());
        assert_eq!(search(&services, "light").await.unwrap(), ["a"]);
    }
}

#[testing::test]
async fn index_is_prepared_by_one_process(pool: PgPool) {
    let services = searching(&pool);
    let mut other = pool.acquire().await.unwrap();
    sqlx::query("select pg_advisory_lock(hashtext('rollcall.message_words'))")
        .execute(&mut *other)
        .await
        .unwrap();
    assert!(!conversations::prepare_search(&services).await.unwrap());
    assert_eq!(count(&pool, INDEXES).await, 0);
    sqlx::query("select pg_advisory_unlock_all()")
        .execute(&mut *other)
        .await
        .unwrap();
    assert!(conversations::prepare_search(&services).await.unwrap());
    assert_eq!(count(&pool, INDEXES).await, 1);
}

#[testing::test]
async fn conversations_are_found_by_the_words_of_one_message(pool: PgPool) {
    let services = searching(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    for (user, name, content) in [
        (ada, "a", "Why is the sky blue, Zoë?"),
        (bob, "b", "The SKY at night is black."),
        (ada, "c", "Café"),
    ] {
        let id = conversation(&pool, user, "physics", name).await;
        write(&pool, id, content).await;
    }
    conversations::prepare_search(&services).await.unwrap();
    for (words, expected) in [
        ("sky", &["a", "b"][..]),
        ("Blue SKY", &["a"]),
        ("blue\tsky", &["a"]),
        ("zoe", &["a"]),
        ("CAFE", &["c"]),
        ("night, black!", &["b"]),
        // Both answers have this word.
        ("wave", &["a", "b", "c"]),
        // The words of two messages, a part of a word, and no word.
        ("sky wave", &[]),
        ("bla", &[]),
        ("?!", &[]),
        ("' | ! & (", &[]),
    ] {
        let found = search(&services, words).await.unwrap();
        assert_eq!(found, expected, "{words}");
    }
    let own = ConversationParams {
        user: Some("ada".to_owned()),
        ..params("sky")
    };
    let listing = conversations::list_with_totals(&services, &operator(), &query(&own)).await;
    let listing = listing.unwrap();
    assert_eq!((listing.page.rows.len(), listing.totals.messages), (1, 2));
    let totals = conversations::totals(&services, &operator(), &own).await;
    assert_eq!(totals.unwrap(), listing.totals);
    let csv = ConversationFormat::Csv;
    let export = conversations::export(&services, &operator(), &own, csv).await;
    let mut pieces = export.unwrap().pieces;
    let mut file = String::new();
    while let Some(piece) = pieces.recv().await {
        file.push_str(&piece.unwrap());
    }
    assert!(file.contains("blue") && !file.contains("black"), "{file}");
    // Without the setting the index is dropped.
    conversations::prepare_search(&crate::support::services(&pool))
        .await
        .unwrap();
    assert_eq!(count(&pool, INDEXES).await, 0);
}

#[testing::test]
async fn long_messages_can_be_stored_with_the_index(pool: PgPool) {
    let services = searching(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let id = conversation(&pool, ada, "physics", "a").await;
    conversations::prepare_search(&services).await.unwrap();
    // Each character is a letter of four bytes, or expands to 18.
    let letters = ('\u{20000}'..='\u{2a000}').cycle().take(160_000);
    let mut words = String::from("first ");
    for (n, letter) in letters.enumerate() {
        words.push(letter);
        words.push_str(if n % 8 == 7 { " " } else { "" });
    }
    words.push_str(" last");
    for content in [words, format!("first {}", "\u{fdfa} ".repeat(20_000))] {
        write(&pool, id, &content).await;
        assert_eq!(search(&services, "first").await.unwrap(), ["a"]);
        assert!(search(&services, "last").await.unwrap().is_empty());
    }
}

#[testing::test]
async fn searches_are_audited_without_their_results(pool: PgPool) {
    let services = searching(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    conversation(&pool, ada, "physics", "a").await;
    conversations::prepare_search(&services).await.unwrap();
    let reader: Authorized<ConversationsRead> = admin(root);
    for (words, user) in [("light", None), ("darkness", Some("ada"))] {
        let params = ConversationParams {
            user: user.map(str::to_owned),
            ..params(words)
        };
        let query = query(&params);
        conversations::list(&services, &reader, &query)
            .await
            .unwrap();
    }
    let plain = query(&ConversationParams::default());
    conversations::list(&services, &reader, &plain)
        .await
        .unwrap();
    let entries: Vec<(String, String, String)> =
        sqlx::query_as("select action, target_label, changes::text from audit_events order by id")
            .fetch_all(&pool)
            .await
            .unwrap();
    let entry = |filter: &str| {
        let changes = format!(r#"{{"filter": [null, "{filter}"]}}"#);
        let (action, target) = ("conversation.searched", "conversations");
        (action.to_owned(), target.to_owned(), changes)
    };
    assert_eq!(entries, [entry("q=light"), entry("q=darkness user=ada")]);
}

#[testing::test]
async fn revoked_permission_finds_nothing(pool: PgPool) {
    let services = searching(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    add(&pool, "other", &["admin"]).await;
    conversations::prepare_search(&services).await.unwrap();
    let reader: Authorized<ConversationsRead> = admin(root);
    sqlx::query("delete from user_roles where user_id = $1")
        .bind(root)
        .execute(&pool)
        .await
        .unwrap();
    let denied = conversations::list(&services, &reader, &query(&params("light"))).await;
    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
    assert_eq!(count(&pool, ENTRIES).await, 0);
}
