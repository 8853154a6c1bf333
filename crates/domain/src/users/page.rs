//! A page of the user list, with the totals by status.

mod cursor;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{list::Page, users::UserSummary};

/// Number of users by status, regardless of any search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// Number of users, without deleted ones.
    pub users: u64,
    /// Number of these with the role `admin`.
    pub admins: u64,
    /// Number of these that are suspended.
    pub suspended: u64,
    /// Number of these whose registration is pending.
    pub pending: u64,
    /// Number of deleted users that can still be restored.
    pub deleted: u64,
}

/// A page of users, with the number of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage<T = UserSummary> {
    /// The users, and the position of the page in the list.
    pub users: Page<T>,
    /// Number of users by status.
    pub totals: Totals,
}
