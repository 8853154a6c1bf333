//! Tests of the forms of conversations.

use serde_json::{Value, json};
use time::macros::datetime;

use super::*;
use crate::{
    fields::FieldErrors,
    list::{Limits, ListError, PageParams, Position},
};

const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

fn fields(checked: Result<impl Sized, FieldErrors>) -> Vec<String> {
    let errors = checked.err().unwrap_or_default();
    errors.iter().map(|error| error.field.clone()).collect()
}

fn draft(json: Value) -> ConversationDraft {
    serde_json::from_value(json).unwrap()
}

#[test]
fn draft_reports_every_error() {
    let messages = json!([
        { "role": "user", "content": "Hello", "cost": "0.0012" },
        { "role": "user", "content": "\0", "tokens": -1, "cost": "-0.1", "at": "1969-12-31T23:59:59Z" },
        { "role": "tool", "content": "é".repeat(CONTENT_MAX + 1), "cost": "10000.1", "at": "2026-11-22T12:00:01Z" },
    ]);
    let draft = draft(json!({
        "userId": Uuid::nil(), "branch": " ", "name": "a\u{202e}b", "externalId": "x".repeat(201),
        "startedAt": "2027-01-01T00:00:00Z", "messages": messages
    }));
    assert_eq!(
        fields(draft.check(NOW)),
        [
            "branch",
            "name",
            "external_id",
            "started_at",
            "messages.1.content",
            "messages.1.tokens",
            "messages.1.cost",
            "messages.1.at",
            "messages.2.content",
            "messages.2.cost",
            "messages.2.at",
        ]
    );
}

#[test]
fn costs_are_decimal_texts() {
    let read = |cost: Value| {
        let json = json!({ "role": "user", "content": "", "cost": cost });
        serde_json::from_value::<ConversationMessageDraft>(json)
    };
    assert_eq!(read(json!("0.000000001")).unwrap().cost.nanos(), 1);
    for cost in [
        json!(0.1),
        json!(null),
        json!("1e400"),
        json!("NaN"),
        json!("0.00000000000000000001"),
        json!("99999999999"),
    ] {
        assert!(read(cost.clone()).is_err(), "{cost}");
    }
}

#[test]
fn requests_have_a_limited_number_of_messages() {
    let message = ConversationMessageDraft {
        role: MessageRole::User,
        content: String::new(),
        tokens: 0,
        cost: Money::default(),
        at: None,
    };
    assert_eq!(fields(check_messages(Vec::new(), NOW)), ["messages"]);
    let many = vec![message.clone(); MESSAGES_AT_ONCE + 1];
    assert_eq!(fields(check_messages(many, NOW)), ["messages"]);
    let stored = check_messages(vec![message; MESSAGES_AT_ONCE], NOW).unwrap();
    assert_eq!(stored.last().unwrap().ordinal, 1_000);
}

#[test]
fn rating_none_removes_the_feedback() {
    let draft = |rating| FeedbackDraft {
        seq: 1,
        rating,
        comment: " Good ".to_owned(),
    };
    assert_eq!(draft(FeedbackRating::None).check(), Ok(None));
    let liked = Feedback {
        rating: Rating::Like,
        comment: "Good".to_owned(),
    };
    assert_eq!(draft(FeedbackRating::Like).check(), Ok(Some(liked)));
    let long = FeedbackDraft {
        comment: "x".repeat(COMMENT_MAX + 1),
        ..draft(FeedbackRating::None)
    };
    assert_eq!(fields(long.check()), ["comment"]);
}

fn params(name: &str, value: &str) -> ConversationParams {
    ConversationParams::from_pairs(|asked| (asked == name).then(|| value.to_owned()))
}

fn conversation() -> Conversation {
    Conversation {
        id: Uuid::from_u128(7),
        user_id: Uuid::nil(),
        username: "ada".into(),
        external_id: None,
        branch: "physics".into(),
        name: "Chat".into(),
        started_at: NOW,
        modified_at: NOW,
        messages: 2,
        tokens_in: 3,
        tokens_out: 4,
        cost: Money::from_nanos(5),
        has_feedback: false,
        likes: 0,
        dislikes: 0,
    }
}

#[test]
fn cursors_belong_to_their_order() {
    for key in SORT_KEYS {
        for descending in [true, false] {
            let sort = ConversationSort {
                key: *key,
                descending,
            };
            let cursor = conversation().cursor(sort, 1);
            let page = params("sort", &sort.to_string()).at(Some(cursor.encode()), None);
            let query = page.parse(Limits::API).unwrap();
            assert_eq!(
                (query.sort, query.position),
                (sort, Position::After(cursor))
            );
        }
    }
    let cursor = conversation().cursor(ConversationSort::default(), 1);
    let other = params("sort", "cost").at(Some(cursor.encode()), None);
    assert_eq!(other.parse(Limits::API), Err(ListError::Cursor("after")));
}

#[test]
fn click_on_a_heading_sorts_by_it_and_then_reverses() {
    let sort = ConversationSort::default();
    assert_eq!(sort.to_string(), "-modified");
    let sort = sort.clicked(ConversationSortKey::Cost);
    assert_eq!(sort.to_string(), "-cost");
    let sort = sort.clicked(ConversationSortKey::Cost);
    assert_eq!(sort.to_string(), "cost");
    let sort = sort.clicked(ConversationSortKey::Modified);
    assert_eq!(sort, ConversationSort::default());
}

#[test]
fn invalid_parameters_are_rejected() {
    for (name, value) in [
        ("sort", "name"),
        ("feedback", "yes"),
        ("from", "yesterday"),
        ("min_cost", "1e400"),
        ("max_cost", "0.0000000001"),
        ("limit", "0"),
        ("after", "x"),
    ] {
        let error = params(name, value).parse(Limits::API).unwrap_err();
        assert_eq!(error.parameter(), Some(name), "{value}");
    }
    let filter = params("min_cost", "0.5").filter().unwrap();
    assert_eq!(filter.min_cost, Some(Money::from_nanos(500_000_000)));
    assert_eq!(
        params("user", " ").filter(),
        Ok(ConversationFilter::default())
    );
}
