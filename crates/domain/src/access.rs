//! Who may do what.

use serde::{Deserialize, Serialize};

use crate::users::{Status, UserBrief, UserId};

/// Name of the role that may do everything.
pub const ADMIN_ROLE: &str = "admin";
/// Name of the role that everyone has unless given others.
pub const USER_ROLE: &str = "user";

/// One thing that can be permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// See every account with its statistics.
    UsersRead,
}

impl Permission {
    /// Its name in `roles.permissions`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UsersRead => "users:read",
        }
    }
}

/// What the roles of a person permit together: names of permissions, `*` for all, `*:read` for all that only read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(Vec<String>);

impl Permissions {
    /// From the texts of `roles.permissions`.
    #[must_use]
    pub fn new(granted: Vec<String>) -> Self {
        Self(granted)
    }

    /// Whether they include one.
    #[must_use]
    pub fn include(&self, permission: Permission) -> bool {
        let name = permission.as_str();
        self.0.iter().any(|granted| match granted.as_str() {
            "*" => true,
            "*:read" => name.ends_with(":read"),
            exact => exact == name,
        })
    }
}

/// The signed-in person as of this request: read from the database with the session, never remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Principal {
    /// Id.
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Full name.
    pub display_name: String,
    /// Address, if one is known.
    pub email: Option<String>,
    /// Names of the roles, the most powerful first.
    pub roles: Vec<String>,
    /// What the roles permit.
    pub permissions: Permissions,
    /// Always active: nobody else has a session.
    pub status: Status,
    /// When the account was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: time::OffsetDateTime,
    /// When they last signed in.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_login_at: Option<time::OffsetDateTime>,
}

impl Principal {
    /// Whether one of the roles is `admin`.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.roles.iter().any(|role| role == ADMIN_ROLE)
    }

    /// The short form that sign-in answers with.
    #[must_use]
    pub fn brief(&self) -> UserBrief {
        UserBrief {
            id: self.id,
            username: self.username.clone(),
            email: self.email.clone(),
            display_name: self.display_name.clone(),
            is_admin: self.is_admin(),
        }
    }

    /// Whether the panel is for them at all.
    #[must_use]
    pub fn may_open_panel(&self) -> bool {
        self.permissions.include(Permission::UsersRead)
    }
}

/// A path of this site to go on to, from what a link or a form says; anything that might lead elsewhere becomes `/`.
#[must_use]
pub fn local_path(next: &str) -> &str {
    let leads_elsewhere = !next.starts_with('/')
        || next.starts_with("//")
        || next.contains('\\')
        || next.chars().any(char::is_control);
    if leads_elsewhere { "/" } else { next }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(granted: &[&str]) -> Permissions {
        Permissions::new(granted.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn only_paths_of_this_site_are_gone_on_to() {
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

    #[test]
    fn what_a_grant_includes() {
        for (granted, read) in [
            (&["*"][..], true),
            (&["*:read"], true),
            (&["users:read"], true),
            (&["users:write"], false),
            (&["sessions:read"], false),
            (&[], false),
        ] {
            assert_eq!(
                permissions(granted).include(Permission::UsersRead),
                read,
                "{granted:?}"
            );
        }
    }
}
