//! Roles, permissions and the signed-in user.

use serde::{Deserialize, Serialize};

use crate::users::{Status, UserBrief, UserId};

/// Name of the role with every permission, except [`Permission::ApiKeysResolve`].
pub const ADMIN_ROLE: &str = "admin";
/// Name of the role that a user without other roles has.
pub const USER_ROLE: &str = "user";

/// A permission that a role can grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// See every user with their statistics.
    UsersRead,
    /// Create, change, suspend, delete and restore users.
    UsersWrite,
    /// See the sessions of all users.
    SessionsRead,
    /// Revoke sessions of any user.
    SessionsWrite,
    /// See pending registrations and invitations.
    RegistrationsRead,
    /// Approve and reject registrations, and invite users.
    RegistrationsWrite,
    /// See that provider API keys exist, never their values.
    ApiKeysRead,
    /// Store the system's provider API keys, and revoke those of any user.
    ApiKeysWrite,
    /// Read the provider API key of a user in plain text: for a host application that calls the provider on the user's behalf.
    ApiKeysResolve,
    /// See the access tokens of all users, never their values.
    TokensRead,
    /// Revoke access tokens of any user.
    TokensWrite,
    /// See the audit log, the jobs and the settings.
    AuditRead,
}

impl Permission {
    /// Every permission once, in the order of the variants.
    pub const ALL: [Self; 12] = [
        Self::UsersRead,
        Self::UsersWrite,
        Self::SessionsRead,
        Self::SessionsWrite,
        Self::RegistrationsRead,
        Self::RegistrationsWrite,
        Self::ApiKeysRead,
        Self::ApiKeysWrite,
        Self::ApiKeysResolve,
        Self::TokensRead,
        Self::TokensWrite,
        Self::AuditRead,
    ];

    /// Returns its name in `roles.permissions`, which is also the name of the token scope.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
            Self::SessionsRead => "sessions:read",
            Self::SessionsWrite => "sessions:write",
            Self::RegistrationsRead => "registrations:read",
            Self::RegistrationsWrite => "registrations:write",
            Self::ApiKeysRead => "api-keys:read",
            Self::ApiKeysWrite => "api-keys:write",
            Self::ApiKeysResolve => "api-keys:resolve",
            Self::TokensRead => "tokens:read",
            Self::TokensWrite => "tokens:write",
            Self::AuditRead => "audit:read",
        }
    }
}

/// Permissions of a user from all roles together: names of permissions, `*` for all, `*:read` for all that only read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(Vec<String>);

impl Permissions {
    /// Wraps the texts of `roles.permissions`. Unknown names permit nothing.
    #[must_use]
    pub fn new(assigned: Vec<String>) -> Self {
        Self(assigned)
    }

    /// Returns every permission (`*`), which the operator of the server has.
    #[must_use]
    pub fn all() -> Self {
        Self(vec!["*".to_owned()])
    }

    /// Returns whether a permission is included. [`Permission::ApiKeysResolve`] has to be granted by name: `*` does not include it. An
    /// admin can grant it, which is audited, but does not hold it.
    #[must_use]
    pub fn include(&self, permission: Permission) -> bool {
        match permission {
            Permission::ApiKeysResolve => self.0.iter().any(|name| name == permission.as_str()),
            _ => self.covers(permission.as_str()),
        }
    }

    /// Returns the permissions that are both held and in `allowed`, each by its name: those that an owner's access token has.
    #[must_use]
    pub fn within(&self, allowed: &[Permission]) -> Self {
        let left = allowed
            .iter()
            .filter(|permission| self.include(**permission));
        Self(
            left.map(|permission| permission.as_str().to_owned())
                .collect(),
        )
    }

    /// Returns whether all of `others` are included. A caller who lacks one of a user's permissions cannot manage that user.
    #[must_use]
    pub fn include_all(&self, others: &Self) -> bool {
        others.0.iter().all(|name| self.covers(name))
    }

    fn covers(&self, name: &str) -> bool {
        self.0.iter().any(|assigned| match assigned.as_str() {
            "*" => true,
            "*:read" => name.ends_with(":read"),
            exact => exact == name,
        })
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
    /// Permissions granted by the roles together.
    pub permissions: Permissions,
    /// Status of the account; always active, since no other status has a session.
    pub status: Status,
    /// Time of the account's creation.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: time::OffsetDateTime,
    /// Time of the last sign-in; `None` before the first.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_login_at: Option<time::OffsetDateTime>,
    /// Time zone in which times are shown; `None` for that of the device.
    pub time_zone: Option<String>,
}

impl Principal {
    /// Returns whether one of the roles is `admin`.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.roles.iter().any(|role| role == ADMIN_ROLE)
    }

    /// Returns the short form that sign-in responds with.
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

    fn permissions(assigned: &[&str]) -> Permissions {
        Permissions::new(assigned.iter().map(ToString::to_string).collect())
    }

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

    #[test]
    fn permission_set_includes_wildcards() {
        for (assigned, read) in [
            (&["*"][..], true),
            (&["*:read"], true),
            (&["users:read"], true),
            (&["users:write"], false),
            (&["sessions:read"], false),
            (&[], false),
        ] {
            assert_eq!(
                permissions(assigned).include(Permission::UsersRead),
                read,
                "{assigned:?}"
            );
        }
    }

    #[test]
    fn secret_permissions_must_be_assigned_by_name() {
        for (assigned, included) in [
            (&["*"][..], false),
            (&["api-keys:read", "api-keys:write"], false),
            (&["api-keys:resolve"], true),
            (&["*", "api-keys:resolve"], true),
        ] {
            assert_eq!(
                permissions(assigned).include(Permission::ApiKeysResolve),
                included,
                "{assigned:?}"
            );
        }
        assert!(permissions(&["*"]).include_all(&permissions(&["api-keys:resolve"])));
    }

    #[test]
    fn token_permissions_never_exceed_the_owner() {
        use Permission::{ApiKeysResolve, UsersRead, UsersWrite};
        for (assigned, allowed, left) in [
            (
                &["*"][..],
                &[UsersRead, UsersWrite][..],
                &["users:read", "users:write"][..],
            ),
            (&["*:read"], &[UsersRead, UsersWrite], &["users:read"]),
            (&["*"], &[ApiKeysResolve], &[]),
            (
                &["*", "api-keys:resolve"],
                &[ApiKeysResolve],
                &["api-keys:resolve"],
            ),
            (&["users:write"], &[], &[]),
            (&[], &Permission::ALL, &[]),
        ] {
            let granted = permissions(assigned).within(allowed);
            assert_eq!(granted, permissions(left), "{assigned:?} {allowed:?}");
        }
    }

    #[test]
    fn every_permission_is_listed_once() {
        let names: std::collections::BTreeSet<_> = Permission::ALL
            .iter()
            .map(|permission| permission.as_str())
            .collect();
        assert_eq!(names.len(), Permission::ALL.len());
        let source = include_str!("access.rs");
        let arms = source.matches("=> \"").count();
        assert_eq!(arms, Permission::ALL.len());
    }

    #[test]
    fn out_of_reach_compares_permissions() {
        for (mine, theirs, covered) in [
            (&["*"][..], &["*"][..], true),
            (&["*"], &["*:read", "users:write"], true),
            (&["*:read"], &["*:read", "users:read"], true),
            (&["*:read"], &["users:write"], false),
            (&["users:write", "users:read"], &["users:write"], true),
            (&["users:write", "users:read"], &["*:read"], false),
            (&["users:write"], &["*"], false),
            (&[], &[], true),
        ] {
            let covers = permissions(mine).include_all(&permissions(theirs));
            assert_eq!(covers, covered, "{mine:?} {theirs:?}");
        }
    }
}
