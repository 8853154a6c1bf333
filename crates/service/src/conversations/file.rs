//! Parts of an exported file: JSON, YAML and CSV.

use domain::conversations::{Conversation, ConversationMessage};
use serde::Serialize;
use serde_json::Value;
use time::format_description::well_known::Rfc3339;

use super::ConversationFormat as Format;
use crate::{
    Error,
    audit::csv::{cell, line},
};

/// Header row of a CSV file.
const HEADER: &str =
    "conversationId,userId,username,branch,name,seq,at,role,content,tokens,cost,rating,comment\r\n";

/// Returns the start of a file with several conversations or one.
pub(super) fn head(format: Format, is_list: bool) -> &'static str {
    match (format, is_list) {
        (Format::Json, true) => "[",
        (Format::Csv, _) => HEADER,
        (Format::Json | Format::Yaml, _) => "",
    }
}

/// Returns the end of a file with several conversations or one.
pub(super) fn tail(format: Format, is_list: bool) -> &'static str {
    match (format, is_list) {
        (Format::Json, true) => "]\n",
        (Format::Json, false) => "\n",
        (Format::Yaml | Format::Csv, _) => "",
    }
}

/// Returns the text between two conversations.
pub(super) fn separator(format: Format) -> &'static str {
    match format {
        Format::Json => ",\n",
        Format::Yaml | Format::Csv => "",
    }
}

/// Appends the start of a conversation.
pub(super) fn begin(
    format: Format,
    conversation: &Conversation,
    piece: &mut String,
) -> Result<(), Error> {
    match format {
        Format::Json => {
            let object = json(conversation)?.to_string();
            piece.push_str(object.strip_suffix('}').unwrap_or(&object));
            piece.push_str(",\"messageList\":[");
        }
        Format::Yaml => {
            piece.push_str("---\n");
            push_fields(&json(conversation)?, "", "", piece);
            piece.push_str("messageList:");
        }
        Format::Csv => {}
    }
    Ok(())
}

/// Appends a message.
pub(super) fn message(
    format: Format,
    conversation: &Conversation,
    message: &ConversationMessage,
    is_first: bool,
    piece: &mut String,
) -> Result<(), Error> {
    match format {
        Format::Json => {
            piece.push_str(if is_first { "\n" } else { ",\n" });
            piece.push_str(&json(message)?.to_string());
        }
        Format::Yaml => {
            piece.push_str(if is_first { "\n" } else { "" });
            push_fields(&json(message)?, "- ", "  ", piece);
        }
        Format::Csv => piece.push_str(&row(conversation, message)?),
    }
    Ok(())
}

/// Appends the end of a conversation.
pub(super) fn end(format: Format, is_empty: bool, piece: &mut String) {
    match format {
        Format::Json => piece.push_str("]}"),
        Format::Yaml if is_empty => piece.push_str(" []\n"),
        Format::Yaml | Format::Csv => {}
    }
}

fn json(value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.into()))
}

/// Appends the fields of an object as lines of YAML, the first one with its own indentation.
fn push_fields(object: &Value, first: &str, indentation: &str, piece: &mut String) {
    let fields = object.as_object().into_iter().flatten();
    for (number, (name, value)) in fields.enumerate() {
        piece.push_str(if number == 0 { first } else { indentation });
        piece.push_str(name);
        piece.push_str(": ");
        push_value(value, piece);
        piece.push('\n');
    }
}

/// Appends a value in the flow style of YAML.
fn push_value(value: &Value, piece: &mut String) {
    match value {
        Value::String(text) => push_text(text, piece),
        Value::Object(fields) => {
            piece.push('{');
            for (number, (name, value)) in fields.iter().enumerate() {
                piece.push_str(if number == 0 { "" } else { ", " });
                piece.push_str(name);
                piece.push_str(": ");
                push_value(value, piece);
            }
            piece.push('}');
        }
        other => piece.push_str(&other.to_string()),
    }
}

/// Appends a text in double quotes. What YAML does not allow as it is, is escaped.
fn push_text(text: &str, piece: &mut String) {
    piece.push('"');
    for character in text.chars() {
        match character {
            '"' => piece.push_str("\\\""),
            '\\' => piece.push_str("\\\\"),
            '\n' => piece.push_str("\\n"),
            '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => {
                push_escape(character, piece);
            }
            character if character.is_control() => push_escape(character, piece),
            character => piece.push(character),
        }
    }
    piece.push('"');
}

fn push_escape(character: char, piece: &mut String) {
    piece.push_str(&format!("\\u{:04X}", u32::from(character)));
}

/// Returns the row of a message.
fn row(conversation: &Conversation, message: &ConversationMessage) -> Result<String, Error> {
    let at = message.at.format(&Rfc3339);
    let at = at.map_err(|error| Error::Internal(error.into()))?;
    let feedback = message.feedback.as_ref();
    Ok(line([
        cell(&conversation.id.to_string()),
        cell(&conversation.user_id.to_string()),
        cell(&conversation.username),
        cell(&conversation.branch),
        cell(&conversation.name),
        message.seq.to_string(),
        cell(&at),
        cell(message.role.as_str()),
        cell(&message.content),
        message.tokens.to_string(),
        message.cost.to_string(),
        cell(feedback.map_or("", |feedback| feedback.rating.as_str())),
        cell(feedback.map_or("", |feedback| feedback.comment.as_str())),
    ]))
}

#[cfg(test)]
mod tests {
    use domain::{
        conversations::{Feedback, MessageRole, Rating},
        money::Money,
    };
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    fn conversation() -> Conversation {
        Conversation {
            id: Uuid::nil(),
            user_id: Uuid::nil(),
            username: "ada".into(),
            external_id: None,
            branch: "physics".into(),
            name: "=1+2".into(),
            started_at: datetime!(2026-11-21 12:00 UTC),
            modified_at: datetime!(2026-11-21 12:00 UTC),
            messages: 1,
            tokens_in: 0,
            tokens_out: 7,
            cost: Money::from_nanos(1),
            has_feedback: true,
            likes: 1,
            dislikes: 0,
        }
    }

    fn answer() -> ConversationMessage {
        ConversationMessage {
            seq: 1,
            role: MessageRole::Assistant,
            content: "a \"b\"\n\u{7}\u{85}: é".into(),
            tokens: 7,
            cost: Money::from_nanos(1),
            feedback: Some(Feedback {
                rating: Rating::Like,
                comment: "Good".into(),
            }),
            at: datetime!(2026-11-21 12:00 UTC),
        }
    }

    fn file(format: Format, messages: &[ConversationMessage]) -> String {
        let mut piece = head(format, true).to_owned();
        begin(format, &conversation(), &mut piece).unwrap();
        for (number, one) in messages.iter().enumerate() {
            message(format, &conversation(), one, number == 0, &mut piece).unwrap();
        }
        end(format, messages.is_empty(), &mut piece);
        piece.push_str(tail(format, true));
        piece
    }

    #[test]
    fn json_is_a_list_of_objects() {
        for messages in [&[][..], &[answer(), answer()]] {
            let read: Value = serde_json::from_str(&file(Format::Json, messages)).unwrap();
            let list = read[0]["messageList"].as_array().unwrap();
            assert_eq!(list.len(), messages.len());
            assert_eq!(read[0]["messages"], 1);
        }
    }

    #[test]
    fn yaml_has_no_character_that_has_to_be_escaped() {
        let text = file(Format::Yaml, &[answer()]);
        assert!(text.starts_with("---\n"), "{text}");
        assert!(text.contains("messageList:\n- "), "{text}");
        let content = r#"content: "a \"b\"\n\u0007\u0085: é""#;
        assert!(text.contains(content), "{text}");
        assert!(text.contains("feedback: {"), "{text}");
        assert!(file(Format::Yaml, &[]).ends_with("messageList: []\n"));
    }

    #[test]
    fn csv_has_no_formula() {
        let text = file(Format::Csv, &[answer()]);
        let (header, row) = text.split_once("\r\n").unwrap();
        assert_eq!(header.split(',').count(), 13);
        assert!(row.contains("\"'=1+2\""), "{row}");
        assert!(row.ends_with("\"like\",\"Good\"\r\n"), "{row}");
    }
}
