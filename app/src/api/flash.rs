//! Flash messages: shown once, on the page after the change.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

#[cfg(feature = "ssr")]
mod text;

/// A flash message, ready to render.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlashMessage {
    /// Text of the message.
    pub text: String,
    /// Names of the changed users, where the text contains only their number.
    pub names: Option<String>,
    /// End of the effect, such as of a suspension.
    #[serde(with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// Form that undoes the change, if it can be undone.
    pub undo: Option<UndoForm>,
}

/// Form that undoes a change. Only the server knows the change; the form holds its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoForm {
    /// Path that the form posts to.
    pub action: String,
    /// Id of the change.
    pub id: Uuid,
}

/// Name of the form field with the id of the change to undo.
pub const UNDO: &str = "undo";
