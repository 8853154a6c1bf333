//! A message of a conversation. Its content is data of other programs: it is shown as text, whatever markup it has.

use ::time::OffsetDateTime;
use domain::conversations::{ConversationMessage, Feedback, MessageRole, Rating};
use leptos::prelude::*;

use crate::{
    components::{rows::KeyedRow, time::Ago},
    format::dollars,
    labels::conversations::message_role,
    text,
};

/// Renders a message.
pub(super) fn message(message: ConversationMessage, now: OffsetDateTime) -> KeyedRow {
    let class = match message.role {
        MessageRole::User => "message message-own",
        MessageRole::Assistant | MessageRole::System | MessageRole::Tool => "message",
    };
    let tokens = text::conversations::token_count(message.tokens.unsigned_abs().into());
    let seq = message.seq;
    let row = view! {
        <li class=class>
            <p class="message-head">
                <b>{message_role(message.role)}</b>
                " "
                <Ago at=message.at now=now />
                " "
                <span>{tokens}</span>
                " "
                <span>{dollars(message.cost)}</span>
            </p>
            <p>
                <bdi class="message-text">{message.content}</bdi>
            </p>
            {message.feedback.map(feedback)}
        </li>
    };
    KeyedRow::new(seq, row)
}

/// Renders the feedback of the user on a message.
fn feedback(feedback: Feedback) -> AnyView {
    let (class, label) = match feedback.rating {
        Rating::Like => ("badge tone-success", text::conversations::liked()),
        Rating::Dislike => ("badge tone-danger", text::conversations::disliked()),
    };
    view! {
        <p>
            <span class=class>{label}</span>
            " "
            <bdi class="message-text">{feedback.comment}</bdi>
        </p>
    }
    .into_any()
}
