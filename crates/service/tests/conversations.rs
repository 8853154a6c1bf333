//! Conversations: storing them, sums, filters, looks of others, and the data of their users.

use domain::{
    conversations::{
        AppendedMessages, ConversationDraft, ConversationMessageDraft, ConversationParams,
        FeedbackDraft, FeedbackRating, MessageRole, Rating, message_page,
    },
    error::{Conflict, Entity},
    list::{Limits, PageParams, UnfilteredParams},
    money::Money,
    users::{deletion::Deletion, detail::UserRef},
};
use serde_json::Value;
use service::{
    Error, Services,
    access::{Authorized, ConversationsRead, operator},
    conversations::{self, ConversationFormat},
    exports::Pieces,
    users,
};
use sqlx::PgPool;
use testing::{
    conversations::conversation,
    roles::{assign, role},
};
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    services,
    users::{add, count},
};

fn message(role: MessageRole, tokens: i32, cost: i64) -> ConversationMessageDraft {
    ConversationMessageDraft {
        role,
        content: "Hello".to_owned(),
        tokens,
        cost: Money::from_nanos(cost),
        at: None,
    }
}

fn draft(user: Uuid, external_id: &str) -> ConversationDraft {
    ConversationDraft {
        user_id: user,
        branch: "Physics 101".to_owned(),
        name: "Light".to_owned(),
        external_id: Some(external_id.to_owned()),
        started_at: None,
        messages: Vec::new(),
    }
}

fn feedback(seq: i32, rating: FeedbackRating) -> FeedbackDraft {
    FeedbackDraft {
        seq,
        rating,
        comment: "Clear".to_owned(),
    }
}

async fn find(services: &Services, id: Uuid) -> domain::conversations::Conversation {
    conversations::find(services, &operator(), id)
        .await
        .unwrap()
}

async fn read(mut pieces: Pieces) -> String {
    let mut text = String::new();
    while let Some(piece) = pieces.recv().await {
        text.push_str(&piece.unwrap());
    }
    text
}

/// Asserts that the sums of all conversations are those of their messages.
async fn assert_sums(pool: &PgPool) {
    let recount = db::doctor::recount(pool).await.unwrap();
    assert_eq!(recount.wrong_conversations, 0);
}

#[testing::test]
async fn sums_are_those_of_the_messages(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let mut new = draft(ada, "a");
    new.messages = vec![
        message(MessageRole::User, 10, 1),
        message(MessageRole::Assistant, 20, 2),
    ];
    let created = conversations::create(&services, &operator(), new)
        .await
        .unwrap();
    assert_eq!((created.messages, created.tokens_in), (2, 10));
    let more = vec![message(MessageRole::Tool, 5, 3); 3];
    let appended = conversations::append(&services, &operator(), created.id, more).await;
    let expected = AppendedMessages { first: 3, last: 5 };
    assert_eq!(appended.unwrap(), expected);
    for (rating, likes, dislikes) in [
        (FeedbackRating::Like, 1, 0),
        (FeedbackRating::Dislike, 0, 1),
        (FeedbackRating::None, 0, 0),
        (FeedbackRating::Like, 1, 0),
    ] {
        conversations::set_feedback(&services, &operator(), created.id, feedback(2, rating))
            .await
            .unwrap();
        let now = find(&services, created.id).await;
        assert_eq!((now.likes, now.dislikes), (likes, dislikes));
        assert_eq!(now.has_feedback, likes + dislikes > 0);
    }
    let now = find(&services, created.id).await;
    assert_eq!((now.tokens_in, now.tokens_out), (25, 20));
    assert_eq!((now.messages, now.cost.nanos()), (5, 12));
    assert_sums(&pool).await;
    sqlx::query("delete from conversation_messages where seq in (2, 3)")
        .execute(&pool)
        .await
        .unwrap();
    assert_sums(&pool).await;
}

#[testing::test]
async fn concurrent_messages_have_numbers_of_their_own(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let created = conversations::create(&services, &operator(), draft(ada, "a"))
        .await
        .unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let services = services.clone();
        writers.spawn(async move {
            let messages = vec![message(MessageRole::User, 1, 1); 3];
            conversations::append(&services, &operator(), created.id, messages).await
        });
    }
    while let Some(appended) = writers.join_next().await {
        appended.unwrap().unwrap();
    }
    assert_eq!(find(&services, created.id).await.messages, 60);
    let last = "select max(seq)::bigint from conversation_messages";
    assert_eq!(count(&pool, last).await, 60);
    assert_sums(&pool).await;
}

#[testing::test]
async fn invalid_changes_store_nothing(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    let id = conversation(&pool, ada, "physics", "a").await;
    let create = async |draft| conversations::create(&services, &operator(), draft).await;
    for unknown in [Uuid::nil(), bob] {
        if unknown == bob {
            users::delete(&services, &operator(), bob, &Deletion::default())
                .await
                .unwrap();
        }
        let denied = create(draft(unknown, "b")).await;
        assert!(
            matches!(&denied, Err(Error::Invalid(errors)) if errors.get("user_id").is_some()),
            "{denied:?}"
        );
    }
    let taken = create(draft(ada, "a")).await;
    assert!(
        matches!(&taken, Err(Error::Taken(errors)) if errors.get("external_id").is_some()),
        "{taken:?}"
    );
    let append =
        async |id, messages| conversations::append(&services, &operator(), id, messages).await;
    let hello = || vec![message(MessageRole::User, 1, 1)];
    let missing = append(Uuid::nil(), hello()).await;
    assert!(matches!(
        missing,
        Err(Error::NotFound(Entity::Conversation))
    ));
    let none = append(id, Vec::new()).await;
    assert!(matches!(none, Err(Error::Invalid(_))));
    let missing = feedback(3, FeedbackRating::Like);
    let missing = conversations::set_feedback(&services, &operator(), id, missing).await;
    assert!(matches!(
        missing,
        Err(Error::NotFound(Entity::ConversationMessage))
    ));
    sqlx::query("update conversations set messages = 100000")
        .execute(&pool)
        .await
        .unwrap();
    let full = append(id, hello()).await;
    assert!(matches!(
        full,
        Err(Error::Conflict(Conflict::ConversationFull))
    ));
    let left = "select count(*) from conversation_messages";
    assert_eq!(count(&pool, left).await, 2);
    assert_eq!(count(&pool, "select count(*) from conversations").await, 1);
}

#[testing::test]
async fn filters_narrow_the_list_and_its_totals(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    let first = conversation(&pool, ada, "Physics 101", "a").await;
    conversation(&pool, ada, "Chemistry", "b").await;
    conversation(&pool, bob, "Physics 202", "c").await;
    let like = feedback(2, FeedbackRating::Like);
    conversations::set_feedback(&services, &operator(), first, like)
        .await
        .unwrap();
    for (pairs, expected) in [
        (&[][..], 3),
        (&[("branch", "PHYSICS")], 2),
        (&[("branch", "physics 1"), ("user", "ada")], 1),
        (&[("branch", "biology")], 0),
        (&[("user", "ghost")], 0),
        (&[("feedback", "true")], 1),
        (&[("feedback", "false")], 2),
        (&[("feedback", "likes")], 1),
        (&[("feedback", "dislikes")], 0),
        (&[("from", "7d")], 3),
        (&[("to", "2020")], 0),
        (&[("min_cost", "0.000001")], 3),
        (&[("min_cost", "0.000001001")], 0),
        (&[("max_cost", "0.5")], 3),
        (&[("external_id", "b")], 1),
    ] {
        let params = ConversationParams::from_pairs(|asked| {
            let pair = pairs.iter().find(|(name, _)| *name == asked);
            pair.map(|(_, value)| (*value).to_owned())
        });
        let query = params.parse(Limits::API).unwrap();
        let listed = conversations::list(&services, &operator(), &query).await;
        let page = listed.unwrap().page;
        assert_eq!(page.rows.len(), expected, "{pairs:?}");
        let listing = conversations::list_with_totals(&services, &operator(), &query).await;
        let listing = listing.unwrap();
        assert_eq!(listing.page, page, "{pairs:?}");
        let totals = conversations::totals(&services, &operator(), &params).await;
        let totals = totals.unwrap();
        assert_eq!(listing.totals, totals, "{pairs:?}");
        let number = i64::try_from(expected).unwrap();
        assert_eq!(totals.conversations, number.unsigned_abs(), "{pairs:?}");
        assert_eq!(
            (totals.messages, totals.tokens_out),
            (2 * number, 20 * number)
        );
        assert_eq!(totals.cost.nanos(), 1_000 * number);
        assert!(!totals.or_more);
    }
}

#[testing::test]
async fn looks_at_conversations_of_others_are_audited(pool: PgPool) {
    let services = services(&pool);
    let root = add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    let own = conversation(&pool, root, "physics", "own").await;
    let id = conversation(&pool, ada, "physics", "a").await;
    let reader: Authorized<ConversationsRead> = admin(root);
    let page = message_page(&UnfilteredParams::default(), Limits::API).unwrap();
    let actions = async || -> Vec<String> {
        sqlx::query_scalar("select action from audit_events order by id")
            .fetch_all(&pool)
            .await
            .unwrap()
    };
    let (_, messages) = conversations::list_messages(&services, &reader, own, &page)
        .await
        .unwrap();
    assert_eq!(messages.page.rows.len(), 2);
    conversations::find(&services, &reader, own).await.unwrap();
    assert_eq!(actions().await, [""; 0]);
    conversations::find(&services, &reader, id).await.unwrap();
    conversations::list_messages(&services, &reader, id, &page)
        .await
        .unwrap();
    let json = ConversationFormat::Json;
    let opened = conversations::open(&services, &reader, id, &page).await;
    let opened = opened.unwrap();
    assert_eq!(
        (opened.conversation.id, opened.messages.rows.len()),
        (id, 2)
    );
    let export = conversations::export_one(&services, &reader, id, json).await;
    let file: Value = serde_json::from_str(&read(export.unwrap().pieces).await).unwrap();
    assert_eq!(file["messageList"][1]["content"], "A wave.");
    let params = ConversationParams::default();
    for format in ConversationFormat::ALL {
        let export = conversations::export(&services, &reader, &params, format).await;
        let text = read(export.unwrap().pieces).await;
        assert_eq!(text.matches("A wave.").count(), 2, "{text}");
    }
    assert_eq!(
        actions().await,
        [
            "conversation.viewed",
            "conversation.viewed",
            "conversation.viewed",
            "conversation.exported",
            "conversation.list_exported",
            "conversation.list_exported",
            "conversation.list_exported",
        ]
    );
    let targets = "select count(*) from audit_events where target_label = 'ada' and changes::text not like '%Light%'";
    assert_eq!(count(&pool, targets).await, 4);
}

#[testing::test]
async fn auditors_cannot_read_conversations(pool: PgPool) {
    let ada = add(&pool, "ada", &["user"]).await;
    let auditor = caller(ada, &["*:read"]).require::<ConversationsRead>();
    assert!(matches!(auditor, Err(Error::Forbidden(_))));
    assert!(
        caller(ada, &["conversations:read"])
            .require::<ConversationsRead>()
            .is_ok()
    );
}

#[testing::test]
async fn users_read_only_their_own_conversations(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    let id = conversation(&pool, ada, "physics", "a").await;
    let page = message_page(&UnfilteredParams::default(), Limits::API).unwrap();
    let own = conversations::list_own_messages(&services, &caller(ada, &[]), id, &page).await;
    let (_, messages) = own.unwrap();
    let [_, answer] = messages.page.rows.as_slice() else {
        panic!("{messages:?}");
    };
    assert_eq!((answer.seq, answer.role), (2, MessageRole::Assistant));
    let other = conversations::list_own_messages(&services, &caller(bob, &["*"]), id, &page).await;
    assert!(matches!(other, Err(Error::NotFound(Entity::Conversation))));
    assert_eq!(count(&pool, "select count(*) from audit_events").await, 0);
}

#[testing::test]
async fn conversations_are_data_of_their_users(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let bob = add(&pool, "bob", &["user"]).await;
    let id = conversation(&pool, ada, "physics", "a").await;
    conversation(&pool, ada, "physics", "b").await;
    let dislike = feedback(2, FeedbackRating::Dislike);
    conversations::set_feedback(&services, &operator(), id, dislike)
        .await
        .unwrap();
    let preview = users::preview(&services, &operator(), ada).await.unwrap();
    assert_eq!(
        (preview.counts.conversations, preview.counts.messages),
        (2, 4)
    );
    let found = users::get(&services, &operator(), &UserRef::Id(ada)).await;
    assert_eq!(found.unwrap().conversation_count, 2);
    let export = users::export(&services, &operator(), ada).await.unwrap();
    let file: Value = serde_json::from_str(&read(export.pieces).await).unwrap();
    assert_eq!(file["conversations"].as_array().unwrap().len(), 2);
    assert_eq!(file["conversations"][0]["cost"], "0.000001");
    assert_eq!(file["messages"].as_array().unwrap().len(), 4);
    // A reader of users without the permission for conversations gets none of them.
    let reader = caller(bob, &["users:read"]).require().unwrap();
    let export = users::export(&services, &reader, ada).await.unwrap();
    let text = read(export.pieces).await;
    assert!(!text.contains("A wave."), "{text}");
    let transferred = users::reassign(&services, &operator(), ada, bob, None).await;
    assert_eq!(transferred.unwrap().conversations, 2);
    let moved = users::preview(&services, &operator(), bob).await.unwrap();
    let left = users::preview(&services, &operator(), ada).await.unwrap();
    assert_eq!(
        (moved.counts.conversations, left.counts.conversations),
        (2, 0)
    );
    let deletion = Deletion {
        counts: Some(moved.counts),
        permanent: true,
    };
    users::delete(&services, &operator(), bob, &deletion)
        .await
        .unwrap();
    users::purge::run(&services).await.unwrap();
    let rows = "select (select count(*) from conversations) + (select count(*) from conversation_messages)";
    assert_eq!(count(&pool, rows).await, 0);
}

/// Checks that users who cannot read the conversations of others neither become their owners nor choose another one.
#[testing::test]
async fn transfer_of_conversations_needs_the_permission_to_read_them(pool: PgPool) {
    let services = services(&pool);
    let granted = ["users:read", "users:write"];
    role("keeper").permissions(&granted).insert(&pool).await;
    role("reader")
        .permissions(&["conversations:read"])
        .insert(&pool)
        .await;
    let ada = add(&pool, "ada", &[]).await;
    let eve = add(&pool, "eve", &[]).await;
    let keeper = add(&pool, "keeper", &["keeper"]).await;
    conversation(&pool, ada, "physics", "a").await;
    let owned = async |user: Uuid| {
        let preview = users::preview(&services, &operator(), user).await.unwrap();
        preview.counts.conversations
    };
    let limited = caller(keeper, &granted).require().unwrap();
    for to in [keeper, eve] {
        let denied = users::reassign(&services, &limited, ada, to, None).await;
        assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
        assert_eq!((owned(ada).await, owned(to).await), (1, 0));
    }
    // Without conversations the permission is not needed.
    let nothing = users::reassign(&services, &limited, eve, keeper, None).await;
    assert_eq!(nothing.unwrap().conversations, 0);
    assign(&pool, keeper, &["keeper", "reader"]).await;
    let all = caller(keeper, &["users:write", "conversations:read"]);
    let transferred = users::reassign(&services, &all.require().unwrap(), ada, eve, None).await;
    assert_eq!(transferred.unwrap().conversations, 1);
}

#[testing::test]
async fn due_purge_counts_conversations_and_messages(pool: PgPool) {
    let ada = add(&pool, "ada", &["user"]).await;
    conversation(&pool, ada, "physics", "a").await;
    sqlx::raw_sql("update users set deleted_at = now(), purge_after = now()")
        .execute(&pool)
        .await
        .unwrap();
    db::purge::queue_due(&pool, 10).await.unwrap();
    assert_eq!(count(&pool, "select total from jobs").await, 3);
    users::purge::run(&services(&pool)).await.unwrap();
    let done = "select done from jobs where state = 'done'";
    assert_eq!(count(&pool, done).await, 3);
}

#[testing::test]
async fn long_conversations_have_pages(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let created = conversations::create(&services, &operator(), draft(ada, "a"))
        .await
        .unwrap();
    let long = |seq: usize| ConversationMessageDraft {
        content: format!("{seq} {}", "é".repeat(100_000)),
        ..message(MessageRole::User, 1, 1)
    };
    let messages: Vec<_> = (0..20).map(long).collect();
    conversations::append(&services, &operator(), created.id, messages)
        .await
        .unwrap();
    let mut params = UnfilteredParams::default();
    let mut found = Vec::new();
    let mut pages = 0;
    loop {
        let page = message_page(&params, Limits::API).unwrap();
        let listed = conversations::list_messages(&services, &operator(), created.id, &page).await;
        let (_, listed) = listed.unwrap();
        found.extend(listed.page.rows.iter().map(|message| message.seq));
        pages += 1;
        match listed.page.page_info.after {
            Some(after) => params = params.at(Some(after), None),
            None => break,
        }
    }
    assert_eq!(found, (1..=20).collect::<Vec<i32>>());
    assert!(pages > 2, "{pages}");
    let json = ConversationFormat::Json;
    let export = conversations::export_one(&services, &operator(), created.id, json).await;
    let file: Value = serde_json::from_str(&read(export.unwrap().pieces).await).unwrap();
    assert_eq!(file["messageList"].as_array().unwrap().len(), 20);
}

#[testing::test]
async fn export_sends_a_piece_before_the_messages(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    conversation(&pool, ada, "physics", "a").await;
    let params = ConversationParams::default();
    let json = ConversationFormat::Json;
    let export = conversations::export(&services, &operator(), &params, json).await;
    let mut pieces = export.unwrap().pieces;
    assert_eq!(pieces.recv().await.unwrap().unwrap(), "[");
    let messages = pieces.recv().await.unwrap().unwrap();
    assert!(messages.contains("A wave."), "{messages}");
}

#[testing::test]
async fn feedback_is_returned_with_its_message(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &["user"]).await;
    let id = conversation(&pool, ada, "physics", "a").await;
    let like = feedback(1, FeedbackRating::Like);
    conversations::set_feedback(&services, &operator(), id, like)
        .await
        .unwrap();
    let page = message_page(&UnfilteredParams::default(), Limits::API).unwrap();
    let listed = conversations::list_messages(&services, &operator(), id, &page).await;
    let (_, listed) = listed.unwrap();
    let stored = listed.page.rows[0].feedback.as_ref().unwrap();
    assert_eq!(
        (stored.rating, stored.comment.as_str()),
        (Rating::Like, "Clear")
    );
    assert_eq!(listed.page.rows[1].feedback, None);
}
