//! Users by their numbers, as the clients of other systems see them.

use serde_json::{Map, Value};

/// A user in a list that is ordered by number.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberedUser {
    /// Number of the user, which never changes.
    pub number: i64,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Email address, if one is known.
    pub email: Option<String>,
    /// Names of the roles, most powerful first.
    pub roles: Vec<String>,
    /// Numbers of the clients whose data the user can see.
    pub client_list: Vec<i32>,
    /// Notification preferences, a JSON object.
    pub notification_preferences: Map<String, Value>,
}
