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
    /// Make, change, suspend, delete and restore accounts.
    UsersWrite,
    /// See everybody's sessions.
    SessionsRead,
    /// End anybody's sessions.
    SessionsWrite,
    /// See who waits to be let in, and the invitations.
    RegistrationsRead,
    /// Let people in or not, and invite them.
    RegistrationsWrite,
    /// See that provider keys exist, never what they are.
    ApiKeysRead,
    /// Keep the system's provider keys, and revoke anybody's.
    ApiKeysWrite,
    /// Be told the provider key of a person as it is: for a host application that calls the provider in their name.
    ApiKeysResolve,
    /// See everybody's access tokens, never what they are.
    TokensRead,
    /// Revoke anybody's access tokens.
    TokensWrite,
    /// See what is on record, what goes on in the background, and what is set.
    AuditRead,
}

impl Permission {
    /// All of them.
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

    /// Its name in `roles.permissions`, and as a scope of an access token.
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

    /// Every permission there is: what the operator of the server has.
    #[must_use]
    pub fn all() -> Self {
        Self(vec!["*".to_owned()])
    }

    /// Whether they include one. To be told secrets has to be granted by name: whoever may do everything may grant it, on
    /// record, but does not have it.
    #[must_use]
    pub fn include(&self, permission: Permission) -> bool {
        match permission {
            Permission::ApiKeysResolve => self.0.iter().any(|name| name == permission.as_str()),
            _ => self.covers(permission.as_str()),
        }
    }

    /// What is left of them within some others, each by its name: of somebody's rights, what they have lent.
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

    /// Whether they include all of others: who lacks some of what another may do has no say over them.
    #[must_use]
    pub fn include_all(&self, others: &Self) -> bool {
        others.0.iter().all(|name| self.covers(name))
    }

    fn covers(&self, name: &str) -> bool {
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
    /// Zone in which times are told; none: that of the device.
    pub time_zone: Option<String>,
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

    /// Whether they may change accounts, and not only look at them.
    #[must_use]
    pub fn may_write_users(&self) -> bool {
        self.permissions.include(Permission::UsersWrite)
    }

    /// Whether they may end anybody's sessions.
    #[must_use]
    pub fn may_write_sessions(&self) -> bool {
        self.permissions.include(Permission::SessionsWrite)
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

    #[test]
    fn to_be_told_secrets_is_granted_by_name() {
        for (granted, included) in [
            (&["*"][..], false),
            (&["api-keys:read", "api-keys:write"], false),
            (&["api-keys:resolve"], true),
            (&["*", "api-keys:resolve"], true),
        ] {
            assert_eq!(
                permissions(granted).include(Permission::ApiKeysResolve),
                included,
                "{granted:?}"
            );
        }
        assert!(permissions(&["*"]).include_all(&permissions(&["api-keys:resolve"])));
    }

    #[test]
    fn what_is_lent_is_never_more_than_what_one_has() {
        use Permission::{ApiKeysResolve, UsersRead, UsersWrite};
        for (granted, allowed, left) in [
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
            let lent = permissions(granted).within(allowed);
            assert_eq!(lent, permissions(left), "{granted:?} {allowed:?}");
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
    fn who_has_more_rights() {
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
