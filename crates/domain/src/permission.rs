//! Permissions that roles grant: the table of all of them, and sets of assigned ones.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{message::Message, messages, users::Unknown};

/// Assigned text that stands for every permission, except the secret ones.
const ALL: &str = "*";
/// Assigned text that stands for every permission of [`PermissionKind::Read`].
const ALL_READ: &str = "*:read";

/// Kind of a permission, which decides the wildcards that include it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermissionKind {
    /// Read-only: included in `*` and in `*:read`. The name ends with `:read`.
    Read,
    /// Reads private content of users: included in `*`, not in `*:read`. The name ends with `:read`.
    Private,
    /// Changes something: included in `*`.
    Write,
    /// Discloses secrets, or acts as the host application: no wildcard includes it, so that it has to be granted by name. An admin
    /// can grant it, which is audited, but does not hold it.
    Secret,
}

/// Permission as a type, named by a marker such as [`required::UsersRead`].
pub trait RequiredPermission {
    /// Value that the type stands for.
    const PERMISSION: Permission;
}

/// Declares every permission in one entry: description, name, kind, and the message for users who can only read.
macro_rules! permissions {
    ($($(#[$description:meta])+ $variant:ident = $name:expr, $kind:ident, $read_only:path;)+) => {
        /// A permission that a role can grant.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Permission { $($(#[$description])+ $variant,)+ }

        impl Permission {
            /// Every permission once, in the order of the variants.
            pub const ALL: [Self; [$($name,)+].len()] = [$(Self::$variant,)+];

            /// Returns its name in `roles.permissions`, which is also the name of the token scope.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Returns the kind of access that it grants.
            #[must_use]
            pub const fn kind(self) -> PermissionKind {
                match self { $(Self::$variant => PermissionKind::$kind,)+ }
            }

            /// Returns the message for a user who lacks this permission to change a resource and can only read it.
            #[must_use]
            pub fn read_only_message(self) -> Message {
                match self { $(Self::$variant => $read_only(),)+ }
            }
        }

        impl FromStr for Permission {
            type Err = Unknown;

            fn from_str(name: &str) -> Result<Self, Unknown> {
                let mut all = Self::ALL.into_iter();
                let found = all.find(|permission| permission.as_str() == name);
                found.ok_or_else(|| Unknown(name.to_owned()))
            }
        }

        /// Permissions as types, so that a function names the one that it requires.
        pub mod required {
            $(
                #[doc = concat!("Type of the permission `", $name, "`.")]
                #[derive(Debug)]
                pub struct $variant;

                impl super::RequiredPermission for $variant {
                    const PERMISSION: super::Permission = super::Permission::$variant;
                }
            )+
        }
    };
}

/// Declares the permissions of two tables, and between them those to read and to write each resource.
macro_rules! with_resources {
    ({ [$($before:tt)*] [$($after:tt)*] } $($one:ident $many:ident $actions:tt $object:tt $tag:tt $($icon:ident)?;)+) => {
        pastey::paste! {
            permissions! {
                $($before)*
                $(
                    #[doc = concat!("See ", stringify!($many), ".")]
                    [<$many:camel Read>] = concat!(stringify!($many), ":read"), Read, messages::[<read_only_ $many>];
                    #[doc = concat!("Create, change and delete ", stringify!($many), ".")]
                    [<$many:camel Write>] = concat!(stringify!($many), ":write"), Write, messages::[<read_only_ $many>];
                )+
                $($after)*
            }
        }
    };
}

crate::for_each_resource! { with_resources! { [
    /// See every user with their statistics.
    UsersRead = "users:read", Read, messages::read_only_users;
    /// Create, change, suspend, delete and restore users.
    UsersWrite = "users:write", Write, messages::read_only_users;
    /// See the sessions of all users.
    SessionsRead = "sessions:read", Read, messages::read_only_sessions;
    /// Revoke sessions of any user.
    SessionsWrite = "sessions:write", Write, messages::read_only_sessions;
    /// See pending registrations and invitations.
    RegistrationsRead = "registrations:read", Read, messages::read_only_registrations;
    /// Approve and reject registrations, and invite users.
    RegistrationsWrite = "registrations:write", Write, messages::read_only_registrations;
    /// See that provider API keys exist, never their values.
    ApiKeysRead = "api-keys:read", Read, messages::read_only_api_keys;
    /// Store the system's provider API keys, and revoke those of any user.
    ApiKeysWrite = "api-keys:write", Write, messages::read_only_api_keys;
    /// Read the provider API key of a user in plain text: for a host application that calls the provider on the user's behalf.
    ApiKeysResolve = "api-keys:resolve", Secret, messages::read_only_api_keys;
    /// See the access tokens of all users, never their values.
    TokensRead = "tokens:read", Read, messages::read_only_tokens;
    /// Revoke access tokens of any user, and create, block and rotate virtual keys.
    TokensWrite = "tokens:write", Write, messages::read_only_tokens;
    /// See the audit log, the jobs and the settings.
    AuditRead = "audit:read", Read, messages::read_only_audit;
] [
    /// See which features and resources any user can reach, and why.
    AccessRead = "access:read", Read, messages::read_only_access;
    /// Read the conversations of any user, which is audited.
    ConversationsRead = "conversations:read", Private, messages::read_only_conversations;
    /// Store conversations, messages and feedback: for a host application.
    ConversationsWrite = "conversations:write", Write, messages::read_only_conversations;
    /// See the limits of all users, and what is left of them.
    LimitsRead = "limits:read", Read, messages::read_only_limits;
    /// Create, change and delete limits.
    LimitsWrite = "limits:write", Write, messages::read_only_limits;
    /// Ask for and count what users do: for a host application that enforces their limits.
    LimitsConsume = "limits:consume", Secret, messages::read_only_limits;
    /// See the usage of all users.
    UsageRead = "usage:read", Read, messages::read_only_usage;
    /// Top up, adjust and reset what users have used.
    UsageWrite = "usage:write", Write, messages::read_only_usage;
] } }

impl Permission {
    /// Returns the permission to read the resource that this one grants access to.
    #[must_use]
    pub fn to_read(self) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|other| other.reads() && other.resource() == self.resource())
    }

    /// Returns whether it only reads.
    #[must_use]
    pub const fn reads(self) -> bool {
        matches!(self.kind(), PermissionKind::Read | PermissionKind::Private)
    }

    /// Returns the resource that it grants access to: the name without the operation.
    fn resource(self) -> &'static str {
        let name = self.as_str();
        name.split_once(':').map_or(name, |(resource, _)| resource)
    }
}

/// Returns whether a text can be assigned to a role: the name of a permission, or a wildcard.
#[must_use]
pub fn is_assignable(name: &str) -> bool {
    name == ALL || name == ALL_READ || name.parse::<Permission>().is_ok()
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

    /// Returns the texts that [`Self::new`] wraps.
    #[must_use]
    pub fn assigned(&self) -> &[String] {
        &self.0
    }

    /// Returns every permission (`*`), which the operator of the server has.
    #[must_use]
    pub fn all() -> Self {
        Self(vec![ALL.to_owned()])
    }

    /// Returns whether a permission is included: by its name, or by a wildcard that covers its [kind](PermissionKind).
    #[must_use]
    pub fn include(&self, permission: Permission) -> bool {
        let kind = permission.kind();
        self.0.iter().any(|assigned| match assigned.as_str() {
            ALL => kind != PermissionKind::Secret,
            ALL_READ => kind == PermissionKind::Read,
            exact => exact == permission.as_str(),
        })
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

    /// Returns whether an assigned text is covered. Unlike [`Self::include`] it accepts wildcards and unknown names, and `*`
    /// covers the secret permissions, so that an admin can manage the users who hold them.
    fn covers(&self, name: &str) -> bool {
        self.0.iter().any(|assigned| match assigned.as_str() {
            ALL => true,
            ALL_READ => {
                let kind = name.parse().map(Permission::kind);
                name.ends_with(":read") && kind != Ok(PermissionKind::Private)
            }
            exact => exact == name,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn permissions(assigned: &[&str]) -> Permissions {
        Permissions::new(assigned.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_resource_has_one_permission_to_read_it() {
        for permission in Permission::ALL {
            let read = permission.to_read().map(Permission::as_str);
            let resource = permission.as_str().split(':').next().unwrap_or_default();
            assert_eq!(read, Some(format!("{resource}:read").as_str()));
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
            (&["*:read"], false),
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
    fn each_permission_has_its_own_name() {
        let names: BTreeSet<_> = Permission::ALL.map(Permission::as_str).into();
        assert_eq!(names.len(), Permission::ALL.len());
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().parse(), Ok(permission));
        }
        assert!("users".parse::<Permission>().is_err());
    }

    #[test]
    fn wildcard_for_reading_agrees_with_the_kind() {
        for permission in Permission::ALL {
            let name = permission.as_str();
            assert_eq!(name.ends_with(":read"), permission.reads(), "{name}");
            assert_eq!(
                permissions(&["*:read"]).include(permission),
                permission.kind() == PermissionKind::Read,
                "{name}"
            );
        }
    }

    #[test]
    fn marker_stands_for_the_permission_of_its_name() {
        let marked = required::ApiKeysResolve::PERMISSION;
        assert_eq!(marked, Permission::ApiKeysResolve);
        assert_eq!(
            required::TokensWrite::PERMISSION.read_only_message(),
            "You have read-only access to access tokens."
        );
    }

    #[test]
    fn out_of_reach_compares_permissions() {
        for (mine, theirs, covered) in [
            (&["*"][..], &["*"][..], true),
            (&["*"], &["*:read", "users:write"], true),
            (&["*:read"], &["*:read", "users:read"], true),
            (&["*:read"], &["users:write"], false),
            (&["*:read"], &["conversations:read"], false),
            (&["*"], &["conversations:read"], true),
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
