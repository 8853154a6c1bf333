//! A page of the list: its rows, where its neighbours begin, and of how many it is a part.

mod cursor;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{list::Place, users::UserSummary};

/// How many users there are, whatever is searched for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// All but those in the bin.
    pub users: u64,
    /// Of them, with the role `admin`.
    pub admins: u64,
    /// Of them, suspended.
    pub suspended: u64,
    /// Of them, waiting for approval.
    pub pending: u64,
    /// In the bin.
    pub deleted: u64,
}

/// A page of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage<T = UserSummary> {
    /// The rows.
    pub users: Vec<T>,
    /// How many there are.
    pub totals: Totals,
    /// Where it lies.
    pub place: Place,
}
