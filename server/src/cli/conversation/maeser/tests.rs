//! Tests of the reader of logs.

use time::macros::datetime;

use super::*;

const LOG: &str = "branch: karl-g
messages:
- content: 'What is

    light?'
  role: user
- content: A wave.
  context:
  - page_content: none
  cost: 1.5e-05
  execution_time: 1.25
  liked: true
  role: system
  tokens_used: 120
real_name: Alice
session_id: chat-1
time: '2025-03-04 10:20:30'
total_cost: 1.5e-05
total_tokens: 120
user: github.alice123
";

#[test]
fn log_of_maeser_is_read() {
    let modified = datetime!(2025-03-04 10:25 UTC);
    let log = parse(LOG, ["folder", "file"], Some(modified)).unwrap();
    assert_eq!(log.user, "github.alice123");
    let draft = log.draft;
    assert_eq!(
        (draft.branch.as_str(), draft.name.as_str()),
        ("karl-g", "What is")
    );
    assert_eq!(draft.external_id.as_deref(), Some("maeser:karl-g/chat-1"));
    assert_eq!(draft.started_at, Some(datetime!(2025-03-04 10:20:30 UTC)));
    let [question, answer] = draft.messages.as_slice() else {
        panic!("{:?}", draft.messages);
    };
    assert_eq!(question.content, "What is\nlight?");
    assert_eq!((answer.role, answer.tokens), (MessageRole::Assistant, 120));
    assert_eq!((answer.cost.nanos(), answer.at), (15_000, Some(modified)));
    assert_eq!(log.feedback.len(), 1);
    assert_eq!(
        (log.feedback[0].seq, log.feedback[0].rating),
        (2, FeedbackRating::Like)
    );
}

#[test]
fn other_files_are_named() {
    for (text, says) in [
        ("user: ada\nmessages: [1]\n", "line"),
        ("messages: []\n", "`user`"),
        ("user: ada\ntime: yesterday\n", "`time`"),
        (
            "user: ada\nmessages:\n- role: robot\n  content: x\n",
            "message 1",
        ),
        ("user: ada\nmessages:\n- role: user\n", "message 1"),
        (
            "user: ada\nmessages:\n- role: user\n  content: x\n  cost: nan\n",
            "message 1",
        ),
    ] {
        let error = parse(text, ["b", "f"], None).err().unwrap();
        assert!(error.contains(says), "{text}: {error}");
    }
}

#[test]
fn costs_are_rounded_to_nano_dollars() {
    for (text, nanos) in [
        ("0", Some(0)),
        ("0.00123", Some(1_230_000)),
        ("1.5e-05", Some(15_000)),
        ("2e0", Some(2_000_000_000)),
        ("0.0000000015", Some(2)),
        ("1e-400", Some(0)),
        ("0.00012345000000000001", Some(123_450)),
        ("-1", None),
        ("nan", None),
        ("1e400", None),
        ("", None),
    ] {
        assert_eq!(read_cost(text).map(Money::nanos), nanos, "{text}");
    }
}

#[test]
fn times_have_no_time_zone() {
    let expected = Some(datetime!(2025-03-04 10:20:30 UTC));
    for text in [
        "2025-03-04 10:20:30",
        "2025-03-04T11:20:30+01:00",
        "1741083630.25",
    ] {
        assert_eq!(read_time(text), expected, "{text}");
    }
    assert_eq!(read_time("yesterday"), None);
}
