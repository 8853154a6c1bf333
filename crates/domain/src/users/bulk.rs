//! One deed to several people at once.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{UserId, suspension::SuspensionDraft};
use crate::object::{object, objects, present};

/// Most people at once: those of the longest page.
pub const BULK_MAX: usize = 100;

/// What is done to each of them. With empty fields, because of one without any serde lets fields pass that are not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "action", deny_unknown_fields)]
pub enum BulkAction {
    /// Suspend them.
    Suspend(SuspensionDraft),
    /// Lift their suspensions.
    Unsuspend {},
    /// End their sessions.
    EndSessions {},
    /// Put them into the bin, or remove them for good where there is none.
    Delete {},
    /// Take them out of the bin.
    Restore {},
}

/// Somebody who was selected, as they were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    /// Who.
    pub id: Uuid,
    /// The version of their account that was on the screen.
    pub version: i32,
}

/// A request to change several people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkRequest {
    /// What to do.
    #[serde(deserialize_with = "object")]
    pub action: BulkAction,
    /// To whom.
    #[serde(deserialize_with = "objects")]
    #[schema(min_items = 1, max_items = 100)]
    pub users: Vec<Selected>,
    /// How many the preview said would change. None: only tell who would.
    #[serde(
        default, deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    pub expected: Option<usize>,
}

/// What happens to one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkItem {
    /// Who.
    pub id: UserId,
    /// Name to sign in with; empty if there is nobody of this id.
    pub username: String,
    /// Why nothing is done to them; they change if absent.
    pub skipped: Option<String>,
}

/// What happens to each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkOutcome {
    /// How many change.
    pub changed: usize,
    /// Each of them, in the order of the request.
    pub items: Vec<BulkItem>,
    /// Until when those who are deleted can be restored; not at all if absent.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub restorable_until: Option<OffsetDateTime>,
}
