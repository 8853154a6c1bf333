//! Messages that a page shows once about the change before it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

#[cfg(feature = "ssr")]
mod text;

/// A message as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlashMessage {
    /// What happened.
    pub text: String,
    /// To whom, where the text only counts them.
    pub names: Option<String>,
    /// Until when it holds.
    #[serde(with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// How to undo it.
    pub undo: Option<UndoForm>,
}

/// The form that undoes a change. What it undoes is known to the server alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoForm {
    /// Where it is posted to.
    pub action: String,
    /// Names the change.
    pub id: Uuid,
}

/// The field that names the change to undo.
pub const UNDO: &str = "undo";
