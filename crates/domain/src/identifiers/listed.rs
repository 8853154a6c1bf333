//! Users in lists of identifiers.

use uuid::Uuid;

use crate::users::{Status, UserId};

/// A user with one identifier, or without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifiedUser {
    /// The id of the user.
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Whether one of the roles is `admin`.
    pub is_admin: bool,
    /// Status of the account.
    pub status: Status,
    /// Name of the most powerful role.
    pub role: Option<String>,
    /// Namespace and text of the identifier; `None` for a user without one.
    pub identifier: Option<(String, String)>,
}

/// Conditions on users in a list of identifiers; all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentifiedFilter {
    /// Beginning of the namespaces whose identifiers are listed.
    pub prefix: String,
    /// Namespaces: users with an identifier in at least one of them. Empty: users with any identifier or none.
    pub namespaces: Vec<String>,
    /// A single user.
    pub user: Option<Uuid>,
    /// Whether one of the roles is `admin`.
    pub is_admin: Option<bool>,
    /// Whether the user is suspended.
    pub is_suspended: Option<bool>,
}
