//! Roles and the signed-in user.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    permission::{Permission, Permissions},
    users::{Unknown, UserBrief, UserId, string_enum},
};

string_enum! {
    /// Kind of a built-in role, which does not change with the name of the role. The word of a kind is the name that its role has
    /// from the start, and no other role can have.
    BuiltinRole {
        /// Every permission, except the [secret](crate::permission::PermissionKind::Secret) ones.
        Admin = "admin",
        /// Everything can be read.
        Auditor = "auditor",
        /// For programs that resolve provider API keys.
        Application = "application",
        /// The role of users without other roles.
        User = "user",
    }
}

/// The signed-in user as of this request: read from the database with the session, never cached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Principal {
    /// The id of the user.
    pub id: UserId,
    /// Name to sign in with, unique among users.
    pub username: String,
    /// Full name of the user, for display.
    pub display_name: String,
    /// Email address, if one is known.
    pub email: Option<String>,
    /// Names of the roles, the most powerful first.
    pub roles: Vec<String>,
    /// Whether one of them is that of administrators.
    pub is_admin: bool,
    /// Permissions granted by the roles together.
    pub permissions: Permissions,
    /// Time zone in which times are shown; `None` for that of the device.
    pub time_zone: Option<String>,
}

impl Principal {
    /// Returns the short form that sign-in responds with.
    #[must_use]
    pub fn brief(&self) -> UserBrief {
        UserBrief {
            id: self.id,
            username: self.username.clone(),
            email: self.email.clone(),
            display_name: self.display_name.clone(),
            is_admin: self.is_admin,
        }
    }

    /// Returns whether the user can change users, and not only see them.
    #[must_use]
    pub fn may_write_users(&self) -> bool {
        self.permissions.include(Permission::UsersWrite)
    }

    /// Returns whether the user can revoke sessions of any user.
    #[must_use]
    pub fn may_write_sessions(&self) -> bool {
        self.permissions.include(Permission::SessionsWrite)
    }

    /// Returns whether the user can open the admin panel at all.
    #[must_use]
    pub fn may_open_panel(&self) -> bool {
        self.permissions.include(Permission::UsersRead)
    }
}

/// Returns a path of this site to continue at, from the value in a link or a form; anything that might lead elsewhere becomes `/`.
#[must_use]
pub fn local_path(next: &str) -> &str {
    // Browsers read `//host` and `/\host` as another host, and drop tabs and line breaks within a URL.
    let leads_elsewhere = !next.starts_with('/')
        || next.starts_with("//")
        || next.contains('\\')
        || next.chars().any(char::is_control);
    if leads_elsewhere { "/" } else { next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_path_rejects_other_sites() {
        for (next, path) in [
            (
                "/users?q=role%3Aadmin&sort=-name",
                "/users?q=role%3Aadmin&sort=-name",
            ),
            ("", "/"),
            ("users", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example/", "/"),
            ("/\tevil", "/"),
            ("/x\r\nSet-Cookie: a=b", "/"),
        ] {
            assert_eq!(local_path(next), path, "{next:?}");
        }
    }
}
